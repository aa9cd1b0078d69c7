"""A Whisper of random weights in all the files that faster-whisper needs: 80 mel bands, two tiny layers."""

import json
from pathlib import Path

import torch
from ctranslate2.converters import TransformersConverter
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import GenerationConfig, WhisperConfig, WhisperFeatureExtractor, WhisperForConditionalGeneration
from transformers.models.whisper import WhisperTokenizerFast  # type: ignore[attr-defined]

_SPECIAL = ["<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|translate|>", "<|transcribe|>"]
_SPECIAL += ["<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>"]
_TIMES = [f"<|{i * 0.02:.2f}|>" for i in range(1501)]


def make_small_whisper(folder: Path, seed: int = 1) -> None:
    """Write the model into `folder`, which is made."""
    torch.manual_seed(seed)
    source = folder.parent / f"{folder.name}-transformers"
    tokenizer = _tokenizer()
    size = tokenizer.get_vocab_size()
    start: int = tokenizer.token_to_id("<|startoftranscript|>") or 0
    config = WhisperConfig(
        vocab_size=size,
        d_model=64,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=128,
        decoder_ffn_dim=128,
        decoder_start_token_id=start,
        bos_token_id=start - 1,
        eos_token_id=start - 1,
        pad_token_id=start - 1,
        begin_suppress_tokens=[],
        suppress_tokens=[],
    )
    model = WhisperForConditionalGeneration(config)
    model.generation_config = GenerationConfig(  # type: ignore[no-untyped-call]
        eos_token_id=start - 1, decoder_start_token_id=start, no_timestamps_token_id=start + 7, suppress_tokens=[]
    )
    model.save_pretrained(source)
    WhisperFeatureExtractor().save_pretrained(source)  # type: ignore[no-untyped-call]
    tokenizer.save(str(source / "tokenizer.json"))
    WhisperTokenizerFast(tokenizer_object=tokenizer, eos_token="<|endoftext|>").save_pretrained(source)
    TransformersConverter(str(source), copy_files=["tokenizer.json"]).convert(str(folder), quantization="int8")
    config_file = folder / "config.json"
    config_file.write_text(json.dumps(json.loads(config_file.read_text())))


def _tokenizer() -> Tokenizer:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={letter: i for i, letter in enumerate(letters)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in _SPECIAL + _TIMES])
    return tokenizer
