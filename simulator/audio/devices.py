"""Microphone and loudspeaker. The only room that imports sounddevice.

Half-duplex: what the microphone hears while the customer speaks is dropped, because a laptop hears its
own loudspeaker. The callback only copies to a bounded queue; what does not fit is counted.
"""

import atexit
import queue
import sys
import threading
from collections.abc import Generator
from types import TracebackType
from typing import Any, Self

import numpy as np

from simulator.audio.resampling import Resampler
from simulator.errors import DeviceError
from simulator.records import FRAME_SAMPLES, SAMPLE_RATE_HZ, Audio, Samples

_QUEUE_BLOCKS = 2_000  # some ten seconds; the reader is never that far behind
_LOST_AFTER_S = 2.0  # a microphone that gives nothing for so long has been unplugged
_CLOSES_WITHIN_S = 2.0
_PLAY_BLOCK_S = 0.05  # how soon Ctrl-C stops a line


class Microphone:
    """The default input, or the one whose name contains `name`, as frames.

    Raises:
        DeviceError: on entering: no PortAudio, no such device, or it is busy. While reading: it was lost.
    """

    def __init__(self, name: str | None = None) -> None:
        self._wanted = name
        self._listening = False
        self.overflows = 0

    def __enter__(self) -> Self:
        sounddevice = _sounddevice()
        device = _find_device(sounddevice, self._wanted, "input")
        self.name = str(device["name"])
        self._queue: queue.Queue[Samples] = queue.Queue(maxsize=_QUEUE_BLOCKS)
        rate_hz = _supported_rate(sounddevice, device, "input")
        self._resampler = Resampler(rate_hz, SAMPLE_RATE_HZ)
        try:
            self._stream = sounddevice.InputStream(
                samplerate=rate_hz, device=device["index"], channels=1, dtype="float32", callback=self._take
            )
            self._stream.start()
        except sounddevice.PortAudioError as error:
            raise _busy("microphone", self.name, error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _close_or_leave(self._stream)

    def frames(self) -> Generator[Samples, None, None]:
        """Frames of float32, shape (512,), from now on, without end; nothing is kept once they are closed."""
        while not self._queue.empty():
            self._queue.get_nowait()
        self._listening = True
        rest = np.empty(0, np.float32)
        try:
            while True:
                rest = np.concatenate([rest, self._resampler.feed(self._next_block())])
                while len(rest) >= FRAME_SAMPLES:
                    yield rest[:FRAME_SAMPLES]
                    rest = rest[FRAME_SAMPLES:]
        finally:
            self._listening = False

    def _take(self, block: Samples, _frames: int, _time: Any, status: Any) -> None:
        if not self._listening:
            return
        if status.input_overflow:
            self.overflows += 1
        try:
            self._queue.put_nowait(block[:, 0].copy())
        except queue.Full:
            self.overflows += 1

    def _next_block(self) -> Samples:
        try:
            return self._queue.get(timeout=_LOST_AFTER_S)
        except queue.Empty:
            raise DeviceError(
                f"The microphone ({self.name}) gives no more sound: it was unplugged or taken away.",
                advice="Plug it in again and start a new call; `simulator doctor` checks it.",
            ) from None


class Loudspeaker:
    """The default output, or the one whose name contains `name`.

    Raises:
        DeviceError: no PortAudio, no such device, it is busy or was lost.
    """

    def __init__(self, name: str | None = None) -> None:
        self._sounddevice = _sounddevice()
        self._device = _find_device(self._sounddevice, name, "output")
        self.name = str(self._device["name"])
        self._rate_hz = _supported_rate(self._sounddevice, self._device, "output")

    def play(self, audio: Audio) -> None:
        """Play a sound to its end; an interrupt stops it within a twentieth of a second."""
        resampler = Resampler(SAMPLE_RATE_HZ, self._rate_hz)
        samples = np.concatenate([resampler.feed(audio.samples), resampler.flush()])
        block = int(_PLAY_BLOCK_S * self._rate_hz)
        try:
            with self._sounddevice.OutputStream(
                samplerate=self._rate_hz, device=self._device["index"], channels=1, dtype="float32"
            ) as stream:
                for start in range(0, len(samples), block):
                    stream.write(samples[start : start + block])
        except self._sounddevice.PortAudioError as error:
            raise _busy("loudspeaker", self.name, error) from error


def _close_or_leave(stream: Any) -> None:
    """Close a stream; one whose device was unplugged may never come back from closing and is left alone."""
    closing = threading.Thread(target=lambda: stream.close(ignore_errors=True), daemon=True)
    closing.start()
    closing.join(_CLOSES_WITHIN_S)
    if closing.is_alive():
        # PortAudio's own clean-up at exit would wait for it too.
        atexit.unregister(_sounddevice()._exit_handler)


def _sounddevice() -> Any:
    try:
        import sounddevice
    except OSError as error:
        install = "Type `sudo apt install libportaudio2`. " if sys.platform == "linux" else ""
        raise DeviceError(
            "The sound library PortAudio is not on this machine, so neither microphone nor loudspeaker can be used.",
            advice=f"{install}Without sound: `simulator practice --text` or `simulator demo --quiet`.",
        ) from error
    return sounddevice


def _find_device(sounddevice: Any, name: str | None, kind: str) -> dict[str, Any]:
    thing = "microphone" if kind == "input" else "loudspeaker"
    without = "`simulator practice --text`" if kind == "input" else "`--quiet`"
    try:
        # By name and not by number: after replugging a number can mean another device.
        return dict(sounddevice.query_devices(name, kind))
    except (ValueError, sounddevice.PortAudioError) as error:
        known = ", ".join(str(d["name"]) for d in sounddevice.query_devices() if d[f"max_{kind}_channels"] > 0)
        wanted = f"called {name} " if name else ""
        raise DeviceError(
            f"No {thing} {wanted}was found (on this machine: {known or 'none'}).",
            advice=f"Plug one in and try again, or go without: {without}.",
        ) from error


def _supported_rate(sounddevice: Any, device: dict[str, Any], kind: str) -> int:
    check = sounddevice.check_input_settings if kind == "input" else sounddevice.check_output_settings
    try:
        check(device=device["index"], channels=1, dtype="float32", samplerate=SAMPLE_RATE_HZ)
    except (ValueError, sounddevice.PortAudioError):
        return int(device["default_samplerate"])
    return SAMPLE_RATE_HZ


def _busy(thing: str, name: str, error: Exception) -> DeviceError:
    return DeviceError(
        f"The {thing} ({name}) cannot be used just now: {error}.",
        advice="Another program may hold it, or it was unplugged. `simulator doctor` checks it.",
    )
