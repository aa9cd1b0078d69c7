"""Delivery: pace, pauses and fillers of one turn. First form: simple arithmetic on words and voiced spans.

Pauses and speaking time come from voice activity, never from word times, which are rough.
"""

from collections.abc import Sequence
from itertools import pairwise

from simulator.grading.fillers import filled_pauses, filler_words
from simulator.records import Delivery, Span, Transcript

_SHORTEST_PAUSE_S = 0.25  # shorter gaps belong to the sounds of speech (Goldman-Eisler 1968)
_OTHER_SPEAKS_S = 5.0  # longer silences in one side of a recorded call are the other side's turns, not pauses
_WORDS_FOR_A_PACE = 5  # fewer words give no pace worth the name


def measure_delivery(
    transcript: Transcript, speech: Sequence[Span] | None, *, response_gap_s: float | None = None
) -> Delivery:
    """Pace, pauses and fillers; `speech` holds the voiced spans in order, or is None for typed words."""
    if speech is None:
        return Delivery(measured=False, words=len(transcript.words), filler_words=filler_words(transcript.words))
    voiced = _joined(speech)
    gaps = [Span(before.end_s, after.start_s) for before, after in pairwise(voiced)]
    pauses = tuple(gap for gap in gaps if gap.duration_s <= _OTHER_SPEAKS_S)
    ums = filled_pauses(transcript.words)
    words = len(transcript.words) - len(ums)
    # Pace is of the time from first to last sound less the pauses: "speaking time".
    speaking_s = sum(span.duration_s for span in voiced)
    paced = words >= _WORDS_FOR_A_PACE and speaking_s > 0
    return Delivery(
        measured=True,
        words=words,
        words_per_minute=60 * words / speaking_s if paced else None,
        speaking_s=speaking_s,
        duration_s=speaking_s + sum(pause.duration_s for pause in pauses),
        response_gap_s=response_gap_s,
        pauses=pauses,
        filled_pauses=ums,
        filler_words=filler_words(transcript.words),
    )


def _joined(spans: Sequence[Span]) -> list[Span]:
    """The spans with gaps too short for a pause closed."""
    joined: list[Span] = []
    for span in spans:
        if joined and span.start_s - joined[-1].end_s < _SHORTEST_PAUSE_S:
            joined[-1] = Span(joined[-1].start_s, span.end_s)
        else:
            joined.append(span)
    return joined
