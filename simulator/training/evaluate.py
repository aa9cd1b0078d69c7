"""How good the grader is on hands it never learnt from: `make evaluate` saves `tests/figures/grader.json`.

The same test sentences are put to the trained model and to three baselines; the model also reads them without
capitals and punctuation, and as a recogniser wrote them down. Questions and offers are matched with cases, and
scripted calls are given levels.
"""

import argparse
import json
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from torch import Tensor

from simulator.bench.figures import median_s, save_figures
from simulator.grading.behaviours import LABELS, BehaviourModel
from simulator.grading.loading import TrainedGrader
from simulator.grading.rubric_rules import rubric_rules
from simulator.records import FAULTS, Behaviour
from simulator.settings import grader_dir, matcher_dir
from simulator.training import baselines
from simulator.training.corpus import (
    CorpusTurn,
    Sentence,
    bare,
    heard_probabilities,
    heard_turns,
    load_turns,
    texts_of,
)
from simulator.training.levels import level_figures
from simulator.training.matching import (
    KINDS,
    NO_BAR,
    Outcomes,
    bar_at,
    base_vectors,
    find_bar,
    load_matchings,
    outcomes,
)
from simulator.training.metrics import expected_calibration_error, f1_by_label, targets

_WARM_SENTENCES = 5
_REPEATS = 19
_LIKELY = 0.05  # labels below this are true negatives that any model gets right


def main() -> None:
    """Measure, print, save."""
    parser = argparse.ArgumentParser(description="Evaluate the grader on the test hands.")
    parser.add_argument("--grader", type=Path, default=grader_dir())
    parser.add_argument("--matcher", type=Path, default=matcher_dir())
    options = parser.parse_args()
    grader = TrainedGrader(options.grader, options.matcher)
    model = grader.behaviours
    train, dev, test = load_turns("train"), load_turns("dev"), load_turns("test")
    true = targets(test)
    whole, stripped = scores(model, test), scores(model, [without_marks(turn) for turn in test])
    figures: dict[str, Any] = {
        "model": grader.name,
        "sentences": len(true),
        "trained": whole,
        "bare": stripped,
        "recogniser": recogniser_figures(model, test),
        "baselines": {
            "keywords": f1_figures(baselines.keywords(test), true),
            "tf_idf": f1_figures(baselines.tf_idf(train, dev, test), true),
            "zero_shot": f1_figures(baselines.zero_shot(dev, test), true),
        },
        "matching": matching_figures(grader),
        "levels": level_figures(grader),
        "five_sentences_ms": five_sentences_ms(model, test),
    }
    Console().print_json(json.dumps(figures))
    print(f"Saved in {save_figures('grader', figures)}")


def scores(grader: BehaviourModel, turns: Sequence[CorpusTurn]) -> dict[str, Any]:
    """F1 and calibration of the trained model."""
    probabilities, true = grader.probabilities(texts_of(turns)), targets(turns)
    likely = probabilities > _LIKELY
    return {
        **f1_figures(probabilities >= grader.thresholds, true),
        "expected_calibration_error": round(expected_calibration_error(probabilities, true), 4),
        "expected_calibration_error_likely": round(
            expected_calibration_error(probabilities[likely], true[likely]), 4
        ),
    }


def without_marks(turn: CorpusTurn) -> CorpusTurn:
    """The turn in lower case and without punctuation."""
    sentences = tuple(Sentence(text=bare(s.text), labels=s.labels) for s in turn.sentences)
    return turn.model_copy(update={"sentences": sentences})


def recogniser_figures(grader: BehaviourModel, test: Sequence[CorpusTurn]) -> dict[str, Any]:
    """The turns that a recogniser has heard, as they were written and as it wrote them down."""
    heard = heard_turns(test)
    ids = {turn.id for turn in heard}
    sure_of, bar = heard_probabilities(), rubric_rules().limits.doubted_word
    keys = [f"{turn.id}/{n}" for turn in heard for n in range(len(turn.sentences))]
    understood = torch.tensor([sure_of[key] >= bar for key in keys])
    true = targets(heard)
    written, spoken = (
        grader.probabilities(texts_of(turns)) >= grader.thresholds
        for turns in ([turn for turn in test if turn.id in ids], heard)
    )
    return {
        "sentences": len(true),
        "as_written": f1_figures(written, true)["macro_f1"],
        "as_heard": f1_figures(spoken, true)["macro_f1"],
        "not_doubted": {
            "sentences": int(understood.sum()),
            "as_written": f1_figures(written[understood], true[understood])["macro_f1"],
            "as_heard": f1_figures(spoken[understood], true[understood])["macro_f1"],
        },
    }


def matching_figures(grader: TrainedGrader) -> dict[str, Any]:
    """Questions with facts, offers with remedies and customers' lines with facts; also by the base encoder."""
    base = base_vectors()

    def vectors(texts: Sequence[str]) -> Tensor:
        return torch.from_numpy(grader.vectors(texts))

    figures: dict[str, Any] = {}
    for kind in KINDS:
        dev, test = load_matchings("dev", kind), load_matchings("test", kind)
        figures[kind] = {
            "trained": _matched(outcomes(test, vectors), getattr(grader.bars, kind)),
            "base": _matched(outcomes(test, base), find_bar(outcomes(dev, base))),
        }
    return figures


def _matched(found: Outcomes, bar: float) -> dict[str, Any]:
    return {
        "with_a_match": int(found.has_one.sum()),
        "without_a_match": int((~found.has_one).sum()),
        "top_1": round(found.top_1(bar), 3),
        "false_matches": round(found.false_matches(bar), 3),
        "top_1_without_a_bar": round(found.top_1(NO_BAR), 3),
        "top_1_at_5_percent_false": round(found.top_1(bar_at(found, 0.05)), 3),
    }


def five_sentences_ms(grader: BehaviourModel, turns: Sequence[CorpusTurn]) -> float:
    """Median time for a turn of five sentences, warm."""
    turn = next(turn for turn in texts_of(turns) if len(turn.sentences) == _WARM_SENTENCES)
    return 1000 * median_s(lambda: grader.label_turns([turn]), _REPEATS, warm_up=1)


def f1_figures(predicted: Tensor, true: Tensor) -> dict[str, Any]:
    """Macro-F1 of all labels and of the faults, and each label's F1."""
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
