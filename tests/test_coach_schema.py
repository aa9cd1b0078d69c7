"""The desk's JSON against its own OpenAPI document: whatever is asked, no crash and no answer that breaks it."""

from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import positive_data_acceptance

from simulator.coach.app import build_app
from simulator.coach.desk import Desk
from simulator.coach.guard import TOKEN_HEADER, Door
from simulator.store.sessions import Store
from tests.test_store import save_call

if TYPE_CHECKING:
    from schemathesis import BaseSchema

pytestmark = pytest.mark.slow


@schemathesis.serializer("application/zip")
def as_it_is(_context: object, value: object) -> bytes:
    """What is sent as a bundle: any bytes at all."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


HEADERS = {TOKEN_HEADER: "token", "host": "127.0.0.1:8765"}


@pytest.fixture
def api() -> "BaseSchema":
    save_call(Store(), "20260101-120000-aaaa")
    return schemathesis.openapi.from_asgi(
        "/api/openapi.json", build_app(Desk(), Door(token="token")), headers=HEADERS
    )


def test_every_answer_is_as_the_document_says(api: "BaseSchema") -> None:
    asked = 0
    for found in api.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]  # or the document itself is broken, and this fails

        @given(case=operation.as_strategy())
        @settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        def check(case: "schemathesis.Case[Any]") -> None:
            response = case.call(headers=HEADERS)
            assert response.status_code < 500, response.text
            # What fits the document may still name a turn that is not there, or hold only blanks.
            case.validate_response(response, excluded_checks=[positive_data_acceptance])

        check()
        asked += 1
    assert asked >= 15
