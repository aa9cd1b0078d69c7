"""The rubric over a whole call: levels, faults, scorecard, safety and advice, all from the same evidence."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from simulator.cases import Case
from simulator.grading.advice import advice_for, praise_for
from simulator.grading.call import Call
from simulator.grading.faults import find_faults, find_safety
from simulator.grading.levels import find_levels
from simulator.grading.rubric_rules import rubric_rules
from simulator.grading.scorecard import build_scorecard
from simulator.records import Assessment, Turn


def assess(
    turns: tuple[Turn, ...],
    case: Case,
    closing: str | None = None,
    set_levels: Mapping[str, int | None] = MappingProxyType({}),
) -> Assessment:
    """What the rubric makes of the turns.

    `closing` is the customer's last line, after the last turn. `set_levels` are levels of a coach, by step, which
    stand whatever the rules say.
    """
    rules = rubric_rules()
    call = Call(turns, case, closing)
    faults = find_faults(call, rules)
    levels = replace(find_levels(call, faults, rules), **set_levels)
    card = build_scorecard(call, levels, rules)
    return Assessment(
        levels=levels,
        faults=faults,
        scorecard=card,
        safety=find_safety(call, rules),
        praise=praise_for(call, rules),
        advice=advice_for(call, faults, levels, card, rules),
    )
