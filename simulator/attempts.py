"""An attempt at a scenario and its figures, set beside those of another. Chooses no words."""

from collections.abc import Collection
from dataclasses import dataclass

from simulator.grading.rubric_rules import STEP_TITLES, StepName
from simulator.records import Assessment, Fault, Scorecard, Session

WORD_ROWS: tuple[str, ...] = ("opening", *STEP_TITLES, "ownership")  # the other rows rest on the sound


@dataclass(frozen=True)
class Attempt:
    """A call and its grade: the machine's, or a coach's."""

    session: Session
    assessment: Assessment


@dataclass(frozen=True)
class Delta:
    """A figure in both attempts; None where it was not measured."""

    first: float | None
    second: float | None

    @property
    def change(self) -> float | None:
        """How far the second lies above the first; None unless both were measured."""
        return None if self.first is None or self.second is None else self.second - self.first


@dataclass(frozen=True)
class SharedPoints:
    """Points of the rows that were measured in both, so that nothing is lost by what was not measured."""

    first: float
    second: float
    out_of: int

    @property
    def change(self) -> float:
        """How many points the second has more."""
        return self.second - self.first


def shared_points(first: Scorecard, second: Scorecard, rows: Collection[str] | None = None) -> SharedPoints:
    """The points of two scorecards over the rows that both have measured; `rows` allows only some, by id."""
    others = {row.id: row for row in second.rows}
    both = [
        (row.points, others[row.id].points, row.out_of)
        for row in first.rows
        if row.id in others and (rows is None or row.id in rows)
    ]
    measured = [(a, b, out_of) for a, b, out_of in both if a is not None and b is not None]
    return SharedPoints(sum(a for a, _, _ in measured), sum(b for _, b, _ in measured), sum(o for *_, o in measured))


def level_delta(first: Attempt, second: Attempt, step: StepName) -> Delta:
    """The level of a step in both."""
    return Delta(getattr(first.assessment.levels, step), getattr(second.assessment.levels, step))


def faults_only_in(attempt: Attempt, other: Attempt) -> tuple[Fault, ...]:
    """The faults that one attempt has and the other has not."""
    known = {fault.id for fault in other.assessment.faults}
    return tuple(fault for fault in attempt.assessment.faults if fault.id not in known)
