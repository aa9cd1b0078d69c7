"""Syllables, the course of the pace, and where it leaves the norm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.grading.pace import pace_course, pace_stretches, syllables_of
from simulator.grading.rubric_rules import rubric_rules
from simulator.records import Span, Word


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("no", 1),
        ("sorry,", 2),
        ("“Absolutely!”", 4),
        ("I'm", 1),
        ("don’t", 1),
        ("re-book", 2),
        ("30", 2),
        ("17", 3),
        ("$45", 5),
        ("189", 6),
        ("2024", 6),
        ("0800", 7),
        ("10%", 3),
        ("3rd", 1),
        ("TV", 2),
        ("DVD", 3),
        ("Zorblax", 2),  # in no dictionary
        ("reglazed", 2),
        ("—", 0),
        ("", 0),
    ],
)
def test_syllables(word: str, syllables: int) -> None:
    assert syllables_of(word) == syllables


@given(st.text(max_size=20))
def test_any_text_has_a_number_of_syllables(text: str) -> None:
    assert 0 <= syllables_of(text) <= 8 * len(text)


def words_at(rate: float, start_s: float, end_s: float) -> list[Word]:
    """Words of one syllable at an even rate."""
    count = round((end_s - start_s) * rate)
    return [Word("now", start_s + n / rate, start_s + (n + 0.9) / rate) for n in range(count)]


def test_an_even_pace_is_a_level_course() -> None:
    course = pace_course(words_at(4, 0, 12), [Span(0, 12)])
    assert len(course) > 10
    assert all(point.syllables_per_second == pytest.approx(4, abs=0.3) for point in course)


def test_rushed_and_dragging_stretches_are_found_at_their_times() -> None:
    words = [*words_at(4, 0, 8), *words_at(7, 8, 16), *words_at(4, 16, 24), *words_at(1.5, 24, 34)]
    course = pace_course(words, [Span(0, 34)])
    rushed, dragging = pace_stretches(course, rubric_rules().norms.syllables_per_second)
    assert (rushed.kind, dragging.kind) == ("rushed", "dragging")
    assert rushed.start_s == pytest.approx(8, abs=2)
    assert rushed.end_s == pytest.approx(16, abs=2)
    assert dragging.start_s == pytest.approx(24, abs=2)


def test_words_without_times_have_no_course() -> None:
    assert pace_course([Word("now")] * 20, [Span(0, 10)]) == ()


def test_a_pause_does_not_slow_the_pace() -> None:
    words = [*words_at(4, 0, 4), *words_at(4, 6, 10)]
    course = pace_course(words, [Span(0, 4), Span(6, 10)])
    assert all(point.syllables_per_second == pytest.approx(4, abs=0.5) for point in course)
