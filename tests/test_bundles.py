"""Bundles: what was exported comes back unchanged, and nothing of a faulty or dangerous one is kept."""

import io
import json
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.audio.files import encode_flac
from simulator.errors import BundleError, NotFoundError, StoreError, UsageError
from simulator.records import Audio, Behaviour, Comment, CustomerLine, LabelChange, LevelChange, WholeCallHeard
from simulator.store import bundle_zip, bundles
from simulator.store.bundle_manifest import place_of
from simulator.store.bundles import ImportResult, export_bundle, import_bundle, read_bundle, write_bundle
from simulator.store.database import Database
from simulator.store.listing import list_sessions
from simulator.store.reviews import Reviews
from simulator.store.sessions import Speaker, Store
from tests.conftest import Run
from tests.test_store import SCENARIO, head, save_call

ID, BROKEN_OFF = "20260101-120000-abcd", "20260102-120000-abcd"
CALL, REVIEWS, SOUND = f"{ID}/session.json", f"{ID}/reviews.json", f"{ID}/turn-00-candidate.flac"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Desk:
    """The sessions and reviews of one machine."""

    database: Database
    store: Store
    reviews: Reviews

    def export(self, *ids: str, private: bool = True) -> bytes:
        file = io.BytesIO()
        write_bundle(self.store, self.reviews, ids or [row.id for row in self.list()], file, private=private)
        return file.getvalue()

    def take(self, bundle: bytes) -> ImportResult:
        return import_bundle(self.store, self.reviews, read_bundle(io.BytesIO(bundle)))

    def list(self) -> tuple[Any, ...]:
        return list_sessions(self.database)


def desk_in(folder: Path, name: str) -> Desk:
    database = Database(f"sqlite:///{folder / name}.db")
    return Desk(database, Store(database), Reviews(database))


@pytest.fixture
def desk(tmp_path: Path) -> Callable[[str], Desk]:
    return lambda name: desk_in(tmp_path, name)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bundle of the whole call."""
    return filled(desk_in(tmp_path_factory.mktemp("exported"), "candidate")).export(ID)


def filled(made: Desk) -> Desk:
    """With a whole call, a call that broke off in its second answer, and a review of each kind."""
    session = save_call(made.store, ID)
    made.store.begin(head(BROKEN_OFF), SCENARIO)
    flac = encode_flac(Audio(np.zeros(1600, np.float32)))
    made.store.save_heard(BROKEN_OFF, 0, session.turns[0].customer, {Speaker.CUSTOMER: flac})
    made.store.save_turn(BROKEN_OFF, session.turns[0])
    made.store.save_heard(BROKEN_OFF, 1, CustomerLine("And now?", "pressing"), {Speaker.CANDIDATE: flac})
    made.reviews.add(ID, "Ana", Comment("Slower.", 1, start_s=2.5, private=True))
    made.reviews.add(ID, "Ana", LabelChange(0, 0, Behaviour.OWN, present=True), "she said so")
    undone = made.reviews.add(ID, "Ben", LevelChange("options", None))
    made.reviews.undo(ID, undone.id, "Ben")
    made.reviews.add(BROKEN_OFF, "Ben", WholeCallHeard())
    return made


@pytest.fixture
def candidate(desk: Callable[[str], Desk]) -> Desk:
    return filled(desk("candidate"))


@pytest.fixture
def coach(desk: Callable[[str], Desk]) -> Desk:
    return desk("coach")


# --- there and back -------------------------------------------------------------------------------


def test_a_bundle_opens_unchanged_on_another_machine(candidate: Desk, coach: Desk) -> None:
    result = coach.take(candidate.export())
    assert result == ImportResult((ID, BROKEN_OFF), (), 4, 0)
    assert coach.list() == candidate.list()
    for session_id in (ID, BROKEN_OFF):
        assert coach.store.whole(session_id) == candidate.store.whole(session_id)
        assert coach.reviews.of(session_id) == candidate.reviews.of(session_id)
        assert coach.store.lengths(session_id) == candidate.store.lengths(session_id) != {}
        for key in candidate.store.lengths(session_id):
            assert coach.store.recording(session_id, *key) == candidate.store.recording(session_id, *key)
    assert coach.store.load(BROKEN_OFF)[0].unheard == 1


def test_a_second_export_is_the_same_file(candidate: Desk, coach: Desk) -> None:
    bundle = candidate.export()
    coach.take(bundle)
    assert coach.export() == bundle


def test_the_manifest_names_the_rubric_and_the_grader(candidate: Desk) -> None:
    [listed] = read_bundle(io.BytesIO(candidate.export(ID))).manifest.sessions
    assert (listed.id, listed.rubric, listed.grader) == (ID, "1", "keywords")


def test_private_comments_can_stay_at_home(candidate: Desk, coach: Desk) -> None:
    coach.take(candidate.export(private=False))
    assert coach.reviews.of(ID) == tuple(e for e in candidate.reviews.of(ID) if not isinstance(e.review, Comment))


def test_a_second_import_adds_nothing(candidate: Desk, coach: Desk) -> None:
    coach.take(candidate.export())
    before = coach.export()
    assert coach.take(candidate.export()) == ImportResult((), (ID, BROKEN_OFF), 0, 0)
    assert coach.export() == before


def test_the_comments_of_a_coach_come_home(candidate: Desk, coach: Desk) -> None:
    coach.take(candidate.export())
    wrong = coach.reviews.add(ID, "Cleo", LevelChange("calm", 1))
    assert candidate.take(coach.export()).entries_added == 1
    coach.reviews.undo(ID, wrong.id, "Cleo")
    right = coach.reviews.add(ID, "Cleo", LevelChange("calm", 2))
    candidate.reviews.add(ID, "Ana", WholeCallHeard())
    assert candidate.take(coach.export()) == ImportResult((), (ID, BROKEN_OFF), 1, 1)
    at_home = {entry.id: entry for entry in candidate.reviews.of(ID)}
    assert at_home[right.id] == right
    assert at_home[wrong.id].undone_at
    assert len(at_home) == 6


def test_an_older_bundle_does_not_bring_back_what_was_undone(candidate: Desk, coach: Desk) -> None:
    entry = candidate.reviews.add(ID, "Cleo", LevelChange("calm", 1))
    older = candidate.export()
    candidate.reviews.undo(ID, entry.id, "Cleo")
    assert candidate.take(older).entries_undone == 0
    assert next(e for e in candidate.reviews.of(ID) if e.id == entry.id).undone_at


# --- what is here already -------------------------------------------------------------------------


def test_a_session_with_another_content_is_refused_with_the_whole_bundle(candidate: Desk, coach: Desk) -> None:
    session = save_call(coach.store, ID)
    coach.store.finish(replace(session, closing="Goodbye."))
    with pytest.raises(BundleError, match="is here already and reads otherwise"):
        coach.take(candidate.export())
    assert [row.id for row in coach.list()] == [ID]
    assert coach.reviews.of(ID) == ()


def test_a_session_with_another_sound_is_refused(candidate: Desk, coach: Desk) -> None:
    other = encode_flac(Audio(np.zeros(16_000, np.float32)))
    with pytest.raises(BundleError, match="reads otherwise"):
        candidate.take(remade(candidate.export(), {SOUND: other}))
    coach.take(remade(candidate.export(), {SOUND: other}))


def test_an_entry_with_another_content_is_refused(candidate: Desk) -> None:
    forged = changed_json(candidate.export(ID), REVIEWS, lambda content: content["entries"][0].update(author="Eve"))
    before = candidate.export()
    with pytest.raises(BundleError, match="An entry of 'Eve'"):
        candidate.take(forged)
    assert candidate.export() == before


def test_an_import_that_fails_in_the_middle_leaves_nothing(
    candidate: Desk, coach: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = read_bundle(io.BytesIO(candidate.export()))
    sounds = bundle.sounds

    def disk_fails_at_the_second(session_id: str) -> Iterator[tuple[int, Speaker, bytes]]:
        if session_id == BROKEN_OFF:
            raise StoreError("The disk failed.")
        return sounds(session_id)

    monkeypatch.setattr(bundle, "sounds", disk_fails_at_the_second)
    with pytest.raises(StoreError):
        import_bundle(coach.store, coach.reviews, bundle)
    assert coach.list() == ()


def test_a_file_that_changes_after_the_check_leaves_nothing(candidate: Desk, coach: Desk) -> None:
    raw = candidate.export()
    file = io.BytesIO(raw)
    bundle = read_bundle(file)
    file.seek(raw.index(b"fLaC") + 60)
    file.write(b"another sound")
    with pytest.raises(BundleError):
        import_bundle(coach.store, coach.reviews, bundle)
    assert coach.list() == ()


# --- attacks --------------------------------------------------------------------------------------


def files_of(bundle: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: dict[str, bytes], *more: tuple[zipfile.ZipInfo | str, bytes], packed: int = 8) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packed) as archive:
        for name, raw in (*files.items(), *more):
            archive.writestr(name, raw)
    return file.getvalue()


def remade(bundle: bytes, changed: dict[str, bytes], renamed: tuple[str, str] = ("", "")) -> bytes:
    """A bundle with other files in it and a manifest that fits them."""
    files = {name.replace(*renamed) if renamed[0] else name: raw for name, raw in files_of(bundle).items()}
    files.update(changed)
    manifest = json.loads(files.pop(MANIFEST))
    manifest["files"] = [
        {"name": name, "size": len(raw), "sha256": sha256(raw).hexdigest()} for name, raw in files.items()
    ]
    return zipped({**files, MANIFEST: json.dumps(manifest).encode()})


def changed_json(bundle: bytes, name: str, change: Callable[[Any], Any]) -> bytes:
    content = json.loads(files_of(bundle)[name])
    change(content)
    raw = json.dumps(content).encode()
    return zipped({**files_of(bundle), name: raw}) if name == MANIFEST else remade(bundle, {name: raw})


def with_entry(bundle: bytes, name: str, raw: bytes = b"x", attributes: int = 0) -> bytes:
    entry = zipfile.ZipInfo("a")
    entry.filename = name  # as it is: the constructor tidies some names
    entry.external_attr = attributes << 16
    return zipped(files_of(bundle), (entry, raw))


def with_bits(bundle: bytes, name: str, at: int, value: bytes) -> bytes:
    """The bundle with bytes of the directory's record of a file replaced."""
    raw = bytearray(bundle)
    start = raw.rindex(name.encode()) - 46
    raw[start + at : start + at + len(value)] = value
    return bytes(raw)


def with_end(bundle: bytes, at: int, value: bytes) -> bytes:
    start = len(bundle) - 22 + at
    return bundle[:start] + value + bundle[start + len(value) :]


def sound(rate_hz: int = 16_000, channels: int = 1, kind: str = "FLAC") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, np.zeros((1600, channels)), rate_hz, format=kind, subtype="PCM_16")
    return file.getvalue()


def set_in(*path: Any, to: Any) -> Callable[[Any], None]:
    def change(content: Any) -> None:
        for key in path[:-1]:
            content = content[key]
        content[path[-1]] = to

    return change


NAMES = {
    "upwards": "../evil.flac",
    "upwards inside": f"{ID}/../../session.json",
    "absolute": "/etc/cron.d/evil",
    "backslashes": f"{ID}\\..\\..\\evil.flac",
    "drive letter": "C:/evil.flac",
    "share": "//server/share/evil.flac",
    "folder": f"{ID}/more/",
    "NUL": f"{ID}/turn-09-candidate.flac\0.exe",
    "new line": f"{ID}/session.json\n",
    "other digits": f"{ID}/turn-٠٣-candidate.flac",
    "other session": "20990101-120000-abcd/session.json",
    "program": f"{ID}/run.exe",
    "not in the manifest": f"{ID}/turn-09-candidate.flac",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_a_file_that_does_not_belong_is_refused(exported: bytes, coach: Desk, name: str) -> None:
    refuses(coach, with_entry(exported, name), "does not belong|not in the manifest|two names")


Attack = tuple[Callable[[bytes], bytes], str]
ZIP_ATTACKS: dict[str, Attack] = {
    "not a zip": (lambda b: b"This is a letter, no bundle.", "not a zip"),
    "nothing": (lambda b: b"", "not a zip"),
    "an empty zip": (lambda b: zipped({}), "is empty"),
    "cut off": (lambda b: b[: len(b) // 2], "breaks off"),
    "its last byte is gone": (lambda b: b[:-1], "breaks off"),
    "its beginning is gone": (lambda b: b[300:], "not a zip"),
    "a zip of something else": (lambda b: zipped({"letter.txt": b"Dear"}), "manifest.json' is missing"),
    "a name twice": (lambda b: with_entry(b, f"{ID}/sessiom.json").replace(b"sessiom", b"session"), "is in it twice"),
    "a link": (lambda b: with_entry(b, f"{ID}/turn-09-candidate.flac", b"/etc/passwd", stat.S_IFLNK | 0o777), "link"),
    "a device": (lambda b: with_entry(b, f"{ID}/turn-09-candidate.flac", b"", stat.S_IFCHR | 0o666), "special file"),
    "encrypted": (lambda b: with_bits(b, CALL, 8, b"\x01\x08"), "is encrypted"),
    "LZMA": (lambda b: zipped(files_of(b), packed=zipfile.ZIP_LZMA), "packed in a way"),
    "bzip2": (lambda b: zipped(files_of(b), packed=zipfile.ZIP_BZIP2), "packed in a way"),
    "a bomb": (lambda b: remade(b, {REVIEWS: b" " * (2 << 20)}), "200 times its size"),
    "more than 2 GiB": (
        lambda b: with_bits(with_bits(b, SOUND, 24, b"\0\0\0\x7f"), SOUND, 20, b"\0\0\0\x7f"),
        "more than 1.9 GiB",
    ),
    "a length that is too small": (lambda b: with_bits(b, CALL, 24, struct.pack("<L", 100)), "damaged"),
    "a length that is too large": (
        lambda b: with_bits(b, CALL, 24, struct.pack("<L", 900_000)),
        "smaller than it says",
    ),
    "a place outside the file": (lambda b: with_bits(b, CALL, 42, b"\xff\xff\xff\x7f"), "damaged"),
    "too many files": (lambda b: with_end(b, 10, b"\xfe\xff"), "more than 20000 files"),
    "a directory without end": (lambda b: with_end(b, 12, b"\0\0\0\x7f"), "more than 20000 files"),
    "two ends": (lambda b: b[:-22] + b"PK\6\7" + bytes(16) + b[-22:], "more than 20000 files"),
    "a letter in a recording": (lambda b: b[: (at := b.index(b"fLaC") + 50)] + b"letter" + b[at + 6 :], "damaged"),
}
CONTENT_ATTACKS: dict[str, Attack] = {
    "a newer format": (
        lambda b: changed_json(b, MANIFEST, lambda m: m.update(format_version=2, more=1)),
        "has format 2; this Calmline reads up to 1. Type `pip install --upgrade",
    ),
    "format zero": (lambda b: changed_json(b, MANIFEST, set_in("format_version", to=0)), "has format 0"),
    "a number as text": (lambda b: changed_json(b, MANIFEST, set_in("format_version", to="1")), "format_version"),
    "another format": (lambda b: changed_json(b, MANIFEST, set_in("format", to="photos")), "no bundle of sessions"),
    "no sessions": (lambda b: changed_json(b, MANIFEST, set_in("sessions", to=[])), "holds no session"),
    "a session twice": (
        lambda b: changed_json(b, MANIFEST, lambda m: m["sessions"].extend(m["sessions"])),
        "names something twice",
    ),
    "a file twice": (
        lambda b: changed_json(b, MANIFEST, lambda m: m["files"].append(m["files"][0])),
        "names something twice",
    ),
    "another hash": (lambda b: changed_json(b, MANIFEST, set_in("files", 0, "sha256", to="0" * 64)), "not the one"),
    "another size": (lambda b: changed_json(b, MANIFEST, set_in("files", 0, "size", to=7)), "not the one"),
    "another file": (lambda b: zipped({**files_of(b), SOUND: sound()}), "not the one"),
    "another grader": (
        lambda b: changed_json(b, MANIFEST, set_in("sessions", 0, "grader", to="x")),
        "something else",
    ),
    "a recording is gone": (
        lambda b: zipped({n: raw for n, raw in files_of(b).items() if n != SOUND}),
        "candidate.flac' is missing",
    ),
    "the reviews are gone": (
        lambda b: changed_json(
            zipped({n: raw for n, raw in files_of(b).items() if n != REVIEWS}),
            MANIFEST,
            lambda m: m.update(files=[file for file in m["files"] if file["name"] != REVIEWS]),
        ),
        "reviews.json' is missing",
    ),
    "no JSON": (lambda b: remade(b, {CALL: b"hello"}), "Invalid JSON"),
    "JSON without end": (lambda b: remade(b, {CALL: b"[" * 100_000}), "Invalid JSON"),
    "not UTF-8": (lambda b: remade(b, {CALL: b'{"head": "\xff"}'}), "Invalid JSON"),
    "a missing field": (lambda b: changed_json(b, CALL, lambda c: c.pop("ending")), "at ending"),
    "a field that is not known": (lambda b: changed_json(b, CALL, set_in("\x1b[2Jevil", to=1)), "at .x1b.2Jevil"),
    "a wrong type": (lambda b: changed_json(b, CALL, set_in("turns", 0, "graded", "index", to="0")), "valid integer"),
    "no number": (
        lambda b: changed_json(b, CALL, set_in("turns", 0, "graded", "reaction", "mood", "anger", to=float("inf"))),
        "finite number",
    ),
    "half a character": (lambda b: changed_json(b, CALL, set_in("closing", to="\ud800")), "Invalid JSON"),
    "a call under another id": (lambda b: changed_json(b, CALL, set_in("head", "id", to=BROKEN_OFF)), "not that of"),
    "another scenario": (lambda b: changed_json(b, CALL, set_in("head", "scenario", to="x")), "scenario is another"),
    "no time": (lambda b: changed_json(b, CALL, set_in("head", "started_at", to="yesterday")), "start is no time"),
    "a turn left out": (lambda b: changed_json(b, CALL, lambda c: c["turns"].pop(1)), "not numbered"),
    "a turn twice": (lambda b: changed_json(b, CALL, lambda c: c["turns"].append(c["turns"][0])), "not numbered"),
    "a grade elsewhere": (
        lambda b: changed_json(b, CALL, set_in("turns", 0, "graded", "index", to=3)),
        "grade stands at another turn",
    ),
    "a level of 5": (
        lambda b: changed_json(b, CALL, set_in("assessment", "levels", "calm", to=5)),
        "level is not 0 to 4",
    ),
    "evidence of nothing": (
        lambda b: changed_json(
            b, CALL, set_in("assessment", "scorecard", "rows", 0, "evidence", to={"turn": 99, "text": "x"})
        ),
        "evidence names a turn",
    ),
    "a review of no kind": (
        lambda b: changed_json(b, REVIEWS, set_in("entries", 0, "review", to={"kind": "x"})),
        "at entries.0",
    ),
    "a comment on no turn": (
        lambda b: changed_json(b, REVIEWS, set_in("entries", 0, "review", "turn", to=99)),
        "turn or sentence that is not there",
    ),
    "a label on no sentence": (
        lambda b: changed_json(b, REVIEWS, set_in("entries", 1, "review", "sentence", to=-1)),
        "turn or sentence that is not there",
    ),
    "an entry twice": (
        lambda b: changed_json(b, REVIEWS, lambda r: r["entries"].append(r["entries"][0])),
        "in this bundle twice",
    ),
    "the id of an entry": (lambda b: changed_json(b, REVIEWS, set_in("entries", 0, "id", to="../x")), "is none"),
    "the time of an entry": (lambda b: changed_json(b, REVIEWS, set_in("entries", 0, "at", to="")), "is none"),
    "no sound": (lambda b: remade(b, {SOUND: b"MZ, a program"}), "no recording"),
    "half a sound": (lambda b: remade(b, {SOUND: files_of(b)[SOUND][:-100]}), "no recording"),
    "a WAV": (lambda b: remade(b, {SOUND: sound(kind="WAV")}), "FLAC, mono, 16 kHz"),
    "8 kHz": (lambda b: remade(b, {SOUND: sound(rate_hz=8000)}), "FLAC, mono, 16 kHz"),
    "stereo": (lambda b: remade(b, {SOUND: sound(channels=2)}), "FLAC, mono, 16 kHz"),
    "a sound of no turn": (
        lambda b: remade(b, {}, renamed=("turn-00", "turn-77")),
        "belongs to no turn",
    ),
}


@pytest.mark.parametrize(("attack", "said"), ZIP_ATTACKS.values(), ids=ZIP_ATTACKS.keys())
def test_a_zip_that_is_faulty_or_a_trick_is_refused(
    exported: bytes, coach: Desk, attack: Callable[[bytes], bytes], said: str
) -> None:
    refuses(coach, attack(exported), said)


@pytest.mark.parametrize(("attack", "said"), CONTENT_ATTACKS.values(), ids=CONTENT_ATTACKS.keys())
def test_a_content_that_does_not_fit_is_refused(
    exported: bytes, coach: Desk, attack: Callable[[bytes], bytes], said: str
) -> None:
    refuses(coach, attack(exported), said)


def refuses(desk: Desk, bundle: bytes, said: str) -> None:
    with pytest.raises(BundleError, match=said) as error:
        desk.take(bundle)
    assert "\x1b" not in str(error.value)
    assert desk.list() == ()


def test_a_silence_of_many_hours_is_not_decoded(
    candidate: Desk, coach: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.store.bundle_shape.MAX_RECORDING_S", 0.5)
    refuses(coach, candidate.export(ID), "longer than an hour")


def test_the_sound_of_a_whole_bundle_has_a_limit(
    candidate: Desk, coach: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundles, "_MAX_SOUND_S", 2)
    refuses(coach, candidate.export(ID), "hours of sound")


def test_what_is_too_large_to_be_read_is_not_written(candidate: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_zip, "MAX_FILES", 5)
    with pytest.raises(BundleError, match="too many for one bundle"):
        candidate.export()


def test_a_bundle_that_was_packed_again_opens(candidate: Desk, coach: Desk) -> None:
    again = zipped(dict(reversed(files_of(candidate.export()).items())))
    assert coach.take(again).added == (ID, BROKEN_OFF)


STRANGE = st.text(st.sampled_from("./\\:~\0 abcd0123456789-_turnCONflacjson" + "\n٣")) | st.text()
NEARLY = st.builds(lambda head, tail: f"{head}{ID}/{tail}", st.sampled_from(["", "/", "../", "C:"]), STRANGE)


@given(STRANGE | NEARLY | st.from_regex(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{4}/turn-\d+-c[a-z]+\.flac"))
def test_no_name_that_is_accepted_leads_out_of_its_folder(name: str) -> None:
    place = place_of(name)
    if place:
        for path in (PurePosixPath(name), PureWindowsPath(name)):
            assert not path.is_absolute()
            assert not path.drive
            assert path.parts[0] == place.session_id
            assert len(path.parts) == 2
            assert ".." not in path.parts
        assert name.isascii()
        assert name.isprintable()


def test_whatever_byte_is_wrong_the_bundle_is_refused_or_reads_the_same(candidate: Desk) -> None:
    whole = candidate.export(BROKEN_OFF)
    call = candidate.store.whole(BROKEN_OFF)

    @settings(max_examples=150, deadline=None)
    @given(st.integers(0, len(whole) - 1), st.integers(1, 255))
    def check(at: int, change: int) -> None:
        raw = bytearray(whole)
        raw[at] ^= change
        try:
            bundle = read_bundle(io.BytesIO(bytes(raw)))
        except BundleError:
            return
        assert bundle.call(BROKEN_OFF) == call
        assert all(candidate.store.recording(BROKEN_OFF, n, s) == flac for n, s, flac in bundle.sounds(BROKEN_OFF))

    check()


# --- the file -------------------------------------------------------------------------------------


def test_a_file_is_replaced_only_by_force(candidate: Desk, tmp_path: Path) -> None:
    path = tmp_path / "calls.zip"
    path.write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        export_bundle(candidate.store, candidate.reviews, [ID], path)
    assert path.read_text() == "mine"
    export_bundle(candidate.store, candidate.reviews, [ID], path, force=True)
    assert path.read_bytes() == candidate.export(ID)


def test_an_export_that_fails_leaves_no_file(candidate: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    with pytest.raises(NotFoundError):
        export_bundle(candidate.store, candidate.reviews, [ID, "20990101-120000-abcd"], folder / "calls.zip")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(("ids", "name", "said"), [([], "a.zip", "no session"), ([ID], "last", "end in .zip")])
def test_an_export_says_what_it_needs(candidate: Desk, tmp_path: Path, ids: list[str], name: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        export_bundle(candidate.store, candidate.reviews, ids, tmp_path / name)


def test_the_command_carries_calls_from_one_machine_to_another(run: Run, tmp_path: Path) -> None:
    save_call(Store(), ID)
    Reviews().add(ID, "Ana", Comment("Slower.", 1, private=True))
    path = tmp_path / "calls.zip"
    out = run("sessions", "export", ID[:8], path)
    assert (out.returncode, out.stderr) == (0, "")
    assert "calls.zip (1 session)" in out.stdout
    assert "Private comments are among them" in out.stdout
    there = run("sessions", "import", path, CALMLINE_DATA_DIR=str(tmp_path / "there"))
    assert (there.returncode, there.stderr) == (0, "")
    assert there.stdout == f"Session {ID} is added.\n1 comment or correction came in.\n"
