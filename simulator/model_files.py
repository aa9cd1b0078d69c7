"""Speech models on disk: where they lie, whether they are whole, and how to fetch one.

Does not load them. Whisper models are searched in this order: the directory that was given,
`models/whisper/NAME` in the project and in the person's data folder, the cache of the Hugging Face hub.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from simulator.errors import ModelError
from simulator.settings import data_dir, whisper_dirs


@dataclass(frozen=True)
class WhisperModel:
    """A Whisper model that can be fetched; sizes in megabytes, for the listing."""

    name: str
    repository: str
    size_mb: int


# CTranslate2 conversions that faster-whisper itself names (faster_whisper/utils.py).
WHISPER_MODELS = {
    model.name: model
    for model in (
        WhisperModel("tiny.en", "Systran/faster-whisper-tiny.en", 78),
        WhisperModel("tiny", "Systran/faster-whisper-tiny", 78),
        WhisperModel("base.en", "Systran/faster-whisper-base.en", 148),
        WhisperModel("base", "Systran/faster-whisper-base", 148),
        WhisperModel("small.en", "Systran/faster-whisper-small.en", 486),
        WhisperModel("small", "Systran/faster-whisper-small", 486),
        WhisperModel("medium.en", "Systran/faster-whisper-medium.en", 1530),
        WhisperModel("medium", "Systran/faster-whisper-medium", 1530),
        WhisperModel("large-v3", "Systran/faster-whisper-large-v3", 3090),
    )
}
_NEEDED_FILES = ("model.bin", "config.json", "tokenizer.json")
_DOWNLOAD_ADVICE = "Type `simulator models` to see what is here, `simulator models download base.en` to fetch one."


def installed_whispers() -> dict[str, Path]:
    """Whisper models on this machine by name, those in our own folders before the hub's cache."""
    found: dict[str, Path] = {}
    for folder in whisper_dirs():
        for weights in sorted(folder.glob("*/model.bin")):
            if not weights.parent.name.endswith(_PARTIAL):
                found.setdefault(weights.parent.name, weights.parent)
    for name, model in WHISPER_MODELS.items():
        for snapshot in sorted(
            _hub_cache().glob(f"models--{model.repository.replace('/', '--')}/snapshots/*/model.bin")
        ):
            found.setdefault(name, snapshot.parent)
    return found


def find_whisper(name: str) -> Path:
    """The directory of a Whisper model, by a name or by its own path.

    Raises:
        ModelError: when it is not on this machine; says what is, and what to type.
    """
    given = Path(name).expanduser()
    if given.is_dir():
        return given
    installed = installed_whispers()
    if name in installed:
        return installed[name]
    here = ", ".join(installed) or "none"
    if name in WHISPER_MODELS:
        looked = ", ".join(str(folder) for folder in (*whisper_dirs(), _hub_cache()))
        raise ModelError(
            f"The Whisper model {name} is not on this machine (here: {here}; looked in {looked}).",
            advice=f"Type `simulator models download {name}` once, with a network.",
        )
    raise ModelError(
        f"There is no Whisper model and no directory called {name} (on this machine: {here}; "
        f"can be downloaded: {', '.join(WHISPER_MODELS)}).",
        advice=_DOWNLOAD_ADVICE,
    )


def check_whisper(folder: Path) -> None:
    """Check that a directory holds every file that faster-whisper needs.

    Without `tokenizer.json` it would ask the hub for one in the middle of a call.

    Raises:
        ModelError: names the missing files.
    """
    missing = [name for name in _NEEDED_FILES if not (folder / name).is_file()]
    if not any(folder.glob("vocabulary.*")):
        missing.append("vocabulary.json or vocabulary.txt")
    if missing:
        raise ModelError(
            f"{folder} is not a whole Whisper model: {', '.join(missing)} missing.", advice=_DOWNLOAD_ADVICE
        )


def download_whisper(name: str) -> Path:
    """Fetch a Whisper model with a progress bar, check that it loads, and give its directory.

    Raises:
        ModelError: unknown name, no network, or what came is not whole; nothing is left behind.
    """
    if name not in WHISPER_MODELS:
        raise ModelError(
            f"There is no Whisper model called {name}.", advice=f"There are: {', '.join(WHISPER_MODELS)}."
        )
    target = data_dir() / "models" / "whisper" / name
    partial = target.with_name(target.name + _PARTIAL)  # kept when the network fails, so that it resumes
    _fetch(WHISPER_MODELS[name].repository, partial, name)
    try:
        check_whisper(partial)
        _check_loads(partial)
    except ModelError:
        shutil.rmtree(partial)
        raise
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)
    return target


_PARTIAL = ".partial"


def _fetch(repository: str, folder: Path, name: str) -> None:
    import httpx2
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled

    try:
        folder.mkdir(parents=True, exist_ok=True)
        snapshot_download(
            repository,
            local_dir=folder,
            allow_patterns=["config.json", "model.bin", "tokenizer.json", "vocabulary.*", "preprocessor_config.json"],
        )
    except (LocalEntryNotFoundError, OfflineModeIsEnabled, httpx2.TransportError) as error:
        raise ModelError(
            f"The Whisper model {name} could not be fetched: the model hub cannot be reached from here.",
            advice="Check the network and type the same command again; what has arrived is kept. On another "
            f"machine the folder can be fetched and copied to {folder.parent / name}.",
        ) from error
    except HfHubHTTPError as error:
        raise ModelError(f"The Whisper model {name} could not be fetched: {error}.") from error
    except OSError as error:
        raise ModelError(f"The Whisper model {name} could not be written to {folder}: {error.strerror}.") from error


def _check_loads(folder: Path) -> None:
    import ctranslate2

    try:
        ctranslate2.models.Whisper(str(folder), device="cpu", compute_type="int8")
    except RuntimeError as error:
        raise ModelError(
            f"What arrived is not a whole model ({error}); it was removed.", advice="Type the same command again."
        ) from error


def _hub_cache() -> Path:
    # The hub's own rules, without the second that importing its client costs.
    if "HF_HUB_CACHE" in os.environ:
        return Path(os.environ["HF_HUB_CACHE"]).expanduser()
    home = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")) / "huggingface"
    return Path(home).expanduser() / "hub"
