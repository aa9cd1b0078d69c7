"""Whisper through faster-whisper: int8 on the processor. The only room that imports it.

Whisper writes text even where nobody speaks. Four gates stand against that: only utterances in which the
voice detector heard speech come here; no text is carried from one utterance to the next; a segment that
Whisper itself doubts is dropped; and so are the stock phrases of its training subtitles.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from simulator.errors import ModelError
from simulator.model_files import check_whisper
from simulator.records import Audio, Word

# Whisper was trained on tidied text and drops "um" and "uh"; a short prompt brings some of them back.
# Longer prompts cost sentences (whisperX issue 693), and one that opens with "I'm" breeds false apologies.
_FILLER_PROMPT = "Um, uh, hmm, er, ah."
_TEMPERATURES = (0.0, 0.2, 0.4)  # a short list: each retry costs a whole decode
_NO_SPEECH_PROBABILITY = 0.6  # OpenAI's own thresholds, taken together
_LOG_PROBABILITY = -1.0
_COMPRESSION_RATIO = 2.4
_SUBTITLE_PHRASE = re.compile(
    r"^\W*(thanks?( you)?( all| so much| very much)? for (watching|listening|viewing)|please (like and )?subscribe"
    r"|like and subscribe|see you (in the )?next (time|video)|(subtitles|captions|transcri\w+) (by|from)\b.*"
    r"|\[?(music|applause|silence|blank_audio)\]?)\W*$",
    re.IGNORECASE,
)


class WhisperTranscriber:
    """A Whisper model in a directory, as a `Transcriber`.

    Raises:
        ModelError: when the directory does not hold a whole model.
    """

    rough = False

    def __init__(self, folder: Path, *, name: str | None = None) -> None:
        self.name = f"whisper {name or folder.name}"
        check_whisper(folder)
        from faster_whisper import WhisperModel

        try:
            # A path that ends in a slash is never taken for the name of a model on the hub.
            self._model = WhisperModel(f"{folder}/", device="cpu", compute_type="int8", local_files_only=True)
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(
                f"The Whisper model in {folder} cannot be loaded: {_first_line(error)}.",
                advice="Delete that folder and download the model again: `simulator models download base.en`.",
            ) from error

    def transcribe(self, audio: Audio) -> tuple[Word, ...]:
        """The words of an utterance, with Whisper's punctuation."""
        segments, _ = self._model.transcribe(
            audio.samples,
            language="en",
            beam_size=5,
            temperature=_TEMPERATURES,
            initial_prompt=_FILLER_PROMPT,
            condition_on_previous_text=False,
            compression_ratio_threshold=_COMPRESSION_RATIO,
            log_prob_threshold=_LOG_PROBABILITY,
            no_speech_threshold=_NO_SPEECH_PROBABILITY,
            word_timestamps=True,
        )
        return words_of(segments)


def words_of(segments: Iterable[Any]) -> tuple[Word, ...]:
    """The words of the segments that are not invented; `segments` as faster-whisper yields them."""
    return tuple(
        Word(word.word.strip(), word.start, word.end, word.probability)
        for segment in segments
        if not is_invented(segment.text, segment.no_speech_prob, segment.avg_logprob, segment.compression_ratio)
        for word in segment.words
        if word.word.strip()
    )


def is_invented(text: str, no_speech: float, log_probability: float, compression_ratio: float) -> bool:
    """Whether Whisper made this segment up: likely no speech and doubted, looping, or a subtitle phrase."""
    doubted = no_speech > _NO_SPEECH_PROBABILITY and log_probability < _LOG_PROBABILITY / 2
    looping = compression_ratio > _COMPRESSION_RATIO and log_probability < _LOG_PROBABILITY / 2
    return doubted or looping or bool(_SUBTITLE_PHRASE.match(text))


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
