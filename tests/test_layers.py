"""Imports run down the floors only, and heavy packages stay inside their one adapter."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import simulator

PACKAGE = Path(simulator.__file__).parent
# A room may import from its own floor only where the table of the islands says so, and from floors below.
FLOORS = [
    {"errors", "records", "cases"},
    {"bench.figures", "settings", "rules", "scenarios", "model_files", "audio.files", "audio.resampling"},
    {
        "audio.devices",
        "audio.vad",
        "audio.endpointing",
        "transcription.whisper",
        "transcription.sphinx",
        "voice",
        "grading.amounts",
        "grading.acoustics",
        "grading.tone",
        "grading.voice_profile",
        "grading.filled_pauses",
        "grading.encoders",
        "grading.behaviours",
        "grading.vectors",
        "grading.keywords",
        "grading.matching",
        "grading.sentences",
        "grading.fillers",
        "grading.rubric_rules",
        "store.schema",
        "store.bundle_zip",
        "store.voice_baseline",
        "training.speakers",
    },
    {
        "training.base_model",
        "training.corpus",
        "listening",
        "transcription",
        "grading.pace",
        "grading.turn_sound",
        "grading.turns",
        "grading.loading",
        "grading.call",
        "store.summary",
        "store.migrations",
        "store.database",
        "page.timeline",
        "page.templates",
        "training.hesitations",
    },
    {
        "baseline",
        "grading.delivery",
        "page.charts",
        "training.train_filled_pauses",
        "training.metrics",
        "training.mishear",
        "training.hear",
        "training.matching",
        "grading.faults",
        "candidates",
        "transcription.aside",
        "store.sessions",
        "store.listing",
        "store.reviews",
    },
    {
        "training.baselines",
        "training.calibrate",
        "progress",
        "memorised",
        "grading.levels",
        "grading.advice",
        "attempts",
        "grading.scorecard",
        "grading.delivery_rows",
        "customer.events",
        "store.bundle_manifest",
        "store.bundle_shape",
    },
    {"grading.rubric", "verdict", "customer.mood", "customer.dialogue", "store.bundles", "class_table"},
    {"report", "review", "comparison", "customer.caller", "next_scenario"},
    {"roleplay", "agreement", "corrections", "typed_turn", "call_parts"},
    {"grade_files", "grade_texts", "terminal", "doctor", "what_if"},
    {"authoring", "page.build", "rehearsal", "scripted", "training.agreement", "training.levels"},
    {"training.evaluate"},
    {
        "coach.call_list",
        "coach.call_sound",
        "coach.call_data",
        "coach.guard",
        "coach.line",
        "coach.equipment",
        "training.change",
    },
    {"coach.desk", "coach.ranges", "coach.browser_candidate", "coach.telling", "training.train"},
    {"coach.api", "coach.rendering", "coach.calls", "training.train_matching"},
    {"coach.study_api", "coach.pages", "coach.practice"},
    {"coach.app"},
    {"coach.server", "cli_lists", "cli_grading"},
    {
        "cli",
        "bench.customers",
        "bench.delivery",
        "bench.evaluate",
        "bench.speed",
        "bench.desk",
        "bench.practice_load",
        "bench.docs",
    },
]
# Rooms on one floor that build on each other.
SAME_FLOOR = {
    ("scenarios", "rules"),
    ("scenarios", "settings"),
    ("rules", "settings"),
    ("model_files", "settings"),
    ("bench.figures", "settings"),
    ("grading.behaviours", "grading.encoders"),
    ("grading.vectors", "grading.encoders"),
    ("grading.vectors", "grading.matching"),
    ("grading.matching", "grading.amounts"),
    ("grading.filled_pauses", "grading.acoustics"),
    ("grading.voice_profile", "grading.acoustics"),
    ("grading.tone", "grading.acoustics"),
    ("grading.tone", "grading.voice_profile"),
    ("grading.tone", "grading.rubric_rules"),
    ("grading.scorecard", "grading.delivery_rows"),
    ("cli_grading", "cli_lists"),
    ("store.database", "store.migrations"),
    ("store.migrations", "store.summary"),
    ("store.bundle_shape", "store.bundle_manifest"),
}
ONLY_HERE = {
    "sounddevice": {"audio.devices"},
    "pyttsx3": {"voice"},
    "faster_whisper": {"transcription.whisper"},
    "pocketsphinx": {"transcription.sphinx"},
    "sqlalchemy": {
        "store.schema",
        "store.database",
        "store.summary",
        "store.migrations",
        "store.listing",
        "store.reviews",
        "store.sessions",
    },
    "onnxruntime": {"audio.vad"},
    "swift_f0": {"grading.acoustics"},
    "matplotlib": {"page.charts"},
    "jinja2": {"page.templates", "coach.rendering"},
    "fastapi": {
        "coach.api",
        "coach.app",
        "coach.pages",
        "coach.practice",
        "coach.rendering",
        "coach.server",
        "coach.study_api",
    },
    "uvicorn": {"coach.server"},
    "typer": {"cli", "cli_lists"},
    "torch": {
        "grading.behaviours",
        "grading.encoders",
        "grading.vectors",
        "training.baselines",
        "training.calibrate",
        "training.evaluate",
        "training.matching",
        "training.metrics",
        "training.train",
        "training.train_filled_pauses",
        "training.train_matching",
    },
    "transformers": {
        "grading.behaviours",
        "grading.encoders",
        "grading.vectors",
        "training.base_model",
        "training.matching",
        "training.train",
        "training.train_matching",
    },
}


def room_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def rooms() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        room = room_of(path)
        if room not in {
            "__init__",
            "__main__",
            "audio",
            "grading",
            "customer",
            "store",
            "bench",
            "training",
            "page",
            "coach",
        }:
            yield room, path


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            if node.module.startswith("simulator"):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def floor_of(room: str) -> int | None:
    return next((number for number, floor in enumerate(FLOORS) if room in floor), None)


@pytest.mark.parametrize(("room", "path"), list(rooms()), ids=[room for room, _ in rooms()])
def test_a_room_imports_only_from_floors_below(room: str, path: Path) -> None:
    floor = floor_of(room)
    assert floor is not None, f"{room} stands on no floor: add it to FLOORS"
    for name in imported(path):
        other = name.removeprefix("simulator.")
        below = floor_of(other)
        if name.startswith("simulator.") and below is not None and other != room:
            assert below < floor or (room, other) in SAME_FLOOR, f"{room} imports {other}, which is not below it"


@pytest.mark.parametrize("package", ONLY_HERE)
def test_a_heavy_package_has_one_adapter(package: str) -> None:
    users = {room for room, path in rooms() if any(name.split(".")[0] == package for name in imported(path))}
    assert users == ONLY_HERE[package]
