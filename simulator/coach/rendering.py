"""Templates of the desk: what they may call, and how a page is made of them. Knows no addresses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse

from simulator.coach.call_list import Wanted
from simulator.coach.desk import SavedCall
from simulator.coach.guard import Door
from simulator.grading.rubric_rules import STEP_TITLES
from simulator.page.templates import templates
from simulator.page.timeline import sign_of
from simulator.records import Turn

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).with_name("templates")
_BARS = (26, 100)  # height of a small picture of the anger in pixels, and its highest value


@dataclass(frozen=True)
class Rendering:
    """Makes pages for one desk."""

    door: Door

    def page(self, name: str, request: Request, author: str = "", **context: Any) -> HTMLResponse:
        """A page from its template; `author` is the name in the cookie."""
        common = {"token": self.door.token, "path": request.url.path, "author": unquote(author)}
        return HTMLResponse(_templates().get_template(name).render(common | context))


def link(wanted: Wanted, **changes: Any) -> str:
    """The address of the list with some fields changed."""
    changed = replace(wanted, **{"page": 1, **changes})
    fields = {name: value for name, value in vars(changed).items() if value != getattr(Wanted(), name)}
    return "/?" + urlencode(fields) if fields else "/"


def anger_points(anger: tuple[float, ...], width: int) -> str:
    """The points of a small line through the course of the anger, for an SVG."""
    height, top = _BARS
    step = (width - 4) / max(1, len(anger) - 1)
    return " ".join(
        f"{2 + number * step:.1f},{2 + (1 - value / top) * (height - 4):.1f}" for number, value in enumerate(anger)
    )


def course_points(values: Sequence[float], width: int, height: int) -> str:
    """The points of a line through values over time, from the lowest to the highest of them."""
    low, high = min(values), max(values)
    step = (width - 6) / max(1, len(values) - 1)
    scale = (height - 8) / (high - low) if high > low else 0.0
    middle = height / 2
    return " ".join(
        f"{3 + number * step:.1f},{height - 4 - (value - low) * scale if scale else middle:.1f}"
        for number, value in enumerate(values)
    )


@dataclass(frozen=True)
class SpokenWord:
    """A word of a sentence, and the second of the call at which it sounds, where that is known."""

    text: str
    at: float | None


def words(call: SavedCall, turn: Turn, number: int) -> list[SpokenWord]:
    """The words of a sentence. The sentences of a turn hold its words in order, so that each knows its place."""
    counts = [len(sentence.text.split()) for sentence in turn.sentences]
    begin = sum(counts[:number])
    spoken = turn.transcript.words
    texts = turn.sentences[number].text.split()
    if sum(counts) != len(spoken):  # words were joined or split in grading: the sentence is shown without their times
        return [SpokenWord(text, None) for text in texts]
    return [
        SpokenWord(text, call.second_of(turn.index, word.start_s))
        for text, word in zip(texts, spoken[begin : begin + len(texts)], strict=True)
    ]


def _date(iso: str) -> str:
    return iso[:16].replace("T", " ")


@cache
def _templates() -> "Environment":
    environment = templates(_TEMPLATES)
    environment.filters["date"] = _date
    helpers: Mapping[str, Any] = {
        "link": link,
        "anger_points": anger_points,
        "course_points": course_points,
        "sign": sign_of,
        "steps": STEP_TITLES,
        "words": words,
    }
    environment.globals.update(helpers)
    return environment


def error_page(status: int, message: str, advice: str) -> HTMLResponse:
    """A page that says what went wrong."""
    page = _templates().get_template("error.html")
    return HTMLResponse(page.render(token="", path="", author="", message=message, advice=advice), int(status))
