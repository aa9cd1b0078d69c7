"""What changed from one attempt to the next, in one sentence made of the figures."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from simulator.attempts import Attempt, faults_only_in, level_delta, shared_points
from simulator.grading.rubric_rules import STEP_TITLES
from simulator.records import Behaviour, Ending, Turn

_MOMENTS = {Behaviour.APOLOGISE: "apology", Behaviour.ACKNOWLEDGE: "acknowledgement"}
_ENDINGS_FROM_BEST = (
    Ending.SATISFIED,
    Ending.FOLLOW_UP,
    Ending.GRUDGING,
    Ending.UNRESOLVED,
    Ending.HANG_UP,
    Ending.ESCALATED,
)
_MOST_REASONS = 3


@dataclass(frozen=True)
class _Reason:
    """Something that changed: for the better (1) or for the worse (-1)."""

    sign: int
    text: str


def verdict_on(first: Attempt, second: Attempt) -> str:
    """One sentence: the points, what moved with them, and the first thing that moved against them."""
    points = shared_points(first.assessment.scorecard, second.assessment.scorecard)
    change = round(points.change)
    reasons = [reason for of in (_of_levels, _of_moments, _of_faults, _of_ending) for reason in of(first, second)]
    sign = (change > 0) - (change < 0)
    with_it = [reason.text for reason in reasons if reason.sign == sign or not sign][:_MOST_REASONS]
    if change and not with_it:
        with_it = list(_of_rows(first, second))[:_MOST_REASONS]
    against = [reason.text for reason in reasons if sign and reason.sign == -sign][:1]
    if not points.out_of:
        head = "No row was measured in both"
    elif not change:
        head = f"The same points ({round(points.second)} of {points.out_of})"
    else:
        head = f"{change:+d} point{'s' * (abs(change) != 1)}".replace("-", "−")
    told = "; ".join([*with_it, *(f"but {text}" for text in against)])
    return f"{head}: {told}." if told else f"{head}."


def _of_levels(first: Attempt, second: Attempt) -> Iterator[_Reason]:
    """The levels that changed, the one that moved most points first."""
    rows = [{row.id: row.points or 0 for row in attempt.assessment.scorecard.rows} for attempt in (first, second)]
    for step in sorted(STEP_TITLES, key=lambda step: -abs(rows[1].get(step, 0) - rows[0].get(step, 0))):
        level = level_delta(first, second, step)
        if level.change:
            verb = "rose" if level.change > 0 else "fell"
            text = f"{STEP_TITLES[step]} {verb} from {level.first} to {level.second}"
            yield _Reason(1 if level.change > 0 else -1, text)


def _of_moments(first: Attempt, second: Attempt) -> Iterator[_Reason]:
    """When words that calm first came; turns count from 1, as on the pages."""
    for behaviour, noun in _MOMENTS.items():
        before, after = (_first_turn_with(behaviour, attempt.session.turns) for attempt in (first, second))
        if before == after:
            continue
        if before is None:
            yield _Reason(1, f"there was an {noun}, in turn {after}")
        elif after is None:
            yield _Reason(-1, f"the {noun} is missing")
        else:
            sign = 1 if after < before else -1
            yield _Reason(sign, f"the {noun} came in turn {after} instead of {before}")


def _first_turn_with(behaviour: Behaviour, turns: Iterable[Turn]) -> int | None:
    return next((t.index + 1 for t in turns if any(behaviour in s.behaviours for s in t.sentences)), None)


def _of_faults(first: Attempt, second: Attempt) -> Iterator[_Reason]:
    for fault in faults_only_in(first, second):
        yield _Reason(1, f"“{fault.title}” is gone")
    for fault in faults_only_in(second, first):
        yield _Reason(-1, f"“{fault.title}” is new")


def _of_ending(first: Attempt, second: Attempt) -> Iterator[_Reason]:
    before, after = first.session.ending, second.session.ending
    if before and after and before is not after:
        better = _ENDINGS_FROM_BEST.index(after) < _ENDINGS_FROM_BEST.index(before)
        words = [ending.value.replace("_", " ") for ending in (after, before)]
        yield _Reason(1 if better else -1, f"it ended {words[0]} instead of {words[1]}")


def _of_rows(first: Attempt, second: Attempt) -> Iterator[str]:
    """The rows that changed, where nothing greater moved with the points."""
    others = {row.id: row.points for row in second.assessment.scorecard.rows}
    for row in first.assessment.scorecard.rows:
        now = others.get(row.id)
        if row.points is not None and now is not None and now != row.points:
            yield f"{row.title} went from {row.points:g} to {now:g}"
