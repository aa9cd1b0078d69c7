"""The trained grader of behaviours: which of the twenty a sentence carries.

A BERT encoder (fine-tuned from all-MiniLM-L6-v2) reads a whole turn at once: the customer's line, then the
sentences of the answer. The mean over a sentence's own tokens, joined with the mean over all sentences, goes
through one linear layer to twenty sigmoid outputs; calibration and a threshold for each label lie in the config.
One reading for the turn is more than twice as fast as one for each sentence with its context.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence
from transformers import BertConfig, BertModel, BertPreTrainedModel

from simulator.grading.encoders import MOST_TOKENS, in_batches, load_encoder
from simulator.records import Behaviour, Label, TurnText

LABELS = tuple(Behaviour)
_CUSTOMER_TOKENS = 48
_CLAUSE_END = re.compile(r"(?<=[,;:])\s+|\s+(?=but )")
_LEAST_WORDS = 2  # of a clause
_SURE = 0.8  # what a clause says counts from this probability on
_WINDOW_TOKENS = 256  # of a turn; a longer one is read in parts, each with the customer's line


@dataclass(frozen=True)
class EncodedTurns:
    """Token tensors of shape (turns, tokens); `sentence` numbers each token's sentence over all turns, -1 is none."""

    input_ids: Tensor
    attention_mask: Tensor
    token_type_ids: Tensor
    sentence: Tensor


class SentenceModel(BertPreTrainedModel):
    """The encoder with its twenty outputs, in ordinary Hugging Face files."""

    config_class = BertConfig

    def __init__(self, config: BertConfig) -> None:
        super().__init__(config)
        self.bert = BertModel(config, add_pooling_layer=False)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)
        self.head = nn.Linear(2 * config.hidden_size, len(LABELS))
        self.post_init()

    def forward(self, turns: EncodedTurns) -> Tensor:
        """Logits of shape (sentences, 20), the sentences of all turns in order."""
        hidden = self.bert(
            input_ids=turns.input_ids, attention_mask=turns.attention_mask, token_type_ids=turns.token_type_ids
        ).last_hidden_state
        own = turns.sentence >= 0
        number, tokens = turns.sentence[own], hidden[own]
        whole = own.unsqueeze(-1).to(hidden.dtype)
        of_turn = (hidden * whole).sum(1) / whole.sum(1).clamp(min=1)
        of_turn = of_turn.unsqueeze(1).expand_as(hidden)[own]
        means = _means(torch.cat([tokens, of_turn], dim=-1), number, int(turns.sentence.max()) + 1)
        logits: Tensor = self.head(self.dropout(means))
        return logits


def _means(rows: Tensor, group: Tensor, groups: int) -> Tensor:
    """Mean of the rows of each group, of shape (groups, width)."""
    sums = rows.new_zeros(groups, rows.shape[1]).index_add(0, group, rows)
    return sums / torch.bincount(group, minlength=groups).clamp(min=1).unsqueeze(-1).to(rows.dtype)


def encode_turns(tokenizer: Any, turns: Sequence[TurnText]) -> EncodedTurns:
    """Token tensors of turns: [CLS] the customer's line [SEP] sentence [SEP] sentence [SEP]."""
    customers = _tokens(tokenizer, [turn.customer for turn in turns], _CUSTOMER_TOKENS)
    sentences = iter(_tokens(tokenizer, [text for turn in turns for text in turn.sentences], MOST_TOKENS))
    ids, types, numbers = [], [], []
    count = 0
    for turn, customer in zip(turns, customers, strict=True):
        row = [tokenizer.cls_token_id, *customer, tokenizer.sep_token_id]
        number = [-1] * len(row)
        for tokens in islice(sentences, len(turn.sentences)):
            row += [*tokens, tokenizer.sep_token_id]  # the mark belongs to it, so that no sentence is empty
            number += [count] * (len(tokens) + 1)
            count += 1
        ids.append(torch.tensor(row))
        numbers.append(torch.tensor(number))
        types.append((numbers[-1] >= 0).long())
    return EncodedTurns(
        pad_sequence(ids, batch_first=True, padding_value=tokenizer.pad_token_id),
        pad_sequence([torch.ones_like(row) for row in ids], batch_first=True),
        pad_sequence(types, batch_first=True),
        pad_sequence(numbers, batch_first=True, padding_value=-1),
    )


def _tokens(tokenizer: Any, texts: Sequence[str], most: int) -> list[list[int]]:
    if not texts:
        return []
    tokens: list[list[int]] = tokenizer(
        list(texts), add_special_tokens=False, truncation=True, max_length=most, return_attention_mask=False
    )["input_ids"]
    return tokens


class BehaviourModel:
    """The trained model as a `BehaviourGrader`.

    Raises:
        ModelError: the folder does not hold a whole model.
    """

    def __init__(self, folder: Path) -> None:
        self._model, self._tokenizer = load_encoder(SentenceModel, folder)
        calibration = self._model.config.calibration
        self.name = f"trained {self._model.config.grader_version}"
        self._scale, self._shift = torch.tensor(calibration["scale"]), torch.tensor(calibration["shift"])
        self.thresholds = torch.tensor(calibration["thresholds"])
        self._bars = calibration["thresholds"]

    def label_turns(self, turns: Sequence[TurnText]) -> tuple[tuple[tuple[Label, ...], ...], ...]:
        """The behaviours of each sentence of each turn."""
        labels = iter([self._labels(row) for row in self.probabilities(turns).tolist()])
        return tuple(tuple(islice(labels, len(turn.sentences))) for turn in turns)

    def probabilities(self, turns: Sequence[TurnText]) -> Tensor:
        """Calibrated probabilities of shape (sentences, 20), the sentences of all turns in order.

        Two unlike things said in one breath may drown each other: a sentence in which nothing is found is read again
        clause by clause, and what a clause says for sure is the sentence's.
        """
        whole = self._read(turns)
        again, clause_of = self._silent_in_clauses(turns, (whole < self.thresholds).all(dim=1).tolist())
        if not again:
            return whole
        own = torch.tensor(clause_of)
        found, own = self._read(again)[own >= 0], own[own >= 0]
        best = torch.zeros_like(whole).scatter_reduce(0, own.unsqueeze(1).expand_as(found), found, "amax")
        return torch.where(best >= _SURE, torch.maximum(whole, best), whole)

    def _silent_in_clauses(
        self, turns: Sequence[TurnText], silent: Sequence[bool]
    ) -> tuple[list[TurnText], list[int]]:
        """The turns with silent sentences of several clauses, in clauses; and the sentence of each, -1 is none."""
        again: list[TurnText] = []
        clause_of: list[int] = []
        row = 0
        for turn in turns:
            parts = [_clauses(text) if silent[row + i] else [text] for i, text in enumerate(turn.sentences)]
            if any(len(some) > 1 for some in parts):
                again.append(TurnText(tuple(chain.from_iterable(parts)), turn.customer))
                clause_of += [row + i if len(some) > 1 else -1 for i, some in enumerate(parts) for _ in some]
            row += len(turn.sentences)
        return again, clause_of

    def _read(self, turns: Sequence[TurnText]) -> Tensor:
        windows = list(chain.from_iterable(_windows(turn) for turn in turns))

        def of(some: Sequence[int]) -> list[Tensor]:
            batch = [windows[i] for i in some]
            logits = self._model(encode_turns(self._tokenizer, batch))
            rows = torch.sigmoid(logits.float() * self._scale + self._shift)
            return list(rows.split([len(window.sentences) for window in batch]))

        found = in_batches(of, [len(w.customer) + sum(map(len, w.sentences)) for w in windows])
        return torch.cat(found) if found else torch.empty(0, len(LABELS))

    def _labels(self, row: Sequence[float]) -> tuple[Label, ...]:
        return tuple(
            Label(behaviour, round(p, 3))
            for behaviour, p, threshold in zip(LABELS, row, self._bars, strict=True)
            if p >= threshold
        )


def _clauses(sentence: str) -> list[str]:
    clauses: list[str] = []
    for clause in _CLAUSE_END.split(sentence):
        if clauses and min(len(clause.split()), len(clauses[-1].split())) < _LEAST_WORDS:
            clauses[-1] += f" {clause}"
        else:
            clauses.append(clause)
    return clauses


def _windows(turn: TurnText) -> Iterator[TurnText]:
    """A turn in parts that can be read at once; tokens are guessed from letters."""
    part: list[str] = []
    size = 0
    for sentence in turn.sentences:
        tokens = min(len(sentence) // 3 + 2, MOST_TOKENS)
        if part and size + tokens > _WINDOW_TOKENS:
            yield TurnText(tuple(part), turn.customer)
            part, size = [], 0
        part.append(sentence)
        size += tokens
    if part:
        yield TurnText(tuple(part), turn.customer)
