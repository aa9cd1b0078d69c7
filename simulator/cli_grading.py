"""`simulator grade`: recordings, transcripts, and JSON from other programs. Belongs to the door, `cli.py`."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from rich.markup import escape

from simulator.audio.files import spread_folders
from simulator.baseline import baseline_in
from simulator.cases import Case
from simulator.cli_lists import console_for
from simulator.errors import AudioError, TranscriptError, UsageError
from simulator.grade_files import TRANSCRIPT_SUFFIXES, Grading, grade_recording, grade_transcript
from simulator.grade_texts import Misfit, Result, grade_calls, grade_turns, read_calls, read_lines
from simulator.grading.loading import GraderInBackground
from simulator.records import VoiceProfile
from simulator.report import assessed, session_json, write_json
from simulator.scenarios import Scenario, find_scenario
from simulator.terminal import show_report, show_transcript
from simulator.transcription import Transcriber, open_transcriber

_MISFITS_SHOWN = 10


@dataclass(frozen=True)
class Sides:
    """Recordings beside the one that is graded: the same speaker's ordinary voice, and the customer's side."""

    baseline: Path | None
    customer: Path | None


def grade_spoken(
    inputs: Sequence[Path], scenario: str | None, whisper: str | None, sides: Sides, json_file: Path | None
) -> None:
    """Grade recordings and transcripts one after the other; one that fails does not stop the others.

    Raises:
        CalmlineError: something could not be graded; the rest is shown and written.
    """
    files = spread_folders(inputs)
    if sides.customer and len(files) > 1:
        raise UsageError("--customer belongs to one recording.", advice=f"simulator grade {files[0]} --customer ...")
    case = find_scenario(scenario) if scenario else None
    console = console_for(json_file)
    transcriber: Transcriber | None = None
    if any(file.suffix.lower() not in TRANSCRIPT_SUFFIXES for file in files):
        transcriber, notice = open_transcriber(whisper)
        if notice:
            console.print(f"[yellow]{notice}[/]")
    baseline = baseline_in(sides.baseline) if sides.baseline else None
    work = _Work(case, transcriber, GraderInBackground(), baseline, sides.customer)
    results, failures = [], []
    for file in files:
        if len(files) > 1:
            console.rule(escape(str(file)), align="left")
        try:
            grading = work.grade(file)
        except (AudioError, TranscriptError) as error:
            if len(files) == 1:
                raise
            console.print(f"[red]{escape(str(error))}[/]")
            failures.append(error.message)
            continue
        assessment = assessed(grading.session, case.case if case else Case())
        show_transcript(console, grading.session.turns)
        show_report(console, grading.session, assessment)
        results.append(session_json(grading.session, assessment))
        if grading.damage:
            failures.append(grading.damage)
    if json_file:
        several = len(inputs) > 1 or inputs[0].is_dir()
        write_json(results if several else results[0], json_file)
    if failures and len(files) == 1:
        raise AudioError(failures[0], advice="What could be read was graded.")
    if failures:
        named = "\n".join(failures)
        raise AudioError(
            f"{len(failures)} of {len(files)} could not be read whole:\n{named}", advice="The rest was graded."
        )


@dataclass(frozen=True)
class _Work:
    """What every file of a run is graded with."""

    case: Scenario | None
    transcriber: Transcriber | None
    grader: GraderInBackground
    baseline: VoiceProfile | None
    customer: Path | None

    def grade(self, file: Path) -> Grading:
        """One file."""
        if file.suffix.lower() in TRANSCRIPT_SUFFIXES or self.transcriber is None:
            return grade_transcript(file, self.case, self.grader)
        return grade_recording(file, self.case, self.transcriber, self.grader, self.baseline, self.customer)


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
