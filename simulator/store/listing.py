"""The list of sessions. Loads nothing heavy, so that it answers at once."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from simulator.store.database import Database
from simulator.store.schema import sessions


@dataclass(frozen=True)
class SessionRow:
    """A session in a list; `turns` counts graded answers.

    `levels` and `faults` go by the ids of steps and faults. `anger` is its course, beginning before the first turn.
    Figures that were not measured, and all of them where the call broke off, are None.
    """

    id: str
    started_at: str
    candidate: str
    scenario: str
    title: str
    difficulty: str
    turns: int
    status: str
    total: float | None = None
    out_of: int | None = None
    levels: dict[str, int | None] | None = None
    faults: tuple[str, ...] = ()
    anger: tuple[float, ...] = ()
    words_per_minute: float | None = None
    filled_pauses_per_minute: float | None = None
    filler_words_per_100: float | None = None

    @property
    def of_100(self) -> int | None:
        """The points as a share of what was measured, in percent."""
        return round(100 * self.total / self.out_of) if self.total is not None and self.out_of else None


def list_sessions(database: Database) -> tuple[SessionRow, ...]:
    """Every session, the latest first."""
    query = select(sessions.c.head, sessions.c.ending, sessions.c.summary).order_by(
        sessions.c.started_at.desc(), sessions.c.id
    )
    with database.transaction() as connection:
        return tuple(_session_row(*row) for row in connection.execute(query))


def _session_row(head: Any, ending: str | None, summary: dict[str, Any]) -> SessionRow:
    return SessionRow(
        id=head["id"],
        started_at=head["started_at"],
        candidate=head.get("candidate", ""),
        scenario=head["scenario"],
        difficulty=head["difficulty"],
        status=ending or "interrupted",
        **{**summary, "faults": tuple(summary["faults"]), "anger": tuple(summary["anger"])},
    )
