"""The pages of the desk as HTML. They show what the JSON holds and change nothing themselves."""

import asyncio
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Cookie, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from simulator.coach.call_list import SortKey, Wanted, list_page
from simulator.coach.desk import Desk
from simulator.coach.guard import LOGIN_PATH, Door
from simulator.coach.rendering import Rendering
from simulator.records import Behaviour
from simulator.review import standing
from simulator.terminal import ending_words

_WRONG_PASSWORD_S = 0.5
_LONGEST_FORM = 4096

Author = Annotated[str, Cookie(alias="calmline_name")]


def page_routes(desk: Desk, door: Door) -> APIRouter:
    """Every page."""
    pages = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    shown = Rendering(door).page

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
        desk.grader.prepare()  # for "what if": five seconds that a reader does not notice
        return shown(
            "call.html", request, author, call=call, behaviours=list(Behaviour), ending=ending_words(call.session)
        )

    @pages.get("/sessions/{session_id}/review")
    def review(request: Request, session_id: str, author: Author = "") -> HTMLResponse:
        """The part of the replay that changes with a review: scorecards side by side, comments, corrections."""
        call = desk.call(session_id)
        return shown("review.html", request, author, call=call, standing=standing(call.entries))

    @pages.get("/progress")
    def progress(request: Request, candidate: str | None = None, author: Author = "") -> HTMLResponse:
        """One candidate over time; at first whoever held the latest call."""
        course = desk.course(candidate)
        if not course.names:
            return shown("welcome.html", request, author)
        return shown("progress.html", request, author, course=course)

    @pages.get("/class")
    def class_(request: Request, author: Author = "") -> HTMLResponse:
        """Every candidate in one table."""
        return shown("class.html", request, author, rows=desk.class_rows())

    @pages.get("/agreement")
    def agreement(request: Request, author: Author = "") -> HTMLResponse:
        """How far coaches agree with the machine and with each other."""
        return shown("agreement.html", request, author, agreements=desk.agreements())

    @pages.get("/compare")
    def compare(request: Request, first: str, second: str, author: Author = "") -> HTMLResponse:
        """Two attempts at one scenario side by side."""
        calls = [desk.call(first), desk.call(second)]
        return shown("compare.html", request, author, calls=calls, compared=desk.compare(first, second))

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
