"""Turns with filled pauses at known times, made from synthetic speakers: what the detector is trained and tested on.

A real "uh" is a vowel of the speaker held at a nearly level pitch (Goto et al. 1999). So each filled pause is made
from the speaker's own sound: a steady piece of a vowel or of an m is carried on, period by period, at a pitch that
drifts slowly. What is like it and is not one is made too: words drawn out, hummed tunes, music, coughs, laughter.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.audio.files import read_audio
from simulator.grading.acoustics import HOP_S, HOP_SAMPLES, acoustics_of
from simulator.records import SAMPLE_RATE_HZ, Audio, Samples, Span
from simulator.training.speakers import Announcer, Speaker

_STEADY_FRAMES = 5  # 80 ms of a held sound are enough to carry it on
_SHORTEST_S, _MEDIAN_S, _LONGEST_S = 0.16, 0.36, 1.3
_DRAWN_OUT = "no see you go day now so two far my they we who or all here".split()
_LOWEST_CREAK_HZ = 38.0
Rng = np.random.Generator


@dataclass(frozen=True, eq=False)
class MadeTurn:
    """A turn and the times of its filled pauses in seconds."""

    audio: Audio
    filled_pauses: tuple[Span, ...]


@dataclass(frozen=True, eq=False)
class _Held:
    """Single periods of a steady sound, each twice a period long and windowed, and its pitch."""

    grains: tuple[Samples, ...]
    pitch_hz: float


def make_turn(speaker: Speaker, text: str, count: int, rng: Rng) -> MadeTurn:
    """A text with some filled pauses in it, as clean as the speaker."""
    words = text.split()
    cuts = sorted(rng.choice(np.arange(len(words) + 1), size=min(count, len(words) + 1), replace=False).tolist())
    pieces: list[Samples] = []
    times: list[Span] = []
    clock = 0

    def add(piece: Samples) -> Span:
        nonlocal clock
        pieces.append(piece)
        start, clock = clock, clock + len(piece)
        return Span(start / SAMPLE_RATE_HZ, clock / SAMPLE_RATE_HZ)

    add(_silence(rng.uniform(0.2, 0.6)))
    for start, end in zip([0, *cuts], [*cuts, len(words)], strict=True):
        if start < end:
            add(_spoken(speaker, " ".join(words[start:end]), rng))
        if end in cuts:
            if rng.random() < 0.6:
                add(_silence(rng.exponential(0.25)))
            times.append(add(filled_pause(speaker, rng)))
            if rng.random() < 0.7:
                add(_silence(rng.exponential(0.3)))
    add(_silence(rng.uniform(0.2, 0.6)))
    return MadeTurn(Audio(np.concatenate(pieces)), tuple(times))


def make_recorded_turn(announcer: Announcer, count: int, rng: Rng) -> MadeTurn:
    """Prompts of a real person, with filled pauses carried on from the vowels in them, at moments of little sound."""
    prompts = announcer.prompts
    said = np.concatenate([read_audio(prompts[i]).samples for i in rng.integers(0, len(prompts), rng.integers(1, 4))])
    said = said[: 12 * SAMPLE_RATE_HZ]
    held = _held_in(said)
    quiet = _quiet_moments(said)
    pieces: list[Samples] = []
    times: list[Span] = []
    clock = start = 0
    cuts = sorted(rng.choice(quiet, size=min(count, len(quiet)), replace=False).tolist()) if held else []
    for cut in cuts:
        pause = _silence(rng.exponential(0.2)) if rng.random() < 0.6 else _silence(0)
        um = _any_filled_pause(held, rng) if held else _silence(0)
        um *= np.float32(
            0.7 * np.abs(said).max() / max(float(np.abs(um).max()), 1e-6) * 10 ** (rng.uniform(-9, 0) / 20)
        )
        before = said[start:cut]
        begin = clock + len(before) + len(pause)
        times.append(Span(begin / SAMPLE_RATE_HZ, (begin + len(um)) / SAMPLE_RATE_HZ))
        pieces += [before, pause, um, _silence(rng.exponential(0.2))]
        clock, start = sum(map(len, pieces)), cut
    return MadeTurn(Audio(np.concatenate([*pieces, said[start:]])), tuple(times))


def _quiet_moments(said: Samples) -> NDArray[np.int64]:
    """Samples at which the sound is softest within a quarter of a second."""
    frames = len(said) // HOP_SAMPLES
    level = np.square(said[: frames * HOP_SAMPLES].reshape(frames, -1)).mean(axis=1)
    around = 8
    softest = [i for i in range(around, frames - around) if level[i] == level[i - around : i + around + 1].min()]
    return np.array(softest or [0], np.int64) * HOP_SAMPLES


@dataclass(frozen=True, eq=False)
class _Voice:
    """The held sounds of a person from which filled pauses are made."""

    vowels: tuple[_Held, ...]
    nasals: tuple[_Held, ...]


def _held_in(said: Samples) -> _Voice | None:
    """Steady pieces of recorded speech: vowels whose spectrum is near the mean, as that of an uh is, and hums."""
    acoustics = acoustics_of(Audio(said))
    voiced = acoustics.voiced & (acoustics.level_db > -25)
    if voiced.sum() < 40:
        return None
    mean = acoustics.mel_db[voiced].mean(axis=0)
    high = acoustics.mel_db[:, 13:].mean(axis=1) - acoustics.mel_db[:, :8].mean(axis=1)
    steady: list[tuple[float, float, int]] = []
    for start in range(len(acoustics) - _STEADY_FRAMES):
        window = slice(start, start + _STEADY_FRAMES)
        if voiced[window].all():
            change = float(np.abs(np.diff(acoustics.mel_db[window], axis=0)).mean())
            far = float(np.abs(acoustics.mel_db[window].mean(axis=0) - mean).mean())
            steady.append((change + 0.5 * far, float(high[window].mean()) + change, start))
    if not steady:
        return None

    def held(starts: list[int]) -> tuple[_Held, ...]:
        found = []
        for start in starts:
            pitch = float(np.median(acoustics.pitch_hz[start : start + _STEADY_FRAMES]))
            piece = said[start * HOP_SAMPLES : (start + _STEADY_FRAMES) * HOP_SAMPLES]
            if grains := _grains(piece, SAMPLE_RATE_HZ / pitch):
                found.append(_Held(grains, pitch))
        return tuple(found)

    vowels = held([start for _, _, start in sorted(steady)[:6]])
    nasals = held([start for _, _, start in sorted(steady, key=lambda item: item[1])[:4]])
    return _Voice(vowels, nasals) if vowels and nasals else None


def _any_filled_pause(voice: _Voice, rng: Rng) -> Samples:
    vowel = voice.vowels[int(rng.integers(len(voice.vowels)))]
    nasal = voice.nasals[int(rng.integers(len(voice.nasals)))]
    length_s = _length_s(rng)
    centre, unevenness = _pitch_and_unevenness(vowel, 0.25, rng)
    share = rng.uniform(0.35, 0.7)
    kinds = [[(vowel, 1.0)], [(vowel, share), (nasal, 1 - share)], [(nasal, 1.0)]]
    parts = kinds[int(rng.choice(3, p=[0.45, 0.4, 0.15]))]
    return _carried_on(parts, length_s, centre, rng, unevenness=unevenness)


def _length_s(rng: Rng) -> float:
    return float(np.clip(rng.lognormal(np.log(_MEDIAN_S), 0.45), _SHORTEST_S, _LONGEST_S))


def _pitch_and_unevenness(vowel: _Held, creaked_share: float, rng: Rng) -> tuple[float, float]:
    """The pitch of a filled pause in Hz, and how uneven its periods are.

    Many are creaked: at half the speaker's pitch and below, with uneven periods.
    """
    creaks = rng.random() < creaked_share
    pitch_hz = vowel.pitch_hz * 2 ** ((rng.uniform(-14, -7) if creaks else rng.uniform(-4, 1)) / 12)
    return max(pitch_hz, _LOWEST_CREAK_HZ), rng.uniform(0.01, 0.09) if creaks else 0.007


def filled_pause(speaker: Speaker, rng: Rng) -> Samples:
    """An uh, um, er, hmm or mm of the speaker."""
    level = np.float32(10 ** (rng.uniform(-8, 1) / 20))
    if rng.random() < 0.25:
        said = _trimmed(_said(speaker, str(rng.choice(["um", "uh", "er", "hmm"])), round(rng.uniform(1, 2.5), 1)))
        return said * level
    length_s = _length_s(rng)
    vowel = _held(speaker, str(rng.choice(["uh", "uh", "er"])), last=False)
    nasal = _held(speaker, "um", last=True)
    kind = rng.choice(["uh", "um", "hmm", "mm"], p=[0.4, 0.4, 0.1, 0.1])
    if vowel is None or (kind != "uh" and nasal is None):
        return _trimmed(_said(speaker, "um", 2.0)) * level
    centre, unevenness = _pitch_and_unevenness(vowel, 0.3, rng)
    if kind == "uh" or nasal is None:
        return _carried_on([(vowel, 1.0)], length_s, centre, rng, unevenness=unevenness) * level
    if kind == "um":
        share = rng.uniform(0.35, 0.7)
        parts = [(vowel, share), (nasal, 1 - share)]
        return _carried_on(parts, length_s, centre, rng, unevenness=unevenness) * level
    sound = _carried_on([(nasal, 1.0)], length_s, centre, rng, unevenness=unevenness) * level
    return np.concatenate([_breath(rng.uniform(0.03, 0.1), sound, rng), sound]) if kind == "hmm" else sound


def drawn_out_word(speaker: Speaker, rng: Rng) -> Samples:
    """A word whose vowel is held longer than usual, as at the end of a phrase: no filled pause."""
    word = str(rng.choice(_DRAWN_OUT))
    held = _held(speaker, word, last=True)
    said = _trimmed(_said(speaker, word, 1.0))
    if held is None:
        return said
    tail = _carried_on([(held, 1.0)], rng.uniform(0.08, 0.3), held.pitch_hz, rng, fall=rng.uniform(-7, -2))
    cut = round(len(said) * 0.6)
    return _joined(said[:cut], tail)


def hummed_tune(speaker: Speaker, rng: Rng) -> Samples:
    """Notes hummed or played without a word."""
    notes = []
    held = _held(speaker, "um", last=True)
    base = rng.uniform(100, 350)
    for _ in range(rng.integers(3, 8)):
        pitch, length = base * 2 ** (rng.integers(-5, 8) / 12), rng.uniform(0.2, 0.9)
        if held is not None and base < 250:
            notes.append(_carried_on([(held, 1.0)], length, pitch, rng, fall=0.0, wobble=0.1))
        else:
            t = np.arange(round(length * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
            tones = sum(rng.uniform(0.2, 1) / k * np.sin(2 * np.pi * k * pitch * t) for k in range(1, 7))
            notes.append((0.1 * tones * np.exp(-t * rng.uniform(0, 3))).astype(np.float32))
    return np.concatenate(notes)


def coughs_and_laughs(rng: Rng) -> Samples:
    """Bursts of breath, some with a voice in them."""
    bursts: list[Samples] = []
    for _ in range(rng.integers(1, 6)):
        length = round(rng.uniform(0.06, 0.25) * SAMPLE_RATE_HZ)
        t = np.arange(length) / SAMPLE_RATE_HZ
        noise = np.convolve(rng.normal(0, 1, length), np.ones(rng.integers(2, 9)), "same")
        pitch = rng.uniform(120, 350) * np.exp(-rng.uniform(0, 3) * t)
        voice = np.sign(np.sin(2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE_HZ)) * rng.uniform(0, 2)
        bursts += [((noise + voice) * 0.05 * np.exp(-t * rng.uniform(5, 25))).astype(np.float32)]
        bursts += [_silence(rng.uniform(0.03, 0.15))]
    return np.concatenate(bursts)


def with_rustle(sound: Samples, rng: Rng) -> Samples:
    """The sound with breaths, rustling and hissing here and there: steady, but no voice."""
    sound = sound.copy()
    loud = np.sqrt(np.mean(np.square(sound))) + 1e-6
    for _ in range(int(rng.integers(1, 6))):
        length = round(rng.uniform(0.08, 0.9) * SAMPLE_RATE_HZ)
        if length >= len(sound):
            continue
        centre, width = np.exp(rng.uniform(np.log(250), np.log(6500))), rng.uniform(0.3, 2.0)  # width in octaves
        shape = _bell(centre, width)
        burst = _filtered(rng.normal(0, 1, length), shape)
        rise = np.minimum(1, np.minimum(np.arange(length), np.arange(length)[::-1]) / (0.03 * SAMPLE_RATE_HZ))
        burst *= rise * loud / np.sqrt(np.mean(np.square(burst))) * 10 ** (rng.uniform(-25, 0) / 20)
        start = int(rng.integers(0, len(sound) - length))
        sound[start : start + length] += burst
    return sound


def with_others_talking(sound: Samples, talk: Samples, rng: Rng) -> Samples:
    """The sound with somebody else's talk behind it, further away."""
    talk = np.resize(talk, len(sound))
    own, other = (np.sqrt(np.mean(np.square(s))) + 1e-6 for s in (sound, talk))
    away = _in_a_room(talk, rng) * np.float32(own / other * 10 ** (rng.uniform(-30, -6) / 20))
    return np.asarray(sound + away, np.float32)


def _bell(centre_hz: float, octaves: float) -> Callable[[NDArray[Any]], NDArray[Any]]:
    return lambda hz: np.exp(-((np.log2(np.maximum(hz, 20) / centre_hz) / octaves) ** 2))


def roughened(sound: Samples, rng: Rng) -> Samples:
    """The sound as a room, a microphone and a line would leave it; times stay as they are."""
    if rng.random() < 0.5:
        sound = _in_a_room(sound, rng)
    tilt = rng.uniform(-6, 6)
    sound = _filtered(sound, lambda hz: 10 ** (tilt * np.log2(np.maximum(hz, 100) / 1000) / 3 / 20))
    if rng.random() < 0.2:
        sound = _filtered(sound, lambda hz: ((hz > 280) & (hz < 3400)).astype(float))
    elif rng.random() < 0.3:
        edge = rng.uniform(3500, 7500)
        sound = _filtered(sound, lambda hz: (hz < edge).astype(float))
    loud = np.sqrt(np.mean(np.square(sound))) + 1e-6
    colour = rng.uniform(0, 1.2)
    noise = _filtered(rng.normal(0, 1, len(sound)), lambda hz: np.maximum(hz, 50.0) ** -colour)
    noise *= loud / np.sqrt(np.mean(np.square(noise))) * 10 ** (-rng.uniform(8, 50) / 20)
    sound = sound + noise
    if rng.random() < 0.05:
        top = rng.uniform(0.2, 0.6) * np.abs(sound).max()
        sound = np.clip(sound, -top, top)
    return np.asarray(sound * 10 ** (-rng.uniform(0, 25) / 20) / np.abs(sound).max(), np.float32)


def warped(turn: MadeTurn, rng: Rng) -> MadeTurn:
    """The same turn from a larger or smaller person: all frequencies, and the pace, changed by up to a seventh."""
    factor = rng.uniform(0.87, 1.15)
    old = turn.audio.samples
    new = np.interp(np.arange(0, len(old) - 1, factor), np.arange(len(old)), old).astype(np.float32)
    return MadeTurn(Audio(new), tuple(Span(s.start_s / factor, s.end_s / factor) for s in turn.filled_pauses))


# --- pieces ---------------------------------------------------------------------------------------


def _carried_on(
    parts: list[tuple[_Held, float]],
    length_s: float,
    pitch_hz: float,
    rng: Rng,
    *,
    fall: float | None = None,
    wobble: float = 0.35,
    unevenness: float = 0.007,
) -> Samples:
    """Held sounds one after the other, each for its share of the length, at a slowly drifting pitch."""
    total = round(length_s * SAMPLE_RATE_HZ)
    drift = rng.uniform(-3.5, 1.0) * min(1.0, length_s / 0.4) if fall is None else fall
    slow = np.cumsum(rng.normal(0, 1, 16))
    slow = wobble * (slow - slow.mean()) / (slow.std() + 1e-6)
    out = np.zeros(total + SAMPLE_RATE_HZ // 10, np.float32)
    blur_s = rng.uniform(0.02, 0.06)
    at, place = 0.0, int(rng.integers(0, 100))
    while at < total:
        done = at / total
        pitch = pitch_hz * 2 ** ((drift * done + np.interp(done * 15, np.arange(16), slow)) / 12)
        period = SAMPLE_RATE_HZ / pitch * (1 + rng.normal(0, unevenness))
        grain = _mixed_grain(parts, done, blur_s / length_s, place) * np.float32(1 + rng.normal(0, 0.04))
        end = min(len(out), int(at) + len(grain))
        out[int(at) : end] += grain[: end - int(at)]
        at, place = at + period, place + 1
    out = out[:total]
    rise, decay = round(rng.uniform(0.015, 0.06) * SAMPLE_RATE_HZ), round(rng.uniform(0.04, 0.12) * SAMPLE_RATE_HZ)
    rise, decay = min(rise, total // 3), min(decay, total // 3)
    out[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)
    out[total - decay :] *= np.linspace(1, 0, decay, dtype=np.float32)
    return out


def _mixed_grain(parts: list[tuple[_Held, float]], done: float, blur: float, place: int) -> Samples:
    first, share = parts[0]
    grain = first.grains[_back_and_forth(place, len(first.grains))]
    if len(parts) == 1:
        return grain
    second = parts[1][0]
    other = second.grains[_back_and_forth(place, len(second.grains))]
    weight = float(np.clip((done - share) / max(blur, 1e-3) + 0.5, 0, 1))
    mixed = np.zeros(max(len(grain), len(other)), np.float32)
    mixed[: len(grain)] += grain * (1 - weight)
    mixed[: len(other)] += other * weight
    return mixed


def _back_and_forth(place: int, count: int) -> int:
    at = place % max(1, 2 * (count - 1))
    return at if at < count else 2 * (count - 1) - at


@cache
def _held(speaker: Speaker, word: str, *, last: bool) -> _Held | None:
    """The steadiest piece of a spoken word, or of its last part; None where it has no voice for so long."""
    sound = _said(speaker, word, 2.0)
    acoustics = acoustics_of(Audio(sound))
    voiced = acoustics.voiced
    where = np.flatnonzero(voiced)
    if len(where) < _STEADY_FRAMES + 2:
        return None
    first, final = int(where[0]), int(where[-1]) + 1
    if last:
        first += round((final - first) * 0.6)
    best: tuple[float, int] | None = None
    for start in range(first, final - _STEADY_FRAMES + 1):
        window = slice(start, start + _STEADY_FRAMES)
        if voiced[window].all():
            change = float(np.abs(np.diff(acoustics.mel_db[window], axis=0)).mean())
            change -= 0.1 * float(acoustics.level_db[window].mean())
            best = min(best, (change, start)) if best else (change, start)
    if best is None:
        return None
    start = best[1]
    pitch = float(np.median(acoustics.pitch_hz[start : start + _STEADY_FRAMES]))
    piece = sound[start * HOP_SAMPLES : (start + _STEADY_FRAMES) * HOP_SAMPLES]
    grains = _grains(piece, SAMPLE_RATE_HZ / pitch)
    return _Held(grains, pitch) if grains else None


def _grains(piece: Samples, period: float) -> tuple[Samples, ...]:
    """Windows of two periods around each peak of the wave."""
    half, grains = round(period), []
    at = int(np.argmax(np.abs(piece[: 2 * half]))) if len(piece) > 2 * half else len(piece)
    sign = np.sign(piece[at]) if at < len(piece) else 1.0
    while at + half < len(piece):
        if at >= half:
            grains.append((piece[at - half : at + half] * np.hanning(2 * half)).astype(np.float32))
        ahead = slice(at + round(0.8 * period), min(len(piece), at + round(1.2 * period) + 1))
        if ahead.stop <= ahead.start:
            break
        at = ahead.start + int(np.argmax(sign * piece[ahead]))
    return tuple(grains)


@cache
def _said(speaker: Speaker, text: str, stretch: float) -> Samples:
    return speaker.say(text, stretch=stretch)


def _spoken(speaker: Speaker, text: str, rng: Rng) -> Samples:
    return _trimmed(speaker.say(text, stretch=round(float(np.exp(rng.uniform(-0.35, 0.5))), 2)))


def _trimmed(sound: Samples) -> Samples:
    """Without the silence around it."""
    loud = np.flatnonzero(np.abs(sound) > 0.01 * max(float(np.abs(sound).max()), 1e-6)) if len(sound) else sound
    return sound[loud[0] : loud[-1] + 1] if len(loud) else _silence(0.1)


def _joined(first: Samples, second: Samples) -> Samples:
    overlap = min(len(first), len(second), SAMPLE_RATE_HZ // 60)
    ramp = np.linspace(0, 1, overlap, dtype=np.float32)
    scale = np.float32(np.abs(first[-4 * overlap :]).max() / max(float(np.abs(second).max()), 1e-6)) if overlap else 1
    second = second * scale
    middle = first[len(first) - overlap :] * (1 - ramp) + second[:overlap] * ramp
    return np.concatenate([first[: len(first) - overlap], middle, second[overlap:]])


def _silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE_HZ), np.float32)


def _breath(seconds: float, like: Samples, rng: Rng) -> Samples:
    return np.asarray(rng.normal(0, 0.1, round(seconds * SAMPLE_RATE_HZ)) * np.abs(like).max(), np.float32)


def _in_a_room(sound: Samples, rng: Rng) -> Samples:
    decay_s = rng.uniform(0.1, 0.5)
    t = np.arange(round(decay_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    echo = rng.normal(0, 1, len(t)) * 10 ** (-3 * t / decay_s)
    echo *= rng.uniform(0.1, 0.7) / np.sqrt(np.sum(echo**2))
    echo[0] += 1
    size = len(sound) + len(echo)
    heard = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(echo, size), size)
    return np.asarray(heard[: len(sound)], np.float32)


def _filtered(sound: NDArray[Any], gain: Callable[[NDArray[Any]], NDArray[Any]]) -> Samples:
    spectrum = np.fft.rfft(sound)
    hz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE_HZ)
    return np.asarray(np.fft.irfft(spectrum * gain(hz), len(sound)), np.float32)


def frame_targets(turn: MadeTurn, frames: int) -> NDArray[np.float32]:
    """1 for a frame in a filled pause, 0 elsewhere; shape (frames,)."""
    targets = np.zeros(frames, np.float32)
    for span in turn.filled_pauses:
        targets[round(span.start_s / HOP_S) : round(span.end_s / HOP_S)] = 1
    return targets
