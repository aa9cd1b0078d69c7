"""Grading what other programs wrote: turns as JSON lines, calls as JSON.

Work goes in chunks, because many sentences at once are graded several times faster than one by one; memory
holds one chunk. What does not fit is given back as `Misfit` with its number, and the rest is graded.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, islice
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from simulator.cases import Case
from simulator.errors import TranscriptError
from simulator.grading.delivery import measure_delivery
from simulator.grading.matching import CaseReader, VectorBook, matched_texts
from simulator.grading.rubric import assess
from simulator.grading.turns import Grader, SplitTurn, graded_sentences, texts_to_match
from simulator.records import CustomerLine, EndedBy, Label, Transcript, Turn, TurnText
from simulator.report import assessment_json, labels_json, sentence_json

_CHUNK = 16
_ANSWER_WORDS = 2  # a customer who says less than this to a question has not answered it

Item = TypeVar("Item", bound="_Given")
Labels = Sequence[tuple[Label, ...]]
Result = dict[str, Any]


class _Given(BaseModel):
    """Input from elsewhere: it may hold more than is needed here."""

    model_config = ConfigDict(frozen=True)
    id: str | int


class _GivenSentence(BaseModel):
    text: str


class GivenTurn(_Given):
    """A turn, whole or in sentences."""

    customer: str | None = None
    text: str | None = None
    sentences: tuple[_GivenSentence, ...] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "GivenTurn":
        if (self.text is None) == (self.sentences is None):
            raise ValueError("expected either text or sentences")
        return self


class _Exchange(BaseModel):
    customer: str = ""
    candidate: str = ""


class GivenCall(_Given):
    """A call, with what it was about as far as that is known."""

    grievance: str = ""
    needed_facts: tuple[str, ...] = ()
    authority: tuple[str, ...] = ()
    turns: Annotated[tuple[_Exchange, ...], Field(min_length=1)]
    closing: str | None = None


@dataclass(frozen=True)
class Misfit:
    """Something that could not be graded: where it stands and what is wrong with it."""

    where: str
    problem: str


def read_lines(path: Path) -> Iterator[GivenTurn | Misfit]:
    """The turns of a file of JSON lines.

    Raises:
        TranscriptError: the file cannot be read.
    """
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield _checked(f"line {number}", lambda line=line: GivenTurn.model_validate_json(line))  # type: ignore[misc]
    except OSError as error:
        raise TranscriptError(f"{path} cannot be read: {error.strerror}.") from error


def read_calls(path: Path) -> tuple[list[GivenCall | Misfit], bool]:
    """The calls of a JSON file, and whether it holds a list of them rather than one.

    Raises:
        TranscriptError: the file cannot be read, or is not JSON.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TranscriptError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise TranscriptError(
            f"{path} is not JSON: {error}.",
            advice="A call looks like the example in the README; lines end in .jsonl.",
        ) from error
    is_list = isinstance(content, list)
    calls = content if is_list else [content]
    return [
        _checked(f"call {number}", lambda call=call: GivenCall.model_validate(call))  # type: ignore[misc]
        for number, call in enumerate(calls, 1)
    ], is_list


def grade_turns(turns: Iterable[GivenTurn | Misfit], grader: Grader) -> Iterator[Result | Misfit]:
    """The labels of every sentence of every turn, in order."""
    for chunk in _chunks(turns, 4 * _CHUNK):
        texts = [_turn_text(turn) for turn in chunk if isinstance(turn, GivenTurn)]
        graded = iter(zip(texts, grader.label_turns(texts), strict=True))
        for turn in chunk:
            yield turn if isinstance(turn, Misfit) else _turn_result(turn, *next(graded))


def grade_calls(calls: Iterable[GivenCall | Misfit], grader: Grader) -> Iterator[Result | Misfit]:
    """What the rubric makes of every call, in order."""
    for chunk in _chunks(calls, _CHUNK):
        split = [_split(call) for call in chunk if isinstance(call, GivenCall)]
        labels = iter(grader.label_turns([turn.text for turns in split for turn in turns]))
        labelled = [list(islice(labels, len(turns))) for turns in split]
        book = VectorBook(grader)
        given = [call for call in chunk if isinstance(call, GivenCall)]
        readers = [CaseReader(case_of(call), book) for call in given]
        _read_ahead(book, readers, split, labelled)
        graded = iter(zip(split, labelled, readers, strict=True))
        for call in chunk:
            yield call if isinstance(call, Misfit) else _call_result(call, *next(graded))


def case_of(call: GivenCall) -> Case:
    """What the call was about."""
    return Case.plain(call.grievance, call.needed_facts, call.authority)


def _checked(where: str, make: Callable[[], Item]) -> Item | Misfit:
    try:
        return make()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        return Misfit(where, f"{place}: {first['msg']}" if place else first["msg"])


def _chunks(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, size)):
        yield chunk


def _turn_text(turn: GivenTurn) -> TurnText:
    customer = turn.customer or ""
    if turn.sentences is not None:
        return TurnText(tuple(sentence.text for sentence in turn.sentences), customer)
    return SplitTurn.of(Transcript.typed(turn.text or ""), customer).text


def _turn_result(turn: GivenTurn, text: TurnText, labels: Labels) -> Result:
    sentences = [
        {"text": sentence, "labels": labels_json(found)}
        for sentence, found in zip(text.sentences, labels, strict=True)
    ]
    return {"id": turn.id, "sentences": sentences}


def _split(call: GivenCall) -> list[SplitTurn]:
    heard = accumulate((turn.customer for turn in call.turns), "{} {}".format)
    return [
        SplitTurn.of(Transcript.typed(turn.candidate), turn.customer, so_far)
        for turn, so_far in zip(call.turns, heard, strict=True)
    ]


def _read_ahead(
    book: VectorBook,
    readers: Sequence[CaseReader],
    calls: Sequence[list[SplitTurn]],
    labels: Sequence[Sequence[Labels]],
) -> None:
    """Look up everything that will be matched in all calls at once, so that the book knows it."""
    turns = list(zip(chain.from_iterable(calls), chain.from_iterable(labels), strict=True))
    lines = [text for turn, _ in turns for text in matched_texts(turn.text.customer)]
    said = [text for turn, found in turns for text in texts_to_match(turn.text, found)]
    ways = [way for reader in readers for entry in (*reader.case.facts, *reader.case.authority) for way in entry.ways]
    if ways:
        book.read([*lines, *said, *ways])


def _call_result(call: GivenCall, split: list[SplitTurn], labelled: Sequence[Labels], reader: CaseReader) -> Result:
    turns = _graded_turns(call, split, labelled, reader)
    assessment = assess(turns, reader.case, call.closing)
    return {
        "id": call.id,
        **assessment_json(assessment),
        "turns": [{"sentences": [sentence_json(sentence) for sentence in turn.sentences]} for turn in turns],
    }


def _graded_turns(
    call: GivenCall, split: list[SplitTurn], labelled: Sequence[Labels], case: CaseReader
) -> tuple[Turn, ...]:
    told: dict[str, None] = {}
    asked: tuple[str, ...] = ()
    turns: list[Turn] = []
    for number, (given, turn, labels) in enumerate(zip(call.turns, split, labelled, strict=True)):
        # Nobody wrote down which facts the customer told: what was asked is told by the next line, and some
        # are told unasked.
        answered = asked if len(given.customer.split()) >= _ANSWER_WORDS else ()
        answered = tuple(dict.fromkeys((*answered, *case.facts_told_in(given.customer))))
        told.update(dict.fromkeys(answered))
        transcript = Transcript.typed(given.candidate)
        sentences = graded_sentences(turn, labels, told.keys(), case)
        asked = tuple(fact for sentence in sentences for fact in sentence.facts if fact not in told)
        turns.append(
            Turn(
                index=number,
                customer=CustomerLine(given.customer, "given", answered),
                transcript=transcript,
                sentences=sentences,
                delivery=measure_delivery(transcript, None),
                ended_by=EndedBy.END_OF_INPUT if transcript.words else EndedBy.NOBODY_SPOKE,
            )
        )
    return tuple(turns)
