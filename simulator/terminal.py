"""What the person sees: the call as it goes, the scorecard, lists. The only room that draws with rich.

Reads records, decides nothing. Colour is never the only sign: good and bad also carry + and -.
"""

from collections.abc import Sequence
from dataclasses import fields
from typing import Self

from rich.box import SIMPLE
from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from simulator.listening import QUIETEST_DB, Level
from simulator.records import (
    CALMING,
    FAULTS,
    Advice,
    Assessment,
    Behaviour,
    Cause,
    Delivery,
    EndedBy,
    Ending,
    Evidence,
    GradedSentence,
    Mood,
    Session,
    Turn,
    VoiceProfile,
)
from simulator.roleplay import CallEvent, CustomerSpeaks, Ended, Graded, Listening, Notice, Thinking
from simulator.scenarios import Heat, Scenario

_ENDINGS = {
    Ending.ESCALATED: "The customer demanded your manager.",
    Ending.HANG_UP: "The customer hung up.",
    Ending.SATISFIED: "The customer left satisfied.",
    Ending.GRUDGING: "The customer accepted, grudgingly.",
    Ending.FOLLOW_UP: "You agreed on a follow-up.",
    Ending.UNRESOLVED: "The call ended unresolved.",
}
_MOODS = {Heat.FURIOUS: ("furious", "red"), Heat.ANNOYED: ("annoyed", "yellow"), Heat.CALM: ("calm", "green")}
_METER_CELLS = 24
_METER_FLOOR_DB = -60.0
_CLEAR = 0.6
_ADVICE_SHOWN = 3
_INDENT = (0, 0, 0, 4)


class CallScreen:
    """Shows the events of one call as they happen."""

    def __init__(self, console: Console, customer: str, *, typed: bool = False, live: bool = False) -> None:
        self._console, self._customer, self._typed, self._live_voice = console, customer, typed, live
        self._meter: LevelMeter | None = None

    def show(self, event: CallEvent) -> None:
        """Show one event."""
        if isinstance(event, Level):
            if self._meter:
                self._meter.show(event)
            return
        self._stop_live()
        if isinstance(event, CustomerSpeaks):
            self._customer_speaks(event)
        elif isinstance(event, Listening):
            self._transient("listening, speak now")
            if self._live_voice and not self._console.is_terminal:
                self._console.print("    listening, speak now")
        elif isinstance(event, Thinking):
            self._transient("thinking")
        elif isinstance(event, Graded):
            self._graded(event)
        elif isinstance(event, Notice):
            self._console.print(f"[yellow]{escape(event.text)}[/]")
        elif isinstance(event, Ended):
            show_report(self._console, event.session, event.session.assessment)

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._stop_live()

    def _customer_speaks(self, event: CustomerSpeaks) -> None:
        word, colour = _MOODS[Heat.of(event.mood.anger)]
        self._console.print()
        self._console.print(f"[bold]{escape(self._customer)}[/] [{colour}]({word}, anger {event.mood.anger:.0f})[/]")
        self._console.print(Padding(Text(event.line.text, style="italic"), _INDENT))

    def _graded(self, event: Graded) -> None:
        turn = event.turn
        if not self._typed:
            rough = " [dim](rough transcript)[/]" if turn.transcript.rough else ""
            self._console.print(f"[bold]You[/]{rough}")
            self._console.print(Padding(_what_was_said(turn), _INDENT))
        for sentence in turn.sentences:
            if sentence.doubted:
                unsure = Text(f"· not measured, the recogniser was unsure  “{sentence.text}”", style="dim")
                self._console.print(Padding(unsure, _INDENT))
            if sentence.labels:
                line = _sentence_line(sentence, quote=len(turn.sentences) > 1)
                self._console.print(Padding(line, _INDENT))
        if turn.delivery.measured and turn.transcript.words:
            self._console.print(Padding(_delivery_line(turn.delivery), _INDENT))
        if turn.reaction:
            self._console.print(Padding(_mood_line(event.mood, turn.reaction.mood), _INDENT))
            for cause in turn.reaction.causes:
                self._console.print(Padding(_cause_line(cause), (0, 0, 0, 6)))

    def _transient(self, text: str) -> None:
        # On a terminal the line is drawn over; in a log it would only repeat.
        if self._console.is_terminal and not self._typed:
            self._meter = LevelMeter(self._console, text)
            self._meter.__enter__()

    def _stop_live(self) -> None:
        if self._meter:
            self._meter.__exit__()
            self._meter = None


class LevelMeter:
    """A line that shows what the microphone hears, drawn over in place."""

    def __init__(self, console: Console, text: str = "listening, speak now") -> None:
        self._live = Live(Text(f"    {text} …", style="cyan"), console=console, transient=True, refresh_per_second=12)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def show(self, level: Level) -> None:
        """Draw a level."""
        share = (max(level.loudness_db, _METER_FLOOR_DB) - _METER_FLOOR_DB) / -_METER_FLOOR_DB
        cells = round(share * _METER_CELLS)
        state = "hearing you" if level.speaking else "listening, speak now"
        shown = "" if level.loudness_db <= QUIETEST_DB else "▮" * cells
        self._live.update(Text(f"    {state:<22}{shown:<{_METER_CELLS}}", style="cyan"))


def show_voice(console: Console, voice: VoiceProfile) -> None:
    """What was found of a person's ordinary voice."""
    room = "clear" if voice.clarity >= _CLEAR else "noisy or narrow: tone will be heard less surely"
    table = Table.grid(padding=(0, 2))
    table.add_row(
        "pitch", f"around {voice.pitch_median_hz:.0f} Hz, moving over {voice.pitch_range_semitones:.0f} semitones"
    )
    table.add_row("rate", f"{voice.syllable_rate:.1f} syllables a second")
    table.add_row("loudness", f"{voice.loudness_db:.0f} dB below full scale")
    table.add_row("sound", room)
    console.print(table)


def show_briefing(console: Console, scenario: Scenario, difficulty: str, seed: int, transcriber: str) -> None:
    """The situation, to be read before the call."""
    title = f"{scenario.title} · {difficulty} · seed {seed} · {transcriber}"
    console.print(Panel(scenario.briefing.strip(), title=escape(title), title_align="left", border_style="dim"))


def show_report(
    console: Console, session: Session, assessment: Assessment | None, *, all_advice: bool = False
) -> None:
    """The end of a call: how it ended, the scorecard, what was good, three things to do differently, or all."""
    if assessment is None:
        raise ValueError("a report needs an assessment")
    console.print()
    if session.head.difficulty:
        console.print(f"[bold]{ending_words(session)}[/]")
    if session.unheard:
        console.print(f"[yellow]{session.unheard} answer was recorded but not graded before the program stopped.[/]")
    if session.head.rough:
        console.print(f"[yellow]Rough transcript ({escape(session.head.transcriber)}): read the grades with care.[/]")
    console.print(_scorecard_table(assessment))
    _show_faults(console, assessment)
    console.print(f"[green]+[/] {escape(assessment.praise)}")
    _show_advice(console, assessment.advice, len(assessment.advice) if all_advice else _ADVICE_SHOWN)
    if session.head.started_at:
        console.print(
            f"[dim]Saved as session {session.head.id}; `simulator report {session.head.id}` shows it again.[/]"
        )


def show_transcript(console: Console, turns: Sequence[Turn], mood: Mood | None = None) -> None:
    """The whole talk with what was found in it; `mood` is the customer's before the first turn."""
    screen = CallScreen(console, "Customer")
    mood = mood or Mood()
    for turn in turns:
        if turn.customer.text:
            console.print(f"\n[bold]Customer[/] [italic]{escape(turn.customer.text)}[/]")
        screen.show(Graded(turn, mood))
        mood = turn.reaction.mood if turn.reaction else mood


def ending_words(session: Session) -> str:
    """How a call ended, in a sentence."""
    return _ENDINGS[session.ending] if session.ending else "The call was interrupted."


def _what_was_said(turn: Turn) -> Text:
    if turn.transcript.words:
        return Text(f"“{turn.transcript.text}”")
    return Text("(nothing was heard)" if turn.ended_by is EndedBy.NOBODY_SPOKE else "(no words)", style="dim")


def _sentence_line(sentence: GradedSentence, *, quote: bool) -> Text:
    line = Text()
    for label in sentence.labels:
        sign, style = _sign(label.id)
        name = label.id.value.replace("_", " ")
        note = " (specific)" if sentence.specific and label.id in CALMING else ""
        line.append(f"{sign} {name}{note}  ", style=style)
    details = [
        *(f"asks for {fact}" for fact in sentence.facts if fact not in sentence.re_asked),
        *(f"asks again for {fact}" for fact in sentence.re_asked),
        *(f"offers {option}" for option in sentence.options),
        *(f"promises beyond authority: {promise}" for promise in sentence.over_promises),
    ]
    if quote:
        line.append(f"“{sentence.text}”", style="dim")
    if details:
        line.append(f"  {', '.join(details).replace('_', ' ')}", style="dim italic")
    return line


def _sign(behaviour: Behaviour) -> tuple[str, str]:
    if behaviour in FAULTS:
        return "-", "red"
    return ("·", "dim") if behaviour is Behaviour.COURTESY else ("+", "green")


def _delivery_line(delivery: Delivery) -> Text:
    """How it was said, in half a line."""
    parts = []
    if delivery.words_per_minute:
        parts.append(f"{delivery.words_per_minute:.0f} words a minute")
    if delivery.filled_pauses:
        count = len(delivery.filled_pauses)
        parts.append(f"{count} filled pause{'s' if count > 1 else ''}")
    if delivery.voice:
        parts.append(f"voice {delivery.voice.verdict}")
    return Text(" · ".join(parts), style="dim")


def _mood_line(before: Mood, after: Mood) -> Text:
    return Text("   ").join(
        Text(f"{name} {getattr(before, name):.0f} → {getattr(after, name):.0f}", style="bold")
        for name in ("anger", "trust", "patience")
    )


def _cause_line(cause: Cause) -> Text:
    parts = []
    for field in fields(Mood):
        value = getattr(cause.change, field.name)
        if abs(value) >= 0.005:
            shown = f"{value:+.0f}" if field.name in {"anger", "trust", "patience"} else f"{value:+.2f}"
            parts.append(f"{field.name} {shown}")
    return Text(f"{cause.why}: {', '.join(parts)}", style="dim")


def _scorecard_table(assessment: Assessment) -> Table:
    table = Table(box=SIMPLE, pad_edge=False, show_edge=False, show_footer=True)
    card = assessment.scorecard
    percent = f" ({100 * card.total / card.out_of:.0f} of 100)" if card.out_of else ""
    table.add_column("Scorecard", footer="Total")
    table.add_column("points", justify="right", footer=f"{card.total:g}")
    table.add_column("of", justify="right", footer=f"{card.out_of}")
    table.add_column("why", footer=f"of what was measured{percent}")
    for row in card.rows:
        points = "-" if row.points is None else f"{row.points:g}"
        table.add_row(row.title, points, str(row.out_of), row.why, style="dim" if row.points is None else "")
    return table


def _show_faults(console: Console, assessment: Assessment) -> None:
    for fault in assessment.faults:
        caps = ", ".join(f"{step} at most {cap}" for step, cap in fault.caps.items())
        where = f"turn {fault.evidence[0].turn + 1}: “{escape(fault.evidence[0].text)}”"
        console.print(f"[red]-[/] {fault.title}{f' ({caps})' if caps else ''}, {where}")
    if assessment.safety:
        for failed in assessment.safety:
            console.print(f"[red]- Safety box: {failed.title}[/]: “{escape(failed.evidence[0].text)}”")
    else:
        console.print("[dim]Safety box: passed.[/]")


def _place(evidence: Evidence) -> str:
    """The words, and where to listen to them."""
    at = "" if evidence.start_s is None else f" (turn {evidence.turn + 1}, second {evidence.start_s:.0f})"
    return f"You said: “{escape(evidence.text)}”{at}" if evidence.text else f"Listen:{at}" if at else ""


def _show_advice(console: Console, advice: Sequence[Advice], most: int) -> None:
    if not advice:
        return
    console.print("\n[bold]Next time[/]")
    for number, item in enumerate(advice[:most], 1):
        quote = f" {_place(item.evidence)}" if item.evidence else ""
        console.print(f"{number}. [bold]{escape(item.step)}.[/] {escape(item.why)}{quote}")
        console.print(f"   Try: [italic]“{escape(item.better)}”[/]")
    if len(advice) > most:
        console.print(f"[dim]`simulator report ID --all` shows {len(advice) - most} more.[/]")
