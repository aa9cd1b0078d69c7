"""Agreement beyond chance, on cases that can be counted by hand, and over the calls that were heard to the end."""

from dataclasses import replace

import pytest

from simulator.agreement import Call, agreements, cohens_kappa, quadratic_kappa
from simulator.grading.rubric import assess
from simulator.records import Assessment, GradedSentence, Levels, Turn
from simulator.review import Reading
from tests.talk import B, says, turn
from tests.test_store import SCENARIO

SORRY, WELL = says("I'm sorry.", B.APOLOGISE), says("Well.")


@pytest.mark.parametrize(
    ("first", "second", "kappa"),
    [
        ([1, 1, 0, 0], [1, 1, 0, 0], 1.0),
        ([1, 1, 0, 0], [1, 0, 1, 0], 0.0),
        ([1, 1, 0, 0], [0, 0, 1, 1], -1.0),
        ([1, 1, 1, 0], [1, 1, 0, 0], 0.5),
        ([0, 0, 0, 0], [0, 0, 0, 0], None),
        ([], [], None),
    ],
)
def test_agreement_beyond_chance(first: list[int], second: list[int], kappa: float | None) -> None:
    assert cohens_kappa(first, second) == (kappa if kappa is None else pytest.approx(kappa))


@pytest.mark.parametrize(
    ("first", "second", "kappa"),
    [
        ([0, 1, 2, 3, 4], [0, 1, 2, 3, 4], 1.0),
        ([0, 4], [4, 0], -1.0),
        ([0, 0, 4, 4], [0, 4, 0, 4], 0.0),
        ([0, 1, 2], [0, 1, 3], 1 - 1 / 7),
        ([0, 1, 2], [0, 1, 4], 1 - 4 / 12),
        ([3, 3], [3, 3], None),
        ([], [], None),
    ],
)
def test_a_miss_by_two_levels_counts_four_times_one(first: list[int], second: list[int], kappa: float | None) -> None:
    assert quadratic_kappa(first, second) == (kappa if kappa is None else pytest.approx(kappa))


def heard(*sentences: GradedSentence, calm: int | None = 2) -> tuple[tuple[Turn, ...], Assessment]:
    turns = (turn(0, *sentences),)
    return turns, replace(assess(turns, SCENARIO.case, None), levels=Levels(calm, None, None))


def call(machine: tuple[tuple[Turn, ...], Assessment], **coaches: tuple[tuple[Turn, ...], Assessment]) -> Call:
    return (*machine, tuple(Reading(name, *rated, complete=True, corrections=0) for name, rated in coaches.items()))


def test_the_program_is_compared_with_each_coach_and_each_two_coaches() -> None:
    found = agreements({"s": call(heard(SORRY), Cleo=heard(SORRY), Ana=heard(SORRY), Ben=heard(SORRY))})
    pairs = [(each.first, each.second) for each in found]
    assert pairs == [(None, "Ana"), (None, "Ben"), (None, "Cleo"), ("Ana", "Ben"), ("Ana", "Cleo"), ("Ben", "Cleo")]


def test_only_calls_heard_to_the_end_count() -> None:
    turns, assessment, [reading] = call(heard(SORRY), Ana=heard(SORRY))
    assert agreements({"s": (turns, assessment, [replace(reading, complete=False)])}) == ()


def test_two_coaches_are_compared_over_the_calls_that_both_heard() -> None:
    calls = {"a": call(heard(SORRY), Ana=heard(SORRY)), "b": call(heard(WELL), Ana=heard(WELL), Ben=heard(WELL))}
    assert [(each.second, each.calls) for each in agreements(calls)] == [("Ana", 2), ("Ben", 1), ("Ben", 1)]


def test_with_few_sentences_there_is_a_count_and_no_kappa() -> None:
    [found] = agreements({"s": call(heard(*[SORRY, WELL] * 4), Ana=heard(*[SORRY] * 8))})
    [apology] = [each for each in found.behaviours if each.behaviour is B.APOLOGISE]
    assert (found.sentences, apology.kappa, apology.first, apology.second, apology.both) == (8, None, 4, 8, 4)


def test_kappa_is_given_for_what_was_found_and_not_for_what_never_was() -> None:
    [found] = agreements({"s": call(heard(*[SORRY, WELL] * 6), Ana=heard(*[SORRY, WELL] * 6))})
    kappas = {each.behaviour: each.kappa for each in found.behaviours}
    assert kappas.pop(B.APOLOGISE) == 1.0
    assert set(kappas.values()) == {None}


def test_a_sentence_that_was_doubted_is_nobodys_rating() -> None:
    doubted = says("I'm sorry.", B.APOLOGISE, doubted=True)
    [found] = agreements({"s": call(heard(doubted, WELL), Ana=heard(SORRY, WELL))})
    assert found.sentences == 1


def test_levels_are_compared_where_both_gave_one() -> None:
    levels = [*zip([0, 1, 2, 3, 4] * 2, [0, 1, 2, 3, 2] * 2, strict=True), (None, 3), (2, None)]
    calls = {str(n): call(heard(WELL, calm=a), Ana=heard(WELL, calm=b)) for n, (a, b) in enumerate(levels)}
    [found] = agreements(calls)
    calm, clarify, _ = found.steps
    assert (calm.calls, calm.within_one) == (10, 0.8)
    assert calm.kappa == quadratic_kappa([0, 1, 2, 3, 4] * 2, [0, 1, 2, 3, 2] * 2)
    assert (clarify.calls, clarify.kappa, clarify.within_one) == (0, None, None)
