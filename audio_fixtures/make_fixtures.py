"""Make the recordings of this folder again: `python audio_fixtures/make_fixtures.py`.

The candidate's replies are spoken by flite (Debian package `flite`, needed only here), in voices other than
the customer's. Each recording has a sidecar of the same name with the true transcript and times: sentences
are rendered one by one, so their times are exact; word times come from flite's own phone durations.
Deterministic: the same text gives the same files.
"""

import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import soundfile

from simulator.audio.files import read_audio
from simulator.errors import CalmlineError
from simulator.records import SAMPLE_RATE_HZ, Samples

FOLDER = Path(__file__).resolve().parent
REPLIES = FOLDER / "replies.json"
_LEAD_S, _BETWEEN_S, _TAIL_S = 0.45, 0.40, 0.60
_ROOM_DB = -62.0  # a quiet room; digital silence is not what a microphone gives
_SPEECH_RMS_DB = -23.0
_SILENCE = frozenset({"pau", "ssil", "brth"})


@dataclass(frozen=True)
class Spoken:
    """A sentence as flite spoke it: the sound and the times of its words, from its own start."""

    samples: Samples
    words: tuple[tuple[str, float, float], ...]


def main() -> None:
    """Write every recording and sidecar."""
    for reply in json.loads(REPLIES.read_text(encoding="utf-8")):
        samples, truth = speak(reply["sentences"], reply["voice"], reply["name"])
        write(reply["name"], samples, truth)
    plain, truth = speak(["I am so sorry about the machine.", "What is the number on the receipt?"], "slt", "plain")
    write("sound/clipped", np.clip(plain * 12, -1, 1), truth)
    write("sound/quiet", plain * 0.04, truth)
    write_telephone(plain, truth)
    write("sound/silence", room(6.0, "silence"), {"text": "", "voice": None, "sentences": [], "words": []})
    noise = np.random.default_rng(5).normal(0, 10 ** (-30 / 20), int(6 * SAMPLE_RATE_HZ)).astype(np.float32)
    write("sound/noise", noise, {"text": "", "voice": None, "sentences": [], "words": []})


def speak(sentences: list[str], voice: str, name: str) -> tuple[Samples, dict[str, object]]:
    """A reply with its true transcript and times in seconds."""
    pieces: list[Samples] = [np.zeros(int(_LEAD_S * SAMPLE_RATE_HZ), np.float32)]
    clock, told, words = _LEAD_S, [], []
    for sentence in sentences:
        spoken = render(sentence, voice)
        end = clock + len(spoken.samples) / SAMPLE_RATE_HZ
        told.append({"text": sentence, "start_s": round(clock, 3), "end_s": round(end, 3)})
        words += [
            {"text": w, "start_s": round(clock + s, 3), "end_s": round(clock + e, 3)} for w, s, e in spoken.words
        ]
        pieces += [spoken.samples, np.zeros(int(_BETWEEN_S * SAMPLE_RATE_HZ), np.float32)]
        clock = end + int(_BETWEEN_S * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    samples = np.concatenate([*pieces, np.zeros(int((_TAIL_S - _BETWEEN_S) * SAMPLE_RATE_HZ), np.float32)])
    samples = samples + room(len(samples) / SAMPLE_RATE_HZ, name)[: len(samples)]
    return samples, {"text": " ".join(sentences), "voice": f"flite {voice}", "sentences": told, "words": words}


@cache
def render(sentence: str, voice: str) -> Spoken:
    """One sentence without the silence around it."""
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "sentence.wav"
        phones = flite("-voice", voice, "-psdur", "-t", sentence, "-o", str(wav))
        samples = read_audio(wav).samples
    ends = [(name, float(end)) for name, end in re.findall(r"(\S+):([\d.]+)", phones)]
    timed = [(name, start, end) for (name, end), start in zip(ends, [0.0, *(e for _, e in ends)], strict=False)]
    voiced = [phone for phone in timed if phone[0] not in _SILENCE]
    first, last = voiced[0][1], voiced[-1][2]
    cut = samples[int(first * SAMPLE_RATE_HZ) : int(last * SAMPLE_RATE_HZ)]
    loud = float(np.sqrt(np.mean(cut**2)))
    cut = cut * np.float32(10 ** (_SPEECH_RMS_DB / 20) / loud)
    return Spoken(cut, tuple(word_times(sentence, voice, [(s - first, e - first) for _, s, e in voiced])))


def word_times(sentence: str, voice: str, phones: list[tuple[float, float]]) -> list[tuple[str, float, float]]:
    """Times of each word: the phones shared out by how many the word has when it is spoken alone."""
    words = sentence.split()
    counts = np.array([phone_count(re.sub(r"[^\w'-]", "", word), voice) for word in words], float)
    # Words run together lose a phone here and there; the counts are scaled to what was really spoken.
    bounds = np.rint(np.concatenate([[0], np.cumsum(counts)]) * len(phones) / counts.sum()).astype(int)
    return [
        (word, phones[start][0], phones[max(start, end - 1)][1])
        for word, start, end in zip(words, bounds, bounds[1:], strict=False)
    ]


@cache
def phone_count(word: str, voice: str) -> int:
    """How many phones a word has when it is spoken alone."""
    spoken = flite("-voice", voice, "-ps", "-t", word, "-o", "none").split()
    return max(1, sum(phone not in _SILENCE for phone in spoken))


def room(seconds: float, name: str) -> Samples:
    """The sound of a quiet room, the same for the same name."""
    seed = sum(name.encode())
    return (
        np.random.default_rng(seed).normal(0, 10 ** (_ROOM_DB / 20), int(seconds * SAMPLE_RATE_HZ)).astype(np.float32)
    )


def flite(*arguments: str) -> str:
    """Run flite and give what it printed."""
    try:
        return subprocess.run(["flite", *arguments], check=True, capture_output=True, text=True).stdout
    except FileNotFoundError as error:
        raise CalmlineError("flite is not on this machine.", advice="Type `apt-get install flite`.") from error


def write(name: str, samples: Samples, truth: dict[str, object]) -> None:
    """Write a recording and its sidecar."""
    path = FOLDER / f"{name}.flac"
    path.parent.mkdir(exist_ok=True)
    soundfile.write(path, np.clip(samples, -1, 1), SAMPLE_RATE_HZ, subtype="PCM_16")
    write_truth(path, truth)


def write_telephone(samples: Samples, truth: dict[str, object]) -> None:
    """8 kHz, two channels, 16-bit WAV: what a call recorder writes. The second channel is the other side, silent."""
    narrow = samples[: len(samples) // 2 * 2].reshape(-1, 2).mean(axis=1)
    path = FOLDER / "sound" / "telephone_8khz_stereo.wav"
    soundfile.write(path, np.stack([narrow, np.zeros_like(narrow)], axis=1), 8000, subtype="PCM_16")
    write_truth(path, truth)


def write_truth(path: Path, truth: dict[str, object]) -> None:
    """Write the sidecar of a recording."""
    path.with_suffix(".json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except CalmlineError as error:
        sys.exit(f"{error.message} {error.advice}")
