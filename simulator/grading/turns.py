"""Grading one turn: words in, graded sentences out. Joins sentences, behaviours and the case."""

from collections.abc import Sequence, Set
from dataclasses import replace
from typing import Protocol

from simulator.grading.case import Case
from simulator.grading.sentences import split_sentences
from simulator.records import ASKING, Behaviour, GradedSentence, Label, Transcript

_OFFERING = frozenset({Behaviour.OFFER, Behaviour.GIVE_CHOICE, Behaviour.COMMIT})
_NAMING_HARM = frozenset({Behaviour.ACKNOWLEDGE, Behaviour.APOLOGISE})


class BehaviourGrader(Protocol):
    """Finds the behaviours of the sentences of a turn."""

    @property
    def name(self) -> str:
        """How sessions name it."""

    def labels(self, sentences: Sequence[str], customer: str = "") -> tuple[tuple[Label, ...], ...]:
        """Labels of each sentence of a turn that answers the `customer`'s line."""


def grade_turn(
    transcript: Transcript, customer: str, told: Set[str], case: Case, grader: BehaviourGrader
) -> tuple[GradedSentence, ...]:
    """Every sentence of a turn with what it does.

    `customer` is the line that was answered; `told` holds the ids of the facts that the customer has told.
    """
    sentences = split_sentences(transcript.words)
    texts = [" ".join(word.text for word in words) for words in sentences]
    graded: list[GradedSentence] = []
    for words, text, labels in zip(sentences, texts, grader.labels(texts, customer), strict=True):
        before = graded[-1] if graded else None
        # "Two trips for nothing. I'm so sorry." names the hardship in a sentence of its own.
        harm = f"{before.text} {text}" if before and not before.labels else text
        names_harm = bool(_NAMING_HARM & {label.id for label in labels})
        sentence = GradedSentence(
            text=text,
            start_s=words[0].start_s,
            end_s=words[-1].end_s,
            labels=labels,
            specific=names_harm and case.is_specific(harm, customer),
        )
        graded.append(_with_case(sentence, told, case))
    return tuple(graded)


def _with_case(sentence: GradedSentence, told: Set[str], case: Case) -> GradedSentence:
    """The sentence with the facts that it asks for and the remedies that it names."""
    facts = case.facts_in(sentence.text) if sentence.behaviours & ASKING else ()
    options, over_promises = case.options_in(sentence.text) if sentence.behaviours & _OFFERING else ((), ())
    re_asked = tuple(fact for fact in facts if fact in told)
    return replace(sentence, facts=facts, re_asked=re_asked, options=options, over_promises=over_promises)
