"""F1, calibration error, agreement: the measures of the evaluation, each as in its textbook."""

from collections.abc import Sequence

import torch
from torch import Tensor

from simulator.grading.behaviours import LABELS
from simulator.training.corpus import CorpusTurn


def f1_by_label(predicted: Tensor, true: Tensor) -> Tensor:
    """F1 of each column; both boolean of shape (examples, labels)."""
    hits = (predicted & true).sum(0)
    wanted = predicted.sum(0) + true.sum(0)
    return 2 * hits / wanted.clamp(min=1)


def macro_f1(predicted: Tensor, true: Tensor) -> float:
    """Mean of the labels' F1."""
    return float(f1_by_label(predicted, true).mean())


def expected_calibration_error(probabilities: Tensor, true: Tensor, bins: int = 10) -> float:
    """Mean gap between probability and frequency over equal bins, weighted by how many fall in (Guo et al. 2017)."""
    flat, hits = probabilities.flatten(), true.flatten().float()
    index = (flat * bins).long().clamp(max=bins - 1)
    error = torch.zeros(())
    for b in range(bins):
        inside = index == b
        if inside.any():
            error += inside.float().mean() * (flat[inside].mean() - hits[inside].mean()).abs()
    return float(error)


def quadratic_kappa(first: Sequence[int], second: Sequence[int], levels: int = 5) -> float:
    """Agreement of two raters on ordered levels from 0, a miss by two counting four times one (Cohen 1968)."""
    counts = torch.zeros(levels, levels)
    for a, b in zip(first, second, strict=True):
        counts[a, b] += 1
    place = torch.arange(levels)
    weights = (place.unsqueeze(1) - place).square().float()
    by_chance = counts.sum(1, keepdim=True) * counts.sum(0, keepdim=True) / counts.sum()
    expected = (weights * by_chance).sum()
    return float(1 - (weights * counts).sum() / expected) if expected else 1.0


def cohens_kappa(first: Tensor, second: Tensor) -> float:
    """Agreement of two raters on one yes-or-no label beyond chance (Cohen 1960)."""
    a, b = first.float(), second.float()
    observed = (a == b).float().mean()
    by_chance = a.mean() * b.mean() + (1 - a.mean()) * (1 - b.mean())
    return float((observed - by_chance) / (1 - by_chance)) if by_chance < 1 else 1.0


def targets(turns: Sequence[CorpusTurn]) -> Tensor:
    """True labels of shape (sentences, 20), boolean, the sentences of all turns in order."""
    return torch.tensor([[label in s.labels for label in LABELS] for turn in turns for s in turn.sentences])
