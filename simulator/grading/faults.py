"""The named faults of the rubric: when each one stands, with its evidence. Gives no points.

A fault that something is missing does not stand where a sentence that was not understood might have been it.
"""

import math
import re
from collections.abc import Callable, Iterable

from simulator.grading.call import Call, Said
from simulator.grading.rubric_rules import Limits, RubricRules
from simulator.records import ASKING, HEATING, Behaviour, Fault, GradedSentence, Turn

_EMPATHY = (Behaviour.ACKNOWLEDGE, Behaviour.APOLOGISE)
_QUESTION_PART = re.compile(
    r"\?|,? and (?:also )?(?=when|what|where|who|which|how|why|your|the|did|do|is|was|are)"
    r"|, (?=your|the|when|what|how)"
)


def find_faults(call: Call, rules: RubricRules) -> tuple[Fault, ...]:
    """Every fault of the call, in the rubric's order."""
    faults = []
    for name, rule in rules.faults.items():
        if where := _FINDERS[name](call, rules):
            evidence = tuple(said.evidence for said in where)
            faults.append(Fault(name, rule.title, evidence, {str(step): cap for step, cap in rule.caps.items()}))
    return tuple(faults)


def find_safety(call: Call, rules: RubricRules) -> tuple[Fault, ...]:
    """What fails the safety box: abuse, discrimination, unauthorised promises, secrets asked in the clear."""
    found = {
        name: [said for said in call.said if rules.has_cue(name, said.sentence.text)]
        for name in rules.safety_patterns
    }
    found["unauthorised_promise"] = _over_promise(call, rules)
    return tuple(
        Fault(name, title, tuple(said.evidence for said in found[name]))
        for name, title in rules.safety.items()
        if found[name]
    )


def count_questions(text: str) -> int:
    """Questions by their content: "your name and the number and when was it" is three."""
    return sum(1 for part in _QUESTION_PART.split(text) if part.strip(" .,!"))


def interrogates(sentences: Iterable[GradedSentence], limits: Limits) -> bool:
    """Whether the sentences of one turn ask too much at once."""
    asked = sum(count_questions(sentence.text) for sentence in sentences if ASKING & sentence.behaviours)
    return asked >= limits.questions_in_a_turn


def is_monologue(turn: Turn, limits: Limits) -> bool:
    """Whether a turn is too long by its words or its time."""
    return turn.delivery.words > limits.monologue_words or (turn.delivery.duration_s or 0) > limits.monologue_s


def is_re_ask(said: Said) -> bool:
    """Whether all that a question reaches had been told already."""
    facts = said.sentence.facts
    return bool(facts) and set(facts) == set(said.sentence.re_asked)


def _policy_before_empathy(call: Call, _: RubricRules) -> list[Said]:
    empathy = _first(call.that(_EMPATHY))
    barred = call.that((Behaviour.CITE_POLICY, Behaviour.REFUSE))
    return [said for said in barred if said.place < empathy and not call.doubted_between(-1, said.place)][:1]


def _solution_too_soon(call: Call, rules: RubricRules) -> list[Said]:
    offers = call.that((Behaviour.OFFER,))
    if not offers:
        return []
    first = offers[0]
    needed = call.case.needed
    known = len(call.told_before(first.turn) & needed)
    too_few_facts = bool(needed) and known < rules.limits.facts_before_an_offer * len(needed)
    before_empathy = first.place < _first(call.that(_EMPATHY)) and not call.doubted_between(-1, first.place)
    return [first] if too_few_facts or before_empathy else []


def _empathy_loop(call: Call, rules: RubricRules) -> list[Said]:
    row: list[Said] = []
    turn = 0
    for said in call.said:
        new_fact = said.turn > turn and _tells_something(call, said.turn, rules)
        turn = said.turn
        asks = said.does(*ASKING) and not is_re_ask(said)
        if new_fact or asks or said.sentence.doubted or said.does(Behaviour.OFFER, Behaviour.COMMIT):
            row = []
        if said.does(*_EMPATHY) and not (asks or said.does(Behaviour.OFFER, Behaviour.COMMIT)):
            row.append(said)
        if len(row) >= rules.limits.soothing_in_a_row:
            return row
    return []


def _tells_something(call: Call, turn: int, rules: RubricRules) -> bool:
    """Whether the customer's line before a turn holds a fact that was needed, or anything not said before."""
    told = call.told_before(turn) - call.told_before(turn - 1)
    return bool(told) or len(call.news_in(turn)) >= rules.limits.news_words


def heated(call: Call, rules: RubricRules) -> tuple[Said, ...]:
    """The sentences that dismiss, blame or attack; one alone counts only where it was heard for sure."""
    found = call.that(HEATING)
    sure = any(
        label.id in HEATING and label.probability >= rules.limits.sure_heat
        for s in found
        for label in s.sentence.labels
    )
    return found if sure or len(found) > 1 else ()


def _heat(call: Call, rules: RubricRules) -> list[Said]:
    return list(heated(call, rules))


def _blames_colleague(call: Call, _: RubricRules) -> list[Said]:
    return list(call.that((Behaviour.DEFLECT,)))


def _interrogation(call: Call, rules: RubricRules) -> list[Said]:
    only_questions: list[Said] = []
    turns_in_a_row = 0
    for turn in call.turns:
        said = call.in_turn(turn.index)
        questions = [s for s in said if s.does(*ASKING)]
        if interrogates(turn.sentences, rules.limits):
            return questions
        gives = any(s.sentence.behaviours - ASKING - {Behaviour.COURTESY} for s in said)
        if questions and not gives:
            only_questions += questions
            turns_in_a_row += 1
        else:
            only_questions, turns_in_a_row = [], 0
        if turns_in_a_row >= rules.limits.turns_of_questions_only:
            return only_questions
    return []


def _vague_promise_standing(call: Call, _: RubricRules) -> list[Said]:
    commits = call.that((Behaviour.COMMIT,))
    last_commit = commits[-1].place if commits else -1
    return [
        said
        for said in call.that((Behaviour.VAGUE_PROMISE,))
        if said.place > last_commit
        and not said.does(Behaviour.OFFER)
        and not call.doubted_between(said.place, math.inf)
    ]


def _over_promise(call: Call, _: RubricRules) -> list[Said]:
    return [said for said in call.said if said.sentence.over_promises]


def _re_ask(call: Call, _: RubricRules) -> list[Said]:
    return [said for said in call.said if is_re_ask(said)]


def _monologue(call: Call, rules: RubricRules) -> list[Said]:
    long = [turn.index for turn in call.turns if is_monologue(turn, rules.limits)]
    return [said for turn in long for said in call.in_turn(turn)[:1]]


def _first(said: Iterable[Said]) -> float:
    return min((s.place for s in said), default=math.inf)


_FINDERS: dict[str, Callable[[Call, RubricRules], list[Said]]] = {
    "policy_before_empathy": _policy_before_empathy,
    "solution_too_soon": _solution_too_soon,
    "empathy_loop": _empathy_loop,
    "heat": _heat,
    "blames_colleague": _blames_colleague,
    "interrogation": _interrogation,
    "vague_promise_standing": _vague_promise_standing,
    "over_promise": _over_promise,
    "re_ask": _re_ask,
    "monologue": _monologue,
}
