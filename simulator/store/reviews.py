"""What coaches wrote and changed: entries are added and undone, never rewritten, so that two at once lose nothing."""

import secrets
from dataclasses import fields
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, Select, insert, select, update

from simulator.errors import NotFoundError
from simulator.records import Review, ReviewEntry
from simulator.store.database import Database
from simulator.store.schema import reviews, sessions

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_FIELDS = tuple(field.name for field in fields(ReviewEntry))


class Reviews:
    """The reviews of all sessions.

    Raises:
        StoreError: at any step, when the disk, the rights or the database are at fault.
    """

    def __init__(self, database: Database | None = None) -> None:
        self._database = database or Database()

    def add(self, session_id: str, author: str, review: Review, reason: str = "") -> ReviewEntry:
        """Keep what somebody wrote or changed.

        Raises:
            NotFoundError: there is no such session.
        """
        entry = ReviewEntry(secrets.token_hex(8), author, _now(), review, reason)
        row = _adapter().dump_python(entry, mode="json")
        with self._database.transaction() as connection:
            if connection.scalar(select(sessions.c.id).where(sessions.c.id == session_id)) is None:
                raise NotFoundError(
                    f"There is no session {session_id}.", advice="Type `simulator sessions` for the list."
                )
            connection.execute(insert(reviews).values(session_id=session_id, **row))
        return entry

    def undo(self, session_id: str, entry_id: str, author: str) -> None:
        """Take back an entry of one's own; it stays readable as undone.

        Raises:
            NotFoundError: it is not there, is somebody else's, or was undone before.
        """
        this = (
            (reviews.c.session_id == session_id)
            & (reviews.c.id == entry_id)
            & (reviews.c.author == author)
            & reviews.c.undone_at.is_(None)
        )
        with self._database.transaction() as connection:
            if not connection.execute(update(reviews).where(this).values(undone_at=_now())).rowcount:
                raise NotFoundError(f"{author} has nothing of that kind to undo in session {session_id}.")

    def of(self, session_id: str) -> tuple[ReviewEntry, ...]:
        """Every entry of a session in the order in which they were written, those undone too."""
        return tuple(entry for _, entry in self._read(select(reviews).where(reviews.c.session_id == session_id)))

    def by_session(self) -> dict[str, tuple[ReviewEntry, ...]]:
        """Every entry of every session."""
        found: dict[str, list[ReviewEntry]] = {}
        for session_id, entry in self._read(select(reviews)):
            found.setdefault(session_id, []).append(entry)
        return {session_id: tuple(entries) for session_id, entries in found.items()}

    def _read(self, query: "Select[Any]") -> list[tuple[str, ReviewEntry]]:
        with self._database.transaction() as connection:
            rows = connection.execute(query.order_by(reviews.c.at, reviews.c.id)).all()
        return [(row.session_id, _entry(row)) for row in rows]


def _entry(row: "Row[Any]") -> ReviewEntry:
    entry: ReviewEntry = _adapter().validate_python({name: row._mapping[name] for name in _FIELDS})
    return entry


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@cache
def _adapter() -> "TypeAdapter[ReviewEntry]":
    from pydantic import TypeAdapter

    return TypeAdapter(ReviewEntry)
