"""The steps from older layouts of the database to today's: append-only, each with its own record.

A step works on the rows as they lie, not on records of the program, which may have changed since.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, func, insert, inspect, select, text, update

from simulator.store.schema import SCHEMA_VERSION, metadata, recordings, schema_version, sessions
from simulator.store.summary import sum_up


def bring_up_to_date(connection: Connection) -> int:
    """Make what is missing, and give back the layout that was found: a newer one than ours is left as it is."""
    is_new = not inspect(connection).has_table(schema_version.name)
    version = SCHEMA_VERSION if is_new else int(connection.scalar(select(func.max(schema_version.c.version))) or 1)
    if version > SCHEMA_VERSION:
        return version
    metadata.create_all(connection)
    if is_new:
        connection.execute(insert(schema_version).values(version=SCHEMA_VERSION))
    for step in range(version + 1, SCHEMA_VERSION + 1):
        _STEPS[step](connection)
        connection.execute(insert(schema_version).values(version=step))
    return version


def _summaries_and_lengths(connection: Connection) -> None:
    """2: lists read a summary, and the clock of a call the length of its recordings."""
    from simulator.audio.files import flac_samples

    connection.execute(text("ALTER TABLE session ADD COLUMN summary JSON"))
    connection.execute(text("ALTER TABLE recording ADD COLUMN samples INTEGER NOT NULL DEFAULT 0"))
    for session_id in connection.scalars(select(sessions.c.id)).all():
        sum_up(connection, session_id)
    keys = (recordings.c.session_id, recordings.c.turn, recordings.c.speaker)
    for key in connection.execute(select(*keys)).all():
        this = [column == value for column, value in zip(keys, key, strict=True)]
        flac = connection.execute(select(recordings.c.flac).where(*this)).scalar_one()
        connection.execute(update(recordings).where(*this).values(samples=flac_samples(flac)))


_STEPS: dict[int, Callable[[Connection], Any]] = {2: _summaries_and_lengths}
