"""Delivery: how a turn was said, from its sound and its words together. Joins, and measures nothing of its own.

Pauses and speaking time come from voice activity, never from word times, which are rough.
"""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

import numpy as np

from simulator.grading.fillers import filled_pauses, filler_words
from simulator.grading.pace import pace_course, pace_stretches, syllables_of
from simulator.grading.rubric_rules import rubric_rules
from simulator.grading.tone import tone_of
from simulator.grading.turn_sound import TurnSound, sound_of
from simulator.records import (
    SAMPLE_RATE_HZ,
    Audio,
    Delivery,
    EndedBy,
    FilledPause,
    Span,
    Transcript,
    Utterance,
    VoiceProfile,
    Word,
)

_WORDS_FOR_A_PACE = 5  # fewer words give no pace worth the name
_SAME_PAUSE_S = 0.3  # an um of the transcript and one of the sound as near as this are one: word times are rough
_LEAST_OVERLAP_S = 0.2  # shorter ones are the edges of two voice detectors


def measure_delivery(
    transcript: Transcript,
    sound: TurnSound | None,
    *,
    response_gap_s: float | None = None,
    customer_s: float | None = None,
    baseline: VoiceProfile | None = None,
    other: Sequence[Span] | None = None,
) -> Delivery:
    """How a turn was said; `sound` is None for typed words.

    `baseline` is the speaker's ordinary voice. `other` is the speech of the other side on the same clock, where it
    was recorded; response gap and the customer's time are then taken from it.
    """
    written = filled_pauses(transcript.words)
    words = [word for word in transcript.words if not filled_pauses([word])]
    fillers = filler_words(transcript.words)
    if sound is None:
        return Delivery(measured=False, words=len(words), filled_pauses=written, filler_words=fillers)
    if other is not None:
        response_gap_s = response_gap(sound.speech, other)
        customer_s = sum(span.duration_s for span in other)
    rules = rubric_rules()
    paced = len(words) >= _WORDS_FOR_A_PACE and sound.speaking_s > 0
    course = pace_course(words, sound.speech) if paced else ()
    return Delivery(
        measured=True,
        words=len(words),
        words_per_minute=60 * len(words) / sound.speaking_s if paced else None,
        syllables_per_second=_syllables(words) / sound.speaking_s if paced else None,
        speaking_s=sound.speaking_s,
        duration_s=sound.speaking_s + sum(pause.duration_s for pause in sound.pauses),
        response_gap_s=response_gap_s,
        customer_s=customer_s,
        longest_run_s=sound.longest_run_s,
        speech=sound.speech,
        pauses=sound.pauses,
        overlaps=None if other is None else overlaps_of(sound.speech, other),
        filled_pauses=merged(written, sound.filled_pauses),
        filler_words=fillers,
        pace_course=course,
        pace_stretches=pace_stretches(course, rules.norms.syllables_per_second),
        voice=tone_of(sound.voice, baseline, rules.tone),
    )


def warm_up() -> None:
    """Load the dictionary, the pitch detector and the detector of filled pauses now: together half a second."""
    syllables_of("ready")
    moment = Audio(np.zeros(SAMPLE_RATE_HZ // 4, np.float32))
    sound_of([Utterance(moment, 0.0, (Span(0.0, moment.duration_s),), EndedBy.END_OF_INPUT)])


def merged(written: Sequence[FilledPause], heard: Sequence[FilledPause]) -> tuple[FilledPause, ...]:
    """Both sources in one list, in order; what both found is one event, at the times of the sound."""
    events, left = [], list(heard)
    for um in written:
        same = min((other for other in left if _same(um, other)), key=lambda o: _apart(um, o), default=None)
        if same is None:
            events.append(um)
        else:
            left.remove(same)
            sure = 1 - (1 - um.probability) * (1 - same.probability)
            events.append(replace(same, source="both", probability=sure))
    return tuple(sorted([*events, *left], key=lambda um: -1.0 if um.start_s is None else um.start_s))


def overlaps_of(own: Sequence[Span], other: Sequence[Span]) -> tuple[Span, ...]:
    """Where both sides spoke at once."""
    both = [Span(max(a.start_s, b.start_s), min(a.end_s, b.end_s)) for a in own for b in other]
    return tuple(span for span in both if span.duration_s >= _LEAST_OVERLAP_S)


def response_gap(own: Sequence[Span], other: Sequence[Span]) -> float | None:
    """The median wait from the end of the other side's speech to one's own next word; None where none came next."""
    gaps = []
    for span in own:
        heard = [o for o in other if o.start_s < span.start_s]
        answered = [o for o in own if o.end_s <= span.start_s]
        if heard and heard[-1].end_s <= span.start_s and not (answered and answered[-1].end_s > heard[-1].end_s):
            gaps.append(span.start_s - heard[-1].end_s)
    return median(gaps) if gaps else None


def _syllables(words: Sequence[Word]) -> int:
    return sum(syllables_of(word.text) for word in words)


def _same(um: FilledPause, other: FilledPause) -> bool:
    return um.start_s is not None and _apart(um, other) <= _SAME_PAUSE_S


def _apart(um: FilledPause, other: FilledPause) -> float:
    """Seconds between two events, 0 or less where they overlap; infinite without times."""
    if um.start_s is None or um.end_s is None or other.start_s is None or other.end_s is None:
        return float("inf")
    return max(um.start_s, other.start_s) - min(um.end_s, other.end_s)
