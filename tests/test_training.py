"""What training does to its texts before it learns from them, and what it measures them by."""

import random

import pytest
import torch

from simulator.training.corpus import CorpusTurn, load_turns
from simulator.training.matching import NO_BAR, Matching, Outcomes, bar_at, find_bar, outcomes
from simulator.training.mishear import Mishearing
from simulator.training.train import varied
from simulator.training.train_matching import varied as varied_list

MISHEARING = Mishearing(["the knight will write", "the night was right", "I can't refund that order"])


def test_a_misheard_word_becomes_one_that_sounds_alike() -> None:
    heard = {MISHEARING.misheard("night", 1.0, random.Random(seed)) for seed in range(40)}
    assert "knight" in heard
    assert not heard & {"refund", "order", "can't"}


def test_nothing_is_misheard_at_a_share_of_nought() -> None:
    assert MISHEARING.misheard("The Knight, will he?", 0.0, random.Random(1)) == "the knight will he"


def test_a_varied_turn_keeps_each_sentence_with_its_labels() -> None:
    turns = load_turns("dev")[:20]
    labels = {turn.id: [sentence.labels for sentence in turn.sentences] for turn in turns}
    rng = random.Random(5)
    for turn in turns:
        shown: CorpusTurn = varied(turn, MISHEARING, rng)
        of_it = [sentence.labels for sentence in shown.sentences]
        whole = labels[turn.id]
        assert any(whole[i : i + len(of_it)] == of_it for i in range(len(whole) - len(of_it) + 1))


def test_a_text_that_stands_in_for_an_entry_is_no_longer_to_be_matched() -> None:
    matching = Matching(
        ("order number", "colour"), ("which order", "what number", "red or blue", "why"), (0, 0, 1, 2)
    )
    for seed in range(30):
        shown = varied_list(matching, random.Random(seed))
        assert len(shown.entries) == 2
        assert set(shown.right) <= {0, 1, 2}
        assert not set(shown.entries) & set(shown.texts)
        assert 0 in shown.right


def test_a_match_counts_only_above_the_bar_and_only_if_it_is_the_right_one() -> None:
    found = Outcomes(
        nearness=torch.tensor([0.9, 0.4, 0.8, 0.7, 0.2]),
        on_top=torch.tensor([True, True, False, False, False]),
        has_one=torch.tensor([True, True, True, False, False]),
    )
    assert found.top_1(0.5) == pytest.approx(1 / 3)
    assert found.top_1(NO_BAR) == pytest.approx(2 / 3)
    assert found.false_matches(0.5) == pytest.approx(1 / 2)
    assert found.share_right(0.5) == pytest.approx(0.8 / 3 + 0.2 / 2)
    best = max(found.share_right(bar / 100) for bar in range(5, 100))
    assert found.share_right(find_bar(found)) >= best - 0.01
    assert found.share_right(find_bar(found) + 0.02) < best - 0.01
    assert bar_at(found, 0.0) == pytest.approx(0.71)


def test_a_clause_may_match_where_the_whole_sentence_lies_far_off() -> None:
    directions = {"the date": [1.0, 0.0], "so that i can look, when was it": [0.0, 1.0], "when was it": [1.0, 0.0]}

    def vectors(texts: object) -> torch.Tensor:
        return torch.tensor([directions.get(text, [0.0, 1.0]) for text in texts])  # type: ignore[attr-defined]

    found = outcomes([Matching(("the date",), ("so that i can look, when was it",), (0,))], vectors)
    assert found.nearness.tolist() == [1.0]
