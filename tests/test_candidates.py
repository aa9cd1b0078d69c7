"""The candidate's side: what a microphone, recordings and a keyboard give as answers."""

from collections.abc import Callable, Generator
from pathlib import Path

import numpy as np
import pytest

from simulator.audio.endpointing import EndpointingSettings
from simulator.audio.files import Recording, read_audio
from simulator.audio.vad import VoiceDetector
from simulator.candidates import Answer, Candidate, LiveCandidate, RecordedCandidate, TypedCandidate
from simulator.errors import AudioError, DeviceError
from simulator.records import FRAME_SAMPLES, EndedBy, Samples

Frames = Callable[[], Generator[Samples, None, None]]
QUICK = EndpointingSettings(nobody_speaks_s=1.0)


def answers(candidate: Candidate) -> list[Answer]:
    return [item for item in candidate.answer() if isinstance(item, Answer)]


def microphone(samples: Samples) -> Frames:
    """A microphone that gives these samples and then the quiet of a room, or digital silence after nothing."""

    def frames() -> Generator[Samples, None, None]:
        yield from samples[: len(samples) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
        room = np.random.default_rng(1).normal(0, 1e-3 if len(samples) else 0, FRAME_SAMPLES).astype(np.float32)
        while True:
            yield room

    return frames


def test_a_live_answer_ends_by_silence_and_knows_its_gap(fixtures: Path) -> None:
    samples = read_audio(fixtures / "demo" / "5_asks_when.flac").samples
    (answer,) = answers(LiveCandidate(microphone(samples), VoiceDetector()))
    assert answer.ended_by is EndedBy.SILENCE
    assert answer.response_gap_s == pytest.approx(0.45, abs=0.15)


def test_a_microphone_without_any_sound_is_told_once_and_then_given_up() -> None:
    candidate = LiveCandidate(microphone(np.empty(0, np.float32)), VoiceDetector(), QUICK)
    (first,) = answers(candidate)
    assert first.ended_by is EndedBy.NOBODY_SPOKE
    assert "no sound at all" in first.notice
    with pytest.raises(DeviceError, match="no sound at all"):
        answers(candidate)


def test_the_sound_of_an_answer_keeps_the_silence_between_its_utterances(fixtures: Path) -> None:
    path = fixtures / "demo" / "2_makes_good.flac"
    (answer,) = answers(RecordedCandidate([path], VoiceDetector()))
    assert answer.audio
    whole = sum(len(frame) for frame in Recording(path).frames())
    assert whole - 16_000 < len(answer.audio.samples) <= whole


def test_recordings_end_after_the_last_one(fixtures: Path) -> None:
    candidate = RecordedCandidate([fixtures / "replies" / "no.flac"], VoiceDetector())
    assert len(answers(candidate)) == 1
    assert answers(candidate) == []


def test_a_missing_recording_is_told_before_the_first_is_heard(fixtures: Path, tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="does not exist"):
        RecordedCandidate([fixtures / "replies" / "no.flac", tmp_path / "gone.wav"], VoiceDetector())


@pytest.mark.parametrize(("typed", "ended_by"), [("I'm sorry.", EndedBy.END_OF_INPUT), ("   ", EndedBy.NOBODY_SPOKE)])
def test_typed_answers(typed: str, ended_by: EndedBy) -> None:
    (answer,) = answers(TypedCandidate(lambda: typed))
    assert (answer.text, answer.ended_by, answer.audio) == (typed.strip(), ended_by, None)


def test_a_keyboard_that_is_done_gives_no_answer() -> None:
    assert answers(TypedCandidate(lambda: None)) == []
