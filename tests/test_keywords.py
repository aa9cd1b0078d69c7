"""The keyword rules, on the rubric's own examples and on the traps that they should survive."""

import pytest

from simulator.grading.keywords import KeywordGrader
from tests.talk import B

CASES: list[tuple[str, set[B]]] = [
    ("Two missed visits and a day off work, no wonder you're fed up.", {B.ACKNOWLEDGE}),
    ("I understand how frustrating that is.", {B.ACKNOWLEDGE}),
    ("I'm sorry that left you without heating.", {B.APOLOGISE}),
    ("My apologies for the wait.", {B.APOLOGISE}),
    ("This stays with me until it's fixed.", {B.OWN}),
    ("We'll get this sorted out together.", {B.REASSURE}),
    ("You've come to the right place.", {B.REASSURE}),
    ("Can you walk me through what happened?", {B.ASK_OPEN}),
    ("What's the order number?", {B.ASK_SPECIFIC}),
    ("Did the light go red or amber?", {B.ASK_SPECIFIC}),
    ("Sorry, could you repeat that?", {B.ASK_SPECIFIC}),
    ("So it arrived Tuesday, cracked, and chat promised a refund, right?", {B.RESTATE}),
    ("so that I can find the delivery", {B.GIVE_REASON}),
    ("I can send a replacement today.", {B.OFFER}),
    ("I can bring my manager in on this call.", {B.OFFER}),
    ("A refund in three days or a replacement tomorrow: which suits you?", {B.OFFER, B.GIVE_CHOICE}),
    ("I'll call you myself before five today.", {B.COMMIT}),
    ("Would that work for you?", {B.CHECK_AGREEMENT}),
    ("Calm down.", {B.DISMISS}),
    ("It's only a few days.", {B.DISMISS}),
    ("I'm sorry you feel that way.", {B.DISMISS}),
    ("You should have read the terms.", {B.BLAME_CUSTOMER}),
    ("Why didn't you ring earlier?", {B.BLAME_CUSTOMER}),
    ("That's the courier's fault, not ours.", {B.DEFLECT}),
    ("You'd have to call billing.", {B.DEFLECT}),
    ("Our policy is thirty days.", {B.CITE_POLICY}),
    ("The system won't let me.", {B.CITE_POLICY}),
    ("Good luck with that.", {B.HOSTILE}),
    ("I'll hang up on you.", {B.HOSTILE}),
    ("We'll look into it.", {B.VAGUE_PROMISE}),
    ("Someone will be in touch.", {B.VAGUE_PROMISE}),
    ("There's nothing I can do.", {B.REFUSE}),
    ("Thanks for calling.", {B.COURTESY}),
    ("May I place you on hold for a minute?", {B.COURTESY}),
    # Traps: the words are there and the behaviour is not.
    ("I understand.", set()),
    ("I understand you want a refund.", set()),
    ("I won't tell you to calm down.", set()),
    ("You said it's our fault.", set()),
    ("The machine stood in a box.", set()),
]


@pytest.mark.parametrize(("sentence", "expected"), CASES)
def test_keywords(sentence: str, expected: set[B]) -> None:
    assert {label.id for label in KeywordGrader().labels_of(sentence)} == expected


@pytest.mark.parametrize(("sentence", "expected"), [case for case in CASES if case[1] & {B.APOLOGISE, B.OFFER}])
def test_a_recogniser_without_case_and_points_changes_nothing(sentence: str, expected: set[B]) -> None:
    plain = "".join(c for c in sentence.lower() if c not in ".,?!:")
    assert {label.id for label in KeywordGrader().labels_of(plain)} == expected


def test_curly_apostrophes_read_as_straight_ones() -> None:
    assert [label.id for label in KeywordGrader().labels_of("I’m sorry about the wait.")] == [B.APOLOGISE]
