"""The corpus: labelled sentences in turns, one file for each hand, split by hand.

    {"id": "A-0001", "pack": ..., "grievance": ..., "english": ..., "speaker": ..., "customer": ...,
     "sentences": [{"text": ..., "labels": [...]}]}

`heard.jsonl` holds what a recogniser made of some of the sentences when synthetic voices spoke them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from simulator.records import Behaviour
from simulator.rules import Checked, read_yaml
from simulator.settings import project_data_dir

SplitName = Literal["train", "dev", "test"]
Pack = Literal["contact_centre", "retail", "hospitality", "saas", "remote"]
English = Literal["british", "american", "indian", "filipino", "african", "australian", "second_language"]
Speaker = Literal["nervous", "rambling", "terse", "scripted", "hostile", "warm"]


class Sentence(Checked):
    """One sentence of a candidate with the behaviours in it."""

    text: str
    labels: tuple[Behaviour, ...]


class CorpusTurn(BaseModel):
    """One turn of a candidate, after the customer's line."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str
    pack: Pack
    grievance: str
    english: English
    speaker: Speaker
    customer: str
    sentences: tuple[Sentence, ...]


class Splits(Checked):
    """Which hands train, tune and test."""

    version: int
    train: tuple[str, ...]
    dev: tuple[str, ...]
    test: tuple[str, ...]


@dataclass(frozen=True)
class Example:
    """A sentence with its context, as the model sees it. `key` is TURN/NUMBER."""

    key: str
    text: str
    before: str
    customer: str
    labels: frozenset[Behaviour]


def corpus_dir() -> Path:
    """The folder of the corpus."""
    return project_data_dir() / "models" / "corpus"


def splits() -> Splits:
    """Which hands train, tune and test."""
    return read_yaml(corpus_dir() / "splits.yaml", Splits)


@cache
def read_hand(hand: str) -> tuple[CorpusTurn, ...]:
    """Every turn of one hand.

    Raises:
        ValidationError: a line is not of the corpus's shape.
    """
    lines = (corpus_dir() / f"hand_{hand}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(CorpusTurn.model_validate_json(line) for line in lines if line.strip())


def examples_of(hand: str) -> Iterator[Example]:
    """Every sentence of one hand."""
    for turn in read_hand(hand):
        before = ""
        for number, sentence in enumerate(turn.sentences):
            labels = frozenset(sentence.labels)
            yield Example(f"{turn.id}/{number}", sentence.text, before, turn.customer, labels)
            before = sentence.text


def load_split(split: SplitName) -> list[Example]:
    """Every sentence of a split."""
    return [example for hand in getattr(splits(), split) for example in examples_of(hand)]


def heard(examples: list[Example]) -> list[Example]:
    """Those of the examples which a recogniser has heard, with the words that it wrote down."""
    path = corpus_dir() / "heard.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    words = {item["key"]: item["text"] for item in map(json.loads, lines)}
    return [
        replace(e, text=words[e.key], before=words.get(_previous(e.key), e.before))
        for e in examples
        if words.get(e.key)
    ]


def _previous(key: str) -> str:
    turn, number = key.rsplit("/", 1)
    return f"{turn}/{int(number) - 1}"
