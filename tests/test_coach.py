"""The coach's desk, asked as a browser would ask it: what it shows, what it lets change, whom it refuses."""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import soundfile
from fastapi.testclient import TestClient
from httpx2 import Headers
from hypothesis import given
from hypothesis import strategies as st

from simulator.audio.files import encode_flac
from simulator.coach.app import build_app
from simulator.coach.call_list import PAGE_SIZE, Wanted, list_page
from simulator.coach.call_sound import CallSound
from simulator.coach.desk import Desk
from simulator.coach.guard import TOKEN_HEADER, Door, host_name
from simulator.coach.ranges import asked_range
from simulator.page.timeline import PlacedTurn
from simulator.records import Audio, Ending, Session, Span
from simulator.store.listing import SessionRow
from simulator.store.sessions import Speaker, Store
from tests.sounds import notes
from tests.talk import says, turn
from tests.test_store import SCENARIO, head, save_call

HOME = "http://127.0.0.1:8765"
DOOR = Door(token="token")


@pytest.fixture
def browser() -> Iterator[TestClient]:
    with TestClient(build_app(Desk(), DOOR), base_url=HOME, headers={TOKEN_HEADER: "token"}) as client:
        yield client


@pytest.fixture
def call() -> Session:
    return save_call(Store())


def review(browser: TestClient, call: Session, kind: str, author: str = "Ana", **fields: Any) -> Any:
    entry = {"author": author, "review": {"kind": kind, **fields}, "reason": "because"}
    return browser.post(f"/api/sessions/{call.head.id}/reviews", json=entry)


# --- pages ----------------------------------------------------------------------------------------


def test_an_empty_desk_shows_the_first_steps(browser: TestClient) -> None:
    assert "Hold the first call" in browser.get("/").text


def test_the_list_shows_a_saved_call(browser: TestClient, call: Session) -> None:
    page = browser.get("/").text
    assert f"/sessions/{call.head.id}" in page
    assert SCENARIO.title in page


def test_the_replay_shows_every_sentence_and_row(browser: TestClient, call: Session) -> None:
    page = browser.get(f"/sessions/{call.head.id}").text
    assert call.assessment
    for row in call.assessment.scorecard.rows:
        assert row.title in page
    for number, answer in enumerate(call.turns):
        assert f'id="turn-{number}"' in page
        assert answer.customer.text.split()[0] in page


def test_what_was_said_is_never_taken_for_a_script(browser: TestClient) -> None:
    store, evil = Store(), "<script>alert(1)</script>"
    store.begin(replace(head(), candidate=evil), SCENARIO)
    said = turn(0, says(evil), customer=evil, anger=70)
    store.save_heard(head().id, 0, said.customer, {})
    store.save_turn(head().id, said)
    store.finish(Session(head(), (said,), None, Ending.UNRESOLVED, evil))
    review(browser, Store().load(head().id)[0], "comment", author=evil, text=evil, turn=0)
    for address in ("/", f"/?search={evil}", f"/sessions/{head().id}", f"/sessions/{head().id}/review", f"/{evil}"):
        page = browser.get(address).text
        assert evil not in page, address
        assert "&lt;script&gt;" in page, address


@pytest.mark.parametrize("address", ["/sessions/20990101-000000-0000", "/nothing/here"])
def test_an_unknown_address_is_a_page_with_a_way_back(browser: TestClient, address: str) -> None:
    answer = browser.get(address)
    assert answer.status_code == 404
    assert "Back to the calls" in answer.text


def test_every_page_has_strict_headers(browser: TestClient, call: Session) -> None:
    for address in ("/", f"/sessions/{call.head.id}", "/static/call.js", "/api/sessions"):
        headers = browser.get(address).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


# --- reviews --------------------------------------------------------------------------------------


def test_the_total_follows_the_coach_and_undo_brings_it_back(browser: TestClient, call: Session) -> None:
    made = review(browser, call, "level", step="calm", level=0)
    assert made.status_code == 201
    machine, ana = browser.get(f"/api/sessions/{call.head.id}/readings").json()
    assert (machine["author"], ana["author"], ana["levels"]["calm"]) == (None, "Ana", 0)
    assert ana["total"] < machine["total"]
    undone = browser.delete(f"/api/sessions/{call.head.id}/reviews/{made.json()['id']}", params={"author": "Ana"})
    assert undone.status_code == 204
    assert len(browser.get(f"/api/sessions/{call.head.id}/readings").json()) == 1
    [entry] = browser.get(f"/api/sessions/{call.head.id}/reviews").json()
    assert entry["undone_at"]
    assert entry["reason"] == "because"


@pytest.mark.parametrize(
    ("kind", "fields", "status"),
    [
        ("level", {"step": "calm", "level": 5}, 422),
        ("level", {"step": "charm", "level": 1}, 422),
        ("label", {"turn": 0, "sentence": 99, "behaviour": "own", "present": True}, 404),
        ("label", {"turn": 99, "sentence": 0, "behaviour": "own", "present": True}, 404),
        ("label", {"turn": 0, "sentence": 0, "behaviour": "magic", "present": True}, 422),
        ("comment", {"text": "  ", "turn": 0}, 422),
        ("comment", {"text": "x" * 5001, "turn": 0}, 422),
        ("poem", {}, 422),
    ],
)
def test_a_review_that_does_not_fit_is_refused(
    browser: TestClient, call: Session, kind: str, fields: dict[str, Any], status: int
) -> None:
    answer = review(browser, call, kind, **fields)
    assert answer.status_code == status
    assert answer.json()["error"]
    assert browser.get(f"/api/sessions/{call.head.id}/reviews").json() == []


def test_nobody_undoes_the_work_of_another(browser: TestClient, call: Session) -> None:
    made = review(browser, call, "comment", text="Slower.", turn=0).json()
    answer = browser.delete(f"/api/sessions/{call.head.id}/reviews/{made['id']}", params={"author": "Ben"})
    assert answer.status_code == 404


def test_deleting_takes_the_reviews_along(browser: TestClient, call: Session) -> None:
    review(browser, call, "whole_call")
    assert browser.delete(f"/api/sessions/{call.head.id}").status_code == 204
    assert browser.get(f"/api/sessions/{call.head.id}").status_code == 404
    assert Desk().reviews.by_session() == {}


# --- who may come in ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8765", 200),
        ("localhost:8765", 200),
        ("[::1]:8765", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("192.168.1.7:8765", 421),
        ("", 421),
    ],
)
def test_only_its_own_names_are_answered(browser: TestClient, host: str, status: int) -> None:
    assert browser.get("/api/sessions", headers={"host": host}).status_code == status


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:9999", "https://127.0.0.1"])
def test_nothing_is_changed_from_another_page(browser: TestClient, call: Session, origin: str) -> None:
    answer = browser.delete(f"/api/sessions/{call.head.id}", headers={"origin": origin})
    assert answer.status_code == 403
    assert Store().load(call.head.id)


def test_nothing_is_changed_without_the_token_of_the_page(browser: TestClient, call: Session) -> None:
    for token in (b"", b"wrong", "tökén".encode()):
        sent = Headers([(TOKEN_HEADER.encode(), token)])
        answer = browser.delete(f"/api/sessions/{call.head.id}", headers=sent)
        assert answer.status_code == 403
    assert Store().load(call.head.id)


def test_a_class_room_needs_the_password(call: Session) -> None:
    door = Door(password="correct horse", token="token")
    with TestClient(build_app(Desk(), door), base_url="http://192.168.1.7:8765", follow_redirects=False) as visitor:
        assert visitor.get("/api/sessions").status_code == 401
        assert visitor.get("/", headers={"accept": "text/html"}).headers["location"] == "/login"
        assert visitor.post("/login", data={"password": "wrong"}).status_code == 403
        assert visitor.get("/api/sessions").status_code == 401
        welcome = visitor.post("/login", data={"password": "correct horse"})
        assert welcome.status_code == 303
        assert "HttpOnly" in welcome.headers["set-cookie"]
        assert visitor.get("/api/sessions").status_code == 200


@pytest.mark.parametrize(
    ("header", "name"),
    [("localhost", "localhost"), ("LOCALHOST:80", "localhost"), ("[::1]:8765", "::1"), ("[::1]", "::1"), (":80", "")],
)
def test_the_name_in_a_host_header(header: str, name: str) -> None:
    assert host_name(header) == name


# --- sound ----------------------------------------------------------------------------------------

SIDES = {
    (0, Speaker.CUSTOMER): notes(220, length_s=0.31),
    (0, Speaker.CANDIDATE): notes(110, length_s=0.5),
    (1, Speaker.CANDIDATE): notes(90, length_s=0.2),
}
PLACED = (
    PlacedTurn(turn(0, says("Hello.")), Span(0.0, 0.31), Span(0.31, 0.81)),
    PlacedTurn(turn(1, says("Goodbye.")), Span(1.21, 1.21), Span(1.21, 1.41)),
)


def sound() -> CallSound:
    flacs = {key: encode_flac(Audio(samples)) for key, samples in SIDES.items()}
    return CallSound(PLACED, lambda number, speaker: flacs.get((number, speaker)))


WHOLE = b"".join(sound().read(0, len(sound())))


def test_the_sound_of_a_call_is_a_wav_file_of_the_right_length() -> None:
    samples, rate = soundfile.read(io.BytesIO(WHOLE))
    assert rate == 16_000
    assert len(samples) == round(1.41 * 16_000)
    assert abs(samples[: round(0.3 * 16_000)]).max() > 0.1
    assert abs(samples[round(0.82 * 16_000) : round(1.2 * 16_000)]).max() == 0


@given(start=st.integers(0, len(WHOLE) - 1), length=st.integers(1, len(WHOLE)))
def test_any_range_is_that_part_of_the_file(start: int, length: int) -> None:
    end = min(len(WHOLE), start + length)
    assert b"".join(sound().read(start, end)) == WHOLE[start:end]


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [("bytes=0-9", 0, 10), ("bytes=90-", 90, 100), ("bytes=-10", 90, 100), ("bytes=5-500", 5, 100)],
)
def test_ranges_as_the_standard_has_them(header: str, start: int, end: int) -> None:
    asked = asked_range(header, 100)
    assert asked
    assert (asked.start, asked.end) == (start, end)


@pytest.mark.parametrize("header", [None, "", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=0-1,5-6"])
def test_other_ranges_give_the_whole(header: str | None) -> None:
    assert asked_range(header, 100) is None


def test_a_range_beyond_the_end_is_said(browser: TestClient, call: Session) -> None:
    address = f"/api/sessions/{call.head.id}/sound"
    part = browser.get(address, headers={"range": "bytes=0-43"})
    assert (part.status_code, part.content[:4]) == (206, b"RIFF")
    size = int(part.headers["content-range"].split("/")[1])
    beyond = browser.get(address, headers={"range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")


def test_curves_are_made_once_and_kept(browser: TestClient, call: Session) -> None:
    first = browser.get(f"/api/sessions/{call.head.id}/curves/0").json()
    assert first["customer"] is None
    curve = first["candidate"]
    assert len(curve["peaks"]) == len(curve["pitch_hz"]) == len(curve["loudness_db"]) > 10
    assert browser.get(f"/api/sessions/{call.head.id}/curves/0").json() == first


# --- the list -------------------------------------------------------------------------------------


def row(number: int, **fields: Any) -> SessionRow:
    known = {
        "candidate": "Ana",
        "scenario": "late",
        "title": "A late parcel",
        "difficulty": "easy",
        "status": "satisfied",
    }
    return SessionRow(id=f"{number}", started_at=f"2026-01-{number % 28 + 1:02d}", turns=3, **{**known, **fields})


ROWS = [row(1, total=40.0, out_of=80), row(2, candidate="Ben", status="hang_up"), row(3, total=70.0, out_of=100)]


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Wanted(), ["3", "2", "1"]),
        (Wanted(descending=False), ["1", "2", "3"]),
        (Wanted(candidate="Ben"), ["2"]),
        (Wanted(search="BEN hang up"), ["2"]),
        (Wanted(search="nobody"), []),
        (Wanted(ending="satisfied", sort="total"), ["3", "1"]),
        (Wanted(sort="total", descending=False), ["1", "3", "2"]),
        (Wanted(sort="calm"), ["1", "2", "3"]),
        (Wanted(page=99), ["3", "2", "1"]),
    ],
)
def test_the_list_is_searched_filtered_and_sorted(wanted: Wanted, ids: list[str]) -> None:
    assert [found.id for found in list_page(ROWS, wanted).rows] == ids


def test_a_long_list_comes_in_pages() -> None:
    rows = [row(number) for number in range(PAGE_SIZE + 1)]
    last = list_page(rows, Wanted(page=2))
    assert (last.pages, last.found, len(last.rows)) == (2, PAGE_SIZE + 1, 1)
