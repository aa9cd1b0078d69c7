"""Byte ranges (RFC 9110, section 14): a player asks for the part of a sound that it needs next."""

import re
from dataclasses import dataclass

from starlette.responses import Response, StreamingResponse

from simulator.coach.call_sound import CallSound

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_MOST_BYTES = 1 << 22  # two minutes at a time, however much was asked for


@dataclass(frozen=True)
class ByteRange:
    """Bytes from `start` up to `end`."""

    start: int
    end: int


def asked_range(header: str | None, size: int) -> ByteRange | None:
    """The range that a Range header asks for, or None where it asks for everything or in a form we do not serve.

    Raises:
        ValueError: it lies beyond the end.
    """
    match = _RANGE.fullmatch((header or "").strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1 if last else size)
    if start >= end:
        raise ValueError(f"bytes {start} to {end} of {size}")
    return ByteRange(start, min(end, start + _MOST_BYTES))


def sound_response(sound: CallSound, header: str | None) -> Response:
    """The answer to a request for a sound, or for a part of it."""
    size = len(sound)
    common = {"Accept-Ranges": "bytes", "Cache-Control": "private, max-age=600"}
    try:
        wanted = asked_range(header, size)
    except ValueError:
        return Response(status_code=416, headers={**common, "Content-Range": f"bytes */{size}"})
    if wanted is None:
        headers = {**common, "Content-Length": str(size)}
        return StreamingResponse(sound.read(0, size), media_type="audio/wav", headers=headers)
    headers = {
        **common,
        "Content-Range": f"bytes {wanted.start}-{wanted.end - 1}/{size}",
        "Content-Length": str(wanted.end - wanted.start),
    }
    return StreamingResponse(sound.read(wanted.start, wanted.end), 206, headers, "audio/wav")
