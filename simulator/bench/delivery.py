"""How well delivery is measured: pace, pauses, filled pauses, fillers, tone and cost. Part of `make evaluate`.

Synthetic parts need the speech engines that `training/speakers.py` names; parts on real speech need recordings beside
the project and are left out where there are none.
"""

import json
import resource
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from simulator.audio.files import Recording, read_audio
from simulator.bench.figures import figures_dir, save_figures
from simulator.grading.delivery import measure_delivery
from simulator.grading.fillers import filler_words
from simulator.grading.rubric_rules import rubric_rules
from simulator.grading.tone import tone_of
from simulator.grading.turn_sound import SHORTEST_PAUSE_S, closed, sound_of
from simulator.listening import utterances_in, utterances_of
from simulator.records import SAMPLE_RATE_HZ, Audio, Samples, Span, Transcript, VoiceProfile, Word
from simulator.settings import fixtures_dir, project_data_dir
from simulator.training.train_filled_pauses import test_turns

_NEAR_S = 0.3  # an event found as near as this to a true one is that one
_EDGE_S = 0.1
_GAIN = 10 ** (12 / 20)
_SYNTHETIC_TURNS = 200
_READ = ("jfk", "ls_2412-153948-0000", "sb_spk1_snt1", "sb_spk2_snt1", "mfa_english_fast", "mfa_english_slow")
_AGENT = "phone_repair_agent"
# The monologue has no times in its transcript; these were read off its spectrogram.
_MONOLOGUE = "mfa_cold_corpus"
_MONOLOGUE_TIMES = ((1.24, 1.70), (3.70, 4.25), (7.33, 7.88), (9.90, 10.25), (17.80, 18.40))


def main() -> None:
    """Measure, print and save."""
    speech = project_data_dir().parent / "shared" / "audio"
    figures: dict[str, Any] = {
        "cost": _cost(),  # first, while the peak of memory is still its own
        **_pace_and_pauses(),
        "filler_words": _filler_words(),
        "gain": _gain(),
        "filled_pauses_synthetic": _synthetic_filled_pauses(clean=True),
        "filled_pauses_synthetic_rough": _synthetic_filled_pauses(clean=False),
    }
    if speech.is_dir():
        figures["filled_pauses_real"] = _real_filled_pauses(speech)
        figures["false_filled_pauses"] = _false_filled_pauses(speech)
        figures["raised"] = _raised(speech / "voices")
    print(json.dumps(figures, indent=2))
    print(f"Saved in {save_figures('delivery', figures)}")


# --- pace and pauses, on fixtures of known truth ---


def _pace_and_pauses() -> dict[str, Any]:
    errors: list[float] = []
    near = edges = 0
    for path in _spoken_fixtures():
        truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        words = tuple(Word(w["text"], w["start_s"], w["end_s"]) for w in truth["words"])
        true_speech = closed([Span(w["start_s"], w["end_s"]) for w in truth["words"]], SHORTEST_PAUSE_S)
        sound = sound_of(utterances_in(Recording(path).frames()))
        measured = measure_delivery(Transcript(words, "truth"), sound)
        if measured.words_per_minute is not None:
            true_wpm = 60 * measured.words / sum(span.duration_s for span in true_speech)
            errors.append(measured.words_per_minute / true_wpm - 1)
        for before, after in pairwise(true_speech):
            pause = Span(before.end_s, after.start_s)
            match = min(sound.pauses, key=lambda p: abs(p.start_s - pause.start_s), default=Span(-9, -9))
            near += (abs(match.start_s - pause.start_s) <= _EDGE_S) + (abs(match.end_s - pause.end_s) <= _EDGE_S)
            edges += 2
    return {
        "words_per_minute": {
            "turns": len(errors),
            "mean_error": _r(np.mean(np.abs(errors))),
            "worst_error": _r(max(errors, key=abs)),
        },
        "pause_edges": {"edges": edges, "within_100_ms": _r(near / edges)},
    }


def _spoken_fixtures() -> list[Path]:
    return [path for folder in ("demo", "replies") for path in sorted((fixtures_dir() / folder).glob("*.flac"))]


# --- filled pauses and fillers ---


@dataclass(frozen=True)
class _Matched:
    found: int
    true: int
    false: int

    @property
    def f1(self) -> float:
        return 2 * self.found / (self.found + self.false + self.true)


def matched(events: Sequence[Span], true: Sequence[Span]) -> _Matched:
    """How many true events were found, each by one event at most, and how many events are false."""
    left = list(true)
    false = 0
    for event in events:
        near = [t for t in left if event.start_s < t.end_s + _NEAR_S and event.end_s > t.start_s - _NEAR_S]
        if near:
            left.remove(min(near, key=lambda t: abs(t.start_s - event.start_s)))
        else:
            false += 1
    return _Matched(len(true) - len(left), len(true), false)


def _sum(parts: Iterable[_Matched]) -> _Matched:
    rows = list(parts)
    return _Matched(sum(p.found for p in rows), sum(p.true for p in rows), sum(p.false for p in rows))


def _events_in(audio: Audio) -> list[Span]:
    """Filled pauses as the program finds them: in what the voice detector calls speech."""
    return [
        Span(um.start_s, um.end_s)
        for um in sound_of(utterances_of(audio)).filled_pauses
        if um.start_s is not None and um.end_s is not None
    ]


def _synthetic_filled_pauses(*, clean: bool) -> dict[str, Any]:
    turns = test_turns(_SYNTHETIC_TURNS, clean=clean)
    rows = [matched(_events_in(turn.audio), turn.filled_pauses) for turn in turns]
    total = _sum(rows)
    return {"turns": len(rows), **_counts(total), "f1": _r(total.f1)}


def _real_filled_pauses(folder: Path) -> dict[str, Any]:
    truth: dict[str, list[Span]] = {_MONOLOGUE: [Span(*times) for times in _MONOLOGUE_TIMES]}
    for line in (folder / "ami_words.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        meeting, _, start, end, *_, is_filler = line.split("\t")
        events = truth.setdefault(f"ami_{meeting}", [])
        if is_filler == "1":
            events.append(Span(float(start), float(end)))
    rows = {name: matched(_events_in(read_audio(folder / f"{name}.flac")), spans) for name, spans in truth.items()}
    total = _sum(rows.values())
    return {**_counts(total), "f1": _r(total.f1), "by_recording": {name: _counts(row) for name, row in rows.items()}}


def _counts(row: _Matched) -> dict[str, int]:
    return {"found": row.found, "of": row.true, "false": row.false}


def _false_filled_pauses(folder: Path) -> dict[str, float]:
    read = [read_audio(folder / f"{name}.flac") for name in _READ]
    agent = read_audio(folder / f"{_AGENT}.flac")
    rates = {"read_sentences": read, "phone_agent": [agent]}
    return {
        f"{name}_per_minute": _r(sum(len(_events_in(a)) for a in audios) / sum(a.duration_s for a in audios) * 60)
        for name, audios in rates.items()
    }


def _filler_words() -> dict[str, Any]:
    """On the sentences of the test's table; the second writer's were written after the rules."""
    parts = yaml.safe_load((figures_dir().parent / "filler_cases.yaml").read_text(encoding="utf-8"))
    return {f"{part}_writer": {"cases": len(cases), "f1": _fillers_f1(cases)} for part, cases in parts.items()}


def _fillers_f1(cases: Sequence[dict[str, Any]]) -> float:
    found = true = both = 0
    for case in cases:
        got = [filler.text for filler in filler_words(Transcript.typed(case["text"]).words)]
        wanted = list(case["fillers"])
        both += sum(min(got.count(word), wanted.count(word)) for word in set(wanted))
        found, true = found + len(got), true + len(wanted)
    return _r(2 * both / (found + true))


# --- tone ---


def _raised(folder: Path) -> dict[str, Any]:
    """Raised against calm voices of the same speakers and sentences, all brought to one level."""
    profiles: dict[tuple[str, str, str], tuple[VoiceProfile | None, float]] = {}
    for path in sorted(folder.glob("*.flac")):
        actor, manner, sentence = path.stem.split("_")
        samples = read_audio(path).samples
        profiles[actor, manner, sentence] = _equalised_profile(samples), _level_db(samples)
    rules = rubric_rules().tone
    actors = sorted({actor for actor, _, _ in profiles})
    sentences = sorted({sentence for _, _, sentence in profiles})

    def scores(manner: str, *, baseline: bool) -> list[float]:
        found = []
        for actor in actors:
            for number, sentence in enumerate(sentences):
                # The baseline is the other sentence, so that no words are the same.
                own = profiles[actor, "neutral", sentences[1 - number]][0] if baseline else None
                tone = tone_of(profiles[actor, manner, sentence][0], own, rules)
                found.append(tone.raised if tone.raised is not None else 0.5)
        return found

    def verdicts(manner: str) -> dict[str, int]:
        words: dict[str, int] = {}
        for actor in actors:
            for number, sentence in enumerate(sentences):
                own = profiles[actor, "neutral", sentences[1 - number]][0]
                word = tone_of(profiles[actor, manner, sentence][0], own, rules).verdict
                words[word] = words.get(word, 0) + 1
        return words

    def loudness(manner: str, *, equalised: bool) -> list[float]:
        of_manner = [found for (_, m, _), found in profiles.items() if m == manner]
        return [p.loudness_db if equalised else level for p, level in of_manner if p is not None]

    return {
        "speakers": len(actors),
        "auc": _r(area_under_curve(scores("angry", baseline=True), scores("calm", baseline=True))),
        "auc_without_baseline": _r(area_under_curve(scores("angry", baseline=False), scores("calm", baseline=False))),
        "auc_loudness_alone": _r(
            area_under_curve(loudness("angry", equalised=True), loudness("calm", equalised=True))
        ),
        "auc_loudness_before_equalising": _r(
            area_under_curve(loudness("angry", equalised=False), loudness("calm", equalised=False))
        ),
        "verdicts": {manner: verdicts(manner) for manner in ("angry", "calm")},
    }


def _equalised_profile(samples: Samples) -> VoiceProfile | None:
    """The voice with its loud parts at one level for all; None where the voice detector hears nobody."""
    equal = samples * np.float32(10 ** ((-20 - _level_db(samples)) / 20))
    return sound_of(utterances_of(Audio(equal))).voice


def _level_db(samples: Samples) -> float:
    loud = np.square(samples)[np.abs(samples) > 0.05 * np.abs(samples).max()]
    return float(10 * np.log10(loud.mean()))


def area_under_curve(positive: Sequence[float], negative: Sequence[float]) -> float:
    """How often a positive scores above a negative; a tie counts half."""
    return float(np.mean([(p > n) + 0.5 * (p == n) for p in positive for n in negative]))


def _gain() -> dict[str, int]:
    """Fixtures whose verdict keeps its words with the gain turned up and down by 12 dB, clipping where it clips."""
    same = 0
    paths = [*_spoken_fixtures(), *sorted((fixtures_dir() / "sound").glob("*.flac"))]
    for path in paths:
        samples = read_audio(path).samples
        words = {_verdict(np.clip(samples * np.float32(gain), -1, 1)) for gain in (1 / _GAIN, 1.0, _GAIN)}
        same += len(words) == 1
    return {"fixtures": len(paths), "same_words": same}


def _verdict(samples: Samples) -> str:
    sound = sound_of(utterances_of(Audio(samples)))
    return tone_of(sound.voice, None, rubric_rules().tone).verdict


# --- cost ---


def _cost() -> dict[str, float]:
    """Seconds and memory for a minute of sound, after the voice detector has heard it."""
    pieces = [read_audio(path).samples for path in _spoken_fixtures()]
    minute = np.resize(np.concatenate(pieces), 60 * SAMPLE_RATE_HZ)
    utterances = list(utterances_of(Audio(minute)))
    words = tuple(Word("right", at, at + 0.3) for at in np.arange(0, 60, 0.4).tolist())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times = [_timed(lambda: measure_delivery(Transcript(words, "truth"), sound_of(utterances))) for _ in range(5)]
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"first_s": _r(times[0]), "median_s": _r(np.median(times)), "memory_mb": _r((after - before) / 1024, 0)}


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _r(value: Any, decimals: int = 3) -> float:
    return round(float(value), decimals)


if __name__ == "__main__":
    main()
