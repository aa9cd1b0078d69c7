"""The trained grader: what it hears, and what becomes of odd input."""

import shutil
from pathlib import Path

import pytest

from simulator.errors import ModelError
from simulator.grading.loading import TrainedGrader
from simulator.records import Behaviour, TurnText
from simulator.settings import grader_dir

B = Behaviour


def found(grader: TrainedGrader, text: str, customer: str = "") -> set[Behaviour]:
    ((labels,),) = grader.label_turns([TurnText((text,), customer)])
    return {label.id for label in labels}


@pytest.mark.parametrize(
    ("sentence", "behaviour"),
    [
        ("Two missed visits and a day off work, no wonder you're fed up.", B.ACKNOWLEDGE),
        ("I'm so sorry that we left you without heating.", B.APOLOGISE),
        ("This stays with me until it's fixed.", B.OWN),
        ("can you walk me through what happened", B.ASK_OPEN),
        ("what's the order number", B.ASK_SPECIFIC),
        ("So it arrived on Tuesday, cracked, and chat promised you a refund, is that right?", B.RESTATE),
        ("I can send you a replacement today.", B.OFFER),
        ("A refund in three days or a new one tomorrow, which would you prefer?", B.GIVE_CHOICE),
        ("I'll call you myself before five today.", B.COMMIT),
        ("Would that work for you?", B.CHECK_AGREEMENT),
        ("You need to calm down.", B.DISMISS),
        ("You should have read the terms.", B.BLAME_CUSTOMER),
        ("Our policy is thirty days.", B.CITE_POLICY),
        ("someone will look into it", B.VAGUE_PROMISE),
        ("There's nothing I can do.", B.REFUSE),
        ("Thanks for calling, how are you today?", B.COURTESY),
    ],
)
def test_plain_cases_are_heard(grader: TrainedGrader, sentence: str, behaviour: Behaviour) -> None:
    assert behaviour in found(grader, sentence)


@pytest.mark.parametrize(
    ("sentence", "not_this"),
    [
        ("I won't tell you to calm down.", B.DISMISS),
        ("Sorry, could you repeat that?", B.APOLOGISE),
        ("I'm sorry you feel that way.", B.APOLOGISE),
        ("I understand you want a refund.", B.ACKNOWLEDGE),
        ("Why didn't you ring earlier?", B.ASK_OPEN),
    ],
)
def test_traps_are_not_fallen_into(grader: TrainedGrader, sentence: str, not_this: Behaviour) -> None:
    assert not_this not in found(grader, sentence)


def test_one_breath_may_do_two_things(grader: TrainedGrader) -> None:
    assert found(grader, "Calm down please, our policy is thirty days.") == {B.DISMISS, B.CITE_POLICY}


def test_every_sentence_of_every_turn_gets_its_labels_in_order(grader: TrainedGrader) -> None:
    turns = [TurnText(()), TurnText(("Calm down.", "What's your name?"), "It leaks!"), TurnText(("", "Hm."))]
    labels = grader.label_turns(turns)
    assert [len(turn) for turn in labels] == [0, 2, 2]
    assert B.DISMISS in {label.id for label in labels[1][0]}


def test_a_turn_is_graded_alike_alone_and_among_others(grader: TrainedGrader) -> None:
    turn = TurnText(("I'm sorry about the wait.", "What's the order number?"), "Forty minutes!")
    others = [TurnText(("No.",) * n, "Well?") for n in range(1, 20)]
    model = grader.behaviours
    alone, among = model.probabilities([turn]), model.probabilities([*others, turn])[-2:]
    assert (alone - among).abs().max() < 1e-4


def test_a_turn_of_any_length_is_read_to_its_end(grader: TrainedGrader) -> None:
    (labels,) = grader.label_turns([TurnText(("Let me look.", "What's the order number?", "Yes, I see it.") * 100)])
    assert len(labels) == 300
    assert all(B.ASK_SPECIFIC in {label.id for label in sentence} for sentence in labels[1::3])


def test_a_sentence_without_end_is_cut_not_refused(grader: TrainedGrader) -> None:
    assert len(grader.label_turns([TurnText(("sorry " * 5000,))])[0]) == 1


@pytest.mark.parametrize("damage", ["missing", "no weights", "half the weights", "no config"])
def test_a_damaged_model_says_what_to_do(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "grader"
    if damage != "missing":
        shutil.copytree(grader_dir(), folder)
    if damage == "no weights":
        (folder / "model.safetensors").unlink()
    if damage == "half the weights":
        weights = folder / "model.safetensors"
        weights.write_bytes(weights.read_bytes()[: weights.stat().st_size // 2])
    if damage == "no config":
        (folder / "config.json").write_text("{}")
    with pytest.raises(ModelError, match="make train"):
        TrainedGrader(folder)
