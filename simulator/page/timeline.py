"""The clock of a whole call: where each voice sounds, its curves, and everything that was found, at its second.

A turn's own seconds count from the end of the customer's line; here they become seconds of the call.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.grading.acoustics import HOP_S, Acoustics, acoustics_of
from simulator.records import FAULTS, SAMPLE_RATE_HZ, Audio, Behaviour, Evidence, GradedSentence, Session, Span, Turn

BETWEEN_TURNS_S = 0.4  # how long the program thought is not kept; the ear wants a breath there
QUIET_DB = -35.0  # below the peak level: no voice worth drawing
_SMOOTHED_FRAMES = 9

Sounds = Callable[[int], tuple[Audio | None, Audio | None]]  # of a turn: the customer's and the candidate's


@dataclass(frozen=True, eq=False)
class Curve:
    """Values over time; `values` has NaN where nothing was measured."""

    at_s: NDArray[np.float64]
    values: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PlacedTurn:
    """A turn on the clock of the call: the customer's line, then the answer, with which its own clock begins."""

    turn: Turn
    customer: Span
    candidate: Span

    def at(self, seconds: float) -> float:
        """A second of the turn on the clock of the call."""
        return round(self.candidate.start_s + seconds, 3)

    def spans(self, spans: Sequence[Span] | None) -> list[Span]:
        """Stretches of the turn on the clock of the call."""
        return [Span(self.at(span.start_s), self.at(span.end_s)) for span in spans or ()]


@dataclass(frozen=True, eq=False)
class Timeline:
    """A call with its sound, which may be empty."""

    turns: tuple[PlacedTurn, ...]
    audio: Audio

    @property
    def duration_s(self) -> float:
        """The length of the call in seconds."""
        return self.turns[-1].candidate.end_s if self.turns else 0.0

    @property
    def has_sound(self) -> bool:
        """Whether anything was recorded."""
        return bool(np.any(self.audio.samples))

    def loudness(self, *, customer: bool) -> Curve:
        """Loudness of one side in dB below full scale."""
        return self._curve(lambda a: a.level_db + a.peak_db, lambda a: a.level_db > QUIET_DB, customer=customer)

    def pitch(self, *, customer: bool) -> Curve:
        """Pitch of one side in Hz, where there is one."""
        return self._curve(
            lambda a: a.pitch_hz, lambda a: a.voiced & (a.level_db > QUIET_DB), customer=customer, smooth=False
        )

    def pace(self) -> Curve:
        """The candidate's pace in syllables a second, broken off between the turns."""
        points: list[tuple[float, float]] = []
        for placed in self.turns:
            course = placed.turn.delivery.pace_course
            points += [(placed.at(p.at_s), p.syllables_per_second) for p in course]
            points += [(placed.candidate.end_s, np.nan)]
        at, values = np.array(points).reshape(-1, 2).T
        return Curve(at, values)

    def anger(self, start: float | None) -> Curve:
        """The customer's anger: before the call, and after each turn that has its reaction."""
        at, values = np.array(anger_course(self.turns, start), float).reshape(-1, 2).T
        return Curve(at, values)

    def _curve(
        self,
        of: Callable[[Acoustics], NDArray[np.float32]],
        where: Callable[[Acoustics], NDArray[np.bool_]],
        *,
        customer: bool,
        smooth: bool = True,
    ) -> Curve:
        times: list[NDArray[np.float64]] = []
        values: list[NDArray[np.float64]] = []
        for placed, (theirs, own) in zip(self.turns, self._acoustics, strict=True):
            acoustics = theirs if customer else own
            if acoustics is None or not len(acoustics):
                continue
            level = of(acoustics).astype(float)
            if smooth:
                level = np.convolve(level, np.ones(_SMOOTHED_FRAMES) / _SMOOTHED_FRAMES, "same")
            start = (placed.customer if customer else placed.candidate).start_s
            # One frame more that is not measured breaks the line off before the next turn.
            times.append(np.asarray(start + np.arange(len(level) + 1) * HOP_S, np.float64))
            values.append(np.append(np.where(where(acoustics), level, np.nan), np.nan))
        return Curve(np.concatenate(times), np.concatenate(values)) if times else Curve(np.empty(0), np.empty(0))

    @cached_property
    def _acoustics(self) -> list[tuple[Acoustics | None, Acoustics | None]]:
        def part(span: Span) -> Acoustics | None:
            samples = self.audio.samples[_samples(span.start_s) : _samples(span.end_s)]
            return acoustics_of(Audio(samples)) if np.any(samples) else None

        return [(part(placed.customer), part(placed.candidate)) for placed in self.turns]


def anger_course(turns: Sequence[PlacedTurn], start: float | None) -> list[tuple[float, float]]:
    """Seconds of the call and the customer's anger: before the call, and after each turn that has its reaction."""
    before = [(0.0, start)] if start is not None else []
    return before + [(p.candidate.end_s, p.turn.reaction.mood.anger) for p in turns if p.turn.reaction]


def second_of(turns: Sequence[PlacedTurn], evidence: Evidence | None) -> float | None:
    """The second of the call at which evidence begins; None where it has no time."""
    if evidence is None or evidence.start_s is None:
        return None
    return next((p.at(evidence.start_s) for p in turns if p.turn.index == evidence.turn), None)


def placed_turns(turns: Sequence[Turn], lengths: Callable[[int], tuple[float, float]]) -> tuple[PlacedTurn, ...]:
    """Put turns one after the other; `lengths` gives the seconds of the customer's and the candidate's sound."""
    placed, clock = [], 0.0
    for turn in turns:
        theirs_s, own_s = lengths(turn.index)
        customer = Span(clock, clock + theirs_s)
        candidate = Span(customer.end_s, customer.end_s + max(own_s, _last_second(turn)))
        placed.append(PlacedTurn(turn, customer, candidate))
        clock = candidate.end_s + BETWEEN_TURNS_S
    return tuple(placed)


def timeline_of(session: Session, sounds: Sounds) -> Timeline:
    """The turns of a session with their sound."""
    heard = {turn.index: sounds(turn.index) for turn in session.turns}

    def lengths(number: int) -> tuple[float, float]:
        theirs, own = heard[number]
        return theirs.duration_s if theirs else 0.0, own.duration_s if own else 0.0

    turns = placed_turns(session.turns, lengths)
    samples = np.zeros(_samples(turns[-1].candidate.end_s + BETWEEN_TURNS_S) if turns else 0, np.float32)
    for placed in turns:
        for audio, place in zip(heard[placed.turn.index], (placed.customer, placed.candidate), strict=True):
            if audio:
                start = _samples(place.start_s)
                samples[start : start + len(audio.samples)] = audio.samples[: len(samples) - start]
    return Timeline(turns, Audio(samples))


def sign_of(sentence: GradedSentence) -> str:
    """`+`, `−` or `·`: what a sentence did was good, costly, or neither."""
    if sentence.behaviours & FAULTS:
        return "−"
    return "+" if sentence.behaviours - {Behaviour.COURTESY} else "·"


def _last_second(turn: Turn) -> float:
    return max((span.end_s for span in turn.delivery.speech or ()), default=0.0)


def _samples(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE_HZ)
