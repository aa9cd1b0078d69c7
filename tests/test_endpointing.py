"""The decisions about where speech begins and ends, on probabilities alone."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.audio.endpointing import LIVE, RECORDED, Endpointer, EndpointingSettings, Stretch
from simulator.records import FRAME_S, FRAME_SAMPLES, SAMPLE_RATE_HZ, EndedBy

SPEECH, QUIET = 0.95, 0.02


def decide(probabilities: list[float], settings: EndpointingSettings = LIVE) -> list[Stretch]:
    endpointer = Endpointer(settings)
    stretches = [stretch for p in probabilities for stretch in endpointer.push(p)]
    return stretches + endpointer.finish()


def frames(*pieces: tuple[float, float]) -> list[float]:
    """Probabilities from pairs of probability and seconds."""
    return [p for p, seconds in pieces for _ in range(round(seconds / FRAME_S))]


def turns(stretches: list[Stretch]) -> list[Stretch]:
    return [stretch for stretch in stretches if stretch.speech]


# Random talk: alternating stretches of some probability, from one frame to four seconds.
talk = st.lists(st.tuples(st.floats(0, 1), st.integers(1, 125)), max_size=30).map(
    lambda pieces: [p for p, count in pieces for _ in range(count)]
)
settings = st.builds(
    EndpointingSettings,
    end_silence_s=st.floats(0.2, 2.0),
    max_speech_s=st.floats(2.0, 30.0),
    pre_roll_s=st.floats(0, 1),
    post_roll_s=st.floats(0, 0.2),
    nobody_speaks_s=st.none() | st.floats(1.0, 10.0),
    hurried_after_s=st.none() | st.floats(1.0, 10.0),
)


@given(talk, settings)
def test_no_sample_is_lost_and_none_is_given_twice(probabilities: list[float], chosen: EndpointingSettings) -> None:
    stretches = decide(probabilities, chosen)
    edges = [0, *(edge for s in stretches for edge in (s.start, s.end)), len(probabilities) * FRAME_SAMPLES]
    assert edges[::2] == edges[1::2]


@given(talk, settings)
def test_turns_come_in_order_and_hold_their_speech(probabilities: list[float], chosen: EndpointingSettings) -> None:
    for stretch in turns(decide(probabilities, chosen)):
        bounds = [stretch.start, *itertools.chain(*stretch.speech)]
        assert bounds == sorted(bounds)
        assert stretch.speech[-1][1] <= stretch.end


@given(talk, settings)
def test_every_turn_that_begins_ends(probabilities: list[float], chosen: EndpointingSettings) -> None:
    endpointer = Endpointer(chosen)
    given_turns = 0
    begun = 0
    was_speaking = False
    for p in probabilities:
        given_turns += len(turns(endpointer.push(p)))
        begun += endpointer.speaking and not was_speaking
        was_speaking = endpointer.speaking
    given_turns += len(turns(endpointer.finish()))
    assert given_turns == begun


@given(talk, settings)
def test_sound_that_is_still_needed_is_never_dropped(probabilities: list[float], chosen: EndpointingSettings) -> None:
    endpointer = Endpointer(chosen)
    needed_from = 0
    for p in probabilities:
        for stretch in turns(endpointer.push(p)):
            assert stretch.start >= needed_from
        needed_from = endpointer.needed_from
    for stretch in turns(endpointer.finish()):
        assert stretch.start >= needed_from


@pytest.mark.parametrize(
    ("what", "probabilities", "expected"),
    [
        ("a short no", frames((QUIET, 1), (SPEECH, 0.2), (QUIET, 2)), [EndedBy.SILENCE]),
        ("a click", frames((QUIET, 1), (SPEECH, 0.07), (QUIET, 2)), []),
        ("a thinking pause", frames((SPEECH, 1), (QUIET, 0.8), (SPEECH, 1), (QUIET, 2)), [EndedBy.SILENCE]),
        ("two turns", frames((SPEECH, 1), (QUIET, 1.5), (SPEECH, 1), (QUIET, 1.5)), [EndedBy.SILENCE] * 2),
        ("speech to the end", frames((QUIET, 1), (SPEECH, 1)), [EndedBy.END_OF_INPUT]),
        ("somebody who never stops", frames((SPEECH, 100)), [EndedBy.TOO_LONG, EndedBy.END_OF_INPUT]),
        ("soft endings stay in", frames((SPEECH, 1), (0.4, 3), (QUIET, 2)), [EndedBy.SILENCE]),
        ("murmur does not begin a turn", frames((0.4, 3)), []),
    ],
)
def test_turns(what: str, probabilities: list[float], expected: list[EndedBy]) -> None:
    assert [turn.ended_by for turn in turns(decide(probabilities))] == expected, what


def test_nobody_speaks_is_said_once_for_each_wait() -> None:
    stretches = decide(frames((QUIET, 21)))
    assert [stretch.ended_by for stretch in stretches][:2] == [EndedBy.NOBODY_SPOKE, EndedBy.NOBODY_SPOKE]


def test_a_long_recorded_stretch_ends_at_the_first_short_gap() -> None:
    stretches = turns(decide(frames((SPEECH, 16), (QUIET, 0.3), (SPEECH, 5), (QUIET, 1)), RECORDED))
    assert stretches[0].end / SAMPLE_RATE_HZ == pytest.approx(16.25, abs=0.1)


def test_pre_roll_reaches_before_the_first_voiced_frame() -> None:
    turn = turns(decide(frames((QUIET, 2), (SPEECH, 1), (QUIET, 2))))[0]
    assert (turn.speech[0][0] - turn.start) / SAMPLE_RATE_HZ == pytest.approx(LIVE.pre_roll_s, abs=FRAME_S)
