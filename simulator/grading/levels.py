"""Levels 0 to 4 for Calm, Clarify and Create Options, by the rubric's table, over a whole call.

Each function reads the table from the bottom up and says which row the call has reached. None means that
the call ended before the step could come. The caps of the faults are applied last.
"""

from collections.abc import Iterable
from itertools import pairwise

from simulator.grading.call import Call, Said
from simulator.grading.faults import is_re_ask
from simulator.grading.rubric_rules import RubricRules
from simulator.records import ASKING, CALMING, HEATING, Behaviour, Fault, Levels

_EARLY_TURNS = 2  # "within the first two turns"


def find_levels(call: Call, faults: Iterable[Fault], rules: RubricRules) -> Levels:
    """The three levels, capped by the faults."""
    caps: dict[str, int] = {}
    for fault in faults:
        for step, cap in fault.caps.items():
            caps[step] = min(cap, caps.get(step, cap))
    return Levels(
        calm=_capped(_calm(call, rules), caps.get("calm")),
        clarify=_capped(_clarify(call, rules), caps.get("clarify")),
        options=_capped(_options(call, rules), caps.get("options")),
    )


def _capped(level: int | None, cap: int | None) -> int | None:
    return level if level is None or cap is None else min(level, cap)


# --- Calm -----------------------------------------------------------------------------------------


def _calm(call: Call, rules: RubricRules) -> int | None:
    if not call.words:
        return None
    soothing = call.that(CALMING)
    specific = [said for said in soothing if said.sentence.specific]
    if heat := call.that(HEATING):
        recovered = any(
            s.place > heat[-1].place and s.does(Behaviour.APOLOGISE, Behaviour.ACKNOWLEDGE) for s in soothing
        )
        return 1 if specific or recovered else 0
    if not specific:
        return 2 if len(soothing) >= 2 else 1
    offers = call.that((Behaviour.OFFER,))
    early = [said for said in specific if said.turn < _EARLY_TURNS]
    if not early or (offers and offers[0].place < early[0].place):
        return 2
    takes_it_on = any(said.does(Behaviour.APOLOGISE, Behaviour.OWN) for said in soothing)
    return 4 if takes_it_on and _brief(call, soothing) and _renewed(call, early[0].turn, soothing, rules) else 3


def _brief(call: Call, soothing: Iterable[Said]) -> bool:
    in_turn = [said.turn for said in soothing]
    return all(in_turn.count(turn.index) <= 3 for turn in call.turns)


def _renewed(call: Call, since_turn: int, soothing: Iterable[Said], rules: RubricRules) -> bool:
    """Whether anger that came back was met at least once, or never came back."""
    moods = [(t.index, t.reaction.mood.anger) for t in call.turns if t.reaction]
    returned = [
        turn
        for (_, before), (turn, after) in pairwise(moods)
        if turn > since_turn and after - before > rules.limits.anger_returns and turn < call.turns[-1].index
    ]
    return not returned or any(said.turn > returned[0] for said in soothing)


# --- Clarify --------------------------------------------------------------------------------------


def _clarify(call: Call, rules: RubricRules) -> int | None:
    questions = call.that(ASKING)
    summaries = call.that((Behaviour.RESTATE,))
    accusing = [s for s in call.that((Behaviour.BLAME_CUSTOMER,)) if s.sentence.text.rstrip().endswith("?")]
    fresh = [s for s in questions if not is_re_ask(s) and not s.does(Behaviour.BLAME_CUSTOMER)]
    if not fresh and not summaries:
        if accusing or questions:
            return 0
        return 1 if _had_time(call, rules.limits.clarify_turns, rules) else None
    asked = {fact for said in fresh for fact in said.sentence.facts}
    told = call.told_before(len(call.turns))
    if not fresh and call.needed_facts and call.needed_facts <= told - asked:
        return 2  # a summary of what the customer volunteered
    if not summaries and fresh and _identity_only(call, fresh):
        return 1
    if not summaries or not fresh or not _reaches_enough(call, asked, told, rules):
        return 2
    return 4 if _explored(call, fresh, rules) and _confirmed(call, summaries, rules) else 3


def _identity_only(call: Call, questions: Iterable[Said]) -> bool:
    if call.scenario is None:
        return False
    identity = {fact.id for fact in call.scenario.facts if fact.identity}
    return all(said.sentence.facts and set(said.sentence.facts) <= identity for said in questions)


def _reaches_enough(call: Call, asked: set[str], told: Iterable[str], rules: RubricRules) -> bool:
    needed = call.needed_facts
    known = needed & (asked | set(told))
    return not needed or (bool(asked) and len(known) >= rules.limits.facts_for_clarify * len(needed))


def _explored(call: Call, questions: Iterable[Said], rules: RubricRules) -> bool:
    """Whether a reason for asking was given, and impact or urgency was asked for."""
    impact = {fact.id for fact in call.scenario.facts if fact.impact} if call.scenario else set()
    asked_impact = any(set(s.sentence.facts) & impact or rules.has_cue("impact", s.sentence.text) for s in questions)
    return asked_impact and bool(call.that((Behaviour.GIVE_REASON,)))


def _confirmed(call: Call, summaries: Iterable[Said], rules: RubricRules) -> bool:
    return any(rules.has_cue("confirms", call.reply_to(said.turn)) for said in summaries)


# --- Create Options -------------------------------------------------------------------------------


def _options(call: Call, rules: RubricRules) -> int | None:
    offers = [said for said in call.that((Behaviour.OFFER, Behaviour.GIVE_CHOICE)) if _fits(call, said)]
    commits = call.that((Behaviour.COMMIT,))
    if any(said.sentence.over_promises for said in call.said):
        return 0
    if not offers and not commits:
        if call.that((Behaviour.REFUSE,)):
            return 0
        vague = call.that((Behaviour.VAGUE_PROMISE,))
        return 1 if vague or _had_time(call, rules.limits.options_turns, rules) else None
    if not offers:
        return 2  # an owner and a time, but for no remedy
    choices = call.that((Behaviour.GIVE_CHOICE,))
    ways = {option for said in offers for option in said.sentence.options}
    several = len(ways) >= 2 or bool(choices) or (call.scenario is None and len(offers) >= 2)
    if not commits and not several:
        return 2
    return 4 if several and choices and _rounded_off(call, choices, rules) else 3


def _fits(call: Call, said: Said) -> bool:
    """Within the agent's authority; without a scenario every offer is taken to be."""
    return not said.sentence.over_promises and (
        call.scenario is None or bool(said.sentence.options) or said.does(Behaviour.GIVE_CHOICE)
    )


def _rounded_off(call: Call, choices: tuple[Said, ...], rules: RubricRules) -> bool:
    """Trade-off named, customer chose, recap and fallback."""
    offering = call.that((Behaviour.OFFER, Behaviour.GIVE_CHOICE))
    later = [said for said in call.said if said.place >= choices[0].place]
    return (
        any(rules.has_cue("trade_off", said.sentence.text) for said in offering)
        and any(rules.has_cue("chooses", call.reply_to(said.turn)) for said in choices)
        and any(said.does(Behaviour.COMMIT, Behaviour.RESTATE) for said in later)
        and any(rules.has_cue("fallback", said.sentence.text) for said in later)
    )


def _had_time(call: Call, turns: int, rules: RubricRules) -> bool:
    longest = max((turn.delivery.words for turn in call.turns), default=0)
    return len(call.turns) >= turns or longest >= rules.limits.long_turn_words
