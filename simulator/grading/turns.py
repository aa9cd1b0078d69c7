"""Grading one turn: words in, graded sentences out. Joins sentences, behaviours and the case."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Protocol

from simulator.grading.amounts import numbers_in, sums_in
from simulator.grading.matching import CaseReader, Matcher, matched_texts
from simulator.grading.rubric_rules import rubric_rules
from simulator.grading.sentences import split_sentences
from simulator.records import ASKING, Behaviour, GradedSentence, Label, Transcript, TurnText, Word

_OFFERING = frozenset({Behaviour.OFFER, Behaviour.GIVE_CHOICE, Behaviour.COMMIT})
_NAMING_HARM = frozenset({Behaviour.ACKNOWLEDGE, Behaviour.APOLOGISE})
_BEYOND = "something beyond authority"


class BehaviourGrader(Protocol):
    """Finds the behaviours of sentences."""

    @property
    def name(self) -> str:
        """How sessions name it."""

    def label_turns(self, turns: Sequence[TurnText]) -> tuple[tuple[tuple[Label, ...], ...], ...]:
        """Labels of each sentence of each turn; many turns at once go faster than one by one."""


class Grader(BehaviourGrader, Matcher, Protocol):
    """Finds behaviours, and matches sentences with the case."""

    def prepare(self) -> None:
        """Begin to load in the background, where that takes time."""


@dataclass(frozen=True)
class SplitTurn:
    """A transcript in sentences. `heard` holds all that the customer has said so far."""

    words: tuple[tuple[Word, ...], ...]
    text: TurnText
    heard: str

    @classmethod
    def of(cls, transcript: Transcript, customer: str, heard: str = "") -> "SplitTurn":
        """Split what was said in answer to the customer's line."""
        sentences = split_sentences(transcript.words)
        text = TurnText(tuple(" ".join(w.text for w in words) for words in sentences), customer)
        return cls(sentences, text, heard or customer)


def grade_turn(
    transcript: Transcript, customer: str, told: Set[str], case: CaseReader, grader: BehaviourGrader
) -> tuple[GradedSentence, ...]:
    """Every sentence of a turn with what it does.

    `customer` is the line that was answered; `told` holds the ids of the facts that the customer has told.
    """
    turn = SplitTurn.of(transcript, customer)
    (labels,) = grader.label_turns((turn.text,))
    return graded_sentences(turn, labels, told, case)


def graded_sentences(
    turn: SplitTurn, labels: Sequence[tuple[Label, ...]], told: Set[str], case: CaseReader
) -> tuple[GradedSentence, ...]:
    """The labelled sentences of a turn with what they mean in the case."""
    graded: list[GradedSentence] = []
    for words, text, found in zip(turn.words, turn.text.sentences, labels, strict=True):
        sentence = GradedSentence(text, words[0].start_s, words[-1].end_s)
        if fmean(word.probability for word in words) < rubric_rules().limits.doubted_word:
            graded.append(replace(sentence, doubted=True))
            continue
        before = graded[-1] if graded else None
        # "Two trips for nothing. I'm so sorry." names the hardship in a sentence of its own.
        harm = f"{before.text} {text}" if before and not before.labels else text
        names_harm = bool(_NAMING_HARM & {label.id for label in found})
        specific = names_harm and case.is_specific(harm, turn.text.customer)
        graded.append(_with_case(replace(sentence, labels=found, specific=specific), told, turn.heard, case))
    return tuple(graded)


def asks(labels: Sequence[Label]) -> bool:
    """Whether a sentence with these labels is matched with the facts."""
    return any(label.id in ASKING for label in labels)


def offers(labels: Sequence[Label]) -> bool:
    """Whether a sentence with these labels is matched with the remedies."""
    return any(label.id in _OFFERING for label in labels)


def texts_to_match(text: TurnText, labels: Sequence[Sequence[Label]]) -> list[str]:
    """All that will be compared with the case of a labelled turn: of the sentences that ask or offer."""
    return [
        part
        for sentence, found in zip(text.sentences, labels, strict=True)
        if asks(found) or offers(found)
        for part in matched_texts(sentence)
    ]


def _with_case(sentence: GradedSentence, told: Set[str], heard: str, case: CaseReader) -> GradedSentence:
    """The sentence with the facts that it asks for and the remedies that it names."""
    facts = case.facts_in(sentence.text) if asks(sentence.labels) else ()
    options, over_promises = case.options_in(sentence.text) if offers(sentence.labels) else ((), ())
    if Behaviour.OFFER in sentence.behaviours and case.case.beyond is None and _is_beyond(sentence.text, heard, case):
        options, over_promises = (), (_BEYOND,)
    re_asked = tuple(fact for fact in facts if fact in told)
    return replace(sentence, facts=facts, re_asked=re_asked, options=options, over_promises=over_promises)


def _is_beyond(offer: str, heard: str, case: CaseReader) -> bool:
    """Whether an offer gives away something of value far from every remedy, or a sum that nobody spoke of before."""
    if case.is_beyond_all(offer):
        return rubric_rules().has_cue("grants", offer)
    sums = sums_in(offer)
    return bool(sums) and not sums & case.numbers and not sums & numbers_in(heard)
