"""The sound of a whole call as one WAV file that is never made: any range of its bytes from the turns it touches.

A coach who jumps to the twelfth minute waits for one turn to be decoded, not for twelve.
"""

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from simulator.audio.files import decode_flac
from simulator.page.timeline import PlacedTurn
from simulator.records import SAMPLE_RATE_HZ
from simulator.store.sessions import Speaker

_BYTES_PER_SAMPLE = 2
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_BLOCK_BYTES = 1 << 16
_DECODED_TURNS = 16

FlacOf = Callable[[int, Speaker], bytes | None]


@dataclass(frozen=True)
class _Piece:
    """A recording on the clock of the call, in samples."""

    start: int
    turn: int
    speaker: Speaker


class CallSound:
    """The bytes of a call's WAV file: 16 bits, mono, 16 kHz."""

    def __init__(self, turns: Sequence[PlacedTurn], flac_of: FlacOf) -> None:
        self._pieces = [
            _Piece(round(place.start_s * SAMPLE_RATE_HZ), placed.turn.index, speaker)
            for placed in turns
            for place, speaker in ((placed.customer, Speaker.CUSTOMER), (placed.candidate, Speaker.CANDIDATE))
        ]
        self._samples = round(turns[-1].candidate.end_s * SAMPLE_RATE_HZ) if turns else 0
        self._pcm = lru_cache(_DECODED_TURNS)(lambda turn, speaker: _pcm(flac_of(turn, speaker)))

    def __len__(self) -> int:
        return _HEADER.size + self._samples * _BYTES_PER_SAMPLE

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` up to `end`, in blocks."""
        if start < _HEADER.size:
            yield self._header()[start : min(end, _HEADER.size)]
        at = max(start, _HEADER.size)
        while at < end:
            until = min(end, at + _BLOCK_BYTES)
            yield self._sound(at - _HEADER.size, until - _HEADER.size)
            at = until

    def _sound(self, start: int, end: int) -> bytes:
        first, last = start // _BYTES_PER_SAMPLE, -(-end // _BYTES_PER_SAMPLE)
        block = np.zeros(last - first, "<i2")
        for number, piece in enumerate(self._pieces):
            until = self._pieces[number + 1].start if number + 1 < len(self._pieces) else self._samples
            low, high = max(first, piece.start), min(last, until)
            if low < high:
                pcm = self._pcm(piece.turn, piece.speaker)[low - piece.start : high - piece.start]
                block[low - first : low - first + len(pcm)] = pcm
        skipped = start - first * _BYTES_PER_SAMPLE
        return block.tobytes()[skipped : skipped + end - start]

    def _header(self) -> bytes:
        size, rate = self._samples * _BYTES_PER_SAMPLE, SAMPLE_RATE_HZ
        fields = (b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, 1, rate, rate * _BYTES_PER_SAMPLE)
        return _HEADER.pack(*fields, _BYTES_PER_SAMPLE, 8 * _BYTES_PER_SAMPLE, b"data", size)


def _pcm(flac: bytes | None) -> "np.ndarray[tuple[int], np.dtype[np.int16]]":
    if flac is None:
        return np.empty(0, "<i2")
    samples = decode_flac(flac).samples
    return np.asarray(np.clip(np.rint(samples * 32767), -32768, 32767), "<i2")
