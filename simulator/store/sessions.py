"""The session store: what was said is safe before the customer answers.

Each step is one transaction: the candidate's sound with its row as soon as the answer ends, the grade when
it is there, the ending at last. Killing the program loses at most the sentence being spoken. SQLite in the
person's data folder, or any database by its SQLAlchemy URL.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, insert, select, update

from simulator.errors import NotFoundError, UsageError
from simulator.records import Assessment, Audio, CustomerLine, Ending, ReviewEntry, Session, SessionHead, Turn
from simulator.store.database import Database
from simulator.store.schema import curves, recordings, reviews, sessions, turns
from simulator.store.summary import sum_up, summary_of

if TYPE_CHECKING:  # pydantic loads when a session is read or written; listings go without it
    from pydantic import TypeAdapter

    from simulator.scenarios import Scenario


class Speaker(StrEnum):
    """Whose voice a recording holds."""

    CUSTOMER = "customer"
    CANDIDATE = "candidate"


@dataclass(frozen=True)
class WholeCall:
    """A session with its scenario, and the customer's line for every answer by its number, graded or not."""

    session: Session
    scenario: "Scenario"
    lines: dict[int, CustomerLine]


class Store:
    """All sessions of one person.

    Raises:
        StoreError: on opening or at any step, when the disk, the rights or the database are at fault.
    """

    def __init__(self, database: Database | None = None) -> None:
        self._database = database or Database()

    # --- writing ---

    def begin(self, head: SessionHead, scenario: "Scenario") -> None:
        """Enter a session before its first line."""
        row = _head_row(head, scenario)
        with self._database.transaction() as connection:
            connection.execute(insert(sessions).values(row | {"summary": summary_of(row["scenario"], [], None)}))

    def save_heard(self, session_id: str, number: int, customer: CustomerLine, sounds: dict[Speaker, bytes]) -> None:
        """Keep an answer as it was heard: the line it answers, and both voices as FLAC."""
        line = _adapter(CustomerLine).dump_python(customer, mode="json")
        rows = [_sound_row(session_id, number, speaker, flac) for speaker, flac in sounds.items()]
        with self._database.transaction() as connection:
            connection.execute(insert(turns).values(session_id=session_id, number=number, customer=line))
            if rows:
                connection.execute(insert(recordings), rows)

    def save_turn(self, session_id: str, turn: Turn) -> None:
        """Add the grade and the reaction to an answer that was kept."""
        with self._database.transaction() as connection:
            _enter_grade(connection, session_id, turn)
            sum_up(connection, session_id)

    def finish(self, session: Session) -> None:
        """Enter the ending and what the rubric made of the call."""
        with self._database.transaction() as connection:
            connection.execute(update(sessions).where(sessions.c.id == session.head.id).values(_outcome_row(session)))
            sum_up(connection, session.head.id)

    def restore(
        self,
        calls: "Iterable[tuple[WholeCall, Iterable[tuple[int, Speaker, bytes]]]]",
        entries: "Mapping[str, Iterable[ReviewEntry]]",
        undone: Mapping[str, str],
    ) -> None:
        """Enter what was kept elsewhere, all of it or nothing.

        `calls` come with their recordings as FLAC, one at a time; `entries` are reviews by session; `undone` says
        for the ids of entries that are here when they were taken back.
        """
        with self._database.transaction() as connection:
            for call, sounds in calls:
                _enter(connection, call, sounds)
            for session_id, written in entries.items():
                rows = [_adapter(ReviewEntry).dump_python(entry, mode="json") for entry in written]
                connection.execute(insert(reviews), [{"session_id": session_id, **row} for row in rows])
            for entry_id, at in undone.items():
                connection.execute(update(reviews).where(reviews.c.id == entry_id).values(undone_at=at))

    def delete(self, session_id: str) -> None:
        """Remove a session with its recordings; SQLite overwrites them with zeros."""
        with self._database.transaction() as connection:
            if not connection.execute(delete(sessions).where(sessions.c.id == session_id)).rowcount:
                raise self._unknown(connection, session_id)

    # --- reading ---

    def find(self, beginning: str) -> str:
        """The id of the session that begins so; `last` is the latest.

        Raises:
            UsageError: none, or more than one.
        """
        with self._database.transaction() as connection:
            if beginning == "last":
                latest = select(sessions.c.id).order_by(sessions.c.started_at.desc()).limit(1)
                found = list(connection.scalars(latest))
            else:
                found = list(
                    connection.scalars(
                        select(sessions.c.id).where(sessions.c.id.startswith(beginning, autoescape=True))
                    )
                )
            if len(found) > 1:
                raise UsageError(f"{len(found)} sessions begin with {beginning}.", advice="Type more of the id.")
            if not found and beginning == "last":
                raise UsageError(
                    f"There is no saved call yet (looked in {self._database.place}).",
                    advice="`simulator practice` holds the first one.",
                )
            if not found:
                raise self._unknown(connection, beginning)
        return str(found[0])

    def load(self, session_id: str) -> tuple[Session, "Scenario"]:
        """A session with the scenario as it was played; no assessment where it was interrupted."""
        with self._database.transaction() as connection:
            row = connection.execute(select(sessions).where(sessions.c.id == session_id)).first()
            if row is None:
                raise self._unknown(connection, session_id)
            answers = connection.execute(
                select(turns.c.graded).where(turns.c.session_id == session_id).order_by(turns.c.number)
            ).scalars()
            graded = list(answers)
        session = Session(
            head=_adapter(SessionHead).validate_python(row.head),
            turns=tuple(_adapter(Turn).validate_python(turn) for turn in graded if turn is not None),
            assessment=_adapter(Assessment | None).validate_python(row.assessment),
            ending=Ending(row.ending) if row.ending else None,
            closing=row.closing,
            unheard=sum(turn is None for turn in graded),
        )
        from simulator.scenarios import Scenario

        return session, Scenario.model_validate(row.scenario)

    def whole(self, session_id: str) -> WholeCall:
        """A session with the lines of the answers that were not graded too."""
        session, scenario = self.load(session_id)
        query = select(turns.c.number, turns.c.customer).where(turns.c.session_id == session_id)
        with self._database.transaction() as connection:
            rows = connection.execute(query.order_by(turns.c.number)).all()
        lines = {row.number: _adapter(CustomerLine).validate_python(row.customer) for row in rows}
        return WholeCall(session, scenario, lines)

    def turns_of(self, session_ids: Iterable[str]) -> dict[str, tuple[Turn, ...]]:
        """The graded turns of several sessions at once, by their ids."""
        ids = list(session_ids)
        query = select(turns.c.session_id, turns.c.graded).where(turns.c.session_id.in_(ids)).order_by(turns.c.number)
        found: dict[str, list[Turn]] = {session_id: [] for session_id in ids}
        with self._database.transaction() as connection:
            for session_id, graded in connection.execute(query):
                if graded is not None:
                    found[session_id].append(_adapter(Turn).validate_python(graded))
        return {session_id: tuple(graded) for session_id, graded in found.items()}

    def recording(self, session_id: str, number: int, speaker: Speaker) -> bytes | None:
        """The FLAC of one voice in one turn, or None where nothing was recorded."""
        query = select(recordings.c.flac).where(
            recordings.c.session_id == session_id,
            recordings.c.turn == number,
            recordings.c.speaker == speaker.value,
        )
        with self._database.transaction() as connection:
            flac: bytes | None = connection.execute(query).scalar()
        return flac

    def lengths(self, session_id: str) -> dict[tuple[int, Speaker], int]:
        """How many samples at 16 kHz were recorded of each voice in each turn; reads no sound."""
        query = select(recordings.c.turn, recordings.c.speaker, recordings.c.samples).where(
            recordings.c.session_id == session_id
        )
        with self._database.transaction() as connection:
            return {(turn, Speaker(speaker)): samples for turn, speaker, samples in connection.execute(query)}

    def sounds(self, session_id: str) -> Callable[[int], tuple[Audio | None, Audio | None]]:
        """For the number of a turn: the customer's sound and the candidate's, None where nothing was recorded."""
        from simulator.audio.files import decode_flac

        def of(number: int) -> tuple[Audio | None, Audio | None]:
            flacs = [self.recording(session_id, number, speaker) for speaker in (Speaker.CUSTOMER, Speaker.CANDIDATE)]
            customer, candidate = (decode_flac(flac) if flac else None for flac in flacs)
            return customer, candidate

        return of

    def curve(self, session_id: str, number: int, speaker: Speaker, make: Callable[[bytes], Any]) -> Any:
        """What `make` draws from the FLAC of one voice in one turn, made once and kept; None without a recording."""
        this = (curves.c.session_id == session_id) & (curves.c.turn == number) & (curves.c.speaker == speaker.value)
        with self._database.transaction() as connection:
            kept = connection.execute(select(curves.c.curve).where(this)).scalar()
        if kept is not None:
            return kept
        flac = self.recording(session_id, number, speaker)
        if flac is None:
            return None
        made = make(flac)
        row = {"session_id": session_id, "turn": number, "speaker": speaker.value, "curve": made}
        with self._database.transaction() as connection:
            connection.execute(delete(curves).where(this))  # two readers may have made it at once
            connection.execute(insert(curves).values(row))
        return made

    def require(self, session_id: str) -> None:
        """That there is such a session.

        Raises:
            NotFoundError: there is none.
        """
        with self._database.transaction() as connection:
            if connection.scalar(select(sessions.c.id).where(sessions.c.id == session_id)) is None:
                raise self._unknown(connection, session_id)

    def _unknown(self, connection: Connection, session_id: str) -> NotFoundError:
        latest = select(sessions.c.id).order_by(sessions.c.started_at.desc()).limit(3)
        known = ", ".join(connection.scalars(latest)) or "none yet"
        return NotFoundError(
            f"There is no session {session_id} (the latest: {known}; looked in {self._database.place}).",
            advice="Type `simulator sessions` for the list.",
        )


def _enter(connection: Connection, call: WholeCall, sounds: "Iterable[tuple[int, Speaker, bytes]]") -> None:
    session, head = call.session, call.session.head
    connection.execute(insert(sessions).values(_head_row(head, call.scenario) | _outcome_row(session)))
    for number, line in call.lines.items():
        customer = _adapter(CustomerLine).dump_python(line, mode="json")
        connection.execute(insert(turns).values(session_id=head.id, number=number, customer=customer))
    for turn in session.turns:
        _enter_grade(connection, head.id, turn)
    for number, speaker, flac in sounds:
        connection.execute(insert(recordings).values(_sound_row(head.id, number, speaker, flac)))
    sum_up(connection, head.id)


def _enter_grade(connection: Connection, session_id: str, turn: Turn) -> None:
    this = (turns.c.session_id == session_id) & (turns.c.number == turn.index)
    connection.execute(update(turns).where(this).values(graded=_adapter(Turn).dump_python(turn, mode="json")))


def _head_row(head: SessionHead, scenario: "Scenario") -> dict[str, Any]:
    return {
        "id": head.id,
        "started_at": head.started_at,
        "head": _adapter(SessionHead).dump_python(head, mode="json"),
        "scenario": scenario.model_dump(mode="json"),
    }


def _outcome_row(session: Session) -> dict[str, Any]:
    return {
        "ending": session.ending.value if session.ending else None,
        "closing": session.closing,
        "assessment": _adapter(Assessment | None).dump_python(session.assessment, mode="json"),
    }


def _sound_row(session_id: str, number: int, speaker: Speaker, flac: bytes) -> dict[str, Any]:
    from simulator.audio.files import flac_samples

    samples = flac_samples(flac)
    return {"session_id": session_id, "turn": number, "speaker": speaker.value, "flac": flac, "samples": samples}


@cache
def _adapter(shape: Any) -> "TypeAdapter[Any]":
    from pydantic import TypeAdapter

    return TypeAdapter(shape)
