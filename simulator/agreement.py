"""Do two people, or a person and the program, hear the same? Kappa for behaviours and for levels.

A coach corrects what the program has found and so sees it first: agreement with the program is flattered by that.
Knows no stores and no pages.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from simulator.grading.rubric_rules import STEP_TITLES, StepName
from simulator.records import Assessment, Behaviour, Turn
from simulator.review import Reading

LEAST_RATINGS = 10  # with fewer, kappa says more of chance than of the raters
_LEVELS = 5

Call = tuple[Sequence[Turn], Assessment, Sequence[Reading]]
_Rated = tuple[Sequence[Turn], Assessment]


@dataclass(frozen=True)
class BehaviourAgreement:
    """How often each rater found a behaviour in the sentences that both rated, and how often both did.

    `kappa` is None with fewer than ten sentences, and where neither rater ever found it.
    """

    behaviour: Behaviour
    kappa: float | None
    first: int
    second: int
    both: int


@dataclass(frozen=True)
class StepAgreement:
    """The levels of a step in the calls in which both raters gave one.

    `kappa` weighs by the squared distance. It is None with fewer than ten calls, and where all levels are the same;
    `within_one`, the share at most one level apart, with fewer than ten.
    """

    step: StepName
    kappa: float | None
    within_one: float | None
    calls: int


@dataclass(frozen=True)
class Agreement:
    """Two raters over the calls that both heard to the end. `first` is None where it is the program."""

    first: str | None
    second: str
    calls: int
    sentences: int
    behaviours: tuple[BehaviourAgreement, ...]
    steps: tuple[StepAgreement, ...]


def agreements(calls: Mapping[str, Call]) -> tuple[Agreement, ...]:
    """The program with each coach, then each two coaches, by name.

    `calls` goes by session id: the turns and the assessment of the program, and the coaches' readings, of which only
    the complete ones count.
    """
    by_rater: dict[str | None, dict[str, _Rated]] = {None: {}}
    for session, (turns, assessment, readings) in calls.items():
        by_rater[None][session] = (turns, assessment)
        for reading in readings:
            if reading.complete:
                by_rater.setdefault(reading.author, {})[session] = (reading.turns, reading.assessment)
    coaches = sorted(name for name in by_rater if name is not None)
    pairs: list[tuple[str | None, str]] = [*((None, coach) for coach in coaches), *combinations(coaches, 2)]
    return tuple(_agreement(first, second, by_rater[first], by_rater[second]) for first, second in pairs)


def cohens_kappa(first: ArrayLike, second: ArrayLike) -> float | None:
    """Agreement of two raters on one yes-or-no label beyond chance (Cohen 1960).

    Both of shape (n,). None where chance alone agrees always, because each rater says only one and the same.
    """
    a, b = np.asarray(first, dtype=bool), np.asarray(second, dtype=bool)
    if not a.size:
        return None
    observed = (a == b).mean()
    by_chance = a.mean() * b.mean() + (1 - a.mean()) * (1 - b.mean())
    return float((observed - by_chance) / (1 - by_chance)) if by_chance < 1 else None


def quadratic_kappa(first: Sequence[int], second: Sequence[int], levels: int = _LEVELS) -> float | None:
    """Agreement of two raters on ordered levels from 0, a miss by two counting four times one (Cohen 1968).

    None where both give one and the same level throughout, or no level at all.
    """
    counts = np.zeros((levels, levels))
    for a, b in zip(first, second, strict=True):
        counts[a, b] += 1
    if not counts.any():
        return None
    place = np.arange(levels)
    weights = np.square(place[:, None] - place)
    by_chance = counts.sum(1, keepdims=True) * counts.sum(0, keepdims=True) / counts.sum()
    expected = (weights * by_chance).sum()
    return float(1 - (weights * counts).sum() / expected) if expected else None


def _agreement(
    first: str | None, second: str, by_first: Mapping[str, _Rated], by_second: Mapping[str, _Rated]
) -> Agreement:
    common = [(by_first[session], by_second[session]) for session in by_first if session in by_second]
    sentences = [pair for (one, _), (other, _) in common for pair in _sentences(one, other)]
    return Agreement(
        first=first,
        second=second,
        calls=len(common),
        sentences=len(sentences),
        behaviours=tuple(_of_behaviour(behaviour, sentences) for behaviour in Behaviour),
        steps=tuple(_of_step(step, [(one, other) for (_, one), (_, other) in common]) for step in STEP_TITLES),
    )


def _sentences(one: Iterable[Turn], other: Iterable[Turn]) -> list[tuple[frozenset[Behaviour], frozenset[Behaviour]]]:
    """What each rater found in the sentences that both could understand."""
    return [
        (a.behaviours, b.behaviours)
        for turn, same in zip(one, other, strict=True)
        for a, b in zip(turn.sentences, same.sentences, strict=True)
        if not (a.doubted or b.doubted)
    ]


def _of_behaviour(
    behaviour: Behaviour, sentences: Sequence[tuple[frozenset[Behaviour], frozenset[Behaviour]]]
) -> BehaviourAgreement:
    first = np.array([behaviour in a for a, _ in sentences], dtype=bool)
    second = np.array([behaviour in b for _, b in sentences], dtype=bool)
    kappa = cohens_kappa(first, second) if len(sentences) >= LEAST_RATINGS else None
    return BehaviourAgreement(behaviour, kappa, int(first.sum()), int(second.sum()), int((first & second).sum()))


def _of_step(step: StepName, calls: Sequence[tuple[Assessment, Assessment]]) -> StepAgreement:
    levels = [(getattr(one.levels, step), getattr(other.levels, step)) for one, other in calls]
    both = [(a, b) for a, b in levels if a is not None and b is not None]
    if len(both) < LEAST_RATINGS:
        return StepAgreement(step, None, None, len(both))
    kappa = quadratic_kappa([a for a, _ in both], [b for _, b in both])
    return StepAgreement(step, kappa, sum(abs(a - b) <= 1 for a, b in both) / len(both), len(both))
