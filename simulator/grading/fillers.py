"""Fillers in the transcript: filled pauses (um, uh) and words that only fill time. First form: words alone."""

import re
from collections.abc import Sequence

from simulator.records import FilledPause, FillerWord, Word

_FILLED_PAUSE = re.compile(r"^(u+m+|u+h+|e+r+m*|h+m+|m+|a+h+)$")
_FILLERS = {
    ("basically",): None,
    ("literally",): None,
    ("actually",): None,
    ("i", "mean"): None,
    ("sort", "of"): None,
    # "do you know the number", "you know what I mean" and "what kind of machine" are not fillers.
    ("you", "know"): re.compile(r"^(what|how|why|where|when|who|if|whether|the|that|about|your|it|which)$"),
    ("kind", "of"): re.compile(r"^(machine|product|order|problem|thing|issue|card|receipt)s?$"),
}
_NOT_BEFORE = {
    "you": {"do", "did", "if", "let", "as", "that", "would"},
    "kind": {"what", "which", "this", "that", "some"},
}


def filled_pauses(words: Sequence[Word]) -> tuple[FilledPause, ...]:
    """The ums and uhs that the transcriber wrote down."""
    return tuple(
        FilledPause(word.start_s, word.end_s, "transcript", word.probability)
        for word in words
        if _FILLED_PAUSE.match(_bare(word))
    )


def filler_words(words: Sequence[Word]) -> tuple[FillerWord, ...]:
    """Words and pairs of words that only fill time."""
    bare = [_bare(word) for word in words]
    found = []
    for i in range(len(bare)):
        for filler, not_after in _FILLERS.items():
            end = i + len(filler)
            if tuple(bare[i:end]) != filler:
                continue
            before, after = bare[i - 1] if i else "", bare[end] if end < len(bare) else ""
            if before in _NOT_BEFORE.get(filler[0], ()) or (not_after and not_after.match(after)):
                continue
            found.append(FillerWord(" ".join(filler), words[i].start_s, words[end - 1].end_s))
    return tuple(found)


def _bare(word: Word) -> str:
    return word.text.lower().strip(".,;:!?…\"'()-")
