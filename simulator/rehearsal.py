"""A rehearsal on this machine: joins the parts of a call from a person's choices and shows it."""

import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from rich.console import Console
from rich.markup import escape

from simulator.audio.devices import Loudspeaker, Microphone
from simulator.audio.files import spread_folders
from simulator.audio.vad import VoiceDetector
from simulator.baseline import record_baseline
from simulator.call_parts import new_caller, warm_up
from simulator.candidates import Candidate, LiveCandidate, RecordedCandidate, TypedCandidate
from simulator.errors import DeviceError, StoreError
from simulator.grading.loading import GraderInBackground
from simulator.grading.matching import CaseReader
from simulator.grading.voice_profile import ENOUGH_VOICE_S, joined_profiles
from simulator.listening import Level
from simulator.records import Audio, VoiceProfile
from simulator.report import assessed, session_json, write_json
from simulator.roleplay import CallEvent, Ended, Graded, Parts, hold_call, is_ordinary
from simulator.store.sessions import Store
from simulator.store.voice_baseline import baseline_file, load_baseline, save_baseline
from simulator.terminal import CallScreen, LevelMeter, show_briefing, show_voice
from simulator.transcription import open_transcriber
from simulator.voice import Voice


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
    name: str = ""


def rehearse(choices: Choices, console: Console) -> None:
    """Hold one call and show it; writes the JSON where it was asked for.

    Raises:
        CalmlineError: whatever stands in the way, before the first line where possible.
    """
    caller = new_caller(choices.scenario, choices.difficulty, choices.seed)
    store = Store()  # early, because a call that cannot be saved should not begin
    grader = GraderInBackground()
    case = CaseReader(caller.scenario.case, grader)
    with ExitStack() as stack:
        play = _loudspeaker(choices, console)
        candidate, microphone = _candidate(choices, play, stack)
        transcriber, notice = (None, "") if choices.typed else open_transcriber(choices.whisper)
        grader.prepare(lambda: warm_up(case, spoken=not choices.typed))
        name = transcriber.name if transcriber else "typed answers"
        show_briefing(console, caller.scenario, caller.difficulty, caller.seed, name)
        if notice:
            console.print(f"[yellow]{escape(notice)}[/]")
        voice = None if choices.typed and play is None else Voice(caller.scenario.customer.voice)
        baseline = _baseline(console) if microphone else None
        parts = Parts(caller, candidate, grader, case, store, transcriber, voice, play, baseline, choices.name)
        voices = _show_call(parts, choices, console)
        if microphone:
            _refine_baseline(baseline, voices)
        if microphone and microphone.overflows:
            console.print(
                f"[yellow]The machine was too busy {microphone.overflows} times to take all of your voice.[/]"
            )


def learn_voice(console: Console) -> None:
    """Record the person's ordinary voice, show what was found, and keep it.

    Raises:
        DeviceError: there is no microphone, or too little was said.
    """
    console.print(
        "Talk for twenty seconds as you would to a friend: what you had for breakfast, how you came here. "
        "No need to be calm, fast or loud."
    )
    with Microphone() as microphone, LevelMeter(console) as meter:
        profile = _shown(record_baseline(microphone.frames()), meter)
    save_baseline(profile)
    show_voice(console, profile)
    console.print(f"[dim]Kept in {escape(str(baseline_file()))}: figures, no sound. Later calls refine it.[/]")


def _shown(levels: Generator[Level, None, VoiceProfile], meter: LevelMeter) -> VoiceProfile:
    while True:
        try:
            meter.show(next(levels))
        except StopIteration as end:
            profile: VoiceProfile = end.value
            return profile


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
    choices: Choices, play: Callable[[Audio], None] | None, stack: ExitStack
) -> tuple[Candidate, Microphone | None]:
    if choices.typed:
        return TypedCandidate(_ask), None
    if choices.recordings:
        echo = play if choices.echo else None
        return RecordedCandidate(spread_folders(choices.recordings), VoiceDetector(), echo), None
    microphone = stack.enter_context(Microphone())
    return LiveCandidate(microphone.frames, VoiceDetector()), microphone


def _ask() -> str | None:
    try:
        return input("You > ")
    except EOFError:
        return None


def _baseline(console: Console) -> VoiceProfile | None:
    try:
        return load_baseline()
    except StoreError as error:
        console.print(f"[yellow]{escape(str(error))}[/]")
        return None


def _refine_baseline(baseline: VoiceProfile | None, voices: Sequence[VoiceProfile]) -> None:
    """Learn from a call: its steady turns join the baseline, or become one where there is enough of them."""
    if voices and (baseline or sum(voice.voiced_s for voice in voices) >= ENOUGH_VOICE_S):
        save_baseline(joined_profiles([*([baseline] if baseline else []), *voices]))


def _show_call(parts: Parts, choices: Choices, console: Console) -> list[VoiceProfile]:
    """Show a call to its end; gives back what the voice was like in its steady turns."""
    voices: list[VoiceProfile] = []
    name, live = parts.caller.scenario.customer.name, not (choices.recordings or choices.typed)
    screen = CallScreen(console, name, typed=choices.typed, live=live)

    def show(event: CallEvent) -> None:
        screen.show(event)
        if isinstance(event, Graded) and event.voice and is_ordinary(event.turn):
            voices.append(event.voice)
        if isinstance(event, Ended) and choices.json_file:
            session = event.session
            write_json(session_json(session, assessed(session, parts.case.case)), choices.json_file)

    try:
        _show_all(hold_call(parts), show)
    finally:
        screen.close()
    return voices


def _show_all(events: Generator[CallEvent, None, None], show: Callable[[CallEvent], None]) -> None:
    """Show every event. Ctrl-C reaches the call, which ends cleanly, and never the drawing of an event."""
    with _HeldInterrupts() as interrupts:
        while True:
            try:
                event = events.throw(KeyboardInterrupt()) if interrupts.taken() else next(events)
            except StopIteration:
                return
            with interrupts.held():
                show(event)


class _HeldInterrupts:
    """Ctrl-C, held back while something is drawn: rich loses its output when it is broken off in a line."""

    def __init__(self) -> None:
        self._holding = self._came = False

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._on_interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold an interrupt back until it is asked for."""
        self._holding = True
        try:
            yield
        finally:
            self._holding = False

    def taken(self) -> bool:
        """Whether an interrupt was held back; it is forgotten by asking."""
        came, self._came = self._came, False
        return came

    def _on_interrupt(self, _signal: int, _frame: object) -> None:
        if not self._holding:
            raise KeyboardInterrupt
        self._came = True
