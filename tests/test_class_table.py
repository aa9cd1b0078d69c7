"""A class in one table, and as a file that a spreadsheet may open."""

import csv
import io

import pytest

from simulator.class_table import class_csv, class_table
from tests.rows import row


def test_each_candidate_has_a_row_and_the_nameless_come_last() -> None:
    rows = [row(0, candidate="lee"), row(1, candidate=""), row(2, candidate="Kim"), row(3, candidate="lee")]
    assert [(r.candidate, r.calls) for r in class_table(rows)] == [("Kim", 1), ("lee", 2), ("", 1)]


def test_a_row_sums_up_the_last_five_calls() -> None:
    rows = [row(n, (n, 3, None), total=10.0 * n, out_of=100, status="satisfied") for n in range(5)]
    rows = [row(9, (0, 0, 0), total=0.0, out_of=100, status="hang_up"), *rows]
    [found] = class_table(rows, {"Kim": "Recited."})
    assert found.points_of_100 == 20
    assert found.levels == {"calm": 2, "clarify": 3, "options": 0}
    assert (found.weakest, found.ended_well, found.ended_badly) == ("options", 5, 1)
    assert (found.last_call, found.warning) == (rows[-1].started_at, "Recited.")


def test_what_was_not_measured_is_an_empty_cell() -> None:
    [found] = csv.DictReader(io.StringIO(class_csv(class_table([row(levels=None, status="interrupted")]))))
    assert (found["calm (last five)"], found["points of 100 (last five)"], found["weakest step"]) == ("", "", "")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1"])
def test_no_name_becomes_a_formula(name: str) -> None:
    [found] = csv.DictReader(io.StringIO(class_csv(class_table([row(candidate=name)]))))
    assert found["candidate"] == f"'{name}"


def test_a_name_with_commas_and_quotes_comes_back() -> None:
    name = 'Kim "the calm", jr.'
    [found] = csv.DictReader(io.StringIO(class_csv(class_table([row(candidate=name)]))))
    assert found["candidate"] == name
