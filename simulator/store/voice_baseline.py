"""The person's own ordinary voice, kept in their data folder as JSON: figures, never sound.

It lies beside the sessions and not among them, because it belongs to this machine and its microphone.
"""

from pathlib import Path
from typing import Any

from simulator.errors import StoreError
from simulator.records import VoiceProfile
from simulator.settings import data_dir

_ADVICE = "Type `simulator doctor --voice` to record it again."


def baseline_file() -> Path:
    """Where the baseline lies."""
    return data_dir() / "voice.json"


def load_baseline() -> VoiceProfile | None:
    """The baseline, or None where none was recorded yet.

    Raises:
        StoreError: the file is damaged or cannot be read.
    """
    from pydantic import ValidationError

    path = baseline_file()
    try:
        profile: VoiceProfile = _adapter().validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise StoreError(f"The baseline of your voice in {path} cannot be read.", advice=_ADVICE) from error
    return profile


def save_baseline(profile: VoiceProfile) -> None:
    """Keep a baseline in place of the one before; an interrupted write leaves the old one.

    Raises:
        StoreError: the folder cannot be written.
    """
    path, draft = baseline_file(), baseline_file().with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(_adapter().dump_json(profile, indent=1))
        draft.replace(path)
    except OSError as error:
        raise StoreError(f"The baseline of your voice cannot be kept in {path}: {error.strerror}.") from error


def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(VoiceProfile)
