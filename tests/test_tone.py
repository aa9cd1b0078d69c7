"""Tone of voice: the same whatever the gain, not misled by a high voice, silent where it cannot know."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.audio.files import read_audio
from simulator.baseline import baseline_in
from simulator.bench.delivery import area_under_curve
from simulator.grading.acoustics import acoustics_of, band_centres_hz
from simulator.grading.rubric_rules import rubric_rules
from simulator.grading.tone import tone_of
from simulator.grading.turn_sound import sound_of
from simulator.grading.voice_profile import joined_profiles
from simulator.records import Audio, Samples, VoiceProfile
from tests.conftest import real_speech
from tests.sounds import heard

NORMS = rubric_rules().tone
CENTRES = band_centres_hz()


def voice(**changes: object) -> VoiceProfile:
    """An ordinary voice: the spectrum falls by 6 dB an octave above 500 Hz."""
    spectrum = tuple(float(-6 * np.log2(max(hz, 500) / 500)) for hz in CENTRES)
    usual = VoiceProfile(8.0, 0.7, spectrum, 120.0, 2.5, 8.0, 4.0, -25.0, 1.0)
    return replace(usual, **changes)  # type: ignore[arg-type]


def tensed(db: float, profile: VoiceProfile | None = None) -> VoiceProfile:
    """The same voice with its energy moved upwards from the lowest harmonics, as effort does."""
    profile = profile or voice()
    moved = tuple(
        s + (db if hz >= 500 else 0) for s, hz in zip(profile.spectrum_db, CENTRES, strict=True) if s is not None
    )
    return replace(profile, spectrum_db=moved)


def verdict(now: VoiceProfile | None, baseline: VoiceProfile | None = None) -> str:
    return tone_of(now, baseline, NORMS).verdict


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (voice(), "steady"),
        (tensed(10), "raised"),
        (tensed(10, voice(pitch_median_hz=170.0)), "raised"),
        (tensed(-14), "quiet"),
        (voice(pitch_spread_semitones=1.2), "flat"),
        (voice(syllable_rate=5.6), "hurried"),
        (tensed(10, voice(syllable_rate=5.6)), "raised, hurried"),
        (voice(voiced_share=0.1), "quiet"),
        (voice(clarity=0.1), "not measured"),
        (voice(voiced_s=0.2), "not measured"),
        (None, "not measured"),
    ],
)
def test_the_verdict_against_the_baseline(now: VoiceProfile | None, expected: str) -> None:
    assert verdict(now, voice()) == expected


def test_a_high_voice_is_not_a_raised_one() -> None:
    high = voice(pitch_median_hz=260.0)
    assert verdict(high) == "steady"
    assert verdict(high, high) == "steady"
    assert verdict(high, voice()) == "steady"  # the same person at another pitch, without more effort


def test_a_bright_microphone_is_not_a_raised_voice() -> None:
    assert verdict(tensed(9), tensed(9)) == "steady"
    assert verdict(tensed(6)) == "steady"


def test_without_a_baseline_the_answer_is_less_certain() -> None:
    alone, against = tone_of(voice(), None, NORMS), tone_of(voice(), voice(), NORMS)
    assert alone.certainty < against.certainty
    assert (alone.against_baseline, against.against_baseline) == (False, True)


@given(st.floats(-10, 10), st.floats(0.1, 10))
def test_raised_rises_with_tension(db: float, more: float) -> None:
    less, tenser = tone_of(tensed(db), voice(), NORMS), tone_of(tensed(db + more), voice(), NORMS)
    assert less.raised is not None
    assert tenser.raised is not None
    assert tenser.raised >= less.raised


def test_what_was_not_measured_has_no_number() -> None:
    tone = tone_of(voice(clarity=0.0), voice(), NORMS)
    assert (tone.verdict, tone.raised) == ("not measured", None)


def test_profiles_of_one_voice_join_by_how_long_they_were_heard() -> None:
    joined = joined_profiles([voice(voiced_s=30.0, syllable_rate=4.0), voice(voiced_s=10.0, syllable_rate=6.0)])
    assert joined.syllable_rate == pytest.approx(4.5)
    assert joined.voiced_s == pytest.approx(40)


def test_an_old_baseline_gives_way() -> None:
    old, new = voice(voiced_s=10_000.0, syllable_rate=3.0), voice(voiced_s=120.0, syllable_rate=5.0)
    assert joined_profiles([old, new]).syllable_rate == pytest.approx(4.0)


def test_a_band_that_only_one_profile_heard_is_kept() -> None:
    deaf = replace(voice(), spectrum_db=(None, *voice().spectrum_db[1:]))
    assert joined_profiles([deaf, voice()]).spectrum_db[0] == voice().spectrum_db[0]


@settings(max_examples=8, deadline=None)
@given(gain_db=st.floats(-30, 6))
def test_gain_moves_nothing_but_the_loudness(gain_db: float) -> None:
    samples = _reply()
    loud, soft = acoustics_of(Audio(samples)), acoustics_of(Audio(samples * np.float32(10 ** (gain_db / 20))))
    assert np.abs(loud.mel_db - soft.mel_db).max() < 0.01
    # The detector's own arithmetic leaves the last digits open.
    assert np.mean(loud.voiced == soft.voiced) > 0.97
    assert soft.peak_db - loud.peak_db == pytest.approx(gain_db, abs=0.01)


@pytest.mark.parametrize("gain_db", [-12, 12])
@pytest.mark.parametrize(
    "name", ["demo/1_policy_first", "demo/4_asks_fault", "replies/ramble", "sound/quiet", "sound/clipped"]
)
def test_a_gain_of_12_db_keeps_the_words(fixtures: Path, name: str, gain_db: int) -> None:
    samples = read_audio(fixtures / f"{name}.flac").samples
    louder = np.clip(samples * np.float32(10 ** (gain_db / 20)), -1, 1)
    assert verdict(sound_of(heard(louder)).voice) == verdict(sound_of(heard(samples)).voice)


def test_a_shout_is_told_from_calm_at_the_same_level() -> None:
    """Real actors, the same sentence, levels brought together; the baseline is their other sentence."""
    scores: dict[str, list[float]] = {"angry": [], "calm": []}
    for actor in ("actor01", "actor02", "actor11", "actor12"):
        own = baseline_in(real_speech(f"voices/{actor}_neutral_dogs.flac"))
        for manner, found in scores.items():
            samples = read_audio(real_speech(f"voices/{actor}_{manner}_kids.flac")).samples
            equal = samples * np.float32(0.05 / np.sqrt(np.mean(samples**2)))
            raised = tone_of(sound_of(heard(equal)).voice, own, NORMS).raised
            assert raised is not None
            found.append(raised)
    assert area_under_curve(scores["angry"], scores["calm"]) >= 0.85


def _reply() -> Samples:
    from simulator.settings import fixtures_dir

    return read_audio(fixtures_dir() / "demo" / "2_makes_good.flac").samples
