"""What was said is kept: through every step, a kill, a full disk, a damaged file."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from simulator.audio.files import decode_flac, encode_flac
from simulator.errors import StoreError, UsageError
from simulator.grading.rubric import assess
from simulator.records import Audio, CustomerLine, Ending, Session, SessionHead
from simulator.scenarios import find_scenario
from simulator.store.database import Database
from simulator.store.listing import list_sessions
from simulator.store.sessions import Speaker, Store
from tests.test_mood import GOOD, play

SCENARIO = find_scenario("refund_outside_policy")
SOUND = Audio(np.linspace(-0.5, 0.5, 16_000, dtype=np.float32))


def head(session_id: str = "20260101-120000-abcd") -> SessionHead:
    return SessionHead(
        session_id, "2026-01-01T12:00:00+00:00", SCENARIO.id, "medium", 1, "typed", False, "keywords", {"rubric": "1"}
    )


def save_call(store: Store, session_id: str = "20260101-120000-abcd") -> Session:
    turns = tuple(play(GOOD))
    store.begin(head(session_id), SCENARIO)
    for turn in turns:
        store.save_heard(session_id, turn.index, turn.customer, {Speaker.CANDIDATE: encode_flac(SOUND)})
        store.save_turn(session_id, turn)
    session = Session(
        head(session_id), turns, assess(turns, SCENARIO.case, "Thank you."), Ending.SATISFIED, "Thank you."
    )
    store.finish(session)
    return session


def test_a_session_comes_back_as_it_was() -> None:
    session = save_call(Store())
    loaded, scenario = Store().load(session.head.id)
    assert loaded == session
    assert scenario == SCENARIO


def test_the_sound_comes_back() -> None:
    session = save_call(Store())
    flac = Store().recording(session.head.id, 0, Speaker.CANDIDATE)
    assert flac
    assert len(decode_flac(flac).samples) == len(SOUND.samples)
    assert Store().recording(session.head.id, 0, Speaker.CUSTOMER) is None


def test_an_answer_that_was_heard_but_not_graded_is_told() -> None:
    store = Store()
    store.begin(head(), SCENARIO)
    store.save_heard(head().id, 0, CustomerLine("It leaks!", "opening"), {})
    session, _ = store.load(head().id)
    assert (session.status, session.unheard, session.turns) == ("interrupted", 1, ())


def test_lists_are_newest_first_and_name_the_ending() -> None:
    store, database = Store(), Database()
    save_call(store, "20260101-120000-aaaa")
    store.begin(head("20260101-130000-bbbb"), SCENARIO)
    rows = {row.id: row for row in list_sessions(database)}
    assert rows["20260101-120000-aaaa"].status == "satisfied"
    assert rows["20260101-120000-aaaa"].total
    assert rows["20260101-130000-bbbb"].status == "interrupted"


def test_a_session_is_found_by_the_beginning_of_its_id() -> None:
    store = Store()
    save_call(store, "20260101-120000-aaaa")
    save_call(store, "20260102-120000-bbbb")
    assert store.find("20260102") == "20260102-120000-bbbb"
    with pytest.raises(UsageError, match="2 sessions begin with"):
        store.find("2026")
    with pytest.raises(UsageError, match="no session 1999"):
        store.find("1999")


def test_a_database_of_the_first_layout_is_brought_up_to_date(own_data_folder: Path) -> None:
    session = save_call(Store())
    [before] = list_sessions(Database())
    with sqlite3.connect(own_data_folder / "sessions.db") as first_layout:
        first_layout.executescript(
            "ALTER TABLE session DROP COLUMN summary; ALTER TABLE recording DROP COLUMN samples;"
            "DROP TABLE review; DROP TABLE curve; UPDATE schema_version SET version = 1"
        )
    assert list_sessions(Database()) == (before,)
    assert Store().lengths(session.head.id)[0, Speaker.CANDIDATE] == len(SOUND.samples)
    assert Store().load(session.head.id)[0] == session
    assert list_sessions(Database()) == (before,)  # each step is taken once


def test_a_database_of_a_newer_layout_is_left_alone(own_data_folder: Path) -> None:
    Store()
    with sqlite3.connect(own_data_folder / "sessions.db") as newer:
        newer.execute("INSERT INTO schema_version VALUES (99)")
    with pytest.raises(StoreError, match="newer Calmline"):
        Store()


def test_deleting_leaves_no_trace_in_the_file(own_data_folder: Path) -> None:
    store = Store()
    session = save_call(store)
    store.delete(session.head.id)
    with pytest.raises(UsageError):
        store.load(session.head.id)
    content = (own_data_folder / "sessions.db").read_bytes()
    assert b"fLaC" not in content
    assert b"Two trips" not in content


def test_a_damaged_database_is_said_and_left_as_it_is(own_data_folder: Path) -> None:
    own_data_folder.mkdir()
    damaged = own_data_folder / "sessions.db"
    damaged.write_bytes(b"this was a database once" * 100)
    with pytest.raises(StoreError, match="is damaged"):
        Store()
    assert damaged.read_bytes().startswith(b"this was")


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("CALMLINE_DATA_DIR", str(tmp_path / "file" / "data"))
    with pytest.raises(StoreError, match="cannot be made"):
        Store()


def test_a_database_that_may_not_be_written_is_said(
    own_data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_call(Store())
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///file:{own_data_folder / 'sessions.db'}?mode=ro&uri=true"
    store = Store(Database(url))
    with pytest.raises(StoreError, match="may be read but not written"):
        store.begin(head("20260103-120000-cccc"), SCENARIO)
    assert list(tmp_path.glob("file:*")) == []  # the URL is no path


def test_a_full_disk_is_said_and_leaves_nothing_half_written() -> None:
    database = Database()
    store = Store(database)
    session = save_call(store)
    with database.transaction() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    limited = Database()
    with limited.transaction() as connection:
        connection.execute(text(f"PRAGMA max_page_count = {pages + 8}"))
    full = Store(limited)
    full.begin(head("20260103-120000-cccc"), SCENARIO)
    noise = np.random.default_rng(1).uniform(-1, 1, 160_000).astype(np.float32)
    with pytest.raises(StoreError, match="disk is full"):
        full.save_heard(
            "20260103-120000-cccc",
            0,
            CustomerLine("It leaks!", "opening"),
            {Speaker.CANDIDATE: encode_flac(Audio(noise))},
        )
    assert store.load(session.head.id)[0] == session
    again, _ = store.load("20260103-120000-cccc")
    assert (again.turns, again.unheard) == ((), 0)


def test_a_layout_from_the_future_is_refused(own_data_folder: Path) -> None:
    save_call(Store())
    with sqlite3.connect(own_data_folder / "sessions.db") as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    connection.close()
    with pytest.raises(StoreError, match="newer Calmline"):
        Store()
