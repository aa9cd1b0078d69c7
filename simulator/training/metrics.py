"""F1 and calibration error: the measures of the evaluation, each as in its textbook."""

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


def targets(turns: Sequence[CorpusTurn]) -> Tensor:
    """True labels of shape (sentences, 20), boolean, the sentences of all turns in order."""
    return torch.tensor([[label in s.labels for label in LABELS] for turn in turns for s in turn.sentences])
