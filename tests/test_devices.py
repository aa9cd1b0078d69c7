"""A whole call over a virtual sound card: the customer is heard on the loudspeaker, the candidate recorded.

`make test-devices` runs these; they need Debian's pulseaudio, libasound2-plugins and libportaudio2.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from simulator.settings import fixtures_dir
from tests.conftest import Run

pytestmark = [pytest.mark.devices, pytest.mark.timeout(400)]

_ASOUNDRC = "pcm.!default { type pulse }\nctl.!default { type pulse }\n"


class SoundCard:
    """A loudspeaker and a microphone that are null sinks of a PulseAudio server of our own."""

    def __init__(self, home: Path) -> None:
        self.environment = {
            **os.environ,
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home),
            "PULSE_RUNTIME_PATH": str(home / "pulse"),
        }
        (home / ".asoundrc").write_text(_ASOUNDRC)
        self._server = subprocess.Popen(
            ["pulseaudio", "--daemonize=no", "-n", "--exit-idle-time=-1", "-L", "module-native-protocol-unix"],
            env=self.environment,
            stderr=subprocess.DEVNULL,
        )
        self._until_answers()
        self.load("module-null-sink", "sink_name=speaker")
        self.microphone = self.load("module-null-sink", "sink_name=mouth")
        self.control("set-default-sink", "speaker")
        self.control("set-default-source", "mouth.monitor")

    def control(self, *arguments: str) -> str:
        done = subprocess.run(
            ["pactl", *arguments], env=self.environment, capture_output=True, text=True, check=True, timeout=20
        )
        return done.stdout.strip()

    def load(self, *module: str) -> str:
        return self.control("load-module", *module)

    def speak(self, recording: Path) -> None:
        """Say a recording into the microphone."""
        subprocess.run(["paplay", "--device=mouth", recording], env=self.environment, check=True, timeout=60)

    def listen(self, path: Path) -> subprocess.Popen[bytes]:
        """Record what the loudspeaker plays, until the process is ended."""
        command = [
            "parecord",
            "--device=speaker.monitor",
            "--rate=16000",
            "--channels=1",
            "--file-format=wav",
            str(path),
        ]
        return subprocess.Popen(command, env=self.environment)

    def close(self) -> None:
        self._server.terminate()
        self._server.wait(timeout=20)

    def _until_answers(self) -> None:
        for _ in range(100):
            try:
                self.control("info")
            except subprocess.SubprocessError:
                time.sleep(0.1)
            else:
                return
        pytest.fail("PulseAudio does not answer")


@pytest.fixture
def card(tmp_path: Path) -> Iterator[SoundCard]:
    if not shutil.which("pulseaudio"):
        pytest.fail("`make test-devices` needs Debian's pulseaudio, libasound2-plugins and libportaudio2")
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    sound_card = SoundCard(home)
    yield sound_card
    sound_card.close()


class Call:
    """A call that goes on in a process, its screen in a file."""

    def __init__(self, card: SoundCard, folder: Path, *arguments: str) -> None:
        self.screen = folder / "screen.txt"
        self._file = self.screen.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "simulator", "practice", "--seed", "7", *arguments],
            stdout=self._file,
            stderr=subprocess.STDOUT,
            env={**card.environment, "PYTHONUNBUFFERED": "1"},
        )

    def wait_for(self, text: str, times: int = 1, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while self.shown().count(text) < times:
            assert time.monotonic() < end, f"{text!r} did not come:\n{self.shown()}"
            assert self.process.poll() is None or self.shown().count(text) >= times, self.shown()
            time.sleep(0.05)

    def shown(self) -> str:
        return self.screen.read_text(errors="replace")

    def end(self) -> int:
        return self.process.wait(timeout=60)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._file.close()


@pytest.fixture
def call(card: SoundCard, tmp_path: Path) -> Iterator[Call]:
    """A call by microphone and loudspeaker, which writes `call.json`."""
    going_on = Call(card, tmp_path, "--json", str(tmp_path / "call.json"))
    yield going_on
    going_on.close()


def test_a_whole_call_by_microphone_and_loudspeaker(card: SoundCard, call: Call, tmp_path: Path) -> None:
    ear = card.listen(tmp_path / "heard.wav")
    answers = sorted((fixtures_dir() / "demo").glob("*.flac"))
    for number, answer in enumerate(answers, 1):
        call.wait_for("listening, speak now", times=number)
        card.speak(answer)
        call.wait_for("the call goes on", times=number)
    assert call.end() == 0
    ear.terminate()
    ear.wait(timeout=10)
    result = json.loads((tmp_path / "call.json").read_text())
    assert result["ending"] == "satisfied"
    assert len(result["turns"]) == len(answers)
    assert all(turn["delivery"]["response_gap_s"] is not None for turn in result["turns"])
    assert "too busy" not in call.shown()
    heard, _ = soundfile.read(tmp_path / "heard.wav", dtype="float32")
    assert np.sqrt(np.mean(heard**2)) > 0.01, "the customer is not to be heard on the loudspeaker"


def test_a_microphone_that_is_unplugged_ends_the_call_with_a_message(card: SoundCard, call: Call, run: Run) -> None:
    call.wait_for("listening, speak now")
    card.speak(sorted((fixtures_dir() / "demo").glob("*.flac"))[0])
    call.wait_for("the call goes on")
    card.control("unload-module", card.microphone)
    assert call.end() == 6
    assert "microphone" in call.shown()
    assert "Traceback" not in call.shown()
    assert "Scorecard" in call.shown()
    assert "unresolved" in run("sessions").stdout


def test_the_doctor_finds_both_devices(card: SoundCard) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "simulator", "doctor"],
        env=card.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    lines = {
        line.split()[1]: line.split()[0] for line in done.stdout.splitlines() if line.startswith(("fine", "look"))
    }
    assert lines["loudspeaker"] == "fine", done.stdout
    assert lines["voice"] == "fine", done.stdout


def test_the_doctor_learns_a_voice_at_the_microphone(card: SoundCard, tmp_path: Path) -> None:
    talk = [soundfile.read(path)[0] for path in sorted((fixtures_dir() / "demo").glob("*.flac"))]
    soundfile.write(tmp_path / "talk.wav", np.concatenate([*talk, *talk]), 16_000)
    doctor = subprocess.Popen(
        [sys.executable, "-u", "-m", "simulator", "doctor", "--voice"],
        env=card.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    mouth = subprocess.Popen(["paplay", "--device=mouth", str(tmp_path / "talk.wav")], env=card.environment)
    shown, _ = doctor.communicate(timeout=120)
    mouth.terminate()
    mouth.wait(timeout=20)
    assert doctor.returncode == 0, shown
    assert "semitones" in shown
    kept = json.loads((Path(card.environment["CALMLINE_DATA_DIR"]) / "voice.json").read_text())
    assert 60 < kept["pitch_median_hz"] < 130


def test_without_any_device_the_doctor_says_what_to_do(run: Run, tmp_path: Path) -> None:
    done = run("practice", HOME=str(tmp_path), XDG_RUNTIME_DIR=str(tmp_path), PULSE_SERVER="none")
    assert done.returncode == 6
    assert "No microphone was found" in done.stderr
    assert "--text" in done.stderr
