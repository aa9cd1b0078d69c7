"""The shape of `rubric.yaml`: the numbers and words of the rubric. Applies none of them."""

import re
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from simulator.records import Behaviour
from simulator.rules import Checked, load_rules

StepName = Literal["calm", "clarify", "options"]
STEP_TITLES: dict[StepName, str] = {"calm": "Calm", "clarify": "Clarify", "options": "Create Options"}
PointsByLevel = Annotated[tuple[float, ...], Field(min_length=5, max_length=5)]


class Opening(Checked):
    """Points of the opening."""

    greets: float
    meets_the_upset: float


class Ownership(Checked):
    """Points of ownership and close."""

    owns: float
    commits: float
    checks_agreement: float


class Zones(Checked):
    """Points by zone of a norm."""

    quiet: float
    note: float
    work: float


class Points(Checked):
    """What each row of the scorecard can give."""

    opening: Opening
    calm: PointsByLevel
    clarify: PointsByLevel
    options: PointsByLevel
    ownership: Ownership
    pace: Zones
    tone: Zones
    pauses: Zones
    fillers: Zones


class Limit(Checked):
    """Up to `quiet` all is well, up to `note` worth a note, above it work."""

    quiet: float
    note: float

    def zone(self, value: float) -> str:
        """`quiet`, `note` or `work`."""
        return "quiet" if value <= self.quiet else "note" if value <= self.note else "work"


class Band(Checked):
    """As `Limit`, with a lower and an upper bound."""

    quiet: tuple[float, float]
    note: tuple[float, float]

    def zone(self, value: float) -> str:
        """`quiet`, `note` or `work`."""
        return next((z for z in ("quiet", "note") if getattr(self, z)[0] <= value <= getattr(self, z)[1]), "work")


class Norms(Checked):
    """Delivery norms."""

    pace_wpm: Band
    pause_s: Limit
    response_gap_s: Limit
    filled_pauses_per_minute: Limit
    filler_words_per_100: Limit
    syllables_per_second: Band
    talk_share: Limit


class ToneNorms(Checked):
    """When a voice is called raised, quiet, flat or hurried; see `rubric.yaml`."""

    raised: float
    surely_raised: float
    raised_db: float
    raised_db_general: float
    quiet_db: float
    flat_share: float
    hurried_share: float
    general_pitch_spread: float
    general_syllable_rate: float
    least_certainty: float
    raised_turns_work: int


class Limits(Checked):
    """Where a rule begins to bite."""

    monologue_s: float
    monologue_words: int
    questions_in_a_turn: int
    turns_of_questions_only: int
    soothing_in_a_row: int
    news_words: int
    facts_for_clarify: float
    facts_before_an_offer: float
    clarify_turns: int
    options_turns: int
    long_turn_words: int
    short_turn_words: int
    anger_returns: float
    sure_heat: float
    doubted_word: float
    doubted_share: float


class Cues(Checked):
    """Regular expressions for what no label says."""

    impact: str
    identity: str
    trade_off: str
    fallback: str
    asks_confirmation: str
    confirms: str
    grants: str
    chooses: str
    anger: str
    hold: str
    manager: str
    call_back: str


class FaultRule(Checked):
    """A named fault: what it caps, why it costs, and the step whose model answer helps."""

    title: str
    caps: dict[StepName, Annotated[int, Field(ge=0, le=4)]]
    why: str
    step: StepName


class RowAdvice(Checked):
    """What the advice says of a row that lost points."""

    why: str
    better: str


class RubricRules(Checked):
    """The file `rubric.yaml`."""

    version: int
    points: Points
    norms: Norms
    tone: ToneNorms
    limits: Limits
    cues: Cues
    faults: dict[str, FaultRule]
    safety: dict[str, str]
    safety_patterns: dict[str, str]
    next_level: dict[StepName, Annotated[tuple[str, ...], Field(min_length=4, max_length=4)]]
    model_answers: dict[StepName, tuple[str, ...]]
    row_advice: dict[str, RowAdvice]
    praise: tuple[tuple[Behaviour, Literal["specific", "any"], str], ...]

    def has_cue(self, cue: str, text: str) -> bool:
        """Whether a text shows a cue by its name in `cues`."""
        return bool(self._patterns[cue].search(text.lower().replace("’", "'")))

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        named = {**self.cues.model_dump(), **self.safety_patterns}
        return {name: re.compile(pattern) for name, pattern in named.items()}


def rubric_rules() -> RubricRules:
    """The rubric that comes with the program.

    Raises:
        ScenarioError: the file is faulty.
    """
    rules: RubricRules = load_rules("rubric", RubricRules)
    return rules
