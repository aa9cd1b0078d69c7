"""Pace and pauses from voiced spans and words."""

import pytest

from simulator.grading.delivery import measure_delivery
from simulator.records import Span, Transcript


def test_pace_counts_speaking_time_without_the_pauses() -> None:
    ten_words = Transcript.typed("one two three four five six seven eight nine ten")
    delivery = measure_delivery(ten_words, [Span(0, 2), Span(4, 5)])
    assert delivery.words_per_minute == pytest.approx(200)
    assert delivery.pauses == (Span(2, 4),)


def test_gaps_inside_words_are_no_pauses() -> None:
    delivery = measure_delivery(Transcript.typed("a b c d e"), [Span(0, 1), Span(1.1, 2)])
    assert delivery.pauses == ()
    assert delivery.speaking_s == pytest.approx(2)


def test_a_long_silence_is_the_other_sides_turn_and_no_pause() -> None:
    delivery = measure_delivery(Transcript.typed("a b c d e"), [Span(0, 1), Span(2, 3), Span(30, 31)])
    assert delivery.pauses == (Span(1, 2),)
    assert delivery.duration_s == pytest.approx(4)


def test_ums_are_no_words_of_the_pace() -> None:
    delivery = measure_delivery(Transcript.typed("um one two uh three four five"), [Span(0, 5)])
    assert delivery.words == 5
    assert len(delivery.filled_pauses) == 2


def test_typed_words_have_no_measured_delivery() -> None:
    delivery = measure_delivery(Transcript.typed("I'm sorry."), None)
    assert (delivery.measured, delivery.words_per_minute, delivery.pauses) == (False, None, None)


def test_a_few_words_give_no_pace() -> None:
    assert measure_delivery(Transcript.typed("No."), [Span(0, 0.3)]).words_per_minute is None
