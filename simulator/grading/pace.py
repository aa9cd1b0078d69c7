"""Pace: syllables of the words over the time in which there was speech, for a whole turn and along it.

Pauses come from voice activity; word times only say which words fall into a window of some seconds.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby

from simulator.grading.rubric_rules import Band
from simulator.records import PacePoint, PaceStretch, Span, Word
from simulator.transcription.sphinx import pronunciations

_WINDOW_S, _STEP_S = 4.0, 0.5  # as long as a sentence: word times are too rough for less
_LEAST_SPEECH_S = 1.5  # in a window, for a pace worth the name
_LEAST_STRETCH_S = 2.0
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT_END = re.compile(
    r"(?<=[^aeiouyl])e$|(?<=[aeiouy][lrnmvs])e$|(?<=[^td])ed$|(?<=[^csxzhgl])es$|(?<=[a-z])e(?=(?:ly|less|ful|ment)$)"
)
_TWO_VOWELS = re.compile(r"(?<![tcsgx])i[aou]|eo(?!u)|(?<![qg])ua|[aeou]ing|sms?$")
_ORDINAL = re.compile(r"(?<=\d)(st|nd|rd|th)$")
_DIGITS = re.compile(r"\d+")
_UNITS = (2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 3, 1, 2, 2, 2, 2, 3, 2, 2)  # syllables of zero to nineteen
_LONGEST_NUMBER = 6  # digits; longer ones are read digit by digit


def syllables_of(text: str) -> int:
    """Syllables of a spoken word: by the dictionary, numbers as they are read, other words by their vowels."""
    plain = text.lower().replace("’", "'").strip(".,;:!?…\"()—–-'")
    if not plain:
        return 0
    if plain in _dictionary():
        return _dictionary()[plain]
    pieces = re.split(r"[-–—/_\s]|(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)", _ORDINAL.sub("", plain))
    parts = [piece for piece in pieces if piece]
    return sum(_part(part) for part in parts)


def pace_course(words: Sequence[Word], speech: Sequence[Span]) -> tuple[PacePoint, ...]:
    """The pace in a window that moves along the turn; nothing for words without times."""
    timed = [
        ((word.start_s + word.end_s) / 2, syllables_of(word.text))
        for word in words
        if word.start_s is not None and word.end_s is not None
    ]
    if not timed or not speech:
        return ()
    return tuple(_points(timed, speech))


def pace_stretches(course: Sequence[PacePoint], norm: Band) -> tuple[PaceStretch, ...]:
    """Where the pace stays outside the norm for some seconds: `rushed` or `dragging`."""
    low, high = norm.note
    kinds = [
        "rushed" if p.syllables_per_second > high else "dragging" if p.syllables_per_second < low else ""
        for p in course
    ]
    stretches = []
    for kind, group in groupby(zip(course, kinds, strict=True), key=lambda item: item[1]):
        points = [point for point, _ in group]
        start, end = points[0].at_s - _STEP_S / 2, points[-1].at_s + _STEP_S / 2
        if kind and end - start >= _LEAST_STRETCH_S:
            mean = sum(point.syllables_per_second for point in points) / len(points)
            stretches.append(PaceStretch(round(max(0.0, start), 2), round(end, 2), kind, round(mean, 2)))
    return tuple(stretches)


def _points(timed: Sequence[tuple[float, int]], speech: Sequence[Span]) -> Iterator[PacePoint]:
    at = speech[0].start_s + _WINDOW_S / 2
    while at + _WINDOW_S / 2 <= speech[-1].end_s + _STEP_S:
        window = Span(at - _WINDOW_S / 2, at + _WINDOW_S / 2)
        spoken_s = sum(max(0.0, min(s.end_s, window.end_s) - max(s.start_s, window.start_s)) for s in speech)
        if spoken_s >= _LEAST_SPEECH_S:
            said = sum(count for middle, count in timed if window.start_s <= middle < window.end_s)
            yield PacePoint(round(at, 2), round(said / spoken_s, 2))
        at += _STEP_S


def _part(part: str) -> int:
    if part in _dictionary():
        return _dictionary()[part]
    if _DIGITS.search(part):
        return _number(part)
    letters = re.sub(r"[^a-z]", "", part)
    if letters and not _VOWELS.search(letters):
        return sum(3 if letter == "w" else 1 for letter in letters)  # spelt out: "tv", "dvd"
    return _by_vowels(letters) if letters else 0


def _by_vowels(letters: str) -> int:
    """One for each run of vowels, two for some; 0.91 of the dictionary's own words come out right."""
    return max(1, len(_VOWELS.findall(_SILENT_END.sub("", letters))) + len(_TWO_VOWELS.findall(letters)))


def _number(text: str) -> int:
    """Syllables of a number as it is read aloud: "45" is forty-five, "0800" is digit by digit, "12.50" in two."""
    said = 2 if "%" in text or any(sign in text for sign in "$£€") else 0  # "percent", "dollars"
    for digits in _DIGITS.findall(text.replace(",", "")):
        by_digit = digits.startswith("0") or len(digits) > _LONGEST_NUMBER
        said += sum(_UNITS[int(d)] for d in digits) if by_digit else _read_out(int(digits))
    return said


def _read_out(number: int) -> int:
    if number < len(_UNITS):
        return _UNITS[number]
    if number < 100:
        tens = 3 if number // 10 == 7 else 2
        return tens + (_UNITS[number % 10] if number % 10 else 0)
    size, word = (100, 2) if number < 1000 else (1000, 2)
    rest = number % size
    return _read_out(number // size) + word + (_read_out(rest) if rest else 0)


@cache
def _dictionary() -> dict[str, int]:
    return {word: sum(phone[0] in "AEIOU" for phone in phones) for word, phones in pronunciations().items()}
