"""What a turn does to the customer: from graded sentences to the events that move the mood.

Reads grades only; the numbers are in `mood.yaml` and the arithmetic in `mood.py`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from simulator.grading.faults import interrogates, is_monologue
from simulator.grading.rubric_rules import rubric_rules
from simulator.records import ASKING, STEADY, Behaviour, CustomerLine, EndedBy, GradedSentence, Turn
from simulator.scenarios import Scenario

_MEETING_SOMETHING = frozenset(Behaviour) - {Behaviour.COURTESY}
_WAIT_S = 5.0
_AS_THEY_ARE = (
    Behaviour.OWN,
    Behaviour.REASSURE,
    Behaviour.GIVE_REASON,
    Behaviour.RESTATE,
    Behaviour.GIVE_CHOICE,
    Behaviour.COMMIT,
    Behaviour.CHECK_AGREEMENT,
    Behaviour.REFUSE,
    Behaviour.DISMISS,
    Behaviour.BLAME_CUSTOMER,
    Behaviour.HOSTILE,
    Behaviour.DEFLECT,
    Behaviour.VAGUE_PROMISE,
)


@dataclass(frozen=True)
class MoodEvent:
    """Something that moves the mood: its id in `mood.yaml`, the words, how strongly and how surely."""

    id: str
    quote: str | None = None
    strength: float = 1.0
    probability: float = 1.0


def events_of(turn: Turn, before: Sequence[Turn], scenario: Scenario) -> tuple[MoodEvent, ...]:
    """The events of a turn in the order in which they were said; `before` holds the turns so far."""
    if turn.ended_by is EndedBy.NOBODY_SPOKE or not turn.transcript.words:
        return (MoodEvent("dead_air"),)
    events = [*_challenged(turn), *_said(turn, before, scenario), *_whole_turn(turn), *_voice(turn)]
    return tuple(events)


def facts_told(before: Iterable[Turn], line: CustomerLine) -> frozenset[str]:
    """Ids of the facts that the customer has told in the turns so far and in the line that is answered now."""
    return frozenset(fact for turn in before for fact in turn.customer.facts_told) | set(line.facts_told)


def open_promises(turn: Turn, before: Sequence[Turn]) -> tuple[str, ...]:
    """Promises beyond authority, made before this turn, that the customer has not yet held against the candidate."""
    made = [p for earlier in before for sentence in earlier.sentences for p in sentence.over_promises]
    challenged = {said.customer.option for said in (*before, turn) if said.customer.event == "challenge"}
    return tuple(dict.fromkeys(promise for promise in made if promise not in challenged))


def _challenged(turn: Turn) -> Iterator[MoodEvent]:
    # The line that the candidate is now answering held them to the promise.
    if turn.customer.event == "challenge":
        yield MoodEvent("over_promise_challenged")


def _said(turn: Turn, before: Sequence[Turn], scenario: Scenario) -> Iterator[MoodEvent]:
    empathy = any(_is_empathy(sentence) for earlier in before for sentence in earlier.sentences)
    offered = {o for earlier in before for sentence in earlier.sentences for o in sentence.options}
    for sentence in turn.sentences:
        empathy = empathy or _is_empathy(sentence)
        yield from _one_sentence(sentence, empathy=empathy, offered=offered, scenario=scenario)
        offered |= set(sentence.options)


def _one_sentence(
    sentence: GradedSentence, *, empathy: bool, offered: set[str], scenario: Scenario
) -> Iterator[MoodEvent]:
    sure = {label.id: label.probability for label in sentence.labels}
    manner = "specific" if sentence.specific else "generic"
    for behaviour in (Behaviour.ACKNOWLEDGE, Behaviour.APOLOGISE):
        if behaviour in sure:
            yield MoodEvent(f"{behaviour}_{manner}", sentence.text, probability=sure[behaviour])
    if ASKING & sure.keys():
        yield _question(sentence)
    for behaviour in _AS_THEY_ARE:
        if behaviour in sure:
            yield MoodEvent(behaviour.value, sentence.text, probability=sure[behaviour])
    if Behaviour.CITE_POLICY in sure:
        when = "after" if empathy else "before"
        yield MoodEvent(f"policy_{when}_empathy", sentence.text, probability=sure[Behaviour.CITE_POLICY])
    for option in sentence.options:
        if option not in offered:
            # An option that settles 0.6 of the matter is the middling one for which the event is written.
            yield MoodEvent("option_fitting", sentence.text, strength=scenario.option(option).settles / 0.6)
    if Behaviour.OFFER in sure and not sentence.options and not sentence.over_promises:
        yield MoodEvent("option_loose", sentence.text)
    for _ in sentence.over_promises:
        yield MoodEvent("over_promise", sentence.text)


def _question(sentence: GradedSentence) -> MoodEvent:
    if sentence.re_asked and set(sentence.re_asked) == set(sentence.facts):
        return MoodEvent("re_ask", sentence.text)
    return MoodEvent("ask_targeted" if sentence.facts else "ask_loose", sentence.text)


def _whole_turn(turn: Turn) -> Iterator[MoodEvent]:
    limits = rubric_rules().limits
    waited_s = turn.delivery.response_gap_s or 0.0
    if waited_s >= _WAIT_S:
        yield MoodEvent("slow_answer", strength=waited_s // _WAIT_S)
    if interrogates(turn.sentences, limits):
        yield MoodEvent("interrogation", [s for s in turn.sentences if ASKING & s.behaviours][-1].text)
    if is_monologue(turn, limits) or turn.ended_by is EndedBy.TOO_LONG:
        yield MoodEvent("monologue")
    if not any(sentence.doubted or sentence.behaviours & _MEETING_SOMETHING for sentence in turn.sentences):
        yield MoodEvent("nothing_met", turn.transcript.text)


def _voice(turn: Turn) -> Iterator[MoodEvent]:
    """What the sound of the voice did, where it was measured."""
    voice = turn.delivery.voice
    if voice is None or voice.raised is None:
        return
    if voice.raised >= rubric_rules().tone.surely_raised:
        yield MoodEvent("hostile_voice", probability=voice.raised)
    elif voice.verdict == STEADY:
        yield MoodEvent("steady_voice")


def _is_empathy(sentence: GradedSentence) -> bool:
    return not sentence.behaviours.isdisjoint({Behaviour.ACKNOWLEDGE, Behaviour.APOLOGISE})
