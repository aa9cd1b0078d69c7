"""The database behind the sessions: opens it, runs transactions, and turns its errors into plain words."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from simulator.errors import StoreError
from simulator.settings import DATA_DIR_VARIABLE, database_url
from simulator.store.migrations import bring_up_to_date
from simulator.store.schema import SCHEMA_VERSION


class Database:
    """SQLite in the person's data folder, or any database by its SQLAlchemy URL.

    Raises:
        StoreError: on opening or in any transaction, when the disk, the rights or the database are at fault.
    """

    def __init__(self, url: str | None = None) -> None:
        self._url = url or database_url()
        self._engine = self._open()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection whose work is kept as a whole or not at all."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise self._plain(error) from error

    def _open(self) -> Engine:
        try:
            url = make_url(self._url)
            engine = create_engine(url)
        except (ArgumentError, ImportError) as error:
            raise StoreError(f"The database URL {self._url} cannot be used: {error}.") from error
        self.place = url.database.removeprefix("file:") if url.database else url.render_as_string()
        if url.get_backend_name() == "sqlite":
            _make_folder(Path(self.place).parent)
            event.listen(engine, "connect", _prepare_sqlite)
        self._engine = engine
        with self.transaction() as connection:
            version = bring_up_to_date(connection)
            if version > SCHEMA_VERSION:
                raise StoreError(
                    f"The sessions in {self.place} were written by a newer Calmline (layout {version}; "
                    f"this one knows {SCHEMA_VERSION}).",
                    advice="Type `pip install --upgrade calmline`.",
                )
        return engine

    def _plain(self, error: SQLAlchemyError) -> StoreError:
        raw = str(getattr(error, "orig", None) or error)
        for sign, (message, advice) in _PLAIN_WORDS.items():
            if sign in raw:
                return StoreError(message.format(place=self.place), advice=advice)
        return StoreError(f"The sessions in {self.place} cannot be used: {raw}.")


_MOVE = f"Set {DATA_DIR_VARIABLE} to a folder that can be written, or make room."
_PLAIN_WORDS = {
    "full": ("The disk is full: the last step could not be saved in {place}; all before it is safe.", _MOVE),
    "disk I/O error": ("The disk failed on {place}; all that was saved before is safe.", _MOVE),
    "readonly": ("The sessions in {place} may be read but not written.", _MOVE),
    "unable to open": ("The sessions cannot be kept in {place}: it cannot be opened.", _MOVE),
    "not a database": (
        "{place} is damaged: it is not a session database any more.",
        "Move that file away; the program then begins a new one.",
    ),
    "malformed": ("{place} is damaged.", "Move that file away; the program then begins a new one."),
    "locked": ("Another program holds {place}.", "Close it and try again."),
}


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"The data folder {folder} cannot be made: {error.strerror}.", advice=_MOVE) from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # a deleted voice is overwritten, not only forgotten
