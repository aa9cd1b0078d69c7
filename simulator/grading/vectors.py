"""Sentence vectors that lie near each other where a question reaches a fact, or an offer names a remedy.

An encoder of its own, fine-tuned from all-MiniLM-L6-v2: the mean over the tokens of a text, of length 1. What it
must learn, that "half the money back" is no "full refund", pulls against what the grader of behaviours learns,
so the two share no weights.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from transformers import BertModel

from simulator.grading.encoders import MOST_TOKENS, in_batches, load_encoder
from simulator.grading.matching import Bars

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class VectorModel:
    """The trained encoder as a `Matcher`.

    Raises:
        ModelError: the folder does not hold a whole model.
    """

    def __init__(self, folder: Path) -> None:
        self._model, self._tokenizer = load_encoder(BertModel, folder, add_pooling_layer=False)
        self.bars = Bars(**self._model.config.bars)

    def vectors(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Vectors of length 1 and of shape (texts, 384)."""

        def of(some: Sequence[int]) -> list[Tensor]:
            return list(text_vectors(self._model, self._tokenizer, [texts[i] for i in some]))

        return torch.stack(in_batches(of, [len(text) for text in texts])).numpy()


def text_vectors(model: BertModel, tokenizer: Any, texts: Sequence[str]) -> Tensor:
    """Vectors of length 1 and of shape (texts, hidden size), with their gradients where these are on."""
    cut = {"padding": True, "truncation": True, "max_length": MOST_TOKENS}
    encoded = tokenizer(list(texts), return_tensors="pt", **cut)
    hidden = model(**encoded).last_hidden_state
    own = encoded["attention_mask"].unsqueeze(-1).to(hidden.dtype)
    return nn.functional.normalize(((hidden * own).sum(1) / own.sum(1)).float(), dim=-1)
