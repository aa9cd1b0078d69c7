"""The candidate's side of a call: microphone, recordings or keyboard, all giving `Answer`s.

They differ only in who yields the frames. Knows nothing of transcripts, grades or the customer.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from simulator.audio.endpointing import LIVE, RECORDED, EndpointingSettings
from simulator.audio.files import Recording
from simulator.audio.vad import VoiceDetector
from simulator.errors import DeviceError
from simulator.listening import QUIETEST_DB, Level, listen
from simulator.records import SAMPLE_RATE_HZ, Audio, EndedBy, Samples, Utterance

_DEAD_ADVICE = "Is it unplugged or muted, or may this program not use it? `simulator doctor` checks it."


@dataclass(frozen=True)
class Answer:
    """One answer: the utterances in it, or the typed `text`.

    `response_gap_s` is the wait before the first sound of speech, where the moment is known at which the
    customer had finished. `notice` is a sentence to show, such as damage to the recording.
    """

    utterances: tuple[Utterance, ...]
    ended_by: EndedBy
    text: str | None = None
    response_gap_s: float | None = None
    notice: str = ""

    @property
    def audio(self) -> Audio | None:
        """The sound up to the last utterance, with silence before and between them; None where there was none.

        It begins where the times of the utterances begin, so that a second of the turn is a second of the recording.
        """
        if not any(utterance.speech for utterance in self.utterances):
            return None
        last = self.utterances[-1]
        samples = np.zeros(round(last.start_s * SAMPLE_RATE_HZ) + len(last.audio.samples), np.float32)
        for utterance in self.utterances:
            begin = round(utterance.start_s * SAMPLE_RATE_HZ)
            samples[begin : begin + len(utterance.audio.samples)] = utterance.audio.samples
        return Audio(samples)


class Candidate(Protocol):
    """Whoever answers the customer."""

    def answer(self) -> Iterator[Level | Answer]:
        """Hear one answer: levels while it lasts, then the `Answer`; no `Answer` when there are no more."""


class LiveCandidate:
    """A person at a microphone; `frames` gives a fresh stream that begins now, and is closed after the answer."""

    def __init__(
        self,
        frames: Callable[[], Generator[Samples, None, None]],
        detector: VoiceDetector,
        settings: EndpointingSettings = LIVE,
    ) -> None:
        self._frames, self._detector, self._settings = frames, detector, settings
        self._dead_waits = 0  # waits in a row in which there was no sound at all

    def answer(self) -> Iterator[Level | Answer]:
        """Listen until the first end of turn.

        Raises:
            DeviceError: twice in a row nothing but digital silence came, which no working microphone gives. A
                system may put a silent stand-in where a microphone was unplugged.
        """
        dead = True
        with closing(self._frames()) as frames:
            for heard in listen(frames, self._detector, self._settings):
                if isinstance(heard, Level):
                    dead = dead and heard.loudness_db <= QUIETEST_DB
                    yield heard
                    continue
                self._dead_waits = self._dead_waits + 1 if dead else 0
                if self._dead_waits > 1:
                    raise DeviceError("The microphone gives no sound at all.", advice=_DEAD_ADVICE)
                gap_s = heard.speech[0].start_s if heard.speech else None
                notice = f"Your microphone gives no sound at all. {_DEAD_ADVICE}" if dead else ""
                yield Answer((heard,), heard.ended_by, response_gap_s=gap_s, notice=notice)
                return


class RecordedCandidate:
    """Recordings, one for each turn; `play`, if given, lets them be heard."""

    def __init__(
        self, paths: Iterable[Path], detector: VoiceDetector, play: Callable[[Audio], None] | None = None
    ) -> None:
        # Opened at once, so that a missing fifth file is told before the first line.
        self._recordings = iter([Recording(path) for path in paths])
        self._detector, self._play = detector, play

    def answer(self) -> Iterator[Level | Answer]:
        """Hear the next recording to its end."""
        recording = next(self._recordings, None)
        if recording is None:
            return
        utterances = []
        for heard in listen(recording.frames(), self._detector, RECORDED):
            if isinstance(heard, Utterance):
                utterances.append(heard)
            else:
                yield heard
        ended_by = EndedBy.END_OF_INPUT if utterances else EndedBy.NOBODY_SPOKE
        answer = Answer(tuple(utterances), ended_by, notice=recording.damage)
        if self._play and answer.audio:
            self._play(answer.audio)
        yield answer


class TypedCandidate:
    """A person at the keyboard; `ask` gives a line, or None when they are done."""

    def __init__(self, ask: Callable[[], str | None]) -> None:
        self._ask = ask

    def answer(self) -> Iterator[Level | Answer]:
        """Take the next line; an empty one is silence."""
        text = self._ask()
        if text is not None:
            ended_by = EndedBy.END_OF_INPUT if text.strip() else EndedBy.NOBODY_SPOKE
            yield Answer((), ended_by, text=text.strip())
