"""Transcription: sound in, words with times and probabilities out.

Whisper where its weights are on this machine, PocketSphinx where they are not. Nothing is downloaded here.
"""

from typing import Protocol

from simulator.model_files import find_whisper, installed_whispers
from simulator.records import Audio, Word

DEFAULT_WHISPER = "base.en"
FIXTURE_WHISPER = "fixture"  # trained for the demo and tests; never chosen by itself for a live call


class Transcriber(Protocol):
    """Writes down one utterance at a time."""

    @property
    def name(self) -> str:
        """How sessions name it: `whisper base.en`, `pocketsphinx en-us`."""

    @property
    def rough(self) -> bool:
        """Whether its words are only a sketch of what was said."""

    def transcribe(self, audio: Audio) -> tuple[Word, ...]:
        """The words of an utterance; times in seconds from the start of `audio`."""


def open_transcriber(whisper: str | None = None) -> tuple[Transcriber, str]:
    """The best transcriber of this machine, and a sentence to show where it is not Whisper.

    `whisper` names a model or a directory; None takes `base.en`, else any other Whisper that is here.

    Raises:
        ModelError: when the model that was named is not here or is broken.
    """
    if whisper is None:
        present = [name for name in installed_whispers() if name != FIXTURE_WHISPER]
        whisper = DEFAULT_WHISPER if DEFAULT_WHISPER in present else next(iter(present), None)
    if whisper is not None:
        from simulator.transcription.whisper import WhisperTranscriber

        return WhisperTranscriber(find_whisper(whisper), name=whisper), ""
    from simulator.transcription.sphinx import SphinxTranscriber

    return SphinxTranscriber(), (
        "No Whisper model is on this machine, so PocketSphinx listens: a rough transcript. "
        f"For a good one type `simulator models download {DEFAULT_WHISPER}` once, with a network."
    )
