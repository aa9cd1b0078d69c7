"""Scripted candidates: calls without a person, to see how a customer reacts before anybody meets them.

Their words are data (`scenarios/rules/scripts.yaml`) with the scenario's own facts and options in them, and go
through the real grader. Many calls are played side by side, because the grader labels many turns at once faster.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from simulator.customer.caller import Caller
from simulator.customer.events import facts_told
from simulator.errors import UsageError
from simulator.grading.matching import CaseReader, VectorBook
from simulator.grading.turns import Grader, SplitTurn, graded_sentences, texts_to_match
from simulator.records import CustomerLine, Ending, Label, Transcript, Turn, TurnText
from simulator.rules import Checked, load_rules
from simulator.scenarios import Fact, Scenario
from simulator.typed_turn import typed_turn

Labels = tuple[tuple[Label, ...], ...]
_SLOT = re.compile(r"\{([a-z]+)(?: ([a-z0-9]+))?\}")


class Script(Checked):
    """What a scripted candidate says; after the last turn, those from `again` on come again."""

    title: str
    turns: tuple[str, ...]
    again: int


class Expected(Checked):
    """What must come of the scripts; each names some."""

    ends_well: tuple[str, ...]
    never_satisfied: tuple[str, ...]
    ends_badly: tuple[str, ...]
    anger_order: tuple[str, ...]


class Scripts(Checked):
    """The file `scripts.yaml`."""

    version: int
    scripts: dict[str, Script]
    expected: Expected


def scripts() -> Scripts:
    """The scripted candidates that come with the program.

    Raises:
        ScenarioError: the file is faulty.
    """
    found: Scripts = load_rules("scripts", Scripts)
    return found


def find_script(name: str) -> Script:
    """A script by its name.

    Raises:
        UsageError: there is none of that name.
    """
    known = scripts().scripts
    if name not in known:
        raise UsageError(f"There is no scripted candidate called {name}; there are: {', '.join(known)}.")
    return known[name]


@dataclass
class ScriptedCall:
    """One call between a customer and a scripted candidate, as far as it has been played."""

    caller: Caller
    name: str
    turns: list[Turn] = field(default_factory=list)
    line: CustomerLine | None = None
    ending: Ending | None = None

    @property
    def anger(self) -> list[float]:
        """The customer's anger at the start and after each turn."""
        return [self.caller.start.anger, *(turn.reaction.mood.anger for turn in self.turns if turn.reaction)]


def play(calls: Sequence[ScriptedCall], grader: Grader) -> None:
    """Play calls to their ends, side by side."""
    book = VectorBook(grader)
    readers = {call.caller.scenario.id: CaseReader(call.caller.scenario.case, book) for call in calls}
    labels: dict[TurnText, Labels] = {}
    going = list(calls)
    for call in going:
        call.line = call.caller.opening()
    while going:
        split = [_next_turn(call) for call in going]
        new = [text for text in dict.fromkeys(turn.text for turn in split) if text not in labels]
        labels.update(zip(new, grader.label_turns(new), strict=True))
        # What will be matched with the cases is looked up at once.
        book.read([text for each in new for text in texts_to_match(each, labels[each])])
        for call, turn in zip(going, split, strict=True):
            _advance(call, turn, labels[turn.text], readers[call.caller.scenario.id])
        going = [call for call in going if not call.ending]


def words_of(script: Script, number: int, scenario: Scenario, told: frozenset[str]) -> str:
    """What a script says in its turn of a number (from 0), after the customer has told some facts."""
    count, again = len(script.turns), script.again - 1
    place = number if number < count else again + (number - count) % (count - again)
    return _Filler(scenario, told).filled(script.turns[place])


@dataclass
class _Filler:
    """Puts words of the scenario into a template."""

    scenario: Scenario
    told: frozenset[str]
    asked: set[str] = field(default_factory=set)

    def filled(self, template: str) -> str:
        return " ".join(_SLOT.sub(lambda slot: self._words(slot[1], slot[2]), template).split())

    def _words(self, kind: str, which: str | None) -> str:
        scenario = self.scenario
        if kind == "ask":
            fact = self._fact(which or "next")
            self.asked.add(fact.id)
            return fact.ask[0]
        if kind == "offer":
            return scenario.authority[(int(which or 1) - 1) % len(scenario.authority)].say[0]
        if kind == "beyond":
            return scenario.beyond_authority[(int(which or 1) - 1) % len(scenario.beyond_authority)].say[0]
        return str(getattr(scenario.model_answers, kind))

    def _fact(self, which: str) -> Fact:
        facts = self.scenario.facts
        if which == "identity":
            wanted = [fact for fact in facts if fact.identity]
        elif which == "told":
            wanted = [fact for fact in facts if fact.id in self.told]
        else:
            wanted = sorted((f for f in facts if f.id not in self.told | self.asked), key=lambda f: f.identity)
        return (wanted or list(facts))[0]


def _next_turn(call: ScriptedCall) -> SplitTurn:
    if call.line is None:
        raise AssertionError("a call that goes on has a line to answer")
    told = facts_told(call.turns, call.line)
    text = words_of(find_script(call.name), len(call.turns), call.caller.scenario, told)
    heard = " ".join([*(turn.customer.text for turn in call.turns), call.line.text])
    return SplitTurn.of(Transcript.typed(text), call.line.text, heard)


def _advance(call: ScriptedCall, split: SplitTurn, labels: Labels, case: CaseReader) -> None:
    if call.line is None:
        raise AssertionError("a call that goes on has a line to answer")
    told = facts_told(call.turns, call.line)
    transcript = Transcript(tuple(word for sentence in split.words for word in sentence), "typed")
    sentences = graded_sentences(split, labels, told, case)
    turn, line = typed_turn(call.caller, call.turns, call.line, transcript, sentences)
    call.turns.append(turn)
    call.line, call.ending = line, turn.reaction.ending if turn.reaction else None
