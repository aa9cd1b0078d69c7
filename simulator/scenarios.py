"""Scenarios: who calls, why, what must be found out, what may be offered, and what the customer says.

Reads and checks the YAML; does not play it.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, RootModel, StringConstraints, model_validator

from simulator.cases import Case, Entry, NeededFact
from simulator.errors import ScenarioError
from simulator.rules import Checked, read_yaml
from simulator.settings import scenarios_dir

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]


class Heat(StrEnum):
    """The three bands of anger in which lines are written."""

    FURIOUS = "furious"
    ANNOYED = "annoyed"
    CALM = "calm"

    @classmethod
    def of(cls, anger: float) -> "Heat":
        """The band of an anger from 0 to 100."""
        return cls.FURIOUS if anger >= 70 else cls.ANNOYED if anger >= 40 else cls.CALM


class LineEvent(StrEnum):
    """Occasions on which the customer speaks a line of their own."""

    OPENING = "opening"
    VENTING = "venting"
    COOLING = "cooling"
    PUSHING_BACK = "pushing_back"
    NOT_HEARD = "not_heard"
    ASKED_AGAIN = "asked_again"
    CONFIRMING = "confirming"
    PRESSING = "pressing"
    DOUBTING = "doubting"
    ON_HOLD = "on_hold"
    MANAGER = "manager"
    CALL_BACK = "call_back"
    OFF_TOPIC = "off_topic"
    ONE_WORD = "one_word"
    ABUSED = "abused"
    SILENCE = "silence"
    CUT_SHORT = "cut_short"
    THANKS = "thanks"
    GRUDGING = "grudging"
    FOLLOW_UP = "follow_up"
    GIVING_UP = "giving_up"
    HANG_UP = "hang_up"
    ESCALATION = "escalation"


class VoiceSpec(Checked):
    """The customer's voice; `variant` is espeak's, other systems choose by accent and gender."""

    accent: Literal["en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-029"] = "en-us"
    gender: Literal["female", "male"]
    variant: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_-]+$")]
    rate_wpm: Annotated[int, Field(ge=120, le=240)] = 175
    pitch: Annotated[int, Field(ge=10, le=90)] = 50


class Customer(Checked):
    """Who calls."""

    name: Text
    voice: VoiceSpec
    situation: Text


class Grievance(Checked):
    """What went wrong; `details` are the words by which an acknowledgement is of this case."""

    summary: Text
    details: Texts


class Told(Checked):
    """The same answer, spoken in anger and spoken calmly."""

    angry: Text
    calm: Text

    def at(self, anger: float) -> str:
        """The wording for an anger from 0 to 100."""
        return self.calm if Heat.of(anger) is Heat.CALM else self.angry


class Fact(Checked):
    """Something the candidate must find out. `identity`: a mere check of who calls."""

    id: Id
    label: Text
    ask: Annotated[tuple[Text, ...], Field(min_length=3)]
    answer: Told
    identity: bool = False
    impact: bool = False


class Option(Checked):
    """A remedy that the agent may offer.

    `settles` says how far it settles the matter for this customer, `trade_off` what speaks for it and against it.
    """

    id: Id
    label: Text
    say: Annotated[tuple[Text, ...], Field(min_length=3)]
    settles: Annotated[float, Field(ge=0, le=1)]
    trade_off: Text
    answer: Told
    chosen: Text


class BeyondAuthority(Checked):
    """A promise that the agent may not make, and how the customer holds them to it later."""

    id: Id
    label: Text
    say: Annotated[tuple[Text, ...], Field(min_length=3)]
    answer: Told
    challenge: Text


class ModelAnswers(Checked):
    """What a very good agent would say in this call; the advice quotes it, and scripted candidates speak it."""

    calm: Text
    own: Text
    clarify: Text
    summary: Text
    options: Text
    close: Text


Lines = Texts | dict[Heat, Texts]


class PlainLines(RootModel[dict[LineEvent, Lines]]):
    """Lines for every occasion that fit any customer: what a new scenario begins with."""


class Scenario(Checked):
    """One call that can be rehearsed."""

    id: Id
    version: Annotated[int, Field(ge=1)]
    title: Text
    pack: Text
    briefing: Text
    customer: Customer
    grievance: Grievance
    facts: Annotated[tuple[Fact, ...], Field(min_length=3, max_length=6)]
    authority: Annotated[tuple[Option, ...], Field(min_length=2, max_length=6)]
    beyond_authority: Annotated[tuple[BeyondAuthority, ...], Field(min_length=1)]
    model_answers: ModelAnswers
    lines: dict[LineEvent, Lines]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        missing = [event.value for event in LineEvent if event not in self.lines]
        if missing:
            raise ValueError(f"lines are missing for {', '.join(missing)}")
        for event, lines in self.lines.items():
            if isinstance(lines, dict) and set(lines) != set(Heat):
                raise ValueError(f"lines for {event.value} need all of {', '.join(Heat)}, or one plain list")
        ids = [*(f.id for f in self.facts), *(o.id for o in self.authority), *(b.id for b in self.beyond_authority)]
        if twice := sorted({name for name in ids if ids.count(name) > 1}):
            raise ValueError(f"ids are used twice: {', '.join(twice)}")
        return self

    @property
    def case(self) -> Case:
        """What the grader needs to know of it."""
        return Case(
            details=self.grievance.details,
            facts=tuple(
                NeededFact(f.id, f.label, (f.label, *f.ask), identity=f.identity, impact=f.impact) for f in self.facts
            ),
            authority=tuple(Entry(o.id, o.label, (o.label, *o.say)) for o in self.authority),
            beyond=tuple(Entry(b.id, b.label, (b.label, *b.say)) for b in self.beyond_authority),
            model_answers=self.model_answers.model_dump(),
        )

    def lines_for(self, event: LineEvent, anger: float) -> tuple[str, ...]:
        """Every line for an occasion at an anger from 0 to 100."""
        lines = self.lines[event]
        return lines[Heat.of(anger)] if isinstance(lines, dict) else lines

    def every_line_for(self, event: LineEvent) -> tuple[str, ...]:
        """Every line for an occasion, whatever the mood."""
        lines = self.lines[event]
        return tuple(line for heat in Heat for line in lines[heat]) if isinstance(lines, dict) else lines

    def fact(self, fact_id: str) -> Fact:
        """A fact by its id."""
        return next(fact for fact in self.facts if fact.id == fact_id)

    def option(self, option_id: str) -> Option:
        """An authorised option by its id."""
        return next(option for option in self.authority if option.id == option_id)

    def beyond(self, promise_id: str) -> BeyondAuthority:
        """A promise beyond authority by its id."""
        return next(promise for promise in self.beyond_authority if promise.id == promise_id)


def read_scenario(path: Path) -> Scenario:
    """Read and check one scenario file.

    Raises:
        ScenarioError: every mistake, each with file, line, key and what was expected.
    """
    return read_yaml(path, Scenario)


def scenario_files() -> dict[str, Path]:
    """The scenarios that come with the program, by id (which is the file's name)."""
    return {path.stem: path for path in sorted(scenarios_dir().glob("*.yaml"))}


def find_scenario(name: str) -> Scenario:
    """A scenario by its id, or by the path of a file of one's own.

    Raises:
        ScenarioError: unknown, or faulty.
    """
    if name.endswith((".yaml", ".yml")):
        return read_scenario(Path(name))
    files = scenario_files()
    if name not in files:
        raise ScenarioError(
            f"There is no scenario called {name}; there are: {', '.join(files)} (looked in {scenarios_dir()}).",
            advice="Type `simulator scenarios` for the list, or give the path of a .yaml file.",
        )
    return read_scenario(files[name])
