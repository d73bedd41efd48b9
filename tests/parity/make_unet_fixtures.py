"""Fixtures of the Stable Diffusion family's networks: what diffusers 0.42 says. Run from the repository:

    python tests/parity/make_unet_fixtures.py

Writes tests/parity/fixtures/unet: motion/ (a UNetMotionModel saved whole), sd1/ and adapter/ (a UNet without motion and a MotionAdapter
for it), sd2/ (linear projections, heads by block), kl/ and kl_older/ (an autoencoder, with today's and with older names of its attention):
config, random weights, trace; and original_names.json: what a checkpoint in one file calls the tensors of Stable Diffusion 1.5 and SDXL, and we.
"""

import json
import re
import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderKL, MotionAdapter, UNet2DConditionModel, UNetMotionModel
from diffusers.loaders.single_file_utils import convert_ldm_unet_checkpoint, convert_ldm_vae_checkpoint
from make_wan_fixtures import WideFloat
from reseeding import reseed
from safetensors.torch import load_file, save_file

TARGET = Path(__file__).parent / "fixtures" / "unet"
PEAKY = r"to_[qk]\.weight"
BLOCKS = dict(block_out_channels=(8, 16), layers_per_block=2, norm_num_groups=4, cross_attention_dim=10, sample_size=8)
FRAMES, HEIGHT, WIDTH = 5, 6, 10


def randn(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def save(model, name: str) -> None:
    model.eval().save_pretrained(TARGET / name)


def write_trace(name: str, tensors: dict[str, torch.Tensor]) -> None:
    save_file({k: v.contiguous() for k, v in tensors.items()}, TARGET / name / "trace.safetensors")
    for file in (TARGET / name).iterdir():
        file.chmod(0o644)


def outputs(call, model) -> dict[str, torch.Tensor]:
    """In fp32 and in fp64; call(model, to) moves its inputs by `to`."""
    result, sinusoid = {}, getattr(model, "time_proj", None)
    for dtype, label in ((torch.float32, ""), (torch.float64, ".f64")):
        model.to(dtype)
        if sinusoid is not None and dtype == torch.float64:
            model.time_proj = WideFloat(sinusoid)  # as every machine gets it
        with torch.no_grad():
            result |= {k + label: v for k, v in call(model, lambda t: t.to(dtype)).items()}
    model.float()
    if sinusoid is not None:
        model.time_proj = sinusoid
    return result


def motion_inputs() -> dict[str, torch.Tensor]:
    return {"latents": randn(2, 4, FRAMES, HEIGHT, WIDTH, seed=1), "text": randn(2, 7, 10, seed=2)}


def run_motion(model, to) -> dict[str, torch.Tensor]:
    inputs = motion_inputs()
    text = inputs["text"].repeat_interleave(FRAMES, dim=0)
    return {f"out.{t}": model(to(inputs["latents"]), t, to(text)).sample for t in (999, 501, 0)}


def make_motion() -> None:
    model = UNetMotionModel(
        down_block_types=("CrossAttnDownBlockMotion", "DownBlockMotion"), up_block_types=("UpBlockMotion", "CrossAttnUpBlockMotion"),
        num_attention_heads=2, motion_num_attention_heads=4, motion_max_seq_length=8, use_motion_mid_block=True, **BLOCKS)
    table = {k: v.clone() for k, v in model.state_dict().items() if k.endswith("pos_embed.pe")}
    reseed(model, PEAKY, 1.2)
    model.load_state_dict(table, strict=False)
    save(model, "motion")
    # One motion module alone: [frames, channels, h, w] in and out.
    module = model.down_blocks[0].motion_modules[0]
    x = randn(FRAMES, 8, 3, 4, seed=3) * torch.linspace(0.5, 3, FRAMES)[:, None, None, None] + torch.linspace(-1, 2, FRAMES)[:, None, None, None]
    with torch.no_grad():
        alone = {"module.in": x, "module.out": module(x, num_frames=FRAMES)}
    write_trace("motion", motion_inputs() | alone | outputs(run_motion, model))


def make_sd1_and_adapter() -> None:
    unet = UNet2DConditionModel(down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"), attention_head_dim=2, **BLOCKS)
    reseed(unet, PEAKY, 1.2)
    save(unet, "sd1")
    pictures = {"latents": randn(2, 4, HEIGHT, WIDTH, seed=4), "text": randn(2, 7, 10, seed=5)}
    write_trace("sd1", pictures | outputs(lambda m, to: {f"out.{t}": m(to(pictures["latents"]), t, to(pictures["text"])).sample for t in (999, 17)}, unet))

    adapter = MotionAdapter(block_out_channels=(8, 16), motion_layers_per_block=2, motion_num_attention_heads=4, motion_norm_num_groups=4, motion_max_seq_length=6, use_motion_mid_block=False)
    table = {k: v.clone() for k, v in adapter.state_dict().items() if k.endswith("pos_embed.pe")}
    reseed(adapter, PEAKY, 1.2)
    adapter.load_state_dict(table, strict=False)
    save(adapter, "adapter")
    both = UNetMotionModel.from_unet2d(unet, adapter).eval()
    write_trace("adapter", motion_inputs() | outputs(run_motion, both))


def make_sd2() -> None:
    unet = UNet2DConditionModel(down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
                                attention_head_dim=[2, 4], use_linear_projection=True, **(BLOCKS | dict(layers_per_block=1)))
    reseed(unet, PEAKY, 1.2)
    save(unet, "sd2")
    pictures = {"latents": randn(1, 4, HEIGHT, WIDTH, seed=6), "text": randn(1, 7, 10, seed=7)}
    write_trace("sd2", pictures | outputs(lambda m, to: {"out.999": m(to(pictures["latents"]), 999, to(pictures["text"])).sample}, unet))


def tiled(vae: AutoencoderKL, scale: float) -> dict[str, torch.Tensor]:
    """A picture of more than one tile each way, neither a multiple of one."""
    latents = randn(1, 4, 11, 19, seed=10) * scale
    vae.enable_tiling()
    with torch.no_grad():
        decoded = vae.decode(latents / scale).sample
    vae.disable_tiling()
    return {"tiled.latents": latents, "tiled.decoded": decoded}


RESNET = {"norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1", "norm2": "out_layers.0", "conv2": "out_layers.3", "conv_shortcut": "skip_connection"}


def original_unet_name(name: str, plain_level: int = 0) -> str:
    """As openaimodel.py of CompVis/stable-diffusion and of SDXL numbers its blocks, two resnets a level; on the way up `plain_level` has no attention."""
    head, _, rest = name.partition(".")
    fixed = {"conv_in": "input_blocks.0.0", "conv_norm_out": "out.0", "conv_out": "out.2"}
    if head in fixed:
        return f"{fixed[head]}.{rest}"
    if head == "time_embedding":
        return f"time_embed.{0 if 'linear_1' in rest else 2}.{rest.split('.')[1]}"
    if head == "add_embedding":
        return f"label_emb.0.{0 if 'linear_1' in rest else 2}.{rest.split('.')[1]}"
    parts = name.split(".")
    if head == "mid_block":
        kind, number, inner = parts[1], int(parts[2]), parts[3:]
        block = f"middle_block.{1 if kind == 'attentions' else 2 * number}"
    else:
        level, kind, number, inner = int(parts[1]), parts[2], int(parts[3]), parts[4:]
        down = head == "down_blocks"
        if kind == "downsamplers":
            return f"input_blocks.{3 * level + 3}.0.op.{parts[-1]}"
        if kind == "upsamplers":
            return f"output_blocks.{3 * level + 2}.{1 if level == plain_level else 2}.conv.{parts[-1]}"
        block = f"{'input' if down else 'output'}_blocks.{3 * level + number + (1 if down else 0)}.{1 if kind == 'attentions' else 0}"
    return ".".join([block, RESNET[inner[0]] if kind == "resnets" else inner[0], *inner[1:]])


def original_vae_name(name: str) -> str:
    """As model.py of CompVis/latent-diffusion calls them; the decoder's levels from the largest picture on."""
    name = re.sub(r"decoder\.up_blocks\.(\d)", lambda m: f"decoder.up.{3 - int(m[1])}", name).replace("encoder.down_blocks", "encoder.down")
    name = name.replace("mid_block.attentions.0.group_norm", "mid.attn_1.norm").replace("mid_block.attentions.0.to_out.0", "mid.attn_1.proj_out")
    name = re.sub(r"mid_block\.attentions\.0\.to_([qkv])", r"mid.attn_1.\1", name)
    name = re.sub(r"mid_block\.resnets\.(\d)", lambda m: f"mid.block_{int(m[1]) + 1}", name).replace(".resnets.", ".block.").replace("conv_shortcut", "nin_shortcut")
    return name.replace("downsamplers.0", "downsample").replace("upsamplers.0", "upsample").replace("conv_norm_out", "norm_out")


def make_original_names() -> None:
    """Checked by the converters of diffusers, which go the other way: each tensor holds its number."""
    names = {}
    with torch.device("meta"):
        unet = UNet2DConditionModel(block_out_channels=(320, 640, 1280, 1280), cross_attention_dim=768, attention_head_dim=8)
        large = UNet2DConditionModel(
            block_out_channels=(320, 640, 1280), cross_attention_dim=2048, attention_head_dim=[5, 10, 20], transformer_layers_per_block=[1, 2, 10], use_linear_projection=True,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
            addition_embed_type="text_time", addition_time_embed_dim=256, projection_class_embeddings_input_dim=2816)
        vae = AutoencoderKL(block_out_channels=(128, 256, 512, 512), down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4, layers_per_block=2, latent_channels=4)
    for part, model, prefix, original, convert in (
        ("unet", unet, "model.diffusion_model.", original_unet_name, convert_ldm_unet_checkpoint),
        ("unet_sdxl", large, "model.diffusion_model.", lambda name: original_unet_name(name, plain_level=2), convert_ldm_unet_checkpoint),
        ("vae", vae, "first_stage_model.", original_vae_name, convert_ldm_vae_checkpoint),
    ):
        own = list(model.state_dict())
        foreign = [prefix + original(name) for name in own]
        assert len(set(foreign)) == len(own)
        again = convert({name: torch.full((1, 1, 1, 1), float(i)) for i, name in enumerate(foreign)}, model.config)
        assert {name: int(t.flatten()[0]) for name, t in again.items()} == {name: i for i, name in enumerate(own)}
        names[part] = {f: o for f, o in zip(foreign, own, strict=True) if f.endswith(".weight") and not re.search(r"transformer_blocks\.[1-9]", f)}
    (TARGET / "original_names.json").write_text(json.dumps(names, separators=(",", ":")) + "\n")


def make_kl() -> None:
    vae = AutoencoderKL(block_out_channels=(8, 12, 16), down_block_types=("DownEncoderBlock2D",) * 3, up_block_types=("UpDecoderBlock2D",) * 3, layers_per_block=1,
                        norm_num_groups=4, latent_channels=4, scaling_factor=0.18215, sample_size=32)
    reseed(vae, PEAKY, 1.2)
    save(vae, "kl")
    inputs = {"latents": randn(2, 4, 3, 5, seed=8) * 0.18215, "pictures": randn(1, 3, 16, 24, seed=9).clamp(-1, 1)}
    scale = vae.config.scaling_factor

    def run(model, to):
        return {"decoded": model.decode(to(inputs["latents"]) / scale).sample, "mean": model.encode(to(inputs["pictures"])).latent_dist.mean * scale}

    write_trace("kl", inputs | outputs(run, vae) | tiled(vae, scale))
    shutil.rmtree(TARGET / "kl_older", ignore_errors=True)
    (TARGET / "kl_older").mkdir()
    shutil.copy(TARGET / "kl" / "config.json", TARGET / "kl_older")
    older = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}
    weights = {}
    for key, tensor in load_file(TARGET / "kl" / "diffusion_pytorch_model.safetensors").items():
        for new, old in older.items():
            key = key.replace(f"attentions.0.{new}.", f"attentions.0.{old}.")
        weights[key] = tensor
    save_file(weights, TARGET / "kl_older" / "diffusion_pytorch_model.safetensors", {"format": "pt"})
    for file in (TARGET / "kl_older").iterdir():
        file.chmod(0o644)


def main() -> None:
    torch.use_deterministic_algorithms(True)
    make_motion()
    make_sd1_and_adapter()
    make_sd2()
    make_kl()
    make_original_names()


if __name__ == "__main__":
    main()
