"""Sentences from words: by punctuation where there is some, by pauses and clause openers where there is none.

The sentence is the rubric's unit of evidence. Knows words and times only.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from simulator.records import Word

_SENTENCE_END = re.compile(r"[.?!…]['\")\]]*$")
_WORDS_PER_STOP = 40  # speech with fewer full stops than this was not punctuated
_LONG_PAUSE_S = 0.7
_SHORT_PAUSE_S = 0.25
_MIN_CLAUSE_WORDS = 4
# A clause that stands by itself often opens with two such words...
_OPENER = re.compile(
    r"^(i (am|can|could|will|would|understand|see|hear|apologi[sz]e|want|know)|i'(m|ll|d|ve) \w+|we (can|could|will)"
    r"|we'll \w+|(could|can|would|will|did|do|are|have) you|(what|who|when|where|which|how) "
    r"(is|was|were|are|did|does|do|has|have|would|will|much|many|long|soon|one)|what's \w+"
    r"|(would|does|is|will) (that|this|it|there)|let me|thank you|thanks for|my name|there is|there's \w+"
    r"|you (can|could|should|must|didn't|never)|you'll \w+|so (i|you|we|it|that's|the)|sorry (about|for)|our \w+)$"
)
# ...but not straight after a word that ties it to what came before.
_TIE = frozenset(
    """that if so because and or but how what when where which who why to me us know tell whether the a an my your
    as than see hear understand sorry for of with from until before while since is was i we you""".split()
)


def split_sentences(words: Sequence[Word]) -> tuple[tuple[Word, ...], ...]:
    """The words in sentences, or in clauses where the transcript has no punctuation."""
    stops = sum(bool(_SENTENCE_END.search(word.text)) for word in words)
    ends = _ends_by_punctuation(words) if stops * _WORDS_PER_STOP >= len(words) else _ends_by_clause(words)
    bounds = [0, *ends, len(words)]
    return tuple(tuple(words[start:end]) for start, end in pairwise(bounds) if end > start)


def _ends_by_punctuation(words: Sequence[Word]) -> list[int]:
    return [i for i in range(1, len(words)) if _SENTENCE_END.search(words[i - 1].text)]


def _ends_by_clause(words: Sequence[Word]) -> list[int]:
    ends, start = [], 0
    for i in range(1, len(words)):
        pause = _pause_s(words[i - 1], words[i])
        opens = _opens_clause(words, i)
        if pause >= _LONG_PAUSE_S or (opens and (pause >= _SHORT_PAUSE_S or i - start >= _MIN_CLAUSE_WORDS)):
            ends.append(i)
            start = i
    return ends


def _opens_clause(words: Sequence[Word], i: int) -> bool:
    pair = " ".join(word.text.lower().strip(",;:") for word in words[i : i + 2])
    before = words[i - 1].text.lower()
    return bool(_OPENER.match(pair)) and (before.endswith((",", ";", ":")) or before not in _TIE)


def _pause_s(before: Word, after: Word) -> float:
    return 0.0 if before.end_s is None or after.start_s is None else after.start_s - before.end_s
