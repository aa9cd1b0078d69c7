"""Calibration and thresholds for each label, from the dev hand's logits.

Platt scaling (Platt 1999): one scale and one shift for each label, fitted by logistic regression, drawn
towards no change because a label has some forty positives there. The threshold is where F1 is best,
smoothed by the neighbourhood and kept between 0.2 and 0.7.
"""

import torch
from torch import Tensor, nn

from simulator.training.metrics import f1_by_label

_STEPS = 300
_PULL = 0.002  # towards scale 1 and shift 0
_GRID = torch.arange(0.20, 0.701, 0.02)
_NEIGHBOURS = 5


def calibrate(logits: Tensor, true: Tensor) -> dict[str, list[float]]:
    """Scale, shift and threshold for each label; logits and truth of shape (examples, labels)."""
    scale, shift = _platt(logits, true.float())
    probabilities = torch.sigmoid(logits * scale + shift)
    return {
        "scale": _rounded(scale),
        "shift": _rounded(shift),
        "thresholds": _rounded(_thresholds(probabilities, true)),
    }


def _platt(logits: Tensor, true: Tensor) -> tuple[Tensor, Tensor]:
    logits = logits.detach().clone()
    scale = torch.ones(logits.shape[1], requires_grad=True)
    shift = torch.zeros(logits.shape[1], requires_grad=True)
    optimizer = torch.optim.Adam([scale, shift], lr=0.02)
    for _ in range(_STEPS):
        loss = nn.functional.binary_cross_entropy_with_logits(logits * scale + shift, true)
        loss = loss + _PULL * ((scale - 1).square().mean() + shift.square().mean())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return scale.detach(), shift.detach()


def _thresholds(probabilities: Tensor, true: Tensor) -> Tensor:
    scores = torch.stack([f1_by_label(probabilities >= t, true) for t in _GRID])
    smooth = nn.functional.avg_pool1d(
        scores.T.unsqueeze(1), _NEIGHBOURS, stride=1, padding=_NEIGHBOURS // 2, count_include_pad=False
    ).squeeze(1)
    return _GRID[smooth.argmax(dim=1)]


def _rounded(values: Tensor) -> list[float]:
    return [round(float(value), 4) for value in values]
