"""The case behind the words: which fact a question reaches, which remedy an offer names, which detail an
acknowledgement takes up.

First form, by shared words: a sentence reaches a phrasing of the scenario when it holds enough of its
content words, rare ones counting more. Words are compared by their first letters, which brings "leak" and
"leaking" together.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from simulator.scenarios import Scenario

_STEM_LETTERS = 5
_REACHES = 0.5  # share of a phrasing's weight that a sentence must hold
_ECHOED_WORDS = 2  # words shared with the customer's last line that make a sentence specific
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
# Words that say nothing of the case. Pronouns, auxiliaries, courtesies, words of feeling, and small verbs.
_EMPTY = frozenset(
    """a about again all also am an and any anything are as at back be because been before being but by can can't
    cannot could dana did do does doesn't doing don't done else even ever every feel feeling for from get getting
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


class Case:
    """What a scenario's words mean. Without a scenario nothing is reached and nothing is beyond authority."""

    def __init__(self, scenario: Scenario | None) -> None:
        self.scenario = scenario
        self._facts = {f.id: f.ask for f in scenario.facts} if scenario else {}
        self._options = {o.id: o.say for o in scenario.authority} if scenario else {}
        self._beyond = {b.id: b.say for b in scenario.beyond_authority} if scenario else {}
        self._details = {detail: (detail,) for detail in scenario.grievance.details} if scenario else {}
        phrasings = [
            p for ways in (*self._facts.values(), *self._options.values(), *self._beyond.values()) for p in ways
        ]
        self._rarity = _rarity([*phrasings, *self._details])

    def facts_in(self, question: str) -> tuple[str, ...]:
        """Ids of the facts that a question reaches, the clearest first."""
        return self._reached(question, self._facts)

    def options_in(self, offer: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Ids of the remedies that an offer names: within the agent's authority, and beyond it."""
        reached = self._reached(offer, {**self._options, **self._beyond})
        return (
            tuple(name for name in reached if name in self._options),
            tuple(name for name in reached if name in self._beyond),
        )

    def is_specific(self, sentence: str, customer: str = "") -> bool:
        """Whether a sentence takes up a detail of the case or of the customer's last line."""
        words = stems(sentence)
        if any(self._share(words, stems(detail)) >= _REACHES for detail in self._details):
            return True
        return len(words & stems(customer)) >= _ECHOED_WORDS

    def _reached(self, sentence: str, phrasings: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
        words = stems(sentence)
        best: dict[str, tuple[float, frozenset[str]]] = {}
        for name, ways in phrasings.items():
            wanted = max((stems(way) for way in ways), key=lambda way: (self._share(words, way), len(way & words)))
            if (share := self._share(words, wanted)) >= _REACHES:
                best[name] = (share, words & wanted)
        ranked = sorted(best, key=lambda name: (-best[name][0], -len(best[name][1])))
        return tuple(
            name
            for place, name in enumerate(ranked)
            # What rests on the same words as a clearer match is not a second one.
            if not any(best[name][1] <= best[clearer][1] for clearer in ranked[:place])
        )

    def _share(self, words: frozenset[str], wanted: frozenset[str]) -> float:
        whole = sum(self._rarity.get(word, 1.0) for word in wanted)
        return sum(self._rarity.get(word, 1.0) for word in wanted & words) / whole if whole else 0.0


def stems(text: str) -> frozenset[str]:
    """The content words of a text, each cut to its first letters."""
    words = _WORD.findall(text.lower().replace("’", "'"))
    return frozenset(word[:_STEM_LETTERS] for word in words if word not in _EMPTY)


def _rarity(phrasings: Iterable[str]) -> dict[str, float]:
    counts = Counter(word for phrasing in phrasings for word in stems(phrasing))
    return {word: 1 / math.sqrt(count) for word, count in counts.items()}
