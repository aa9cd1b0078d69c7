"""Tone of voice in plain words: raised, hurried, flat, quiet or steady. Never an emotion.

A voice is raised by effort, which moves energy from the lowest harmonics upwards and lifts the pitch (Traunmüller &
Eriksson 2000; Sundberg & Nordenberg 2006). Both are compared with the speaker's own baseline, so that a high voice or
a bright microphone is not a raised voice; without one only wide general bands are left. Loudness decides nothing: it
is the microphone's as much as the speaker's.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.grading.acoustics import band_centres_hz
from simulator.grading.rubric_rules import ToneNorms
from simulator.grading.voice_profile import is_narrow
from simulator.records import STEADY, TONE_NOT_MEASURED, VoiceProfile, VoiceTone

_SEMITONES_PER_DB = 0.5  # of spectral balance that a risen pitch is worth: both rise together with effort
_MOST_PITCH_RISE = 8.0  # semitones; more is an octave error
_WHISPERED_SHARE = 0.3  # of loud frames that are voiced; ordinary speech has 0.6 and more
# Mean and steepness of the general bands, over ordinary and raised voices through many microphones.
_GENERAL_BALANCE_DB, _GENERAL_NARROW_DB = -6.5, -7.5
_STEEPNESS_DB = 1.5
_WIDE_HZ = (((80, 350), (500, 1200)), ((80, 1000), (1000, 4000)))
_NARROW_HZ = (((300, 500), (600, 1300)), ((300, 1000), (1000, 3400)))
_WITHOUT_BASELINE = 0.6  # how sure a verdict can be that knows the speaker from this turn alone
_SURE_AFTER_S = 1.0  # of voice


@dataclass(frozen=True)
class _Effort:
    """How far a voice stands above its reference in dB of spectral balance, and whether that is the speaker's own."""

    db: float
    own: bool


def tone_of(profile: VoiceProfile | None, baseline: VoiceProfile | None, norms: ToneNorms) -> VoiceTone:
    """The tone of a turn against the speaker's baseline, or against general bands."""
    if profile is None:
        return VoiceTone(TONE_NOT_MEASURED, None, 0.0, None, None, None)
    certainty = _certainty(profile, baseline)
    effort = _effort(profile, baseline)
    if certainty < norms.least_certainty or effort is None:
        verdict, raised = TONE_NOT_MEASURED, None
    else:
        threshold = norms.raised_db if effort.own else norms.raised_db_general
        raised = 1 / (1 + math.exp(-(effort.db - threshold) / _STEEPNESS_DB))
        verdict = ", ".join(_words(profile, baseline, effort, raised, norms)) or STEADY
    return VoiceTone(
        verdict=verdict,
        raised=None if raised is None else round(raised, 3),
        certainty=round(certainty, 2),
        pitch_median_hz=profile.pitch_median_hz,
        pitch_range_semitones=profile.pitch_range_semitones,
        loudness_db=profile.loudness_db,
        against_baseline=baseline is not None,
    )


def _words(
    profile: VoiceProfile, baseline: VoiceProfile | None, effort: _Effort, raised: float, norms: ToneNorms
) -> list[str]:
    words = []
    if raised >= norms.raised:
        words.append("raised")
    usual_rate = baseline.syllable_rate if baseline else norms.general_syllable_rate
    if profile.syllable_rate > norms.hurried_share * usual_rate:
        words.append("hurried")
    usual_spread = baseline.pitch_spread_semitones if baseline else norms.general_pitch_spread
    if profile.pitch_spread_semitones < norms.flat_share * usual_spread:
        words.append("flat")
    if profile.voiced_share < _WHISPERED_SHARE or (effort.own and effort.db < -norms.quiet_db):
        words.append("quiet")
    return words


def _certainty(profile: VoiceProfile, baseline: VoiceProfile | None) -> float:
    enough = min(1.0, profile.voiced_s / _SURE_AFTER_S)
    if baseline is None:
        return enough * profile.clarity * _WITHOUT_BASELINE
    return enough * profile.clarity * min(1.0, baseline.voiced_s / _SURE_AFTER_S) * math.sqrt(baseline.clarity)


def _effort(profile: VoiceProfile, baseline: VoiceProfile | None) -> _Effort | None:
    """None where noise or the line leave too little of the spectrum."""
    if baseline is None:
        narrow = is_narrow(profile.spectrum_db)
        balance = _balance(_levels(profile), narrow=narrow)
        return (
            None
            if balance is None
            else _Effort(balance - (_GENERAL_NARROW_DB if narrow else _GENERAL_BALANCE_DB), False)
        )
    narrow = is_narrow(profile.spectrum_db) or is_narrow(baseline.spectrum_db)
    now, usual = _balance(_levels(profile), narrow=narrow), _balance(_levels(baseline), narrow=narrow)
    if now is None or usual is None:
        return None
    rise = 12 * float(np.log2(profile.pitch_median_hz / baseline.pitch_median_hz))
    tension = now - usual
    # Pitch alone is melody; it counts as far as the spectrum says effort, too.
    lifted = _SEMITONES_PER_DB * min(max(rise, 0.0), _MOST_PITCH_RISE, max(tension, 0.0) * 2)
    return _Effort(tension + lifted, True)


def _levels(profile: VoiceProfile) -> NDArray[np.float64]:
    return np.array([np.nan if level is None else level for level in profile.spectrum_db])


def _balance(levels: NDArray[np.float64], *, narrow: bool) -> float | None:
    """How much of the energy stands above the lowest harmonics and above 1 kHz: the mean of both, in dB.

    A telephone line passes nothing below 300 Hz, so there the two contrasts begin higher.
    """
    values = [_mean(levels, high) - _mean(levels, low) for low, high in (_NARROW_HZ if narrow else _WIDE_HZ)]
    return None if np.isnan(values).any() else float(np.mean(values))


def _mean(levels: NDArray[np.float64], band_hz: tuple[float, float]) -> float:
    """The mean level of the bands that are heard; not a number where noise hides most of them."""
    centres = band_centres_hz()
    inside = levels[(centres >= band_hz[0]) & (centres < band_hz[1])]
    heard = inside[~np.isnan(inside)]
    return float(heard.mean()) if len(heard) * 2 >= len(inside) else float("nan")
