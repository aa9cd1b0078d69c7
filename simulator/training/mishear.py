"""Words as a recogniser might mishear them: replaced by words that sound alike, dropped, run together.

A cheap stand-in for more recorded hearings (`hear.py`): only training turns are made worse like this, the
evaluation reads what a recogniser really wrote. Two words sound alike when their phones become the same by
leaving out one phone of each; the commoner a word is in the corpus, the likelier it is heard.
"""

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from simulator.transcription.sphinx import pronunciations

_HEARD_SHARE = (0.05, 0.4)  # of a turn's words that go wrong, least and most
_DROPPED, _JOINED = 0.2, 0.1  # of the words that go wrong; the others are replaced
_LEAST_PHONES = 2
_SMALL = "the a to and that it i you of in is we be have for on was".split()


class Mishearing:
    """What the words of a corpus may be taken for."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._counts = Counter(word for text in texts for word in _words(text))
        said = pronunciations()
        self._said = {word: said[word] for word in self._counts if word in said}
        self._alike: dict[tuple[str, ...], list[str]] = {}
        for word, phones in self._said.items():
            for key in _skeletons(phones):
                self._alike.setdefault(key, []).append(word)

    def misheard(self, text: str, share: float, rng: random.Random) -> str:
        """The text in lower case, with about this share of its words heard wrongly."""
        heard: list[str] = []
        for word in _words(text):
            if rng.random() >= share:
                heard.append(word)
            elif (chance := rng.random()) < _DROPPED:
                continue
            elif chance < _DROPPED + _JOINED and heard:
                heard[-1] = self._instead((heard[-1], word), rng)
            else:
                heard.append(self._instead((word,), rng))
        return " ".join(heard)

    def _instead(self, words: tuple[str, ...], rng: random.Random) -> str:
        phones = tuple(phone for word in words for phone in self._said.get(word, ()))
        alike = sorted({other for key in _skeletons(phones) for other in self._alike.get(key, ())}.difference(words))
        if not alike:
            return rng.choice(_SMALL)
        return rng.choices(alike, [self._counts[other] ** 0.5 for other in alike])[0]


def share_of_turn(rng: random.Random) -> float:
    """How much of a turn goes wrong."""
    return rng.uniform(*_HEARD_SHARE)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower().replace("’", "'"))


def _skeletons(phones: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The phones, whole and with each one left out in turn."""
    if phones:
        yield phones
    if len(phones) > _LEAST_PHONES:
        yield from (phones[:i] + phones[i + 1 :] for i in range(len(phones)))
