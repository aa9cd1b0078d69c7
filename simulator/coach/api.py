"""The JSON of the desk, documented by OpenAPI at `/api/openapi.json`; the pages change things through it alone."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import BaseModel, Field

from simulator.coach.call_data import DrawnCall
from simulator.coach.call_list import ListPage, SortKey, Wanted, list_page
from simulator.coach.desk import Desk
from simulator.coach.ranges import sound_response
from simulator.errors import NotFoundError, UsageError
from simulator.records import Assessment, Comment, LabelChange, Review, ReviewEntry, ScoreRow
from simulator.report import session_json

SessionId = Annotated[str, Path(description="The id of a session.", max_length=32, pattern="^[A-Za-z0-9-]+$")]
TurnNumber = Annotated[int, Path(description="The number of a turn, from 0.", ge=0, le=10_000)]
_LONGEST_COMMENT = 5000
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]*\S[^\x00-\x1f]*$")]


class Problem(BaseModel):
    """What went wrong, and what to do next."""

    error: str
    advice: str = ""


class NewEntry(BaseModel):
    """Something a coach writes or changes."""

    author: Name
    review: Annotated[Review, Field(discriminator="kind")]
    reason: Annotated[str, Field(max_length=2000)] = ""


class ReadingView(BaseModel):
    """The grade of the machine, or of one coach. `complete`: the coach has heard the whole call."""

    author: str | None
    complete: bool
    corrections: int
    levels: dict[str, int | None]
    total: float
    out_of: int
    rows: list[ScoreRow]
    faults: list[str]


PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "The request cannot be read."},
    403: {"model": Problem, "description": "It did not come from a page of the desk."},
    404: {"model": Problem, "description": "There is no such thing."},
    409: {"model": Problem, "description": "It is not what it should be, or does not go with what is here."},
    422: {"model": Problem, "description": "The request does not fit."},
    503: {"model": Problem, "description": "What is kept cannot be reached just now."},
}


def api_routes(desk: Desk) -> APIRouter:
    """Everything below `/api`."""
    api = APIRouter(prefix="/api", responses=PROBLEMS)

    @api.get("/sessions", tags=["sessions"])
    def sessions(
        search: Annotated[str, Query(max_length=200)] = "",
        candidate: Annotated[str, Query(max_length=80)] = "",
        scenario: Annotated[str, Query(max_length=80)] = "",
        ending: Annotated[str, Query(max_length=32)] = "",
        sort: SortKey = "date",
        descending: bool = True,
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    ) -> ListPage:
        """One page of the saved calls that fit."""
        return list_page(desk.rows(), Wanted(search, candidate, scenario, ending, sort, descending, page))

    @api.get("/sessions/{session_id}", tags=["sessions"])
    def session(session_id: SessionId) -> dict[str, Any]:
        """A whole call, in the shape that `simulator report --json` writes."""
        call = desk.call(session_id)
        return session_json(call.session, call.assessment)

    @api.delete("/sessions/{session_id}", tags=["sessions"], status_code=204)
    def delete(session_id: SessionId) -> None:
        """Delete a call with its recordings and reviews, for good."""
        desk.store.delete(session_id)

    @api.get("/sessions/{session_id}/drawing", tags=["replay"])
    def drawing(session_id: SessionId) -> DrawnCall:
        """Voices, words, marks, pace and anger on the clock of the call."""
        return desk.call(session_id).drawn()

    @api.get("/sessions/{session_id}/curves/{turn}", tags=["replay"])
    def curves(session_id: SessionId, turn: TurnNumber) -> dict[str, Any]:
        """Waveform, loudness and pitch of both voices in a turn, a point for each 64 ms."""
        return desk.curves(session_id, turn)

    @api.get(
        "/sessions/{session_id}/sound",
        tags=["replay"],
        response_class=Response,
        responses={
            200: {"content": {"audio/wav": {}}, "description": "The whole call as WAV."},
            206: {"content": {"audio/wav": {}}, "description": "The bytes that were asked for."},
            416: {"description": "The range lies beyond the end."},
        },
    )
    def sound(session_id: SessionId, range_: Annotated[str | None, Header(alias="range")] = None) -> Response:
        """The sound of the call, by byte ranges."""
        return sound_response(desk.sound(session_id), range_)

    @api.get("/sessions/{session_id}/reviews", tags=["reviews"])
    def reviews(session_id: SessionId) -> list[ReviewEntry]:
        """Comments and corrections in the order in which they were written, those undone too."""
        return list(desk.call(session_id).entries)

    @api.post("/sessions/{session_id}/reviews", tags=["reviews"], status_code=201)
    def add_review(session_id: SessionId, entry: NewEntry) -> ReviewEntry:
        """Write a comment, correct a label or a level, or confirm that the whole call was heard."""
        _check(desk, session_id, entry.review)
        return desk.reviews.add(session_id, entry.author.strip(), entry.review, entry.reason.strip())

    @api.delete("/sessions/{session_id}/reviews/{entry_id}", tags=["reviews"], status_code=204)
    def undo(
        session_id: SessionId,
        entry_id: Annotated[str, Path(max_length=32, pattern="^[0-9a-f]+$")],
        author: Annotated[str, Query(min_length=1, max_length=80)],
    ) -> None:
        """Take back an entry of one's own."""
        desk.reviews.undo(session_id, entry_id, author)

    @api.get("/sessions/{session_id}/readings", tags=["reviews"])
    def session_readings(session_id: SessionId) -> list[ReadingView]:
        """The machine's grade first, then each coach's."""
        call = desk.call(session_id)
        views = [_view(None, call.assessment, complete=True, corrections=0)]
        for reading in call.readings:
            views.append(
                _view(reading.author, reading.assessment, complete=reading.complete, corrections=reading.corrections)
            )
        return views

    return api


def _check(desk: Desk, session_id: str, review: Review) -> None:
    """That a comment says something, and that the turn and the sentence of a review are there."""
    if isinstance(review, Comment) and not 0 < len(review.text.strip()) <= _LONGEST_COMMENT:
        raise UsageError(f"A comment has 1 to {_LONGEST_COMMENT} characters, this one {len(review.text.strip())}.")
    turns = {turn.index: turn for turn in desk.call(session_id).session.turns}
    if not isinstance(review, Comment | LabelChange):
        return
    if review.turn not in turns:
        raise NotFoundError(f"The call has no turn {review.turn}.")
    if review.sentence is not None and not 0 <= review.sentence < len(turns[review.turn].sentences):
        raise NotFoundError(f"Turn {review.turn} has no sentence {review.sentence}.")


def _view(author: str | None, assessment: Assessment, *, complete: bool, corrections: int) -> ReadingView:
    levels, card = assessment.levels, assessment.scorecard
    return ReadingView(
        author=author,
        complete=complete,
        corrections=corrections,
        levels={"calm": levels.calm, "clarify": levels.clarify, "options": levels.options},
        total=card.total,
        out_of=card.out_of,
        rows=list(card.rows),
        faults=[fault.title for fault in assessment.faults],
    )
