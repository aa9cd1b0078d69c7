"""The sound of a turn without its words: where speech was, filled pauses, the voice. Gathered utterance by utterance.

Each utterance is forgotten when it has been measured, so that three hours cost no more memory than a minute.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from simulator.grading.acoustics import acoustics_of
from simulator.grading.filled_pauses import filled_pauses_in
from simulator.grading.voice_profile import ProfileMeter
from simulator.records import FilledPause, Span, Utterance, VoiceProfile

SHORTEST_PAUSE_S = 0.25  # shorter gaps belong to the sounds of speech (Goldman-Eisler 1968)
_OTHER_SPEAKS_S = 5.0  # longer silences in one side of a recorded call are the other side's turns, not pauses
_RUN_BREAK_S = 0.5  # a breath ends a run of speech


@dataclass(frozen=True)
class TurnSound:
    """What the sound of a turn gives: voiced spans and filled pauses in order, and the voice, if there was enough."""

    speech: tuple[Span, ...]
    filled_pauses: tuple[FilledPause, ...]
    voice: VoiceProfile | None

    @property
    def pauses(self) -> tuple[Span, ...]:
        """Silences inside the turn."""
        return tuple(
            Span(before.end_s, after.start_s)
            for before, after in pairwise(self.speech)
            if after.start_s - before.end_s <= _OTHER_SPEAKS_S
        )

    @property
    def speaking_s(self) -> float:
        """Seconds of speech, pauses left out."""
        return sum(span.duration_s for span in self.speech)

    @property
    def longest_run_s(self) -> float:
        """The longest stretch of speech without a breath, in seconds."""
        return max((span.duration_s for span in closed(self.speech, _RUN_BREAK_S)), default=0.0)


class SoundMeter:
    """Measures the sound of a turn as it comes."""

    def __init__(self) -> None:
        self._speech: list[Span] = []
        self._filled_pauses: list[FilledPause] = []
        self._voice = ProfileMeter()

    def add(self, utterance: Utterance) -> None:
        """Take one more utterance.

        Raises:
            ModelError: the detector of filled pauses cannot be loaded.
        """
        if not utterance.speech:
            return
        acoustics = acoustics_of(utterance.audio)
        self._speech += utterance.speech
        self._filled_pauses += filled_pauses_in(acoustics, utterance.start_s)
        self._voice.add(acoustics, utterance.start_s, utterance.speech)

    def result(self) -> TurnSound:
        """What was measured so far."""
        speech = tuple(closed(self._speech, SHORTEST_PAUSE_S))
        return TurnSound(speech, tuple(self._filled_pauses), self._voice.profile())


def sound_of(utterances: Iterable[Utterance]) -> TurnSound:
    """The sound of the utterances of a turn."""
    meter = SoundMeter()
    for utterance in utterances:
        meter.add(utterance)
    return meter.result()


def closed(spans: Sequence[Span], gap_s: float) -> list[Span]:
    """The spans with gaps shorter than `gap_s` closed."""
    joined: list[Span] = []
    for span in spans:
        if joined and span.start_s - joined[-1].end_s < gap_s:
            joined[-1] = Span(joined[-1].start_s, span.end_s)
        else:
            joined.append(span)
    return joined
