"""Sounds that are no plain speech: what delivery makes of them, and what it does not."""

from pathlib import Path

import numpy as np
import pytest

from simulator.audio.files import read_audio
from simulator.grading.delivery import measure_delivery
from simulator.records import Delivery, Samples, Transcript
from simulator.scenarios import VoiceSpec
from simulator.voice import Voice
from tests.conftest import real_speech
from tests.sounds import coughs, heard, notes, silence, telephone, whispered


def delivery_of(samples: Samples, text: str = "") -> Delivery:
    from simulator.grading.turn_sound import sound_of

    return measure_delivery(Transcript.typed(text), sound_of(heard(samples)))


def tone(delivery: Delivery) -> str:
    assert delivery.voice is not None
    return delivery.voice.verdict


@pytest.fixture
def reply(fixtures: Path) -> Samples:
    return read_audio(fixtures / "demo" / "2_makes_good.flac").samples


def test_one_word_is_too_little_for_pace_and_tone(fixtures: Path) -> None:
    delivery = delivery_of(read_audio(fixtures / "replies" / "no.flac").samples, "No.")
    assert delivery.words_per_minute is None
    assert delivery.pace_course == ()
    assert tone(delivery) == "not measured"


def test_very_long_silence_holds_nothing() -> None:
    delivery = delivery_of(silence(120))
    assert (delivery.speaking_s, delivery.pauses, delivery.filled_pauses) == (0, (), ())
    assert tone(delivery) == "not measured"


def test_coughs_are_no_filled_pauses() -> None:
    assert delivery_of(np.concatenate([silence(1), coughs(), silence(1)])).filled_pauses == ()


def test_music_is_no_row_of_filled_pauses() -> None:
    tune = notes(262, 294, 330, 349, 392, 440, 392, 349, 330, 294, 262, 196)
    delivery = delivery_of(np.concatenate([silence(1), tune, silence(1)]))
    assert len(delivery.filled_pauses) <= 1


def test_a_whisper_is_quiet_or_not_measured(reply: Samples) -> None:
    assert tone(delivery_of(whispered(reply))) in {"quiet", "not measured"}


def test_a_telephone_line_lowers_the_certainty_only(reply: Samples) -> None:
    wide, narrow = delivery_of(reply).voice, delivery_of(telephone(reply)).voice
    assert wide is not None
    assert narrow is not None
    assert narrow.certainty < wide.certainty
    assert narrow.verdict in {wide.verdict, "not measured"}


def test_heavy_clipping_is_not_judged(reply: Samples) -> None:
    ruined = np.clip(reply * 60, -0.5, 0.5)
    assert tone(delivery_of(ruined)) == "not measured"


def test_loud_noise_is_not_judged(reply: Samples) -> None:
    rng = np.random.default_rng(6)
    level = np.sqrt(np.mean(reply**2))
    assert tone(delivery_of(reply + rng.normal(0, 2 * level, len(reply)).astype(np.float32))) == "not measured"


def test_a_second_voice_does_not_stop_the_measuring(fixtures: Path, reply: Samples) -> None:
    other = read_audio(fixtures / "replies" / "ramble.flac").samples[: len(reply)]
    mixed = reply.copy()
    mixed[: len(other)] += 0.3 * other
    delivery = delivery_of(mixed, "You are right and I am sorry")
    assert delivery.words_per_minute is not None
    assert tone(delivery) != "raised"


def test_a_turn_of_only_an_um_is_one_filled_pause() -> None:
    um = Voice(VoiceSpec(gender="male", variant="m3", rate_wpm=120)).render("Ummm.", anger=0).samples
    delivery = delivery_of(np.concatenate([silence(0.8), um, silence(0.8)]), "Um.")
    assert delivery.words == 0
    assert len(delivery.filled_pauses) == 1


def test_humming_at_a_telephone_gives_no_raised_voice() -> None:
    hum = notes(140, 150, 160, 150, 140, 130, length_s=0.6)
    assert "raised" not in tone(delivery_of(np.concatenate([silence(1), hum, silence(1)])))


def test_a_phone_agent_of_eight_kilohertz_is_measured() -> None:
    samples = read_audio(real_speech("phone_repair_agent.flac")).samples[: 60 * 16_000]
    delivery = delivery_of(samples)
    assert delivery.speaking_s is not None
    assert delivery.speaking_s > 10
    assert "raised" not in tone(delivery)
