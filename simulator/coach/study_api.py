"""The JSON beside single calls: progress, class, agreement, comparison, what if, bundles."""

import io
import tempfile
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from simulator.agreement import Agreement
from simulator.class_table import ClassRow, class_csv
from simulator.coach.api import PROBLEMS, SessionId
from simulator.coach.desk import Desk
from simulator.comparison import Comparison
from simulator.errors import UsageError
from simulator.grading.rubric_rules import STEP_TITLES
from simulator.memorised import Recital
from simulator.next_scenario import Suggestion
from simulator.progress import Progress
from simulator.store.bundles import import_bundle, read_bundle, write_bundle
from simulator.what_if import OtherAnswer, WhatIf

_LARGEST_BUNDLE = 2 << 30
_IN_MEMORY = 64 << 20
_ANY_ZIP = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}


class CourseView(BaseModel):
    """One candidate over time."""

    candidate: str
    progress: Progress
    next: Suggestion
    recitals: list[Recital]
    warning: str


class OtherAnswers(BaseModel):
    """What would be said instead, from a turn on."""

    turn: Annotated[int, Field(ge=0, le=10_000)]
    texts: Annotated[list[Annotated[str, Field(min_length=1, max_length=2000)]], Field(min_length=1, max_length=20)]


class AnswerView(BaseModel):
    """One other answer, how it was graded, and what the customer says to it."""

    text: str
    labels: list[str]
    anger_before: float
    anger: float
    real_anger: float | None
    because: list[str]
    reply: str
    real_reply: str | None


class WhatIfView(BaseModel):
    """The call up to there as it would have been, and as it was."""

    answers: list[AnswerView]
    ending: str | None
    levels: dict[str, tuple[int | None, int | None]]
    points: tuple[float, float, int]
    unsaid: list[str]
    changed: list[str]


class Imported(BaseModel):
    """What an import did."""

    added: int
    skipped: int
    entries: int


def study_routes(desk: Desk) -> APIRouter:
    """What is below `/api` beside single calls."""
    api = APIRouter(prefix="/api", responses=PROBLEMS)

    @api.get("/progress", tags=["progress"])
    def progress(candidate: Annotated[str, Query(max_length=80)] = "") -> CourseView:
        """One candidate over time; without a name everybody who gave none."""
        course = desk.course(candidate)
        return CourseView(
            candidate=candidate,
            progress=course.progress,
            next=course.next,
            recitals=list(course.recitals),
            warning=course.warning,
        )

    @api.get("/class", tags=["progress"])
    def class_rows() -> list[ClassRow]:
        """Every candidate in a row."""
        return list(desk.class_rows())

    @api.get(
        "/class.csv",
        tags=["progress"],
        response_class=Response,
        responses={200: {"content": {"text/csv": {}}, "description": "The table for a spreadsheet."}},
    )
    def class_file() -> Response:
        """The same for a spreadsheet."""
        headers = {"Content-Disposition": 'attachment; filename="calmline-class.csv"'}
        return Response(class_csv(desk.class_rows()), media_type="text/csv", headers=headers)

    @api.get("/agreement", tags=["reviews"])
    def agreement() -> list[Agreement]:
        """How far coaches agree with the machine, and with each other."""
        return list(desk.agreements())

    @api.get("/compare", tags=["replay"])
    def comparison(
        first: Annotated[str, Query(max_length=32)], second: Annotated[str, Query(max_length=32)]
    ) -> Comparison:
        """Two attempts at one scenario, turn by turn."""
        return desk.compare(first, second)

    @api.post("/sessions/{session_id}/what-if", tags=["replay"])
    def other_answers(session_id: SessionId, wanted: OtherAnswers) -> WhatIfView:
        """What the customer would have said and felt, and what it would have scored."""
        return _what_if(desk.what_if(session_id, wanted.turn, wanted.texts))

    @api.get(
        "/bundle",
        tags=["bundles"],
        response_class=Response,
        responses={200: {"content": _ANY_ZIP, "description": "The calls as one zip."}},
    )
    def export(
        id: Annotated[list[str], Query(min_length=1, max_length=500)],  # noqa: A002 - the name in the address
        private: bool = True,
    ) -> Response:
        """Calls with sound, grades and reviews in one file."""
        file = io.BytesIO()
        write_bundle(desk.store, desk.reviews, id, file, private=private)
        headers = {"Content-Disposition": 'attachment; filename="calmline-bundle.zip"'}
        return Response(file.getvalue(), media_type="application/zip", headers=headers)

    @api.post(
        "/bundle",
        tags=["bundles"],
        openapi_extra={"requestBody": {"required": True, "content": _ANY_ZIP}},
    )
    async def import_(request: Request) -> Imported:
        """Take in a bundle: all of it is checked before a byte is kept."""
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
            size = 0
            async for chunk in request.stream():
                size += len(chunk)
                if size > _LARGEST_BUNDLE:
                    raise UsageError("A bundle has at most 2 GiB.", advice="Export fewer calls at a time.")
                file.write(chunk)
            file.seek(0)
            return await run_in_threadpool(_import, desk, file)

    return api


def _import(desk: Desk, file: Any) -> Imported:
    result = import_bundle(desk.store, desk.reviews, read_bundle(file))
    return Imported(added=len(result.added), skipped=len(result.skipped), entries=result.entries_added)


def _what_if(found: WhatIf) -> WhatIfView:
    ours, real = found.assessment.levels, found.real_assessment.levels
    points = found.points
    return WhatIfView(
        answers=[_answer(answer) for answer in found.answers],
        ending=found.ending.value if found.ending else None,
        levels={step: (getattr(real, step), getattr(ours, step)) for step in STEP_TITLES},
        points=(points.first, points.second, points.out_of),
        unsaid=list(found.unsaid),
        changed=list(found.changed),
    )


def _answer(answer: OtherAnswer) -> AnswerView:
    return AnswerView(
        text=answer.turn.transcript.text,
        labels=[label.id.value for sentence in answer.turn.sentences for label in sentence.labels],
        anger_before=answer.before.anger,
        anger=answer.mood.anger,
        real_anger=answer.real_mood.anger if answer.real_mood else None,
        because=[cause.why for cause in answer.turn.reaction.causes] if answer.turn.reaction else [],
        reply=answer.reply.text,
        real_reply=answer.real_reply,
    )
