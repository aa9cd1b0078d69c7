"""Learning which fact a question asks for or a customer tells, and which remedy an offer names:
`models/corpus/matching_*.jsonl`.

    {"id": ..., "grievance": ..., "facts": [{"id": ..., "label": ..., "asks": [...], "tells": [...]}],
     "options": [{"id": ..., "label": ..., "says": [...]}],
     "other_asks": [...], "other_says": [...], "other_tells": [...]}

In use a sentence is matched as a whole and clause by clause, so it is measured like that.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor
from transformers import AutoTokenizer, BertModel

from simulator.grading.matching import matched_texts
from simulator.grading.vectors import text_vectors
from simulator.training.base_model import base_encoder, base_model_dir
from simulator.training.corpus import SplitName, corpus_dir

NO_BAR = -1.0  # a bar that every cosine passes
_BARS = torch.arange(0.05, 1.00, 0.01)
_HARDLY_MORE = 0.01
_WITHOUT_A_MATCH = 0.2  # of what candidates ask and offer, as in the evaluation's measure

Vectors = Callable[[Sequence[str]], Tensor]
Kind = Literal["asks", "says", "tells"]
KINDS: tuple[Kind, ...] = ("asks", "says", "tells")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AskedFact(_Strict):
    """A fact, the questions that reach it, and what customers say who tell it."""

    id: str
    label: str
    asks: tuple[str, ...]
    tells: tuple[str, ...]


class SaidOption(_Strict):
    """A remedy and the offers that name it."""

    id: str
    label: str
    says: tuple[str, ...]


class MatchingCase(_Strict):
    """One line of the file."""

    id: str
    grievance: str
    facts: tuple[AskedFact, ...]
    options: tuple[SaidOption, ...]
    other_asks: tuple[str, ...]
    other_says: tuple[str, ...]
    other_tells: tuple[str, ...]


@dataclass(frozen=True)
class Matching:
    """Texts and the list they are matched with; `right[i]` is the entry of text i, or len(entries) for none."""

    entries: tuple[str, ...]
    texts: tuple[str, ...]
    right: tuple[int, ...]


def load_matchings(split: SplitName, *kinds: Kind) -> list[Matching]:
    """The lists of every case of a split: of facts asked for, of remedies offered, of facts told."""
    lines = (
        line
        for path in sorted(corpus_dir().glob(f"matching_{split}*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    cases = [MatchingCase.model_validate_json(line) for line in lines if line.strip()]
    return [_of_kind(case, kind) for case in cases for kind in kinds]


def _of_kind(case: MatchingCase, kind: Kind) -> Matching:
    if kind == "asks":
        return _matching([(fact.label, fact.asks) for fact in case.facts], case.other_asks)
    if kind == "says":
        return _matching([(option.label, option.says) for option in case.options], case.other_says)
    return _matching([(fact.label, fact.tells) for fact in case.facts], case.other_tells)


def _matching(entries: Iterable[tuple[str, Sequence[str]]], others: Sequence[str]) -> Matching:
    labels, ways = zip(*entries, strict=True)
    pairs = [(text, index) for index, texts in enumerate(ways) for text in texts]
    pairs += [(text, len(labels)) for text in others]
    texts, right = zip(*pairs, strict=True)
    return Matching(labels, texts, right)


@dataclass(frozen=True)
class Outcomes:
    """Of every text: how near the nearest entry is, whether it is the right one, whether there is a right one."""

    nearness: Tensor
    on_top: Tensor
    has_one: Tensor

    def top_1(self, bar: float) -> float:
        """Share of the texts with a match whose match is found."""
        return float((self.on_top & (self.nearness >= bar))[self.has_one].float().mean())

    def false_matches(self, bar: float) -> float:
        """Share of the texts without a match that are given one."""
        return float((self.nearness >= bar)[~self.has_one].float().mean())

    def share_right(self, bar: float) -> float:
        """Share of the texts that are matched rightly, or rightly not at all, where one in five has no match."""
        return (1 - _WITHOUT_A_MATCH) * self.top_1(bar) + _WITHOUT_A_MATCH * (1 - self.false_matches(bar))


def outcomes(matchings: Sequence[Matching], vectors: Vectors) -> Outcomes:
    """Match every text of the lists."""
    parts = [_one_list(matching, vectors) for matching in matchings]
    return Outcomes(*(torch.cat(column) for column in zip(*parts, strict=True)))


def _one_list(matching: Matching, vectors: Vectors) -> tuple[Tensor, Tensor, Tensor]:
    clauses = [matched_texts(text) for text in matching.texts]
    cosines = vectors([clause for some in clauses for clause in some]) @ vectors(matching.entries).T
    by_text = torch.stack([rows.amax(0) for rows in cosines.split([len(some) for some in clauses])])
    near, index = by_text.max(dim=1)
    right = torch.tensor(matching.right)
    return near, index == right, right < len(matching.entries)


def find_bar(dev: Outcomes) -> float:
    """The highest bar with hardly more mistakes than the best one: where it costs little, rather no match."""
    right = {round(float(bar), 2): dev.share_right(float(bar)) for bar in _BARS}
    return max(bar for bar, share in right.items() if share >= max(right.values()) - _HARDLY_MORE)


def bar_at(found: Outcomes, most_false: float) -> float:
    """The lowest bar that gives no more than this share of false matches."""
    return next((float(bar) for bar in _BARS if found.false_matches(float(bar)) <= most_false), 1.0)


def vectors_of(model: BertModel, tokenizer: Any) -> Vectors:
    """The model as a function from texts to their vectors."""
    model.eval()

    def vectors(texts: Sequence[str]) -> Tensor:
        with torch.inference_mode():
            return text_vectors(model, tokenizer, texts)

    return vectors


def base_vectors() -> Vectors:
    """The vectors of the encoder before training: what training must beat."""
    return vectors_of(base_encoder(), AutoTokenizer.from_pretrained(base_model_dir(), local_files_only=True))
