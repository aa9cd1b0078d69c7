"""The zip of a bundle: written alike every time, and opened only where nothing in it can hurt.

Knows nothing of what its files mean. Nothing is ever unpacked to a disk. What its headers claim is checked first, and
what comes out is counted again.
"""

import io
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import BinaryIO, Self

from simulator.errors import BundleError

ASK_AGAIN = "Ask for it to be exported again."
MAX_BUNDLE_BYTES = (2 << 30) - (64 << 20)  # headers included, a zip stays below the 2 GiB of its plain form
MAX_FILES = 20_000
_MAX_NAME_BYTES = 512  # with the rest of an entry in the directory of the zip
_MAX_RATIO = 200  # JSON of calls shrinks to a tenth, comments of one word repeated to a fiftieth
_SMALL_BYTES = 1 << 20  # too small to hurt at any ratio
_CHUNK_BYTES = 1 << 16
_END = struct.Struct("<4s4H2LH")  # the last record of a zip: its mark, four counts, size and place of the directory
_LOCATOR_BYTES = 20
_PLAIN_FLAGS = 0x80E  # names in UTF-8, sizes behind the data, how hard it was squeezed
_ENCRYPTED_FLAGS = 0x41
_EPOCH, _UNIX = (1980, 1, 1, 0, 0, 0), 3  # one content gives one file, whenever and wherever it is written
_FEWER = "Ask for several bundles of fewer sessions."
_FAULTS = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError)


class ZipDraft:
    """A zip being written; `files` tells name, size in bytes and SHA-256 of what is in it.

    Raises:
        BundleError: it grows beyond what would be read again.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.files: list[tuple[str, int, str]] = []
        self._archive = zipfile.ZipFile(file, "w")
        self._total_bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self._archive.close()

    def add(self, name: str, raw: bytes, *, squeeze: bool = True) -> None:
        """Put a file in; sound is small already and not worth squeezing."""
        self.files.append((name, len(raw), sha256(raw).hexdigest()))
        self._total_bytes += len(raw)
        if self._total_bytes > MAX_BUNDLE_BYTES or len(self.files) > MAX_FILES:
            raise BundleError(
                f"These sessions are too many for one bundle ({_gib(MAX_BUNDLE_BYTES)}, {MAX_FILES} files).",
                advice="Export them in several bundles.",
            )
        entry = zipfile.ZipInfo(name, _EPOCH)
        entry.create_system, entry.external_attr = _UNIX, (stat.S_IFREG | 0o600) << 16
        self._archive.writestr(entry, raw, zipfile.ZIP_DEFLATED if squeeze else zipfile.ZIP_STORED)


class StrangersZip:
    """The files of a zip, by name. The zip is read from `file`, which stays open as long as this is used.

    Raises:
        BundleError: on opening or reading, when it is damaged, encrypted, too large, or a trick.
    """

    def __init__(self, file: BinaryIO) -> None:
        _check_end(file)
        with _plain_words():
            self._archive = zipfile.ZipFile(file)
        entries = self._archive.infolist()
        if len(entries) > MAX_FILES:  # the end record may have told another number
            raise _too_many()
        counts = Counter(entry.filename for entry in entries)
        if twice := next((name for name, count in counts.items() if count > 1), None):
            raise _refused(twice, "is in it twice")
        for entry in entries:
            _check_entry(entry)
        if sum(entry.file_size for entry in entries) > MAX_BUNDLE_BYTES:
            raise BundleError(f"This bundle would unpack to more than {_gib(MAX_BUNDLE_BYTES)}.", advice=_FEWER)
        self._entries = {entry.filename: entry for entry in entries}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its files."""
        return tuple(self._entries)

    def read(self, name: str, most_bytes: int) -> bytes:
        """A whole file of at most so many bytes; its checksum is checked."""
        entry = self._entries.get(name)
        if entry is None:
            raise BundleError(f"The file {shown(name)} is missing in this bundle.", advice=ASK_AGAIN)
        if entry.file_size > most_bytes:
            raise _refused(name, f"is larger than {most_bytes} bytes")
        unpacked = io.BytesIO()
        with _plain_words(), self._archive.open(entry) as packed:
            while chunk := packed.read(_CHUNK_BYTES):
                unpacked.write(chunk)
                if unpacked.tell() > entry.file_size:
                    raise _refused(name, "is larger than it says")
        if unpacked.tell() != entry.file_size:
            raise _refused(name, "is smaller than it says")
        return unpacked.getvalue()


def shown(name: str) -> str:
    """A stranger's name that is safe on a screen."""
    return ascii(name[:80])


def _check_end(file: BinaryIO) -> None:
    # Read before `zipfile` does, which would take a directory of any length into memory.
    size = file.seek(0, io.SEEK_END)
    if size > MAX_BUNDLE_BYTES + MAX_FILES * _MAX_NAME_BYTES:
        raise BundleError(f"This bundle is larger than {_gib(MAX_BUNDLE_BYTES)}.", advice=_FEWER)
    file.seek(0)
    begins_as_zip = file.read(2) == b"PK"
    if size < _END.size or not begins_as_zip:
        raise BundleError("This is no bundle: it is not a zip file.", advice="`simulator sessions export` makes one.")
    file.seek(max(0, size - _END.size - _LOCATOR_BYTES))
    tail = file.read()
    locator, end = tail[: -_END.size], tail[-_END.size :]
    mark, _disk, _first_disk, _on_disk, entries, directory_bytes, _start, comment_bytes = _END.unpack(end)
    if mark != b"PK\5\6" or comment_bytes:
        raise BundleError("This bundle breaks off before its end.", advice="Copy or download it again.")
    if not entries:
        raise BundleError("This bundle is empty.", advice=ASK_AGAIN)
    # A second end record, for zips beyond 65,535 files or 4 GiB, would be believed instead of this one.
    if entries > MAX_FILES or directory_bytes > MAX_FILES * _MAX_NAME_BYTES or locator.startswith(b"PK\6\7"):
        raise _too_many()


def _check_entry(entry: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if entry.flag_bits & _ENCRYPTED_FLAGS:
        raise _refused(entry.filename, "is encrypted")
    if entry.filename != entry.orig_filename:
        raise _refused(entry.orig_filename, "has two names")
    if kind not in {0, stat.S_IFREG}:
        raise _refused(entry.filename, "is a link or another special file")
    if entry.flag_bits & ~_PLAIN_FLAGS or entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise _refused(entry.filename, "is packed in a way that bundles do not use")
    if entry.file_size > max(_SMALL_BYTES, entry.compress_size * _MAX_RATIO):
        raise _refused(entry.filename, f"would unpack to more than {_MAX_RATIO} times its size")


def _refused(name: str, why: str) -> BundleError:
    return BundleError(f"This bundle is refused: its file {shown(name)} {why}.", advice=ASK_AGAIN)


def _too_many() -> BundleError:
    return BundleError(f"This bundle has more than {MAX_FILES} files.", advice=_FEWER)


def _gib(size_bytes: int) -> str:
    return f"{size_bytes / (1 << 30):.1f} GiB"


@contextmanager
def _plain_words() -> Iterator[None]:
    try:
        yield
    except _FAULTS as error:
        raise BundleError(f"This bundle is damaged: {shown(str(error))}.", advice=ASK_AGAIN) from error
