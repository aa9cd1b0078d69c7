"""How customers behave: every scenario at every difficulty against every scripted candidate. Part of `make evaluate`.

Also, how often the case is found again in fresh wordings (`tests/scenario_wordings.jsonl`).
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from statistics import fmean
from typing import Any

from simulator.bench.figures import figures_dir, save_figures
from simulator.customer.caller import Caller
from simulator.customer.mood import mood_rules
from simulator.grading.loading import TrainedGrader
from simulator.grading.matching import CaseReader
from simulator.records import Ending
from simulator.scenarios import find_scenario, scenario_files
from simulator.scripted import ScriptedCall, play, scripts

_SEED = 1
_WELL = {Ending.SATISFIED, Ending.FOLLOW_UP}
_BADLY = {Ending.ESCALATED, Ending.HANG_UP, Ending.UNRESOLVED}


def main() -> None:
    """Play, measure, print and save."""
    grader = TrainedGrader()
    began = time.perf_counter()
    calls = all_calls()
    play(calls, grader)
    figures = {
        "calls": len(calls),
        "seconds": round(time.perf_counter() - began, 1),
        "turns": sum(len(call.turns) for call in calls),
        **judged(calls),
        "wordings": _wordings(grader),
    }
    print(json.dumps(figures, indent=2))
    print(f"Saved in {save_figures('customers', figures)}")


def all_calls(scenarios: Iterable[str] | None = None) -> list[ScriptedCall]:
    """A call for each scenario, difficulty and script."""
    cases = [find_scenario(name) for name in scenarios or scenario_files()]
    return [
        ScriptedCall(Caller(scenario, difficulty, _SEED), name)
        for scenario in cases
        for difficulty in mood_rules().difficulties
        for name in scripts().scripts
    ]


def judged(calls: Sequence[ScriptedCall]) -> dict[str, Any]:
    """How the calls of each script ended, and whether that is as it should be."""
    expected = scripts().expected
    endings = {
        name: dict(Counter(str(call.ending) for call in calls if call.name == name)) for name in scripts().scripts
    }
    well = [call for call in calls if call.name in expected.ends_well]
    kinder = [call for call in well if call.caller.difficulty != "hard"]
    hard = [call for call in well if call.caller.difficulty == "hard"]
    return {
        "endings": endings,
        "exemplary_ends_well": {
            "easy_and_medium": _share(call.ending in _WELL for call in kinder),
            "hard": _share(call.ending in _WELL for call in hard),
        },
        "never_satisfied": _share(
            call.ending is not Ending.SATISFIED for call in calls if call.name in expected.never_satisfied
        ),
        "ends_badly": _share(call.ending in _BADLY for call in calls if call.name in expected.ends_badly),
        "anger_in_order": _share(_in_order(calls, mean_anger)),
        "last_anger_in_order": _share(_in_order(calls, lambda call: call.anger[-1])),
        "exceptions": [
            f"{call.caller.scenario.id}, {call.caller.difficulty}, {call.name}: {call.ending}"
            for call in calls
            if (call.name in expected.ends_well and call.ending not in _WELL)
            or (call.name in expected.never_satisfied and call.ending is Ending.SATISFIED)
            or (call.name in expected.ends_badly and call.ending not in _BADLY)
        ],
    }


def _in_order(calls: Sequence[ScriptedCall], height: Callable[[ScriptedCall], float]) -> Iterable[bool]:
    """For each scenario and difficulty: whether the anger curves lie in the order in which the scripts are listed."""
    by_place = {(c.caller.scenario.id, c.caller.difficulty, c.name): height(c) for c in calls}
    for scenario, difficulty in dict.fromkeys((s, d) for s, d, _ in by_place):
        curve = [by_place[scenario, difficulty, name] for name in scripts().expected.anger_order]
        yield all(calmer <= angrier for calmer, angrier in pairwise(curve))


def mean_anger(call: ScriptedCall) -> float:
    """The height of a call's anger curve; a call that was broken off keeps its last anger to the turn limit."""
    curve = call.anger[1:]
    limit = mood_rules().limits.turns
    return fmean([*curve, *[curve[-1]] * (limit - len(curve))])


def _share(found: Iterable[bool]) -> float:
    values = list(found)
    return round(fmean(values), 3) if values else 1.0


def _wordings(grader: TrainedGrader) -> dict[str, Any]:
    """How often a fresh wording of a question reaches its entry, and how often a text of no entry reaches one."""
    lines = (figures_dir().parent / "scenario_wordings.jsonl").read_text(encoding="utf-8").splitlines()
    readers: dict[str, CaseReader] = {}
    right: dict[str, list[bool]] = {"fact": [], "option": []}
    false: dict[str, list[bool]] = {"fact": [], "option": []}
    for row in map(json.loads, lines):
        name = row["scenario"]
        readers.setdefault(name, CaseReader(find_scenario(name).case, grader))
        kind = row["kind"].removeprefix("no_")
        for text in row["texts"]:
            reader = readers[name]
            found = reader.facts_in(text) if kind == "fact" else sum(reader.options_in(text), ())
            if row["kind"] == kind:
                right[kind].append(row["id"] in found)
            else:
                false[kind].append(bool(found))
    return {
        kind: {"right": _share(right[kind]), "of": len(right[kind]), "false": _share(false[kind])} for kind in right
    }


if __name__ == "__main__":
    main()
