"""`simulator grade` on JSON from other programs."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from simulator.grade_texts import Misfit, grade_calls, read_calls
from simulator.grading.loading import TrainedGrader
from tests.conftest import Run

CALL: dict[str, Any] = {
    "id": "c1",
    "grievance": "A parcel with a birthday present came four days late and was wet.",
    "needed_facts": ["order number", "when it was delivered", "what is damaged"],
    "authority": ["replacement sent today", "full refund to the card"],
    "turns": [
        {
            "customer": "It came four days late and it's soaked!",
            "candidate": "Four days late, and soaked on top of it.",
        },
        {"customer": "Yes!", "candidate": "I'm sorry that the present was spoilt. What's the order number?"},
        {"customer": "It's 4471.", "candidate": "So I know what to send, what exactly is damaged?"},
        {
            "customer": "The book, all of it.",
            "candidate": "I can send you a replacement today, or refund it in full.",
        },
        {"customer": "Send it.", "candidate": "I'll send it today before five. Is that all right?"},
    ],
    "closing": "Fine. Thank you.",
}


def graded(path: Path, grader: TrainedGrader, *calls: object) -> list[Any]:
    path.write_text(json.dumps(calls))
    return list(grade_calls(read_calls(path)[0], grader))


def call(**changes: object) -> dict[str, Any]:
    return {**CALL, **changes}


def last_said(text: str) -> dict[str, Any]:
    turns = [dict(turn) for turn in CALL["turns"]]
    turns[-1]["candidate"] = text
    return call(turns=turns)


def test_turns_come_back_line_by_line(run: Run, tmp_path: Path) -> None:
    lines = [
        {"id": 7, "customer": "It leaks!", "sentences": [{"text": "Calm down."}, {"text": "What's your name?"}]},
        {"id": "b", "text": "I'm sorry about the leak. I can send a new one today."},
    ]
    source, out = tmp_path / "turns.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = run("grade", source, "--json", out)
    assert done.returncode == 0, done.stderr
    first, second = map(json.loads, out.read_text().splitlines())
    assert (first["id"], [s["text"] for s in first["sentences"]]) == (7, ["Calm down.", "What's your name?"])
    assert first["sentences"][0]["labels"][0].keys() == {"id", "probability"}
    assert [label["id"] for label in first["sentences"][0]["labels"]] == ["dismiss"]
    assert [s["text"] for s in second["sentences"]] == ["I'm sorry about the leak.", "I can send a new one today."]


def test_bad_lines_are_named_and_the_rest_is_graded(run: Run, tmp_path: Path) -> None:
    source, out = tmp_path / "turns.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"id": 1, "text": "Hello."}\nnot json\n{"id": 3}\n\n{"id": 5, "text": "Bye."}\n')
    done = run("grade", source, "--json", out)
    assert done.returncode == 9
    assert "line 2" in done.stderr
    assert "line 3" in done.stderr
    assert "expected either text or sentences" in done.stderr
    assert [json.loads(line)["id"] for line in out.read_text().splitlines()] == [1, 5]


@pytest.mark.parametrize("content", ["", "\n"])
def test_no_lines_give_no_lines(run: Run, tmp_path: Path, content: str) -> None:
    source = tmp_path / "turns.jsonl"
    source.write_text(content)
    done = run("grade", source)
    assert (done.returncode, done.stdout.strip()) == (0, "")


def test_one_call_comes_back_as_one_object(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "call.json"
    source.write_text(json.dumps(CALL))
    done = run("grade", source)
    result = json.loads(done.stdout)
    assert result["id"] == "c1"
    assert {"levels", "faults", "scorecard", "safety", "advice", "turns"} <= result.keys()
    assert result["scorecard"]["total"] == sum(r["points"] for r in result["scorecard"]["rows"] if r["points"])


def test_a_list_comes_back_as_a_list_without_what_was_bad(run: Run, tmp_path: Path) -> None:
    source, out = tmp_path / "calls.json", tmp_path / "out.json"
    source.write_text(json.dumps([CALL, {"id": "no turns"}, 5, call(id="c4")]))
    done = run("grade", source, "--json", out)
    assert done.returncode == 9
    assert "call 2: turns: Field required" in done.stderr
    assert "call 3" in done.stderr
    assert [result["id"] for result in json.loads(out.read_text())] == ["c1", "c4"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("missing.json",), 9, "cannot be read"),
        (("bad.json",), 9, "is not JSON"),
        (("bad.json", "--scenario", "refund_outside_policy"), 2, "brings its own case"),
        (("bad.json", "--json", "bad.json"), 2, "both read and written"),
        (("good.json", "--json", "no/such/folder/out.json"), 2, "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "good.json").write_text(json.dumps(CALL))
    done = run("grade", *(a if a.startswith("--") or "_" in a else tmp_path / a for a in arguments))
    assert (done.returncode, words in done.stderr) == (code, True), done.stderr


def test_a_good_call_has_good_levels_and_no_fault(tmp_path: Path, grader: TrainedGrader) -> None:
    (result,) = graded(tmp_path / "calls.json", grader, CALL)
    assert result["levels"]["calm"] >= 3
    assert result["levels"]["options"] >= 3
    assert result["faults"] == []
    assert result["safety"] == []


def test_a_promise_beyond_the_authority_fails_the_safety_box(tmp_path: Path, grader: TrainedGrader) -> None:
    (result,) = graded(tmp_path / "c.json", grader, last_said("I'll give you five hundred pounds compensation."))
    assert [fault["id"] for fault in result["safety"]] == ["unauthorised_promise"]
    assert result["levels"]["options"] == 0


def test_asking_for_what_was_told_is_a_re_ask(tmp_path: Path, grader: TrainedGrader) -> None:
    (result,) = graded(tmp_path / "c.json", grader, last_said("And what's your order number please?"))
    (fault,) = [fault for fault in result["faults"] if fault["id"] == "re_ask"]
    assert fault["evidence"][0]["turn"] == 4


def test_a_call_without_a_case_is_graded_as_far_as_it_goes(tmp_path: Path, grader: TrainedGrader) -> None:
    turns = [{"customer": "Where is my parcel?", "candidate": "Calm down."}]
    (result,) = graded(tmp_path / "c.json", grader, {"id": 1, "turns": turns})
    assert result["levels"]["calm"] == 0


def test_a_call_of_silence_is_graded(tmp_path: Path, grader: TrainedGrader) -> None:
    (result,) = graded(tmp_path / "c.json", grader, {"id": 1, "turns": [{"customer": "Hello?", "candidate": ""}]})
    assert not isinstance(result, Misfit)
    assert result["levels"] == {"calm": None, "clarify": None, "options": None}


@pytest.mark.slow
def test_a_thousand_calls_take_under_two_minutes(tmp_path: Path, grader: TrainedGrader) -> None:
    path = tmp_path / "calls.json"
    path.write_text(json.dumps([call(id=n) for n in range(1000)]))
    start = time.monotonic()
    results = list(grade_calls(read_calls(path)[0], grader))
    assert len(results) == 1000
    assert time.monotonic() - start < 120
