"""The customer answers what was said."""

import pytest

from simulator.records import CustomerLine, GradedSentence
from simulator.scenarios import find_scenario
from tests.talk import B, says
from tests.test_mood import CHOICE, CLOSE, GOOD, KIND, REFUSE, SPECIFIC, SUMMARY, ask, play

SCENARIO = find_scenario("refund_outside_policy")


def line_after(*spoken: tuple[GradedSentence, ...]) -> CustomerLine:
    """What the customer says after the last of these."""
    return play([*spoken, (says("So."),)])[len(spoken)].customer


def said_in(text: str, *lines: str) -> bool:
    return any(line in text for line in lines)


@pytest.mark.parametrize("fact", [fact.id for fact in SCENARIO.facts])
def test_a_question_that_reaches_a_fact_gets_that_fact(fact: str) -> None:
    line = line_after((ask(fact),))
    answer = SCENARIO.fact(fact).answer
    assert said_in(line.text, answer.angry, answer.calm)
    assert line.facts_told == (fact,)


@pytest.mark.parametrize("option", [option.id for option in SCENARIO.authority])
def test_an_offer_within_authority_gets_its_own_answer(option: str) -> None:
    line = line_after((says("I offer.", B.OFFER, options=(option,)),))
    answer = SCENARIO.option(option).answer
    assert said_in(line.text, answer.angry, answer.calm)


def test_an_offer_beyond_authority_gets_its_own_answer() -> None:
    line = line_after((says("I offer.", B.OFFER, over_promises=("card_refund",)),))
    assert said_in(line.text, SCENARIO.beyond("card_refund").answer.angry)


def test_a_choice_is_taken() -> None:
    assert said_in(line_after((SPECIFIC,), (ask("fault"),), (CHOICE,)).text, SCENARIO.option("exchange").chosen)


def test_the_right_summary_is_confirmed() -> None:
    assert line_after((SPECIFIC,), (SUMMARY,)).event in {"confirming", "cooling"}


@pytest.mark.parametrize(
    ("sentence", "event"),
    [
        (says("That machine is one of ours."), "not_heard"),
        (says("The weather is lovely over here."), "off_topic"),
        (says("Hi, how can I help?"), "not_heard"),
        (says("Okay."), "one_word"),
        (says("May I put you on hold for a minute?", B.COURTESY), "on_hold"),
        (says("Hold on please."), "on_hold"),
        (says("Could you hold the line please?", B.ASK_SPECIFIC), "on_hold"),
        (says("Is it all right if I put you on hold?", B.CHECK_AGREEMENT), "on_hold"),
        (says("Shall I get my manager?", B.ASK_SPECIFIC), "manager"),
        (says("Let me get my manager."), "manager"),
        (says("Can I call you back later?", B.VAGUE_PROMISE), "call_back"),
        (says("We'll look into it.", B.VAGUE_PROMISE), "doubting"),
        (says("You idiot!", B.HOSTILE), "abused"),
        (says("You're an idiot."), "abused"),
        (says("Good luck with that.", B.HOSTILE), "abused"),
        (says("I could do something.", B.OFFER), "doubting"),
        (REFUSE, "pushing_back"),
        (KIND, "cooling"),
        (says("What is it?", B.ASK_SPECIFIC, facts=("fault",), re_asked=("fault",)), "asked_again"),
    ],
)
def test_the_mood_speaks(sentence: GradedSentence, event: str) -> None:
    first = (ask("fault"),) if event == "asked_again" else (SPECIFIC,)
    assert line_after(first, (sentence,)).event == event


def test_silence_is_noticed() -> None:
    assert line_after(()).event == "silence"


def test_no_line_is_said_twice_in_a_call() -> None:
    spoken = [
        (KIND,),
        (ask("fault"),),
        (KIND,),
        (says("Well."),),
        (SUMMARY,),
        (says("Hm."),),
        (KIND,),
        (says("Oh."),),
    ]
    texts = [turn.customer.text for turn in play(spoken)]
    assert len(texts) == len(set(texts))


def test_the_same_seed_and_words_give_the_same_call() -> None:
    again = [[turn.customer.text for turn in play(GOOD, seed=5)] for _ in range(2)]
    assert again[0] == again[1]


def test_another_seed_gives_other_words() -> None:
    openings = {play([(CLOSE,)], seed=seed)[0].customer.text for seed in range(12)}
    assert len(openings) > 1
