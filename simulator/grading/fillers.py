"""Fillers in the transcript: filled pauses (um, uh) and words that only fill time.

The same words mostly carry meaning: "I'd like to", "you know the number", "the right size", "so that I can". Each
filler has a rule of its own over its neighbours, the commas, and its place in the sentence. Knows words only.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from simulator.records import FilledPause, FillerWord, Word

_FILLED_PAUSE = re.compile(r"^(u+m+|u+h+|e+r+m*|h+m+|m+|a+h+)$")
_BREAK = re.compile(r"[,;:…—–-]['\")]*$")
_STOP = re.compile(r"[.?!]['\")]*$")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_STARTERS = _set(
    "yeah yes no oh and but because cause then now okay so well right like basically honestly anyway look"
)
_BE = _set("am is are was were be been being i'm it's he's she's that's you're we're they're there's isn't wasn't")
_DETERMINERS = _set("a an the this that these those my your his her its our their what how when where who which")
_PRONOUNS = _set("me you him her us them it")
_SUBJECTS = _set(
    "i you he she it we they i'm i'd i'll i've it's that's there's he's she's we're we'll we've they're the my our"
)
_BEFORE_VERB_LIKE = _set(
    "would i'd you'd we'd he'd she'd they'd to don't doesn't didn't do does did might may really i you we they who"
    " people customers not never always also all"
)
_BEFORE_SIMILE = _set(
    "look looks looked looking feel feels felt feeling sound sounds sounded seem seems seemed taste smells smell act"
    " acts acting treated treat something anything nothing things stuff more much exactly just one people places"
    " someone somebody anybody others words days times"
)
_AFTER_KIND = _set("to you of him her them")
_NAMING_A_KIND = _set(
    "what which this that these those some any a the all each every same one other my your only very so really"
)
_AFTER_REAL_RIGHT = _set("away now here there then yes i of to on after before behind exactly that's")
_BEFORE_REAL_RIGHT = _set("the a is was on your it's that's to all be were are quite my that it them you")


@dataclass(frozen=True)
class _At:
    """One occurrence: the words around it in lower case, and the marks."""

    words: Sequence[str]
    raw: Sequence[str]
    start: int
    end: int

    def before(self, back: int = 1) -> str:
        """The word some places before, ums left out; empty at the beginning of a sentence."""
        return self._word(self._places_before(), back)

    def after(self, on: int = 1) -> str:
        """The word some places after, ums left out; empty at the end of a sentence."""
        return self._word(self._places_after(), on)

    def _places_before(self) -> Iterator[int]:
        for i in range(self.start - 1, -1, -1):
            if _STOP.search(self.raw[i]):
                return
            if not _FILLED_PAUSE.match(self.words[i]):
                yield i

    def _places_after(self) -> Iterator[int]:
        if _STOP.search(self.raw[self.end - 1]):
            return
        for i in range(self.end, len(self.words)):
            if not _FILLED_PAUSE.match(self.words[i]):
                yield i
            if _STOP.search(self.raw[i]):
                return

    def _word(self, places: Iterator[int], number: int) -> str:
        return next((self.words[i] for n, i in enumerate(places, 1) if n == number), "")

    @property
    def opens(self) -> bool:
        """Whether nothing but other openers stands before it in its sentence."""
        return all(self.words[i] in _STARTERS for i in self._places_before())

    @property
    def closes(self) -> bool:
        """Whether its sentence ends with it."""
        return not self.after()

    @property
    def comma_before(self) -> bool:
        """Whether it is set off from what stands before."""
        return self.start > 0 and bool(_BREAK.search(self.raw[self.start - 1]))

    @property
    def comma_after(self) -> bool:
        """Whether it is set off from what comes after."""
        return bool(_BREAK.search(self.raw[self.end - 1]))

    @property
    def set_off(self) -> bool:
        """Whether marks stand on both of its sides."""
        return (self.comma_before or self.opens) and (self.comma_after or self.closes)


def _like(at: _At) -> bool:
    before, after = at.before(), at.after()
    if before in _BEFORE_VERB_LIKE and not at.comma_before and not at.comma_after:
        return False
    if before in _BEFORE_SIMILE and not at.comma_before:
        return False
    if at.comma_after:
        return True
    if after in _PRONOUNS or after in {"this", "that", "these", "those", "yours", "mine"}:
        return False
    if after in _DETERMINERS:
        return (before in _BE and after not in {"a", "an", "the"}) or before in {"and", "so", "but", "or"} or at.opens
    return not at.closes or at.comma_before


def _you_know(at: _At) -> bool:
    if at.comma_before and at.comma_after:
        return True
    if at.before() in _set(
        "do did does if as let would should could can that what whether when how once before until so"
    ):
        return at.before() == "so" and at.after() in {"how", "when"}
    if at.before() in {"don't", "didn't", "now"}:
        return False
    if at.comma_after or at.closes or (at.opens and at.after() not in {"what", "how", "where"}):
        return True
    if at.after() in _set("why where who if whether about your which nothing all everything more best"):
        return False
    return at.after() not in {"what", "how", "when", "that", "the"} or at.before() in _BE


def _i_mean(at: _At) -> bool:
    if at.before() in _set("what which do if when whatever as that how"):
        return False
    if at.comma_after:
        return True
    if at.closes or at.after() in _set("every what the no business monday today that this"):
        return False
    if at.after() == "it":
        return at.after(2) not in _set("and but when too") and bool(at.after(2))
    return at.opens or at.comma_before or at.after() in _SUBJECTS | _STARTERS


def _hedge(at: _At) -> bool:
    """Sort of, kind of."""
    if at.before() in _NAMING_A_KIND or (at.opens and at.closes):
        return False
    return at.after() not in _AFTER_KIND


def _basically(at: _At) -> bool:
    if at.opens or at.set_off or at.closes or at.before() in _SUBJECTS - _BE:
        return True
    # "is basically fine" says in essentials; "was basically answering the phone" says nothing.
    return at.before() in _BE and (at.after() in _set("a an just my all not") or at.after().endswith("ing"))


def _actually(at: _At) -> bool:
    if at.opens and at.after() in _set("no not it's that's the"):
        return False
    if at.before() in _BE:
        return at.after() in _set("such quite really kind pretty so")
    return at.opens or at.set_off or at.before() in _set("i and but we you")


def _honestly(at: _At) -> bool:
    if at.opens or at.set_off:
        return True
    if at.before() in _SUBJECTS:
        return at.after().endswith("n't") or at.after() in _set("think thought love hate feel felt just")
    return at.closes and at.before() not in _set("answer answered it them questions survey question me deal dealt")


def _literally(at: _At) -> bool:
    if at.opens and at.closes:
        return False
    if at.comma_before and at.comma_after and at.before() in _set("says said reads read means"):
        return False
    return (
        not at.closes
        and at.after() not in _set("translates means translated meant and but")
        and at.before() not in _set("too it taken take took this that words clause")
    )


def _anyway(at: _At) -> bool:
    return at.opens or (at.comma_before and not at.closes)


def _right(at: _At) -> bool:
    if at.opens:
        return not at.closes and at.after() not in _AFTER_REAL_RIGHT
    if at.set_off:
        return not at.closes
    return at.after() in {"and", "so"} and at.before() not in _BEFORE_REAL_RIGHT and not at.comma_after


def _so(at: _At) -> bool:
    after, ahead = at.after(), at.words[at.end : at.end + 3]
    if at.before() in {"okay", "right", "well", "anyway"} and at.opens:
        return True
    if not at.opens:
        return after in {"yeah", "like"}
    if after in _STARTERS or (at.comma_after and after != "to"):
        return True
    return after in _set("i my i'm i've what how") and "you" not in ahead[1:]


def _well(at: _At) -> bool:
    if at.opens:
        return not at.closes and at.after() not in _set("done enough and over under above known before after")
    return at.comma_before and at.comma_after


def _okay(at: _At) -> bool:
    if at.opens:
        return not at.closes and at.after() not in _set("thank thanks with to and yes i'll")
    if at.comma_before and at.comma_after:
        return True
    if at.before() in _BE or at.before() in _set("came sound sounds looks feels is that's"):
        return False
    return at.before() in _set("but and so then") or at.comma_before or at.after() == "and"


_RULES: dict[tuple[str, ...], Callable[[_At], bool]] = {
    ("like",): _like,
    ("you", "know"): _you_know,
    ("i", "mean"): _i_mean,
    ("sort", "of"): _hedge,
    ("kind", "of"): _hedge,
    ("basically",): _basically,
    ("actually",): _actually,
    ("honestly",): _honestly,
    ("literally",): _literally,
    ("anyway",): _anyway,
    ("right",): _right,
    ("so",): _so,
    ("well",): _well,
    ("okay",): _okay,
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
    bare, raw = [_bare(word) for word in words], [word.text for word in words]
    found = []
    for start in range(len(bare)):
        for filler, fills in _RULES.items():
            end = start + len(filler)
            if tuple(bare[start:end]) == filler and fills(_At(bare, raw, start, end)):
                found.append(FillerWord(" ".join(filler), words[start].start_s, words[end - 1].end_s))
    return tuple(found)


def _bare(word: Word) -> str:
    return word.text.lower().replace("’", "'").strip(".,;:!?…\"'()—–-")
