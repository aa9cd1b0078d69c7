"""What all calls of one server share: grader, readers of the cases, transcriber. Loaded once, in the background.

Knows nothing of browsers. The encoders' tokenizers change while they read ("Already borrowed", where two threads do),
so that grading is one at a time; a transcriber has to bear many threads by itself.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from simulator.call_parts import warm_up
from simulator.grading.matching import Bars, CaseReader
from simulator.records import Label, TurnText
from simulator.scenarios import Scenario
from simulator.transcription import Transcriber

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class LoadedGrader(Protocol):
    """Both trained models, or what stands for them."""

    @property
    def name(self) -> str:
        """How sessions name it."""

    @property
    def bars(self) -> Bars:
        """From which nearness on a text belongs to an entry of the case."""

    def prepare(self) -> None:
        """Begin to load."""

    def label_turns(self, turns: Sequence[TurnText]) -> tuple[tuple[tuple[Label, ...], ...], ...]:
        """The behaviours of each sentence of each turn."""

    def vectors(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Vectors of length 1."""


class SharedGrader:
    """A grader for many threads: one reads, the others wait."""

    def __init__(self, grader: LoadedGrader) -> None:
        self._grader, self._lock = grader, Lock()
        self._preparing = Lock()  # of its own: whoever waits for the models to load holds the other one
        self.name = grader.name

    def prepare(self) -> None:
        """Begin to load."""
        with self._preparing:
            self._grader.prepare()

    @property
    def bars(self) -> Bars:
        """From which nearness on a text belongs to an entry of the case."""
        return self._grader.bars

    def label_turns(self, turns: Sequence[TurnText]) -> tuple[tuple[tuple[Label, ...], ...], ...]:
        """The behaviours of each sentence of each turn."""
        with self._lock:
            return self._grader.label_turns(turns)

    def vectors(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Vectors of length 1."""
        with self._lock:
            return self._grader.vectors(texts)


class SharedTranscriber(Transcriber, Protocol):
    """A transcriber that many threads may ask at once; `notice` is a sentence to show."""

    notice: str

    def close(self) -> None:
        """Let go of what it holds."""


def _aside() -> SharedTranscriber:
    from simulator.transcription.aside import TranscriberAside

    return TranscriberAside()


class Equipment:
    """Grader, cases and transcriber of one server."""

    def __init__(self, grader: LoadedGrader, open_transcriber: Callable[[], SharedTranscriber] = _aside) -> None:
        self.grader = SharedGrader(grader)
        self._open_transcriber = open_transcriber
        self._loading = ThreadPoolExecutor(2, "equipment")
        self._lock = Lock()
        self._transcriber: Future[SharedTranscriber] | None = None
        self._cases: dict[str, tuple[CaseReader, Future[None]]] = {}

    def prepare(self, *, spoken: bool = True) -> None:
        """Begin to load, so that the first call need not wait."""
        self.grader.prepare()
        if spoken:
            self._transcriber_to_be()

    def transcriber(self) -> SharedTranscriber:
        """The transcriber; waits until it is there.

        Raises:
            ModelError: it is broken.
        """
        return self._transcriber_to_be().result()

    def case(self, scenario: Scenario) -> tuple[CaseReader, Future[None]]:
        """The reader of a scenario's case, and the promise that it is warm."""
        with self._lock:
            if scenario.id not in self._cases:
                reader = CaseReader(scenario.case, self.grader)
                self._cases[scenario.id] = reader, self._loading.submit(warm_up, reader, spoken=True)
            return self._cases[scenario.id]

    def close(self) -> None:
        """Let go of the transcriber."""
        with self._lock:
            if self._transcriber and not self._transcriber.exception():
                self._transcriber.result().close()
        self._loading.shutdown(wait=False, cancel_futures=True)

    def _transcriber_to_be(self) -> Future[SharedTranscriber]:
        with self._lock:
            if self._transcriber is None:
                self._transcriber = self._loading.submit(self._open_transcriber)
            return self._transcriber
