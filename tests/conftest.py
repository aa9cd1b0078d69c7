"""What many tests need: a data folder of their own, the recordings, and the program run as a person would."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from simulator.settings import fixtures_dir

if TYPE_CHECKING:
    from simulator.grading.loading import TrainedGrader

REAL_SPEECH = Path(__file__).resolve().parents[2] / "shared" / "audio"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sessions and models of a test stay in its own folder, and no hub is ever asked."""
    folder = tmp_path / "data"
    monkeypatch.setenv("CALMLINE_DATA_DIR", str(folder))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("COLUMNS", "110")
    return folder


@pytest.fixture
def fixtures() -> Path:
    return fixtures_dir()


@pytest.fixture(scope="session")
def small_whisper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Whisper of random weights: the true architecture, files and decoder, with nonsense for words."""
    from tests.small_whisper import make_small_whisper  # torch loads only for those who ask

    folder = tmp_path_factory.mktemp("models") / "small"
    make_small_whisper(folder)
    return folder


@pytest.fixture(scope="session")
def grader() -> "TrainedGrader":
    """The trained grader, loaded once."""
    from simulator.grading.loading import TrainedGrader  # torch loads only for those who ask

    return TrainedGrader()


@pytest.fixture
def run() -> Run:
    """Run the `simulator` command in a process of its own."""

    def run_simulator(*arguments: object, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "simulator", *map(str, arguments)],
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=200,
            env={**os.environ, **environment},
        )

    return run_simulator


def real_speech(name: str) -> Path:
    """A recording of real speech that lies beside the project; the test is skipped where it does not."""
    path = REAL_SPEECH / name
    if not path.exists():
        pytest.skip(f"no real speech beside the project ({name})")
    return path
