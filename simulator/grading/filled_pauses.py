"""Filled pauses (um, uh, er, hmm) found in the sound alone, because transcribers drop them.

A small convolutional network over frames of 16 ms, trained by `simulator.training.train_filled_pauses`, says how
likely each frame belongs to one; runs of such frames are filled pauses. Plain numpy: a minute takes 0.1 s.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.errors import ModelError
from simulator.grading.acoustics import HOP_S, MEL_BANDS, Acoustics, semitones
from simulator.records import FilledPause
from simulator.settings import filled_pauses_file

DILATIONS = (1, 2, 4, 8, 1)  # of the layers; the network sees half a second to either side
SPECTRUM_FEATURES = MEL_BANDS // 2
FEATURES = SPECTRUM_FEATURES + 15
_LAGS = (1, 2, 4, 8, 14)  # frames; 14 are 0.22 s, longer than most vowels
_UNKNOWN_CHANGE = 1.0
_NOISE_PERCENTILE, _OVER_NOISE_DB, _SPOKEN_DB = 3, 6.0, -25.0
_MOST_PITCH_STEP = 3.0  # semitones between frames; larger ones are octave errors
_MOST_HEIGHT = 12.0  # semitones above or below the median
_MOSTLY_VOICED, _MOST_BELOW, _MOST_ABOVE = 0.5, 7.0, 4.0  # semitones from the speaker's median
_LIKELY, _SURE = 0.5, 0.8  # of a frame; of all frames of an event: one too many annoys more than one too few
_SHORTEST_S, _LONGEST_S = 0.15, 2.5
_CLOSE_S = 0.08  # a gap as short as this lies within one filled pause


def features_of(acoustics: Acoustics) -> NDArray[np.float32]:
    """What the network sees; shape (n, 31).

    First the spectrum in 16 bands against the speaker's mean. Then what tells a held sound from talk in any room and
    through any microphone: how far the spectrum is from itself some frames before and after. Then level, height over
    the noise, voicing, and the movement and height of the pitch.
    """
    if not len(acoustics):
        return np.empty((0, FEATURES), np.float32)
    floor = np.percentile(acoustics.mel_db, _NOISE_PERCENTILE, axis=0) + _OVER_NOISE_DB
    spectrum = np.maximum(acoustics.mel_db, floor)
    spoken = acoustics.level_db > _SPOKEN_DB
    mean = spectrum[spoken if spoken.any() else slice(None)].mean(axis=0)  # a silence has no speech in it
    against_mean = (spectrum - mean).reshape(len(spectrum), SPECTRUM_FEATURES, -1).mean(axis=2)
    over_noise = (spectrum - floor).mean(axis=1)
    pitch = semitones(acoustics.pitch_hz)
    both = acoustics.voiced[1:] & acoustics.voiced[:-1]
    step = np.zeros(len(acoustics), np.float32)
    step[1:][both] = np.clip(np.diff(pitch), -_MOST_PITCH_STEP, _MOST_PITCH_STEP)[both]
    usual = float(np.median(pitch[acoustics.voiced])) if acoustics.voiced.any() else 0.0
    height = np.where(acoustics.voiced, np.clip(pitch - usual, -_MOST_HEIGHT, _MOST_HEIGHT) / _MOST_HEIGHT, 0)
    columns = [*_changes(spectrum), acoustics.level_db / 20 + 1, over_noise / 20, acoustics.voicing, step, height]
    return np.column_stack([np.clip(against_mean / 15, -2, 2), *columns]).astype(np.float32)


def _changes(spectrum: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    """The mean distance of each frame from those some frames before and after it, in tens of dB."""
    for lag in _LAGS:
        distance = np.full(len(spectrum), _UNKNOWN_CHANGE, np.float32)
        distance[lag:] = np.abs(spectrum[lag:] - spectrum[:-lag]).mean(axis=1) / 10
        yield distance
        yield np.append(distance[lag:], np.full(min(lag, len(spectrum)), _UNKNOWN_CHANGE, np.float32))


def frame_probabilities(acoustics: Acoustics) -> NDArray[np.float32]:
    """How likely each frame belongs to a filled pause; shape (n,).

    Raises:
        ModelError: the weights are not there or not whole.
    """
    layers = _weights()
    x = features_of(acoustics)
    for number, (weight, bias) in enumerate(layers):
        x = _convolved(x, weight, DILATIONS[number]) + bias
        if number < len(layers) - 1:
            x = np.maximum(x, 0)
    return (1 / (1 + np.exp(-x[:, 0]))).astype(np.float32)


def filled_pauses_in(acoustics: Acoustics, start_s: float = 0.0) -> tuple[FilledPause, ...]:
    """The filled pauses of a sound that begins at `start_s`.

    Raises:
        ModelError: the weights are not there or not whole.
    """
    return tuple(
        FilledPause(round(start_s + start * HOP_S, 3), round(start_s + end * HOP_S, 3), "sound", sure)
        for start, end, sure in runs_of(frame_probabilities(acoustics), _LIKELY)
        if sure >= _SURE and _is_own_voice(acoustics, start, end)
    )


def _is_own_voice(acoustics: Acoustics, start: int, end: int) -> bool:
    """Whether the pitch is near the speaker's own, as that of a filled pause is; another one is somebody else's."""
    voiced = acoustics.voiced[start:end]
    if voiced.mean() < _MOSTLY_VOICED:
        return True  # creaked
    usual = np.median(semitones(acoustics.pitch_hz[acoustics.voiced]))
    height = float(np.median(semitones(acoustics.pitch_hz[start:end][voiced])) - usual)
    return -_MOST_BELOW <= height <= _MOST_ABOVE


def runs_of(probabilities: NDArray[np.float32], likely: float) -> list[tuple[int, int, float]]:
    """Runs of likely frames that are as long as filled pauses are: first frame, frame after the last, probability."""
    on = np.flatnonzero(probabilities >= likely)
    if not len(on):
        return []
    breaks = np.flatnonzero(np.diff(on) > _CLOSE_S / HOP_S + 1)
    starts, ends = on[np.r_[0, breaks + 1]], on[np.r_[breaks, len(on) - 1]] + 1
    return [
        (int(start), int(end), round(float(probabilities[start:end].mean()), 3))
        for start, end in zip(starts, ends, strict=True)
        if _SHORTEST_S <= (end - start) * HOP_S <= _LONGEST_S
    ]


def _convolved(x: NDArray[np.float32], weight: NDArray[np.float32], dilation: int) -> NDArray[np.float32]:
    """`x` of shape (n, in) with `weight` of shape (taps, in, out); frames beyond the ends are zeros."""
    reach = dilation * (len(weight) // 2)
    padded = np.pad(x, ((reach, reach), (0, 0)))
    out = np.zeros((len(x), weight.shape[2]), np.float32)
    for tap in range(len(weight)):
        out += padded[tap * dilation : tap * dilation + len(x)] @ weight[tap]
    return out


_Layer = tuple[NDArray[np.float32], NDArray[np.float32]]


@cache
def _weights() -> tuple[_Layer, ...]:
    path = filled_pauses_file()
    try:
        return _read_layers(path)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(
            f"The detector of filled pauses cannot be loaded from {path}: {error}.",
            advice="Install the program again, or type `make train`.",
        ) from error


def _read_layers(path: Path) -> tuple[_Layer, ...]:
    with np.load(path) as saved:
        layers = tuple(
            (saved[f"weight_{n}"].astype(np.float32), saved[f"bias_{n}"].astype(np.float32))
            for n in range(len(DILATIONS))
        )
    if layers[0][0].shape[1] != FEATURES:
        raise ValueError(f"it was trained on {layers[0][0].shape[1]} features, not on {FEATURES}")
    return layers
