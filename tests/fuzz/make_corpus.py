"""The seeds of the fuzz targets: small sound files, from which libFuzzer and replay_test.cpp start. Run from the repository:

    python tests/fuzz/make_corpus.py
"""

import base64
import json
import struct
from pathlib import Path

import gguf
import numpy
import sentencepiece
import torch
from safetensors.torch import save
from sentencepiece import sentencepiece_model_pb2

CORPUS = Path(__file__).parent / "corpus"


def write(name: str, data: bytes) -> None:
    path = CORPUS / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def safetensors() -> None:
    write("safetensors/two", save({"blocks.0.attn1.to_q.weight": torch.ones(2, 3), "blocks.0.attn1.to_q.bias": torch.ones(3, dtype=torch.bfloat16)}, {"format": "pt"}))
    write("safetensors/types", save({str(t): torch.zeros(2, dtype=t) for t in (torch.float64, torch.float16, torch.int64, torch.int8, torch.bool, torch.uint8)}))
    write("safetensors/scalar_and_empty", save({"scalar": torch.tensor(1.0), "empty": torch.zeros(0, 4)}))
    write("safetensors/none", save({}))
    write("safetensors/truncated", save({"a": torch.ones(4)})[:-3])
    write("safetensors/huge_length", struct.pack("<Q", 1 << 62) + b"{}")


def gguf_files() -> None:
    for name, kinds in (("small", ("Q8_0", "Q4_K")), ("plain", ("F32", "F16"))):
        path = CORPUS / "gguf" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        writer = gguf.GGUFWriter(path, "test")
        writer.add_array("comfy.gguf.orig_shape.Q8_0.weight", [2, 4, 32])
        writer.add_array("words", ["one", "two"])
        writer.add_array("numbers", [1, 2, 3])
        writer.add_float32("rate", 0.5)
        for kind in (gguf.GGMLQuantizationType[k] for k in kinds):
            if kind.name.startswith("F"):
                writer.add_tensor(kind.name, numpy.ones((2, 3), numpy.float32 if kind.name == "F32" else numpy.float16))
            else:
                numbers, size = gguf.GGML_QUANT_SIZES[kind]
                writer.add_tensor(kind.name + ".weight", numpy.zeros((1, 256 // numbers * size), numpy.uint8), raw_dtype=kind)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()


def loras() -> None:
    """For the two layers of lora_target.h, in three ways to name them, with all that may stand beside the factors."""
    up, down = torch.arange(8.0).view(4, 2), torch.arange(8.0).view(2, 4) / 8
    config = {"transformer.lora_alpha": 4, "transformer.alpha_pattern": {"attn1.to_q": 1.5}}
    write("lora/diffusers", save({"transformer.blocks.0.attn1.to_q.lora_A.weight": down, "transformer.blocks.0.attn1.to_q.lora_B.weight": up,
                                  "transformer.blocks.0.attn1.to_q.lora_B.bias": torch.ones(4)}, {"lora_adapter_metadata": json.dumps(config)}))
    write("lora/kohya", save({"lora_unet_blocks_0_ffn_net_2.lora_down.weight": torch.ones(2, 8, dtype=torch.bfloat16), "lora_unet_blocks_0_ffn_net_2.lora_up.weight": up,
                              "lora_unet_blocks_0_ffn_net_2.alpha": torch.tensor(1.0), "lora_unet_elsewhere.alpha": torch.tensor(2.0)}))
    write("lora/whole", save({"diffusion_model.blocks.0.attn1.to_q.diff": torch.ones(4, 4), "diffusion_model.blocks.0.attn1.to_q.diff_b": torch.ones(4)}))
    write("lora/other_shape", save({"blocks.0.attn1.to_q.lora_A.weight": torch.ones(2, 8), "blocks.0.attn1.to_q.lora_B.weight": torch.ones(8, 2)}))
    write("lora/other_outputs", save({"blocks.0.attn1.to_q.lora_A.weight": torch.ones(2, 8), "blocks.0.attn1.to_q.lora_B.weight": torch.ones(2, 2)}))
    write("lora/other_inputs", save({"blocks.0.attn1.to_q.lora_A.weight": torch.ones(2, 8), "blocks.0.attn1.to_q.lora_B.weight": up}))
    write("lora/other_rank", save({"blocks.0.attn1.to_q.lora_A.weight": torch.ones(3, 4), "blocks.0.attn1.to_q.lora_B.weight": up}))
    write("lora/other_whole", save({"blocks.0.attn1.to_q.diff": torch.ones(4, 5)}))
    write("lora/other_method", save({"blocks.0.attn1.to_q.hada_w1_a": down}))


class Harmful:
    """What a hostile pickle does: it names a function."""

    def __reduce__(self):
        return eval, ("1",)


def torch_files() -> None:
    def saved(name: str, value: object) -> None:
        path = CORPUS / "torch_file" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(value, path)

    saved("state", {"a.weight": torch.ones(2, 3), "b": torch.ones(3, dtype=torch.bfloat16)})
    saved("nested", {"generator_ema": {"w": torch.ones(4, 4)[1:3].t(), "n": [torch.zeros(2), 3, None, "x", 1.5, True]}})
    saved("parameters", dict(torch.nn.Linear(2, 2).named_parameters()))
    saved("float8", {"w": torch.ones(2).to(torch.float8_e4m3fn)})
    saved("harmful", {"w": torch.ones(2), "x": Harmful()})


def charsmap() -> bytes:
    """Two rules ('\\t' and U+3000 become a space), so that the seeds stay small."""
    rules = CORPUS / "rules.tsv"
    rules.write_text("9\t20\n3000\t20\n")
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(["a cat and a dog"] * 50), model_prefix=str(CORPUS / "small"), vocab_size=24, pad_id=0, eos_id=1, unk_id=2, bos_id=-1,
                                             hard_vocab_limit=False, normalization_rule_tsv=str(rules), num_threads=1, minloglevel=2)
    rules.unlink()
    (CORPUS / "small.vocab").unlink()
    return (CORPUS / "small.model").read_bytes()


def tokenizers() -> None:
    model = charsmap()
    (CORPUS / "small.model").unlink()
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model)
    for field in ("input", "model_prefix"):
        proto.trainer_spec.ClearField(field)
    proto.normalizer_spec.ClearField("normalization_rule_tsv")
    write("spiece_model/small", proto.SerializeToString())
    minimal = sentencepiece_model_pb2.ModelProto()
    for piece, score, kind in (("<pad>", 0, 3), ("</s>", 0, 3), ("<unk>", 0, 2), ("▁", -2, 1), ("a", -3, 1), ("<0x00>", 0, 6)):
        minimal.pieces.add(piece=piece, score=score, type=kind)
    write("spiece_model/minimal", minimal.SerializeToString())

    root = {
        "version": "1.0", "added_tokens": [{"id": i, "content": t, "special": True, "lstrip": i == 1, "rstrip": False} for i, t in enumerate(("<pad>", "</s>", "<unk>"))],
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(proto.normalizer_spec.precompiled_charsmap).decode()},
            {"type": "Strip", "strip_left": True, "strip_right": True}, {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]},
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
        "post_processor": {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
                           "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}},
        "model": {"type": "Unigram", "unk_id": 2, "byte_fallback": False, "vocab": [[p.piece, p.score] for p in proto.pieces]}}
    write("tokenizer_json/small", json.dumps(root).encode())
    root |= {"normalizer": None, "post_processor": None, "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, root["pre_tokenizer"]]}}
    write("tokenizer_json/plain", json.dumps(root, ensure_ascii=False).encode())
    steps = [{"type": t} for t in ("NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt")]
    steps += [{"type": "Prepend", "prepend": "a"}, {"type": "Replace", "pattern": {"String": "`"}, "content": ""},
              {"type": "Replace", "pattern": {"Regex": "[^a-z\\s]{1,3}"}, "content": "-"}, {"type": "Strip", "strip_left": True, "strip_right": False}]
    root["normalizer"] = {"type": "Sequence", "normalizers": steps}
    root["added_tokens"].append({"id": 5, "content": "A", "normalized": True})
    write("tokenizer_json/steps", json.dumps(root, ensure_ascii=False).encode())


def clip() -> None:
    """A vocabulary of eight letters, with which "a cat's" has merges."""
    letters = list("acts'1") + ["ð", "Ł"]
    pieces = letters + [letter + "</w>" for letter in letters] + ["ca", "cat</w>", "'s</w>", "<|startoftext|>", "<|endoftext|>"]
    vocabulary = {piece: i for i, piece in enumerate(pieces)}
    merges = ["c a", "ca t</w>", "' s</w>"]
    write("clip_vocabulary/small", json.dumps(vocabulary, ensure_ascii=False).encode() + b"\0#version: 0.2\n" + "\n".join(merges).encode() + b"\n")
    root = {
        "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Replace", "pattern": {"Regex": "\\s+"}, "content": " "}, {"type": "Lowercase"}]},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "<\\|startoftext\\|>|[\\p{L}]+"}}, {"type": "ByteLevel"}]},
        "model": {"type": "BPE", "end_of_word_suffix": "</w>", "vocab": vocabulary, "merges": [m.split(" ") for m in merges]}}
    write("clip_json/small", json.dumps(root).encode())
    root["model"]["merges"] = merges
    write("clip_json/older", json.dumps(root, ensure_ascii=False).encode())


if __name__ == "__main__":
    clip()
    safetensors()
    gguf_files()
    loras()
    torch_files()
    tokenizers()
