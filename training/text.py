"""The text encoder (UMT5, tiny, trained together with the denoiser) and batches of captions for it."""

import torch
from torch import Tensor

import config
from device import placed


def build(vocabulary: int):
    from transformers import UMT5Config, UMT5EncoderModel
    return UMT5EncoderModel(UMT5Config(vocab_size=vocabulary, tie_word_embeddings=False, is_encoder_decoder=False,
                                       use_cache=False, **config.TEXT))


def batch(encode, captions: list[str], device="cpu", pad_to: int = 0) -> tuple[Tensor, Tensor]:
    """Ids padded to the longest caption (or to `pad_to`, which cuts longer ones), and their mask."""
    ids = [encode(c) for c in captions]
    longest = pad_to or max(map(len, ids))
    ids = [i[:longest - 1] + [1] if len(i) > longest else i for i in ids]
    padded = placed([i + [0] * (longest - len(i)) for i in ids], device)
    mask = placed([[1] * len(i) + [0] * (longest - len(i)) for i in ids], device)
    return padded, mask


def embed(model, ids: Tensor, mask: Tensor) -> Tensor:
    """Text embeddings [b, n, d]; what lies under the mask's zeros is not to be used."""
    return model(input_ids=ids, attention_mask=mask).last_hidden_state
