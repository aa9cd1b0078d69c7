"""Where measured figures are kept: `tests/figures/NAME.json`, written by the command that measures them."""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from simulator.settings import project_data_dir


def figures_dir() -> Path:
    """The folder of the saved figures in a checkout."""
    return project_data_dir() / "tests" / "figures"


def save_figures(name: str, figures: dict[str, Any]) -> Path:
    """Save the figures of one measurement, with the machine they were measured on."""
    machine = {"processors": os.cpu_count(), "system": platform.system(), "python": platform.python_version()}
    path = figures_dir() / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": machine, **figures}, indent=2) + "\n", encoding="utf-8")
    return path


def median_s(work: Callable[[], object], repeats: int, *, warm_up: int = 0) -> float:
    """Median seconds of a piece of work over some repeats, after as many that are not counted."""
    times = []
    for _ in range(warm_up + repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return round(statistics.median(times[warm_up:]), 5)


def load_figures(name: str) -> dict[str, Any]:
    """The figures saved under a name."""
    content: dict[str, Any] = json.loads((figures_dir() / f"{name}.json").read_text(encoding="utf-8"))
    return content
