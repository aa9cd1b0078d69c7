"""Let synthetic voices speak part of the corpus and a recogniser write it down: real recogniser noise.

`python -m simulator.training.hear` writes `models/corpus/heard.jsonl`. Needs Debian's `flite`; takes
some twenty minutes on one processor, can be stopped and goes on where it stopped. Labels carry over by the key.
"""

import json
import random
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from simulator.audio.files import read_audio
from simulator.audio.resampling import Resampler
from simulator.records import SAMPLE_RATE_HZ, Audio, Samples
from simulator.training.corpus import Example, SplitName, corpus_dir, load_split
from simulator.transcription.sphinx import SphinxTranscriber

_SEED = 3
_SENTENCES: dict[SplitName, int] = {"test": 300, "dev": 60, "train": 600}
# The test is spoken by voices that training never heard.
_VOICES: dict[SplitName, tuple[str, ...]] = {"train": ("slt", "awb"), "dev": ("slt",), "test": ("rms", "kal16")}
_NOISE_DB = (None, -60.0, -52.0)
_TELEPHONE_HZ = 8_000
_MARGIN_S = 0.4


def main() -> None:
    """Hear what is not heard yet."""
    path = corpus_dir() / "heard.jsonl"
    done = {json.loads(line)["key"] for line in path.read_text().splitlines()} if path.exists() else set()
    recogniser = SphinxTranscriber()
    with path.open("a", encoding="utf-8") as file:
        for split, count in _SENTENCES.items():
            examples = load_split(split)
            random.Random(_SEED).shuffle(examples)
            for example in examples[:count]:
                if example.key not in done:
                    file.write(json.dumps(_hear(example, _VOICES[split], recogniser), ensure_ascii=False) + "\n")
                    file.flush()


def _hear(example: Example, voices: tuple[str, ...], recogniser: SphinxTranscriber) -> dict[str, object]:
    rng = random.Random(f"{_SEED}/{example.key}")
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
    words = " ".join(word.text for word in recogniser.transcribe(Audio(samples)))
    return {"key": example.key, "voice": voice, "noise_db": noise_db, "telephone": telephone, "text": words}


def _speak(text: str, voice: str) -> Samples:
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "sentence.wav"
        subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(wav)], check=True)
        return read_audio(wav).samples


if __name__ == "__main__":
    main()
