"""Another answer in a saved call is felt, answered and scored by the same rules and seed."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from simulator.candidates import TypedCandidate
from simulator.customer.caller import Caller
from simulator.customer.mood import mood_rules
from simulator.errors import UsageError
from simulator.grading.matching import CaseReader
from simulator.grading.rubric import assess
from simulator.grading.rubric_rules import rubric_rules
from simulator.records import Behaviour, Delivery, EndedBy, Ending, Session, SessionHead
from simulator.roleplay import Ended, Parts, hold_call
from simulator.scenarios import Scenario, find_scenario
from simulator.scripted import ScriptedCall, find_script, play, words_of
from simulator.store.sessions import Store
from simulator.what_if import WhatIf, what_if

if TYPE_CHECKING:
    from simulator.grading.loading import TrainedGrader

from tests.word_grader import GRADER

REFUND = find_scenario("refund_outside_policy")
KIND = "Two trips with a leaking machine, I am so sorry about that."
RUDE = "That is your own fault. Calm down."
NOW = {"rubric": str(rubric_rules().version), "mood": str(mood_rules().version)}


def scripted_session(script: str, scenario: Scenario = REFUND, difficulty: str = "medium", seed: int = 4) -> Session:
    """A finished call that a scripted candidate held by typing."""
    call = ScriptedCall(Caller(scenario, difficulty, seed), script)
    play([call], GRADER)
    assert call.line
    turns, closing = tuple(call.turns), call.line.text
    versions = {**NOW, "scenario": str(scenario.version)}
    head = SessionHead("1", "2026-01-01", scenario.id, difficulty, seed, "typed", False, GRADER.name, versions)
    return Session(head, turns, assess(turns, scenario.case, closing), call.ending, closing)


def try_out(session: Session, number: int, *texts: str, scenario: Scenario = REFUND) -> WhatIf:
    return what_if(session, scenario, number, texts, GRADER, CaseReader(scenario.case, GRADER))


def typed_turns(session: Session) -> Iterator[int]:
    return (turn.index for turn in session.turns if turn.transcript.words)


SCENARIOS = [
    "refund_outside_policy",
    "allergy_ignored",
    "double_booked_room",
    "surprise_energy_bill",
    "passed_around",
]


@pytest.mark.parametrize("scenario", [find_scenario(name) for name in SCENARIOS], ids=SCENARIOS)
@pytest.mark.parametrize("script", ["exemplary", "policy_first", "over_promise", "recovers"])
@pytest.mark.parametrize("difficulty", ["easy", "hard"])
def test_the_very_words_of_a_typed_turn_give_the_very_call(scenario: Scenario, script: str, difficulty: str) -> None:
    session = scripted_session(script, scenario, difficulty)
    for number in typed_turns(session):
        found = try_out(session, number, session.turns[number].transcript.text, scenario=scenario)
        (answer,) = found.answers
        assert answer.turn == session.turns[number]
        assert answer.reply.text == answer.real_reply
        assert (answer.gained, answer.lost, found.points.change) == ((), (), 0)
        assert found.assessment == found.real_assessment
        assert not found.rules_changed


def test_all_the_words_one_after_the_other_give_the_whole_call() -> None:
    session = scripted_session("exemplary")
    found = try_out(session, 0, *(turn.transcript.text for turn in session.turns))
    assert tuple(answer.turn for answer in found.answers) == session.turns
    assert (found.ending, found.assessment) == (session.ending, session.assessment)


def test_the_trained_grader_and_a_call_from_the_store_give_the_very_call(grader: "TrainedGrader") -> None:
    script = find_script("recovers")
    lines = iter([words_of(script, number, REFUND, frozenset()) for number in range(3)])
    reader = CaseReader(REFUND.case, grader)
    candidate = TypedCandidate(lambda: next(lines, None))
    events = hold_call(Parts(Caller(REFUND, "medium", 9), candidate, grader, reader, Store()))
    held = next(event.session for event in events if isinstance(event, Ended))
    session, scenario = Store().load(held.head.id)
    for turn in session.turns:
        found = what_if(session, scenario, turn.index, turn.transcript.text, grader, reader)
        assert found.answers[0].turn == turn
        assert found.answers[0].real_reply in {found.answers[0].reply.text, None}
        assert not found.rules_changed


def test_the_same_question_has_the_same_answer() -> None:
    session = scripted_session("policy_first")
    assert try_out(session, 1, KIND, RUDE) == try_out(session, 1, KIND, RUDE)


def test_kind_words_instead_of_the_rule_calm_and_score_more() -> None:
    session = scripted_session("policy_first")
    found = try_out(session, 0, KIND)
    (answer,) = found.answers
    assert answer.real_mood
    assert answer.mood.anger < answer.before.anger < answer.real_mood.anger
    assert "apologise_specific" in {cause.event for cause in answer.gained}
    assert "policy_before_empathy" in {cause.event for cause in answer.lost}
    assert found.points.change > 0


def test_turns_before_stay_as_they_were_saved() -> None:
    session = scripted_session("exemplary")
    felt = session.turns[1].reaction
    assert felt
    angrier = replace(felt, mood=replace(felt.mood, anger=88.0))
    changed = replace(
        session, turns=(session.turns[0], replace(session.turns[1], reaction=angrier), *session.turns[2:])
    )
    assert try_out(changed, 2, KIND).answers[0].before.anger == 88.0


def test_only_the_call_up_to_there_is_scored() -> None:
    session = scripted_session("exemplary")
    found = try_out(session, 0, session.turns[0].transcript.text)
    assert found.real_assessment == assess(session.turns[:1], REFUND.case, session.turns[1].customer.text)


def test_after_the_call_has_ended_nothing_more_is_said() -> None:
    found = try_out(scripted_session("exemplary", difficulty="hard"), 0, *[RUDE] * 12)
    assert found.ending in {Ending.HANG_UP, Ending.ESCALATED}
    assert len(found.answers) + len(found.unsaid) == 12
    assert found.unsaid


def test_answers_may_go_on_beyond_the_real_end() -> None:
    session = scripted_session("calm_down_and_blame")
    found = try_out(session, len(session.turns) - 1, KIND, KIND)
    assert found.answers[-1].real is None
    assert found.answers[-1].real_mood is None
    assert found.answers[-1].real_reply is None


def test_a_reply_that_was_not_saved_is_none() -> None:
    session = scripted_session("exemplary")
    ended_by_hand = replace(session, turns=session.turns[:2], closing=None, ending=Ending.UNRESOLVED)
    (answer,) = try_out(ended_by_hand, 1, session.turns[1].transcript.text).answers
    assert (answer.turn, answer.real_reply) == (session.turns[1], None)
    assert answer.reply == session.turns[2].customer


def test_what_the_voice_did_is_said_to_be_in_the_difference() -> None:
    session = scripted_session("exemplary")
    heard = replace(session.turns[0], delivery=Delivery(measured=True, words=9, words_per_minute=150.0))
    spoken = replace(session, turns=(heard, *session.turns[1:]))
    assert try_out(spoken, 0, KIND).was_spoken
    assert not try_out(spoken, 1, KIND).was_spoken


def test_a_silence_can_be_filled() -> None:
    session = scripted_session("silence")
    assert session.turns[0].ended_by is EndedBy.NOBODY_SPOKE
    (answer,) = try_out(session, 0, KIND).answers
    assert "dead_air" in {cause.event for cause in answer.lost}
    assert Behaviour.APOLOGISE in answer.turn.sentences[0].behaviours


@pytest.mark.parametrize("text", ["...", "?", "\u200b", "<script>alert(1)</script>", "sorry " * 400])
def test_whatever_is_typed_gets_an_answer(text: str) -> None:
    assert try_out(scripted_session("exemplary"), 1, text).answers[0].reply.text


def test_another_version_is_told_and_todays_rules_are_used() -> None:
    session = scripted_session("exemplary")
    old = replace(
        session, head=replace(session.head, grader="trained 1", versions={**session.head.versions, "rubric": "1"})
    )
    found = try_out(old, 0, KIND)
    assert found.rules_changed
    assert found.changed == ("rubric", "grader")
    assert found.assessment == try_out(session, 0, KIND).assessment


@pytest.mark.parametrize(
    ("number", "texts", "message"),
    [
        (99, (KIND,), r"no turn 99; its turns are 0 to \d"),
        (-1, (KIND,), "no turn -1"),
        (0, (), "no other answer"),
        (0, ("  ",), "The answer is empty"),
        (0, (KIND, ""), "Answer 2 of 2 is empty"),
    ],
)
def test_what_cannot_be_tried_is_said(number: int, texts: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        try_out(scripted_session("exemplary"), number, *texts)


def test_a_call_without_a_graded_turn_has_nothing_to_try() -> None:
    with pytest.raises(UsageError, match="no turn 0; it has no graded turn"):
        try_out(replace(scripted_session("exemplary"), turns=()), 0, KIND)


def test_another_scenario_is_refused() -> None:
    with pytest.raises(UsageError, match="is of refund_outside_policy; it cannot be played with allergy_ignored"):
        try_out(scripted_session("exemplary"), 0, KIND, scenario=find_scenario("allergy_ignored"))
