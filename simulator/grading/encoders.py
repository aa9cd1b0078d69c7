"""Loading and running small encoders. With `behaviours.py` and `vectors.py` the only rooms with torch."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError
from torch import Tensor
from transformers import AutoTokenizer, PreTrainedModel
from transformers.utils.logging import disable_progress_bar

from simulator.errors import ModelError

MOST_TOKENS = 64  # of one sentence; what comes after is not read
_MANY = 64  # texts: more than a turn has
_BATCH_LETTERS = 8_000  # some two thousand tokens: enough to keep a processor busy, little to hold

Encoder = TypeVar("Encoder", bound=PreTrainedModel)


def load_encoder(kind: type[Encoder], folder: Path, **options: Any) -> tuple[Encoder, Any]:
    """A model in single precision and its tokenizer.

    Raises:
        ModelError: the folder does not hold a whole model.
    """
    disable_progress_bar()  # it would be drawn into the middle of a call
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = kind.from_pretrained(folder, local_files_only=True, dtype=torch.float32, **options).eval()
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise ModelError(
            f"The model in {folder} cannot be loaded: {str(error).splitlines()[0]}",
            advice="Install the program again, or type `make train`.",
        ) from error
    return model, tokenizer


def in_batches(of: Callable[[Sequence[int]], list[Tensor]], lengths: Sequence[int]) -> list[Tensor]:
    """What a model says of each of many texts, those of like length together, so that little is spent on padding.

    `lengths` are in letters; `of` gives one tensor for each of the texts whose numbers it is given. Many texts are
    read in bf16 where the processor has it: nearly twice as fast, and probabilities move in the third decimal.
    """
    found: dict[int, Tensor] = {}
    order = sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True)
    fast = len(lengths) >= _MANY and _has_bf16()
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=fast):
        start = 0
        while start < len(order):
            some = order[start : start + max(1, _BATCH_LETTERS // max(1, lengths[order[start]]))]
            found.update(zip(some, of(some), strict=True))
            start += len(some)
    return [found[i] for i in range(len(lengths))]


@cache
def _has_bf16() -> bool:
    known = torch.cpu.get_capabilities()
    return any(known.get(name) for name in ("avx512_bf16", "amx_bf16"))
