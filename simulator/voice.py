"""The customer's voice: text and mood in, sound out. The only room that imports pyttsx3.

The driver renders to a file and we play it ourselves: its own playback cannot be interrupted. Speech
engines must be created and used in one and the same thread, so the voice has one of its own.
"""

import ctypes
import os
import queue
import sys
import tempfile
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from simulator.audio.files import read_audio
from simulator.errors import AudioError, VoiceError
from simulator.records import Audio
from simulator.scenarios import VoiceSpec

_RENDER_TIMEOUT_S = 20.0
_START_TIMEOUT_S = 30.0  # the first use of a system's speech engine can be slow
# What full anger adds to the calm voice: people in anger speak faster, higher and louder.
_ANGER_RATE = 0.18
_ANGER_PITCH = 14
_CALM_VOLUME = 0.7
_NOISE_SEED = 1  # espeak seeds its breath and flutter with the time: the same line would not last the same


@dataclass(frozen=True)
class Manner:
    """How a line is spoken: words per minute, loudness 0 to 1, pitch 0 to 100 (where the driver can)."""

    rate_wpm: int
    volume: float
    pitch: int


def manner_of(spec: VoiceSpec, anger: float) -> Manner:
    """The voice at an anger from 0 to 100."""
    heat = anger / 100
    return Manner(
        rate_wpm=round(spec.rate_wpm * (1 + _ANGER_RATE * heat)),
        volume=_CALM_VOLUME + (1 - _CALM_VOLUME) * heat,
        pitch=min(100, round(spec.pitch + _ANGER_PITCH * heat)),
    )


class Voice:
    """The voice of one customer."""

    def __init__(self, spec: VoiceSpec) -> None:
        self._spec = spec

    def render(self, text: str, anger: float) -> Audio:
        """The sound of a line spoken at an anger from 0 to 100.

        Raises:
            VoiceError: no speech engine, or it does not answer in time.
        """
        return _engine().render(_Line(text, self._spec, manner_of(self._spec, anger)))


@dataclass(frozen=True)
class _Line:
    text: str
    spec: VoiceSpec
    manner: Manner


class _SpeechEngine:
    """The speech engine in a thread of its own; a process can have only one (espeak's state is global)."""

    def __init__(self) -> None:
        self._jobs: queue.Queue[tuple[_Line, Future[Audio]]] = queue.Queue()
        self._spoken = False
        self._broken = False
        threading.Thread(target=self._work, name="voice", daemon=True).start()

    def render(self, line: _Line) -> Audio:
        if self._broken:
            raise VoiceError("The speech engine stopped answering; the customer's lines are only shown.")
        timeout_s = _RENDER_TIMEOUT_S if self._spoken else _START_TIMEOUT_S
        done: Future[Audio] = Future()
        self._jobs.put((line, done))
        try:
            sound = done.result(timeout=timeout_s)
        except FutureTimeoutError:
            self._broken = True  # its thread cannot be stopped, only left alone
            raise VoiceError(f"The speech engine did not answer within {timeout_s:.0f} s.") from None
        self._spoken = True
        return sound

    def _work(self) -> None:
        engine: Any = None
        while True:
            line, done = self._jobs.get()
            try:
                engine = engine or _start_engine()
                done.set_result(_render(engine, line))
            except (VoiceError, AudioError) as error:
                done.set_exception(error)
            except (RuntimeError, OSError, ImportError, ValueError, ReferenceError) as error:
                done.set_exception(_no_engine(error))


@cache
def _engine() -> _SpeechEngine:
    return _SpeechEngine()


def _start_engine() -> Any:
    if sys.platform == "linux":
        _load_bundled_espeak()
    import pyttsx3

    engine = pyttsx3.init()
    if sys.platform == "linux":
        # The driver prints to the screen after each file; a print of its own silences it for every thread.
        sys.modules["pyttsx3.drivers.espeak"].print = lambda *_: None  # type: ignore[attr-defined]
        # The driver starts out "busy" and would let the first runAndWait return before its file is written;
        # one with nothing to say clears that.
        engine.runAndWait()
    return engine


def _load_bundled_espeak() -> None:
    import espeakng_loader

    # make_library_available() of the loader is not enough for pyttsx3, which opens the library by its name.
    ctypes.CDLL(espeakng_loader.get_library_path(), mode=ctypes.RTLD_GLOBAL)
    os.environ.setdefault("ESPEAK_DATA_PATH", espeakng_loader.get_data_path())


def _nearest_voice(voices: Any, spec: VoiceSpec) -> str | None:
    """Id of a system voice of the same accent and gender, or of any English one, or None."""
    language = spec.accent.replace("-", "_").lower()[:5]

    def likeness(voice: Any) -> tuple[bool, bool]:
        names = f"{voice.id} {voice.languages} {voice.name}".lower().replace("-", "_")
        gender = str(voice.gender or "").lower()
        return language in names, gender.endswith(spec.gender) and not (spec.gender == "male" and "female" in gender)

    english = [voice for voice in voices if "en" in f"{voice.id} {voice.languages} {voice.name}".lower()]
    return str(max(english, key=likeness).id) if english else None


def _render(engine: Any, line: _Line) -> Audio:
    if sys.platform == "linux":
        engine.setProperty("voice", f"{line.spec.accent}+{line.spec.variant}")
        engine.setProperty("pitch", line.manner.pitch)
    elif voice := _nearest_voice(engine.getProperty("voices"), line.spec):
        engine.setProperty("voice", voice)
    engine.setProperty("rate", line.manner.rate_wpm)
    engine.setProperty("volume", line.manner.volume)
    if espeak := sys.modules.get("pyttsx3.drivers._espeak"):
        espeak.Synchronize()  # or now and then a line is spoken at the rate of the one before
        espeak.dll.espeak_ng_SetRandSeed(ctypes.c_long(_NOISE_SEED))
    with tempfile.TemporaryDirectory(prefix="calmline-voice-") as folder:
        path = Path(folder) / "line.wav"  # macOS writes AIFF whatever the name; reading goes by content
        engine.save_to_file(line.text, str(path))
        engine.runAndWait()
        return read_audio(path)


def _no_engine(error: Exception) -> VoiceError:
    return VoiceError(
        f"The speech engine cannot speak on this machine: {error}.",
        advice="The call goes on in writing. `simulator doctor` checks the voice.",
    )
