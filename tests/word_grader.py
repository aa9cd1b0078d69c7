"""A grader without models, for tests of everything that stands around grading."""

import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from simulator.grading.keywords import KeywordGrader
from simulator.grading.matching import Bars, stems
from simulator.records import Label, TurnText

if TYPE_CHECKING:
    from numpy.typing import NDArray


class WordGrader(KeywordGrader):
    """The keyword rules, and a nearness of texts by the words that they share: no model to load."""

    bars = Bars(asks=0.6, says=0.6, tells=0.6)

    def prepare(self) -> None:
        """Nothing to load."""

    def label_turns(self, turns: Sequence[TurnText]) -> tuple[tuple[tuple[Label, ...], ...], ...]:
        return tuple(tuple(self.labels_of(sentence) for sentence in turn.sentences) for turn in turns)

    def vectors(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        counts = np.zeros((len(texts), 512), np.float32)
        for row, text in zip(counts, texts, strict=True):
            for stem in stems(text):
                row[zlib.crc32(stem.encode()) % 512] += 1
        lengths = np.linalg.norm(counts, axis=1, keepdims=True)
        return np.asarray(counts / np.maximum(lengths, 1), np.float32)


GRADER = WordGrader()
