"""Frames become utterances: on recordings of which the truth is known."""

import json
from pathlib import Path

import numpy as np
import pytest

from simulator.audio.endpointing import LIVE, RECORDED
from simulator.audio.files import Recording, read_audio
from simulator.audio.vad import VoiceDetector
from simulator.listening import Level, listen, loudness_db
from simulator.records import FRAME_SAMPLES, EndedBy, Utterance


def utterances_in(path: Path) -> list[Utterance]:
    heard = listen(Recording(path).frames(), VoiceDetector(), RECORDED)
    return [item for item in heard if isinstance(item, Utterance)]


@pytest.mark.parametrize("name", ["no", "sorry"])
def test_the_shortest_answers_are_heard(fixtures: Path, name: str) -> None:
    (utterance,) = utterances_in(fixtures / "replies" / f"{name}.flac")
    assert utterance.speech


@pytest.mark.parametrize("name", ["silence", "noise"])
def test_nothing_is_heard_where_nobody_speaks(fixtures: Path, name: str) -> None:
    assert utterances_in(fixtures / "sound" / f"{name}.flac") == []


@pytest.mark.parametrize("name", ["clipped.flac", "quiet.flac", "telephone_8khz_stereo.wav"])
def test_poor_sound_is_heard_all_the_same(fixtures: Path, name: str) -> None:
    assert utterances_in(fixtures / "sound" / name)


@pytest.mark.parametrize("path", sorted(Path("audio_fixtures/demo").glob("*.flac")), ids=lambda p: p.stem)
def test_speech_begins_and_ends_where_it_was_spoken(fixtures: Path, path: Path) -> None:
    truth = json.loads((fixtures / "demo" / path.name).with_suffix(".json").read_text())["sentences"]
    spoken = utterances_in(fixtures / "demo" / path.name)
    assert spoken[0].speech[0].start_s == pytest.approx(truth[0]["start_s"], abs=0.15)
    assert spoken[-1].speech[-1].end_s == pytest.approx(truth[-1]["end_s"], abs=0.25)


def test_the_sound_of_an_utterance_is_the_sound_of_the_recording(fixtures: Path) -> None:
    path = fixtures / "demo" / "5_asks_when.flac"
    whole = read_audio(path).samples
    (utterance,) = utterances_in(path)
    start = round(utterance.start_s * 16_000)
    np.testing.assert_array_equal(utterance.audio.samples, whole[start : start + len(utterance.audio.samples)])


def test_streaming_gives_the_probabilities_of_the_whole_recording(fixtures: Path) -> None:
    from faster_whisper.vad import get_vad_model

    samples = read_audio(fixtures / "demo" / "2_makes_good.flac").samples
    detector = VoiceDetector()
    streamed = [detector.probability(frame) for frame in samples.reshape(-1, FRAME_SAMPLES)]
    np.testing.assert_allclose(streamed, get_vad_model()(samples), atol=1e-4)


def test_a_silent_candidate_is_an_utterance_without_speech() -> None:
    quiet = np.zeros((400, FRAME_SAMPLES), np.float32)
    heard = [item for item in listen(quiet, VoiceDetector(), LIVE) if isinstance(item, Utterance)]
    assert [(utterance.speech, utterance.ended_by) for utterance in heard] == [((), EndedBy.NOBODY_SPOKE)]


def test_a_level_is_given_for_every_frame(fixtures: Path) -> None:
    frames = list(Recording(fixtures / "replies" / "no.flac").frames())
    levels = [item for item in listen(frames, VoiceDetector(), RECORDED) if isinstance(item, Level)]
    assert len(levels) == len(frames)


def test_loudness_of_full_scale_and_of_nothing() -> None:
    assert loudness_db(np.ones(512, np.float32)) == pytest.approx(0.0, abs=0.01)
    assert loudness_db(np.zeros(512, np.float32)) == -90.0
