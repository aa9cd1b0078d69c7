"""Grading one turn: words in, graded sentences out. Joins sentences, behaviours and the case."""

from collections.abc import Set
from typing import Protocol

from simulator.grading.case import Case
from simulator.grading.sentences import split_sentences
from simulator.records import ASKING, Behaviour, GradedSentence, Label, Transcript, Word

_OFFERING = frozenset({Behaviour.OFFER, Behaviour.GIVE_CHOICE, Behaviour.COMMIT})
_NAMING_HARM = frozenset({Behaviour.ACKNOWLEDGE, Behaviour.APOLOGISE})


class BehaviourGrader(Protocol):
    """Finds the behaviours of one sentence."""

    @property
    def name(self) -> str:
        """How sessions name it."""

    def labels(self, sentence: str, *, before: str = "", customer: str = "") -> tuple[Label, ...]:
        """Labels of a sentence, given the one `before` it and the `customer`'s line."""


def grade_turn(
    transcript: Transcript, customer: str, told: Set[str], case: Case, grader: BehaviourGrader
) -> tuple[GradedSentence, ...]:
    """Every sentence of a turn with what it does.

    `customer` is the line that was answered; `told` holds the ids of the facts that the customer has told.
    """
    graded: list[GradedSentence] = []
    for words in split_sentences(transcript.words):
        before = graded[-1] if graded else None
        graded.append(_grade_sentence(words, before, customer, told, case, grader))
    return tuple(graded)


def _grade_sentence(
    words: tuple[Word, ...],
    before: GradedSentence | None,
    customer: str,
    told: Set[str],
    case: Case,
    grader: BehaviourGrader,
) -> GradedSentence:
    text = " ".join(word.text for word in words)
    labels = grader.labels(text, before=before.text if before else "", customer=customer)
    behaviours = {label.id for label in labels}
    facts = case.facts_in(text) if behaviours & ASKING else ()
    options, over_promises = case.options_in(text) if behaviours & _OFFERING else ((), ())
    # "Two trips for nothing. I'm so sorry." names the hardship in a sentence of its own.
    harm = f"{before.text} {text}" if before and not before.labels else text
    return GradedSentence(
        text=text,
        start_s=words[0].start_s,
        end_s=words[-1].end_s,
        labels=labels,
        specific=bool(behaviours & _NAMING_HARM) and case.is_specific(harm, customer),
        facts=facts,
        re_asked=tuple(fact for fact in facts if fact in told),
        options=options,
        over_promises=over_promises,
    )
