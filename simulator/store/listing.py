"""The list of sessions. Loads nothing heavy, so that it answers at once."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from simulator.store.database import Database
from simulator.store.schema import sessions, turns


@dataclass(frozen=True)
class SessionRow:
    """A session in a list; `turns` counts graded answers."""

    id: str
    started_at: str
    scenario: str
    difficulty: str
    turns: int
    status: str
    total: float | None
    out_of: int | None


def list_sessions(database: Database) -> tuple[SessionRow, ...]:
    """Every session, the latest first."""
    graded = func.count(turns.c.graded)
    query = (
        select(sessions.c.head, sessions.c.ending, sessions.c.assessment, graded)
        .outerjoin(turns, turns.c.session_id == sessions.c.id)
        .group_by(sessions.c.id)
        .order_by(sessions.c.started_at.desc(), sessions.c.id)
    )
    with database.transaction() as connection:
        return tuple(_session_row(*row) for row in connection.execute(query))


def _session_row(head: Any, ending: str | None, assessment: Any, graded: int) -> SessionRow:
    rows = assessment["scorecard"]["rows"] if assessment else []
    measured = [row for row in rows if row["points"] is not None]
    return SessionRow(
        id=head["id"],
        started_at=head["started_at"],
        scenario=head["scenario"],
        difficulty=head["difficulty"],
        turns=graded,
        status=ending or "interrupted",
        total=sum(row["points"] for row in measured) if assessment else None,
        out_of=sum(row["out_of"] for row in measured) if assessment else None,
    )
