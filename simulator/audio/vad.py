"""Voice activity: how likely each frame is speech. The Silero network that faster-whisper bundles.

Streaming: the network's state and 64 samples of context are carried from frame to frame, which gives the
same probabilities as a run over the whole recording. It does not decide where speech begins or ends.
"""

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from simulator.errors import ModelError
from simulator.records import FRAME_SAMPLES, Samples

_CONTEXT_SAMPLES = 64  # samples before the frame which the network also sees at 16 kHz
_STATE_SHAPE = (1, 1, 128)


class VoiceDetector:
    """Speech probabilities for one stream of frames.

    Raises:
        ModelError: when the network is not where faster-whisper keeps it.
    """

    def __init__(self) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = options.intra_op_num_threads = 1  # 0.1 ms of work: threads only cost
        self._network = onnxruntime.InferenceSession(
            str(_network_file()), sess_options=options, providers=["CPUExecutionProvider"]
        )
        self.reset()

    def reset(self) -> None:
        """Forget the stream; the next frame begins another."""
        self._h = np.zeros(_STATE_SHAPE, np.float32)
        self._c = np.zeros(_STATE_SHAPE, np.float32)
        self._context = np.zeros(_CONTEXT_SAMPLES, np.float32)

    def probability(self, frame: Samples) -> float:
        """Probability of speech, 0 to 1, in the next frame of float32, shape (512,)."""
        if frame.shape != (FRAME_SAMPLES,):
            raise ValueError(f"a frame has {FRAME_SAMPLES} samples, this one has the shape {frame.shape}")
        window = np.concatenate([self._context, frame])[np.newaxis]
        self._context = frame[-_CONTEXT_SAMPLES:]
        probability, self._h, self._c = self._network.run(None, {"input": window, "h": self._h, "c": self._c})
        return float(probability[0])


def _network_file() -> Path:
    # find_spec does not import faster_whisper, which would cost a second for one small file.
    package = find_spec("faster_whisper")
    folder = Path(package.origin).parent / "assets" if package and package.origin else None
    networks = sorted(folder.glob("silero_vad*.onnx")) if folder else []
    if not networks:
        raise ModelError(
            f"The voice detector is missing: no silero_vad*.onnx in {folder or 'an installed faster-whisper'}.",
            advice="Type `pip install --force-reinstall faster-whisper`.",
        )
    return networks[-1]
