"""Do the program's levels agree with people's? Scripted calls, graded twice by the rubric and once by the program.

models/corpus/calls_*.jsonl      the calls, in the shape that `simulator grade` reads
models/corpus/levels.jsonl       {"id": ..., "first": {"calm": 0-4 or null, ...}, "second": {...}}
models/corpus/call_labels.jsonl  what each sentence does, by hand: {"call": ..., "turn": ..., "tells": [facts],
                                 "sentences": [{"text", "labels", "specific", "facts", "options", "beyond"}]}

With the labels by hand the rules stand alone, without the mistakes of the models. The third set of calls was not
looked at while the rules were made.
"""

import json
import statistics
from collections.abc import Sequence, Set
from dataclasses import asdict
from functools import cache
from typing import Any

from simulator.agreement import quadratic_kappa
from simulator.grade_texts import GivenCall, Misfit, case_of, grade_calls
from simulator.grading.delivery import measure_delivery
from simulator.grading.rubric import assess
from simulator.grading.turns import Grader
from simulator.records import Behaviour, CustomerLine, EndedBy, GradedSentence, Label, Transcript, Turn
from simulator.training.corpus import corpus_dir

STEPS = ("calm", "clarify", "options")
_UNSEEN = "C3-"

Level = int | None


def scripted_calls() -> list[GivenCall]:
    """Every scripted call."""
    paths = sorted(corpus_dir().glob("calls_*.jsonl"))
    lines = (line for path in paths for line in path.read_text(encoding="utf-8").splitlines())
    return [GivenCall.model_validate_json(line) for line in lines]


def level_figures(grader: Grader) -> dict[str, Any]:
    """Agreement of the program with both gradings, and of these with each other, for each step."""
    results = [r for r in grade_calls(scripted_calls(), grader) if not isinstance(r, Misfit)]
    by_program = {result["id"]: result["levels"] for result in results}
    by_rules = {call.id: _levels_by_hand_labels(call) for call in scripted_calls()}
    unseen = {name for name in by_program if str(name).startswith(_UNSEEN)}
    return {
        "calls": len(by_program),
        "unseen_calls": len(unseen),
        "program": _agreements(by_program),
        "program_on_unseen_calls": _agreements({name: by_program[name] for name in unseen}),
        "rules_alone": _agreements(by_rules),
        "rules_alone_on_unseen_calls": _agreements({name: by_rules[name] for name in unseen}),
    }


def _agreements(levels: dict[str | int, dict[str, Level]]) -> dict[str, Any]:
    lines = (corpus_dir() / "levels.jsonl").read_text(encoding="utf-8").splitlines()
    gradings = {row["id"]: row for row in map(json.loads, lines) if row["id"] in levels}
    return {step: _of_step(step, levels, gradings) for step in STEPS}


def _levels_by_hand_labels(call: GivenCall) -> dict[str, Level]:
    case = case_of(call)
    told: set[str] = set()
    turns = []
    for number, (given, labels) in enumerate(zip(call.turns, _hand_labels()[call.id], strict=True)):
        tells = tuple(call.needed_facts[i] for i in labels["tells"])
        told.update(tells)
        transcript = Transcript.typed(given.candidate)
        turns.append(
            Turn(
                index=number,
                customer=CustomerLine(given.customer, "given", tells),
                transcript=transcript,
                sentences=tuple(_sentence(sentence, call, told) for sentence in labels["sentences"]),
                delivery=measure_delivery(transcript, None),
                ended_by=EndedBy.END_OF_INPUT,
            )
        )
    return asdict(assess(tuple(turns), case, call.closing).levels)


def _sentence(labelled: dict[str, Any], call: GivenCall, told: Set[str]) -> GradedSentence:
    facts = tuple(call.needed_facts[i] for i in labelled["facts"])
    return GradedSentence(
        labelled["text"],
        labels=tuple(Label(Behaviour(label), 1.0) for label in labelled["labels"]),
        specific=labelled["specific"],
        facts=facts,
        re_asked=tuple(fact for fact in facts if fact in told),
        options=tuple(call.authority[i] for i in labelled["options"]),
        over_promises=("beyond authority",) if labelled["beyond"] else (),
    )


@cache
def _hand_labels() -> dict[str | int, list[dict[str, Any]]]:
    by_call: dict[str | int, list[dict[str, Any]]] = {}
    for line in (corpus_dir() / "call_labels.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        by_call.setdefault(row["call"], []).append(row)
    return by_call


def _of_step(
    step: str, levels: dict[str | int, dict[str, Level]], gradings: dict[str | int, dict[str, Any]]
) -> dict[str, Any]:
    program, first, second = (
        [of_call[step] for of_call in levels.values()],
        [gradings[name]["first"][step] for name in levels],
        [gradings[name]["second"][step] for name in levels],
    )
    with_both = _agreement(program, first), _agreement(program, second)
    kappas = [each["kappa"] for each in with_both if each["kappa"] is not None]
    return {
        "kappa": round(statistics.mean(kappas), 3) if kappas else None,
        "within_one": round(statistics.mean(each["within_one"] for each in with_both), 3),
        "gradings_with_each_other": _agreement(first, second),
    }


def _agreement(one: Sequence[Level], other: Sequence[Level]) -> dict[str, Any]:
    """Quadratic-weighted kappa, and the share that is at most one level apart, where both give a level."""
    both = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
    left, right = [a for a, _ in both], [b for _, b in both]
    near = [abs(a - b) <= 1 for a, b in both]
    kappa = quadratic_kappa(left, right)
    return {
        "kappa": None if kappa is None else round(kappa, 3),
        "within_one": round(statistics.mean(near), 3),
        "both_give_one": len(both),
    }
