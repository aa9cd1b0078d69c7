"""Endpointing: where speech begins and where a turn ends. Pure decisions, no sound and no wall clock.

Speech probabilities go in, one for each frame; stretches of samples come out. The clock is the sample
count. Every sample belongs to exactly one stretch: stretches are given in order, and each begins where the
one before it ended.

    quiet ──p ≥ onset──► maybe ──min_speech_s of it──► speech ──end_silence_s without──► quiet
                           └──false_start_s without──► quiet
"""

from dataclasses import dataclass, field
from enum import Enum, auto

from simulator.records import FRAME_SAMPLES, SAMPLE_RATE_HZ, EndedBy


@dataclass(frozen=True)
class EndpointingSettings:
    """How long is long. All times in seconds.

    The probabilities are Silero's own defaults. `min_speech_s` lets the shortest answers through ("No."
    is voiced for about 0.2 s) and drops clicks. `pre_roll_s` and `post_roll_s` cover Silero's lateness,
    a median of 40 to 50 ms (silero-vad issue 798), and soft first and last consonants.
    `hurried_after_s` makes a long stretch end at the first short gap, `hurried_silence_s`, so that a cut
    by `max_speech_s` in the middle of a word stays rare.
    """

    onset_probability: float = 0.5
    offset_probability: float = 0.35
    min_speech_s: float = 0.12
    false_start_s: float = 0.20
    end_silence_s: float = 1.0
    pre_roll_s: float = 0.5
    post_roll_s: float = 0.3
    nobody_speaks_s: float | None = 10.0
    max_speech_s: float = 90.0
    hurried_after_s: float | None = None
    hurried_silence_s: float = 0.25


LIVE = EndpointingSettings()
# A recording is cut into utterances that fit Whisper's window of 30 s, and has no hurry.
RECORDED = EndpointingSettings(end_silence_s=0.7, nobody_speaks_s=None, max_speech_s=28.0, hurried_after_s=15.0)


@dataclass(frozen=True)
class Stretch:
    """Samples `start` to `end`, the voiced parts in them (empty: quiet), and why it ended."""

    start: int
    end: int
    ended_by: EndedBy
    speech: tuple[tuple[int, int], ...] = ()


class _State(Enum):
    QUIET = auto()
    MAYBE = auto()
    SPEECH = auto()


@dataclass
class Endpointer:
    """Decides one stream. Feed `push` a probability for each frame, then `finish` once."""

    settings: EndpointingSettings = field(default_factory=EndpointingSettings)

    def __post_init__(self) -> None:
        self._clock = 0  # samples heard
        self._given = 0  # samples before this one belong to stretches already given
        self._state = _State.QUIET
        self._spans: list[tuple[int, int]] = []
        self._in_span = False

    @property
    def speaking(self) -> bool:
        """Whether a turn is under way."""
        return self._state is _State.SPEECH

    @property
    def needed_from(self) -> int:
        """No stretch still to come that holds speech begins before this sample."""
        if self._state is _State.QUIET:
            return max(self._given, self._clock - _samples(self.settings.pre_roll_s))
        return self._turn_start()

    def push(self, probability: float) -> list[Stretch]:
        """Take the next frame's speech probability; give the stretches that it completes."""
        frame_start, self._clock = self._clock, self._clock + FRAME_SAMPLES
        if self._voiced(probability):
            self._extend_speech(frame_start)
        else:
            self._in_span = False
        if self._state is _State.QUIET:
            return self._when_quiet()
        if self._state is _State.MAYBE:
            self._when_maybe()
            return []
        return self._when_speaking()

    def finish(self) -> list[Stretch]:
        """The input ended: give what is still open."""
        if self._state is _State.SPEECH:
            return self._give_turn(self._clock, EndedBy.END_OF_INPUT)
        if self._clock > self._given:
            return [self._give_quiet(self._clock, EndedBy.END_OF_INPUT)]
        return []

    def _voiced(self, probability: float) -> bool:
        threshold = self.settings.offset_probability if self._in_span else self.settings.onset_probability
        return probability >= threshold

    def _extend_speech(self, frame_start: int) -> None:
        if self._state is _State.QUIET:
            self._state = _State.MAYBE
            self._spans = []
        if self._in_span:
            self._spans[-1] = (self._spans[-1][0], self._clock)
        else:
            self._spans.append((frame_start, self._clock))
            self._in_span = True

    def _when_quiet(self) -> list[Stretch]:
        limit = self.settings.nobody_speaks_s
        if limit is not None and self._clock - self._given >= _samples(limit):
            return [self._give_quiet(self._clock, EndedBy.NOBODY_SPOKE)]
        return []

    def _when_maybe(self) -> None:
        if sum(end - start for start, end in self._spans) >= _samples(self.settings.min_speech_s):
            self._state = _State.SPEECH
        elif self._silence() >= _samples(self.settings.false_start_s):
            self._state = _State.QUIET

    def _when_speaking(self) -> list[Stretch]:
        length = self._clock - self._spans[0][0]
        if length >= _samples(self.settings.max_speech_s):
            return self._give_turn(self._clock, EndedBy.TOO_LONG)
        if self._silence() >= _samples(self._silence_that_ends(length)):
            return self._give_turn(self._turn_end(), EndedBy.SILENCE)
        return []

    def _silence_that_ends(self, length: int) -> float:
        settings = self.settings
        hurried = settings.hurried_after_s is not None and length >= _samples(settings.hurried_after_s)
        return min(settings.end_silence_s, settings.hurried_silence_s) if hurried else settings.end_silence_s

    def _silence(self) -> int:
        return self._clock - self._spans[-1][1]

    def _turn_start(self) -> int:
        return max(self._given, self._spans[0][0] - _samples(self.settings.pre_roll_s))

    def _turn_end(self) -> int:
        return min(self._clock, self._spans[-1][1] + _samples(self.settings.post_roll_s))

    def _give_turn(self, end: int, ended_by: EndedBy) -> list[Stretch]:
        start = self._turn_start()
        quiet = [self._give_quiet(start, EndedBy.SILENCE)] if start > self._given else []
        turn = Stretch(start, end, ended_by, tuple(self._spans))
        self._given, self._state, self._in_span = end, _State.QUIET, False
        return [*quiet, turn]

    def _give_quiet(self, end: int, ended_by: EndedBy) -> Stretch:
        quiet = Stretch(self._given, end, ended_by)
        self._given = end
        return quiet


def _samples(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE_HZ)
