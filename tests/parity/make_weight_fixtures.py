"""Weight files in the formats and names of others, for tests/nn and tests/parity. Run from the repository:

    python tests/parity/make_weight_fixtures.py

Writes tests/parity/fixtures/weights/:
  blocks.gguf, blocks.safetensors   tensors in each type of GGUF, and what the `gguf` package makes of them
  lora_*.safetensors                LoRAs for fixtures/wan/wan21/transformer as diffusers, Wan's own trainers and Kohya's write them
  lora.safetensors                  what the transformer of diffusers gives with them (inputs: wan21/transformer.safetensors)
  nested.pt, nested.safetensors     what torch.save writes of nested dictionaries, views and parameters, and the tensors in it
  names.json                        original name -> our name, by component, as diffusers' and llama.cpp's own tables have it
"""

import json
import shutil
from pathlib import Path

import gguf
import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKLWan, WanPipeline, WanTransformer3DModel
from diffusers.loaders.lora_base import _pack_dict_with_prefix
from diffusers.loaders.lora_pipeline import WanLoraLoaderMixin
from diffusers.loaders.single_file_utils import convert_wan_transformer_to_diffusers, convert_wan_vae_to_diffusers
from peft import LoraConfig, get_peft_model_state_dict
from safetensors.torch import load_file, save_file
from transformers import UMT5Config, UMT5EncoderModel

import make_vae_fixtures

ROOT = Path(__file__).parent / "fixtures"
OUT = ROOT / "weights"


# GGUF. The package has no writer for the K formats, so their blocks are random bytes around sane scales: every bit counts.

def random_blocks(kind: gguf.GGMLQuantizationType, rows: int, columns: int, random: np.random.Generator) -> np.ndarray:
    numbers, size = gguf.GGML_QUANT_SIZES[kind]
    blocks = random.integers(0, 256, (rows * columns // numbers, size), dtype=np.uint8)
    halves = {"Q8_0": [0], "Q4_0": [0], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208]}[kind.name]
    for offset in halves:
        scale = (0.02 * (1 + random.random(len(blocks)))).astype(np.float16)
        blocks[:, offset:offset + 2] = scale[:, None].view(np.uint8).reshape(-1, 2)
    return blocks.reshape(rows, -1)


def write_gguf() -> None:
    random = np.random.default_rng(11)
    writer = gguf.GGUFWriter(OUT / "blocks.gguf", "test")
    writer.add_array("comfy.gguf.orig_shape.folded.weight", [2, 3, 1, 4, 64])
    writer.add_array("words", ["one", "two"])
    expected = {}
    for name in ("Q8_0", "Q6_K", "Q5_K", "Q4_K", "Q4_0"):
        kind = gguf.GGMLQuantizationType[name]
        blocks = random_blocks(kind, 6, 512, random)
        writer.add_tensor(f"{name}.weight", blocks, raw_dtype=kind)
        expected[f"{name}.weight"] = torch.from_numpy(gguf.quants.dequantize(blocks, kind).copy())
    folded = random_blocks(gguf.GGMLQuantizationType.Q8_0, 6, 256, random)
    writer.add_tensor("folded.weight", folded, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    expected["folded.weight"] = torch.from_numpy(gguf.quants.dequantize(folded, gguf.GGMLQuantizationType.Q8_0).reshape(2, 3, 1, 4, 64).copy())
    values = torch.randn(6, 8, generator=torch.Generator().manual_seed(12))
    writer.add_tensor("F32.weight", values.numpy())
    writer.add_tensor("F16.weight", values.half().numpy())
    bf16 = gguf.quants.quantize(values.numpy(), gguf.GGMLQuantizationType.BF16)
    writer.add_tensor("BF16.weight", bf16, raw_dtype=gguf.GGMLQuantizationType.BF16)
    expected |= {"F32.weight": values, "F16.weight": values.half().float(), "BF16.weight": values.bfloat16().float()}
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    save_file(expected, OUT / "blocks.safetensors")


def write_torch_file() -> None:
    generator = torch.Generator().manual_seed(41)
    base = torch.randn(6, 8, generator=generator)
    layer = torch.nn.Linear(3, 2)
    layer.weight.data = torch.randn(2, 3, generator=generator)
    layer.bias.data = torch.randn(2, generator=generator)
    tree = {
        "generator": {"plain.weight": base, "transposed.weight": base.t(), "part.weight": base[2:5, 1:7], "one": base[3, 4], "none": torch.zeros(0, 4)},
        "generator_ema": layer.state_dict(),
        "parameters": dict(layer.named_parameters()),
        "types": {str(t): torch.tensor([1.0, 0.0, 1.0]).to(t) for t in (torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16,
                                                                       torch.int8, torch.uint8, torch.bool, torch.float8_e4m3fn, torch.float8_e5m2)},
        "list": [torch.ones(2), {"inner": torch.full((2,), 2.0)}],
        "step": 1234567890123, "rate": 1e-4, "name": "x" * 300, "done": True, "nothing": None, "size": base.size(), "dtype": torch.bfloat16,
        "device": torch.device("cpu"),
    }
    torch.save(tree, OUT / "nested.pt")
    flat = {}

    def flatten(value, path):
        if isinstance(value, torch.Tensor):
            flat[path] = value.detach().clone().contiguous()
        elif isinstance(value, dict):
            for key, inner in value.items():
                flatten(inner, f"{path}.{key}" if path else str(key))
        elif isinstance(value, (list, tuple)) and not isinstance(value, torch.Size):
            for i, inner in enumerate(value):
                flatten(inner, f"{path}.{i}")

    flatten(tree, "")
    save_file(flat, OUT / "nested.safetensors")


# LoRA

LAYERS = ["to_q", "to_k", "to_v", "to_out.0", "ffn.net.0.proj", "ffn.net.2", "proj_out", "condition_embedder.text_embedder.linear_1"]
ORIGINAL = {"self_attn.q": (24, 24), "self_attn.o": (24, 24), "cross_attn.k": (24, 24), "cross_attn.v": (24, 24), "ffn.0": (44, 24), "ffn.2": (24, 44)}


ALL = {f"{part}.{x}": (24, 24) for part in ("self_attn", "cross_attn") for x in "qkvo"} | {"ffn.0": (44, 24), "ffn.2": (24, 44)}


def factors(out: int, inner: int, rank: int, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    return (torch.randn(rank, inner, generator=generator) / inner ** 0.5, torch.randn(out, rank, generator=generator) / rank ** 0.5)


def diffusers_lora(model: WanTransformer3DModel) -> None:
    config = LoraConfig(r=3, lora_alpha=5, target_modules=LAYERS)
    model.add_adapter(config, "first")
    generator = torch.Generator().manual_seed(31)
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            parameter.data = torch.randn(parameter.shape, generator=generator) / parameter.shape[1] ** 0.5
    WanPipeline.save_lora_weights(OUT / "saved", transformer_lora_layers=get_peft_model_state_dict(model, adapter_name="first"),
                                  transformer_lora_adapter_metadata=model.peft_config["first"].to_dict())
    (OUT / "saved" / "pytorch_lora_weights.safetensors").rename(OUT / "lora_diffusers.safetensors")
    shutil.rmtree(OUT / "saved")


def original_lora(blocks: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(32)
    tensors = {}
    for block in range(blocks):
        for layer, (out, inner) in ORIGINAL.items():
            name = f"diffusion_model.blocks.{block}.{layer}"
            tensors[name + ".lora_A.weight"], tensors[name + ".lora_B.weight"] = factors(out, inner, 4, generator)
            tensors[name + ".diff_b"] = torch.randn(out, generator=generator) * 0.3
    return tensors


def kohya_lora(blocks: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(33)
    tensors = {}
    for block in range(blocks):
        for layer, (out, inner) in ALL.items():
            name = f"lora_unet_blocks_{block}_{layer.replace('.', '_')}"
            tensors[name + ".lora_down.weight"], tensors[name + ".lora_up.weight"] = factors(out, inner, 2, generator)
            tensors[name + ".alpha"] = torch.tensor(3.0)
    return tensors


def write_loras() -> None:
    directory = ROOT / "wan" / "wan21" / "transformer"
    inputs = load_file(ROOT / "wan" / "wan21" / "transformer.safetensors")
    padded = F.pad(inputs["text"], (0, 0, 0, 512 - inputs["text"].shape[1]))
    model = WanTransformer3DModel.from_pretrained(directory, torch_dtype=torch.float32).eval()
    dim = model.config.num_attention_heads * model.config.attention_head_dim
    assert dim == 24 and model.config.ffn_dim == 44, "the shapes of ORIGINAL"
    blocks = model.config.num_layers
    diffusers_lora(model)
    save_file(original_lora(blocks), OUT / "lora_original.safetensors")
    save_file(kohya_lora(blocks), OUT / "lora_kohya.safetensors")
    for name, tensors in (("original", original_lora(blocks)), ("kohya", kohya_lora(blocks))):
        state = WanLoraLoaderMixin.lora_state_dict(tensors)
        model.load_lora_adapter(state, prefix="transformer", adapter_name=name)

    trace = {}

    def run(key: str, adapters: dict[str, float]) -> None:
        model.set_adapters(list(adapters), list(adapters.values()))
        trace[key] = model(inputs["latents"], inputs["timestep"], padded).sample

    run("diffusers", {"first": 0.8})
    run("original", {"original": 1.0})
    run("kohya", {"kohya": -0.5})
    run("all", {"first": 0.8, "original": 0.4, "kohya": 1.5})
    save_file({k: v.contiguous() for k, v in trace.items()}, OUT / "lora.safetensors")


# Names

def transformer_names() -> dict[str, str]:
    names = []
    for layer in ("text_embedding.0", "text_embedding.2", "time_embedding.0", "time_embedding.2", "time_projection.1", "head.head", "patch_embedding",
                  "img_emb.proj.0", "img_emb.proj.1", "img_emb.proj.3", "img_emb.proj.4"):
        names += [layer + ".weight", layer + ".bias"]
    names.append("head.modulation")
    names += [f"{x}.{y}" for x in ("vace_patch_embedding", "vace_blocks.0.before_proj", "vace_blocks.0.after_proj", "vace_blocks.12.after_proj")
              for y in ("weight", "bias")]
    for block in ("blocks.0", "blocks.12", "vace_blocks.0", "vace_blocks.12"):
        for layer in ([f"self_attn.{x}" for x in "qkvo"] + [f"cross_attn.{x}" for x in ("q", "k", "v", "o", "k_img", "v_img")] + ["norm3", "ffn.0", "ffn.2"]):
            names += [f"{block}.{layer}.weight", f"{block}.{layer}.bias"]
        names += [f"{block}.{x}.weight" for x in ("self_attn.norm_q", "self_attn.norm_k", "cross_attn.norm_q", "cross_attn.norm_k", "cross_attn.norm_k_img")]
        names.append(f"{block}.modulation")
    return {original: ours for ours, original in convert_wan_transformer_to_diffusers({n: n for n in names}).items()}


def residual(name: str, shortcut: bool) -> list[str]:
    layers = ["residual.0.gamma", "residual.2.weight", "residual.2.bias", "residual.3.gamma", "residual.6.weight", "residual.6.bias"]
    return [f"{name}.{x}" for x in layers + (["shortcut.weight", "shortcut.bias"] if shortcut else [])]


def resample(name: str, time: bool) -> list[str]:
    return [f"{name}.{x}" for x in ["resample.1.weight", "resample.1.bias"] + (["time_conv.weight", "time_conv.bias"] if time else [])]


def vae_21_names(case: str) -> dict[str, str]:
    config = make_vae_fixtures.CASES[case]["config"]
    ours = AutoencoderKLWan(**config).state_dict()
    levels, blocks, down = len(config["dim_mult"]), config["num_res_blocks"], config["temperal_downsample"]
    names = ["conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias"]
    for part in ("encoder", "decoder"):
        names += [f"{part}.conv1.weight", f"{part}.conv1.bias", f"{part}.head.0.gamma", f"{part}.head.2.weight", f"{part}.head.2.bias"]
        names += residual(f"{part}.middle.0", False) + residual(f"{part}.middle.2", False)
        names += [f"{part}.middle.1.{x}" for x in ("norm.gamma", "to_qkv.weight", "to_qkv.bias", "proj.weight", "proj.bias")]
    place = 0
    for level in range(levels):
        for i in range(blocks):
            names += residual(f"encoder.downsamples.{place}", f"encoder.down_blocks.{place}.conv_shortcut.weight" in ours)
            place += 1
        if level + 1 < levels:
            names += resample(f"encoder.downsamples.{place}", down[level])
            place += 1
    place = 0
    for level in range(levels):
        for i in range(blocks + 1):
            names += residual(f"decoder.upsamples.{place}", f"decoder.up_blocks.{level}.resnets.{i}.conv_shortcut.weight" in ours)
            place += 1
        if level + 1 < levels:
            names += resample(f"decoder.upsamples.{place}", down[::-1][level])
            place += 1
    result = {original: own for own, original in convert_wan_vae_to_diffusers({n: n for n in names}).items()}
    assert set(result.values()) == set(ours)
    return result


def vae_22_names(case: str) -> dict[str, str]:
    """diffusers 0.42 has the table in scripts/convert_wan_to_diffusers.py only; here the other way round."""
    result = {}
    for own in AutoencoderKLWan(**make_vae_fixtures.CASES[case]["config"]).state_dict():
        name = own
        blocks = make_vae_fixtures.CASES[case]["config"]["num_res_blocks"]
        for old, new in ((".norm1.gamma", ".residual.0.gamma"), (".conv1.", ".residual.2."), (".norm2.gamma", ".residual.3.gamma"), (".conv2.", ".residual.6."),
                         ("conv_shortcut", "shortcut"), ("mid_block.resnets.0", "middle.0"), ("mid_block.resnets.1", "middle.2"), ("mid_block.attentions.0", "middle.1"),
                         ("conv_in", "conv1"), ("norm_out", "head.0"), ("conv_out", "head.2"),
                         ("downsampler", f"downsamples.{blocks}"), ("upsampler", f"upsamples.{blocks + 1}")):
            name = name.replace(old, new)
        if name.startswith("encoder"):
            name = name.replace("resnets", "downsamples").replace("down_blocks", "downsamples")
        if name.startswith("decoder"):
            name = name.replace("resnets", "upsamples").replace("up_blocks", "upsamples")
        result[name.replace("post_quant_conv", "conv2").replace("quant_conv", "conv1")] = own
    return result


def t5_original_names() -> dict[str, str]:
    """modules/t5.py of Wan has no table; T5Encoder there is this."""
    result = {"token_embedding.weight": "shared.weight", "norm.weight": "encoder.final_layer_norm.weight"}
    layers = {"norm1": "layer.0.layer_norm", "attn.q": "layer.0.SelfAttention.q", "attn.k": "layer.0.SelfAttention.k", "attn.v": "layer.0.SelfAttention.v",
              "attn.o": "layer.0.SelfAttention.o", "pos_embedding.embedding": "layer.0.SelfAttention.relative_attention_bias", "norm2": "layer.1.layer_norm",
              "ffn.gate.0": "layer.1.DenseReluDense.wi_0", "ffn.fc1": "layer.1.DenseReluDense.wi_1", "ffn.fc2": "layer.1.DenseReluDense.wo"}
    for block in range(2):
        result |= {f"blocks.{block}.{a}.weight": f"encoder.block.{block}.{b}.weight" for a, b in layers.items()}
    return result


def t5_gguf_names() -> dict[str, str]:
    table = gguf.get_tensor_name_map(gguf.MODEL_ARCH.T5ENCODER, 2)
    model = UMT5EncoderModel(UMT5Config(vocab_size=8, d_model=8, d_kv=4, num_heads=2, d_ff=8, num_layers=2, feed_forward_proj="gated-gelu"))
    names = [n for n in model.state_dict() if n != "encoder.embed_tokens.weight"]
    return {table.get_name(n, try_suffixes=(".weight",)): n for n in names}


def write_names() -> None:
    names = {"transformer": transformer_names(), "vae/wan21_deep": vae_21_names("wan21_deep"), "vae/wan22_deep": vae_22_names("wan22_deep"),
             "t5": t5_original_names(), "t5_gguf": t5_gguf_names()}
    (OUT / "names.json").write_text(json.dumps(names, indent=0, sort_keys=True) + "\n")


@torch.no_grad()
def main() -> None:
    OUT.mkdir(exist_ok=True)
    write_gguf()
    write_torch_file()
    write_names()
    write_loras()
    for file in OUT.iterdir():
        file.chmod(0o644)
    print(sum(f.stat().st_size for f in OUT.iterdir()), "bytes")


if __name__ == "__main__":
    main()
