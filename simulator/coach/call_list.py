"""The list of calls: search, filter, sort, and one page of it at a time. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from simulator.store.listing import SessionRow

PAGE_SIZE = 100
SortKey = Literal["date", "candidate", "scenario", "total", "calm", "clarify", "options", "ending"]


@dataclass(frozen=True)
class Wanted:
    """What a person asked for; empty fields ask for everything. `page` counts from 1."""

    search: str = ""
    candidate: str = ""
    scenario: str = ""
    ending: str = ""
    sort: SortKey = "date"
    descending: bool = True
    page: int = 1


@dataclass(frozen=True)
class ListPage:
    """One page of the calls that fit, how many fit, and what can be chosen among all calls."""

    rows: tuple[SessionRow, ...]
    found: int
    page: int
    pages: int
    candidates: tuple[str, ...]
    scenarios: tuple[tuple[str, str], ...]
    endings: tuple[str, ...]


def list_page(rows: Sequence[SessionRow], wanted: Wanted) -> ListPage:
    """The page that was asked for; a page beyond the last is the last."""
    fitting = [row for row in rows if _fits(row, wanted)]
    known = [row for row in fitting if _SORTED[wanted.sort](row) is not None]
    unknown = [row for row in fitting if _SORTED[wanted.sort](row) is None]  # last, whichever way one sorts
    ordered = sorted(known, key=_SORTED[wanted.sort], reverse=wanted.descending) + unknown
    pages = max(1, -(-len(ordered) // PAGE_SIZE))
    page = min(max(1, wanted.page), pages)
    return ListPage(
        rows=tuple(ordered[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]),
        found=len(ordered),
        page=page,
        pages=pages,
        candidates=tuple(sorted({row.candidate for row in rows if row.candidate}, key=str.casefold)),
        scenarios=tuple(sorted({(row.scenario, row.title) for row in rows}, key=lambda item: item[1])),
        endings=tuple(sorted({row.status for row in rows})),
    )


def _fits(row: SessionRow, wanted: Wanted) -> bool:
    if wanted.candidate and row.candidate != wanted.candidate:
        return False
    if wanted.scenario and row.scenario != wanted.scenario:
        return False
    if wanted.ending and row.status != wanted.ending:
        return False
    text = f"{row.candidate} {row.title} {row.scenario} {row.status} {row.started_at} {row.id} {row.difficulty}"
    haystack = text.casefold().replace("_", " ")
    return all(word in haystack for word in wanted.search.casefold().replace("_", " ").split())


def _level(step: str) -> Callable[[SessionRow], int | None]:
    return lambda row: row.levels[step] if row.levels else None


# Each key is compared only with itself.
_SORTED: dict[str, Callable[[SessionRow], Any]] = {
    "date": lambda row: row.started_at,
    "candidate": lambda row: row.candidate.casefold() or None,
    "scenario": lambda row: row.title.casefold(),
    "total": lambda row: row.of_100,
    "calm": _level("calm"),
    "clarify": _level("clarify"),
    "options": _level("options"),
    "ending": lambda row: row.status,
}
