"""What lies on the desk: saved calls with their sound and reviews, as the pages and the JSON share them."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

from simulator.agreement import Agreement, agreements
from simulator.attempts import Attempt
from simulator.class_table import ClassRow, class_table
from simulator.coach.call_data import DrawnCall, curve_of, drawn_call
from simulator.coach.call_sound import CallSound
from simulator.coach.equipment import SharedGrader
from simulator.comparison import Comparison, compare
from simulator.grading.loading import GraderInBackground
from simulator.grading.matching import CaseReader
from simulator.memorised import Recital, recitals, said_in, warning
from simulator.next_scenario import Suggestion, suggest
from simulator.page.timeline import PlacedTurn, placed_turns, second_of
from simulator.progress import Progress, progress_of
from simulator.records import SAMPLE_RATE_HZ, Assessment, Evidence, ReviewEntry, Session
from simulator.report import assessed
from simulator.review import Reading, readings
from simulator.scenarios import Scenario, read_scenario, scenario_files
from simulator.store.database import Database
from simulator.store.listing import SessionRow, list_sessions
from simulator.store.reviews import Reviews
from simulator.store.sessions import Speaker, Store
from simulator.what_if import WhatIf, what_if

_SOUNDS_AT_HAND = 4
_CALLS_FOR_RECITALS, _CALLS_FOR_CLASS = 20, 5  # the latest of a candidate: a script shows soon


@dataclass(frozen=True)
class SavedCall:
    """A call from the store with everything that was found in it and said about it."""

    session: Session
    scenario: Scenario
    placed: tuple[PlacedTurn, ...]
    has_sound: bool
    entries: tuple[ReviewEntry, ...]

    @property
    def id(self) -> str:
        """The session's id."""
        return self.session.head.id

    @cached_property
    def assessment(self) -> Assessment:
        """What the machine made of it."""
        return assessed(self.session, self.scenario.case)

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """What coaches made of it."""
        return readings(self.session, self.scenario.case, self.entries)

    def drawn(self) -> DrawnCall:
        """The call on its own clock."""
        return drawn_call(self.placed, self.session.start_anger, has_sound=self.has_sound)

    def second_of(self, turn: int, seconds: float | None) -> float | None:
        """The second of the call of a second of a turn; None without sound or time."""
        return self.place(Evidence(turn, "", seconds))

    def place(self, evidence: Evidence | None) -> float | None:
        """The second of the call at which evidence can be heard."""
        return second_of(self.placed, evidence) if self.has_sound else None


@dataclass(frozen=True)
class Course:
    """One candidate over time, with what to practise next, and what they have begun to recite; `names` are all."""

    candidate: str
    names: tuple[str, ...]
    rows: tuple[SessionRow, ...]
    progress: Progress
    next: Suggestion
    recitals: tuple[Recital, ...]
    warning: str


class Desk:
    """The one door from the web to what is kept.

    Raises:
        StoreError: at any step, when the disk, the rights or the database are at fault.
        NotFoundError: there is no such session.
    """

    def __init__(self, database: Database | None = None) -> None:
        self.database = database or Database()
        self.store = Store(self.database)
        self.reviews = Reviews(self.database)
        self.grader = SharedGrader(GraderInBackground())
        self.sound = lru_cache(_SOUNDS_AT_HAND)(self._sound)  # a player asks for many ranges of one sound

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        """Every scenario that can be played."""
        return tuple(read_scenario(path) for path in scenario_files().values())

    def rows(self) -> tuple[SessionRow, ...]:
        """Every session, the latest first."""
        return list_sessions(self.database)

    def call(self, session_id: str) -> SavedCall:
        """A whole call; reads no sound."""
        session, scenario = self.store.load(session_id)
        lengths = self.store.lengths(session_id)

        def seconds(number: int) -> tuple[float, float]:
            samples = [lengths.get((number, speaker), 0) for speaker in (Speaker.CUSTOMER, Speaker.CANDIDATE)]
            return samples[0] / SAMPLE_RATE_HZ, samples[1] / SAMPLE_RATE_HZ

        placed = placed_turns(session.turns, seconds)
        return SavedCall(session, scenario, placed, bool(lengths), self.reviews.of(session_id))

    def _sound(self, session_id: str) -> CallSound:
        """The sound of a call."""
        call = self.call(session_id)
        return CallSound(call.placed, lambda turn, speaker: self.store.recording(call.id, turn, speaker))

    def curves(self, session_id: str, turn: int) -> dict[str, object]:
        """Waveform, loudness and pitch of both voices in one turn; None where nothing was recorded."""
        self.store.require(session_id)
        return {speaker.value: self.store.curve(session_id, turn, speaker, curve_of) for speaker in Speaker}

    def course(self, candidate: str | None = None) -> Course:
        """The course of one candidate, or of whoever held the latest call; the empty name is all who gave none."""
        everybody = self.rows()
        if candidate is None:
            candidate = everybody[0].candidate if everybody else ""
        names = tuple(sorted({row.candidate for row in everybody}, key=str.casefold))
        rows = tuple(row for row in reversed(everybody) if row.candidate == candidate)
        found = recitals(said_in(self.store.turns_of(row.id for row in rows[-_CALLS_FOR_RECITALS:])))
        return Course(candidate, names, rows, progress_of(rows), suggest(rows, self.scenarios), found, warning(found))

    def class_rows(self) -> tuple[ClassRow, ...]:
        """Every candidate in a row."""
        rows = tuple(reversed(self.rows()))
        by_name: dict[str, list[SessionRow]] = {}
        for row in rows:
            by_name.setdefault(row.candidate, []).append(row)
        latest = {name: own[-_CALLS_FOR_CLASS:] for name, own in by_name.items()}
        turns = self.store.turns_of(row.id for own in latest.values() for row in own)
        warnings = {
            name: warning(recitals(said_in({row.id: turns[row.id] for row in own}))) for name, own in latest.items()
        }
        return class_table(rows, {name: text for name, text in warnings.items() if text})

    def agreements(self) -> tuple[Agreement, ...]:
        """How far coaches agree with the machine and with each other."""
        calls = {}
        for session_id in self.reviews.by_session():
            call = self.call(session_id)
            calls[session_id] = (call.session.turns, call.assessment, call.readings)
        return agreements(calls)

    def compare(self, first: str, second: str) -> Comparison:
        """Two attempts at one scenario.

        Raises:
            UsageError: they are of different scenarios.
        """
        calls = [self.call(session_id) for session_id in (first, second)]
        attempts = [Attempt(call.session, call.assessment) for call in calls]
        return compare(attempts[0], attempts[1])

    def what_if(self, session_id: str, turn: int, texts: list[str]) -> WhatIf:
        """Other answers from a turn of a call on, by the same rules and seed.

        Raises:
            UsageError: no such turn, or an empty text.
        """
        call = self.call(session_id)
        reader = CaseReader(call.scenario.case, self.grader)
        return what_if(call.session, call.scenario, turn, texts, self.grader, reader)
