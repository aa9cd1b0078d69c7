"""The next scenario trains the weakest step, is not the last one, and says why."""

import pytest

from simulator.errors import ScenarioError
from simulator.next_scenario import suggest
from simulator.scenarios import read_scenario, scenario_files
from simulator.store.listing import SessionRow
from tests.rows import row

SCENARIOS = [read_scenario(path) for path in scenario_files().values()]
RATES = {scenario.id: scenario.customer.voice.rate_wpm for scenario in SCENARIOS}


def test_the_first_call_is_an_easy_one_and_says_so() -> None:
    first = suggest([], SCENARIOS)
    assert first.difficulty == "easy"
    assert "easy one" in first.reason


def test_without_scenarios_nothing_is_suggested() -> None:
    with pytest.raises(ScenarioError, match="no scenario"):
        suggest([], [])


def test_the_reason_names_the_weakest_step() -> None:
    for levels, title in (((1, 3, 3), "Calm"), ((3, 1, 3), "Clarify"), ((3, 3, 1), "Create Options")):
        assert suggest([row(levels=levels)], SCENARIOS).reason.startswith(f"{title} is where")


def test_who_must_learn_to_calm_meets_those_who_talk_fastest() -> None:
    assert RATES[suggest([row(levels=(1, 3, 3))], SCENARIOS).scenario] == max(RATES.values())


def test_what_was_played_lately_is_left_alone_for_a_while() -> None:
    rows: list[SessionRow] = []
    for number in range(20):
        rows.append(row(number, (1, 3, 3), scenario=suggest(rows, SCENARIOS).scenario))
    played = [call.scenario for call in rows]
    assert all(played[n] not in played[max(0, n - 5) : n] for n in range(20))


@pytest.mark.parametrize("count", [2, 3, 6])
def test_a_scenario_never_comes_twice_in_a_row(count: int) -> None:
    rows: list[SessionRow] = []
    for number in range(12):
        rows.append(row(number, scenario=suggest(rows, SCENARIOS[:count]).scenario, status="interrupted"))
        assert len(rows) < 2 or rows[-1].scenario != rows[-2].scenario


def test_the_only_scenario_comes_again() -> None:
    assert suggest([row(scenario=SCENARIOS[0].id)], SCENARIOS[:1]).scenario == SCENARIOS[0].id


@pytest.mark.parametrize(
    ("calls", "difficulty"),
    [
        ([("satisfied", "medium")], "medium"),
        ([("satisfied", "medium"), ("follow_up_agreed", "medium")], "hard"),
        ([("satisfied", "easy"), ("satisfied", "medium")], "medium"),  # one good call a step is not enough
        ([("satisfied", "hard"), ("satisfied", "hard")], "hard"),
        ([("hang_up", "medium")], "medium"),
        ([("hang_up", "medium"), ("escalated", "medium")], "easy"),
        ([("hang_up", "medium"), ("interrupted", "medium"), ("escalated", "medium")], "easy"),
        ([("hang_up", "medium"), ("grudging", "medium")], "medium"),
        ([("hang_up", "easy"), ("unresolved", "easy")], "easy"),
    ],
)
def test_two_endings_of_a_kind_move_the_difficulty(calls: list[tuple[str, str]], difficulty: str) -> None:
    rows = [row(n, status=status, difficulty=level) for n, (status, level) in enumerate(calls)]
    assert suggest(rows, SCENARIOS).difficulty == difficulty


def test_a_call_without_measured_steps_is_no_ground_for_a_step() -> None:
    found = suggest([row(levels=(None, None, None))], SCENARIOS)
    assert found.step is None
    assert "no step could be measured" in found.reason
