"""Train the encoder that matches questions with facts and offers with remedies: the second half of `make train`.

Fine-tunes all-MiniLM-L6-v2 on `models/corpus/matching_*.jsonl`. A text is compared by cosine with every entry of
its list and with a fixed bar, "none of them"; the loss is the cross-entropy of that choice (InfoNCE, van den Oord
et al. 2018, with the case's own entries as the hard negatives). Now and then one of an entry's own texts stands in
for its label, since scenarios bring such wordings along.
"""

import argparse
import random
import time
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from torch import nn
from transformers import AutoTokenizer, BertModel

from simulator.grading.vectors import text_vectors
from simulator.settings import matcher_dir
from simulator.training.base_model import base_encoder, base_model_dir
from simulator.training.corpus import bare
from simulator.training.matching import (
    KINDS,
    Matching,
    Vectors,
    base_vectors,
    find_bar,
    load_matchings,
    outcomes,
    vectors_of,
)
from simulator.training.train import average

_SHARPNESS = 20.0  # of the softmax over cosines
_NONE_AT = 0.5  # the cosine of "none of them"
_WARM_UP = 0.1
_BARE, _STANDS_IN = 0.3, 0.25


def main() -> None:
    """Train, find the bars, save."""
    parser = argparse.ArgumentParser(description="Train the encoder that matches sentences with a case.")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=matcher_dir())
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    console = Console()
    tokenizer = AutoTokenizer.from_pretrained(base_model_dir(), local_files_only=True)
    lists = load_matchings("train", *KINDS)
    console.print(f"{len(lists)} lists, {sum(len(m.texts) for m in lists)} texts to match")
    console.print(f"to be beaten, the base encoder: dev right {dev_share_right(base_vectors()):.3f}")
    rng = random.Random(options.seed)
    averaged = fit(base_encoder(), tokenizer, lists, options.epochs, options.rate, rng, console)
    save(averaged, tokenizer, options.out)
    console.print(f"Saved in {options.out}")


def fit(
    model: BertModel,
    tokenizer: Any,
    lists: list[Matching],
    epochs: int,
    rate: float,
    rng: random.Random,
    console: Console,
) -> BertModel:
    """Train and give the running average of the weights."""
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=rate, weight_decay=0.01)
    steps = epochs * len(lists)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps + 1, pct_start=_WARM_UP)
    averaged = deepcopy(model)
    start = time.monotonic()
    for epoch in range(1, epochs + 1):
        model.train()
        losses = []
        for matching in rng.sample(lists, len(lists)):
            losses.append(step(model, tokenizer, varied(matching, rng)))
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            schedule.step()
            average(averaged, model)
        minutes = (time.monotonic() - start) / 60
        loss, right = sum(losses) / len(losses), dev_share_right(vectors_of(averaged, tokenizer))
        console.print(f"epoch {epoch}/{epochs}: loss {loss:.3f}, dev right {right:.3f}, {minutes:.1f} min")
    return averaged


def step(model: BertModel, tokenizer: Any, matching: Matching) -> float:
    """The loss of one list, with its gradients."""
    entries = len(matching.entries)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        vectors = text_vectors(model, tokenizer, [*matching.entries, *matching.texts])
        cosines = vectors[entries:] @ vectors[:entries].T
    choices = _SHARPNESS * nn.functional.pad(cosines.float(), (0, 1), value=_NONE_AT)
    loss = nn.functional.cross_entropy(choices, torch.tensor(matching.right))
    loss.backward()
    return float(loss.detach())


def varied(matching: Matching, rng: random.Random) -> Matching:
    """A list as it might have come: without punctuation, with other wordings in the place of labels."""
    entries, pairs = list(matching.entries), list(zip(matching.texts, matching.right, strict=True))
    for index in range(len(entries)):
        own = [pair for pair in pairs if pair[1] == index]
        if len(own) > 1 and rng.random() < _STANDS_IN:
            instead = rng.choice(own)
            entries[index] = instead[0]
            pairs.remove(instead)
    texts = [bare(text) if rng.random() < _BARE else text for text, _ in pairs]
    return Matching(tuple(entries), tuple(texts), tuple(right for _, right in pairs))


def dev_share_right(vectors: Vectors) -> float:
    """Share of the dev cases' questions and offers that are matched rightly, at the best bar."""
    found = outcomes(load_matchings("dev", "asks", "says"), vectors)
    return found.share_right(find_bar(found))


def save(model: BertModel, tokenizer: Any, folder: Path) -> None:
    """Find the bars on the dev cases and write ordinary Hugging Face files in half precision."""
    vectors = vectors_of(model.half().float(), tokenizer)  # measure what will be loaded
    model.config.bars = {kind: find_bar(outcomes(load_matchings("dev", kind), vectors)) for kind in KINDS}
    model.half().save_pretrained(folder)
    tokenizer.save_pretrained(folder)


if __name__ == "__main__":
    main()
