"""A rehearsal on this machine: joins the parts of a call from a person's choices and shows it."""

import random
from collections.abc import Callable, Generator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from simulator.audio.devices import Loudspeaker, Microphone
from simulator.audio.files import recordings_in
from simulator.audio.vad import VoiceDetector
from simulator.candidates import Candidate, LiveCandidate, RecordedCandidate, TypedCandidate
from simulator.customer.caller import Caller
from simulator.errors import DeviceError
from simulator.grading.keywords import KeywordGrader
from simulator.records import Audio
from simulator.report import assessed, session_json, write_json
from simulator.roleplay import CallEvent, Ended, Parts, hold_call
from simulator.scenarios import find_scenario
from simulator.store.sessions import Store
from simulator.terminal import CallScreen, show_briefing
from simulator.transcription import open_transcriber
from simulator.voice import Voice

_SEEDS = 10_000  # short enough to be typed again


@dataclass(frozen=True)
class Choices:
    """What a person chose on the command line. `echo` plays the recorded answers too."""

    scenario: str
    difficulty: str
    seed: int | None = None
    whisper: str | None = None
    recordings: tuple[Path, ...] = ()
    typed: bool = False
    quiet: bool = False
    json_file: Path | None = None
    echo: bool = False


def rehearse(choices: Choices, console: Console) -> None:
    """Hold one call and show it; writes the JSON where it was asked for.

    Raises:
        CalmlineError: whatever stands in the way, before the first line where possible.
    """
    seed = random.randrange(_SEEDS) if choices.seed is None else choices.seed
    caller = Caller(find_scenario(choices.scenario), choices.difficulty, seed)
    store = Store()  # early, because a call that cannot be saved should not begin
    with ExitStack() as stack:
        play = _loudspeaker(choices, console)
        candidate, microphone = _candidate(choices, console, play, stack)
        transcriber, notice = (None, "") if choices.typed else open_transcriber(choices.whisper)
        name = transcriber.name if transcriber else "typed answers"
        show_briefing(console, caller.scenario, caller.difficulty, seed, name)
        if notice:
            console.print(f"[yellow]{escape(notice)}[/]")
        voice = None if choices.typed and play is None else Voice(caller.scenario.customer.voice)
        parts = Parts(caller, candidate, KeywordGrader(), store, transcriber, voice, play)
        _show_call(parts, choices, console)
        if microphone and microphone.overflows:
            console.print(
                f"[yellow]The machine was too busy {microphone.overflows} times to take all of your voice.[/]"
            )


def _loudspeaker(choices: Choices, console: Console) -> Callable[[Audio], None] | None:
    if choices.quiet:
        return None
    try:
        return Loudspeaker().play
    except DeviceError as error:
        if not choices.typed:
            console.print(f"[yellow]{escape(error.message)} The customer's lines are only shown.[/]")
        return None


def _candidate(
    choices: Choices, console: Console, play: Callable[[Audio], None] | None, stack: ExitStack
) -> tuple[Candidate, Microphone | None]:
    if choices.typed:
        return TypedCandidate(lambda: _ask(console)), None
    if choices.recordings:
        echo = play if choices.echo else None
        return RecordedCandidate(_spread(choices.recordings), VoiceDetector(), echo), None
    microphone = stack.enter_context(Microphone())
    return LiveCandidate(microphone.frames, VoiceDetector()), microphone


def _spread(paths: tuple[Path, ...]) -> list[Path]:
    """The recordings that were named, folders replaced by what they hold."""
    return [file for path in paths for file in (recordings_in(path) if path.is_dir() else [path])]


def _ask(console: Console) -> str | None:
    try:
        return console.input("[bold]You[/] > ")
    except EOFError:
        return None


def _show_call(parts: Parts, choices: Choices, console: Console) -> None:
    screen = CallScreen(console, parts.caller.scenario.customer.name, typed=choices.typed)

    def show(event: CallEvent) -> None:
        screen.show(event)
        if isinstance(event, Ended) and choices.json_file:
            session = event.session
            write_json(session_json(session, assessed(session, parts.caller.scenario)), choices.json_file)

    try:
        _show_all(hold_call(parts), show)
    finally:
        screen.close()


def _show_all(events: Generator[CallEvent, None, None], show: Callable[[CallEvent], None]) -> None:
    """Show every event; an interrupt that comes while one is shown is handed to the call, which ends cleanly."""
    interrupt: KeyboardInterrupt | None = None
    while True:
        try:
            event = events.throw(interrupt) if interrupt else next(events)
        except StopIteration:
            return
        interrupt = None
        try:
            show(event)
        except KeyboardInterrupt as error:
            interrupt = error
