"""The mood moves only by what was graded, every step with its cause, and every ending can be reached."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.customer.caller import Caller
from simulator.customer.mood import mood_rules, total_change
from simulator.errors import UsageError
from simulator.records import Ending, GradedSentence, Mood, Turn
from simulator.scenarios import find_scenario
from tests.talk import B, says, turn

SCENARIO = find_scenario("refund_outside_policy")
SPECIFIC = says("Two trips, I'm so sorry.", B.ACKNOWLEDGE, B.APOLOGISE, specific=True)
OWN = says("This stays with me.", B.OWN)
SUMMARY = says("So it leaks, right?", B.RESTATE)
CHOICE = says("New one or manager?", B.OFFER, B.GIVE_CHOICE, options=("exchange", "exception"))
CLOSE = says("I'll do it today, all right?", B.COMMIT, B.CHECK_AGREEMENT)
RUDE = says("Shut up.", B.HOSTILE)
BLAME = says("You broke it.", B.BLAME_CUSTOMER)
REFUSE = says("No.", B.REFUSE)


def ask(fact: str) -> GradedSentence:
    return says("What?", B.ASK_SPECIFIC, facts=(fact,))


def play(spoken: Sequence[tuple[GradedSentence, ...]], difficulty: str = "medium", seed: int = 1) -> list[Turn]:
    """The turns of a call in which the candidate says these things, until it ends."""
    caller = Caller(SCENARIO, difficulty, seed)
    line = caller.opening()
    turns: list[Turn] = []
    for index, sentences in enumerate(spoken):
        said = replace(turn(index, *sentences), customer=line)
        said = replace(said, reaction=caller.react(said, turns))
        line = caller.answer(said, turns)
        turns.append(said)
        assert said.reaction
        if said.reaction.ending:
            break
    return turns


def ending(spoken: Sequence[tuple[GradedSentence, ...]], difficulty: str = "medium") -> Ending | None:
    reaction = play(spoken, difficulty)[-1].reaction
    assert reaction
    return reaction.ending


GOOD = [(SPECIFIC,), (OWN, ask("fault")), (ask("promise"),), (ask("impact"), SUMMARY), (CHOICE,), (CLOSE,)]
KIND = says("That must be hard.", B.ACKNOWLEDGE)
TIRED = [(says("So."),)] * 12


@pytest.mark.parametrize(
    ("expected", "spoken"),
    [
        (Ending.SATISFIED, GOOD),
        (Ending.GRUDGING, [(ask("fault"),), (CHOICE,), (REFUSE,), (CLOSE,), (CLOSE,), (CLOSE,)]),
        (
            Ending.FOLLOW_UP,
            [
                (SPECIFIC, OWN),
                (ask("fault"), ask("promise")),
                (SUMMARY, says("Store credit?", B.OFFER, options=("store_credit",))),
                (says("Thank you, I'll call you by five today.", B.COMMIT, B.COURTESY),),
            ],
        ),
        (Ending.ESCALATED, [(BLAME,), (BLAME,), (BLAME,)]),
        (Ending.HANG_UP, [(), (), (), (), (), ()]),
        (Ending.UNRESOLVED, [(KIND, ask("fault"))] + [(says("Mm.", B.GIVE_REASON), OWN)] * 11),
    ],
)
def test_every_ending_is_reached(expected: Ending, spoken: Sequence[tuple[GradedSentence, ...]]) -> None:
    assert ending(spoken) is expected


@pytest.mark.parametrize("difficulty", ["easy", "medium"])
def test_a_good_call_ends_satisfied(difficulty: str) -> None:
    assert ending(GOOD, difficulty) is Ending.SATISFIED


def test_one_uncertain_label_never_ends_a_call() -> None:
    unsure = says("Well, that is how you see it.", B.HOSTILE, probability=0.6)
    assert ending([(unsure,)], "hard") is None


def test_anger_does_not_fall_before_anything_was_met() -> None:
    moods = [t.reaction.mood.anger for t in play(TIRED) if t.reaction]
    assert all(later >= earlier for earlier, later in pairwise([75.0, *moods]))


def test_repeated_kindness_wears_off() -> None:
    turns = play([(KIND,)] * 4)
    steps = [cause.change.anger for t in turns if t.reaction for cause in t.reaction.causes if "general" in cause.why]
    assert [abs(step) for step in steps] == sorted((abs(step) for step in steps), reverse=True)
    assert abs(steps[0]) > abs(steps[-1])


def test_a_remedy_works_better_when_the_customer_is_calm_and_understood() -> None:
    offer = says("I'll exchange it.", B.OFFER, options=("exchange",))
    early = play([(offer,)])[0].reaction
    late = play([(SPECIFIC,), (ask("fault"),), (SUMMARY,), (offer,)])[-1].reaction
    assert early
    assert late
    assert late.mood.resolved > 2 * early.mood.resolved


def test_what_hurts_hurts_more_when_it_is_hard() -> None:
    changes = {}
    for difficulty in ("easy", "medium", "hard"):
        reaction = play([(REFUSE,)], difficulty)[0].reaction
        assert reaction
        changes[difficulty] = next(c.change.trust for c in reaction.causes if c.event == "refuse")
    assert changes["easy"] > changes["medium"] > changes["hard"]


def test_an_over_promise_comes_back() -> None:
    promise = says("I'll refund your card now.", B.OFFER, over_promises=("card_refund",))
    turns = play([(promise,), (ask("fault"),), (SUMMARY,)])
    assert turns[2].customer.event == "challenge"
    assert turns[2].reaction
    assert "over_promise_challenged" in {cause.event for cause in turns[2].reaction.causes}


def test_a_promise_is_held_against_the_candidate_once() -> None:
    promise = says("I'll refund your card now.", B.OFFER, over_promises=("card_refund",))
    turns = play([(promise,), (ask("fault"),), (SUMMARY,), (ask("promise"),), (ask("impact"),)], "easy")
    assert [t.customer.event for t in turns].count("challenge") == 1


def test_an_unknown_difficulty_says_what_there_is() -> None:
    with pytest.raises(UsageError, match="easy, medium, hard"):
        Caller(SCENARIO, "brutal", 1)


sentences = st.builds(
    lambda labels, probability, facts, options: says(
        "So what happened there?", *labels, probability=probability, facts=tuple(facts), options=tuple(options)
    ),
    st.lists(st.sampled_from(list(B)), max_size=3, unique=True),
    st.floats(0.5, 1),
    st.lists(st.sampled_from([f.id for f in SCENARIO.facts]), max_size=2, unique=True),
    st.lists(st.sampled_from([o.id for o in SCENARIO.authority]), max_size=2, unique=True),
)


@given(
    st.lists(st.lists(sentences, max_size=3).map(tuple), min_size=1, max_size=14),
    st.sampled_from(["easy", "medium", "hard"]),
    st.integers(0, 99),
)
def test_any_talk_keeps_the_mood_in_range_and_ends_in_time(
    spoken: Sequence[tuple[GradedSentence, ...]], difficulty: str, seed: int
) -> None:
    turns = play(spoken, difficulty, seed)
    mood = Caller(SCENARIO, difficulty, seed).start
    for said in turns:
        assert said.reaction
        after = said.reaction.mood
        assert all(0 <= v <= top for v, top in zip(after.values(), (100, 100, 100, 1, 1, 1), strict=True))
        moved = list((mood + total_change(said.reaction.causes)).values())
        assert moved == pytest.approx(list(after.values()), abs=1e-4)
        assert abs(after.anger - mood.anger) <= mood_rules().limits.anger_in_a_turn + 1e-6
        mood = after
    assert len(turns) <= mood_rules().limits.turns
    if len(spoken) >= mood_rules().limits.turns:
        assert turns[-1].reaction
        assert turns[-1].reaction.ending


def test_moods_add_and_subtract() -> None:
    assert Mood(anger=75) + Mood(anger=-5, trust=2) == Mood(anger=70, trust=2)
    assert Mood(anger=70) - Mood(anger=75) == Mood(anger=-5)
