"""The manifest of a bundle: which files it has, what they are called, and how JSON of strangers is read.

Knows nothing of zips, of calls or of the store.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from pydantic import ConfigDict, TypeAdapter, ValidationError

from simulator.errors import BundleError
from simulator.records import SessionHead
from simulator.store.bundle_zip import ASK_AGAIN
from simulator.store.sessions import Speaker

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MANIFEST = "manifest.json"
FORMAT = "calmline bundle"
FORMAT_VERSION = 1
STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)  # reaches the records inside as well
_NAME = re.compile(
    r"(?P<id>[0-9]{8}-[0-9]{6}-[0-9a-f]{4,16})/"
    r"(session\.json|reviews\.json|turn-(?P<number>[0-9]{2}|[1-9][0-9]{2,3})-(?P<speaker>candidate|customer)\.flac)"
)


class Place(NamedTuple):
    """Where a file belongs; `number` and `speaker` are those of a recording."""

    session_id: str
    number: int | None
    speaker: Speaker | None


@dataclass(frozen=True)
class ListedFile:
    """A file of the bundle: its size in bytes and its SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class ListedCall:
    """What graded a session of the bundle."""

    id: str
    rubric: str
    grader: str

    @classmethod
    def of(cls, head: SessionHead) -> "ListedCall":
        """The entry for a session."""
        return cls(head.id, head.versions.get("rubric", ""), head.grader)


@dataclass(frozen=True)
class Manifest:
    """What a bundle says of itself; `calmline` is the version that wrote it."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    format: str
    format_version: int
    calmline: str
    sessions: tuple[ListedCall, ...]
    files: tuple[ListedFile, ...]


@dataclass(frozen=True)
class _Stamp:
    format: str
    format_version: int


# --- names ----------------------------------------------------------------------------------------


def session_file(session_id: str) -> str:
    """The name of the file that holds a session."""
    return f"{session_id}/session.json"


def reviews_file(session_id: str) -> str:
    """The name of the file that holds what coaches wrote of a session."""
    return f"{session_id}/reviews.json"


def sound_file(session_id: str, number: int, speaker: Speaker) -> str:
    """The name of the file that holds one voice of one turn."""
    return f"{session_id}/turn-{number:02d}-{speaker}.flac"


def place_of(name: str) -> Place | None:
    """Where a file belongs, or None where a bundle has no file of that name: only these names exist."""
    found = _NAME.fullmatch(name)
    if not found:
        return None
    number, speaker = found["number"], found["speaker"]
    return Place(found["id"], int(number) if number else None, Speaker(speaker) if speaker else None)


# --- JSON --------------------------------------------------------------------------------------------


def to_json(content: "DataclassInstance") -> bytes:
    """The JSON of a file of the bundle."""
    written: bytes = _adapter(type(content)).dump_json(content, indent=1)
    return written


def read_manifest(raw: bytes) -> Manifest:
    """The manifest, of this format or an older one.

    Raises:
        BundleError: it is none, or was written by a newer Calmline.
    """
    stamp = from_json(_Stamp, raw, MANIFEST)
    if stamp.format != FORMAT:
        raise BundleError(f"This is no bundle of sessions: its manifest does not say “{FORMAT}”.")
    if not 1 <= stamp.format_version <= FORMAT_VERSION:
        raise BundleError(
            f"This bundle has format {stamp.format_version}; this Calmline reads up to {FORMAT_VERSION}.",
            advice="Type `pip install --upgrade calmline`.",
        )
    manifest: Manifest = from_json(Manifest, raw, MANIFEST)
    return manifest


def from_json(shape: Any, raw: bytes, name: str) -> Any:
    """The content of a file of the bundle in this shape.

    Raises:
        BundleError: it does not fit.
    """
    try:
        return _adapter(shape).validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        # A key of a stranger's file may hold anything, also signs that steer a terminal.
        key = ascii(".".join(map(str, first["loc"])))[1:-1][:80]
        at = f" at {key}" if key else ""
        raise BundleError(f"{name} in the bundle does not fit{at}: {first['msg']}.", advice=ASK_AGAIN) from error


@cache
def _adapter(shape: Any) -> "TypeAdapter[Any]":
    return TypeAdapter(shape)
