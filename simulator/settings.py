"""Where things lie: the project's own data and the person's data. Knows no file formats."""

import os
from pathlib import Path

import platformdirs

DATA_DIR_VARIABLE = "CALMLINE_DATA_DIR"
DATABASE_URL_VARIABLE = "CALMLINE_DATABASE_URL"

_PACKAGE_DIR = Path(__file__).resolve().parent


def project_data_dir() -> Path:
    """Folder that holds `scenarios/`, `models/` and `audio_fixtures/`.

    A wheel carries them inside the package; a checkout has them beside it.
    """
    packed = _PACKAGE_DIR / "_data"
    return packed if packed.is_dir() else _PACKAGE_DIR.parent


def scenarios_dir() -> Path:
    """Folder of the scenarios that come with the program."""
    return project_data_dir() / "scenarios"


def rules_dir() -> Path:
    """Folder of the numbers and phrases that a coach may want to change."""
    return scenarios_dir() / "rules"


def matcher_dir() -> Path:
    """Folder of the trained encoder that matches sentences with a case."""
    return project_data_dir() / "models" / "matcher"


def grader_dir() -> Path:
    """Folder of the trained grader."""
    return project_data_dir() / "models" / "grader"


def filled_pauses_file() -> Path:
    """The weights of the detector of filled pauses."""
    return project_data_dir() / "models" / "filled_pauses" / "weights.npz"


def fixtures_dir() -> Path:
    """Folder of the recorded replies for the demo and the tests."""
    return project_data_dir() / "audio_fixtures"


def data_dir() -> Path:
    """The person's own folder for sessions and downloaded models; `CALMLINE_DATA_DIR` moves it."""
    moved = os.environ.get(DATA_DIR_VARIABLE)
    return Path(moved).expanduser() if moved else Path(platformdirs.user_data_dir("calmline"))


def database_url() -> str:
    """SQLAlchemy URL of the session store; `CALMLINE_DATABASE_URL` names another database."""
    return os.environ.get(DATABASE_URL_VARIABLE) or f"sqlite:///{data_dir() / 'sessions.db'}"


def whisper_dirs() -> tuple[Path, ...]:
    """Folders that may hold `NAME/model.bin`, in the order in which they are searched."""
    return (project_data_dir() / "models" / "whisper", data_dir() / "models" / "whisper")
