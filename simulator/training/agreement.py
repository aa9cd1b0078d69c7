"""How well two labellings agree, label by label: `python -m simulator.training.agreement`."""

import json
from typing import Any

from simulator.agreement import cohens_kappa
from simulator.bench.figures import save_figures
from simulator.records import Behaviour
from simulator.training.corpus import corpus_dir, load_split


def main() -> None:
    """Compute, print, save."""
    first = {e.key: e.labels for split in ("train", "dev", "test") for e in load_split(split)}
    lines = (corpus_dir() / "second_labels.jsonl").read_text(encoding="utf-8").splitlines()
    second = {item["key"]: frozenset(map(Behaviour, item["labels"])) for item in map(json.loads, lines)}
    figures: dict[str, Any] = {"sentences": len(second), "kappa": {}}
    for label in Behaviour:
        ratings = [(label in first[key], label in labels) for key, labels in second.items()]
        kappa = cohens_kappa(*zip(*ratings, strict=True))
        figures["kappa"][label.value] = None if kappa is None else round(kappa, 2)
    figures["same_labels"] = round(sum(first[k] == labels for k, labels in second.items()) / len(second), 3)
    print(json.dumps(figures, indent=2))
    print(f"Saved in {save_figures('agreement', figures)}")


if __name__ == "__main__":
    main()
