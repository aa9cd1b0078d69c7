"""The pages of the desk as HTML. They show what the JSON holds and change nothing themselves."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import parse_qs, unquote, urlencode

from fastapi import APIRouter, Cookie, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from simulator.coach.call_list import SortKey, Wanted, list_page
from simulator.coach.desk import Desk, SavedCall
from simulator.coach.guard import LOGIN_PATH, Door
from simulator.grading.rubric_rules import STEP_TITLES
from simulator.page.timeline import sign_of
from simulator.records import Behaviour, Turn
from simulator.review import standing
from simulator.terminal import ending_words

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).with_name("templates")
_BARS = (26, 100)  # height of a small picture of the anger in pixels, and its highest value
_WRONG_PASSWORD_S = 0.5
_LONGEST_FORM = 4096

Author = Annotated[str, Cookie(alias="calmline_name")]


def page_routes(desk: Desk, door: Door) -> APIRouter:
    """Every page."""
    pages = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    def shown(name: str, request: Request, author: str = "", **context: Any) -> HTMLResponse:
        common = {"token": door.token, "path": request.url.path, "author": unquote(author)}
        return HTMLResponse(_templates().get_template(name).render(common | context))

    @pages.get("/")
    def sessions(  # noqa: PLR0913 - as many parameters as the form has fields
        request: Request,
        search: str = "",
        candidate: str = "",
        scenario: str = "",
        ending: str = "",
        sort: SortKey = "date",
        descending: bool = True,
        page: Annotated[int, Query(ge=1)] = 1,
        author: Author = "",
    ) -> HTMLResponse:
        """The list of calls, or the first steps where there is none."""
        rows = desk.rows()
        if not rows:
            return shown("welcome.html", request, author)
        wanted = Wanted(search, candidate, scenario, ending, sort, descending, page)
        return shown("sessions.html", request, author, list=list_page(rows, wanted), wanted=wanted, total=len(rows))

    @pages.get("/welcome")
    def welcome(request: Request, author: Author = "") -> HTMLResponse:
        """Three steps to the first call."""
        return shown("welcome.html", request, author)

    @pages.get("/sessions/{session_id}")
    def replay(request: Request, session_id: str, author: Author = "") -> HTMLResponse:
        """One call to hear and to read."""
        call = desk.call(session_id)
        return shown(
            "call.html", request, author, call=call, behaviours=list(Behaviour), ending=ending_words(call.session)
        )

    @pages.get("/sessions/{session_id}/review")
    def review(request: Request, session_id: str, author: Author = "") -> HTMLResponse:
        """The part of the replay that changes with a review: scorecards side by side, comments, corrections."""
        call = desk.call(session_id)
        return shown("review.html", request, author, call=call, standing=standing(call.entries))

    @pages.get(LOGIN_PATH)
    def ask_password(request: Request) -> HTMLResponse:
        """Where a visitor of a class room types the password."""
        return shown("login.html", request, wrong=False)

    @pages.post(LOGIN_PATH)
    async def login(request: Request) -> Response:
        """Let in whoever knows the password; a wrong one costs a moment, so that guessing is slow."""
        form = parse_qs((await request.body())[:_LONGEST_FORM].decode(errors="replace"))
        if door.opens_to(form.get("password", [""])[0]):
            return RedirectResponse("/", 303, {"Set-Cookie": door.login_cookie()})
        await asyncio.sleep(_WRONG_PASSWORD_S)
        refused = shown("login.html", request, wrong=True)
        refused.status_code = 403
        return refused

    return pages


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


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _date(iso: str) -> str:
    return iso[:16].replace("T", " ")


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(clock=_clock, date=_date, words=lambda name: str(name).replace("_", " "))
    helpers: Mapping[str, Any] = {
        "link": link,
        "anger_points": anger_points,
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
