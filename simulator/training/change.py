"""The grader before and after it learnt from corrections, side by side on the test hands. Replaces nothing."""

from collections.abc import Sequence
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from simulator.grading.behaviours import BehaviourModel
from simulator.settings import grader_dir
from simulator.training.corpus import CorpusTurn, load_turns, texts_of
from simulator.training.evaluate import scores
from simulator.training.metrics import targets

_TITLES = {
    "macro_f1": "macro-F1, 20 labels",
    "macro_f1_faults": "macro-F1, faults",
    "expected_calibration_error": "calibration error",
}


def new_grader_dir() -> Path:
    """Where a grader that learnt from corrections is written: beside the one in use, never over it."""
    return grader_dir().with_name("grader-new")


def show_change(before: Path, after: Path, extra: Sequence[CorpusTurn], console: Console) -> None:
    """Print the figures of two graders on the test hands, their hits among the corrections, and how to adopt the new.

    Raises:
        ModelError: a folder does not hold a whole model.
    """
    table = Table(box=SIMPLE, pad_edge=False, show_edge=False)
    for header in ("test hands", "before", "after", "change"):
        table.add_column(header, justify="left" if header == "test hands" else "right")
    old, new = (figures(BehaviourModel(folder), load_turns("test"), extra) for folder in (before, after))
    for name, value in old.items():
        table.add_row(name, f"{value:.3f}", f"{new[name]:.3f}", f"{new[name] - value:+.3f}")
    console.print(table)
    console.print("The corrections were learnt from: their line shows what was taken in, not how good the grader is.")
    console.print(f"Nothing was replaced. To use the new grader: cp {after}/* {before}/", soft_wrap=True)


def figures(grader: BehaviourModel, test: Sequence[CorpusTurn], extra: Sequence[CorpusTurn]) -> dict[str, float]:
    """Figures by the words that name them."""
    found = scores(grader, test)
    right = ((grader.probabilities(texts_of(extra)) >= grader.thresholds) == targets(extra)).all(dim=1)
    return {
        **{title: found[name] for name, title in _TITLES.items()},
        **{f"F1, {label}": f1 for label, f1 in found["by_label"].items()},
        f"right of {len(right)} corrected sentences": float(right.float().mean()),
    }
