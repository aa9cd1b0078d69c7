"""Advice: praise first, then what to do differently, each with the words that cost and words that help."""

from simulator.grading.call import Call
from simulator.grading.rubric_rules import RubricRules, StepName
from simulator.records import Advice, Fault, Levels, Scorecard

_TOP_LEVEL = 4


def praise_for(call: Call, rules: RubricRules) -> str:
    """The best thing in the call, with the words that were it."""
    for behaviour, how, text in rules.praise:
        for said in call.that((behaviour,)):
            if how == "any" or said.sentence.specific:
                return f"{text}: “{said.sentence.text}”"
    return "You took the call. That is where it starts."


def advice_for(
    call: Call, faults: tuple[Fault, ...], levels: Levels, card: Scorecard, rules: RubricRules
) -> tuple[Advice, ...]:
    """What to do differently, what costs most first; never two of the same."""
    graded: dict[StepName, int | None] = {
        "calm": levels.calm,
        "clarify": levels.clarify,
        "options": levels.options,
    }
    by_cost = sorted(faults, key=lambda fault: min(fault.caps.values(), default=_TOP_LEVEL))
    from_faults = [
        Advice(
            fault.title,
            rules.faults[fault.id].why,
            _better(call, rules.faults[fault.id].step, rules),
            fault.evidence[0],
        )
        for fault in by_cost
    ]
    behind = sorted((level, name) for name, level in graded.items() if level is not None and level < _TOP_LEVEL)
    from_levels = [
        Advice(name.capitalize(), rules.next_level[name][level], _better(call, name, rules)) for level, name in behind
    ]
    lost = [
        (row.out_of - row.points, row) for row in card.rows if row.points is not None and row.id in rules.row_advice
    ]
    from_rows = [
        Advice(row.title, rules.row_advice[row.id].why, rules.row_advice[row.id].better)
        for points, row in sorted(lost, key=lambda item: -item[0])
        if points
    ]
    return _without_repeats((*from_faults, *from_levels, *from_rows))


def _better(call: Call, step: StepName, rules: RubricRules) -> str:
    return getattr(call.scenario.model_answers, step) if call.scenario else rules.model_answers[step]


def _without_repeats(advice: tuple[Advice, ...]) -> tuple[Advice, ...]:
    """Each better wording is given once, by whatever costs most."""
    kept: list[Advice] = []
    for item in advice:
        if all(item.better != other.better for other in kept):
            kept.append(item)
    return tuple(kept)
