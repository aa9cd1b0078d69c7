"""Sessions as JSON: the shape that other programs read. What was not measured is null."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from simulator.cases import Case
from simulator.errors import UsageError
from simulator.grading.rubric import assess
from simulator.records import (
    Assessment,
    Cause,
    Delivery,
    Evidence,
    Fault,
    GradedSentence,
    Label,
    Mood,
    Session,
    Span,
    Turn,
)

_DECIMALS = 3


def assessed(session: Session, case: Case) -> Assessment:
    """The saved assessment, or what the rubric makes of a call that broke off."""
    return session.assessment or assess(session.turns, case, session.closing)


def assessment_json(assessment: Assessment) -> dict[str, Any]:
    """Levels, faults, scorecard, safety, praise and advice."""
    card = assessment.scorecard
    return {
        "levels": asdict(assessment.levels),
        "faults": [_fault(fault) for fault in assessment.faults],
        "scorecard": {"rows": [asdict(row) for row in card.rows], "total": card.total, "out_of": card.out_of},
        "safety": [_fault(fault) for fault in assessment.safety],
        "praise": assessment.praise,
        "advice": [
            {"about": a.step, "why": a.why, "better": a.better, "evidence": a.evidence and _evidence(a.evidence)}
            for a in assessment.advice
        ],
    }


def session_json(session: Session, assessment: Assessment) -> dict[str, Any]:
    """A session in the shape that `--json` writes."""
    head = session.head
    return {
        "session": head.id,
        "started_at": head.started_at or None,
        "scenario": head.scenario or None,
        "difficulty": head.difficulty or None,
        "seed": head.seed if head.difficulty else None,
        "transcriber": head.transcriber,
        "rough_transcript": head.rough,
        "grader": head.grader,
        "versions": head.versions,
        "turns": [_turn(turn) for turn in session.turns],
        "unheard_answers": session.unheard,
        "closing": session.closing,
        **assessment_json(assessment),
        "ending": session.ending.value if session.ending else None,
        "status": session.status if head.difficulty else "graded",
    }


def write_json(content: Any, path: Path) -> None:
    """Write JSON for other programs; `-` is standard output.

    Raises:
        UsageError: the file cannot be written.
    """
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    if str(path) == "-":
        print(text, end="")
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error


def _turn(turn: Turn) -> dict[str, Any]:
    reaction = turn.reaction
    return {
        "customer": turn.customer.text,
        "customer_event": turn.customer.event,
        "facts_told": list(turn.customer.facts_told),
        "transcript": turn.transcript.text,
        "words": [
            {"text": w.text, "start_s": w.start_s, "end_s": w.end_s, "probability": _round(w.probability)}
            for w in turn.transcript.words
        ],
        "sentences": [sentence_json(sentence) for sentence in turn.sentences],
        "mood": _mood(reaction.mood) if reaction else None,
        "causes": [_cause(cause) for cause in reaction.causes] if reaction else [],
        "delivery": _delivery(turn.delivery),
        "ended_by": turn.ended_by.value,
    }


def sentence_json(sentence: GradedSentence) -> dict[str, Any]:
    """A sentence with what was found in it."""
    return {
        "text": sentence.text,
        "start_s": sentence.start_s,
        "end_s": sentence.end_s,
        "labels": labels_json(sentence.labels),
        "doubted": sentence.doubted,
        "specific": sentence.specific,
        "facts": list(sentence.facts),
        "re_asked": list(sentence.re_asked),
        "options": list(sentence.options),
        "over_promises": list(sentence.over_promises),
    }


def labels_json(labels: Iterable[Label]) -> list[dict[str, Any]]:
    """Labels with their probabilities."""
    return [{"id": label.id.value, "probability": _round(label.probability)} for label in labels]


def _mood(mood: Mood) -> dict[str, float | None]:
    return {name: _round(value) for name, value in asdict(mood).items()}


def _cause(cause: Cause) -> dict[str, Any]:
    moved = {name: _round(value) for name, value in asdict(cause.change).items() if value}
    return {"event": cause.event, "why": cause.why, "quote": cause.quote, "change": moved}


def _delivery(delivery: Delivery) -> dict[str, Any]:
    return {
        "measured": delivery.measured,
        "words": delivery.words,
        "words_per_minute": _round(delivery.words_per_minute, 1),
        "syllables_per_second": _round(delivery.syllables_per_second),
        "speaking_s": _round(delivery.speaking_s),
        "duration_s": _round(delivery.duration_s),
        "response_gap_s": _round(delivery.response_gap_s),
        "customer_s": _round(delivery.customer_s),
        "longest_run_s": _round(delivery.longest_run_s),
        "speech": _spans(delivery.speech),
        "pauses": _spans(delivery.pauses),
        "overlaps": _spans(delivery.overlaps),
        "filled_pauses": [
            {**_times(um.start_s, um.end_s), "source": um.source, "probability": _round(um.probability)}
            for um in delivery.filled_pauses
        ],
        "filler_words": [
            {"text": filler.text, **_times(filler.start_s, filler.end_s)} for filler in delivery.filler_words
        ],
        "pace_course": [[_round(p.at_s), _round(p.syllables_per_second)] for p in delivery.pace_course],
        "pace_stretches": [asdict(stretch) for stretch in delivery.pace_stretches],
        "voice": delivery.voice and asdict(delivery.voice),
    }


def _spans(spans: Iterable[Span] | None) -> list[dict[str, float | None]] | None:
    return None if spans is None else [_times(span.start_s, span.end_s) for span in spans]


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "id": fault.id,
        "title": fault.title,
        "caps": fault.caps,
        "evidence": [_evidence(evidence) for evidence in fault.evidence],
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {"turn": evidence.turn, "text": evidence.text, **_times(evidence.start_s, evidence.end_s)}


def _times(start_s: float | None, end_s: float | None) -> dict[str, float | None]:
    return {"start_s": _round(start_s), "end_s": _round(end_s)}


def _round(value: float | None, decimals: int = _DECIMALS) -> float | None:
    return None if value is None else round(value, decimals)
