"""What a voice is like over a turn or over a baseline: its spectrum, pitch, pace and how clearly it was heard.

Joins the frames of one or more utterances and forgets the sound. Knows nothing of words, norms or verdicts.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.grading.acoustics import HOP_S, MEL_BANDS, Acoustics, band_centres_hz, semitones
from simulator.records import Span, VoiceProfile

ENOUGH_VOICE_S = 8.0  # voiced sound of about twenty seconds of talk: enough for a baseline
_LOUD_ENOUGH_DB = -25.0  # below the peak level: softer frames are edges of speech
_NOISE_PERCENTILE = 10
_OVER_NOISE_DB = 3.0  # a band that stands out less holds more noise than voice
_LEAST_VOICED_FRAMES = 25  # 0.4 s: a single word says nothing of a voice
_DIP_DB = 2.0  # between two syllables (de Jong & Wempe 2009)
_SYLLABLE_FLOOR_DB = -20.0
_QUIET_ROOM_DB, _LOUD_ROOM_DB = 20.0, 5.0  # speech over noise: from clear to useless
_CLIPPING_HARMLESS, _CLIPPING_USELESS = 0.001, 0.05  # share of samples at the rails
_TELEPHONE_HIGH_HZ = 4300.0
_LONG_MEMORY_S = 120.0  # a baseline older than this much voice gives way to the newer calls
_NARROW_DB = 45.0  # below the loudest band: nothing came through
_TELEPHONE_CLARITY = 0.7


class ProfileMeter:
    """Gathers the profile of one voice from the utterances of a turn."""

    def __init__(self) -> None:
        self._power = np.zeros(MEL_BANDS)
        self._noise = np.full(MEL_BANDS, np.inf)
        self._pitches: list[NDArray[np.float32]] = []
        self._levels: list[NDArray[np.float32]] = []
        self._frames = self._speech_frames = self._syllables = 0
        self._clipped = 0.0

    def add(self, acoustics: Acoustics, start_s: float, speech: Sequence[Span]) -> None:
        """Take the frames of an utterance that begins at `start_s`, with its voiced stretches."""
        if not len(acoustics):
            return
        spoken = _frames_in(speech, start_s, len(acoustics))
        # A shout may be voiced where the voice detector, which knows ordinary talk, hears no speech.
        voiced = acoustics.voiced & (acoustics.level_db > _LOUD_ENOUGH_DB)
        power = 10 ** ((acoustics.mel_db + acoustics.peak_db) / 10)
        self._power += power[voiced].sum(axis=0)
        noise = np.percentile(power, _NOISE_PERCENTILE, axis=0)
        self._noise = np.minimum(self._noise, noise)
        self._pitches.append(semitones(acoustics.pitch_hz[voiced]))
        self._levels.append(
            acoustics.level_db[(spoken | voiced) & (acoustics.level_db > _LOUD_ENOUGH_DB)] + acoustics.peak_db
        )
        self._frames += len(acoustics)
        self._speech_frames += int(spoken.sum())
        self._syllables += _syllables(acoustics, spoken)
        self._clipped += acoustics.clipped_share * len(acoustics)

    def profile(self) -> VoiceProfile | None:
        """What was gathered, or None where there was too little voice."""
        pitches = np.concatenate(self._pitches) if self._pitches else np.empty(0, np.float32)
        if len(pitches) < _LEAST_VOICED_FRAMES:
            return None
        levels = np.concatenate(self._levels)
        mean = self._power / len(pitches)
        spectrum = 10 * np.log10(np.maximum(mean - self._noise, 1e-12))
        heard = mean > self._noise * 10 ** (_OVER_NOISE_DB / 10)
        p5, p10, median, p90, p95 = np.percentile(pitches, [5, 10, 50, 90, 95])
        return VoiceProfile(
            voiced_s=round(len(pitches) * HOP_S, 3),
            voiced_share=round(len(pitches) / max(1, len(levels)), 3),
            spectrum_db=tuple(round(float(s), 2) if h else None for s, h in zip(spectrum, heard, strict=True)),
            pitch_median_hz=round(float(100 * 2 ** (median / 12)), 1),
            pitch_spread_semitones=round(float(p90 - p10) / 2.563, 2),  # as many deviations of a normal curve
            pitch_range_semitones=round(float(p95 - p5), 2),
            syllable_rate=round(self._syllables / (self._speech_frames * HOP_S), 2) if self._speech_frames else 0.0,
            loudness_db=round(float(10 * np.log10(np.mean(10 ** (levels / 10)))), 1),
            clarity=self._clarity(mean, spectrum),
        )

    def _clarity(self, mean: NDArray[np.float64], spectrum: NDArray[np.float64]) -> float:
        over_noise_db = 10 * np.log10(mean.sum() / max(self._noise.sum(), 1e-12))
        clipped = self._clipped / self._frames
        line = _TELEPHONE_CLARITY if is_narrow(spectrum) else 1.0
        noise = np.interp(over_noise_db, [_LOUD_ROOM_DB, _QUIET_ROOM_DB], [0.0, 1.0])
        rails = np.interp(clipped, [_CLIPPING_HARMLESS, _CLIPPING_USELESS], [1.0, 0.0])
        return round(float(line * noise * rails), 3)


def joined_profiles(profiles: Sequence[VoiceProfile], *, most_s: float = _LONG_MEMORY_S) -> VoiceProfile:
    """One profile of several of the same voice, each weighed by how long it was heard, the first at most `most_s`."""
    if len(profiles) == 1:
        return profiles[0]
    weights = np.array([profile.voiced_s for profile in profiles])
    weights[0] = min(weights[0], most_s)

    def mean(of: Callable[[VoiceProfile], float]) -> float:
        return round(float(np.average([of(profile) for profile in profiles], weights=weights)), 3)

    return VoiceProfile(
        voiced_s=round(float(weights.sum()), 3),
        voiced_share=mean(lambda p: p.voiced_share),
        spectrum_db=tuple(
            _mean_level(levels, weights) for levels in zip(*(p.spectrum_db for p in profiles), strict=True)
        ),
        pitch_median_hz=round(float(np.exp(mean(lambda p: float(np.log(p.pitch_median_hz))))), 1),
        pitch_spread_semitones=mean(lambda p: p.pitch_spread_semitones),
        pitch_range_semitones=mean(lambda p: p.pitch_range_semitones),
        syllable_rate=mean(lambda p: p.syllable_rate),
        loudness_db=mean(lambda p: p.loudness_db),
        clarity=mean(lambda p: p.clarity),
    )


def _mean_level(levels: Sequence[float | None], weights: NDArray[np.float64]) -> float | None:
    known = [(level, weight) for level, weight in zip(levels, weights, strict=True) if level is not None]
    total = sum(weight for _, weight in known)
    return round(float(sum(level * weight for level, weight in known) / total), 2) if total else None


def is_narrow(spectrum_db: Sequence[float | None] | NDArray[np.float64]) -> bool:
    """Whether the spectrum is that of a telephone line, without its highest bands."""
    centres = band_centres_hz()
    levels = np.array([-120.0 if s is None else s for s in spectrum_db])
    return bool(levels[centres > _TELEPHONE_HIGH_HZ].max() < levels.max() - _NARROW_DB)


def _frames_in(spans: Sequence[Span], start_s: float, count: int) -> NDArray[np.bool_]:
    inside = np.zeros(count, bool)
    for span in spans:
        inside[max(0, round((span.start_s - start_s) / HOP_S)) : max(0, round((span.end_s - start_s) / HOP_S))] = True
    return inside


def _syllables(acoustics: Acoustics, spoken: NDArray[np.bool_]) -> int:
    """Peaks of loudness in voiced speech with a dip between them."""
    level = np.convolve(acoustics.level_db, np.ones(3) / 3, "same")
    usable = acoustics.voiced & spoken & (level > _SYLLABLE_FLOOR_DB)
    count, rising, top, bottom = 0, False, 0, 0  # frames of the last peak and the last dip
    for frame, value in enumerate(level):
        if rising:
            top = frame if value > level[top] else top
            if value < level[top] - _DIP_DB:
                count += bool(usable[top])
                rising, bottom = False, frame
        else:
            bottom = frame if value < level[bottom] else bottom
            if value > level[bottom] + _DIP_DB:
                rising, top = True, frame
    return count + bool(rising and usable[top])
