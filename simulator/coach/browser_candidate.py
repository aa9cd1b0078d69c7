"""A candidate at the other end of a line: speaks, types, or cuts the customer short.

The browser cancels the echo of its own loudspeaker, so frames keep coming while the customer speaks. Knows nothing of
sockets, transcripts or grades.
"""

import time
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import replace

from simulator.audio.endpointing import LIVE, EndpointingSettings
from simulator.audio.vad import VoiceDetector
from simulator.candidates import Answer, Candidate, LiveCandidate
from simulator.coach.line import HungUp, Line, Played, Typed
from simulator.listening import Level
from simulator.records import FRAME_S, Audio, EndedBy, Samples

_CUT_IN_S = 0.19  # of speech in a row: a cough is shorter, and the customer stops within a fifth of a second
_CUT_IN_PROBABILITY = 0.6  # a little above the ordinary onset: what echo cancelling leaves over stays below it
_BEFORE_S = 0.5  # kept before the onset, as the endpointing does
_SLOW_BROWSER_S = 8.0  # beyond the length of a sound: then its end is taken for granted
_TICK_S = 0.2


class BrowserCandidate:
    """A person at a browser, who may speak and type by turns."""

    def __init__(self, line: Line, detector: VoiceDetector, settings: EndpointingSettings = LIVE) -> None:
        self._line, self._detector = line, detector
        self._speaker = LiveCandidate(self._frames, detector, settings)
        self._ahead: list[Samples] = []  # heard before the customer had finished
        self._ahead_s = 0.0
        self._cut_in = False
        self._typed: str | None = None

    def play(self, audio: Audio) -> None:
        """Let the customer be heard to the end, or until the candidate speaks or types."""
        self._line.open()
        self._line.send("state", state="speaking")
        self._detector.reset()
        number = self._line.send_sound("customer", audio)
        onset = _Onset(self._detector)
        for taken in _while_played(self._line, number, audio):
            if isinstance(taken, Typed):
                self._typed = taken.text
                self._line.send("stop")
                return
            if onset.push(taken):
                self._cut_in = True
                self._line.send("stop")
                break
        self._ahead = onset.speech

    def answer(self) -> Iterator[Level | Answer]:
        """Hear one answer; none once the line is dead.

        Raises:
            DeviceError: as `LiveCandidate`.
        """
        if self._typed is None:
            self._line.open()
            for heard in self._speaker.answer():
                if self._typed is not None:
                    break
                yield self._timed(heard) if isinstance(heard, Answer) else heard
        if self._typed is not None:
            text, self._typed = self._typed.strip(), None
            yield Answer((), EndedBy.END_OF_INPUT if text else EndedBy.NOBODY_SPOKE, text=text)
        self._line.close()

    def _frames(self) -> Generator[Samples, None, None]:
        self._ahead_s = len(self._ahead) * FRAME_S
        yield from self._ahead
        self._ahead = []
        while True:
            taken = self._line.take()
            if isinstance(taken, Typed):
                self._typed = taken.text
            if taken is None or isinstance(taken, Typed | Played | HungUp):
                return
            yield taken

    def _timed(self, answer: Answer) -> Answer:
        """The wait counts from the end of the customer's line; whoever cuts in has not waited."""
        gap_s, cut_in, self._cut_in = answer.response_gap_s, self._cut_in, False
        gap_s = None if gap_s is None or cut_in else round(max(0.0, gap_s - self._ahead_s), 3)
        return replace(answer, response_gap_s=gap_s)


class WatchedCandidate:
    """Someone else's answers, for a person who only watches and may leave."""

    def __init__(self, line: Line, candidate: Candidate) -> None:
        self._line, self._candidate = line, candidate

    def answer(self) -> Iterator[Level | Answer]:
        """The next answer, while anybody watches."""
        if not self._line.is_over:
            yield from self._candidate.answer()


def play_to_the_end(line: Line, speaker: str, audio: Audio) -> None:
    """Let a sound be heard by somebody who only listens."""
    line.send("state", state="speaking" if speaker == "customer" else "hearing")
    for _ in _while_played(line, line.send_sound(speaker, audio), audio):
        pass


def _while_played(line: Line, number: int, audio: Audio) -> "Iterator[Samples | Typed]":
    """What comes in while a sound is being played."""
    left_s, before_s = audio.duration_s + _SLOW_BROWSER_S, time.monotonic()
    while left_s > 0:
        taken = line.take(_TICK_S, sound=number)
        if isinstance(taken, Played | HungUp):
            return
        if taken is not None:
            yield taken
        now_s = time.monotonic()
        left_s -= (now_s - before_s) if line.is_live else 0.0
        before_s = now_s


class _Onset:
    """Hears whether somebody begins to speak, and keeps that beginning."""

    def __init__(self, detector: VoiceDetector) -> None:
        self._detector = detector
        self._recent: deque[Samples] = deque(maxlen=round((_BEFORE_S + _CUT_IN_S) / FRAME_S))
        self._run = 0

    def push(self, frame: Samples) -> bool:
        """Take a frame; whether speech is now certain."""
        self._recent.append(frame)
        self._run = self._run + 1 if self._detector.probability(frame) >= _CUT_IN_PROBABILITY else 0
        return self._run * FRAME_S >= _CUT_IN_S

    @property
    def speech(self) -> list[Samples]:
        """The frames with the speech under way and what is kept before it; none where nobody is speaking."""
        if not self._run:
            return []
        return list(self._recent)[-(self._run + round(_BEFORE_S / FRAME_S)) :]
