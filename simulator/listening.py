"""Listening: frames in, utterances out. Joins the voice detector with the endpointing.

Knows nothing of where frames come from (a file, the microphone, a browser) nor of what is said in them.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from simulator.audio.endpointing import RECORDED, Endpointer, EndpointingSettings, Stretch
from simulator.audio.vad import VoiceDetector
from simulator.records import FRAME_SAMPLES, SAMPLE_RATE_HZ, Audio, EndedBy, Samples, Span, Utterance

QUIETEST_DB = -90.0


@dataclass(frozen=True)
class Level:
    """What the microphone hears just now: loudness in dB below full scale, and whether it is speech."""

    loudness_db: float
    speaking: bool


def listen(
    frames: Iterable[Samples], detector: VoiceDetector, settings: EndpointingSettings
) -> Iterator[Level | Utterance]:
    """Hear a stream to its end.

    Gives a `Level` after each frame and an `Utterance` as soon as one is complete: one with speech, or one
    without (`speech` empty, ended by NOBODY_SPOKE) when the candidate stays silent. Quiet between
    utterances is passed over. Holds no more sound than the utterance under way.
    """
    detector.reset()
    endpointer, kept = Endpointer(settings), _Kept()
    for frame in frames:
        kept.append(frame)
        for stretch in endpointer.push(detector.probability(frame)):
            yield from _utterance(stretch, kept)
        kept.drop_before(endpointer.needed_from)
        yield Level(loudness_db(frame), endpointer.speaking)
    for stretch in endpointer.finish():
        yield from _utterance(stretch, kept)


def utterances_in(frames: Iterable[Samples]) -> Iterator[Utterance]:
    """The utterances of a recording, each as soon as it is complete."""
    return (item for item in listen(frames, VoiceDetector(), RECORDED) if isinstance(item, Utterance))


def utterances_of(audio: Audio) -> Iterator[Utterance]:
    """The utterances of a sound in memory; its last frame is padded with zeros."""
    return utterances_in(np.pad(audio.samples, (0, -len(audio.samples) % FRAME_SAMPLES)).reshape(-1, FRAME_SAMPLES))


def loudness_db(samples: Samples) -> float:
    """Root mean square in dB relative to full scale, not below -90."""
    power = float(np.mean(np.square(samples))) if len(samples) else 0.0
    return max(QUIETEST_DB, 10 * float(np.log10(power + 1e-12)))


def _utterance(stretch: Stretch, kept: "_Kept") -> Iterator[Utterance]:
    if stretch.speech:
        audio = Audio(kept.between(stretch.start, stretch.end))
        speech = tuple(Span(start / SAMPLE_RATE_HZ, end / SAMPLE_RATE_HZ) for start, end in stretch.speech)
        yield Utterance(audio, stretch.start / SAMPLE_RATE_HZ, speech, stretch.ended_by)
    elif stretch.ended_by is EndedBy.NOBODY_SPOKE:
        yield Utterance(Audio(np.empty(0, np.float32)), stretch.start / SAMPLE_RATE_HZ, (), stretch.ended_by)


class _Kept:
    """The latest frames, addressed by their sample number in the stream."""

    def __init__(self) -> None:
        self._frames: deque[Samples] = deque()
        self._first = 0

    def append(self, frame: Samples) -> None:
        self._frames.append(frame)

    def drop_before(self, sample: int) -> None:
        while self._frames and self._first + FRAME_SAMPLES <= sample:
            self._frames.popleft()
            self._first += FRAME_SAMPLES

    def between(self, start: int, end: int) -> Samples:
        return np.concatenate(list(self._frames))[start - self._first : end - self._first]
