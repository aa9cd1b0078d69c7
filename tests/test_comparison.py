"""Two attempts at one scenario: each row, each figure and the verdict say what really changed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from simulator.attempts import WORD_ROWS, Attempt, shared_points
from simulator.comparison import Comparison, compare
from simulator.errors import UsageError
from simulator.grading.rubric import assess
from simulator.records import (
    Delivery,
    Ending,
    FilledPause,
    FillerWord,
    GradedSentence,
    Scorecard,
    ScoreRow,
    Session,
    SessionHead,
)
from simulator.scenarios import find_scenario
from tests.talk import B, says
from tests.test_mood import GOOD, KIND, REFUSE, ask, play

SCENARIO = find_scenario("refund_outside_policy")
POLICY = says("Thirty days is thirty days.", B.CITE_POLICY)
POOR = [(POLICY,), (REFUSE,), (says("Sorry.", B.APOLOGISE),)]
LATE = [GOOD[1], GOOD[2], GOOD[0], *GOOD[3:]]


def attempt(spoken: Sequence[tuple[GradedSentence, ...]] = GOOD, seed: int = 1, **head: Any) -> Attempt:
    turns = tuple(play(spoken, head.get("difficulty", "medium"), seed))
    about = SessionHead(
        "1", "2026-01-01", SCENARIO.id, "medium", seed, "typed", False, "keywords", {"scenario": "1", "rubric": "3"}
    )
    reaction = turns[-1].reaction
    ending = (reaction and reaction.ending) or Ending.UNRESOLVED
    assessment = assess(turns, SCENARIO.case, "Well.")
    return Attempt(Session(replace(about, **head), turns, assessment, ending, "Well."), assessment)


def spoken(*deliveries: Delivery) -> Attempt:
    """The good attempt, with its first turns said aloud so."""
    typed = attempt()
    turns = list(typed.session.turns)
    for number, delivery in enumerate(deliveries):
        turns[number] = replace(turns[number], delivery=delivery)
    session = replace(typed.session, turns=tuple(turns))
    return Attempt(session, assess(session.turns, SCENARIO.case, "Well."))


def from_poor_to_good() -> Comparison:
    return compare(attempt(POOR), attempt(GOOD))


def test_a_row_holds_what_was_said_done_and_felt() -> None:
    row = from_poor_to_good().turns[1]
    second = attempt(GOOD).session.turns[1]
    assert row.second
    assert second.reaction
    assert (row.index, row.second.customer, row.second.answer) == (1, second.customer.text, second.transcript.text)
    assert row.second.labels == (B.OWN, B.ASK_SPECIFIC)
    assert (row.second.facts, row.second.options) == (("fault",), ())
    assert row.second.anger == second.reaction.mood.anger
    assert row.first
    assert row.first.labels == (B.REFUSE,)


def test_options_stand_in_the_turn_in_which_they_were_offered() -> None:
    last_but_one = from_poor_to_good().turns[4].second
    assert last_but_one
    assert last_but_one.options == ("exchange", "exception")


def test_a_fact_that_was_asked_for_again_is_not_found_again() -> None:
    again = says("What?", B.ASK_SPECIFIC, facts=("fault",), re_asked=("fault",))
    row = compare(attempt(), attempt([(ask("fault"),), (again,)])).turns[1].second
    assert row
    assert row.facts == ()


def test_the_turns_of_the_longer_call_stand_alone() -> None:
    turns = from_poor_to_good().turns
    assert [pair.index for pair in turns] == list(range(len(GOOD)))
    assert [pair.first is None for pair in turns] == [False] * 3 + [True] * 3
    assert all(pair.second for pair in turns)


def test_levels_and_totals_are_set_side_by_side() -> None:
    found = from_poor_to_good()
    first, second = attempt(POOR).assessment, attempt(GOOD).assessment
    assert (found.levels["calm"].first, found.levels["calm"].second) == (first.levels.calm, second.levels.calm)
    assert (found.totals.first, found.totals.second) == (first.scorecard.total, second.scorecard.total)


def test_a_level_that_one_call_gave_no_opportunity_for_has_no_change() -> None:
    found = compare(attempt([(KIND,)]), attempt())
    assert found.levels["options"].first is None
    assert found.levels["options"].change is None


def test_faults_are_gained_and_lost() -> None:
    assert "policy_before_empathy" in {fault.id for fault in from_poor_to_good().faults_lost}
    assert from_poor_to_good().faults_gained == ()
    assert "policy_before_empathy" in {fault.id for fault in compare(attempt(GOOD), attempt(POOR)).faults_gained}


def test_each_anger_curve_begins_before_the_first_turn() -> None:
    first, second = from_poor_to_good().anger
    assert (len(first), len(second)) == (len(POOR) + 1, len(GOOD) + 1)
    assert first[0] == second[0]
    assert second[-1] < first[-1]


def test_points_count_only_the_rows_that_both_have_measured() -> None:
    one = Scorecard((ScoreRow("calm", "Calm", 5, 20, ""), ScoreRow("pace", "Pace", None, 6, "")))
    other = Scorecard((ScoreRow("calm", "Calm", 15, 20, ""), ScoreRow("pace", "Pace", 6, 6, "")))
    points = shared_points(one, other)
    assert (points.first, points.second, points.out_of, points.change) == (5, 15, 20, 10)
    assert shared_points(one, other, ("pace",)).out_of == 0


def test_the_rows_of_words_are_those_that_a_typed_call_can_have() -> None:
    rows = attempt().assessment.scorecard.rows
    assert [row.id for row in rows if row.points is not None] == list(WORD_ROWS)


def test_pace_and_fillers_are_compared_where_both_were_spoken() -> None:
    um, filler = FilledPause(1.0, 1.2, "sound", 0.9), FillerWord("basically", 1.0, 1.2)
    hasty = Delivery(True, 20, 200.0, duration_s=30.0, filled_pauses=(um, um), filler_words=(filler,))
    calm = Delivery(True, 20, 150.0, duration_s=30.0)
    found = compare(spoken(hasty), spoken(calm))
    assert found.words_per_minute.change == -50
    assert (found.filled_pauses_per_minute.first, found.filled_pauses_per_minute.second) == (4, 0)
    assert found.filler_words_per_100.change
    assert found.filler_words_per_100.change < 0
    assert compare(attempt(), spoken(calm)).words_per_minute.change is None


def test_a_call_is_compared_by_the_grade_that_is_handed_in() -> None:
    machine = attempt()
    coach = Attempt(machine.session, assess(machine.session.turns, SCENARIO.case, "Well.", {"clarify": 0}))
    found = compare(machine, coach)
    assert found.levels["clarify"].second == 0
    assert found.verdict.startswith("−")


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"difficulty": "hard"}, "The first was medium, the second hard."),
        ({"seed": 2}, "The seeds differ (1 and 2)"),
        ({"versions": {"scenario": "2", "rubric": "3"}}, "The versions of the scenario differ (1 and 2)."),
        ({"versions": {"scenario": "1"}}, "The versions of the rubric differ (3 and unknown)."),
        ({"grader": "trained 4"}, "Different graders read them (keywords and trained 4)."),
        ({"rough": True}, "The second has a rough transcript."),
    ],
)
def test_what_else_differs_is_noted(changes: dict[str, Any], note: str) -> None:
    (found,) = compare(attempt(), attempt(**changes)).notes
    assert found.startswith(note)


def test_a_spoken_and_a_typed_call_are_noted() -> None:
    aloud = spoken(Delivery(True, 20, 150.0, duration_s=30.0))
    assert compare(attempt(), aloud).notes == ("Only the second was spoken, so delivery is not compared.",)


def test_a_call_that_broke_off_is_noted() -> None:
    whole = attempt()
    broken = Attempt(replace(whole.session, ending=None, closing=None), whole.assessment)
    assert compare(whole, broken).notes == ("The second broke off before its end.",)
    assert compare(whole, broken).endings == ("satisfied", "interrupted")


def test_two_calls_of_the_same_kind_need_no_note() -> None:
    assert from_poor_to_good().notes == ()


def test_the_verdict_names_the_points_and_what_moved_with_them() -> None:
    found = from_poor_to_good()
    assert found.verdict.startswith(f"+{found.points.change:.0f} points: ")
    assert f"Calm rose from {found.levels['calm'].first} to {found.levels['calm'].second}" in found.verdict
    back = compare(attempt(GOOD), attempt(POOR))
    assert back.verdict.startswith(f"−{found.points.change:.0f} points: ")
    assert "fell from" in back.verdict


def test_the_verdict_says_when_the_apology_came() -> None:
    assert "the apology came in turn 1 instead of 3" in compare(attempt(LATE), attempt(GOOD)).verdict
    assert "the apology is missing" in compare(attempt([GOOD[0]]), attempt([(says("So."),)])).verdict
    assert "there was an apology, in turn 1" in compare(attempt([(says("So."),)]), attempt([GOOD[0]])).verdict


def test_the_verdict_names_one_thing_that_moved_against_the_points() -> None:
    worse_in_one = [(*GOOD[0], says("Shut up.", B.HOSTILE)), *GOOD[1:]]
    verdict = compare(attempt(POOR), attempt(worse_in_one)).verdict
    assert verdict.startswith("+")
    assert verdict.count("; but ") == 1


def test_the_verdict_on_equal_calls_is_that_they_are_equal() -> None:
    found = compare(attempt(), attempt())
    assert found.verdict == f"The same points ({found.points.second:.0f} of {found.points.out_of})."


def test_a_row_tells_where_no_level_does() -> None:
    greeting = [(says("Good morning.", B.COURTESY), *GOOD[0]), *GOOD[1:]]
    assert "Opening went from" in compare(attempt(), attempt(greeting)).verdict


def test_calls_of_which_nothing_was_measured_have_no_points() -> None:
    silent = attempt([()])
    found = compare(silent, silent)
    assert (found.points.out_of, found.verdict) == (0, "No row was measured in both.")


def test_calls_of_different_scenarios_are_refused_by_name() -> None:
    with pytest.raises(UsageError, match="refund_outside_policy and call 1 of allergy_ignored"):
        compare(attempt(), attempt(scenario="allergy_ignored"))
