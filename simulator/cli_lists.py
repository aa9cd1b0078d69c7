"""Lists and what can be done with their items: scenarios, sessions, models. Belongs to the door, `cli.py`."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

scenarios_app = typer.Typer(help="List, show and check scenarios.", rich_markup_mode=None)
sessions_app = typer.Typer(help="List, show, delete, export and import saved calls.", rich_markup_mode=None)
corrections_app = typer.Typer(help="Take coaches' corrections to where they teach.", rich_markup_mode=None)
models_app = typer.Typer(help="List the speech models on this machine, or fetch one.", rich_markup_mode=None)


def console_for(json_file: Path | None) -> "Console":
    """Where a person reads: the screen, or the error stream when the JSON takes the screen."""
    from rich.console import Console

    return Console(stderr=json_file is not None and str(json_file) == "-", highlight=False)


def show_saved(
    session: str, json_file: Path | None, html_file: Path | None = None, *, all_advice: bool = False
) -> None:
    """Show a saved call: what was said, the scorecard, the advice."""
    from simulator.report import assessed, session_json, write_json
    from simulator.store.sessions import Store
    from simulator.terminal import show_report, show_transcript

    store = Store()
    saved, scenario = store.load(store.find(session))
    assessment = assessed(saved, scenario.case)
    console = console_for(json_file)
    show_transcript(console, saved.turns)
    show_report(console, saved, assessment, all_advice=all_advice)
    if json_file:
        write_json(session_json(saved, assessment), json_file)
    if html_file:
        from simulator.page.build import write_page

        write_page(html_file, saved, assessment, scenario.title, store.sounds(saved.head.id))
        console.print(f"Written: {html_file}", soft_wrap=True)


@scenarios_app.callback(invoke_without_command=True)
def _scenarios(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_scenarios()


@scenarios_app.command("list")
def list_scenarios() -> None:
    """The scenarios that come with the program."""
    from simulator.scenarios import read_scenario, scenario_files

    rows = [(name, read_scenario(path)) for name, path in scenario_files().items()]
    _show_table(
        ("id", "title", "pack", "customer"),
        ((n, s.title, s.pack, s.customer.name) for n, s in rows),
    )


@scenarios_app.command("show")
def show_scenario(
    name: Annotated[str, typer.Argument(metavar="ID", help="A scenario's id, or a .yaml file.")],
) -> None:
    """What you may read before a call; the customer's side stays hidden."""
    from rich.markup import escape

    from simulator.scenarios import find_scenario

    scenario = find_scenario(name)
    console = console_for(None)
    console.print(
        f"[bold]{escape(scenario.title)}[/] ({escape(scenario.pack)})\n\n{escape(scenario.briefing.strip())}\n"
    )
    console.print("You may offer:")
    for option in scenario.authority:
        console.print(f"  - {escape(option.label)}")
    console.print("You may not promise:")
    for promise in scenario.beyond_authority:
        console.print(f"  - {escape(promise.label)}")


@scenarios_app.command("check")
def check_scenarios(files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Scenario files.")]) -> None:
    """Check scenario files: each mistake with file, line, key and what was expected."""
    from simulator.errors import ScenarioError
    from simulator.scenarios import read_scenario

    mistakes = []
    for file in files:
        try:
            scenario = read_scenario(file)
        except ScenarioError as error:
            mistakes.append(str(error))
        else:
            print(f"{file}: fine ({scenario.title}; {len(scenario.facts)} facts, {len(scenario.authority)} options)")
    if mistakes:
        raise ScenarioError("\n".join(mistakes))


@scenarios_app.command("new")
def write_new_scenario(
    folder: Annotated[Path, typer.Option("--in", metavar="FOLDER", help="Where to write it.")] = Path(),
) -> None:
    """Write a scenario of your own: asks for everything it needs."""
    from simulator.authoring import new_scenario, write_scenario

    # Said before the first of many questions, not after the last.
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder.", advice="Make it first, or name another one after --in.")
    print("Answer in a sentence each. Ctrl-C stops without writing anything.\n")

    def ask(question: str) -> str:
        try:
            return input(f"{question}: ")
        except EOFError as error:
            raise UsageError("The answers ended too early; nothing was written.") from error

    content = new_scenario(ask, {path.stem for path in folder.glob("*.yaml")})
    path = folder / f"{content['id']}.yaml"
    scenario = write_scenario(content, path)
    print(f"\n{path}: written ({len(scenario.facts)} facts, {len(scenario.authority)} options).")
    print("Its lines fit any customer: give them this customer's own voice.")
    print(f"Then `simulator scenarios rehearse {path}` and `simulator practice --scenario {path}`.")


@scenarios_app.command("rehearse")
def rehearse_scenario(
    name: Annotated[str, typer.Argument(metavar="ID", help="A scenario's id, or a .yaml file.")],
    candidate: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="Only this scripted candidate, with every word.")
    ] = None,
    difficulty: Annotated[str, typer.Option(help="easy, medium or hard.")] = "medium",
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed gives the same call.")] = 1,
) -> None:
    """Let scripted candidates call: how angry the customer was after each turn, and how it ended."""
    from simulator.customer.caller import Caller
    from simulator.grading.loading import TrainedGrader
    from simulator.scenarios import find_scenario
    from simulator.scripted import ScriptedCall, find_script, play, scripts
    from simulator.terminal import show_transcript

    names = [candidate] if candidate else list(scripts().scripts)
    titles = {each: find_script(each).title for each in names}
    caller = Caller(find_scenario(name), difficulty, seed)
    calls = [ScriptedCall(caller, each) for each in names]
    play(calls, TrainedGrader())
    if candidate:
        show_transcript(console_for(None), calls[0].turns, caller.start)
        if calls[0].line:
            print(f"\n{caller.scenario.customer.name}: {calls[0].line.text}\n")
    _show_table(
        ("candidate", "anger after each turn", "ending"),
        (
            (titles[call.name], " ".join(f"{a:.0f}" for a in call.anger), str(call.ending or "").replace("_", " "))
            for call in calls
        ),
    )


@sessions_app.callback(invoke_without_command=True)
def _sessions(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_sessions()


@sessions_app.command("list")
def list_sessions() -> None:
    """Every saved call, the latest first."""
    from simulator.store import listing
    from simulator.store.database import Database

    rows = listing.list_sessions(Database())
    if not rows:
        print("No calls yet. `simulator practice` holds the first one, `simulator demo` shows one.")
        return
    _show_table(
        ("id", "started (UTC)", "scenario", "difficulty", "turns", "ending", "points"),
        (
            (
                row.id,
                row.started_at[:16].replace("T", " "),
                row.scenario,
                row.difficulty,
                str(row.turns),
                row.status.replace("_", " "),
                "-" if row.total is None else f"{row.total:g} of {row.out_of}",
            )
            for row in rows
        ),
    )


@sessions_app.command("show")
def show_session(
    session: Annotated[str, typer.Argument(metavar="ID", help="A session's id, its beginning, or `last`.")],
) -> None:
    """The same as `simulator report ID`."""
    show_saved(session, None)


@sessions_app.command("delete")
def delete_sessions(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Sessions' ids, or `last`.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove calls and their recordings for good."""
    from simulator.store.sessions import Store

    store = Store()
    found = [store.find(name) for name in ids]
    if not yes:
        typer.confirm(f"Remove {', '.join(found)} with all recordings, for good?", abort=True)
    for session_id in found:
        store.delete(session_id)
        print(f"Session {session_id} and its recordings are removed.")


@sessions_app.command("export")
def export_sessions(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID...", help="Sessions' ids, or `last`.")] = None,
    *,
    file: Annotated[Path, typer.Argument(metavar="BUNDLE.zip", help="The file to write.")],
    every: Annotated[bool, typer.Option("--all", help="Every session.")] = False,
    without_private: Annotated[bool, typer.Option("--without-private", help="Leave private comments out.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Put calls with their recordings, grades and comments into one file for another machine."""
    from simulator.store import listing
    from simulator.store.bundles import export_bundle, is_private
    from simulator.store.database import Database
    from simulator.store.reviews import Reviews
    from simulator.store.sessions import Store

    if bool(ids) == every:
        raise UsageError(
            "Either ids or --all was expected, and then the file.",
            advice="For example `simulator sessions export last call.zip`.",
        )
    database = Database()
    store, reviews = Store(database), Reviews(database)
    found = {store.find(name) for name in ids} if ids else {row.id for row in listing.list_sessions(database)}
    export_bundle(store, reviews, found, file, private=not without_private, force=force)
    print(f"Written: {file} ({_count(len(found), 'session')}). Whoever has it can hear and read them.")
    if not without_private and any(is_private(entry) for session_id in found for entry in reviews.of(session_id)):
        print("Private comments are among them; --without-private leaves those out.")


@sessions_app.command("import")
def import_sessions(
    file: Annotated[Path, typer.Argument(metavar="BUNDLE.zip", help="A file that `sessions export` wrote.")],
) -> None:
    """Take in a bundle from another machine: it is checked whole, then kept whole or not at all."""
    from simulator.store.bundles import import_bundle, read_bundle
    from simulator.store.database import Database
    from simulator.store.reviews import Reviews
    from simulator.store.sessions import Store

    database = Database()
    try:
        with file.open("rb") as opened:
            done = import_bundle(Store(database), Reviews(database), read_bundle(opened))
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error
    for session_id in done.added:
        print(f"Session {session_id} is added.")
    for session_id in done.skipped:
        print(f"Session {session_id} is here already, just the same.")
    if done.entries_added:
        print(f"{_count(done.entries_added, 'comment or correction', 'comments and corrections')} came in.")
    if done.entries_undone:
        print(f"{_count(done.entries_undone, 'comment or correction', 'comments and corrections')} taken back.")


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


@corrections_app.callback()
def _corrections() -> None:
    """Take coaches' corrections to where they teach."""


@corrections_app.command("export")
def export_corrections(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="Where to write them.")],
    author: Annotated[
        str | None, typer.Option("--author", metavar="NAME", help="Only what this coach corrected.")
    ] = None,
) -> None:
    """Write the corrected sentences in the corpus format, for `make train EXTRA=FILE.jsonl`."""
    from simulator.corrections import corrected_corpus
    from simulator.review import readings
    from simulator.store.database import Database
    from simulator.store.reviews import Reviews
    from simulator.store.sessions import Store

    database = Database()
    store = Store(database)
    turns, authors = [], set()
    for session_id, entries in Reviews(database).by_session().items():
        session, scenario = store.load(session_id)
        found = readings(session, scenario.case, entries)
        authors |= {reading.author for reading in found}
        turns += corrected_corpus(session, scenario, [r for r in found if author in {None, r.author}])
    if not turns:
        others = f" (there are corrections of {', '.join(sorted(authors))})" if authors else ""
        raise UsageError(
            f"There is nothing that {author or 'a coach'} corrected yet{others}.",
            advice="`simulator coach` opens the desk where calls are corrected.",
        )
    try:
        file.write_text("".join(f"{turn.model_dump_json()}\n" for turn in turns), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.") from error
    print(f"Written: {file}: {len(turns)} turns with {sum(len(turn.sentences) for turn in turns)} sentences.")
    print("They are the candidates' own words: keep the file as you keep the calls.")
    print(f"To teach the grader, in a checkout: make train EXTRA={file}")


@models_app.callback(invoke_without_command=True)
def _models(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_models()


@models_app.command("list")
def list_models() -> None:
    """The Whisper models that are here, and those that can be fetched."""
    from simulator.model_files import WHISPER_MODELS, installed_whispers
    from simulator.transcription import DEFAULT_WHISPER

    here = installed_whispers()
    rows = [(name, "here", str(path)) for name, path in here.items()]
    rows += [
        (name, f"{model.size_mb} MB to fetch", f"simulator models download {name}")
        for name, model in WHISPER_MODELS.items()
        if name not in here
    ]
    _show_table(("model", "state", "where, or what to type"), rows)
    if not here:
        print(f"\nUntil one is here PocketSphinx listens, roughly. {DEFAULT_WHISPER} is the usual choice.")


@models_app.command("download")
def download_model(name: Annotated[str, typer.Argument(metavar="NAME", help="For example base.en.")]) -> None:
    """Fetch a Whisper model, with a progress bar, and check that it is whole."""
    from simulator.model_files import download_whisper

    print(f"{name} is here and whole: {download_whisper(name)}")


def _show_table(headers: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    from rich.box import SIMPLE
    from rich.markup import escape
    from rich.table import Table

    # Words are kept whole: an id that is cut off cannot be typed.
    table = Table(box=SIMPLE, pad_edge=False, show_edge=False)
    for header in headers:
        table.add_column(header, no_wrap=header in {"id", "model"}, overflow="fold")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    console_for(None).print(table)
