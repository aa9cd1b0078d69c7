"""Keyword rules for the behaviours: the plain baseline, which reads words and understands nothing.

A matched rule is given the probability 1: keywords do not know how sure they are.
"""

import re
from functools import cache
from typing import Annotated

from pydantic import Field

from simulator.records import Behaviour, Label
from simulator.rules import Checked, load_rules

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


class KeywordRule(Checked):
    """Regular expressions: one of `any` must match and none of `unless`."""

    any: Annotated[tuple[str, ...], Field(min_length=1)]
    unless: tuple[str, ...] = ()


class KeywordRules(Checked):
    """The file `keywords.yaml`."""

    version: int
    behaviours: dict[Behaviour, KeywordRule]


class KeywordGrader:
    """The keyword rules."""

    name = "keywords"

    def __init__(self) -> None:
        self._rules = _compiled()

    def labels_of(self, sentence: str) -> tuple[Label, ...]:
        """The behaviours of one sentence."""
        text = " ".join(sentence.lower().translate(_APOSTROPHES).split())
        return tuple(
            Label(behaviour, 1.0)
            for behaviour, (wanted, barred) in self._rules.items()
            if wanted.search(text) and not (barred and barred.search(text))
        )


@cache
def _compiled() -> dict[Behaviour, tuple[re.Pattern[str], re.Pattern[str] | None]]:
    rules = load_rules("keywords", KeywordRules)
    return {
        behaviour: (re.compile("|".join(rule.any)), re.compile("|".join(rule.unless)) if rule.unless else None)
        for behaviour, rule in rules.behaviours.items()
    }
