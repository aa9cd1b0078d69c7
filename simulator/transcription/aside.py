"""The transcriber in processes of its own, for a server with many calls.

PocketSphinx holds the interpreter through a whole decode (7 s for 14 s of speech were measured), in which no other
call would be heard or answered.
"""

import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from multiprocessing import get_context

from simulator.errors import ModelError
from simulator.records import Audio, Samples, Word
from simulator.transcription import Transcriber, open_transcriber

_PROCESSES = 2


class TranscriberAside:
    """The best transcriber of this machine, which many threads may ask at once; `notice` is a sentence to show.

    Raises:
        ModelError: it is broken, or its process has died.
    """

    def __init__(self) -> None:
        # Never forked: the server has threads, whose locks a fork would copy as they stand.
        self._pool = ProcessPoolExecutor(_PROCESSES, get_context("spawn"), _leave_interrupts)
        try:
            self.name, self.rough, self.notice = self._pool.submit(_describe).result()
        except BrokenProcessPool as error:
            raise _died() from error

    def transcribe(self, audio: Audio) -> tuple[Word, ...]:
        """The words of an utterance; waits for its turn."""
        try:
            return self._pool.submit(_transcribe, audio.samples).result()
        except BrokenProcessPool as error:
            raise _died() from error

    def close(self) -> None:
        """End the processes."""
        self._pool.shutdown(cancel_futures=True)


def _died() -> ModelError:
    return ModelError("The process that writes down what is said has died.", advice="Start the program again.")


def _leave_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then ends its processes


@cache
def _opened() -> tuple[Transcriber, str]:
    return open_transcriber()


def _describe() -> tuple[str, bool, str]:
    transcriber, notice = _opened()
    return transcriber.name, transcriber.rough, notice


def _transcribe(samples: Samples) -> tuple[Word, ...]:
    return _opened()[0].transcribe(Audio(samples))
