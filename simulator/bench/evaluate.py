"""How well the program hears: word errors and speech edges on the fixtures. `make evaluate`."""

import json
import re
import statistics
from pathlib import Path
from typing import Any

from simulator.audio.files import Recording
from simulator.bench.figures import save_figures
from simulator.listening import utterances_in
from simulator.records import Utterance
from simulator.settings import fixtures_dir
from simulator.transcription import open_transcriber
from simulator.transcription.sphinx import SphinxTranscriber


def main() -> None:
    """Measure, print and save."""
    paths = [p for folder in ("demo", "replies") for p in sorted((fixtures_dir() / folder).glob("*.flac"))]
    heard = {path: list(utterances_in(Recording(path).frames())) for path in paths}
    figures: dict[str, Any] = {
        "recordings": len(paths),
        "edges": _edges(heard),
        "word_error_rate": _word_errors(heard),
    }
    print(json.dumps(figures, indent=2))
    print(f"Saved in {save_figures('listening', figures)}")


def _truth(path: Path) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return truth


def _edges(heard: dict[Path, list[Utterance]]) -> dict[str, float]:
    """How far the first and last voiced sample are from the truth, in milliseconds; positive is late."""
    onsets: list[float] = []
    offsets: list[float] = []
    for path, utterances in heard.items():
        sentences = _truth(path)["sentences"]
        onsets.append(1000 * (utterances[0].speech[0].start_s - sentences[0]["start_s"]))
        offsets.append(1000 * (utterances[-1].speech[-1].end_s - sentences[-1]["end_s"]))
    return {
        "onset_median_ms": round(statistics.median(onsets)),
        "onset_worst_ms": round(_worst(onsets)),
        "offset_median_ms": round(statistics.median(offsets)),
        "offset_worst_ms": round(_worst(offsets)),
    }


def _worst(errors: list[float]) -> float:
    return max(max(errors), min(errors), key=float.__abs__)


def _word_errors(heard: dict[Path, list[Utterance]]) -> dict[str, float]:
    """Word error rate over all fixtures, of PocketSphinx and of the Whisper at hand, if any."""
    transcriber, _ = open_transcriber()
    transcribers = [SphinxTranscriber(), *([transcriber] if not transcriber.rough else [])]
    rates = {}
    for each in transcribers:
        errors = words = 0
        for path, utterances in heard.items():
            said = _plain(" ".join(word.text for u in utterances for word in each.transcribe(u.audio)))
            truth = _plain(_truth(path)["text"])
            errors += word_errors(truth, said)
            words += len(truth)
        rates[each.name] = round(errors / words, 3)
    return rates


def word_errors(truth: list[str], said: list[str]) -> int:
    """Substitutions, insertions and deletions between two word lists (Levenshtein distance)."""
    row = list(range(len(said) + 1))
    for i, true in enumerate(truth, 1):
        before, row[0] = row[0], i
        for j, word in enumerate(said, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (true != word))
    return row[-1]


def _plain(text: str) -> list[str]:
    return re.sub(r"[^\w' ]", "", text.lower()).split()


if __name__ == "__main__":
    main()
