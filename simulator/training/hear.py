"""Let synthetic voices speak part of the corpus and a recogniser write it down: real recogniser noise.

`python -m simulator.training.hear` writes `models/corpus/heard.jsonl`, a line for each sentence of the turns
that were chosen. Needs Debian's `flite`; takes some twenty minutes on two processors, can be stopped and goes on
where it stopped. Labels carry over by the key.
"""

import json
import random
import subprocess
import tempfile
from functools import cache
from multiprocessing import Pool
from pathlib import Path
from statistics import fmean

import numpy as np

from simulator.audio.files import read_audio
from simulator.audio.resampling import Resampler
from simulator.records import SAMPLE_RATE_HZ, Audio, Samples
from simulator.training.corpus import Example, SplitName, corpus_dir, load_split
from simulator.transcription.sphinx import SphinxTranscriber

_SEED = 3
_SHARES: dict[SplitName, float] = {"test": 0.14, "dev": 0.06, "train": 0.2}  # of the turns
# The test is spoken by voices that training never heard.
_VOICES: dict[SplitName, tuple[str, ...]] = {"train": ("slt", "awb"), "dev": ("slt",), "test": ("rms", "kal16")}
_NOISE_DB = (None, -60.0, -52.0)
_TELEPHONE_HZ = 8_000
_MARGIN_S = 0.4


def main() -> None:
    """Hear what is not heard yet."""
    path = corpus_dir() / "heard.jsonl"
    done = {json.loads(line)["key"] for line in path.read_text().splitlines()} if path.exists() else set()
    chosen = [
        (example, _VOICES[split])
        for split, share in _SHARES.items()
        for example in load_split(split)
        if example.key not in done and random.Random(f"{_SEED}/{example.turn}").random() < share
    ]
    with path.open("a", encoding="utf-8") as file, Pool() as pool:
        for heard in pool.imap(_hear, chosen):
            file.write(json.dumps(heard, ensure_ascii=False) + "\n")
            file.flush()


def _hear(chosen: tuple[Example, tuple[str, ...]]) -> dict[str, object]:
    example, voices = chosen
    rng = random.Random(f"{_SEED}/{example.turn}")  # one voice, one line, one noise for a whole turn
    voice, noise_db, telephone = rng.choice(voices), rng.choice(_NOISE_DB), rng.random() < 0.4
    samples = _speak(example.text, voice)
    if telephone:
        narrow = Resampler(SAMPLE_RATE_HZ, _TELEPHONE_HZ)
        wide = Resampler(_TELEPHONE_HZ, SAMPLE_RATE_HZ)
        samples = wide.feed(np.concatenate([narrow.feed(samples), narrow.flush()]))
    samples = np.pad(samples, int(_MARGIN_S * SAMPLE_RATE_HZ))
    if noise_db is not None:
        noise = np.random.default_rng(rng.randrange(2**32)).normal(0, 10 ** (noise_db / 20), len(samples))
        samples = samples + noise.astype(np.float32)
    words = _recogniser().transcribe(Audio(samples))
    return {
        "key": example.key,
        "voice": voice,
        "noise_db": noise_db,
        "telephone": telephone,
        "probability": round(fmean(word.probability for word in words), 3) if words else 0.0,
        "text": " ".join(word.text for word in words),
    }


@cache
def _recogniser() -> SphinxTranscriber:
    return SphinxTranscriber()


def _speak(text: str, voice: str) -> Samples:
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "sentence.wav"
        subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(wav)], check=True)
        return read_audio(wav).samples


if __name__ == "__main__":
    main()
