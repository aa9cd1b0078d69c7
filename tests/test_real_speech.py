"""Real human speech goes through every part; skipped where no recordings lie beside the project."""

import json
from pathlib import Path

import pytest

from tests.conftest import REAL_SPEECH, Run, real_speech

SHORT = ["jfk", "sb_spk1_snt1", "sb_spk2_snt1", "ls_2412-153948-0000", "mfa_english_fast", "mfa_cold_corpus"]


@pytest.mark.parametrize("name", SHORT[:3])
def test_read_speech_is_heard_and_timed(run: Run, tmp_path: Path, name: str) -> None:
    done = run("grade", real_speech(f"{name}.flac"), "--json", tmp_path / "g.json")
    assert done.returncode == 0, done.stderr
    (turn,) = json.loads((tmp_path / "g.json").read_text())["turns"]
    assert turn["transcript"]
    assert turn["delivery"]["words_per_minute"]
    times = [word["start_s"] for word in turn["words"]]
    assert times == sorted(times)


def test_a_call_is_held_with_real_voices(run: Run, tmp_path: Path) -> None:
    recordings = [real_speech("sb_spk1_snt1.flac"), real_speech("sb_spk2_snt1.flac")]
    done = run("practice", "--quiet", "--from", *recordings, "--json", tmp_path / "call.json")
    assert done.returncode == 0, done.stderr
    assert len(json.loads((tmp_path / "call.json").read_text())["turns"]) == 2


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_real_recording_is_graded_without_a_traceback(run: Run) -> None:
    recordings = sorted(path for path in REAL_SPEECH.glob("*.flac") if not path.name.startswith("phone"))
    if not recordings:
        pytest.skip("no real speech beside the project")
    for recording in recordings:
        done = run("grade", recording, "--scenario", "refund_outside_policy")
        assert done.returncode == 0, (recording, done.stderr)
        assert "Scorecard" in done.stdout
