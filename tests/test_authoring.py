"""A scenario is written by answering questions; what comes out is whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.authoring import new_scenario, plain_lines, write_scenario
from simulator.errors import UsageError
from simulator.scenarios import LineEvent, read_scenario
from tests.conftest import Run

FACT = ["what it does", "What does it do?", "How does it fail?", "What happens?", "", "It bangs.", "It makes a bang."]
OPTION = [
    "a new one",
    "I'll send one.",
    "Have a new one.",
    "You get another.",
    "",
    "0,8",
    "Fast, but the same model.",
]
ANSWERS = [
    *("Broken Kettle!", "The kettle", "retail", "You sell kettles.", "Jo Park", "neither", "female", "A cook."),
    *("It broke.", "kettle", "Tuesday", "boiled dry", "two trips", "my kitchen", ""),
    *(*FACT, "y", ""),
    *("", *FACT, "", ""),  # an empty answer is asked again
    *(*FACT, "", "y"),
    "no",
    *(*OPTION, "Hm.", "Good.", "That one."),
    *(*OPTION, "Hm.", "Good.", "That one."),
    "",
    *("money back", "I'll pay.", "Money back.", "Full refund.", "", "Ha.", "Oh?", "And my money?"),
    "",
    *("I'm sorry.", "It's mine.", "What does it do?", "So it bangs?", "This or that?", "Today. All right?"),
]


def test_the_answers_make_a_whole_scenario(tmp_path: Path) -> None:
    answers: Iterator[str] = iter(ANSWERS)
    content = new_scenario(lambda _: next(answers))
    assert next(answers, None) is None
    scenario = write_scenario(content, tmp_path / "mine.yaml")
    assert read_scenario(tmp_path / "mine.yaml") == scenario
    assert scenario.id == "broken_kettle"
    assert [fact.id for fact in scenario.facts] == ["what_it_does", "what_it_does_2", "what_it_does_3"]
    assert (scenario.facts[0].identity, scenario.facts[2].impact) == (True, True)
    assert scenario.authority[0].settles == 0.8
    with pytest.raises(UsageError, match="exists"):
        write_scenario(content, tmp_path / "mine.yaml")


def test_plain_lines_serve_every_occasion_and_mood() -> None:
    lines = plain_lines()
    assert set(lines) == {event.value for event in LineEvent}
    for of_event in lines.values():
        for band in of_event.values() if isinstance(of_event, dict) else [of_event]:
            assert len(set(band)) == len(band) >= 8


def test_the_command_asks_and_writes(run: Run, tmp_path: Path) -> None:
    done = run("scenarios", "new", "--in", tmp_path, typed="\n".join(ANSWERS) + "\n")
    assert done.returncode == 0, done.stderr
    assert "fine" in run("scenarios", "check", tmp_path / "broken_kettle.yaml").stdout


def test_a_name_that_is_taken_is_asked_again() -> None:
    answers: Iterator[str] = iter(["Old one", "Broken kettle", *ANSWERS[1:]])
    assert new_scenario(lambda _: next(answers), {"old_one"})["id"] == "broken_kettle"


def test_a_folder_that_is_not_there_is_said_before_the_first_question(run: Run, tmp_path: Path) -> None:
    done = run("scenarios", "new", "--in", tmp_path / "gone", typed="\n".join(ANSWERS) + "\n")
    assert done.returncode == 2
    assert "is no folder" in done.stderr
    assert "short name" not in done.stdout


def test_answers_that_end_too_early_write_nothing(run: Run, tmp_path: Path) -> None:
    done = run("scenarios", "new", "--in", tmp_path, typed="Kettle\nTitle\n")
    assert done.returncode == 2
    assert "nothing was written" in done.stderr
    assert list(tmp_path.glob("*.yaml")) == []
