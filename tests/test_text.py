"""Words into sentences, fillers, and the case behind the words."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from simulator.cases import Case
from simulator.grading.fillers import filled_pauses, filler_words
from simulator.grading.loading import TrainedGrader
from simulator.grading.matching import CaseReader
from simulator.grading.sentences import split_sentences
from simulator.grading.turns import grade_turn
from simulator.records import Transcript, Word
from simulator.scenarios import find_scenario


@pytest.fixture(scope="module")
def case(grader: TrainedGrader) -> CaseReader:
    return CaseReader(find_scenario("refund_outside_policy").case, grader)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("I'm sorry. What happened?", ["I'm sorry.", "What happened?"]),
        ("One clause only", ["One clause only"]),
        (
            "good morning this is alex i understand but our policy is thirty days",
            ["good morning this is alex", "i understand but our policy is thirty days"],
        ),
        (
            "i can send you a new machine which would you rather have",
            ["i can send you a new machine", "which would you rather have"],
        ),
        ("could you tell me what is the number", ["could you tell me what is the number"]),
        ("", []),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    split = split_sentences(Transcript.typed(text).words)
    assert [" ".join(word.text for word in words) for words in split] == sentences


def test_a_long_pause_ends_a_sentence_that_has_no_full_stop() -> None:
    words = (Word("two", 0.0, 0.3), Word("trips", 0.3, 0.6), Word("i", 1.5, 1.6), Word("see", 1.6, 1.9))
    assert [len(sentence) for sentence in split_sentences(words)] == [2, 2]


@pytest.mark.parametrize(
    ("text", "fillers"),
    [
        ("It's basically a pump, you know.", ["basically", "you know"]),
        ("Do you know the number?", []),
        ("You know what the problem is?", []),
        ("I mean, it sort of leaks.", ["i mean", "sort of"]),
        ("What kind of machine is it?", []),
        ("That is kind of late, actually.", ["kind of", "actually"]),
    ],
)
def test_filler_words(text: str, fillers: list[str]) -> None:
    assert [filler.text for filler in filler_words(Transcript.typed(text).words)] == fillers


@pytest.mark.parametrize("part", ["first", "second"])
def test_filler_words_are_told_from_the_same_words_with_a_meaning(part: str) -> None:
    """F1 over the occurrences in some hundreds of sentences."""
    cases = yaml.safe_load((Path(__file__).parent / "filler_cases.yaml").read_text(encoding="utf-8"))[part]
    hits = misses = 0
    for case in cases:
        found = Counter(filler.text for filler in filler_words(Transcript.typed(case["text"]).words))
        wanted = Counter(case["fillers"])
        hits += 2 * (found & wanted).total()
        misses += (found - wanted).total() + (wanted - found).total()
    assert hits / (hits + misses) >= 0.95


@pytest.mark.parametrize(
    ("text", "count"),
    [("Um, uh, so hmm.", 3), ("Erm I er", 2), ("The museum has a hum.", 0), ("Ah, mm, uhh", 3), ("Her umbrella", 0)],
)
def test_filled_pauses(text: str, count: int) -> None:
    assert len(filled_pauses(Transcript.typed(text).words)) == count


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("Could you give me the order number?", "order_number"),
        ("where is the water coming from", "fault"),
        ("And what did they promise you in the shop?", "promise"),
        ("Did you pay by card?", "payment"),
        ("How urgent is this?", "impact"),
    ],
)
def test_a_question_reaches_a_fact(case: CaseReader, question: str, fact: str) -> None:
    assert case.facts_in(question)[:1] == (fact,)


@pytest.mark.parametrize("question", ["How are you today?", "Is that all right?", "Do you like the weather?"])
def test_a_question_beside_the_matter_reaches_nothing(case: CaseReader, question: str) -> None:
    assert case.facts_in(question) == ()


@pytest.mark.parametrize(
    ("offer", "within", "beyond"),
    [
        ("I can send you a replacement that arrives tomorrow.", ("exchange",), ()),
        ("I could give you store credit today.", ("store_credit",), ()),
        ("I'll refund your card in full right now.", (), ("card_refund",)),
        ("I will ask my manager for an exception and call you back today.", ("exception",), ()),
        ("I can tell you a joke.", (), ()),
        ("I'll do it now.", (), ()),
        ("I'll order it right now and email you.", (), ()),
    ],
)
def test_an_offer_names_a_remedy(
    case: CaseReader, offer: str, within: tuple[str, ...], beyond: tuple[str, ...]
) -> None:
    assert case.options_in(offer) == (within, beyond)


def test_without_a_case_nothing_is_reached(grader: TrainedGrader) -> None:
    assert CaseReader(Case(), grader).facts_in("What's the order number?") == ()
    assert CaseReader(Case(), grader).options_in("I'll refund your card.") == ((), ())


@pytest.mark.parametrize(
    ("sentence", "customer", "specific"),
    [
        ("I'm sorry about the wedding present.", "", True),
        ("I understand how frustrating that is.", "", False),
        ("Twenty minutes on hold, I'm sorry.", "I have been on hold for twenty minutes!", True),
        ("I'm so sorry about everything.", "I want my money back!", False),
    ],
)
def test_an_acknowledgement_is_specific_when_it_takes_up_a_detail(
    case: CaseReader, sentence: str, customer: str, specific: bool
) -> None:
    assert case.is_specific(sentence, customer) is specific


def test_the_hardship_may_stand_in_the_sentence_before_the_apology(case: CaseReader, grader: TrainedGrader) -> None:
    words = Transcript.typed("Two trips to the shop with a leaking machine. I'm so sorry.")
    sentences = grade_turn(words, "", set(), case, grader)
    assert [sentence.specific for sentence in sentences] == [False, True]


def test_a_question_for_what_was_told_is_a_re_ask(case: CaseReader, grader: TrainedGrader) -> None:
    words = Transcript.typed("What is the number on the receipt?")
    (sentence,) = grade_turn(words, "", {"order_number"}, case, grader)
    assert sentence.re_asked == ("order_number",)


@pytest.mark.parametrize(("probability", "doubted"), [(0.2, True), (0.9, False)])
def test_a_sentence_of_doubtful_words_is_not_measured(
    case: CaseReader, grader: TrainedGrader, probability: float, doubted: bool
) -> None:
    words = tuple(Word(text, probability=probability) for text in "you need to calm down now".split())
    (sentence,) = grade_turn(Transcript(words, "test"), "It leaks!", set(), case, grader)
    assert (sentence.doubted, bool(sentence.labels)) == (doubted, not doubted)


@pytest.mark.parametrize(
    ("line", "told"),
    [("It's on the receipt: H H four four one nine.", "order_number"), ("I paid by credit card.", "payment")],
)
def test_a_customer_tells_a_fact(case: CaseReader, line: str, told: str) -> None:
    assert case.facts_told_in(line) == (told,)


def test_a_customer_who_vents_tells_nothing(case: CaseReader) -> None:
    assert case.facts_told_in("I have had enough of you people!") == ()


@pytest.mark.parametrize(
    ("offer", "beyond"),
    [
        ("I'll refund you twice the price.", True),
        ("I can send you a replacement today.", False),
        ("I can bring my manager in on this call.", False),
    ],
)
def test_without_a_list_of_forbidden_promises_whatever_of_value_is_not_allowed_is_beyond(
    grader: TrainedGrader, offer: str, beyond: bool
) -> None:
    case = CaseReader(Case.plain("A kettle leaks.", (), ("replacement sent today",)), grader)
    (sentence,) = grade_turn(Transcript.typed(offer), "It leaks!", set(), case, grader)
    assert bool(sentence.over_promises) is beyond


@pytest.mark.parametrize(
    ("label", "identity", "impact"),
    [
        ("order number", True, False),
        ("what is damaged", False, False),
        ("how soon it is needed and why", False, True),
        ("the name on the booking", True, False),
    ],
)
def test_a_plain_fact_is_known_for_what_it_is(label: str, identity: bool, impact: bool) -> None:
    (fact,) = Case.plain("", (label,), ()).facts
    assert (fact.identity, fact.impact) == (identity, impact)
