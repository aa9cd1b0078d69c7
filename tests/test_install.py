"""The program as it is delivered: the wheel alone, a long recording, the README."""

import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import numpy as np
import pytest
import soundfile
import typer.main

from simulator.cli import app
from tests.conftest import Run

PROJECT = Path(__file__).resolve().parents[1]


def test_every_command_is_in_the_readme() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    for name in typer.main.get_command(app).commands:  # type: ignore[attr-defined]
        assert f"Usage: simulator {name} " in readme, name


def test_every_make_word_is_in_the_readme() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    words = re.search(r"^\.PHONY: (.+)$", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert words
    for word in words[1].split():
        assert f"make {word}" in readme, word


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_wheel_alone_runs_the_demo_from_another_folder(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, PROJECT], check=True
    )
    (wheel,) = tmp_path.glob("calmline-*.whl")
    venv.create(tmp_path / "empty", with_pip=True)
    binaries = tmp_path / "empty" / "bin"
    pins = ["-c", str(PROJECT / "constraints.txt")]
    subprocess.run([binaries / "pip", "install", "--quiet", *pins, "torch"], check=True)
    subprocess.run([binaries / "pip", "install", "--quiet", *pins, wheel], check=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = subprocess.run(
        [binaries / "simulator", "demo", "--quiet", "--json", "demo.json"],
        cwd=elsewhere,
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )
    assert done.returncode == 0, done.stderr
    assert (elsewhere / "demo.json").stat().st_size > 1000


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_three_hours_are_graded_in_flat_memory(run: Run, tmp_path: Path, fixtures: Path) -> None:
    speech, rate_hz = soundfile.read(fixtures / "demo" / "5_asks_when.flac", dtype="float32")
    quiet = np.random.default_rng(1).normal(0, 1e-4, 600 * rate_hz).astype(np.float32)
    with soundfile.SoundFile(tmp_path / "long.flac", "w", rate_hz, 1, subtype="PCM_16") as file:
        for _ in range(18):
            file.write(quiet)
            file.write(speech)
    code = (
        "import resource, sys\nfrom simulator.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('PEAK', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr)"
    )
    peaks = []
    for recording in (fixtures / "demo" / "5_asks_when.flac", tmp_path / "long.flac"):
        done = subprocess.run(
            [sys.executable, "-c", code, "grade", recording], capture_output=True, text=True, check=True
        )
        peaks.append(int(done.stderr.split("PEAK")[1]))
    assert done.stdout.count("when do you need a working machine by") >= 1
    assert peaks[1] - peaks[0] < 60, f"peak memory in MB, short and long: {peaks}"
