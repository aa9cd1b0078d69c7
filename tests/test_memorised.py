"""To be kind in like ways is fine; to recite is not."""

import pytest

from simulator.memorised import Said, recitals, said_in, warning
from simulator.training.corpus import read_hand
from tests.talk import B, says, turn

LEARNT = "I completely understand how frustrating it is to wait so long for your espresso machine."


def alike(one: str, other: str) -> bool:
    return bool(recitals([Said("a", 0, one), Said("b", 3, other)]))


@pytest.mark.parametrize(
    "again",
    [
        LEARNT,
        "i completely understand how frustrating it is to wait so long for your new kettle",
        "I completely understand how upsetting it is to wait so long for your hotel room.",
        "Right, I completely understand how frustrating it is to wait so long for your refund, Mr Brown, I do.",
    ],
)
def test_a_sentence_with_other_nouns_is_recited(again: str) -> None:
    assert alike(LEARNT, again)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LEARNT, "I understand, waiting that long for an espresso machine would make anybody cross."),
        ("I'm so sorry that you had to go twice.", "I'm so sorry that nobody called you back on Monday."),
        ("I'll stay with this myself until it is done.", "I'll look after this for you, from now on."),
        ("I am so sorry about that.", "I am so sorry about that."),  # too short to have been learnt by heart
    ],
)
def test_like_kindness_in_other_words_is_fine(one: str, other: str) -> None:
    assert not alike(one, other)


def test_a_sentence_may_come_twice_in_one_call() -> None:
    assert recitals([Said("a", 0, LEARNT), Said("a", 4, LEARNT)]) == ()


def test_hundreds_of_turns_of_one_writer_are_no_script() -> None:
    hand = read_hand("a")
    said = [Said(t.id, 0, s.text) for t in hand for s in t.sentences if set(s.labels) - {B.COURTESY}]
    assert len(said) > 500
    assert recitals(said) == ()


def test_courtesy_and_formulas_are_not_looked_at() -> None:
    greeting = says("Thank you for calling, this is Alex, how may I help you today?", B.COURTESY, B.ASK_SPECIFIC)
    calls = {"a": [turn(0, greeting, says(LEARNT, B.ACKNOWLEDGE))], "b": [turn(2, says(LEARNT))]}
    assert said_in(calls) == (Said("a", 0, LEARNT), Said("b", 2, LEARNT))


def test_the_pair_tells_where_both_were_said() -> None:
    [recital] = recitals([Said("a", 0, LEARNT), Said("b", 3, LEARNT)])
    assert (recital.earlier, recital.later) == (Said("a", 0, LEARNT), Said("b", 3, LEARNT))
    assert recital.likeness == 1.0


def test_the_warning_counts_and_stays_away_where_nothing_is_recited() -> None:
    assert warning(recitals([Said(call, 0, LEARNT) for call in "abc"])).startswith("2 sentences in 3 calls")
    assert warning(()) == ""
