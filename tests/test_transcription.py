"""Transcription: the gates against invented text, the models on disk, and both recognisers really running."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from simulator.audio.files import read_audio
from simulator.errors import ModelError
from simulator.model_files import check_whisper, find_whisper, installed_whispers
from simulator.records import Audio
from simulator.transcription import open_transcriber
from simulator.transcription.sphinx import SphinxTranscriber
from simulator.transcription.whisper import WhisperTranscriber, is_invented, words_of


@pytest.fixture
def fixtures_audio(fixtures: Path) -> Audio:
    return read_audio(fixtures / "demo" / "5_asks_when.flac")


@pytest.mark.parametrize(
    ("text", "no_speech", "log_probability", "compression", "invented"),
    [
        ("I'm so sorry about that.", 0.02, -0.3, 1.2, False),
        ("I'm so sorry about that.", 0.9, -0.3, 1.2, False),  # sure of its words: no-speech alone is not enough
        ("I'm so sorry about that.", 0.9, -0.9, 1.2, True),
        ("you you you you you you you", 0.1, -0.7, 3.1, True),
        ("Thanks for watching!", 0.1, -0.2, 1.0, True),
        ("Thank you for watching.", 0.1, -0.2, 1.0, True),
        ("Please subscribe.", 0.1, -0.2, 1.0, True),
        ("Subtitles by the community", 0.1, -0.2, 1.0, True),
        ("Thank you for waiting.", 0.1, -0.2, 1.0, False),
        ("Thank you.", 0.1, -0.4, 0.8, False),
        ("No.", 0.3, -0.6, 0.6, False),
    ],
)
def test_gates_against_invented_text(
    text: str, no_speech: float, log_probability: float, compression: float, invented: bool
) -> None:
    assert is_invented(text, no_speech, log_probability, compression) is invented


def test_the_words_of_invented_segments_are_dropped() -> None:
    word = SimpleNamespace(word=" Hello.", start=0.1, end=0.4, probability=0.9)
    sure = SimpleNamespace(text=" Hello.", no_speech_prob=0.0, avg_logprob=-0.2, compression_ratio=1.0, words=[word])
    made_up = SimpleNamespace(**{**sure.__dict__, "text": "Thanks for watching."})
    assert [w.text for w in words_of([made_up, sure])] == ["Hello."]


def test_whisper_really_runs(small_whisper: Path, fixtures_audio: Audio) -> None:
    words = WhisperTranscriber(small_whisper).transcribe(fixtures_audio)
    times = [time for word in words for time in (word.start_s, word.end_s) if time is not None]
    assert times == sorted(times)
    assert all(0 <= word.probability <= 1 and word.text == word.text.strip() for word in words)


def test_whisper_is_found_by_folder_name_and_cache(
    small_whisper: Path, own_data_folder: Path, tmp_path: Path
) -> None:
    assert find_whisper(str(small_whisper)) == small_whisper
    ours = own_data_folder / "models" / "whisper" / "mine"
    cached = tmp_path / "hub" / "models--Systran--faster-whisper-tiny.en" / "snapshots" / "abc"
    for place in (ours, cached):
        place.parent.mkdir(parents=True)
        place.symlink_to(small_whisper)
    assert find_whisper("mine") == ours
    assert find_whisper("tiny.en") == cached
    assert installed_whispers().keys() >= {"mine", "tiny.en"}


def test_a_whisper_that_is_here_is_taken_before_sphinx(small_whisper: Path, own_data_folder: Path) -> None:
    place = own_data_folder / "models" / "whisper" / "base.en"
    place.parent.mkdir(parents=True)
    place.symlink_to(small_whisper)
    transcriber, notice = open_transcriber()
    assert (transcriber.name, transcriber.rough, notice) == ("whisper base.en", False, "")


def test_without_whisper_sphinx_takes_over_and_says_so() -> None:
    transcriber, notice = open_transcriber()
    assert transcriber.rough
    assert "simulator models download base.en" in notice


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("base.en", "simulator models download base.en"),
        ("huge.xx", "no Whisper model and no directory called huge.xx"),
        ("no/such/folder", "no Whisper model and no directory"),
    ],
)
def test_a_missing_model_says_what_to_type(name: str, says: str) -> None:
    with pytest.raises(ModelError, match=re.escape(says)):
        open_transcriber(name)


@pytest.mark.parametrize("missing", ["model.bin", "tokenizer.json", "config.json", "vocabulary.json"])
def test_an_incomplete_folder_names_what_is_missing(small_whisper: Path, tmp_path: Path, missing: str) -> None:
    for file in small_whisper.iterdir():
        if file.name != missing:
            (tmp_path / file.name).symlink_to(file)
    with pytest.raises(ModelError, match=re.escape(missing)):
        check_whisper(tmp_path)


def test_truncated_weights_are_said_in_plain_words(small_whisper: Path, tmp_path: Path) -> None:
    for file in small_whisper.iterdir():
        content = file.read_bytes()
        (tmp_path / file.name).write_bytes(content[: len(content) // 2] if file.name == "model.bin" else content)
    with pytest.raises(ModelError, match="cannot be loaded"):
        WhisperTranscriber(tmp_path)


def test_sphinx_hears_clear_synthetic_speech(fixtures: Path) -> None:
    path = fixtures / "demo" / "5_asks_when.flac"
    truth = json.loads(path.with_suffix(".json").read_text())
    words = SphinxTranscriber().transcribe(read_audio(path))
    assert [word.text for word in words] == re.sub(r"[^\w ]", "", truth["text"].lower()).split()
    for word, true in zip(words, truth["words"], strict=True):
        assert word.start_s == pytest.approx(true["start_s"], abs=0.2)
