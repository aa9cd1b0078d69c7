"""The door: the `simulator` command. Reads arguments, joins the parts, shows what happens.

Heavy packages load inside the commands, so that `--help` and listings answer at once.
"""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator import __version__
from simulator.cli_lists import console_for, corrections_app, models_app, scenarios_app, sessions_app, show_saved
from simulator.errors import CalmlineError, UsageError

if TYPE_CHECKING:
    pass

DEFAULT_SCENARIO = "refund_outside_policy"
DEMO_SEED = 7
_INTERRUPTED = 130  # what shells give for Ctrl-C


class DifficultyName(StrEnum):
    """How angry the customer starts."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


ScenarioOption = Annotated[str, typer.Option("--scenario", metavar="ID", help="A scenario's id, or a .yaml file.")]
SeedOption = Annotated[
    int | None, typer.Option("--seed", metavar="N", help="The same seed and words give the same call.")
]
WhisperOption = Annotated[
    str | None,
    typer.Option("--whisper", metavar="NAME/DIR", help="A Whisper model on this machine, by name or folder."),
]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Play nothing; the customer's lines are only shown.")]
JsonOption = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write the result as JSON; - for the screen.")
]

app = typer.Typer(
    help="Rehearse the angry customer call aloud, offline, and see what calmed it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(scenarios_app, name="scenarios")
app.add_typer(sessions_app, name="sessions")
app.add_typer(corrections_app, name="corrections")
app.add_typer(models_app, name="models")


def main() -> None:
    """Run the command; every failure becomes one plain message and an exit code, unless --debug is there."""
    debug = "--debug" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    try:
        app(args=arguments, prog_name="simulator")
    except CalmlineError as error:
        if debug:
            raise
        _say_error(error.message, error.advice)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:
        # The reader of a pipe (`| head`) went away: no fault, but Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if debug:
            raise
        _say_error(
            f"Something went wrong that should not have ({type(error).__name__}: {error}).",
            "That is a fault of the program: type the same again with --debug and report what it says.",
        )
        sys.exit(CalmlineError.exit_code)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"calmline {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error; works anywhere.")] = False,
) -> None:
    """Rehearse the angry customer call aloud, offline, and see what calmed it."""


@app.command()
def practice(  # noqa: PLR0913 - a command has as many parameters as options
    scenario: ScenarioOption = DEFAULT_SCENARIO,
    difficulty: Annotated[
        DifficultyName, typer.Option(help="How angry the customer starts.")
    ] = DifficultyName.MEDIUM,
    seed: SeedOption = None,
    whisper: WhisperOption = None,
    recordings: Annotated[
        list[Path] | None,
        typer.Option("--from", metavar="FILE", help="A recording for each turn, or a folder of them."),
    ] = None,
    more: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="More recordings after --from.")
    ] = None,
    text: Annotated[bool, typer.Option("--text", help="Type your answers instead of speaking.")] = False,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="Who practises, for the list of calls.")] = "",
    quiet: QuietOption = False,
    json_file: JsonOption = None,
) -> None:
    """Hold a call: speak with the customer, see what calmed them, get your scorecard."""
    if text and recordings:
        raise UsageError("--text and --from do not go together: the answers are typed or recorded.")
    if more and not recordings:
        raise UsageError(f"{more[0]} was not expected.", advice=f"Recordings follow --from: --from {more[0]}")
    from simulator.rehearsal import Choices, rehearse

    answers = (*(recordings or ()), *(more or ()))
    choices = Choices(
        scenario,
        difficulty.value,
        seed,
        whisper,
        answers,
        typed=text,
        quiet=quiet,
        json_file=json_file,
        name=name.strip(),
    )
    rehearse(choices, console_for(json_file))


@app.command()
def demo(quiet: QuietOption = False, seed: SeedOption = DEMO_SEED, json_file: JsonOption = None) -> None:
    """A whole call with recorded answers; needs no sound card, plays if there is one."""
    from simulator.rehearsal import Choices, rehearse
    from simulator.settings import fixtures_dir

    answers = (fixtures_dir() / "demo",)
    choices = Choices(
        DEFAULT_SCENARIO,
        DifficultyName.MEDIUM.value,
        seed,
        None,
        answers,
        quiet=quiet,
        json_file=json_file,
        echo=True,
    )
    rehearse(choices, console_for(json_file))


@app.command()
def coach(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8765,
    listen: Annotated[
        str | None,
        typer.Option("--listen", metavar="ADDRESS", help="Let others in, with the password in CALMLINE_PASSWORD."),
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open the browser.")] = False,
) -> None:
    """Open the coach's desk in the browser: replay, comment, correct, practise."""
    from rich.console import Console

    from simulator.coach.server import Served, serve

    serve(Served(port, listen, open_browser=not no_browser), Console(highlight=False))


@app.command()
def grade(
    inputs: Annotated[
        list[Path],
        typer.Argument(
            metavar="INPUT...",
            help="Recordings or folders of them, a transcript (.txt), turns (.jsonl), calls (.json).",
        ),
    ],
    scenario: Annotated[str | None, typer.Option("--scenario", metavar="ID", help="The case it was said in.")] = None,
    whisper: WhisperOption = None,
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", metavar="RECORDING", help="The same speaker's ordinary voice, to hear tone by."),
    ] = None,
    customer: Annotated[
        Path | None,
        typer.Option("--customer", metavar="RECORDING", help="The other side of the same call, for turn-taking."),
    ] = None,
    json_file: JsonOption = None,
) -> None:
    """Grade recordings of any length and format, or what was written down."""
    from simulator.cli_grading import Sides, grade_json, grade_spoken

    if not any(file.suffix.lower() in {".json", ".jsonl"} for file in inputs):
        sides = Sides(baseline, customer)
        grade_spoken(inputs, scenario, whisper, sides, json_file)
    elif len(inputs) > 1:
        raise UsageError("JSON is graded one file at a time.", advice=f"simulator grade {inputs[0]}")
    elif scenario or whisper or baseline or customer:
        raise UsageError("Of the options only --json goes with JSON input, which brings its own case and words.")
    else:
        grade_json(inputs[0], json_file or Path("-"))


@app.command()
def report(
    session: Annotated[str, typer.Argument(metavar="ID", help="A session's id, its beginning, or `last`.")],
    json_file: JsonOption = None,
    html_file: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write the call as one page to see and to hear.")
    ] = None,
    all_advice: Annotated[bool, typer.Option("--all", help="All advice, not only the first three.")] = False,
) -> None:
    """Show a saved call again: what was said, the scorecard, the advice."""
    show_saved(session, json_file, html_file, all_advice=all_advice)


@app.command()
def doctor(
    voice: Annotated[
        bool, typer.Option("--voice", help="Record twenty seconds of your ordinary voice, to hear tone by.")
    ] = False,
) -> None:
    """Check microphone, loudspeaker, voice, Whisper and disk: fine, or what to do."""
    if voice:
        from simulator.rehearsal import learn_voice

        learn_voice(console_for(None))
        return
    from rich.table import Table

    from simulator.doctor import check_all

    table = Table.grid(padding=(0, 2))
    failed = False
    for check in check_all():
        sign = "[green]fine[/]" if check.fine else "[red]look[/]"
        table.add_row(sign, check.what, f"{check.found}\n{check.advice}".strip())
        failed = failed or not check.fine
    console_for(None).print(table)
    if failed:
        raise typer.Exit(CalmlineError.exit_code)


def _say_error(message: str, advice: str) -> None:
    print(f"simulator: {message}", file=sys.stderr)
    if advice:
        print(f"  {advice}", file=sys.stderr)
