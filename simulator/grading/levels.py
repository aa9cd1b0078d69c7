"""Levels 0 to 4 for Calm, Clarify and Create Options, by the rubric's table, over a whole call.

Each function reads the table from the bottom up and says which row the call has reached. None means that
the call ended before the step could come, or that too much of it was not understood. The caps of the faults
are applied last.
"""

from collections.abc import Iterable
from itertools import pairwise

from simulator.grading.call import Call, Said
from simulator.grading.faults import heated, is_re_ask
from simulator.grading.matching import stems
from simulator.grading.rubric_rules import RubricRules
from simulator.records import ASKING, CALMING, Behaviour, Fault, Levels

_TOP_LEVEL = 4
_EARLY_TURNS = 2  # "within the first two turns"


def find_levels(call: Call, faults: Iterable[Fault], rules: RubricRules) -> Levels:
    """The three levels, capped by the faults."""
    caps: dict[str, int] = {}
    for fault in faults:
        for step, cap in fault.caps.items():
            caps[step] = min(cap, caps.get(step, cap))
    unsure = call.doubted_share > rules.limits.doubted_share

    def capped(level: int | None, cap: int) -> int | None:
        if level is None or (unsure and level < _TOP_LEVEL):
            return None  # what was not understood might have been what is missing
        return min(level, cap)

    return Levels(
        calm=capped(_calm(call, rules), caps.get("calm", _TOP_LEVEL)),
        clarify=capped(_clarify(call, rules), caps.get("clarify", _TOP_LEVEL)),
        options=capped(_options(call, rules), caps.get("options", _TOP_LEVEL)),
    )


# --- Calm -----------------------------------------------------------------------------------------


def _calm(call: Call, rules: RubricRules) -> int | None:
    if not call.words:
        return None
    soothing = call.that(CALMING)
    specific = [said for said in soothing if said.sentence.specific]
    if heat := heated(call, rules):
        recovered = any(
            s.place > heat[-1].place and s.does(Behaviour.APOLOGISE, Behaviour.ACKNOWLEDGE) for s in soothing
        )
        return 1 if specific or recovered else 0
    if not specific:
        return 2 if sum(len(said.sentence.behaviours & CALMING) for said in soothing) >= 2 else 1
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
    returned = [turn for turn in _angry_again(call, rules) if since_turn < turn]
    return not returned or any(said.turn >= returned[0] for said in soothing)


def _angry_again(call: Call, rules: RubricRules) -> list[int]:
    """The turns that answer new anger; where no mood was kept the customer's exclamations tell."""
    if any(turn.reaction for turn in call.turns):
        moods = [turn.reaction.mood.anger if turn.reaction else 0.0 for turn in call.turns]
        rises = [after - before for before, after in pairwise(moods)]
        # The mood after a turn is what the next turn answers.
        return [
            t.index + 1 for t, rise in zip(call.turns[1:-1], rises, strict=False) if rise > rules.limits.anger_returns
        ]
    return [turn.index for turn in call.turns if rules.has_cue("anger", turn.customer.text)]


# --- Clarify --------------------------------------------------------------------------------------


def _clarify(call: Call, rules: RubricRules) -> int | None:
    questions = call.that(ASKING)
    summaries = _summaries(call, rules)
    accusing = [s for s in call.that((Behaviour.BLAME_CUSTOMER,)) if s.sentence.text.rstrip().endswith("?")]
    fresh = [s for s in questions if not is_re_ask(s) and not s.does(Behaviour.BLAME_CUSTOMER)]
    if not fresh and not summaries:
        if accusing or questions:
            return 0
        return 1 if _had_time(call, rules.limits.clarify_turns, rules) else None
    asked = {fact for said in fresh for fact in said.sentence.facts}
    told = call.told_before(len(call.turns))
    if not fresh and call.case.needed and call.case.needed <= told - asked:
        return 2  # a summary of what the customer volunteered
    if fresh and _identity_only(call, fresh, rules):
        return 1
    if not summaries or not fresh or not _reaches_enough(call, asked, told, rules):
        return 2
    return 4 if _explored(call, fresh, rules) and _confirmed(call, summaries, rules) else 3


def _summaries(call: Call, rules: RubricRules) -> tuple[Said, ...]:
    """What says the matter back: heard as such, or told at length and followed by "is that right?"."""
    told_back = [
        before
        for before, said in pairwise(call.said)
        if rules.has_cue("asks_confirmation", said.sentence.text)
        and before.turn == said.turn
        and len(before.sentence.text.split()) >= rules.limits.short_turn_words
        and not before.sentence.behaviours
    ]
    return tuple(sorted({*call.that((Behaviour.RESTATE,)), *told_back}, key=lambda said: said.place))


def _identity_only(call: Call, questions: Iterable[Said], rules: RubricRules) -> bool:
    identity = call.case.facts_that(identity=True)
    return all(
        set(said.sentence.facts) <= identity if said.sentence.facts else rules.has_cue("identity", said.sentence.text)
        for said in questions
    )


def _reaches_enough(call: Call, asked: set[str], told: Iterable[str], rules: RubricRules) -> bool:
    needed = call.case.needed
    known = needed & (asked | set(told))
    return not needed or (bool(asked) and len(known) >= rules.limits.facts_for_clarify * len(needed))


def _explored(call: Call, questions: Iterable[Said], rules: RubricRules) -> bool:
    """Whether a reason for asking was given, and impact or urgency was asked for."""
    impact = call.case.facts_that(impact=True)
    reasons = call.that((Behaviour.GIVE_REASON,))
    return bool(reasons) and any(
        set(said.sentence.facts) & impact or rules.has_cue("impact", said.sentence.text)
        for said in (*questions, *reasons)
    )


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
    several = bool(choices) and (len(ways) != 1 or len(choices) >= 2)
    if not commits and not several:
        return 2
    return 4 if several and choices and _rounded_off(call, choices, rules) else 3


def _fits(call: Call, said: Said) -> bool:
    """Within the agent's authority; where that is not known every offer is taken to be."""
    return not said.sentence.over_promises and (
        not call.case.authority or bool(said.sentence.options) or said.does(Behaviour.GIVE_CHOICE)
    )


def _rounded_off(call: Call, choices: tuple[Said, ...], rules: RubricRules) -> bool:
    """Trade-off named, customer chose, recap and fallback."""
    offering = call.that((Behaviour.OFFER, Behaviour.GIVE_CHOICE))
    later = [said for said in call.said if said.place >= choices[0].place]
    return (
        any(rules.has_cue("trade_off", said.sentence.text) for said in offering)
        and any(_chooses(call.reply_to(said.turn), call.in_turn(said.turn), rules) for said in choices)
        and any(said.does(Behaviour.COMMIT, Behaviour.RESTATE) for said in later)
        and any(rules.has_cue("fallback", said.sentence.text) for said in later)
    )


def _chooses(reply: str, offered: Iterable[Said], rules: RubricRules) -> bool:
    """Whether the customer's reply takes one of the ways: it says so, or says words of one."""
    of_offers = {stem for said in offered if said.does(Behaviour.OFFER) for stem in stems(said.sentence.text)}
    return rules.has_cue("chooses", reply) or bool(stems(reply) & of_offers)


def _had_time(call: Call, turns: int, rules: RubricRules) -> bool:
    """Whether there were turns enough for a step to come; a turn of a few words that do nothing gave no time."""
    used = [
        turn
        for turn in call.turns
        if turn.delivery.words >= rules.limits.short_turn_words or any(s.labels for s in turn.sentences)
    ]
    longest = max((turn.delivery.words for turn in used), default=0)
    return len(used) >= turns or longest >= rules.limits.long_turn_words
