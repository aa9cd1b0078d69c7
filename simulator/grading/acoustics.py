"""What a voice does, frame by frame: pitch, loudness and spectrum. The only room that imports swift_f0.

Everything but `peak_db` is the same whatever the gain of the microphone. Knows nothing of words or norms.
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulator.records import SAMPLE_RATE_HZ, Audio, Samples

if TYPE_CHECKING:
    from swift_f0 import SwiftF0

HOP_SAMPLES = 256  # what swift-f0 gives a pitch for
HOP_S = HOP_SAMPLES / SAMPLE_RATE_HZ
MEL_BANDS = 32
VOICED = 0.5  # swift-f0's confidence is calibrated so that a frame is voiced from here on
_WINDOW_SAMPLES = 2 * HOP_SAMPLES
_LOWEST_HZ, _HIGHEST_HZ = 60.0, 7600.0
_LOWEST_PITCH_HZ, _HIGHEST_PITCH_HZ = 47.0, 600.0  # speech and shouting, without the octaves of music
_PEAK_PERCENTILE = 95
_PITCH_REFERENCE_DB = -20.0  # swift-f0 ignores what is very quiet, so it hears every sound at one level
_FLOOR = 1e-10
FLOOR_DB = -70.0  # below the peak level: nothing quieter is told apart


@dataclass(frozen=True, eq=False)
class Acoustics:
    """Frames of 16 ms, n of them.

    `pitch_hz` and `voicing` (0 to 1) of shape (n,); `level_db` of shape (n,) and `mel_db` of shape (n, 32), both in
    dB below the peak level, which is the 95th percentile of the frames' levels. `peak_db` is that level below full
    scale, `clipped_share` the share of samples at the rails.
    """

    pitch_hz: NDArray[np.float32]
    voicing: NDArray[np.float32]
    level_db: NDArray[np.float32]
    mel_db: NDArray[np.float32]
    peak_db: float
    clipped_share: float

    def __len__(self) -> int:
        return len(self.pitch_hz)

    @property
    def voiced(self) -> NDArray[np.bool_]:
        """Which frames have a pitch; shape (n,)."""
        return self.voicing >= VOICED


def acoustics_of(audio: Audio) -> Acoustics:
    """The frames of a sound; one shorter than a frame has none."""
    frames = _windowed(audio.samples)
    spectra = np.abs(np.fft.rfft(frames, axis=1)).astype(np.float32) ** 2
    power = spectra.sum(axis=1)
    peak = max(float(np.percentile(power, _PEAK_PERCENTILE)) if len(power) else 0.0, _FLOOR)
    pitch, voicing = _pitch(audio.samples, len(frames), 10 * np.log10(peak / _full_scale_power()))
    return Acoustics(
        pitch_hz=pitch,
        voicing=voicing,
        level_db=_relative_db(power, peak),
        mel_db=_relative_db(spectra @ _mel_filters(), peak),
        peak_db=10 * float(np.log10(peak / _full_scale_power())),
        clipped_share=_clipped_share(audio.samples),
    )


def semitones(hz: NDArray[np.float32]) -> NDArray[np.float32]:
    """Pitch in semitones above 100 Hz."""
    return (12 * np.log2(hz / 100)).astype(np.float32)


def _windowed(samples: Samples) -> NDArray[np.float32]:
    """Windows of 32 ms, one for each 16 ms and centred on it; shape (n, 512)."""
    count = len(samples) // HOP_SAMPLES
    padded = np.pad(samples[: count * HOP_SAMPLES], HOP_SAMPLES // 2)
    if not count:
        return np.empty((0, _WINDOW_SAMPLES), np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW_SAMPLES)[::HOP_SAMPLES]
    return np.asarray(windows * np.hanning(_WINDOW_SAMPLES), np.float32)


def _full_scale_power() -> float:
    """The power in a window of a sine at full scale, so that levels are in dB below it."""
    sine = np.sin(2 * np.pi * np.arange(_WINDOW_SAMPLES) / 16) * np.hanning(_WINDOW_SAMPLES)
    return float((np.abs(np.fft.rfft(sine)) ** 2).sum())


def _relative_db(power: NDArray[np.float32], peak: float) -> NDArray[np.float32]:
    return np.asarray(np.maximum(10 * np.log10(np.maximum(power / peak, _FLOOR)), FLOOR_DB), np.float32)


def _pitch(samples: Samples, count: int, peak_db: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    if not count:
        return np.empty(0, np.float32), np.empty(0, np.float32)
    gain = np.float32(10 ** ((_PITCH_REFERENCE_DB - peak_db) / 20))
    found = _detector().detect(samples * gain, SAMPLE_RATE_HZ, fmin=_LOWEST_PITCH_HZ, fmax=_HIGHEST_PITCH_HZ)
    return found.pitch_hz[:count].astype(np.float32), found.confidence[:count].astype(np.float32)


@cache
def _detector() -> "SwiftF0":
    from swift_f0 import SwiftF0

    return SwiftF0(threads=1, spin=False)


@cache
def _mel_filters() -> NDArray[np.float32]:
    """Triangles of peak 1, evenly spaced on the mel scale (O'Shaughnessy 1987); shape (257, 32)."""
    edges = _hz(np.linspace(_mel(_LOWEST_HZ), _mel(_HIGHEST_HZ), MEL_BANDS + 2))
    bins = np.fft.rfftfreq(_WINDOW_SAMPLES, 1 / SAMPLE_RATE_HZ)[:, np.newaxis]
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    rising, falling = (bins - low) / (middle - low), (high - bins) / (high - middle)
    return np.clip(np.minimum(rising, falling), 0, None).astype(np.float32)


@cache
def band_centres_hz() -> NDArray[np.float64]:
    """The middle of each mel band, shape (32,)."""
    return _hz(np.linspace(_mel(_LOWEST_HZ), _mel(_HIGHEST_HZ), MEL_BANDS + 2))[1:-1]


def _mel(hz: float) -> float:
    return float(2595 * np.log10(1 + hz / 700))


def _hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return 700 * (10 ** (mel / 2595) - 1)


def _clipped_share(samples: Samples) -> float:
    """Share of samples that stand at the loudest value beside another one: what clipping leaves."""
    if len(samples) < 2:
        return 0.0
    size = np.abs(samples)
    top = size >= 0.999 * max(float(size.max()), 1e-6)
    return float(np.mean(top[1:] & top[:-1] & (samples[1:] * samples[:-1] > 0)))
