"""Advice: praise first, then what to do differently, each with the words that cost and words that help."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from simulator.grading.call import Call
from simulator.grading.rubric_rules import STEP_TITLES, RubricRules, StepName
from simulator.records import ASKING, CALMING, Advice, Behaviour, Evidence, Fault, Levels, Scorecard

_TOP_LEVEL = 4
_STEPS: tuple[StepName, ...] = ("calm", "clarify", "options")
_TRIES = {
    "calm": CALMING,
    "clarify": ASKING | {Behaviour.RESTATE},
    "options": {Behaviour.VAGUE_PROMISE, Behaviour.REFUSE, Behaviour.OFFER, Behaviour.COMMIT},
}
_CLAUSE = re.compile(r"(what|who|when|where|which|how|why|whether|if|the|a|an|any) ", re.IGNORECASE)


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
    """What to do differently; the costliest of each step first, then what else there is. No wording comes twice."""
    drafts = [*_of_faults(faults, rules), *_of_levels(call, levels, rules), *_of_rows(card, rules)]
    wordings = {str(step): list(dict.fromkeys(_wordings(call, step, rules))) for step in _STEPS}
    seen: Counter[str] = Counter()
    ranked = []
    for draft in drafts:
        ranked.append((seen[draft.step], draft))
        seen[draft.step] += 1
    advice = []
    for _, draft in sorted(ranked, key=lambda item: item[0]):
        left = wordings.get(draft.step, [])
        if better := draft.better or (left.pop(0) if left else ""):
            advice.append(Advice(draft.about, draft.why, better, draft.evidence))
    return tuple(advice)


@dataclass(frozen=True)
class _Draft:
    """Advice whose better wording may still have to be found."""

    step: str
    about: str
    why: str
    evidence: Evidence | None = None
    better: str = ""


def _of_faults(faults: Iterable[Fault], rules: RubricRules) -> Iterator[_Draft]:
    for fault in sorted(faults, key=lambda fault: min(fault.caps.values(), default=_TOP_LEVEL)):
        rule = rules.faults[fault.id]
        yield _Draft(rule.step, fault.title, rule.why, fault.evidence[0])


def _of_levels(call: Call, levels: Levels, rules: RubricRules) -> Iterator[_Draft]:
    graded = sorted((level, step) for step in _STEPS if (level := getattr(levels, step)) is not None)
    for level, step in graded:
        if level < _TOP_LEVEL:
            yield _Draft(step, STEP_TITLES[step], rules.next_level[step][level], _nearest_try(call, step))


def _of_rows(card: Scorecard, rules: RubricRules) -> Iterator[_Draft]:
    lost = [(row.out_of - row.points, row) for row in card.rows if row.points is not None]
    for points, row in sorted(lost, key=lambda item: -item[0]):
        if points and row.id in rules.row_advice:
            rule = rules.row_advice[row.id]
            yield _Draft(row.id, row.title, rule.why, row.evidence, rule.better)


def _nearest_try(call: Call, step: StepName) -> Evidence | None:
    """The words that came nearest to a step, or those that stood where it was missing."""
    tries = call.that(_TRIES[step]) or call.said
    return tries[0].evidence if tries else None


def _wordings(call: Call, step: StepName, rules: RubricRules) -> Iterator[str]:
    """Better words for a step: the scenario's own first, then what this call left out, then general ones."""
    if step in call.case.model_answers:
        yield call.case.model_answers[step]
    if step == "clarify":
        asked = {fact for said in call.said for fact in said.sentence.facts}
        for fact in sorted(call.case.facts, key=lambda fact: (fact.identity, not fact.impact)):
            if fact.id not in asked:
                yield fact.ways[1] if len(fact.ways) > 1 else f"Could you tell me {_article(fact.label)}{fact.label}?"
    if step == "options":
        offered = {option for said in call.said for option in said.sentence.options}
        for option in call.case.authority:
            if option.id not in offered:
                yield option.ways[1] if len(option.ways) > 1 else f"What I can do for you is this: {option.label}."
    yield from rules.model_answers[step]


def _article(label: str) -> str:
    return "" if _CLAUSE.match(label) else "the "
