"""Sounds for tests, made here, and what the program hears in them."""

from collections.abc import Iterator

import numpy as np

from simulator.listening import utterances_of
from simulator.records import SAMPLE_RATE_HZ, Audio, Samples, Utterance


def heard(samples: Samples) -> list[Utterance]:
    """The utterances in a sound."""
    return list(utterances_of(Audio(samples.astype(np.float32))))


def silence(seconds: float) -> Samples:
    """A quiet room."""
    noise = np.random.default_rng(1).normal(0, 10 ** (-62 / 20), round(seconds * SAMPLE_RATE_HZ))
    return noise.astype(np.float32)


def notes(*pitches_hz: float, length_s: float = 0.4) -> Samples:
    """A tune of tones with their overtones, as humming or an instrument gives."""
    t = np.arange(round(length_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    envelope = np.minimum(1, np.minimum(t, t[::-1]) * 30)
    tones = [sum(np.sin(2 * np.pi * k * hz * t) / k**1.5 for k in range(1, 9)) * envelope for hz in pitches_hz]
    return (0.1 * np.concatenate(tones)).astype(np.float32)


def coughs(count: int = 4) -> Samples:
    """Bursts of noise that die away."""
    return np.concatenate(list(_bursts(count)))


def _bursts(count: int) -> Iterator[Samples]:
    rng = np.random.default_rng(3)
    for _ in range(count):
        t = np.arange(round(0.18 * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
        yield (0.3 * rng.normal(0, 1, len(t)) * np.exp(-18 * t)).astype(np.float32)
        yield silence(0.2)


def whispered(samples: Samples) -> Samples:
    """The same speech without its voice: the spectrum of each moment, filled with noise."""
    size, hop = 512, 128
    rng = np.random.default_rng(4)
    window = np.hanning(size)
    out = np.zeros(len(samples) + size)
    for start in range(0, len(samples) - size, hop):
        spectrum = np.abs(np.fft.rfft(samples[start : start + size] * window))
        smooth = np.convolve(spectrum, np.ones(9) / 9, "same")
        noise = np.fft.irfft(smooth * np.exp(2j * np.pi * rng.random(len(smooth))), size)
        out[start : start + size] += noise * window
    return out[: len(samples)].astype(np.float32)


def telephone(samples: Samples) -> Samples:
    """The same sound through a line from 300 to 3400 Hz."""
    spectrum = np.fft.rfft(samples)
    hz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE_HZ)
    return np.fft.irfft(spectrum * ((hz > 300) & (hz < 3400)), len(samples)).astype(np.float32)
