"""A whole call as a row of sentences: the view on which the rubric's rules are written."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from simulator.cases import Case
from simulator.grading.matching import stems
from simulator.records import Behaviour, Evidence, GradedSentence, Turn


@dataclass(frozen=True)
class Said:
    """A sentence at its place in the call: `place` counts sentences over all turns."""

    place: int
    turn: int
    sentence: GradedSentence

    @property
    def evidence(self) -> Evidence:
        """Where to read and hear it."""
        return Evidence(self.turn, self.sentence.text, self.sentence.start_s, self.sentence.end_s)

    def does(self, *behaviours: Behaviour) -> bool:
        """Whether it carries any of the behaviours."""
        return not self.sentence.behaviours.isdisjoint(behaviours)


@dataclass(frozen=True)
class Call:
    """The turns of a call and what it was about, as far as that is known."""

    turns: tuple[Turn, ...]
    case: Case
    closing: str | None = None

    @cached_property
    def said(self) -> tuple[Said, ...]:
        """Every sentence of the candidate in order."""
        sentences = [(turn.index, sentence) for turn in self.turns for sentence in turn.sentences]
        return tuple(Said(place, turn, sentence) for place, (turn, sentence) in enumerate(sentences))

    def that(self, behaviours: Iterable[Behaviour]) -> tuple[Said, ...]:
        """The sentences that carry any of the behaviours."""
        wanted = tuple(behaviours)
        return tuple(said for said in self.said if said.does(*wanted))

    def in_turn(self, turn: int) -> tuple[Said, ...]:
        """The sentences of one turn."""
        return tuple(said for said in self.said if said.turn == turn)

    def told_before(self, turn: int) -> frozenset[str]:
        """Ids of the facts that the customer had told when a turn began."""
        return frozenset(fact for t in self.turns if t.index <= turn for fact in t.customer.facts_told)

    def reply_to(self, turn: int) -> str:
        """What the customer said after a turn; empty after the last one of a call that broke off."""
        later = next((t.customer.text for t in self.turns if t.index == turn + 1), None)
        return later if later is not None else self.closing or ""

    def news_in(self, turn: int) -> frozenset[str]:
        """The words of content, by their stems, that the customer's line before a turn is the first to say."""
        earlier = [t for t in self.turns if t.index < turn]
        known = {stem for t in earlier for text in (t.customer.text, t.transcript.text) for stem in stems(text)}
        return frozenset(s for t in self.turns if t.index == turn for s in stems(t.customer.text)) - known

    @property
    def words(self) -> int:
        """How many words the candidate said."""
        return sum(turn.delivery.words for turn in self.turns)

    @property
    def doubted_share(self) -> float:
        """Share of the words that stand in sentences of which the recogniser was unsure."""
        doubted = sum(len(said.sentence.text.split()) for said in self.said if said.sentence.doubted)
        return doubted / self.words if self.words else 0.0

    def doubted_between(self, start: float, end: float) -> bool:
        """Whether a sentence between two places, both excluded, was not understood for sure."""
        return any(said.sentence.doubted and start < said.place < end for said in self.said)
