"""A whole class in one table, a row for each candidate; also as CSV for a spreadsheet.

Reads the rows of the list of sessions; knows no turns and no page.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from simulator.grading.rubric_rules import STEP_TITLES, StepName
from simulator.progress import ENDS_BADLY, ENDS_WELL, RECENT, recent_level, weakest_step
from simulator.store.listing import SessionRow

_HEADER = (
    "candidate",
    "calls",
    "last call (UTC)",
    "points of 100 (last five)",
    *(f"{title.lower()} (last five)" for title in STEP_TITLES.values()),
    "weakest step",
    "ended well",
    "ended badly",
    "warning",
)
# A spreadsheet takes a cell that begins so for a formula (OWASP, "CSV Injection").
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class ClassRow:
    """One candidate. Means are of the last five calls in which the figure was measured, None where none was.

    `candidate` is empty for calls to which nobody gave a name.
    """

    candidate: str
    calls: int
    last_call: str
    points_of_100: float | None
    levels: dict[StepName, float | None]
    weakest: StepName | None
    ended_well: int
    ended_badly: int
    warning: str = ""


def class_table(rows: Iterable[SessionRow], warnings: Mapping[str, str] | None = None) -> tuple[ClassRow, ...]:
    """The candidates by name. `rows` of all of them come oldest first; `warnings` go by candidate."""
    by_candidate: dict[str, list[SessionRow]] = {}
    for row in rows:
        by_candidate.setdefault(row.candidate, []).append(row)
    return tuple(
        _class_row(name, by_candidate[name], (warnings or {}).get(name, ""))
        for name in sorted(by_candidate, key=lambda name: (not name, name.casefold(), name))
    )


def class_csv(rows: Iterable[ClassRow]) -> str:
    """The table as CSV, made safe for spreadsheets: what looks like a formula begins with an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEADER)
    writer.writerows([_cell(value) for value in _values(row)] for row in rows)
    return text.getvalue()


def _class_row(name: str, rows: Sequence[SessionRow], warning: str) -> ClassRow:
    totals = [row.of_100 for row in rows if row.of_100 is not None]
    return ClassRow(
        candidate=name,
        calls=len(rows),
        last_call=rows[-1].started_at,
        points_of_100=fmean(totals[-RECENT:]) if totals else None,
        levels={step: recent_level(rows, step) for step in STEP_TITLES},
        weakest=weakest_step(rows),
        ended_well=sum(row.status in ENDS_WELL for row in rows),
        ended_badly=sum(row.status in ENDS_BADLY for row in rows),
        warning=warning,
    )


def _values(row: ClassRow) -> Iterable[str | int | float | None]:
    return (
        row.candidate,
        row.calls,
        row.last_call[:16].replace("T", " "),
        row.points_of_100,
        *row.levels.values(),
        STEP_TITLES[row.weakest] if row.weakest else None,
        row.ended_well,
        row.ended_badly,
        row.warning,
    )


def _cell(value: str | int | float | None) -> str:
    if isinstance(value, str):
        return f"'{value}" if value.lstrip(" ").startswith(_FORMULA_SIGNS) else value
    return "" if value is None else f"{value:.1f}" if isinstance(value, float) else str(value)
