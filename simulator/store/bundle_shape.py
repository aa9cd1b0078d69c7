"""What a bundle holds of a call: the shape of its JSON and its sound, and what they must be to be kept.

Knows nothing of zips, and never asks the store.
"""

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from pydantic import ConfigDict

from simulator.errors import BundleError
from simulator.records import (
    SAMPLE_RATE_HZ,
    Assessment,
    Comment,
    CustomerLine,
    Ending,
    Evidence,
    LabelChange,
    ReviewEntry,
    Session,
    SessionHead,
    Turn,
)
from simulator.scenarios import Scenario
from simulator.store.bundle_manifest import STRICT, from_json, session_file
from simulator.store.bundle_zip import ASK_AGAIN
from simulator.store.sessions import WholeCall

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MAX_RECORDING_S = 3600  # one answer; FLAC of silence is so small that its bytes bound nothing
_BLOCK_SAMPLES = 1 << 16
_ENTRY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_MAX_TIME_LENGTH = 32


@dataclass(frozen=True)
class _Answer:
    number: int
    customer: CustomerLine
    graded: Turn | None


@dataclass(frozen=True)
class _CallFile:
    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    head: SessionHead
    scenario: Scenario
    turns: tuple[_Answer, ...]
    ending: Ending | None
    closing: str | None
    assessment: Assessment | None


@dataclass(frozen=True)
class _ReviewsFile:
    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    entries: tuple[ReviewEntry, ...]


# --- JSON -----------------------------------------------------------------------------------------


def call_file(call: WholeCall) -> "DataclassInstance":
    """What the file of a session holds."""
    session = call.session
    graded = {turn.index: turn for turn in session.turns}
    answers = tuple(_Answer(number, line, graded.get(number)) for number, line in call.lines.items())
    return _CallFile(session.head, call.scenario, answers, session.ending, session.closing, session.assessment)


def review_file(entries: Iterable[ReviewEntry]) -> "DataclassInstance":
    """What the file of reviews holds."""
    return _ReviewsFile(tuple(entries))


def read_call(raw: bytes, name: str) -> WholeCall:
    """A call that can be kept.

    Raises:
        BundleError: it does not fit the records, or contradicts itself.
    """
    file: _CallFile = from_json(_CallFile, raw, name)
    session = Session(
        head=file.head,
        turns=tuple(answer.graded for answer in file.turns if answer.graded),
        assessment=file.assessment,
        ending=file.ending,
        closing=file.closing,
        unheard=sum(answer.graded is None for answer in file.turns),
    )
    numbers = [answer.number for answer in file.turns]
    _require(session_file(file.head.id) == name, name, "its id is not that of its folder")
    _require(file.head.scenario == file.scenario.id, name, "its scenario is another one")
    _require(_is_time(file.head.started_at), name, "its start is no time")
    _require(numbers == list(range(len(numbers))), name, "its turns are not numbered 0, 1, 2 and so on")
    _require(
        all(answer.graded is None or answer.graded.index == answer.number for answer in file.turns),
        name,
        "a grade stands at another turn",
    )
    if file.assessment:
        graded = {turn.index for turn in session.turns}
        _require(
            all(evidence.turn in graded for evidence in _evidence(file.assessment)),
            name,
            "evidence names a turn that is not there",
        )
        levels = (file.assessment.levels.calm, file.assessment.levels.clarify, file.assessment.levels.options)
        _require(all(level is None or 0 <= level <= 4 for level in levels), name, "a level is not 0 to 4")
    return WholeCall(session, file.scenario, {answer.number: answer.customer for answer in file.turns})


def read_entries(raw: bytes, name: str, call: WholeCall) -> tuple[ReviewEntry, ...]:
    """What coaches wrote of a call.

    Raises:
        BundleError: it does not fit the records, or speaks of what is not in the call.
    """
    file: _ReviewsFile = from_json(_ReviewsFile, raw, name)
    for entry in file.entries:
        times = [entry.at] if entry.undone_at is None else [entry.at, entry.undone_at]
        _require(bool(_ENTRY_ID.fullmatch(entry.id)), name, "the id of an entry is none")
        _require(all(map(_is_time, times)), name, "the time of an entry is none")
        _require(_speaks_of(entry, call), name, "an entry speaks of a turn or sentence that is not there")
    return file.entries


# --- sound ----------------------------------------------------------------------------------------


def recorded_s(flac: bytes, name: str) -> float:
    """How long a recording sounds, in seconds, after decoding it to its end.

    Raises:
        BundleError: it is not whole FLAC, mono, 16 kHz, or longer than an answer can be.
    """
    import soundfile

    try:
        with soundfile.SoundFile(io.BytesIO(flac)) as sound:
            kind, samples = (sound.format, sound.samplerate, sound.channels), sound.frames
            _require(kind == ("FLAC", SAMPLE_RATE_HZ, 1), name, "FLAC, mono, 16 kHz was expected")
            _require(samples <= MAX_RECORDING_S * SAMPLE_RATE_HZ, name, "it is longer than an hour")
            decoded = sum(len(block) for block in sound.blocks(_BLOCK_SAMPLES, dtype="int16"))
    except soundfile.LibsndfileError as error:
        raise BundleError(f"{name} in the bundle is no recording that can be decoded.", advice=ASK_AGAIN) from error
    _require(decoded == samples, name, "it breaks off")
    return decoded / SAMPLE_RATE_HZ


def _speaks_of(entry: ReviewEntry, call: WholeCall) -> bool:
    review = entry.review
    if not isinstance(review, Comment | LabelChange):
        return True
    if isinstance(review, Comment) and (review.start_s or 0) < 0:
        return False
    if review.sentence is None:
        return review.turn in call.lines
    sentences = {turn.index: len(turn.sentences) for turn in call.session.turns}
    return 0 <= review.sentence < sentences.get(review.turn, 0)


def _evidence(assessment: Assessment) -> Iterator[Evidence]:
    for fault in (*assessment.faults, *assessment.safety):
        yield from fault.evidence
    shown = [row.evidence for row in assessment.scorecard.rows] + [advice.evidence for advice in assessment.advice]
    yield from filter(None, shown)


def _is_time(text: str) -> bool:
    try:
        return len(text) <= _MAX_TIME_LENGTH and datetime.fromisoformat(text).year > 0
    except ValueError:
        return False


def _require(fits: bool, name: str, why: str) -> None:
    if not fits:
        raise BundleError(f"{name} in the bundle cannot be kept: {why}.", advice=ASK_AGAIN)
