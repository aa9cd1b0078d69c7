"""The web application of the desk: joins pages, JSON and guard, and turns errors into plain words."""

from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from simulator import __version__
from simulator.coach.api import api_routes
from simulator.coach.calls import Calls
from simulator.coach.desk import Desk
from simulator.coach.equipment import Equipment
from simulator.coach.guard import Door, Guard
from simulator.coach.pages import page_routes
from simulator.coach.practice import practice_routes
from simulator.coach.rendering import error_page
from simulator.coach.study_api import study_routes
from simulator.errors import CalmlineError, NotFoundError, StoreError, UsageError

_STATIC = Path(__file__).with_name("static")


def build_app(desk: Desk, door: Door, calls: Calls | None = None) -> FastAPI:
    """The application; it listens to nothing yet."""
    calls = calls or Calls(desk.store, Equipment(desk.grader))
    app = FastAPI(
        title="Calmline",
        version=__version__,
        description="Saved calls, their grades and their reviews.",
        openapi_url="/api/openapi.json",
        docs_url=None,  # their scripts come from elsewhere
        redoc_url=None,
        lifespan=calls.lifespan,
    )
    app.include_router(api_routes(desk))
    app.include_router(study_routes(desk))
    app.include_router(practice_routes(desk, calls, door))
    app.include_router(page_routes(desk, door))
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.add_exception_handler(CalmlineError, _ours)
    app.add_exception_handler(HTTPException, _unknown_address)
    app.add_exception_handler(RequestValidationError, _unfit)
    app.add_middleware(Guard, door=door)
    return app


def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, CalmlineError)
    return _said(request, _status(error), error.message, error.advice)


def _unknown_address(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    detail = f"There is nothing at {request.url.path}." if status is HTTPStatus.NOT_FOUND else f"{error.detail}."
    response = _said(request, status, detail, "")
    response.headers.update(error.headers or {})
    return response


def _unfit(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    what = "; ".join(f"{'.'.join(map(str, problem['loc'][1:]))}: {problem['msg']}" for problem in error.errors())
    return _said(request, HTTPStatus.UNPROCESSABLE_ENTITY, f"The request does not fit: {what}.", "")


def _said(request: Request, status: HTTPStatus, message: str, advice: str) -> Response:
    if request.url.path.startswith("/api"):
        content: dict[str, Any] = {"error": message, "advice": advice}
        return JSONResponse(content, status)
    return error_page(status, message, advice)


def _status(error: CalmlineError) -> HTTPStatus:
    if isinstance(error, NotFoundError):
        return HTTPStatus.NOT_FOUND
    if isinstance(error, StoreError):
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.UNPROCESSABLE_ENTITY if isinstance(error, UsageError) else HTTPStatus.CONFLICT
