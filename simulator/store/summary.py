"""What lists and progress show of a session, taken once from its rows when it ends."""

from statistics import mean
from typing import Any

_DECIMALS = 2


def summary_of(
    scenario: dict[str, Any], turns: list[dict[str, Any]], assessment: dict[str, Any] | None
) -> dict[str, Any]:
    """Title, turns, points, levels, faults, the course of the anger, pace and fillers, from the rows of a session.

    What was not measured is None. `anger` begins with the anger before the first turn.
    """
    rows = assessment["scorecard"]["rows"] if assessment else []
    measured = [row for row in rows if row["points"] is not None]
    deliveries = [turn["delivery"] for turn in turns]
    spoken = [delivery for delivery in deliveries if delivery["measured"]]
    minutes = sum(delivery["duration_s"] or 0 for delivery in spoken) / 60
    words = sum(delivery["words"] for delivery in deliveries)
    paces = [delivery["words_per_minute"] for delivery in spoken if delivery["words_per_minute"] is not None]
    return {
        "title": scenario["title"],
        "turns": len(turns),
        "total": sum(row["points"] for row in measured) if assessment else None,
        "out_of": sum(row["out_of"] for row in measured) if assessment else None,
        "levels": assessment["levels"] if assessment else None,
        "faults": [fault["id"] for fault in assessment["faults"]] if assessment else [],
        "anger": _anger(turns),
        "words_per_minute": round(mean(paces)) if paces else None,
        "filled_pauses_per_minute": (
            round(sum(len(d["filled_pauses"]) for d in spoken) / minutes, _DECIMALS) if minutes else None
        ),
        "filler_words_per_100": (
            round(100 * sum(len(d["filler_words"]) for d in deliveries) / words, _DECIMALS) if words else None
        ),
    }


def _anger(turns: list[dict[str, Any]]) -> list[float]:
    reactions = [turn["reaction"] for turn in turns if turn["reaction"]]
    if not reactions:
        return []
    start = reactions[0]["mood"]["anger"] - sum(cause["change"]["anger"] for cause in reactions[0]["causes"])
    return [round(start), *(round(reaction["mood"]["anger"]) for reaction in reactions)]
