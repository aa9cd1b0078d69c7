"""The person's own voice: recorded, kept, refined, and never in the way when it is broken."""

from pathlib import Path

import pytest

from simulator.audio.files import Recording, read_audio
from simulator.baseline import baseline_in, record_baseline
from simulator.errors import AudioError, DeviceError, StoreError
from simulator.records import FRAME_SAMPLES, VoiceProfile
from simulator.store.voice_baseline import baseline_file, load_baseline, save_baseline


def drained(frames: object) -> VoiceProfile:
    levels = record_baseline(frames)  # type: ignore[arg-type]
    while True:
        try:
            next(levels)
        except StopIteration as end:
            profile: VoiceProfile = end.value
            return profile


def many(fixtures: Path) -> list[Path]:
    return sorted((fixtures / "demo").glob("*.flac"))


def test_twenty_seconds_of_talk_are_enough(fixtures: Path) -> None:
    frames = [frame for path in many(fixtures) for frame in Recording(path).frames()]
    taken = 0

    def counted() -> object:
        nonlocal taken
        for frame in frames:
            taken += 1
            yield frame

    profile = drained(counted())
    assert 60 < profile.pitch_median_hz < 130  # a male voice
    assert profile.voiced_s > 8
    assert taken < len(frames), "it stops when it has enough"


def test_silence_gives_no_baseline_but_a_sentence() -> None:
    import numpy as np

    with pytest.raises(DeviceError, match="0 s of talk"):
        drained(np.zeros((400, FRAME_SAMPLES), np.float32))


def test_a_baseline_is_kept_and_found_again(fixtures: Path) -> None:
    assert load_baseline() is None
    profile = baseline_in(many(fixtures)[1])
    save_baseline(profile)
    assert load_baseline() == profile


def test_a_damaged_baseline_is_told_with_what_to_do() -> None:
    baseline_file().parent.mkdir(parents=True, exist_ok=True)
    baseline_file().write_text('{"voiced_s": "long"}')
    with pytest.raises(StoreError, match="doctor --voice"):
        load_baseline()


def test_a_recording_without_a_voice_is_no_baseline(fixtures: Path) -> None:
    with pytest.raises(AudioError, match="too little voice"):
        baseline_in(fixtures / "sound" / "silence.flac")


def test_the_recordings_of_an_answer_keep_its_clock(fixtures: Path) -> None:
    """A second of the turn is the same second of the saved recording."""
    from simulator.audio.vad import VoiceDetector
    from simulator.candidates import Answer, RecordedCandidate

    path = many(fixtures)[0]
    (answer,) = (a for a in RecordedCandidate([path], VoiceDetector()).answer() if isinstance(a, Answer))
    kept, original = answer.audio, read_audio(path)
    assert kept is not None
    at = round(answer.utterances[0].start_s * 16_000) + 100
    assert kept.samples[at] == original.samples[at]
