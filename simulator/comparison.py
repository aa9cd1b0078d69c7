"""Two attempts at one scenario side by side: turn by turn, in figures, and in one sentence.

Takes both as they were graded and judges nothing anew. Of two attempts the second is measured against the first.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import Any, TypeVar

from simulator.attempts import Attempt, Delta, SharedPoints, faults_only_in, level_delta, shared_points
from simulator.errors import UsageError
from simulator.grading.rubric_rules import STEP_TITLES, StepName
from simulator.records import Behaviour, Fault, Session, Turn
from simulator.store.summary import summary_of
from simulator.verdict import verdict_on

_VERSIONS = {"scenario": "scenario", "rubric": "rubric", "mood": "mood rules"}

Item = TypeVar("Item")


@dataclass(frozen=True)
class AttemptTurn:
    """One turn of an attempt.

    `labels` in the order in which they were earned. `facts` were asked for the first time, `options` offered;
    `anger` is the customer's afterwards.
    """

    customer: str
    answer: str
    labels: tuple[Behaviour, ...]
    anger: float | None
    facts: tuple[str, ...]
    options: tuple[str, ...]


@dataclass(frozen=True)
class TurnPair:
    """The turns of one number, from 0; None where an attempt had ended."""

    index: int
    first: AttemptTurn | None
    second: AttemptTurn | None


@dataclass(frozen=True)
class Comparison:
    """Two attempts side by side.

    `totals` are those of the scorecards; `points` count the rows measured in both. `anger` holds both courses, each
    beginning before the first turn. `notes` say what else differs and must be thought of.
    """

    turns: tuple[TurnPair, ...]
    totals: Delta
    points: SharedPoints
    levels: dict[StepName, Delta]
    faults_gained: tuple[Fault, ...]
    faults_lost: tuple[Fault, ...]
    anger: tuple[tuple[float, ...], tuple[float, ...]]
    words_per_minute: Delta
    filled_pauses_per_minute: Delta
    filler_words_per_100: Delta
    endings: tuple[str, str]
    notes: tuple[str, ...]
    verdict: str


def compare(first: Attempt, second: Attempt) -> Comparison:
    """What changed from the first attempt to the second.

    Raises:
        UsageError: they are of different scenarios.
    """
    one, other = first.session, second.session
    if one.head.scenario != other.head.scenario:
        raise UsageError(
            f"Call {one.head.id} is of {one.head.scenario} and call {other.head.id} of {other.head.scenario}; "
            "only two calls of one scenario can be compared.",
            advice="Type `simulator sessions` for the list.",
        )
    figures = _figures(first), _figures(second)
    return Comparison(
        turns=tuple(
            TurnPair(index, _attempt_turn(a) if a else None, _attempt_turn(b) if b else None)
            for index, (a, b) in enumerate(zip_longest(one.turns, other.turns))
        ),
        totals=_delta(figures, "total"),
        points=shared_points(first.assessment.scorecard, second.assessment.scorecard),
        levels={step: level_delta(first, second, step) for step in STEP_TITLES},
        faults_gained=faults_only_in(second, first),
        faults_lost=faults_only_in(first, second),
        anger=(tuple(figures[0]["anger"]), tuple(figures[1]["anger"])),
        words_per_minute=_delta(figures, "words_per_minute"),
        filled_pauses_per_minute=_delta(figures, "filled_pauses_per_minute"),
        filler_words_per_100=_delta(figures, "filler_words_per_100"),
        endings=(one.status, other.status),
        notes=tuple(_notes(one, other)),
        verdict=verdict_on(first, second),
    )


def _figures(attempt: Attempt) -> dict[str, Any]:
    """The same figures that the list of sessions shows."""
    turns = [asdict(turn) for turn in attempt.session.turns]
    return summary_of({"title": attempt.session.head.scenario}, turns, asdict(attempt.assessment))


def _delta(figures: tuple[dict[str, Any], dict[str, Any]], name: str) -> Delta:
    return Delta(figures[0][name], figures[1][name])


def _attempt_turn(turn: Turn) -> AttemptTurn:
    sentences = turn.sentences
    return AttemptTurn(
        customer=turn.customer.text,
        answer=turn.transcript.text,
        labels=_once(label.id for s in sentences for label in s.labels),
        anger=turn.reaction.mood.anger if turn.reaction else None,
        facts=_once(fact for s in sentences for fact in s.facts if fact not in s.re_asked),
        options=_once(option for s in sentences for option in s.options),
    )


def _once(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(dict.fromkeys(items))


# --- notes ----------------------------------------------------------------------------------------


def _notes(first: Session, second: Session) -> Iterator[str]:
    one, other = first.head, second.head
    if one.difficulty != other.difficulty:
        yield f"The first was {one.difficulty}, the second {other.difficulty}."
    if one.seed != other.seed:
        yield f"The seeds differ ({one.seed} and {other.seed}), so the customer may choose other words."
    for name, words in _VERSIONS.items():
        versions = [head.versions.get(name, "unknown") for head in (one, other)]
        if versions[0] != versions[1]:
            yield f"The versions of the {words} differ ({versions[0]} and {versions[1]})."
    if one.grader != other.grader:
        yield f"Different graders read them ({one.grader} and {other.grader})."
    spoken = [any(turn.delivery.measured for turn in session.turns) for session in (first, second)]
    if spoken[0] != spoken[1]:
        yield f"Only the {'first' if spoken[0] else 'second'} was spoken, so delivery is not compared."
    for name, session in (("first", first), ("second", second)):
        if session.head.rough:
            yield f"The {name} has a rough transcript."
        if session.ending is None:
            yield f"The {name} broke off before its end."
