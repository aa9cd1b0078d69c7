"""What many calls of one candidate show."""

import pytest

from simulator.progress import Trend, progress_of, trend_of, weakest_step
from tests.rows import row

BROKE_OFF = {"levels": None, "status": "interrupted"}


@pytest.mark.parametrize(
    ("values", "trend"),
    [
        ([], Trend.UNKNOWN),
        ([0, 4, 4, 4], Trend.UNKNOWN),
        ([1, 1, 2, 2, 3], Trend.RISES),
        ([3, 3, 2, 2, 1], Trend.FALLS),
        ([2, 2, 2, 2, 2], Trend.STANDS),
        ([2, 3, 2, 3, 2, 3], Trend.STANDS),
        ([2, 2, 2, 0, 2, 2, 2], Trend.STANDS),  # one call that went astray
        ([1, 2, 0, 2, 3, 3], Trend.RISES),
        ([0, 1, 2, 3, *[3] * 10], Trend.STANDS),  # what was long ago
    ],
)
def test_a_trend_needs_most_of_the_last_ten_calls(values: list[float], trend: Trend) -> None:
    assert trend_of(values, 1.0) is trend


def test_a_course_holds_the_calls_in_which_the_figure_was_measured() -> None:
    rows = [row(0, words_per_minute=120), row(1), row(2, words_per_minute=150)]
    points = progress_of(rows).course("words_per_minute").points
    assert [(point.session, point.value) for point in points] == [("s0", 120), ("s2", 150)]


def test_the_total_is_a_share_of_what_was_measured() -> None:
    [point] = progress_of([row(total=45.0, out_of=90)]).course("total").points
    assert point.value == 50


def test_the_weakest_step_is_that_of_the_last_five_measured_calls() -> None:
    long_ago = [row(n, (0, 4, 4)) for n in range(3)]
    of_late = [row(n, (3, 3, 2)) for n in range(3, 8)]
    assert weakest_step([*long_ago, *of_late, row(8, (None, None, None)), row(9, **BROKE_OFF)]) == "options"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("levels", "weakest"),
    [((2, 2, 2), "calm"), ((3, 2, 2), "clarify"), ((None, 3, 3), "clarify"), ((None, None, None), None)],
)
def test_of_equally_weak_steps_the_first_is_named(
    levels: tuple[int | None, int | None, int | None], weakest: str | None
) -> None:
    assert progress_of([row(levels=levels)]).weakest == weakest


def test_a_fault_recurs_when_it_came_twice_in_the_last_five_graded_calls() -> None:
    found = [("heat",), ("heat",), ("heat",), (), ("monologue",), (), ("monologue",), ()]
    rows = [row(n, faults=faults) for n, faults in enumerate(found)]
    faults = {fault.id: fault for fault in progress_of([*rows, row(9, **BROKE_OFF)]).faults}  # type: ignore[arg-type]
    assert (faults["heat"].calls, faults["heat"].recurs) == (3, False)
    assert (faults["monologue"].calls, faults["monologue"].recurs) == (2, True)


def test_endings_are_counted_the_most_frequent_first() -> None:
    rows = [row(0, status="hang_up"), row(1, status="satisfied"), row(2, status="satisfied")]
    assert progress_of(rows).endings == (("satisfied", 2), ("hang_up", 1))


def test_nobody_without_calls_is_judged() -> None:
    progress = progress_of([])
    assert (progress.calls, progress.weakest, progress.faults) == (0, None, ())
    assert all(course.recent is None for course in progress.courses)
