"""The doctor: looks at everything a call needs and says in a line each: fine, or what to do."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from simulator.audio.devices import Loudspeaker, Microphone
from simulator.errors import CalmlineError
from simulator.listening import loudness_db
from simulator.model_files import check_whisper, installed_whispers
from simulator.scenarios import VoiceSpec
from simulator.settings import DATA_DIR_VARIABLE, data_dir
from simulator.store.database import Database
from simulator.store.listing import list_sessions
from simulator.transcription import DEFAULT_WHISPER
from simulator.voice import Voice

_ENOUGH_DISK_MB = 500  # some hundred calls with their recordings
_LISTEN_FRAMES = 16  # half a second
_DEAD_DB = -89.0  # digital silence: a muted or blocked microphone gives exact zeros


@dataclass(frozen=True)
class Check:
    """One thing a call needs: what was found, and what to do where it is not fine."""

    what: str
    fine: bool
    found: str
    advice: str = ""


def check_all() -> Iterator[Check]:
    """Every check, as it is made."""
    checks: tuple[tuple[str, Callable[[], Check]], ...] = (
        ("microphone", _microphone),
        ("loudspeaker", _loudspeaker),
        ("voice", _voice),
        ("Whisper", _whisper),
        ("sessions", _sessions),
        ("disk", _disk),
    )
    for what, check in checks:
        try:
            yield check()
        except CalmlineError as error:
            yield Check(what, fine=False, found=error.message, advice=error.advice)


def _microphone() -> Check:
    with Microphone() as microphone:
        frames = microphone.frames()
        loudest = max(loudness_db(next(frames)) for _ in range(_LISTEN_FRAMES))
        if loudest <= _DEAD_DB:
            return Check(
                "microphone",
                fine=False,
                found=f"{microphone.name} gives only silence.",
                advice="It is muted or forbidden to programs: look at the system's sound and privacy settings.",
            )
        return Check("microphone", fine=True, found=f"{microphone.name}, hears {loudest:.0f} dB")


def _loudspeaker() -> Check:
    return Check("loudspeaker", fine=True, found=Loudspeaker().name)


def _voice() -> Check:
    sound = Voice(VoiceSpec(gender="female", variant="f3")).render("Hello, is anybody there?", anger=50)
    return Check("voice", fine=True, found=f"speaks ({sound.duration_s:.1f} s rendered)")


def _whisper() -> Check:
    here = installed_whispers()
    if not here:
        return Check(
            "Whisper",
            fine=False,
            found="no model on this machine; PocketSphinx listens, roughly.",
            advice=f"Type `simulator models download {DEFAULT_WHISPER}` once, with a network.",
        )
    for folder in here.values():
        check_whisper(folder)
    return Check("Whisper", fine=True, found=", ".join(here))


def _sessions() -> Check:
    count = len(list_sessions(Database()))
    return Check("sessions", fine=True, found=f"{count} in {data_dir()}")


def _disk() -> Check:
    free_mb = shutil.disk_usage(data_dir()).free // 1_000_000
    if free_mb < _ENOUGH_DISK_MB:
        return Check(
            "disk",
            fine=False,
            found=f"{free_mb} MB free in {data_dir()}.",
            advice=f"Make room, or set {DATA_DIR_VARIABLE} to another place.",
        )
    return Check("disk", fine=True, found=f"{free_mb:,} MB free")
