"""Dialogue: which line comes next. The reply first answers what was said, then lets the mood speak.

Chooses among the scenario's lines with the seeded generator that it is given; moves no mood.
"""

import random
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from simulator.customer.events import facts_told, open_promises
from simulator.grading.matching import stems
from simulator.grading.rubric_rules import RubricRules, rubric_rules
from simulator.records import (
    ASKING,
    CALMING,
    FAULTS,
    Behaviour,
    CustomerLine,
    EndedBy,
    Ending,
    Reaction,
    Turn,
)
from simulator.scenarios import LineEvent, Scenario

_MOST_FACTS_IN_A_REPLY = 2
_ONE_WORD, _OFF_TOPIC_WORDS, _OFF_TOPIC_CONTENT = 2, 4, 2
# A turn that does any of these, or asks for a fact of the case, is answered for it, whatever else it says. "Could you
# hold the line?" is a question by its form only.
_SUBSTANCE = frozenset(Behaviour) - {
    *ASKING,
    Behaviour.CHECK_AGREEMENT,
    Behaviour.COURTESY,
    Behaviour.VAGUE_PROMISE,
    Behaviour.GIVE_REASON,
}
_ENDING_LINES = {
    Ending.ESCALATED: LineEvent.ESCALATION,
    Ending.HANG_UP: LineEvent.HANG_UP,
    Ending.SATISFIED: LineEvent.THANKS,
    Ending.GRUDGING: LineEvent.GRUDGING,
    Ending.FOLLOW_UP: LineEvent.FOLLOW_UP,
    Ending.UNRESOLVED: LineEvent.GIVING_UP,
}


@dataclass(frozen=True)
class _Part:
    """A piece of a reply."""

    text: str
    event: str
    fact: str | None = None
    option: str | None = None


def opening_line(scenario: Scenario, rng: random.Random, anger: float) -> CustomerLine:
    """How the customer begins."""
    return CustomerLine(rng.choice(scenario.lines_for(LineEvent.OPENING, anger)), LineEvent.OPENING.value)


def reply(
    scenario: Scenario, turn: Turn, before: Sequence[Turn], reaction: Reaction, rng: random.Random
) -> CustomerLine:
    """What the customer says after a turn; `before` holds the turns so far."""
    writer = _Writer(scenario, turn, tuple(before), reaction, rng)
    parts = list(writer.parts())
    return CustomerLine(
        text=" ".join(part.text for part in parts),
        event=parts[0].event,
        facts_told=tuple(part.fact for part in parts if part.fact),
        option=next((part.option for part in parts if part.option), None),
    )


@dataclass(frozen=True)
class _Writer:
    scenario: Scenario
    turn: Turn
    before: tuple[Turn, ...]
    reaction: Reaction
    rng: random.Random

    def parts(self) -> Iterator[_Part]:
        """The pieces of the reply in the order in which they are said."""
        if self.reaction.ending:
            yield from self._ending(self.reaction.ending)
        elif self.turn.ended_by is EndedBy.NOBODY_SPOKE or not self.turn.transcript.words:
            yield self._line(LineEvent.SILENCE)
        elif self.turn.ended_by is EndedBy.TOO_LONG:
            yield self._line(LineEvent.CUT_SHORT)
        elif occasion := self._occasion():
            yield self._line(occasion)
        elif promises := open_promises(self.turn, self.before):
            yield _Part(self.scenario.beyond(promises[0]).challenge, "challenge", option=promises[0])
        else:
            yield from self._answer_and_mood()

    def _occasion(self) -> LineEvent | None:
        """What the whole turn is, where the customer answers that and nothing else."""
        text = self.turn.transcript.text
        if self._rules.has_cue("abuse", text):
            return LineEvent.ABUSED
        if self._did(*_SUBSTANCE) or self._named("facts"):
            return None
        cues = ((LineEvent.ON_HOLD, "hold"), (LineEvent.MANAGER, "manager"), (LineEvent.CALL_BACK, "call_back"))
        for occasion, cue in cues:
            if self._rules.has_cue(cue, text):
                return occasion
        if self._did(*frozenset(Behaviour)) or any(sentence.doubted for sentence in self.turn.sentences):
            return None
        words = len(self.turn.transcript.words)
        if words <= _ONE_WORD:
            return LineEvent.ONE_WORD
        return LineEvent.OFF_TOPIC if words >= _OFF_TOPIC_WORDS and not self._on_the_matter(text) else None

    def _on_the_matter(self, text: str) -> bool:
        """Whether any word of content has been in this call, or in this case, before; a greeting is not beside it."""
        said = " ".join(turn.customer.text for turn in (*self.before, self.turn))
        case = self.scenario.case
        entries = (*case.facts, *case.authority, *(case.beyond or ()))
        known = " ".join([*case.details, *(entry.label for entry in entries)])
        said_now = stems(text)
        return len(said_now) < _OFF_TOPIC_CONTENT or not said_now.isdisjoint(stems(f"{said} {known}"))

    @property
    def _rules(self) -> RubricRules:
        return rubric_rules()

    def _ending(self, ending: Ending) -> Iterator[_Part]:
        if ending in {Ending.SATISFIED, Ending.GRUDGING}:
            yield from self._choice()
        yield self._line(_ENDING_LINES[ending])

    def _answer_and_mood(self) -> Iterator[_Part]:
        hurt = self._did(*FAULTS)
        soothed = self._did(*CALMING) and not hurt
        answers = list(self._answers())
        vague = self._did(Behaviour.VAGUE_PROMISE) and not self._did(*FAULTS - {Behaviour.VAGUE_PROMISE})
        if vague:
            yield self._line(LineEvent.DOUBTING)
        elif self._did(Behaviour.HOSTILE):
            yield self._line(LineEvent.ABUSED)
        elif hurt:
            yield self._line(LineEvent.PUSHING_BACK)
        elif soothed:
            yield self._line(LineEvent.COOLING)
        yield from answers
        if not answers and not hurt and not soothed:
            yield self._line(LineEvent.NOT_HEARD)
        if not any(part.fact or part.option for part in answers):
            # With nothing answered, the customer brings the talk back to what they want.
            yield self._line(LineEvent.PRESSING if soothed or answers else LineEvent.VENTING)

    def _answers(self) -> Iterator[_Part]:
        if self._did(Behaviour.RESTATE):
            yield self._line(LineEvent.CONFIRMING)
        told = facts_told(self.before, self.turn.customer)
        asked = [fact for sentence in self.turn.sentences for fact in sentence.facts]
        new = list(dict.fromkeys(fact for fact in asked if fact not in told))
        anger = self.reaction.mood.anger
        for fact_id in new[:_MOST_FACTS_IN_A_REPLY]:
            yield _Part(self.scenario.fact(fact_id).answer.at(anger), "answer", fact=fact_id)
        if asked and not new:
            yield self._line(LineEvent.ASKED_AGAIN)
        elif self._did(*ASKING) and not asked:
            yield from self._next_fact(told)
        yield from self._to_offers()

    def _next_fact(self, told: Set[str]) -> Iterator[_Part]:
        """An open question gets the story: the next fact that is no mere check of who calls."""
        if not self._did(Behaviour.ASK_OPEN):
            return
        story = [f for f in self.scenario.facts if f.id not in told and not f.identity]
        for fact in story[:1]:
            yield _Part(fact.answer.at(self.reaction.mood.anger), "answer", fact=fact.id)

    def _to_offers(self) -> Iterator[_Part]:
        anger = self.reaction.mood.anger
        promised = {p for turn in self.before for s in turn.sentences for p in s.over_promises}
        for promise in self._named("over_promises")[:1]:
            if promise in promised:
                yield self._line(LineEvent.DOUBTING)
                return
            yield _Part(self.scenario.beyond(promise).answer.at(anger), "offered", option=promise)
            return
        if self._did(Behaviour.GIVE_CHOICE):
            yield from self._choice()
            return
        if self._did(Behaviour.OFFER) and not self._named("options"):
            yield self._line(LineEvent.DOUBTING)
            return
        earlier = {option for turn in self.before for s in turn.sentences for option in s.options}
        for option in [o for o in self._named("options") if o not in earlier][:1]:
            yield _Part(self.scenario.option(option).answer.at(anger), "offered", option=option)

    def _choice(self) -> Iterator[_Part]:
        """The customer takes the offered option that settles most."""
        offered = {o for turn in (*self.before, self.turn) for s in turn.sentences for o in s.options}
        chosen = any(turn.customer.event == "chosen" for turn in (*self.before, self.turn))
        if offered and not chosen:
            best = max(sorted(offered), key=lambda option: self.scenario.option(option).settles)
            yield _Part(self.scenario.option(best).chosen, "chosen", option=best)

    def _named(self, what: str) -> list[str]:
        return [name for sentence in self.turn.sentences for name in getattr(sentence, what)]

    def _did(self, *behaviours: Behaviour) -> bool:
        return any(not s.behaviours.isdisjoint(behaviours) for s in self.turn.sentences)

    def _line(self, event: LineEvent) -> _Part:
        """A line for an occasion that was not said yet in this call, as long as there is one."""
        spoken = " ".join(turn.customer.text for turn in (*self.before, self.turn))
        fitting = self.scenario.lines_for(event, self.reaction.mood.anger)
        # Where every line of this mood was said, one of a neighbouring mood is better than one said before.
        for lines in (fitting, self.scenario.every_line_for(event)):
            if new := [line for line in lines if line not in spoken]:
                return _Part(self.rng.choice(new), event.value)
        return _Part(self.rng.choice(fitting), event.value)
