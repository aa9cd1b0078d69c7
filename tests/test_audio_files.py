"""Every format becomes one inner form, and damaged files say what is wrong with them."""

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from simulator.audio.files import Recording, decode_flac, encode_flac, read_audio, recordings_in
from simulator.audio.resampling import Resampler
from simulator.errors import AudioError
from simulator.records import SAMPLE_RATE_HZ, Audio, Samples

TONE = (0.3 * np.sin(2 * np.pi * 440 * np.arange(2 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ)).astype(np.float32)


def write_with_ffmpeg(path: Path, codec: str) -> None:
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=SAMPLE_RATE_HZ)
        frame = av.AudioFrame.from_ndarray(TONE[np.newaxis], format="fltp", layout="mono")
        frame.sample_rate = SAMPLE_RATE_HZ
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=SAMPLE_RATE_HZ, frame_size=1024)
        for piece in (frame, None):
            for block in resampler.resample(piece):
                container.mux(stream.encode(block))
        container.mux(stream.encode(None))


@pytest.mark.parametrize("suffix", ["wav", "flac", "aiff", "ogg", "mp3"])
def test_soundfile_formats_keep_their_length_and_loudness(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"tone.{suffix}"
    soundfile.write(path, TONE, SAMPLE_RATE_HZ)
    check_tone(path)


def test_m4a_keeps_its_length_and_loudness(tmp_path: Path) -> None:
    path = tmp_path / "tone.m4a"
    write_with_ffmpeg(path, "aac")
    check_tone(path)


def check_tone(path: Path) -> None:
    audio = read_audio(path)
    assert audio.samples.dtype == np.float32
    assert audio.duration_s == pytest.approx(2.0, abs=0.15)  # lossy formats pad
    assert np.sqrt(np.mean(audio.samples**2)) == pytest.approx(0.3 / np.sqrt(2), rel=0.1)


@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 44_100, 48_000])
def test_other_sample_rates_and_stereo_become_16_khz_mono(tmp_path: Path, rate_hz: int) -> None:
    clock = np.arange(rate_hz) / rate_hz
    left = (0.5 * np.sin(2 * np.pi * 300 * clock)).astype(np.float32)
    soundfile.write(tmp_path / "tone.wav", np.stack([left, left], axis=1), rate_hz)
    assert read_audio(tmp_path / "tone.wav").duration_s == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("missing.wav", None, "does not exist"),
        ("empty.wav", b"", "is empty"),
        ("text.wav", b"Dear customer, this is a letter.\n", "looks like text"),
        ("noise.wav", bytes(range(256)) * 20, "is not a sound file"),
    ],
)
def test_what_is_no_recording_is_said(tmp_path: Path, name: str, content: bytes | None, says: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(AudioError, match=says):
        Recording(path)


def test_a_folder_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="is a folder"):
        Recording(tmp_path)


def test_a_truncated_file_gives_what_it_holds_and_says_where_it_breaks(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    whole = tmp_path / "whole.flac"
    soundfile.write(whole, rng.normal(0, 0.1, 10 * SAMPLE_RATE_HZ).astype(np.float32), SAMPLE_RATE_HZ)
    cut = tmp_path / "cut.flac"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    recording = Recording(cut)
    seconds = sum(len(frame) for frame in recording.frames()) / SAMPLE_RATE_HZ
    assert 3 < seconds < 6
    assert "breaks off after" in recording.damage


def test_samples_that_are_not_numbers_are_counted_and_heard_as_silence(tmp_path: Path) -> None:
    broken = TONE.copy()
    broken[100:200] = np.nan
    broken[300] = np.inf
    soundfile.write(tmp_path / "broken.wav", broken, SAMPLE_RATE_HZ, subtype="FLOAT")
    recording = Recording(tmp_path / "broken.wav")
    samples = np.concatenate(list(recording.frames()))
    assert np.all(np.isfinite(samples))
    assert not samples[100:200].any()
    assert "101 of its 32000 samples are not numbers" in recording.damage


def test_a_folder_without_recordings_is_said(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="holds no recording"):
        recordings_in(tmp_path)


@given(st.integers(1, 20_000), st.integers(0, 2**16))
def test_flac_keeps_every_sample_to_16_bits(length: int, seed: int) -> None:
    samples = np.random.default_rng(seed).uniform(-1, 1, length).astype(np.float32)
    again = decode_flac(encode_flac(Audio(samples)))
    assert len(again.samples) == length
    assert np.max(np.abs(again.samples - samples)) <= 2 / 2**15


@given(st.lists(st.integers(400, 4000), min_size=1, max_size=12), st.sampled_from([8_000, 44_100, 48_000]))
def test_resampling_in_blocks_keeps_the_length(blocks: list[int], rate_hz: int) -> None:
    resampler = Resampler(rate_hz, SAMPLE_RATE_HZ)
    pieces: list[Samples] = [resampler.feed(np.zeros(block, np.float32)) for block in blocks]
    pieces.append(resampler.flush())
    assert sum(map(len, pieces)) == pytest.approx(sum(blocks) * SAMPLE_RATE_HZ / rate_hz, abs=20)
