"""What lies on the desk: saved calls with their sound and reviews, as the pages and the JSON share them."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

from simulator.coach.call_data import DrawnCall, curve_of, drawn_call
from simulator.coach.call_sound import CallSound
from simulator.page.timeline import PlacedTurn, placed_turns
from simulator.records import SAMPLE_RATE_HZ, Assessment, Evidence, ReviewEntry, Session
from simulator.report import assessed
from simulator.review import Reading, readings
from simulator.scenarios import Scenario
from simulator.store.database import Database
from simulator.store.listing import SessionRow, list_sessions
from simulator.store.reviews import Reviews
from simulator.store.sessions import Speaker, Store

_SOUNDS_AT_HAND = 4


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

    @cached_property
    def start_anger(self) -> float | None:
        """The anger before the first turn: what the first reaction left, less what its causes did."""
        reaction = self.session.turns[0].reaction if self.session.turns else None
        return reaction.mood.anger - sum(cause.change.anger for cause in reaction.causes) if reaction else None

    def drawn(self) -> DrawnCall:
        """The call on its own clock."""
        return drawn_call(self.placed, self.start_anger, has_sound=self.has_sound)

    def second_of(self, turn: int, seconds: float | None) -> float | None:
        """The second of the call of a second of a turn; None without sound or time."""
        if seconds is None or not self.has_sound:
            return None
        return next((placed.at(seconds) for placed in self.placed if placed.turn.index == turn), None)

    def place(self, evidence: Evidence | None) -> float | None:
        """The second of the call at which evidence can be heard."""
        return self.second_of(evidence.turn, evidence.start_s) if evidence else None


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
        self.sound = lru_cache(_SOUNDS_AT_HAND)(self._sound)  # a player asks for many ranges of one sound

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
        return {speaker.value: self.store.curve(session_id, turn, speaker, curve_of) for speaker in Speaker}
