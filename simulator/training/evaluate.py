"""How good the grader is on hands it never learnt from: `make evaluate` saves `tests/figures/grader.json`.

The same test sentences are put to the trained model and to the keyword rules; the model also reads them
without capitals and punctuation, and as a recogniser wrote them down.
"""

import argparse
import json
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from simulator.bench.figures import median_s, save_figures
from simulator.grading.behaviours import LABELS, TrainedGrader, grader_dir
from simulator.grading.keywords import KeywordGrader
from simulator.records import FAULTS, Behaviour
from simulator.training.corpus import Example, heard, load_split
from simulator.training.metrics import expected_calibration_error, f1_by_label
from simulator.training.train import bare, targets

_BATCH = 64
_WARM_SENTENCES = 5
_REPEATS = 19


def main() -> None:
    """Measure, print, save."""
    parser = argparse.ArgumentParser(description="Evaluate the grader on the test hands.")
    parser.add_argument("--model", type=Path, default=grader_dir())
    options = parser.parse_args()
    grader, test = TrainedGrader(options.model), load_split("test")
    whole = scores(grader, test)
    spoken = heard(test)
    written = {example.key: example for example in test}
    figures: dict[str, Any] = {
        "model": grader.name,
        "sentences": len(test),
        "trained": whole,
        "bare": scores(grader, [stripped(example) for example in test]),
        "recogniser": {
            "sentences": len(spoken),
            "as_written": scores(grader, [written[e.key] for e in spoken])["macro_f1"],
            "as_heard": scores(grader, spoken)["macro_f1"],
        },
        "keywords": keyword_scores(test),
        "five_sentences_ms": five_sentences_ms(grader, test),
    }
    print(json.dumps(figures, indent=2))
    print(f"Saved in {save_figures('grader', figures)}")


def scores(grader: TrainedGrader, examples: Sequence[Example]) -> dict[str, Any]:
    """F1 and calibration of the trained model."""
    rows = [_probabilities(grader, examples[i : i + _BATCH]) for i in range(0, len(examples), _BATCH)]
    probabilities, true = torch.cat(rows), targets(list(examples))
    return {
        **_f1(probabilities >= grader.thresholds, true),
        "expected_calibration_error": round(expected_calibration_error(probabilities, true), 4),
    }


def keyword_scores(examples: Sequence[Example]) -> dict[str, Any]:
    """F1 of the keyword rules on the same sentences."""
    grader = KeywordGrader()
    found = [{label.id for label in grader.labels_of(example.text)} for example in examples]
    predicted = torch.tensor([[label in labels for label in LABELS] for labels in found])
    return _f1(predicted, targets(list(examples)))


def stripped(example: Example) -> Example:
    """The example in lower case and without punctuation."""
    return Example(example.key, bare(example.text), bare(example.before), example.customer, example.labels)


def five_sentences_ms(grader: TrainedGrader, examples: Sequence[Example]) -> float:
    """Median time for a turn of five sentences, warm."""
    sentences = [example.text for example in examples[:_WARM_SENTENCES]]
    return 1000 * median_s(lambda: grader.labels(sentences, examples[0].customer), _REPEATS, warm_up=1)


def _probabilities(grader: TrainedGrader, examples: Sequence[Example]) -> Tensor:
    return grader.probabilities([e.text for e in examples], [(e.before, e.customer) for e in examples])


def _f1(predicted: Tensor, true: Tensor) -> dict[str, Any]:
    by_label = {label: round(float(f1), 3) for label, f1 in zip(LABELS, f1_by_label(predicted, true), strict=True)}
    return {
        "macro_f1": _mean(by_label, LABELS),
        "macro_f1_faults": _mean(by_label, sorted(FAULTS)),
        "by_label": {label.value: f1 for label, f1 in by_label.items()},
    }


def _mean(by_label: dict[Behaviour, float], labels: Sequence[Behaviour]) -> float:
    return round(statistics.mean(by_label[label] for label in labels), 3)


if __name__ == "__main__":
    main()
