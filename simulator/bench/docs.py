"""The generated parts of README and model card: help texts, tables of figures, the transcript of a real run.
`make docs` writes them.

With --check nothing is written and no call is held: it fails when a generated part is out of date.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from simulator.bench.figures import load_figures
from simulator.scenarios import Scenario
from simulator.settings import filled_pauses_file, grader_dir, matcher_dir, project_data_dir, scenarios_dir

SCHEMA = scenarios_dir() / "scenario.schema.json"
README = project_data_dir() / "README.md"
GRADER_CARD, MATCHER_CARD = grader_dir() / "README.md", matcher_dir() / "README.md"
FILLED_PAUSES_CARD = filled_pauses_file().with_name("README.md")
_COMMANDS = (
    (),
    ("practice",),
    ("demo",),
    ("grade",),
    ("report",),
    ("doctor",),
    ("scenarios",),
    ("sessions",),
    ("corrections",),
    ("coach",),
    ("models",),
)
_WIDTH = "100"


def main() -> None:
    """Write the generated parts, or check them."""
    check = "--check" in sys.argv[1:]
    _schema(check=check)
    for file, parts in _PARTS.items():
        text = file.read_text(encoding="utf-8")
        new = text
        for name, make in parts.items():
            if not (check and name in _SLOW):
                new = _replaced(file, new, name, make())
        if check and new != text:
            sys.exit(f"{file.name} is out of date: type `make docs` and commit what it writes.")
        if not check:
            file.write_text(new, encoding="utf-8")


def _schema(*, check: bool) -> None:
    """Write the JSON Schema of a scenario for editors, or check it."""
    text = json.dumps(Scenario.model_json_schema(), indent=1) + "\n"
    if check and (not SCHEMA.exists() or SCHEMA.read_text(encoding="utf-8") != text):
        sys.exit(f"{SCHEMA.name} is out of date: type `make docs` and commit what it writes.")
    if not check:
        SCHEMA.write_text(text, encoding="utf-8")


def _replaced(file: Path, text: str, name: str, part: str) -> str:
    begin, end = f"<!-- {name}: made by `make docs` -->\n", f"<!-- end of {name} -->"
    if begin not in text or end not in text:
        sys.exit(f"{file} has no part called {name}: expected the lines {begin!r} and {end!r}.")
    before, rest = text.split(begin, 1)
    return f"{before}{begin}{part}{end}{rest.split(end, 1)[1]}"


def _simulator(*arguments: str, data_dir: str = "") -> str:
    environment = {**os.environ, "COLUMNS": _WIDTH, "TERM": "dumb", "CALMLINE_DATA_DIR": data_dir}
    done = subprocess.run(
        [sys.executable, "-m", "simulator", *arguments], capture_output=True, text=True, check=True, env=environment
    )
    return "\n".join(line.rstrip() for line in done.stdout.splitlines()).strip()


def _help() -> str:
    return "".join(f"```\n{_simulator(*command, '--help')}\n```\n\n" for command in _COMMANDS)


def _demo() -> str:
    with tempfile.TemporaryDirectory() as folder:
        return f"```\n$ simulator demo --quiet\n{_simulator('demo', '--quiet', data_dir=str(Path(folder)))}\n```\n"


def _speed() -> str:
    figures = load_figures("speed")
    rows = [(f"`simulator {name}` from a cold start", f"{s:.2f} s") for name, s in figures["start_s"].items()]
    stages = figures["stages"]
    rows += [
        ("voice detector, a frame of 32 ms", f"{stages['voice_detector_ms_per_frame']:.2f} ms"),
        ("PocketSphinx, real-time factor", f"{stages['pocketsphinx_real_time_factor']:.2f}"),
        ("grading a turn of three sentences", f"{stages['grading_a_turn_ms']:.1f} ms"),
        ("rendering a line of the customer", f"{stages['rendering_a_line_ms']:.0f} ms"),
    ]
    return _table(("what", f"median, {figures['machine']['processors']} processors"), rows)


def _desk() -> str:
    figures = load_figures("desk")
    minutes = figures["call_of_s"] / 60
    rows = [
        (f"the list of {figures['calls']:,} calls; searched and sorted", "list_s", "list_searched_and_sorted_s"),
        (f"replay of a call of {minutes:.0f} minutes; its drawing", "replay_s", "drawing_s"),
        ("its sound from the eleventh minute on", "sound_in_the_eleventh_minute_s"),
        (
            "waveform and pitch of a turn: the first time, again",
            "curves_of_a_turn_first_s",
            "curves_of_a_turn_again_s",
        ),
        ("progress of a candidate with all these calls; the class", "progress_s", "class_s"),
    ]
    shown = [(what, ", ".join(f"{1000 * figures[name]:.0f} ms" for name in names)) for what, *names in rows]
    return _table(("what", f"median, {figures['machine']['processors']} processors"), shown)


def _listening() -> str:
    figures = load_figures("listening")
    edges = figures["edges"]
    rows = [(f"word error rate, {name}", f"{100 * rate:.1f}%") for name, rate in figures["word_error_rate"].items()]
    rows += [
        ("speech begins, median and worst error", f"{edges['onset_median_ms']} and {edges['onset_worst_ms']} ms"),
        ("speech ends, median and worst error", f"{edges['offset_median_ms']} and {edges['offset_worst_ms']} ms"),
    ]
    return _table(("what", f"on {figures['recordings']} synthetic replies of known truth"), rows)


def _delivery() -> str:
    figures = load_figures("delivery")
    pace, pauses, gain, cost = (figures[name] for name in ("words_per_minute", "pause_edges", "gain", "cost"))
    synthetic, rough = figures["filled_pauses_synthetic"], figures["filled_pauses_synthetic_rough"]
    writers = {name.removesuffix("_writer"): part for name, part in figures["filler_words"].items()}
    rows = [
        (
            f"words a minute, {pace['turns']} fixtures, transcript given: mean and worst error",
            "3%",
            f"{100 * pace['mean_error']:.1f}%, {100 * abs(pace['worst_error']):.1f}%",
        ),
        (f"edges of pauses within 100 ms, {pauses['edges']} edges", "0.90", _f(pauses["within_100_ms"])),
        (f"filled pauses from sound alone, {synthetic['turns']} synthetic turns: F1", "0.90", _f(synthetic["f1"])),
        ("the same in noise, echo, other talk, through a telephone", "", _f(rough["f1"])),
        *_real_delivery_rows(figures),
        *(
            (f"filler words in context, {n} writer's {p['cases']} cases: F1", "0.95", _f(p["f1"]))
            for n, p in writers.items()
        ),
        ("verdict unchanged by ±12 dB of gain, fixtures", "all", f"{gain['same_words']} of {gain['fixtures']}"),
        (
            "a minute of sound: seconds, memory",
            "≤2 s, 300 MB",
            f"{cost['median_s']:.1f} s, {cost['memory_mb']:.0f} MB",
        ),
    ]
    return _table(("measure", "at least", "reached"), rows)


def _real_delivery_rows(figures: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What was measured on real speech, where that lay beside the project."""
    if "raised" not in figures:
        return []
    real, false, raised = (figures[name] for name in ("filled_pauses_real", "false_filled_pauses", "raised"))
    return [
        (
            f"the same, real talk, {real['of']} in 2.4 minutes: found, false",
            "11, ≤6",
            f"{real['found']}, {real['false']}",
        ),
        (
            "false filled pauses a minute: read sentences, a phone agent",
            "≤1",
            f"{false['read_sentences_per_minute']:.1f}, {false['phone_agent_per_minute']:.1f}",
        ),
        (
            f"raised against calm voice, {raised['speakers']} actors at one level: AUC",
            "0.85",
            f"{_f(raised['auc'])} (without a baseline {_f(raised['auc_without_baseline'])}, "
            f"loudness alone {_f(raised['auc_loudness_alone'])})",
        ),
    ]


def _customers() -> str:
    figures = load_figures("customers")
    words = figures["wordings"]
    rows = [
        (
            "exemplary ends satisfied or with a follow-up: easy and medium, hard",
            "1, 0.80",
            f"{_f(figures['exemplary_ends_well']['easy_and_medium'])}, {_f(figures['exemplary_ends_well']['hard'])}",
        ),
        ("generic empathy, apology loop, solution first never end satisfied", "1", _f(figures["never_satisfied"])),
        ("interrogation, policy first, blame end badly", "1", _f(figures["ends_badly"])),
        (
            "the anger curves of five candidates lie in their order: by their mean over twelve turns, by their end",
            "0.95",
            f"{_f(figures['anger_in_order'])}, {_f(figures['last_anger_in_order'])}",
        ),
        (f"seconds for {figures['calls']} calls of {figures['turns']} turns", "≤180", f"{figures['seconds']:.0f}"),
        *(
            (
                f"{name}: right of {words[kind]['of']} fresh wordings, false matches",
                "0.90, ≤0.05",
                f"{_f(words[kind]['right'])}, {_f(words[kind]['false'])}",
            )
            for kind, name in (("fact", "question to fact"), ("option", "offer to remedy"))
        ),
    ]
    return _table(("measure", "at least", "reached"), rows)


def _endings() -> str:
    endings = load_figures("customers")["endings"]
    names = ["satisfied", "follow_up_agreed", "grudging", "unresolved", "hang_up", "escalated"]
    rows = [(name.replace("_", " "), *(str(found.get(n, 0)) for n in names)) for name, found in endings.items()]
    return _table(("scripted candidate", *(name.replace("_", " ") for name in names)), rows)


def _grader() -> str:
    figures = load_figures("grader")
    trained, heard, levels = figures["trained"], figures["recogniser"], figures["levels"]
    worst = min(trained["by_label"], key=trained["by_label"].get)
    kappas = load_figures("agreement")["kappa"]
    rows = [
        ("macro-F1, 20 labels", "0.80", _f(trained["macro_f1"])),
        (f"the weakest label ({worst})", "0.65", _f(trained["by_label"][worst])),
        ("macro-F1, faults", "0.75", _f(trained["macro_f1_faults"])),
        *((f"macro-F1, {name}", "beaten", _f(found["macro_f1"])) for name, found in _named_baselines(figures)),
        (
            "lost in lower case without punctuation",
            "≤0.03",
            _f(trained["macro_f1"] - figures["bare"]["macro_f1"]),
        ),
        ("lost in a recogniser's words", "≤0.07", _f(heard["as_written"] - heard["as_heard"])),
        (
            f"the same, the {heard['not_doubted']['sentences']} of {heard['sentences']} it does not doubt",
            "",
            _f(heard["not_doubted"]["as_written"] - heard["not_doubted"]["as_heard"]),
        ),
        ("expected calibration error", "≤0.05", _f(trained["expected_calibration_error"])),
        ("the same, labels of at least 5% only", "", _f(trained["expected_calibration_error_likely"])),
        *_matching_rows(figures),
        *(row for step in ("calm", "clarify", "options") for row in _level_rows(levels, step)),
        ("five sentences, warm", "≤40 ms", f"{figures['five_sentences_ms']:.0f} ms"),
        (
            "two people's labels: Cohen's kappa, least and mean of the labels",
            "0.60",
            f"{_f(min(kappas.values()))} and {_f(statistics.mean(kappas.values()))}",
        ),
    ]
    return _table(("measure", "at least", "reached"), rows)


def _matching() -> str:
    return _table(("measure", "at least", "reached"), _matching_rows(load_figures("grader")))


def _matching_rows(figures: dict[str, Any]) -> list[tuple[str, str, str]]:
    rows = []
    names = {"asks": "question to fact", "says": "offer to remedy", "tells": "customer's line to fact"}
    for kind, name in names.items():
        trained, base = figures["matching"][kind]["trained"], figures["matching"][kind]["base"]

        def reached(measure: str, trained: dict[str, Any] = trained, base: dict[str, Any] = base) -> str:
            return f"{_f(trained[measure])} (base encoder {_f(base[measure])})"

        bar = ("0.90", "≤0.05") if kind != "tells" else ("", "")
        rows += [
            (f"{name}, top-1 of {trained['with_a_match']}", bar[0], reached("top_1")),
            (f"the same, false matches of {trained['without_a_match']} hard ones", bar[1], reached("false_matches")),
            ("the same, top-1 where 5% are false", "", reached("top_1_at_5_percent_false")),
        ]
    return rows


def _level_rows(levels: dict[str, Any], step: str) -> list[tuple[str, str, str]]:
    def agreement(which: str) -> str:
        return f"{_f(levels[which][step]['kappa'])}, {_f(levels[which][step]['within_one'])}"

    people = _f(levels["program"][step]["gradings_with_each_other"]["kappa"])
    return [
        (
            f"levels of {levels['calls']} calls, {step}: weighted kappa, within one",
            "0.70, 0.90",
            f"{agreement('program')} (two people: {people})",
        ),
        (f"the same, {levels['unseen_calls']} calls kept apart", "", agreement("program_on_unseen_calls")),
        (
            "the same by the rules alone, from labels by hand: all, kept apart",
            "",
            f"{agreement('rules_alone')}; {agreement('rules_alone_on_unseen_calls')}",
        ),
    ]


def _labels() -> str:
    figures = load_figures("grader")
    kappas = load_figures("agreement")["kappa"]
    rows = [
        (
            f"`{label}`",
            _f(f1),
            *(_f(found["by_label"][label]) for _, found in _named_baselines(figures)),
            _f(kappas[label]),
        )
        for label, f1 in figures["trained"]["by_label"].items()
    ]
    names = [name for name, _ in _named_baselines(figures)]
    return _table(("label", "trained", *names, "two people, kappa"), rows)


def _named_baselines(figures: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    names = {"keywords": "keywords", "tf_idf": "TF-IDF and logistic regression", "zero_shot": "MiniLM, untrained"}
    return [(name, figures["baselines"][key]) for key, name in names.items()]


def _f(value: float) -> str:
    return f"{value:.2f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


_PARTS: dict[Path, dict[str, Callable[[], str]]] = {
    README: {
        "help": _help,
        "demo": _demo,
        "speed": _speed,
        "desk": _desk,
        "listening": _listening,
        "grader": _grader,
        "delivery": _delivery,
        "customers": _customers,
        "endings": _endings,
    },
    GRADER_CARD: {"grader": _grader, "labels": _labels},
    MATCHER_CARD: {"matching": _matching},
    FILLED_PAUSES_CARD: {"delivery": _delivery},
}
_SLOW = frozenset({"demo"})

if __name__ == "__main__":
    main()
