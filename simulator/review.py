"""What a coach's corrections make of a call: the same rules over the corrected evidence.

The machine's grade stays as it was; a review is another reading of the same turns. Knows nothing of stores or pages.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from simulator.cases import Case
from simulator.grading.rubric import assess
from simulator.records import (
    Assessment,
    Comment,
    GradedSentence,
    Label,
    LabelChange,
    LevelChange,
    ReviewEntry,
    Session,
    Turn,
    WholeCallHeard,
)


@dataclass(frozen=True)
class Reading:
    """A call as one coach hears it. `complete`: the whole of it was heard, so that silence is agreement."""

    author: str
    turns: tuple[Turn, ...]
    assessment: Assessment
    complete: bool
    corrections: int


def standing(entries: Iterable[ReviewEntry]) -> tuple[ReviewEntry, ...]:
    """The entries that were not undone."""
    return tuple(entry for entry in entries if entry.undone_at is None)


def readings(session: Session, case: Case, entries: Iterable[ReviewEntry]) -> tuple[Reading, ...]:
    """One reading for every coach who corrected or confirmed something, by name."""
    graders = [entry for entry in standing(entries) if not isinstance(entry.review, Comment)]
    by_author: dict[str, list[ReviewEntry]] = {}
    for entry in graders:
        by_author.setdefault(entry.author, []).append(entry)
    return tuple(_reading(author, session, case, by_author[author]) for author in sorted(by_author))


def corrected_turns(turns: Iterable[Turn], entries: Iterable[ReviewEntry]) -> tuple[Turn, ...]:
    """The turns with a coach's labels; of two changes of one label the later counts."""
    changes = [entry.review for entry in entries if isinstance(entry.review, LabelChange)]
    return tuple(_corrected(turn, [c for c in changes if c.turn == turn.index]) for turn in turns)


def _reading(author: str, session: Session, case: Case, entries: Sequence[ReviewEntry]) -> Reading:
    turns = corrected_turns(session.turns, entries)
    levels: dict[str, int | None] = {
        e.review.step: e.review.level for e in entries if isinstance(e.review, LevelChange)
    }
    return Reading(
        author=author,
        turns=turns,
        assessment=assess(turns, case, session.closing, levels),
        complete=any(isinstance(entry.review, WholeCallHeard) for entry in entries),
        corrections=sum(not isinstance(entry.review, WholeCallHeard) for entry in entries),
    )


def _corrected(turn: Turn, changes: Sequence[LabelChange]) -> Turn:
    if not changes:
        return turn
    sentences = list(turn.sentences)
    for change in changes:
        if change.sentence < len(sentences):
            sentences[change.sentence] = _changed(sentences[change.sentence], change)
    return replace(turn, sentences=tuple(sentences))


def _changed(sentence: GradedSentence, change: LabelChange) -> GradedSentence:
    others = tuple(label for label in sentence.labels if label.id != change.behaviour)
    # A coach understood what the recogniser doubted.
    if change.present:
        return replace(sentence, labels=(*others, Label(change.behaviour, 1.0)), doubted=False)
    return replace(sentence, labels=others)
