"""Trains the detector of filled pauses on synthetic turns: `python -m simulator.training.train_filled_pauses`.

Writes `models/filled_pauses/weights.npz`. Needs the packages that `speakers.py` names; about twelve minutes on two
processors, most of it for making the turns.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from simulator.grading.acoustics import acoustics_of
from simulator.grading.filled_pauses import DILATIONS, FEATURES, SPECTRUM_FEATURES, features_of
from simulator.records import Audio
from simulator.settings import filled_pauses_file
from simulator.training.corpus import SplitName, load_turns
from simulator.training.hesitations import (
    MadeTurn,
    Rng,
    coughs_and_laughs,
    drawn_out_word,
    frame_targets,
    hummed_tune,
    make_recorded_turn,
    make_turn,
    roughened,
    warped,
    with_others_talking,
    with_rustle,
)
from simulator.training.speakers import ANNOUNCERS, Speaker, all_speakers

_CHANNELS, _TAPS = 40, 5
_CROP = 256  # frames of an example: four seconds
TEST_SPEAKERS = frozenset({"awb", "kal_diphone", "en-gb+f2", "en-us+paul", "en-us+steph", "en-gb+edward"})
Example = tuple[NDArray[np.float32], NDArray[np.float32]]


class Network(nn.Module):
    """The network of `grading.filled_pauses` with gradients."""

    def __init__(self) -> None:
        super().__init__()
        widths = [FEATURES, *[_CHANNELS] * (len(DILATIONS) - 1), 1]
        self.layers = nn.ModuleList(
            nn.Conv1d(a, b, _TAPS, padding=d * (_TAPS // 2), dilation=d)
            for a, b, d in zip(widths, widths[1:], DILATIONS, strict=False)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Logits of shape (batch, n) from features of shape (batch, n, 31)."""
        x = x.transpose(1, 2)
        for layer in self.layers[:-1]:
            x = nn.functional.dropout(torch.relu(layer(x)), 0.1, self.training)
        return torch.as_tensor(self.layers[-1](x)[:, 0])


def main() -> None:
    """Make the turns, train, save."""
    parser = argparse.ArgumentParser(description="Trains the detector of filled pauses.")
    parser.add_argument("--turns", type=int, default=3400)
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    began = time.time()
    with ProcessPoolExecutor() as pool:
        seeds = [options.seed * 100_000 + n for n in range(options.turns)]
        examples = list(pool.map(made_example, seeds, chunksize=50))
    print(f"{len(examples)} turns made in {time.time() - began:.0f} s", flush=True)
    network = trained(examples, options.epochs, options.seed)
    save(network)


def made_example(seed: int) -> Example:
    """Features and targets of one training turn."""
    turn = training_turn(np.random.default_rng(seed))
    features = features_of(acoustics_of(turn.audio))
    return features.astype(np.float16), frame_targets(turn, len(features))


def training_turn(rng: Rng, *, test: bool = False, clean: bool = False) -> MadeTurn:
    """A turn of a speaker who is, or is not, kept for the test; as the world leaves it, or clean."""
    speaker = random_speaker(rng, test=test)
    kind = rng.random()
    if kind < 0.06:
        return _without(hummed_tune(speaker, rng), rng)
    if kind < 0.10:
        return _without(coughs_and_laughs(rng), rng)
    if kind < 0.6 and not test:
        # Real voices weigh as much as all synthetic ones: what they say is what must not be taken for an um.
        announcer = ANNOUNCERS[int(rng.integers(len(ANNOUNCERS)))]
        turn = warped(make_recorded_turn(announcer, int(rng.choice([0, 1, 2, 3], p=[0.3, 0.3, 0.2, 0.2])), rng), rng)
        return _in_the_world(turn, rng)
    text = str(rng.choice(_sentences("test" if test else "train")))
    if kind > 0.97:
        text = ""
    turn = make_turn(speaker, text, int(rng.choice([0, 1, 2, 3], p=[0.25, 0.3, 0.25, 0.2])), rng)
    for _ in range(int(rng.integers(0, 3))):
        pieces = [turn.audio.samples, drawn_out_word(speaker, rng), np.zeros(int(rng.integers(0, 4800)), np.float32)]
        turn = MadeTurn(Audio(np.concatenate(pieces)), turn.filled_pauses)
    turn = warped(turn, rng)
    return turn if clean else _in_the_world(turn, rng)


@cache
def _sentences(split: SplitName) -> list[str]:
    return [sentence.text for turn in load_turns(split)[:1500] for sentence in turn.sentences]


def _in_the_world(turn: MadeTurn, rng: Rng) -> MadeTurn:
    """The turn in a room that is not empty, through a microphone and a line."""
    sound = turn.audio.samples
    if rng.random() < 0.5:
        sound = with_rustle(sound, rng)
    if rng.random() < 0.3:
        announcer = ANNOUNCERS[int(rng.integers(len(ANNOUNCERS)))]
        sound = with_others_talking(sound, make_recorded_turn(announcer, 0, rng).audio.samples, rng)
    return MadeTurn(Audio(roughened(sound, rng)), turn.filled_pauses)


def test_turns(count: int, *, clean: bool) -> Iterator[MadeTurn]:
    """Turns with filled pauses, by speakers and with words that the training never saw."""
    made = 0
    for seed in range(10 * count):
        turn = training_turn(np.random.default_rng(10_000_000 + seed), test=True, clean=clean)
        if turn.filled_pauses:
            made += 1
            yield turn
        if made == count:
            return


def random_speaker(rng: Rng, *, test: bool) -> Speaker:
    """A speaker; the few natural voices come as often as all the espeak ones together."""
    speakers = [s for s in all_speakers() if (s.voice in TEST_SPEAKERS) == test]
    natural = [s for s in speakers if s.engine != "espeak"]
    some = natural if rng.random() < 0.55 else [s for s in speakers if s.engine == "espeak"]
    return some[int(rng.integers(len(some)))]


def _without(sound: NDArray[np.float32], rng: Rng) -> MadeTurn:
    return MadeTurn(Audio(roughened(np.pad(sound, 4000), rng)), ())


def trained(examples: Sequence[Example], epochs: int, seed: int) -> Network:
    """Fit a network to crops of the examples."""
    torch.manual_seed(seed)
    rng, network = np.random.default_rng(seed), Network()
    optimiser = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=1e-3)
    batches = -(-len(examples) // 32)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=epochs * batches)
    for epoch in range(epochs):
        losses = []
        order = rng.permutation(len(examples))
        for first in range(0, len(order), 32):
            crops = [_crop(examples[i], rng) for i in order[first : first + 32]]
            x, y, weight = (torch.from_numpy(np.stack(part)) for part in zip(*crops, strict=True))
            loss = nn.functional.binary_cross_entropy_with_logits(network(x), y, weight)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}", flush=True)
    return network.eval()


def _crop(example: Example, rng: Rng) -> tuple[NDArray[np.float32], ...]:
    """Four seconds of an example, with some bands hidden; the frames at the edges of an event count for nothing."""
    x, y = example
    if len(x) < _CROP:
        x, y = np.pad(x, ((0, _CROP - len(x)), (0, 0))), np.pad(y, (0, _CROP - len(y)))
    start = int(rng.integers(0, len(x) - _CROP + 1))
    x, y = x[start : start + _CROP].astype(np.float32), y[start : start + _CROP]
    weight = np.ones(_CROP, np.float32)
    for edge in np.flatnonzero(np.diff(y)):
        weight[max(0, edge - 1) : edge + 3] = 0
    if rng.random() < 0.3:
        band = int(rng.integers(0, SPECTRUM_FEATURES - 2))
        x[:, band : band + int(rng.integers(1, 4))] = 0
    if rng.random() < 0.25:
        x[:, :SPECTRUM_FEATURES] = 0  # of a turn that is nothing but an um the mean says nothing
    return x, y, weight


def save(network: Network) -> None:
    """Write the weights, in half precision."""
    path = filled_pauses_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {}
    state = network.state_dict()
    for number in range(len(DILATIONS)):
        arrays[f"weight_{number}"] = state[f"layers.{number}.weight"].permute(2, 1, 0).numpy().astype(np.float16)
        arrays[f"bias_{number}"] = state[f"layers.{number}.bias"].numpy().astype(np.float16)
    np.savez(path, **arrays)
    print(f"Saved {path} ({path.stat().st_size / 1000:.0f} kB)")


if __name__ == "__main__":
    main()
