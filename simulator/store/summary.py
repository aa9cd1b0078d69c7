"""What lists and progress show of a session, taken once from its rows when it ends."""

from statistics import mean
from typing import Any

from sqlalchemy import Connection, select, update

from simulator.store.schema import sessions, turns

_DECIMALS = 2


def summary_of(
    scenario: dict[str, Any], answers: list[dict[str, Any]], assessment: dict[str, Any] | None
) -> dict[str, Any]:
    """Title, turns, points, levels, faults, the course of the anger, pace and fillers, from the rows of a session.

    What was not measured is None. `anger` begins with the anger before the first turn.
    """
    rows = assessment["scorecard"]["rows"] if assessment else []
    measured = [row for row in rows if row["points"] is not None]
    deliveries = [answer["delivery"] for answer in answers]
    spoken = [delivery for delivery in deliveries if delivery["measured"]]
    minutes = sum(delivery["duration_s"] or 0 for delivery in spoken) / 60
    words = sum(delivery["words"] for delivery in deliveries)
    paces = [delivery["words_per_minute"] for delivery in spoken if delivery["words_per_minute"] is not None]
    return {
        "title": scenario["title"],
        "turns": len(answers),
        "total": sum(row["points"] for row in measured) if assessment else None,
        "out_of": sum(row["out_of"] for row in measured) if assessment else None,
        "levels": assessment["levels"] if assessment else None,
        "faults": [fault["id"] for fault in assessment["faults"]] if assessment else [],
        "anger": _anger(answers),
        "words_per_minute": round(mean(paces)) if paces else None,
        "filled_pauses_per_minute": (
            round(sum(len(d["filled_pauses"]) for d in spoken) / minutes, _DECIMALS) if minutes else None
        ),
        "filler_words_per_100": (
            round(100 * sum(len(d["filler_words"]) for d in deliveries) / words, _DECIMALS) if words else None
        ),
    }


def sum_up(connection: Connection, session_id: str) -> None:
    """Bring the summary of a session up to date with its rows."""
    this = sessions.c.id == session_id
    row = connection.execute(select(sessions.c.scenario, sessions.c.assessment).where(this)).one()
    answers = select(turns.c.graded).where(turns.c.session_id == session_id).order_by(turns.c.number)
    graded = [turn for turn in connection.scalars(answers) if turn]
    connection.execute(update(sessions).where(this).values(summary=summary_of(row.scenario, graded, row.assessment)))


def _anger(answers: list[dict[str, Any]]) -> list[float]:
    reactions = [answer["reaction"] for answer in answers if answer["reaction"]]
    if not reactions:
        return []
    start = reactions[0]["mood"]["anger"] - sum(cause["change"]["anger"] for cause in reactions[0]["causes"])
    return [round(start), *(round(reaction["mood"]["anger"]) for reaction in reactions)]
