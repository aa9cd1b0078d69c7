"""The detector of filled pauses: runs of frames, its arithmetic, its file."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import ModelError
from simulator.grading import filled_pauses
from simulator.grading.acoustics import HOP_S, acoustics_of
from simulator.grading.filled_pauses import FEATURES, features_of, filled_pauses_in, frame_probabilities, runs_of
from simulator.records import Audio
from simulator.settings import filled_pauses_file
from tests.conftest import real_speech
from tests.sounds import notes, silence


def frames(*parts: tuple[float, int]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Probabilities, each for a number of frames."""
    return np.array(list(itertools.chain.from_iterable([p] * n for p, n in parts)), np.float32)


@pytest.mark.parametrize(
    ("probabilities", "runs"),
    [
        (frames((0.1, 50)), []),
        (frames((0.1, 10), (0.9, 20), (0.1, 10)), [(10, 30)]),
        (frames((0.9, 5), (0.1, 10)), []),  # too short for an um
        (frames((0.9, 15), (0.1, 3), (0.9, 15)), [(0, 33)]),  # a dip within one
        (frames((0.9, 15), (0.1, 20), (0.9, 15)), [(0, 15), (35, 50)]),
        (frames((0.9, 400)), []),  # too long: somebody hums
        (frames(), []),
    ],
)
def test_runs(probabilities: np.ndarray[tuple[int], np.dtype[np.float32]], runs: list[tuple[int, int]]) -> None:
    assert [(start, end) for start, end, _ in runs_of(probabilities, 0.5)] == runs


def test_the_weights_are_small() -> None:
    assert filled_pauses_file().stat().st_size < 1_000_000


def test_missing_and_foreign_weights_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    acoustics = acoustics_of(Audio(notes(200)))
    for content in (None, b"not weights"):
        file = tmp_path / "weights.npz"
        if content:
            file.write_bytes(content)
        monkeypatch.setattr(filled_pauses, "filled_pauses_file", lambda file=file: file)
        filled_pauses._weights.cache_clear()
        with pytest.raises(ModelError, match=r"weights\.npz"):
            frame_probabilities(acoustics)
    filled_pauses._weights.cache_clear()


def test_numpy_gives_what_torch_trained() -> None:
    import torch

    from simulator.training.train_filled_pauses import Network

    network = Network().eval()
    for number, (weight, bias) in enumerate(filled_pauses._weights()):
        state = network.layers[number]
        state.weight.data = torch.from_numpy(weight).permute(2, 1, 0).contiguous()
        state.bias.data = torch.from_numpy(bias)
    acoustics = acoustics_of(Audio(np.concatenate([silence(0.5), notes(150, 180), silence(0.5)])))
    with torch.no_grad():
        expected = torch.sigmoid(network(torch.from_numpy(features_of(acoustics))[None]))[0].numpy()
    assert frame_probabilities(acoustics) == pytest.approx(expected, abs=1e-4)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 9000), st.integers(0, 1000))
def test_any_sound_has_features_and_no_surprises(length: int, seed: int) -> None:
    samples = np.random.default_rng(seed).normal(0, 0.1, length).astype(np.float32)
    features = features_of(acoustics_of(Audio(samples)))
    assert features.shape == (length // 256, FEATURES)
    assert np.isfinite(features).all()


def test_digital_silence_holds_no_filled_pause() -> None:
    silent = acoustics_of(Audio(np.zeros(16_000, np.float32)))
    assert np.isfinite(features_of(silent)).all()
    assert filled_pauses_in(silent) == ()


def test_times_count_from_where_the_sound_begins() -> None:
    sound = Audio(np.concatenate([silence(0.5), notes(120, length_s=0.5), silence(0.5)]))
    early, late = filled_pauses_in(sound_frames := acoustics_of(sound)), filled_pauses_in(sound_frames, 10.0)
    assert [(um.start_s or 0) + 10 for um in early] == pytest.approx([um.start_s for um in late])
    assert all(um.source == "sound" and 0 < um.probability <= 1 for um in early)
    assert len(sound_frames) * HOP_S == pytest.approx(1.5, abs=0.02)


def test_a_long_um_of_a_real_speaker_is_heard() -> None:
    """In thirty seconds of a meeting; its transcript says when."""
    from simulator.audio.files import read_audio

    found = filled_pauses_in(acoustics_of(read_audio(real_speech("ami_ES2003a.flac"))))
    assert any(9.0 < (um.start_s or 0) < 10.5 for um in found)
