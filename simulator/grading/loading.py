"""Loads the trained models beside the call: the customer's first line covers the seconds that torch takes."""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.errors import ModelError
from simulator.grading.matching import Bars
from simulator.records import Label, TurnText
from simulator.settings import grader_dir, matcher_dir

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class TrainedGrader:
    """Both trained models as one `Grader`.

    Raises:
        ModelError: a folder does not hold a whole model.
    """

    def __init__(self, behaviours: Path | None = None, vectors: Path | None = None) -> None:
        from simulator.grading.behaviours import BehaviourModel
        from simulator.grading.vectors import VectorModel

        self.behaviours: BehaviourModel = BehaviourModel(behaviours or grader_dir())
        self.matcher: VectorModel = VectorModel(vectors or matcher_dir())
        self.name = self.behaviours.name
        self.bars = self.matcher.bars

    def prepare(self) -> None:
        """Nothing: it is loaded."""

    def label_turns(self, turns: Sequence[TurnText]) -> tuple[tuple[tuple[Label, ...], ...], ...]:
        """The behaviours of each sentence of each turn."""
        return self.behaviours.label_turns(turns)

    def vectors(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Vectors of length 1 and of shape (texts, 384)."""
        return self.matcher.vectors(texts)


class GraderInBackground:
    """The trained model as a `Grader`; whoever asks before it is there waits for it.

    Raises:
        ModelError: there is no model, said at once; or its files are damaged, said when it is first asked.
    """

    def __init__(self) -> None:
        config = grader_dir() / "config.json"
        try:
            self.name = f"trained {json.loads(config.read_text(encoding='utf-8'))['grader_version']}"
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(
                f"There is no grader (looked for {config}).",
                advice="Install the program again, or type `make train`.",
            ) from error
        self._thread = ThreadPoolExecutor(1)
        self._loading: Future[TrainedGrader] | None = None

    def prepare(self, afterwards: Callable[[], object] | None = None) -> None:
        """Begin to load, and do something more in the background once the models are there.

        Not done by itself, since a program that stops at a wrong argument would wait seconds for its end.
        """
        if self._loading is None:
            self._loading = self._thread.submit(TrainedGrader)
            if afterwards:
                self._thread.submit(afterwards)
            self._thread.shutdown(wait=False)

    def _loaded(self) -> TrainedGrader:
        self.prepare()
        if self._loading is None:
            raise AssertionError("what is prepared is being loaded")
        return self._loading.result()

    @property
    def bars(self) -> Bars:
        """From which nearness on a text belongs to an entry of the case."""
        return self._loaded().bars

    def label_turns(self, turns: Sequence[TurnText]) -> tuple[tuple[tuple[Label, ...], ...], ...]:
        """The behaviours of each sentence of each turn."""
        return self._loaded().label_turns(turns)

    def vectors(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Vectors of length 1 and of shape (texts, 384)."""
        return self._loaded().vectors(texts)
