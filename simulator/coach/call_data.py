"""A call as its replay draws it: everything that was found, on the clock of the whole call."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.audio.files import decode_flac
from simulator.grading.acoustics import HOP_S, acoustics_of
from simulator.grading.rubric_rules import rubric_rules
from simulator.page.timeline import QUIET_DB, PlacedTurn, anger_course, sign_of
from simulator.records import Span

_FRAMES = 4  # of 16 ms in one point of a curve: finer than a screen shows for a whole call


@dataclass(frozen=True)
class TimedWord:
    """A word of the candidate and when it sounds."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Mark:
    """Something that was found: `kind` is `good`, `fault`, `pause`, `um` or `filler`."""

    kind: str
    title: str
    start_s: float
    end_s: float
    turn: int
    sentence: int | None = None


@dataclass(frozen=True)
class DrawnTurn:
    """A turn on the clock of the call."""

    index: int
    customer: Span
    candidate: Span
    words: tuple[TimedWord, ...]
    speech: tuple[Span, ...]
    voice: str | None


@dataclass(frozen=True)
class DrawnCall:
    """A call on its own clock; `pace` and `anger` are points of seconds and value."""

    duration_s: float
    has_sound: bool
    turns: tuple[DrawnTurn, ...]
    marks: tuple[Mark, ...]
    pace: tuple[tuple[float, float], ...]
    comfortable_pace: tuple[float, float]
    anger: tuple[tuple[float, float], ...]


def drawn_call(placed: Sequence[PlacedTurn], start_anger: float | None, *, has_sound: bool) -> DrawnCall:
    """The call as its page draws it."""
    low, high = rubric_rules().norms.syllables_per_second.quiet
    return DrawnCall(
        duration_s=placed[-1].candidate.end_s if placed else 0.0,
        has_sound=has_sound,
        turns=tuple(_drawn_turn(p) for p in placed),
        marks=tuple(sorted((mark for p in placed for mark in _marks(p)), key=lambda mark: mark.start_s)),
        pace=tuple(
            (p.at(point.at_s), point.syllables_per_second) for p in placed for point in p.turn.delivery.pace_course
        ),
        comfortable_pace=(low, high),
        anger=tuple(anger_course(placed, start_anger)),
    )


def curve_of(flac: bytes) -> dict[str, Any]:
    """Waveform, loudness and pitch of a recording: a point for each 64 ms, None where there is no voice."""
    audio = decode_flac(flac)
    acoustics = acoustics_of(audio)
    points = len(acoustics) // _FRAMES
    samples_per_point = _FRAMES * round(HOP_S * 16_000)
    size = np.abs(audio.samples[: points * samples_per_point]).reshape(points, -1).max(axis=1, initial=0.0)
    level = (acoustics.level_db + acoustics.peak_db)[: points * _FRAMES].reshape(points, _FRAMES).mean(axis=1)
    heard = acoustics.voiced & (acoustics.level_db > QUIET_DB)
    pitch = np.where(heard, acoustics.pitch_hz, np.nan)[: points * _FRAMES].reshape(points, _FRAMES)
    return {
        "step_s": _FRAMES * HOP_S,
        "peaks": [round(float(value), 3) for value in size],
        "loudness_db": [round(float(value), 1) for value in level],
        "pitch_hz": [round(float(np.nanmedian(p))) if not np.isnan(p).all() else None for p in pitch],
    }


def _drawn_turn(placed: PlacedTurn) -> DrawnTurn:
    turn = placed.turn
    return DrawnTurn(
        index=turn.index,
        customer=placed.customer,
        candidate=placed.candidate,
        words=tuple(
            TimedWord(word.text, placed.at(word.start_s), placed.at(word.end_s))
            for word in turn.transcript.words
            if word.start_s is not None and word.end_s is not None
        ),
        speech=tuple(placed.spans(turn.delivery.speech)),
        voice=turn.delivery.voice.verdict if turn.delivery.voice else None,
    )


def _marks(placed: PlacedTurn) -> Iterator[Mark]:
    turn, delivery = placed.turn, placed.turn.delivery
    for number, sentence in enumerate(turn.sentences):
        sign = sign_of(sentence)
        if sentence.labels and sentence.start_s is not None and sentence.end_s is not None and sign != "·":
            title = ", ".join(label.id.value.replace("_", " ") for label in sentence.labels)
            kind = "fault" if sign == "−" else "good"
            yield Mark(kind, title, placed.at(sentence.start_s), placed.at(sentence.end_s), turn.index, number)
    for pause in delivery.pauses or ():
        if rubric_rules().norms.pause_s.zone(pause.duration_s) != "quiet":
            title = f"pause of {pause.duration_s:.1f} s"
            yield Mark("pause", title, placed.at(pause.start_s), placed.at(pause.end_s), turn.index)
    for um in delivery.filled_pauses:
        if um.start_s is not None and um.end_s is not None:
            yield Mark("um", "filled pause", placed.at(um.start_s), placed.at(um.end_s), turn.index)
    for filler in delivery.filler_words:
        if filler.start_s is not None and filler.end_s is not None:
            yield Mark("filler", f"“{filler.text}”", placed.at(filler.start_s), placed.at(filler.end_s), turn.index)
