"""Delivery joins what the sound and the words say of a turn."""

import pytest

from simulator.grading.delivery import measure_delivery, merged, overlaps_of
from simulator.grading.turn_sound import TurnSound, closed
from simulator.records import FilledPause, Span, Transcript, Word


def sound(*speech: Span) -> TurnSound:
    return TurnSound(tuple(closed(speech, 0.25)), (), None)


def um(start_s: float, end_s: float, source: str = "sound", probability: float = 0.8) -> FilledPause:
    return FilledPause(start_s, end_s, source, probability)


def test_pace_counts_speaking_time_without_the_pauses() -> None:
    ten_words = Transcript.typed("one two three four five six seven eight nine ten")
    delivery = measure_delivery(ten_words, sound(Span(0, 2), Span(4, 5)))
    assert delivery.words_per_minute == pytest.approx(200)
    assert delivery.syllables_per_second == pytest.approx(11 / 3)
    assert delivery.pauses == (Span(2, 4),)


def test_gaps_inside_words_are_no_pauses() -> None:
    delivery = measure_delivery(Transcript.typed("a b c d e"), sound(Span(0, 1), Span(1.1, 2)))
    assert delivery.pauses == ()
    assert delivery.speaking_s == pytest.approx(2)


def test_a_long_silence_is_the_other_sides_turn_and_no_pause() -> None:
    delivery = measure_delivery(Transcript.typed("a b c d e"), sound(Span(0, 1), Span(2, 3), Span(30, 31)))
    assert delivery.pauses == (Span(1, 2),)
    assert delivery.duration_s == pytest.approx(4)


def test_the_longest_run_goes_on_over_short_pauses() -> None:
    delivery = measure_delivery(Transcript.typed("a b c d e"), sound(Span(0, 2), Span(2.4, 5), Span(6, 7)))
    assert delivery.longest_run_s == pytest.approx(5)


def test_ums_are_no_words_of_the_pace() -> None:
    delivery = measure_delivery(Transcript.typed("um one two uh three four five"), sound(Span(0, 5)))
    assert delivery.words == 5
    assert len(delivery.filled_pauses) == 2


def test_typed_words_have_no_measured_delivery() -> None:
    delivery = measure_delivery(Transcript.typed("I'm sorry."), None)
    assert (delivery.measured, delivery.words_per_minute, delivery.pauses) == (False, None, None)
    assert delivery.voice is None


def test_a_few_words_give_no_pace() -> None:
    assert measure_delivery(Transcript.typed("No."), sound(Span(0, 0.3))).words_per_minute is None


@pytest.mark.parametrize(
    ("written", "heard", "sources"),
    [
        ([um(1.0, 1.3, "transcript")], [um(1.1, 1.5)], ["both"]),
        ([um(1.0, 1.2, "transcript")], [um(1.4, 1.7)], ["both"]),
        ([um(1.0, 1.2, "transcript")], [um(2.0, 2.3)], ["transcript", "sound"]),
        ([um(1.0, 1.2, "transcript"), um(1.3, 1.5, "transcript")], [um(1.0, 1.5)], ["both", "transcript"]),
        ([um(3.0, 3.2, "transcript")], [um(1.0, 1.5)], ["sound", "transcript"]),
        ([], [], []),
    ],
)
def test_one_filled_pause_is_counted_once(
    written: list[FilledPause], heard: list[FilledPause], sources: list[str]
) -> None:
    assert [event.source for event in merged(written, heard)] == sources


def test_what_both_sources_found_is_surer_than_either() -> None:
    (event,) = merged([um(1, 1.3, "transcript", 0.6)], [um(1, 1.4, "sound", 0.7)])
    assert event.probability == pytest.approx(0.88)
    assert (event.start_s, event.end_s) == (1, 1.4)


def test_an_um_without_times_stays_an_event_of_its_own() -> None:
    typed = FilledPause(None, None, "transcript", 1.0)
    assert len(merged([typed], [um(1, 1.4)])) == 2


def test_overlaps_are_where_both_speak() -> None:
    assert overlaps_of([Span(0, 2), Span(5, 6)], [Span(1.5, 4), Span(5.9, 7)]) == (Span(1.5, 2),)


def test_ums_of_a_transcript_carry_their_times() -> None:
    words = (Word("um", 0.2, 0.5, 0.9), Word("hello", 0.6, 0.9))
    (event,) = measure_delivery(Transcript(words, "test"), sound(Span(0.2, 0.9))).filled_pauses
    assert (event.start_s, event.source) == (0.2, "transcript")
