"""Sound files in and out. Knows formats and resampling; does not know what the sound means.

Reading streams: a three-hour recording costs no more memory than a short one. Every format that FFmpeg
decodes (WAV, FLAC, MP3, M4A, OGG, AIFF and more) becomes float32, mono, 16 kHz here and nowhere else.
"""

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from simulator.errors import AudioError
from simulator.records import FRAME_SAMPLES, SAMPLE_RATE_HZ, Audio, Samples

AUDIO_SUFFIXES = frozenset({".wav", ".flac", ".mp3", ".m4a", ".ogg", ".opus", ".aiff", ".aif", ".aac", ".webm"})
_FORMATS_ADVICE = "Give a recording as WAV, FLAC, MP3, M4A or OGG."
_FLAC_BLOCK_SAMPLES = 1 << 16


class Recording:
    """One sound file, read once as frames.

    After the frames are read, `damage` says in a sentence what could not be read, or is empty.

    Raises:
        AudioError: on opening, when there is no file, it is empty, or it holds no sound.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damage = ""
        _check_is_sound(path)

    def frames(self) -> Iterator[Samples]:
        """Frames of float32, shape (512,); the last one is padded with zeros.

        A file that breaks off in the middle gives the frames before the break.
        """
        rest = np.empty(0, np.float32)
        for block in self._blocks():
            joined = np.concatenate([rest, block])
            whole = len(joined) // FRAME_SAMPLES * FRAME_SAMPLES
            yield from joined[:whole].reshape(-1, FRAME_SAMPLES)
            rest = joined[whole:]
        if len(rest):
            yield np.pad(rest, (0, FRAME_SAMPLES - len(rest)))

    def _blocks(self) -> Iterator[Samples]:
        import av

        read_samples, bad_samples = 0, 0
        try:
            with av.open(str(self.path)) as container:
                resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE_HZ)
                for decoded in _until_flushed(container.decode(container.streams.audio[0])):
                    for resampled in resampler.resample(decoded):
                        block = resampled.to_ndarray()[0].astype(np.float32, copy=False)
                        read_samples += len(block)
                        block, bad = _without_non_numbers(block)
                        bad_samples += bad
                        yield np.clip(block, -1.0, 1.0)
        except av.error.InvalidDataError:
            self.damage = f"{self.path} is damaged: it breaks off after {read_samples / SAMPLE_RATE_HZ:.1f} s."
        except av.error.FFmpegError as error:
            raise AudioError(f"{self.path} cannot be read: {error.strerror}.") from error
        if bad_samples:
            self.damage = (
                f"{self.path} is damaged: {bad_samples} of its {read_samples} samples are not numbers; "
                "they were heard as silence."
            )


def read_audio(path: Path) -> Audio:
    """The whole of a short file.

    Raises:
        AudioError: as `Recording`, and when the file is damaged.
    """
    recording = Recording(path)
    frames = list(recording.frames())
    if recording.damage:
        raise AudioError(recording.damage)
    return Audio(np.concatenate(frames) if frames else np.empty(0, np.float32))


def encode_flac(audio: Audio) -> bytes:
    """The sound as a FLAC file of 16 bits in memory."""
    import soundfile

    buffer = io.BytesIO()
    with soundfile.SoundFile(
        buffer, "w", samplerate=SAMPLE_RATE_HZ, channels=1, format="FLAC", subtype="PCM_16"
    ) as flac:
        for start in range(0, len(audio.samples), _FLAC_BLOCK_SAMPLES):
            flac.write(audio.samples[start : start + _FLAC_BLOCK_SAMPLES])
    return buffer.getvalue()


def decode_flac(flac: bytes) -> Audio:
    """The sound of a FLAC file in memory that `encode_flac` wrote."""
    import soundfile

    samples, _ = soundfile.read(io.BytesIO(flac), dtype="float32")
    return Audio(samples)


def flac_samples(flac: bytes) -> int:
    """How many samples a FLAC file in memory holds; reads only its head."""
    import soundfile

    return int(soundfile.info(io.BytesIO(flac)).frames)


def recordings_in(folder: Path) -> tuple[Path, ...]:
    """The sound files of a folder, by name.

    Raises:
        AudioError: when it holds none.
    """
    found = tuple(sorted(path for path in folder.iterdir() if path.suffix.lower() in AUDIO_SUFFIXES))
    if not found:
        raise AudioError(f"{folder} holds no recording.", advice=_FORMATS_ADVICE)
    return found


def spread_folders(paths: Iterable[Path]) -> list[Path]:
    """The files that were named, folders replaced by the sound files in them.

    Raises:
        AudioError: when a folder holds none.
    """
    return [file for path in paths for file in (recordings_in(path) if path.is_dir() else [path])]


def _check_is_sound(path: Path) -> None:
    import av

    if path.is_dir():
        raise AudioError(f"{path} is a folder; a recording was expected.", advice=_FORMATS_ADVICE)
    if not path.exists():
        raise AudioError(f"{path} does not exist.", advice=f"Looked in {path.parent.resolve()}.")
    if path.stat().st_size == 0:
        raise AudioError(f"{path} is empty: it holds no sound.", advice="Record it again.")
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise AudioError(f"{path} holds no sound.", advice=_FORMATS_ADVICE)
    except av.error.FFmpegError as error:
        kind = "looks like text, not sound" if _looks_like_text(path) else "is not a sound file that can be read"
        raise AudioError(f"{path} {kind}.", advice=_FORMATS_ADVICE) from error


def _looks_like_text(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(512)
    return b"\0" not in head and all(byte >= 32 or byte in b"\t\n\r\f" for byte in head)


def _until_flushed(frames: Iterator[Any]) -> Iterator[Any]:
    """The frames, then None, which makes a resampler give up what it still holds."""
    yield from frames
    yield None


def _without_non_numbers(block: Samples) -> tuple[Samples, int]:
    numbers = np.isfinite(block)
    bad = len(block) - int(np.count_nonzero(numbers))
    return (np.where(numbers, block, np.float32(0)), bad) if bad else (block, 0)
