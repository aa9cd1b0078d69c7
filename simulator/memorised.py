"""Answers that have become nearly the same from call to call: a script learnt by heart.

Compares the words of sentences, not what they mean: to be kind in like ways is fine, to recite is not.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from simulator.records import Behaviour, Turn

# The same order number is asked for in the same words in every call: that is work, and no recital.
_FORMULAS = frozenset({Behaviour.COURTESY, Behaviour.CHECK_AGREEMENT, Behaviour.ASK_SPECIFIC})
_LEAST_WORDS = 8
_SHINGLE = 5  # words in a row
# Of 20,257 sentences of the corpus this holds one pair of a writer's for the same; 0.15 would hold eight. It finds 90
# in 100 of them again with one word changed in twenty, 84 with one in ten; a recited answer has several sentences.
_ALIKE = 0.2

Shingles = frozenset[tuple[str, ...]]


@dataclass(frozen=True)
class Said:
    """A sentence with its place. `turn` is the index of the turn."""

    session: str
    turn: int
    text: str


@dataclass(frozen=True)
class Recital:
    """A sentence and the earlier one, of another call, that it repeats. `likeness` is the Jaccard index, 0 to 1."""

    earlier: Said
    later: Said
    likeness: float


def said_in(calls: Mapping[str, Sequence[Turn]]) -> tuple[Said, ...]:
    """The sentences of calls, by session id and oldest first, that are neither courtesy nor a mere formula."""
    return tuple(
        Said(session, turn.index, sentence.text)
        for session, turns in calls.items()
        for turn in turns
        for sentence in turn.sentences
        if not sentence.behaviours or sentence.behaviours - _FORMULAS
    )


def recitals(said: Iterable[Said]) -> tuple[Recital, ...]:
    """Every sentence that repeats one of an earlier call, with the one that it repeats most closely."""
    before: list[tuple[Said, Shingles]] = []
    holders: dict[tuple[str, ...], list[int]] = {}
    found: list[Recital] = []
    for sentence in said:
        shingles = _shingles(sentence.text)
        alike = Counter(index for shingle in shingles for index in holders.get(shingle, ()))
        likenesses = [
            (shared / (len(shingles) + len(before[index][1]) - shared), index)
            for index, shared in alike.items()
            if before[index][0].session != sentence.session
        ]
        likeness, index = max(likenesses, default=(0.0, 0))
        if likeness >= _ALIKE:
            found.append(Recital(before[index][0], sentence, likeness))
        for shingle in shingles:
            holders.setdefault(shingle, []).append(len(before))
        before.append((sentence, shingles))
    return tuple(found)


def warning(found: Sequence[Recital]) -> str:
    """A kind word to the candidate about what is recited; empty where nothing is."""
    if not found:
        return ""
    calls = {said.session for recital in found for said in (recital.earlier, recital.later)}
    sentences = "One sentence" if len(found) == 1 else f"{len(found)} sentences"
    return (
        f"{sentences} in {len(calls)} calls came in nearly the same words as before. That happens to everybody who "
        "practises; a customer hears it, though. Next time take up a word that they have just said, and the rest "
        "will be new by itself."
    )


def _shingles(text: str) -> Shingles:
    words = list(_words(text))
    if len(words) < _LEAST_WORDS:
        return frozenset()
    return frozenset(tuple(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1))


def _words(text: str) -> Iterator[str]:
    return (match[0] for match in re.finditer(r"[^\W_]+(?:'[^\W_]+)?", text.lower().replace("’", "'")))
