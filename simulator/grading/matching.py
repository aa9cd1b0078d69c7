"""The case behind the words: which fact a question reaches, which remedy an offer names, which detail an
acknowledgement takes up.

A sentence belongs to the entry whose wordings lie nearest to it or to one of its clauses, if they are near enough.
Details are found by shared words, compared by their first letters, which brings "leak" and "leaking" together.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from simulator.cases import Case, Entry
from simulator.grading.amounts import numbers_in

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STEM_LETTERS = 5
_NEAREST_WORDINGS = 2
_FAR = 0.3  # nearness below which an offer is surely none of the remedies; nine in ten of the authorised lie above
_DETAIL_HELD = 0.6  # share of a detail's words that a sentence must hold
_LONG_DETAIL = 6  # words from which a detail is a story, and sharing a few words of it is enough
_SHARED_WORDS = 2  # words shared with a story or with the customer's line that make a sentence specific
_LEAST_WORDS = 3  # of a clause that is compared by itself
_MOST_WORDS = 20  # of a sentence that is compared as a whole; a longer one says several things
_CLAUSE = re.compile(r"[,;:?.]?\s+(?:and then|or else|and|or|plus|then)\s+|[,;:?.]\s+")
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
# Words that say nothing of the case. Pronouns, auxiliaries, courtesies, words of feeling, and small verbs.
_EMPTY = frozenset(
    """a about again all also am an and any anything are as at back be because been before being but by can can't
    cannot could did do does doesn't doing don't done else even ever every feel feeling for from get getting
    give go going good got had has have having he hear heard help her here him his how i i'd i'll i'm i've if in
    is isn't it it's its just keep know let like look made make may me mean mr mrs ms must my need no not now of
    off oh ok okay on once one only or our out over please put really right said same say see she should so some
    somebody someone something sorry still such sure take tell thank thanks that that's the their them then there
    they thing things this those time to too um uh understand until up us very want was wasn't way we we'd we'll
    we're we've well were what what's when where which while who why will with won't would yes yet you you'd
    you'll you're you've your yourself apologise apologies apologize frustrated frustrating upset upsetting angry
    anger annoyed annoying hard difficult experience situation problem issue trouble inconvenience happened
    happen exactly everything imagine appreciate absolutely completely totally terrible awful""".split()
)


@dataclass(frozen=True)
class Bars:
    """The nearness from which a question asks for a fact, an offer names a remedy, a customer tells a fact."""

    asks: float
    says: float
    tells: float


class Matcher(Protocol):
    """Gives vectors that are near each other where texts belong together."""

    @property
    def bars(self) -> Bars:
        """From which nearness on a text belongs to an entry."""

    def vectors(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Vectors of length 1 and of shape (texts, size)."""


class VectorBook:
    """Remembers a matcher's vectors; many texts at once go several times faster than one by one."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._known: dict[str, NDArray[np.float32]] = {}

    @property
    def bars(self) -> Bars:
        """From which nearness on a text belongs to an entry."""
        return self._matcher.bars

    def read(self, texts: Sequence[str]) -> None:
        """Look texts up before they are asked for."""
        if texts:
            self.vectors(texts)

    def vectors(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Vectors of length 1 and of shape (texts, size)."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._matcher.vectors(new), strict=True))
        return np.stack([self._known[text] for text in texts])


class CaseReader:
    """What sentences mean in a case. Without entries nothing is reached."""

    def __init__(self, case: Case, matcher: Matcher) -> None:
        self.case, self._matcher = case, matcher
        self._details = [stems(detail) for detail in case.details]

    def warm_up(self) -> None:
        """Read the case's entries now, so that the first answer need not wait for it."""
        _ = self._facts, self._remedies

    def facts_in(self, question: str) -> tuple[str, ...]:
        """Ids of the facts that a question reaches, in the order of the question."""
        return self._facts.reached(question, self._matcher.bars.asks)

    def facts_told_in(self, line: str) -> tuple[str, ...]:
        """Ids of the facts that a customer tells."""
        return self._facts.reached(line, self._matcher.bars.tells)

    def options_in(self, offer: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Ids of the remedies that an offer names: within the agent's authority, and beyond it."""
        reached = self._remedies.reached(offer, self._matcher.bars.says)
        words, beyond = stems(offer), self._named_beyond
        # An over-promise fails the call, so it must name what it promises: "I'll do it right now" does not.
        promised = tuple(i for i in reached if i in beyond and words & beyond[i])
        return tuple(i for i in reached if i not in beyond), promised

    def is_beyond_all(self, offer: str) -> bool:
        """Whether an offer lies far from every remedy of the case, so that it cannot be one of them."""
        return self._remedies.nearest(offer) < _FAR

    @cached_property
    def numbers(self) -> frozenset[int]:
        """Every number in the case's words."""
        entries = (*self.case.facts, *self.case.authority)
        return numbers_in(" ; ".join([*self.case.details, *(way for entry in entries for way in entry.ways)]))

    def is_specific(self, sentence: str, customer: str = "") -> bool:
        """Whether a sentence takes up a detail of the case or of the customer's last line."""
        words = stems(sentence)
        return any(
            len(words & detail) >= (_SHARED_WORDS if len(detail) >= _LONG_DETAIL else _DETAIL_HELD * len(detail))
            for detail in [*self._details, stems(customer)]
            if words & detail
        )

    @cached_property
    def _named_beyond(self) -> dict[str, frozenset[str]]:
        """The words that name each remedy beyond the agent's authority."""
        return {entry.id: frozenset[str]().union(*map(stems, entry.ways)) for entry in self.case.beyond or ()}

    @cached_property
    def _facts(self) -> "_Entries":
        return _Entries(self.case.facts, self._matcher)

    @cached_property
    def _remedies(self) -> "_Entries":
        return _Entries((*self.case.authority, *(self.case.beyond or ())), self._matcher)


class _Entries:
    """A list of entries with the vectors of their wordings."""

    def __init__(self, entries: Iterable[Entry], matcher: Matcher) -> None:
        self._entries, self._matcher = tuple(entries), matcher
        self._wordings = [matcher.vectors(entry.ways) for entry in self._entries]

    def reached(self, sentence: str, bar: float) -> tuple[str, ...]:
        """Ids of the entries to which the sentence or a clause of it belongs, at this nearness or a greater one."""
        if not self._entries:
            return ()
        near = self._near(sentence)
        best = near.argmax(axis=1)
        reached = [self._entries[b].id for row, b in zip(near, best, strict=True) if row[b] >= bar]
        return tuple(dict.fromkeys(reached))

    def nearest(self, sentence: str) -> float:
        """How near the nearest entry is to the sentence or a clause of it; -1 where there are none."""
        return float(self._near(sentence).max()) if self._entries else -1.0

    def _near(self, sentence: str) -> "NDArray[np.float32]":
        return nearness(self._matcher.vectors(matched_texts(sentence)), self._wordings)


def nearness(texts: "NDArray[np.float32]", entries: Sequence["NDArray[np.float32]"]) -> "NDArray[np.float32]":
    """How near each text is to each entry, of shape (texts, entries): the mean cosine to its two nearest wordings.

    Takes vectors of length 1, of shape (texts, size), and for each entry (wordings, size). One wording may lie near
    by chance; with two, a third fewer texts are matched falsely than with the nearest alone.
    """
    cosines = [np.sort(texts @ wordings.T, axis=1)[:, -_NEAREST_WORDINGS:] for wordings in entries]
    return np.stack([of_entry.mean(axis=1) for of_entry in cosines], axis=1)


def matched_texts(sentence: str) -> tuple[str, ...]:
    """What of a sentence is compared with the case: the whole of it, if it is not long, and its clauses."""
    clauses = [clause.strip() for clause in _CLAUSE.split(sentence)]
    clauses = [clause for clause in clauses if len(clause.split()) >= _LEAST_WORDS]
    whole = len(sentence.split()) <= _MOST_WORDS or len(clauses) < 2
    return tuple(dict.fromkeys([*([sentence] if whole else []), *clauses]))


def stems(text: str) -> frozenset[str]:
    """The content words of a text, each cut to its first letters."""
    words = _WORD.findall(text.lower().replace("’", "'"))
    return frozenset(word[:_STEM_LETTERS] for word in words if word not in _EMPTY)
