"""Bundles: sessions with sound, grades and reviews in one zip, for a coach or a candidate on another machine.

A bundle is checked in full before a byte is stored, and stored as a whole or not at all. Memory holds one recording
at a time, however large the bundle is.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from simulator import __version__
from simulator.errors import BundleError, NotFoundError, UsageError
from simulator.records import Comment, ReviewEntry, SessionHead
from simulator.store.bundle_manifest import (
    FORMAT,
    FORMAT_VERSION,
    MANIFEST,
    ListedCall,
    ListedFile,
    Manifest,
    place_of,
    read_manifest,
    reviews_file,
    session_file,
    sound_file,
    to_json,
)
from simulator.store.bundle_shape import call_file, read_call, read_entries, recorded_s, review_file
from simulator.store.bundle_zip import ASK_AGAIN, StrangersZip, ZipDraft, shown
from simulator.store.reviews import Reviews
from simulator.store.sessions import Speaker, Store, WholeCall

_MAX_JSON_BYTES = 16 << 20  # a call of an hour needs less than a tenth
_MAX_RECORDING_BYTES = 128 << 20  # an hour at 16 kHz and 16 bits
_MAX_SOUND_S = 200 * 3600  # of all recordings together, which are decoded to be checked


@dataclass(frozen=True)
class ImportResult:
    """What an import did: ids of sessions that came in and of those that were here, and how many reviews changed."""

    added: tuple[str, ...]
    skipped: tuple[str, ...]
    entries_added: int
    entries_undone: int


class Bundle:
    """A bundle that was checked in full. It reads from the file that it was opened from, which must stay open.

    Raises:
        BundleError: while reading, when the file has changed since.
    """

    def __init__(self, archive: StrangersZip, manifest: Manifest) -> None:
        self.manifest = manifest
        self._archive = archive
        self._files = {file.name: file for file in manifest.files}
        self._hashes: dict[str, dict[tuple[int, Speaker], str]] = {session_id: {} for session_id in self.ids}
        for file in manifest.files:
            place = place_of(file.name)
            if place and place.number is not None and place.speaker:
                self._hashes[place.session_id][place.number, place.speaker] = file.sha256

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its sessions."""
        return tuple(call.id for call in self.manifest.sessions)

    def call(self, session_id: str) -> WholeCall:
        """A session without its sound."""
        name = session_file(session_id)
        return read_call(self._read(name, _MAX_JSON_BYTES), name)

    def entries(self, call: WholeCall) -> tuple[ReviewEntry, ...]:
        """What coaches wrote of a session."""
        name = reviews_file(call.session.head.id)
        return read_entries(self._read(name, _MAX_JSON_BYTES), name, call)

    def hashes(self, session_id: str) -> dict[tuple[int, Speaker], str]:
        """The SHA-256 of each recording of a session."""
        return self._hashes[session_id]

    def sounds(self, session_id: str) -> Iterator[tuple[int, Speaker, bytes]]:
        """The recordings of a session, one at a time."""
        for number, speaker in self.hashes(session_id):
            yield number, speaker, self._read(sound_file(session_id, number, speaker), _MAX_RECORDING_BYTES)

    def _read(self, name: str, most_bytes: int) -> bytes:
        raw = self._archive.read(name, most_bytes)
        listed = self._files.get(name)
        if listed is None or (len(raw), sha256(raw).hexdigest()) != (listed.size, listed.sha256):
            raise BundleError(
                f"The file {shown(name)} is not the one that was put into this bundle.", advice=ASK_AGAIN
            )
        return raw


# --- out ------------------------------------------------------------------------------------------


def write_bundle(store: Store, reviews: Reviews, ids: Iterable[str], file: BinaryIO, *, private: bool = True) -> None:
    """Write sessions into a file; `private` says whether private comments go with them.

    Raises:
        NotFoundError: there is no such session.
        BundleError: they are too many for one bundle.
    """
    heads: list[SessionHead] = []
    with ZipDraft(file) as draft:
        for session_id in sorted(set(ids)):
            call = store.whole(session_id)
            heads.append(call.session.head)
            draft.add(session_file(session_id), to_json(call_file(call)))
            entries = [entry for entry in reviews.of(session_id) if private or not is_private(entry)]
            draft.add(reviews_file(session_id), to_json(review_file(entries)))
            for number, speaker in sorted(store.lengths(session_id)):
                flac = store.recording(session_id, number, speaker)
                if flac and number in call.lines:  # a call that goes on meanwhile may have more
                    draft.add(sound_file(session_id, number, speaker), flac, squeeze=False)
        listed = tuple(map(ListedCall.of, heads))
        files = tuple(ListedFile(*file) for file in draft.files)
        draft.add(MANIFEST, to_json(Manifest(FORMAT, FORMAT_VERSION, __version__, listed, files)))


def export_bundle(
    store: Store, reviews: Reviews, ids: Collection[str], path: Path, *, private: bool = True, force: bool = False
) -> None:
    """As `write_bundle`, into a file that appears only when it is whole; `force` replaces one that is there.

    Raises:
        UsageError: no session was named, or the file is there, is no .zip, or cannot be written.
    """
    if not ids:
        raise UsageError("There is no session to export.", advice="`simulator practice` holds the first one.")
    if path.suffix.lower() != ".zip":
        raise UsageError(f"{path} does not end in .zip.", advice=f"Name the file last, for example {path.name}.zip.")
    if path.exists() and not force:
        raise UsageError(f"{path} is there already.", advice="Name another file, or type --force to replace it.")
    draft = path.with_name(f"{path.name}.new")
    try:
        try:
            with draft.open("wb") as file:
                write_bundle(store, reviews, ids, file, private=private)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error


def is_private(entry: ReviewEntry) -> bool:
    """Whether an entry is not for the candidate."""
    return isinstance(entry.review, Comment) and entry.review.private


# --- in -------------------------------------------------------------------------------------------


def read_bundle(file: BinaryIO) -> Bundle:
    """Open a bundle and check all of it: the zip, every name, hash, record and sound. Stores nothing.

    Raises:
        BundleError: anything in it is not as it must be.
    """
    archive = StrangersZip(file)
    manifest = read_manifest(archive.read(MANIFEST, _MAX_JSON_BYTES))
    _check_names(archive, manifest)
    bundle = Bundle(archive, manifest)
    entry_ids: set[str] = set()
    sound_s = 0.0
    for listed in manifest.sessions:
        call = bundle.call(listed.id)
        if ListedCall.of(call.session.head) != listed:
            raise BundleError(f"The manifest says something else of session {listed.id}.", advice=ASK_AGAIN)
        for entry in bundle.entries(call):
            if entry.id in entry_ids:
                raise BundleError(f"The entry {entry.id} of a coach is in this bundle twice.", advice=ASK_AGAIN)
            entry_ids.add(entry.id)
        for number, speaker, flac in bundle.sounds(listed.id):
            name = sound_file(listed.id, number, speaker)
            if number not in call.lines:
                raise BundleError(f"The recording {name} belongs to no turn.", advice=ASK_AGAIN)
            sound_s += recorded_s(flac, name)
            if sound_s > _MAX_SOUND_S:
                raise BundleError(f"This bundle holds more than {_MAX_SOUND_S // 3600} hours of sound.")
    return bundle


def import_bundle(store: Store, reviews: Reviews, bundle: Bundle) -> ImportResult:
    """Keep what is new in a bundle, all of it or nothing. A session that is here takes only new entries of coaches.

    Raises:
        BundleError: a session or an entry is here with another content.
        StoreError: it cannot be written.
    """
    here = {entry.id: (session_id, entry) for session_id, known in reviews.by_session().items() for entry in known}
    added: list[str] = []
    skipped: list[str] = []
    new: dict[str, list[ReviewEntry]] = {}
    undone: dict[str, str] = {}
    for session_id in bundle.ids:
        call = bundle.call(session_id)
        (skipped if _is_here(store, bundle, call) else added).append(session_id)
        for entry in bundle.entries(call):
            if entry.id not in here:
                new.setdefault(session_id, []).append(entry)
                continue
            its_session, known = here[entry.id]
            if its_session != session_id or replace(known, undone_at=None) != replace(entry, undone_at=None):
                raise _contradicts(f"An entry of {shown(entry.author)} on session {session_id}")
            if entry.undone_at and not known.undone_at:
                undone[entry.id] = entry.undone_at
    store.restore(((bundle.call(each), bundle.sounds(each)) for each in added), new, undone)
    return ImportResult(tuple(added), tuple(skipped), sum(map(len, new.values())), len(undone))


def _check_names(archive: StrangersZip, manifest: Manifest) -> None:
    listed = [file.name for file in manifest.files]
    ids = {call.id for call in manifest.sessions}
    if not ids:
        raise BundleError("This bundle holds no session.", advice=ASK_AGAIN)
    if len(set(listed)) < len(listed) or len(ids) < len(manifest.sessions):
        raise BundleError("The manifest of this bundle names something twice.", advice=ASK_AGAIN)
    for name in {*archive.names, *listed} - {MANIFEST}:
        place = place_of(name)
        if place is None or place.session_id not in ids:
            raise BundleError(f"The file {shown(name)} does not belong in a bundle.", advice=ASK_AGAIN)
    if stray := sorted(set(archive.names) - set(listed) - {MANIFEST}):
        raise BundleError(f"The file {shown(stray[0])} is not in the manifest of this bundle.", advice=ASK_AGAIN)
    if missing := sorted(set(listed) - set(archive.names)):
        raise BundleError(f"The file {shown(missing[0])} is missing in this bundle.", advice=ASK_AGAIN)


def _is_here(store: Store, bundle: Bundle, call: WholeCall) -> bool:
    session_id = call.session.head.id
    try:
        kept = store.whole(session_id)
    except NotFoundError:
        return False
    hashes = {key: sha256(store.recording(session_id, *key) or b"").hexdigest() for key in store.lengths(session_id)}
    if kept != call or hashes != bundle.hashes(session_id):
        raise _contradicts(f"Session {session_id}")
    return True


def _contradicts(what: str) -> BundleError:
    return BundleError(
        f"{what} is here already and reads otherwise than in this bundle; nothing was imported.",
        advice="Only one of the two can be kept: `simulator sessions delete` removes the session that is here.",
    )
