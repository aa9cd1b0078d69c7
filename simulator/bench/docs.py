"""The generated parts of the README: help texts, tables of figures, the transcript of a real run. `make docs`.

With --check nothing is written and no call is held: it fails when a generated part is out of date.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from simulator.bench.figures import load_figures
from simulator.settings import project_data_dir

README = project_data_dir() / "README.md"
_COMMANDS = (
    (),
    ("practice",),
    ("demo",),
    ("grade",),
    ("report",),
    ("doctor",),
    ("scenarios",),
    ("sessions",),
    ("models",),
)
_WIDTH = "100"


def main() -> None:
    """Write the generated parts, or check them."""
    check = "--check" in sys.argv[1:]
    text = README.read_text(encoding="utf-8")
    new = text
    for name, make in _PARTS.items():
        if not (check and name in _SLOW):
            new = _replaced(new, name, make())
    if check and new != text:
        sys.exit("README.md is out of date: type `make docs` and commit what it writes.")
    if not check:
        README.write_text(new, encoding="utf-8")


def _replaced(text: str, name: str, part: str) -> str:
    begin, end = f"<!-- {name}: made by `make docs` -->\n", f"<!-- end of {name} -->"
    if begin not in text or end not in text:
        sys.exit(f"README.md has no part called {name}: expected the lines {begin!r} and {end!r}.")
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


def _listening() -> str:
    figures = load_figures("listening")
    edges = figures["edges"]
    rows = [(f"word error rate, {name}", f"{100 * rate:.1f}%") for name, rate in figures["word_error_rate"].items()]
    rows += [
        ("speech begins, median and worst error", f"{edges['onset_median_ms']} and {edges['onset_worst_ms']} ms"),
        ("speech ends, median and worst error", f"{edges['offset_median_ms']} and {edges['offset_worst_ms']} ms"),
    ]
    return _table(("what", f"on {figures['recordings']} synthetic replies of known truth"), rows)


def _table(head: tuple[str, str], rows: list[tuple[str, str]]) -> str:
    lines = [head, ("---", "---"), *rows]
    return "".join(f"| {left} | {right} |\n" for left, right in lines)


_PARTS: dict[str, Callable[[], str]] = {"help": _help, "demo": _demo, "speed": _speed, "listening": _listening}
_SLOW = frozenset({"demo"})

if __name__ == "__main__":
    main()
