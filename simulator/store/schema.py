"""The tables. Recordings stand apart from turns, so that lists never touch sound."""

from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

SCHEMA_VERSION = 2  # what each newer layout changes stands in migrations.py

metadata = MetaData()

schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True))

sessions = Table(
    "session",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("started_at", String(32), nullable=False, index=True),
    Column("head", JSON, nullable=False),
    Column("scenario", JSON, nullable=False),  # as it was played: a report needs no file that may have changed
    Column("ending", String(32)),  # empty while the call goes on, and for ever when the program was killed
    Column("closing", Text),
    Column("assessment", JSON),
    Column("summary", JSON),  # what lists show, so that they need not read the turns
)

turns = Table(
    "turn",
    metadata,
    Column("session_id", ForeignKey("session.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("customer", JSON, nullable=False),
    Column("graded", JSON),  # empty until the answer has been transcribed and graded
)

recordings = Table(
    "recording",
    metadata,
    Column("session_id", ForeignKey("session.id", ondelete="CASCADE"), primary_key=True),
    Column("turn", Integer, primary_key=True),
    Column("speaker", String(16), primary_key=True),
    Column("flac", LargeBinary, nullable=False),
    Column("samples", Integer, nullable=False),  # its length at 16 kHz, so that a clock needs no sound
)

reviews = Table(
    "review",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("session_id", ForeignKey("session.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", String(32), nullable=False),
    Column("author", Text, nullable=False),
    Column("review", JSON, nullable=False),
    Column("reason", Text, nullable=False),
    Column("undone_at", String(32)),
)

curves = Table(
    "curve",
    metadata,
    Column("session_id", ForeignKey("session.id", ondelete="CASCADE"), primary_key=True),
    Column("turn", Integer, primary_key=True),
    Column("speaker", String(16), primary_key=True),
    Column("curve", JSON, nullable=False),  # waveform, loudness and pitch: half a second's work for a minute
)
