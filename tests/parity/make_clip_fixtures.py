"""Fixtures of CLIP: what tokenizers and transformers say. Run from the repository:

    python tests/parity/make_clip_fixtures.py

Writes tests/parity/fixtures/clip: tokenizer/ (a small byte-pair model in both layouts and its ids), large/ and huge/ (tiny encoders with
random weights, built as those of Stable Diffusion 1.x and 2.x: config, weights, trace).
"""

import json
import random
from pathlib import Path

import torch
from make_text_fixtures import PROMPTS, TOKENIZER_TEXTS, write_json
from reseeding import reseed
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

TARGET = Path(__file__).parent / "fixtures" / "clip"
LENGTH = 77
START, END = "<|startoftext|>", "<|endoftext|>"

TEXTS = TOKENIZER_TEXTS + [
    "masterpiece, best quality, 8k, (detailed:1.2)", "IT'S what we'll see, they've said I'd DON'T", "'s't're've'm'll'd", "x's 'S 'LL", "a''s",
    f"cat{END}dog", f"{START} cat", f"cat {END.upper()}!", f"!{END}", f"!{END.upper()}", "<|endoftext", "3D render, 1girl, 24fps, ½ ② Ⅷ", "İstanbul ẞ Ω ΣΑΣ",
    "\x1c\x1d\x1e\x1f", "a\x1cb", "\u200b\u2028\u2029x", "a\u0085b", "___--- !!! ...,,,", "naïve café", "ﷺ", "Ǆ ǅ", "🏳️‍🌈 flag", "\ufffd", "日本語テスト", "ab" * 200,
]
# What is longer than a chunk, in the notation of creators.
LONG = "a cinematic shot of a red fox in the snow, " * 9 + "volumetric light and a very long tail of words without any comma at all " * 3


def tokenizer() -> CLIPTokenizer:
    """Byte pairs learnt from a few prompts; all 256 bytes, alone and at a word's end, are pieces, as in the published vocabulary."""
    model = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    empty = CLIPTokenizer(vocab={START: 0, END: 1}, merges=[])
    model.normalizer = empty.backend_tokenizer.normalizer
    model.pre_tokenizer = empty.backend_tokenizer.pre_tokenizer
    rng = random.Random(3)
    words = [w for p in PROMPTS for w in p.split()]
    corpus = PROMPTS * 20 + [" ".join(rng.choices(words, k=8)) for _ in range(600)] + [LONG] * 10
    trainer = trainers.BpeTrainer(vocab_size=420, end_of_word_suffix="</w>", show_progress=False, initial_alphabet=[])
    model.train_from_iterator(corpus, trainer)
    learnt = json.loads(model.to_str())["model"]
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    pieces = letters + [letter + "</w>" for letter in letters]
    merges = [tuple(m) for m in learnt["merges"]]
    pieces += list(dict.fromkeys(a + b for a, b in merges if a + b not in pieces))
    vocabulary = {piece: i for i, piece in enumerate(dict.fromkeys(pieces))}
    vocabulary |= {START: len(vocabulary), END: len(vocabulary) + 1}
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=LENGTH)


def make_tokenizer() -> CLIPTokenizer:
    folder = TARGET / "tokenizer"
    result = tokenizer()
    result.save_pretrained(folder)
    whole = json.loads((folder / "tokenizer.json").read_text())
    model = whole["model"]
    write_json(folder / "vocab.json", model["vocab"])
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in model["merges"]))
    write_json(folder / "tokenizer.json", whole)
    again = CLIPTokenizer.from_pretrained(folder)
    cases = [{"text": t, "ids": result(t, add_special_tokens=False).input_ids} for t in TEXTS]
    assert all(again(c["text"], add_special_tokens=False).input_ids == c["ids"] for c in cases)
    padded = [{"text": t, "ids": result(t, padding="max_length", max_length=LENGTH, truncation=True).input_ids} for t in (PROMPTS[0], "", LONG)]
    write_json(folder / "ids.json", {"cases": cases, "padded": padded, "long": LONG})
    return result


def weighed(hidden: torch.Tensor, weights: list[float]) -> torch.Tensor:
    """As stable-diffusion-webui's "Original" emphasis."""
    z = hidden * torch.tensor(weights, dtype=hidden.dtype)[None, :, None]
    return z * (hidden.mean() / z.mean())


def make_encoder(name: str, model, ids: dict[str, list[int]]) -> None:
    folder = TARGET / name
    reseed(model, peaky=r"[qk]_proj")
    model.eval().save_pretrained(folder)
    if name == "huge":  # older files hold the positions as well
        file = folder / "model.safetensors"
        save_file(load_file(file) | {"text_model.embeddings.position_ids": torch.arange(LENGTH)[None]}, file, {"format": "pt"})
    tensors = {}
    for case, tokens in ids.items():
        for dtype, label in ((torch.float32, ""), (torch.float64, ".f64")):
            model.to(dtype)
            body = getattr(model, "text_model", model)
            with torch.no_grad():
                out = model(torch.tensor([tokens]), output_hidden_states=True)
                tensors[f"{case}.last{label}"] = out.last_hidden_state
                tensors[f"{case}.pooled{label}"] = out.text_embeds if hasattr(out, "text_embeds") else out.pooler_output
                for skip in (1, 2):
                    tensors[f"{case}.skip{skip}{label}"] = body.final_layer_norm(out.hidden_states[-(skip + 1)])
                weights = [1.0] * len(tokens)
                weights[2:6] = [1.3, 1.3, 0.5, 1.21]
                tensors[f"{case}.weighed{label}"] = weighed(out.last_hidden_state, weights)
        tensors[f"{case}.ids"] = torch.tensor(tokens)
    model.float()
    save_file({k: v.contiguous() for k, v in tensors.items()}, folder / "trace.safetensors")
    for file in folder.iterdir():
        file.chmod(0o644)


def main() -> None:
    torch.use_deterministic_algorithms(True)
    words = make_tokenizer()
    ids = {"short": words(PROMPTS[0], padding="max_length", max_length=LENGTH).input_ids, "long": words(LONG, max_length=LENGTH, truncation=True).input_ids}
    common = dict(vocab_size=len(words), max_position_embeddings=LENGTH, bos_token_id=words.bos_token_id, attn_implementation="sdpa")
    large = dict(hidden_size=36, intermediate_size=50, num_hidden_layers=4, num_attention_heads=3, hidden_act="quick_gelu", eos_token_id=2)
    make_encoder("large", CLIPTextModel(CLIPTextConfig(**large, **common)), ids)
    huge = dict(hidden_size=32, intermediate_size=40, num_hidden_layers=3, num_attention_heads=2, hidden_act="gelu", projection_dim=20, eos_token_id=words.eos_token_id)
    zero_padded = {case: [0 if i > tokens.index(words.eos_token_id) else t for i, t in enumerate(tokens)] for case, tokens in ids.items()}
    make_encoder("huge", CLIPTextModelWithProjection(CLIPTextConfig(**huge, **common)), zero_padded)


if __name__ == "__main__":
    main()
