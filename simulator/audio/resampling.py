"""Sample rates of devices to and from the one inner form, block by block."""

from fractions import Fraction

import numpy as np

from simulator.records import Samples


class Resampler:
    """Converts a stream of mono float32 blocks from one sample rate to another."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        import av

        self._av = av
        self._from_hz = from_hz
        self._resampler = av.AudioResampler(format="flt", layout="mono", rate=to_hz) if from_hz != to_hz else None
        self._position = 0

    def feed(self, block: Samples) -> Samples:
        """What can be given out after this block; some milliseconds stay behind for the next one."""
        if self._resampler is None:
            return block
        frame = self._av.AudioFrame.from_ndarray(block[np.newaxis], format="flt", layout="mono")
        frame.sample_rate, frame.time_base, frame.pts = self._from_hz, Fraction(1, self._from_hz), self._position
        self._position += len(block)
        return self._joined(self._resampler.resample(frame))

    def flush(self) -> Samples:
        """What stayed behind; the stream has ended."""
        return self._joined(self._resampler.resample(None)) if self._resampler else np.empty(0, np.float32)

    @staticmethod
    def _joined(frames: list) -> Samples:  # type: ignore[type-arg]
        blocks = [frame.to_ndarray()[0].astype(np.float32, copy=False) for frame in frames]
        return np.concatenate(blocks) if blocks else np.empty(0, np.float32)
