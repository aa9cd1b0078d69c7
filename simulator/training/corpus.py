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

from pydantic import BaseModel, ConfigDict, ValidationError

from simulator.errors import UsageError
from simulator.records import Behaviour, TurnText
from simulator.rules import Checked, read_yaml
from simulator.settings import project_data_dir

SplitName = Literal["train", "dev", "test"]
# Of a live call nobody notes the kind of English or of speaker, nor a pack of one's own: no hand uses that word.
UNKNOWN: Literal["unknown"] = "unknown"
Pack = Literal["contact_centre", "retail", "hospitality", "saas", "remote", "unknown"]
English = Literal["british", "american", "indian", "filipino", "african", "australian", "second_language", "unknown"]
Speaker = Literal["nervous", "rambling", "terse", "scripted", "hostile", "warm", "unknown"]
_KEPT_APART: tuple[SplitName, ...] = ("dev", "test")
_HOW_TO_MAKE_IT = "`simulator corrections export FILE.jsonl` writes such a file."
_EVERYBODYS_WORDS = 2  # a sentence as short as this ("Thank you.") may stand in any split


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


def read_extra(path: Path) -> list[CorpusTurn]:
    """Turns from outside the corpus to learn from, as `simulator corrections export` writes them.

    Raises:
        UsageError: the file cannot be read, is no corpus, or holds a sentence by which the grader is tuned or tested.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.", advice=_HOW_TO_MAKE_IT) from error
    kept_apart = frozenset(bare(example.text) for split in _KEPT_APART for example in load_split(split))
    numbered = [(f"{path}, line {number}", line) for number, line in enumerate(lines, start=1) if line.strip()]
    turns = [turn for place, line in numbered if (turn := _extra_turn(line, place, kept_apart)).sentences]
    if not turns:
        raise UsageError(f"{path} holds no turns.", advice=_HOW_TO_MAKE_IT)
    return turns


def _extra_turn(line: str, place: str, kept_apart: frozenset[str]) -> CorpusTurn:
    try:
        turn = CorpusTurn.model_validate_json(line)
    except ValidationError as error:
        mistake = error.errors()[0]
        where = ".".join(map(str, mistake["loc"])) or "the whole line"
        raise UsageError(f"{place}, {where}: {mistake['msg']}.", advice=_HOW_TO_MAKE_IT) from error
    for sentence in turn.sentences:
        if bare(sentence.text) in kept_apart and len(sentence.text.split()) > _EVERYBODYS_WORDS:
            raise UsageError(
                f"{place}: “{sentence.text}” stands in the dev or test hands too, and a grader that has learnt it "
                "cannot be tested by it.",
                advice="Take that line out of the file.",
            )
    return turn


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
