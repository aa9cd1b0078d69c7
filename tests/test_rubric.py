"""Levels, faults, caps and rows: for each rule a call that fires it and one that nearly does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.cases import Case
from simulator.grading.faults import count_questions
from simulator.grading.rubric import assess
from simulator.records import Turn
from simulator.scenarios import find_scenario
from tests.talk import B, says, turn

SCENARIO = find_scenario("refund_outside_policy")
FACTS = tuple(fact.id for fact in SCENARIO.facts)

SPECIFIC = says("Two trips for nothing, I'm so sorry.", B.ACKNOWLEDGE, B.APOLOGISE, specific=True)
SORRY = says("I'm sorry.", B.APOLOGISE)
KIND = says("That must be frustrating.", B.ACKNOWLEDGE)
POLICY = says("Our policy is thirty days.", B.CITE_POLICY)
ASK = says("Where does the water come from?", B.ASK_SPECIFIC, facts=("fault",))
OFFER = says("I can send a new one.", B.OFFER, options=("exchange",))
VAGUE = says("Someone will be in touch.", B.VAGUE_PROMISE)
COMMIT = says("I'll call you by five.", B.COMMIT)
SO = says("So.")


def faults(*turns: Turn) -> set[str]:
    return {fault.id for fault in assess(turns, SCENARIO.case).faults}


@pytest.mark.parametrize(
    ("fault", "fires", "nearly"),
    [
        ("policy_before_empathy", [turn(0, POLICY, SORRY)], [turn(0, SORRY, POLICY)]),
        ("solution_too_soon", [turn(0, OFFER, SORRY)], [turn(0, SORRY), turn(1, OFFER, told=FACTS[:3])]),
        ("solution_too_soon", [turn(0, SORRY, OFFER, told=FACTS[:2])], [turn(0, SORRY, OFFER, told=FACTS[:3])]),
        ("empathy_loop", [turn(0, SORRY, KIND), turn(1, SORRY)], [turn(0, SORRY, ASK, KIND), turn(1, SORRY)]),
        ("empathy_loop", [turn(0, SORRY, KIND, SORRY)], [turn(0, SORRY, KIND), turn(1, SORRY, told=("fault",))]),
        (
            "empathy_loop",
            [turn(0, SORRY, KIND), turn(1, SORRY, customer="It leaks! I told you, it leaks!")],
            [turn(0, SORRY, KIND), turn(1, SORRY, customer="My neighbour drove me twice on Saturday.")],
        ),
        ("heat", [turn(0, says("Calm down.", B.DISMISS))], [turn(0, says("Okay.", B.REFUSE))]),
        ("blames_colleague", [turn(0, says("That's billing.", B.DEFLECT))], [turn(0, SO)]),
        ("vague_promise_standing", [turn(0, COMMIT, VAGUE)], [turn(0, VAGUE), turn(1, COMMIT)]),
        (
            "over_promise",
            [turn(0, says("I'll refund you.", B.OFFER, over_promises=("card_refund",)))],
            [turn(0, OFFER)],
        ),
        (
            "re_ask",
            [turn(0, says("Fault?", B.ASK_SPECIFIC, facts=("fault",), re_asked=("fault",)))],
            [turn(0, says("Both?", B.ASK_SPECIFIC, facts=("fault", "promise"), re_asked=("fault",)))],
        ),
        (
            "interrogation",
            [turn(0, says("Your name and the number and when was it?", B.ASK_SPECIFIC))],
            [turn(0, says("Your name and the number?", B.ASK_SPECIFIC))],
        ),
        (
            "interrogation",
            [turn(0, ASK), turn(1, ASK), turn(2, ASK)],
            [turn(0, ASK), turn(1, SORRY, ASK), turn(2, ASK)],
        ),
        (
            "interrogation",
            [turn(0, ASK), turn(1, SO, ASK), turn(2, ASK)],
            [turn(0, ASK), turn(1, ASK, says("That tells me which part it is.", B.GIVE_REASON)), turn(2, ASK)],
        ),
        ("monologue", [turn(0, says("so " * 111))], [turn(0, says("so " * 110))]),
    ],
)
def test_a_fault_fires_and_nearly_does(fault: str, fires: list[Turn], nearly: list[Turn]) -> None:
    assert fault in faults(*fires)
    assert fault not in faults(*nearly)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("What's the number?", 1),
        ("Your name and the number and when was it?", 3),
        ("When did it start, and where is the water?", 2),
        ("Who told you that? When?", 2),
    ],
)
def test_questions_are_counted_by_their_content(text: str, count: int) -> None:
    assert count_questions(text) == count


@pytest.mark.parametrize(
    ("level", "turns"),
    [
        (None, [turn(0)]),
        (0, [turn(0, SORRY, says("Calm down.", B.DISMISS))]),
        (1, [turn(0, SPECIFIC, says("Calm down.", B.DISMISS))]),
        (1, [turn(0, says("Calm down.", B.DISMISS)), turn(1, SORRY)]),
        (1, [turn(0, SO), turn(1, SORRY)]),
        (2, [turn(0, SORRY), turn(1, KIND)]),
        (2, [turn(0, SO), turn(1, SO), turn(2, SPECIFIC)]),
        (2, [turn(0, OFFER, SPECIFIC)]),
        (3, [turn(0, says("Two trips, no wonder.", B.ACKNOWLEDGE, specific=True)), turn(1, ASK)]),
        (4, [turn(0, SPECIFIC), turn(1, ASK, customer="Since Monday.")]),
        (3, [turn(0, SPECIFIC), turn(1, ASK, customer="Since Monday!")]),
        (4, [turn(0, SPECIFIC), turn(1, KIND, customer="Since Monday!")]),
        (3, [turn(0, SPECIFIC, anger=60), turn(1, ASK, anger=70), turn(2, ASK, anger=70)]),
        (4, [turn(0, SPECIFIC, anger=60), turn(1, ASK, anger=70), turn(2, KIND, anger=70)]),
    ],
)
def test_calm(level: int | None, turns: list[Turn]) -> None:
    assert assess(tuple(turns), SCENARIO.case).levels.calm == level


THREE_FACTS = [turn(i, says("What?", B.ASK_SPECIFIC, facts=(fact,)), SORRY) for i, fact in enumerate(FACTS[1:4])]
SUMMARY = says("So it leaks, right?", B.RESTATE)
REASON = says("so that I can see it", B.GIVE_REASON)
IMPACT = says("How urgent is it?", B.ASK_SPECIFIC, facts=("impact",))


@pytest.mark.parametrize(
    ("level", "turns"),
    [
        (None, [turn(0, SORRY)]),
        (0, [turn(0, says("Why didn't you call?", B.BLAME_CUSTOMER))]),
        (0, [turn(0, says("Fault?", B.ASK_SPECIFIC, facts=("fault",), re_asked=("fault",)))]),
        (1, [turn(0, SORRY), turn(1, SORRY)]),
        (1, [turn(0, says("The number?", B.ASK_SPECIFIC, facts=("order_number",)))]),
        (2, [turn(0, ASK)]),
        (2, [*THREE_FACTS, turn(3, SORRY)]),
        (3, [*THREE_FACTS, turn(3, SUMMARY)]),
        (3, [*THREE_FACTS, turn(3, SUMMARY, REASON, IMPACT), turn(4, SO, customer="No, that is wrong.")]),
        (4, [*THREE_FACTS, turn(3, SUMMARY, REASON, IMPACT), turn(4, SO, customer="Yes, exactly.")]),
    ],
)
def test_clarify(level: int | None, turns: list[Turn]) -> None:
    assert assess(tuple(turns), SCENARIO.case).levels.clarify == level


TOLD = FACTS[:3]
CHOICE = says(
    "The new one is faster, or the credit today: which would you like?",
    B.OFFER,
    B.GIVE_CHOICE,
    options=("exchange", "store_credit"),
)
FALLBACK = says("I'll send it today, and if it isn't there tomorrow I'll call you.", B.COMMIT)


@pytest.mark.parametrize(
    ("level", "turns"),
    [
        (None, [turn(0, SORRY)]),
        (0, [turn(0, SORRY, says("There's nothing I can do.", B.REFUSE))]),
        (0, [turn(0, SORRY, says("I'll refund it.", B.OFFER, over_promises=("card_refund",)), told=TOLD)]),
        (1, [turn(0, SORRY), turn(1, SORRY), turn(2, ASK)]),
        (1, [turn(0, SORRY, VAGUE)]),
        (1, [turn(0, SORRY, OFFER, VAGUE, told=TOLD)]),
        (2, [turn(0, SORRY, OFFER, told=TOLD)]),
        (2, [turn(0, SORRY), turn(1, OFFER, COMMIT)]),
        (3, [turn(0, SORRY, OFFER, COMMIT, told=TOLD)]),
        (3, [turn(0, SORRY, CHOICE, told=TOLD)]),
        (4, [turn(0, SORRY, CHOICE, told=TOLD), turn(1, FALLBACK, customer="Then send the new one.")]),
        (3, [turn(0, SORRY, CHOICE, told=TOLD), turn(1, FALLBACK, customer="I don't know.")]),
    ],
)
def test_options(level: int | None, turns: list[Turn]) -> None:
    assert assess(tuple(turns), SCENARIO.case).levels.options == level


@pytest.mark.parametrize(
    ("fails", "text", "passes"),
    [
        ("abuse", "You stupid woman.", "That's a stupid mistake of ours."),
        ("asks_for_secrets", "What is your password?", "Never give anyone your password."),
        ("asks_for_secrets", "Can I have your full card number?", "Which card was it?"),
        ("discrimination", "Please speak proper English.", "I speak a little Spanish."),
    ],
)
def test_the_safety_box(fails: str, text: str, passes: str) -> None:
    assert [failed.id for failed in assess((turn(0, says(text)),), Case()).safety] == [fails]
    assert not assess((turn(0, says(passes)),), Case()).safety


sentences = st.builds(
    lambda labels, text: says(text, *labels),
    st.lists(st.sampled_from(list(B)), max_size=3, unique=True),
    st.sampled_from(["So.", "What happened?", "I can do that today.", "If not, I call you."]),
)
calls = st.lists(st.lists(sentences, max_size=4), max_size=8).map(
    lambda spoken: tuple(turn(i, *said, anger=50.0) for i, said in enumerate(spoken))
)


@given(calls)
def test_rows_add_up_to_the_total_and_never_pass_their_maximum(turns: tuple[Turn, ...]) -> None:
    card = assess(turns, SCENARIO.case).scorecard
    assert sum(row.out_of for row in card.rows) == 100
    assert sum(row.points for row in card.rows if row.points is not None) == card.total
    assert all(0 <= row.points <= row.out_of for row in card.rows if row.points is not None)


@given(calls)
def test_caps_hold_and_advice_is_never_twice_the_same(turns: tuple[Turn, ...]) -> None:
    assessment = assess(turns, SCENARIO.case)
    levels = {
        "calm": assessment.levels.calm,
        "clarify": assessment.levels.clarify,
        "options": assessment.levels.options,
    }
    for fault in assessment.faults:
        for step, cap in fault.caps.items():
            level = levels[step]
            assert level is None or level <= cap
    better = [item.better for item in assessment.advice]
    assert len(better) == len(set(better))


def test_a_call_without_words_is_not_measured() -> None:
    assessment = assess((turn(0), turn(1)), SCENARIO.case)
    assert assessment.levels.calm is None
    assert [row.points for row in assessment.scorecard.rows if row.id == "pace"] == [None]


# --- what the recogniser was unsure of ---------------------------------------------------------------

UNSURE = says("some then not plane", doubted=True)


@pytest.mark.parametrize(
    ("fault", "turns"),
    [
        ("policy_before_empathy", [turn(0, UNSURE, POLICY)]),
        ("solution_too_soon", [turn(0, UNSURE), turn(1, OFFER, told=FACTS[:3])]),
        ("empathy_loop", [turn(0, SORRY, UNSURE, KIND), turn(1, SORRY)]),
        ("vague_promise_standing", [turn(0, VAGUE, UNSURE)]),
    ],
)
def test_what_is_missing_may_have_been_said_in_a_doubted_sentence(fault: str, turns: list[Turn]) -> None:
    assert fault not in faults(*turns)
    heard = [turn(t.index, *(s for s in t.sentences if s is not UNSURE), told=t.customer.facts_told) for t in turns]
    assert fault in faults(*heard)


def test_steps_are_not_measured_where_too_much_is_doubted() -> None:
    doubtful = assess((turn(0, UNSURE, KIND), turn(1, ASK)), SCENARIO.case)
    assert (doubtful.levels.calm, doubtful.levels.clarify) == (None, None)
    assert "unsure" in next(row.why for row in doubtful.scorecard.rows if row.id == "calm")
    assert assess((turn(0, SO, SO, SO, KIND), turn(1, ASK)), SCENARIO.case).levels.calm == 1
