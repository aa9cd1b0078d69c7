"""The words of the domain: what is heard, graded, felt and kept.

Frozen records that every room may hold. They know nothing of files, models or screens.
Seconds count from the start of the recording or, in a live call, from the moment the candidate could
begin to speak. Levels run from 0 to 4; anger, trust and patience from 0 to 100; heard, understood and
resolved from 0 to 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:  # numpy takes a tenth of a second to load, and listings never touch sound
    import numpy as np
    from numpy.typing import NDArray

SAMPLE_RATE_HZ = 16_000
FRAME_SAMPLES = 512  # what the Silero voice detector takes at 16 kHz: 32 ms
FRAME_S = FRAME_SAMPLES / SAMPLE_RATE_HZ

Samples: TypeAlias = "NDArray[np.float32]"


class Behaviour(StrEnum):
    """What one sentence of a candidate can do; the ids of the rubric."""

    ACKNOWLEDGE = "acknowledge"
    APOLOGISE = "apologise"
    OWN = "own"
    REASSURE = "reassure"
    ASK_OPEN = "ask_open"
    ASK_SPECIFIC = "ask_specific"
    RESTATE = "restate"
    GIVE_REASON = "give_reason"
    OFFER = "offer"
    GIVE_CHOICE = "give_choice"
    COMMIT = "commit"
    CHECK_AGREEMENT = "check_agreement"
    DISMISS = "dismiss"
    BLAME_CUSTOMER = "blame_customer"
    DEFLECT = "deflect"
    CITE_POLICY = "cite_policy"
    HOSTILE = "hostile"
    VAGUE_PROMISE = "vague_promise"
    REFUSE = "refuse"
    COURTESY = "courtesy"


CALMING = frozenset({Behaviour.ACKNOWLEDGE, Behaviour.APOLOGISE, Behaviour.OWN, Behaviour.REASSURE})
ASKING = frozenset({Behaviour.ASK_OPEN, Behaviour.ASK_SPECIFIC})
HEATING = frozenset({Behaviour.DISMISS, Behaviour.BLAME_CUSTOMER, Behaviour.HOSTILE})
FAULTS = HEATING | {Behaviour.DEFLECT, Behaviour.CITE_POLICY, Behaviour.VAGUE_PROMISE, Behaviour.REFUSE}


class EndedBy(StrEnum):
    """Why a stretch of listening ended."""

    SILENCE = "silence"
    TOO_LONG = "too_long"
    NOBODY_SPOKE = "nobody_spoke"
    END_OF_INPUT = "end_of_input"


class Ending(StrEnum):
    """How a call can end."""

    ESCALATED = "escalated"
    HANG_UP = "hang_up"
    SATISFIED = "satisfied"
    GRUDGING = "grudging"
    FOLLOW_UP = "follow_up_agreed"
    UNRESOLVED = "unresolved"


# --- sound and words ------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Audio:
    """Mono sound at 16 kHz; `samples` is float32 of shape (n,), within -1 and 1."""

    samples: Samples

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / SAMPLE_RATE_HZ


@dataclass(frozen=True)
class Span:
    """A stretch of time, in seconds."""

    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Word:
    """One word as it was heard; typed words have no times."""

    text: str
    start_s: float | None = None
    end_s: float | None = None
    probability: float = 1.0


@dataclass(frozen=True)
class Transcript:
    """What was said. `rough` marks a recogniser whose words are only a sketch."""

    words: tuple[Word, ...]
    transcriber: str
    rough: bool = False

    @property
    def text(self) -> str:
        """The words with single spaces."""
        return " ".join(word.text for word in self.words)

    @classmethod
    def typed(cls, text: str) -> "Transcript":
        """A transcript that was written, not heard."""
        return cls(tuple(Word(token) for token in text.split()), transcriber="typed")


@dataclass(frozen=True)
class TurnText:
    """The sentences of a turn, and the customer's line that it answers."""

    sentences: tuple[str, ...]
    customer: str = ""


@dataclass(frozen=True)
class Utterance:
    """Speech between two silences.

    `audio` starts at `start_s` of the input, a little before the first sound of speech; `speech` holds
    the voiced stretches in the seconds of the input.
    """

    audio: Audio
    start_s: float
    speech: tuple[Span, ...]
    ended_by: EndedBy


# --- grading --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Label:
    """A behaviour found in a sentence, with the grader's probability."""

    id: Behaviour
    probability: float


@dataclass(frozen=True)
class GradedSentence:
    """One sentence of the candidate, what it does, and what it means in this case.

    `doubted`: the recogniser was unsure of the words, so nothing is measured in it. `specific`: its
    acknowledgement or apology names a detail of the case. `facts`: ids of the facts its question reaches;
    `re_asked`: those of them which the customer had already told. `options`: ids of the remedies within the
    agent's authority that it offers; `over_promises`: ids of those beyond it.
    """

    text: str
    start_s: float | None = None
    end_s: float | None = None
    labels: tuple[Label, ...] = ()
    doubted: bool = False
    specific: bool = False
    facts: tuple[str, ...] = ()
    re_asked: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    over_promises: tuple[str, ...] = ()

    @property
    def behaviours(self) -> frozenset[Behaviour]:
        """The ids of its labels."""
        return frozenset(label.id for label in self.labels)


@dataclass(frozen=True)
class FilledPause:
    """An um or uh: where it was, which source found it (`transcript`, `sound` or `both`), and how surely."""

    start_s: float | None
    end_s: float | None
    source: str
    probability: float


@dataclass(frozen=True)
class FillerWord:
    """A word such as "basically" used to fill time."""

    text: str
    start_s: float | None
    end_s: float | None


@dataclass(frozen=True)
class PacePoint:
    """The pace around a moment: syllables in a second of speaking time."""

    at_s: float
    syllables_per_second: float


@dataclass(frozen=True)
class PaceStretch:
    """A stretch in which the pace left the norm: `rushed` or `dragging`."""

    start_s: float
    end_s: float
    kind: str
    syllables_per_second: float


@dataclass(frozen=True)
class VoiceProfile:
    """What a voice is like over some time, free of words. It holds no sound and nobody can be heard from it.

    `spectrum_db` has a level for each of the 32 mel bands over the voiced frames, with the noise taken off, None
    where noise or the line leaves nothing. `voiced_s` is how long the voice was heard. Pitch spread is the standard
    deviation of the middle four fifths. `syllable_rate` counts peaks of loudness in a second of speech. `clarity`
    from 0 to 1 falls with noise, clipping and a narrow line.
    """

    voiced_s: float
    voiced_share: float
    spectrum_db: tuple[float | None, ...]
    pitch_median_hz: float
    pitch_spread_semitones: float
    pitch_range_semitones: float
    syllable_rate: float
    loudness_db: float
    clarity: float


STEADY, TONE_NOT_MEASURED = "steady", "not measured"


@dataclass(frozen=True)
class VoiceTone:
    """The tone of a turn in plain words, never an emotion.

    `verdict` joins `raised`, `hurried`, `flat`, `quiet`, or is `steady`, or `not measured`. `raised` from 0 to 1
    rises with tension against the speaker's baseline, or against wide general bands where there is none. `certainty`
    from 0 to 1 falls with noise, clipping, a narrow line, little speech and a missing baseline.
    """

    verdict: str
    raised: float | None
    certainty: float
    pitch_median_hz: float | None
    pitch_range_semitones: float | None
    loudness_db: float | None
    against_baseline: bool = False


@dataclass(frozen=True)
class Delivery:
    """How a turn was said. What was not measured is None, never a made-up number.

    `customer_s` is how long the line sounded that was answered, where it did. `overlaps` are the moments in which
    both voices sounded, where both were recorded on one clock.
    """

    measured: bool
    words: int
    words_per_minute: float | None = None
    syllables_per_second: float | None = None
    speaking_s: float | None = None
    duration_s: float | None = None
    response_gap_s: float | None = None
    customer_s: float | None = None
    longest_run_s: float | None = None
    speech: tuple[Span, ...] | None = None
    pauses: tuple[Span, ...] | None = None
    overlaps: tuple[Span, ...] | None = None
    filled_pauses: tuple[FilledPause, ...] = ()
    filler_words: tuple[FillerWord, ...] = ()
    pace_course: tuple[PacePoint, ...] = ()
    pace_stretches: tuple[PaceStretch, ...] = ()
    voice: VoiceTone | None = None


# --- the customer ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mood:
    """The customer's state; also used for a change of it."""

    anger: float = 0.0
    trust: float = 0.0
    patience: float = 0.0
    heard: float = 0.0
    understood: float = 0.0
    resolved: float = 0.0

    def __add__(self, change: "Mood") -> "Mood":
        return Mood(*(a + b for a, b in zip(self.values(), change.values(), strict=True)))

    def __sub__(self, other: "Mood") -> "Mood":
        return Mood(*(a - b for a, b in zip(self.values(), other.values(), strict=True)))

    def values(self) -> Iterator[float]:
        """The six numbers in the order of the fields."""
        return (getattr(self, f.name) for f in fields(self))


@dataclass(frozen=True)
class Cause:
    """One reason why the mood moved: the event, the words that made it, and the change it made."""

    event: str
    why: str
    quote: str | None
    change: Mood


@dataclass(frozen=True)
class Reaction:
    """The step from one mood to the next; `mood` is the start plus every cause's change."""

    mood: Mood
    causes: tuple[Cause, ...]
    ending: Ending | None = None


@dataclass(frozen=True)
class CustomerLine:
    """What the customer says, why, and which facts and options it speaks of."""

    text: str
    event: str
    facts_told: tuple[str, ...] = ()
    option: str | None = None


# --- the call -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Turn:
    """The customer's line, the candidate's answer to it, its grade, and the mood it led to."""

    index: int
    customer: CustomerLine
    transcript: Transcript
    sentences: tuple[GradedSentence, ...]
    delivery: Delivery
    ended_by: EndedBy
    reaction: Reaction | None = None


@dataclass(frozen=True)
class Evidence:
    """Words that earned or cost something, with where to hear them."""

    turn: int
    text: str
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True)
class Fault:
    """A named fault of the rubric, what it caps, and its evidence."""

    id: str
    title: str
    evidence: tuple[Evidence, ...]
    caps: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Levels:
    """The three steps, 0 to 4; None where the call gave no opportunity."""

    calm: int | None
    clarify: int | None
    options: int | None


@dataclass(frozen=True)
class ScoreRow:
    """One visible row of the scorecard; `points` is None where it was not measured.

    `evidence` is the place in the sound that shows it best, where there is one.
    """

    id: str
    title: str
    points: float | None
    out_of: int
    why: str
    evidence: Evidence | None = None


@dataclass(frozen=True)
class Scorecard:
    """The rows, and their sum over what was measured."""

    rows: tuple[ScoreRow, ...]

    @property
    def total(self) -> float:
        """Sum of the points of every measured row."""
        return sum(row.points for row in self.rows if row.points is not None)

    @property
    def out_of(self) -> int:
        """The most that the measured rows could have given."""
        return sum(row.out_of for row in self.rows if row.points is not None)


@dataclass(frozen=True)
class Advice:
    """One thing to do differently: what was said, why it cost, and words that would have helped."""

    step: str
    why: str
    better: str
    evidence: Evidence | None = None


@dataclass(frozen=True)
class Assessment:
    """What the rubric makes of a whole call."""

    levels: Levels
    faults: tuple[Fault, ...]
    scorecard: Scorecard
    safety: tuple[Fault, ...]
    praise: str
    advice: tuple[Advice, ...]


@dataclass(frozen=True)
class SessionHead:
    """What is known of a call before its first line. `candidate` is a name, or empty where nobody gave one."""

    id: str
    started_at: str
    scenario: str
    difficulty: str
    seed: int
    transcriber: str
    rough: bool
    grader: str
    versions: dict[str, str]
    candidate: str = ""


@dataclass(frozen=True)
class Session:
    """A whole call. `unheard` counts answers that were recorded but not graded before it broke off.

    `assessment` is None until the call has ended.
    """

    head: SessionHead
    turns: tuple[Turn, ...]
    assessment: Assessment | None
    ending: Ending | None
    closing: str | None = None
    unheard: int = 0

    @property
    def start_anger(self) -> float | None:
        """The anger before the first turn: what the first reaction left, less what its causes did."""
        reaction = self.turns[0].reaction if self.turns else None
        return reaction.mood.anger - sum(cause.change.anger for cause in reaction.causes) if reaction else None

    @property
    def status(self) -> str:
        """The ending, or `interrupted` where the program was stopped in the middle."""
        return self.ending.value if self.ending else "interrupted"


# --- the coach ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Comment:
    """Words about a moment: of a turn's own clock, or of a sentence. A private one is not for the candidate."""

    text: str
    turn: int
    start_s: float | None = None
    sentence: int | None = None
    private: bool = False
    kind: Literal["comment"] = "comment"


@dataclass(frozen=True)
class LabelChange:
    """A behaviour that a sentence has, or has not, against the machine's grade."""

    turn: int
    sentence: int
    behaviour: Behaviour
    present: bool
    kind: Literal["label"] = "label"


@dataclass(frozen=True)
class LevelChange:
    """A level that a step has reached in the coach's ears; None is "no opportunity"."""

    step: Literal["calm", "clarify", "options"]
    level: Literal[0, 1, 2, 3, 4] | None
    kind: Literal["level"] = "level"


@dataclass(frozen=True)
class WholeCallHeard:
    """The coach has heard the whole call: what stands uncorrected is agreed with."""

    kind: Literal["whole_call"] = "whole_call"


Review = Comment | LabelChange | LevelChange | WholeCallHeard


@dataclass(frozen=True)
class ReviewEntry:
    """Something a coach wrote or changed. Entries are never rewritten, only undone, so that no one's work is lost."""

    id: str
    author: str
    at: str
    review: Review
    reason: str = ""
    undone_at: str | None = None
