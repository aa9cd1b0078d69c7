"""Scenarios load, are complete, and a mistake names file, line, key and what was expected."""

from collections import Counter
from pathlib import Path

import pytest

from simulator.customer.mood import mood_rules
from simulator.errors import ScenarioError
from simulator.grading.keywords import KeywordRules
from simulator.grading.matching import CaseReader
from simulator.grading.rubric_rules import rubric_rules
from simulator.records import Behaviour
from simulator.rules import load_rules
from simulator.scenarios import Heat, LineEvent, find_scenario, read_scenario, scenario_files

SCENARIOS = scenario_files()


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_scenario_loads_under_its_own_name(name: str) -> None:
    assert read_scenario(SCENARIOS[name]).id == name


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_scenario_has_lines_for_every_event_and_mood(name: str) -> None:
    scenario = find_scenario(name)
    for event in LineEvent:
        for anger in (95, 55, 10):
            assert scenario.lines_for(event, anger)


def test_there_are_five_scenarios_in_each_of_five_packs() -> None:
    packs = [find_scenario(name).pack for name in SCENARIOS]
    assert sorted(Counter(packs).values()) == [5] * 5


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_call_of_twelve_turns_stays_fresh(name: str) -> None:
    for event, lines in find_scenario(name).lines.items():
        for band in lines.values() if isinstance(lines, dict) else [lines]:
            assert len(set(band)) == len(band) >= 8, (event, band)


def test_no_two_customers_sound_alike() -> None:
    scenarios = [find_scenario(name) for name in SCENARIOS]
    assert len({s.customer.name for s in scenarios}) == len(scenarios)
    assert len({s.customer.voice for s in scenarios}) == len(scenarios)
    spoken: Counter[str] = Counter()
    for scenario in scenarios:
        every = [line for e in LineEvent for anger in (95, 55, 10) for line in scenario.lines_for(e, anger)]
        spoken.update({line.lower().strip(".!?") for line in every})
    assert [line for line, count in spoken.items() if count > 1] == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_an_acknowledgement_in_the_model_answer_is_of_this_case(name: str) -> None:
    scenario = find_scenario(name)
    assert CaseReader(scenario.case, None).is_specific(scenario.model_answers.calm)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("anger", "heat"), [(100, Heat.FURIOUS), (70, Heat.FURIOUS), (69, Heat.ANNOYED), (39, Heat.CALM)]
)
def test_bands_of_anger(anger: float, heat: Heat) -> None:
    assert Heat.of(anger) is heat


@pytest.mark.parametrize(
    ("change", "line_has", "says"),
    [
        (("version: 1", "version: one"), "version: one", "valid integer"),
        (("pack: contact centre", "pakc: contact centre"), "pakc", "extra inputs are not permitted"),
        (("settles: 0.8", "settles: 8"), "settles: 8", "less than or equal to 1"),
        (("gender: female", "gender: unknown"), "gender: unknown", "'female' or 'male'"),
        (("  - id: fault", "  - id: The Fault"), "The Fault", "match pattern"),
        (("  - id: fault", "  - id: order_number"), "", "ids are used twice: order_number"),
        (("  thanks:", "  thank_you:"), "", "thank_you"),
    ],
)
def test_a_mistake_names_file_line_key_and_what_was_expected(
    tmp_path: Path, change: tuple[str, str], line_has: str, says: str
) -> None:
    path = tmp_path / "mine.yaml"
    text = SCENARIOS["refund_outside_policy"].read_text(encoding="utf-8").replace(*change, 1)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_scenario(path)
    message = str(caught.value)
    assert str(path) in message
    assert says in message
    if line_has:
        number = next(n for n, line in enumerate(text.splitlines(), 1) if line_has in line)
        assert f"line {number}," in message


@pytest.mark.parametrize(
    ("content", "says"),
    [("a: [1, 2", "this is not YAML"), ("", "the whole file"), ("- a\n- b\n", "the whole file")],
)
def test_what_is_no_scenario_at_all_is_said(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(content)
    with pytest.raises(ScenarioError, match=says):
        read_scenario(path)


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    text = SCENARIOS["refund_outside_policy"].read_text(encoding="utf-8")
    path.write_text(text.replace("version: 1", "version: x").replace("settles: 0.5", "settles: 5"), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_scenario(path)
    assert len(str(caught.value).splitlines()) == 2


def test_an_unknown_scenario_says_what_there_is() -> None:
    with pytest.raises(ScenarioError, match="refund_outside_policy"):
        find_scenario("no_such_call")


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="No such file"):
        find_scenario(str(tmp_path / "gone.yaml"))


def test_the_rule_files_load_and_know_every_behaviour() -> None:
    assert set(load_rules("keywords", KeywordRules).behaviours) == set(Behaviour)
    assert mood_rules().difficulties.keys() == {"easy", "medium", "hard"}
    assert rubric_rules().version >= 1
