"""The rows of the scorecard that rest on sound, and what the customer makes of a voice."""

from dataclasses import replace

import pytest

from simulator.cases import Case
from simulator.customer.events import events_of
from simulator.grading.call import Call
from simulator.grading.delivery_rows import delivery_rows, talk_share
from simulator.grading.rubric import assess
from simulator.grading.rubric_rules import rubric_rules
from simulator.records import Delivery, FilledPause, PaceStretch, ScoreRow, Span, Turn, VoiceTone
from simulator.scenarios import find_scenario
from tests.talk import B, says, turn

SPOKEN = Delivery(measured=True, words=60, words_per_minute=150, speaking_s=24, duration_s=26, pauses=())


def tone(verdict: str, raised: float | None = 0.1, *, baseline: bool = True) -> VoiceTone:
    return VoiceTone(verdict, raised, 0.9, 120.0, 8.0, -25.0, baseline)


def spoken(index: int, **delivery: object) -> Turn:
    said = turn(index, replace(says("I'm sorry.", B.APOLOGISE), start_s=1.0, end_s=2.0))
    return replace(said, delivery=replace(SPOKEN, **delivery))  # type: ignore[arg-type]


def row(name: str, *turns: Turn) -> ScoreRow:
    rows = delivery_rows(Call(turns, Case()), rubric_rules())
    return next(row for row in rows if row.id == name)


@pytest.mark.parametrize(
    ("verdicts", "points"),
    [
        (["steady", "steady", "steady"], 5),
        (["steady", "flat", "steady"], 5),
        (["flat", "flat", "steady"], 3),
        (["steady", "raised", "steady"], 3),
        (["raised", "steady", "raised, hurried"], 1),
        (["steady", "not measured"], 5),
        (["not measured", "not measured"], None),
    ],
)
def test_points_for_tone(verdicts: list[str], points: float | None) -> None:
    assert row("tone", *(spoken(n, voice=tone(v)) for n, v in enumerate(verdicts))).points == points


def test_the_loudest_turn_is_the_place_to_listen_to() -> None:
    found = row("tone", spoken(0, voice=tone("steady")), spoken(1, voice=tone("raised", 0.9)))
    assert found.evidence is not None
    assert (found.evidence.turn, found.evidence.start_s) == (1, 1.0)
    assert "raised in turn 2" in found.why


def test_a_guess_without_a_baseline_says_so() -> None:
    assert "doctor --voice" in row("tone", spoken(0, voice=tone("steady", baseline=False))).why
    assert "doctor --voice" not in row("tone", spoken(0, voice=tone("steady"))).why


def test_typed_calls_lose_nothing_for_what_was_not_heard() -> None:
    typed = turn(0, says("I'm sorry.", B.APOLOGISE))
    assert [found.points for found in delivery_rows(Call((typed,), Case()), rubric_rules())] == [None] * 4


def test_talking_most_of_the_time_is_noted() -> None:
    even = [spoken(n, customer_s=20.0) for n in range(3)]
    much = [spoken(n, customer_s=6.0) for n in range(3)]
    assert talk_share([t.delivery for t in even]) == pytest.approx(24 / 44)
    assert (row("pauses", *even).points, row("pauses", *much).points) == (3, 2)
    assert talk_share([even[0].delivery, replace(SPOKEN, customer_s=2.0)]) is not None
    assert talk_share([replace(SPOKEN, customer_s=2.0)]) is None, "one line and one answer say nothing"


def test_a_long_pause_and_a_rush_are_places_to_listen_to() -> None:
    paused = row("pauses", spoken(0, pauses=(Span(3.0, 3.4), Span(6.0, 8.5))))
    rushed = row(
        "pace", spoken(0, words_per_minute=220, words=90, pace_stretches=(PaceStretch(4, 9, "rushed", 6.0),))
    )
    assert paused.evidence is not None
    assert rushed.evidence is not None
    assert (paused.evidence.start_s, rushed.evidence.start_s) == (6.0, 4)


def test_fillers_weigh_two_points_of_a_hundred() -> None:
    ums = tuple(FilledPause(float(n), n + 0.3, "sound", 0.9) for n in range(10))
    few, many = row("fillers", spoken(0, filled_pauses=ums[:2])), row("fillers", spoken(0, filled_pauses=ums))
    assert (few.points, many.points, many.out_of) == (2, 0, 2)
    assert many.evidence is not None


def test_advice_on_delivery_names_its_place() -> None:
    turns = [spoken(n, voice=tone("raised", 0.9)) for n in range(3)]
    advice = next(a for a in assess(tuple(turns), Case()).advice if a.step == "Tone of voice")
    assert advice.evidence is not None
    assert advice.evidence.start_s == 1.0


@pytest.mark.parametrize(("waited_s", "strength"), [(None, None), (4.9, None), (5.0, 1), (11.0, 2)])
def test_each_five_seconds_of_waiting_count(waited_s: float | None, strength: float | None) -> None:
    events = events_of(spoken(0, response_gap_s=waited_s), [], find_scenario("refund_outside_policy"))
    assert [e.strength for e in events if e.id == "slow_answer"] == ([] if strength is None else [strength])


@pytest.mark.parametrize(
    ("voice", "event"),
    [
        (tone("raised", 0.95), "hostile_voice"),
        (tone("raised", 0.6), None),  # likely, but not so surely that the customer takes it amiss
        (tone("steady"), "steady_voice"),
        (tone("flat"), None),
        (tone("not measured", None), None),
        (None, None),
    ],
)
def test_the_customer_hears_the_voice(voice: VoiceTone | None, event: str | None) -> None:
    heard = events_of(spoken(0, voice=voice), [], find_scenario("refund_outside_policy"))
    assert [e.id for e in heard if "voice" in e.id] == ([event] if event else [])
