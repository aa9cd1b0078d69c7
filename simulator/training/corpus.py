"""The corpus: labelled sentences in turns, one file for each hand, split by hand.

    {"id": "A-0001", "pack": ..., "grievance": ..., "english": ..., "speaker": ..., "customer": ...,
     "sentences": [{"text": ..., "labels": [...]}]}

`heard.jsonl` holds what a recogniser made of some of the sentences when synthetic voices spoke them.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from simulator.records import Behaviour, TurnText
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
    """A sentence by itself. `key` is TURN/NUMBER."""

    key: str
    text: str
    labels: frozenset[Behaviour]

    @property
    def turn(self) -> str:
        """The turn that it stands in."""
        return self.key.rsplit("/", 1)[0]


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
        for number, sentence in enumerate(turn.sentences):
            yield Example(f"{turn.id}/{number}", sentence.text, frozenset(sentence.labels))


def load_turns(split: SplitName) -> list[CorpusTurn]:
    """Every turn of a split."""
    return [turn for hand in getattr(splits(), split) for turn in read_hand(hand)]


def load_split(split: SplitName) -> list[Example]:
    """Every sentence of a split."""
    return [example for hand in getattr(splits(), split) for example in examples_of(hand)]


def heard_probabilities() -> dict[str, float]:
    """How sure the recogniser was of each sentence, by its key: the mean probability of its words."""
    return {item["key"]: item["probability"] for item in _heard()}


def heard_turns(turns: Iterable[CorpusTurn]) -> list[CorpusTurn]:
    """Those of the turns which a recogniser has heard, with the words that it wrote down."""
    words = {item["key"]: item["text"] for item in _heard()}
    return [
        turn.model_copy(
            update={
                "sentences": tuple(
                    Sentence(text=words.get(f"{turn.id}/{n}", ""), labels=sentence.labels)
                    for n, sentence in enumerate(turn.sentences)
                )
            }
        )
        for turn in turns
        if f"{turn.id}/0" in words
    ]


def _heard() -> list[dict[str, Any]]:
    path = corpus_dir() / "heard.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines]


def texts_of(turns: Sequence[CorpusTurn]) -> list[TurnText]:
    """The words of turns, without their labels."""
    return [TurnText(tuple(s.text for s in turn.sentences), turn.customer) for turn in turns]


def bare(text: str) -> str:
    """Lower case without punctuation."""
    return re.sub(r"[^\w' ]", "", text.lower())
