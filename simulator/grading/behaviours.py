"""The trained grader: a small encoder that finds the behaviours of a sentence. The only room with torch.

A BERT encoder (fine-tuned from all-MiniLM-L6-v2) reads the sentence, and after it, as context, the sentence
before and the customer's line. The mean over the sentence's own tokens and the first token go through one
linear layer to twenty sigmoid outputs; calibration and a threshold for each label lie in the config.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoTokenizer, BertConfig, BertModel, BertPreTrainedModel

from simulator.errors import ModelError
from simulator.records import Behaviour, Label
from simulator.settings import project_data_dir

LABELS = tuple(Behaviour)
MOST_TOKENS = 64
_CONTEXT_LETTERS = 160  # of the sentence before and the customer's line together


class SentenceModel(BertPreTrainedModel):
    """The encoder with its twenty outputs, in ordinary Hugging Face files."""

    config_class = BertConfig

    def __init__(self, config: BertConfig) -> None:
        super().__init__(config)
        self.bert = BertModel(config, add_pooling_layer=False)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)
        self.head = nn.Linear(2 * config.hidden_size, len(LABELS))
        self.post_init()

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """Logits of shape (sentences, 20)."""
        hidden = self.bert(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        own = (attention_mask * (token_type_ids == 0)).unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * own).sum(1) / own.sum(1)
        logits: Tensor = self.head(self.dropout(torch.cat([mean, hidden[:, 0]], dim=-1)))
        return logits


def encode(tokenizer: Any, sentences: Sequence[str], contexts: Sequence[tuple[str, str]]) -> dict[str, Tensor]:
    """Token tensors of sentences, each with the sentence before it and the customer's line."""
    around = [f"{before} | {customer}"[:_CONTEXT_LETTERS] for before, customer in contexts]
    cut = {"padding": True, "truncation": "only_second", "max_length": MOST_TOKENS}
    encoded: dict[str, Tensor] = dict(tokenizer(list(sentences), around, return_tensors="pt", **cut))
    return encoded


def grader_dir() -> Path:
    """Where the trained grader lies."""
    return project_data_dir() / "models" / "grader"


class TrainedGrader:
    """The trained model as a `BehaviourGrader`.

    Raises:
        ModelError: the folder does not hold a whole model.
    """

    def __init__(self, folder: Path | None = None) -> None:
        folder = folder or grader_dir()
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            self._model = SentenceModel.from_pretrained(folder, local_files_only=True, dtype=torch.float32).eval()
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelError(
                f"The grader in {folder} cannot be loaded: {str(error).splitlines()[0]}",
                advice="Install the program again, or type `make train`.",
            ) from error
        calibration = self._model.config.calibration
        self.name = f"trained {self._model.config.grader_version}"
        self._scale, self._shift = torch.tensor(calibration["scale"]), torch.tensor(calibration["shift"])
        self.thresholds = torch.tensor(calibration["thresholds"])

    def labels(self, sentences: Sequence[str], customer: str = "") -> tuple[tuple[Label, ...], ...]:
        """The behaviours of each sentence of a turn that answers the `customer`'s line."""
        if not sentences:
            return ()
        contexts = [(before, customer) for before in ("", *sentences[:-1])]
        return tuple(
            tuple(
                Label(behaviour, round(float(p), 3))
                for behaviour, p, threshold in zip(LABELS, row, self.thresholds, strict=True)
                if p >= threshold
            )
            for row in self.probabilities(sentences, contexts)
        )

    def probabilities(self, sentences: Sequence[str], contexts: Sequence[tuple[str, str]]) -> Tensor:
        """Calibrated probabilities of shape (sentences, 20); contexts are pairs of sentence before and customer."""
        with torch.inference_mode():
            logits = self._model(**encode(self._tokenizer, sentences, contexts))
            return torch.sigmoid(logits * self._scale + self._shift)
