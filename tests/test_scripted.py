"""Scripted candidates speak the scenario's words, and customers react to them as they should."""

import re
from typing import TYPE_CHECKING

import pytest

from simulator.bench.customers import all_calls, judged
from simulator.customer.caller import Caller
from simulator.scenarios import find_scenario, scenario_files
from simulator.scripted import ScriptedCall, find_script, play, scripts, words_of
from tests.conftest import Run

if TYPE_CHECKING:
    from simulator.grading.loading import TrainedGrader


@pytest.mark.parametrize("scenario", scenario_files())
def test_every_script_has_words_in_every_scenario(scenario: str) -> None:
    case = find_scenario(scenario)
    for name, script in scripts().scripts.items():
        for number in range(14):
            words = words_of(script, number, case, frozenset())
            assert not re.search(r"[{}]", words)
            assert words or name == "silence"


def test_after_the_last_turn_some_come_again() -> None:
    script, case = find_script("solution_first"), find_scenario("refund_outside_policy")
    said = [words_of(script, number, case, frozenset()) for number in range(8)]
    assert said[4:7] == said[1:4] == [said[1], said[2], said[0]]


def test_a_question_is_for_what_is_not_known_yet() -> None:
    script, case = find_script("exemplary"), find_scenario("third_engineer_visit")
    told = frozenset(fact.id for fact in case.facts if fact.id != "impact")
    assert case.fact("impact").ask[0] in words_of(script, 2, case, told)


def test_expectations_name_scripts() -> None:
    expected = scripts().expected
    names = {*expected.ends_well, *expected.never_satisfied, *expected.ends_badly, *expected.anger_order}
    assert names <= set(scripts().scripts)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_call_to_the_letter(grader: "TrainedGrader") -> None:
    calls = [ScriptedCall(Caller(find_scenario("double_booked_room"), "hard", 5), "recovers") for _ in range(2)]
    play(calls[:1], grader)
    play(calls[1:], grader)
    assert calls[0].turns == calls[1].turns
    assert calls[0].line == calls[1].line


@pytest.mark.slow
def test_no_line_comes_twice_in_a_call(grader: "TrainedGrader") -> None:
    calls = [
        ScriptedCall(Caller(find_scenario(name), "medium", 3), script)
        for name in ("third_engineer_visit", "first_the_person")
        for script in ("generic_empathy", "apology_loop", "over_promise", "one_word")
    ]
    play(calls, grader)
    for call in calls:
        lines = [turn.customer.text for turn in call.turns]
        assert len(set(lines)) == len(lines), (call.caller.scenario.id, call.name)


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["passed_around", "plain_words_please"])
def test_customers_react_as_they_should(grader: "TrainedGrader", scenario: str) -> None:
    calls = [call for call in all_calls([scenario]) if call.caller.difficulty == "medium"]
    play(calls, grader)
    found = judged(calls)
    assert found["exceptions"] == []


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_customer_reacts_as_they_should(grader: "TrainedGrader") -> None:
    calls = all_calls()
    play(calls, grader)
    found = judged(calls)
    assert len(calls) == 900
    assert found["exemplary_ends_well"]["easy_and_medium"] == 1
    assert found["exemplary_ends_well"]["hard"] >= 0.8
    assert (found["never_satisfied"], found["ends_badly"]) == (1, 1)
    assert found["last_anger_in_order"] >= 0.95


def test_rehearse_prints_the_anger_curve(run: Run) -> None:
    done = run("scenarios", "rehearse", "cold_dinner_at_peak", "--as", "policy_first")
    assert done.returncode == 0, done.stderr
    assert re.search(r"policy first +75 \d+", done.stdout)
    assert "hang up" in done.stdout or "escalated" in done.stdout
    wrong = run("scenarios", "rehearse", "cold_dinner_at_peak", "--as", "nobody")
    assert (wrong.returncode, "exemplary" in wrong.stderr) == (2, True)
