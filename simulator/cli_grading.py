"""`simulator grade` for JSON: turns and calls from other programs. Belongs to the door, `cli.py`."""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from simulator.errors import TranscriptError, UsageError
from simulator.grade_texts import Misfit, Result, grade_calls, grade_turns, read_calls, read_lines
from simulator.grading.loading import GraderInBackground

_MISFITS_SHOWN = 10


def grade_json(file: Path, out: Path) -> None:
    """Grade turns (.jsonl) or calls (.json) into a file, or onto the screen where it is `-`.

    Raises:
        TranscriptError: the file cannot be read, or some of it could not be graded; the rest is written.
        UsageError: the result cannot be written.
    """
    if file.resolve() == out.resolve():
        raise UsageError(f"{file} cannot be both read and written.", advice="Name another file after --json.")
    if file.suffix.lower() == ".jsonl":
        turns = read_lines(file)
        misfits = _write(grade_turns(turns, GraderInBackground()), out, "", "\n", "\n")
    else:
        calls, is_list = read_calls(file)
        marks = ("[\n", ",\n", "\n]\n") if is_list else ("", "", "\n")
        misfits = _write(_with_progress(grade_calls(calls, GraderInBackground()), len(calls)), out, *marks)
    if misfits:
        shown = [f"{misfit.where}: {misfit.problem}" for misfit in misfits[:_MISFITS_SHOWN]]
        more = len(misfits) - len(shown)
        listed = "\n".join([*shown, *([f"and {more} more"] if more else [])])
        raise TranscriptError(f"{len(misfits)} of {file.name} could not be graded:\n{listed}", advice="The rest was.")


def _write(results: Iterable[Result | Misfit], out: Path, first: str, between: str, last: str) -> list[Misfit]:
    misfits: list[Misfit] = []
    with _opened(out) as stream:
        gap = first
        for result in results:
            if isinstance(result, Misfit):
                misfits.append(result)
            else:
                stream.write(gap + json.dumps(result, ensure_ascii=False))
                gap = between
        stream.write((first if gap == first else "") + last)
    return misfits


@contextmanager
def _opened(out: Path) -> Iterator[TextIO]:
    if str(out) == "-":
        yield sys.stdout
        return
    try:
        stream = out.open("w", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}.") from error
    with stream:
        yield stream


def _with_progress(results: Iterable[Result | Misfit], count: int) -> Iterable[Result | Misfit]:
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(results, "Grading", count, console=console, disable=count == 1 or not console.is_terminal)
