"""Whole runs of AnimateDiffPipeline of diffusers 0.42 on a tiny checkpoint. Run from the repository, after make_clip_fixtures.py:

    python tests/parity/make_animatediff_fixtures.py

Writes tests/parity/fixtures/animatediff: whole/ (a directory as save_pretrained writes it, its UNetMotionModel whole) with the traces ddim,
euler, lcm, lightning and long (24 frames by windows of 8), and beside/ (a UNet without motion and a motion adapter, for the same other components)
with the traces ddim, lora (two LoRAs on UNet, text encoder and motion modules) and animatelcm (the adapter in its authors' layout, a LoRA, LCM
steps). A trace has the prompt's and the negative prompt's states, the latents after each step and the frames, 0..255.
"""

import re
import shutil
from pathlib import Path

import torch
from diffusers import (
    AnimateDiffPipeline,
    AutoencoderKL,
    DDIMScheduler,
    EulerDiscreteScheduler,
    LCMScheduler,
    MotionAdapter,
    UNet2DConditionModel,
    UNetMotionModel,
)
from diffusers.loaders.single_file_utils import convert_animatediff_checkpoint_to_diffusers
from make_clip_fixtures import TARGET as CLIP
from reseeding import reseed
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

TARGET = Path(__file__).parent / "fixtures" / "animatediff"
PEAKY = r"to_[qk]\.weight|[qk]_proj\.weight"
BLOCKS = dict(block_out_channels=(4, 8), layers_per_block=1, norm_num_groups=2, cross_attention_dim=12, sample_size=8)
TRAINED = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="linear")
PROMPT, NEGATIVE = "a red ball bounces over the sea", "blurry, low quality"


def seeded(model):
    table = {k: v.clone() for k, v in model.state_dict().items() if k.endswith("pos_embed.pe")}
    reseed(model, PEAKY, 0.4)
    model.load_state_dict(table, strict=False)
    return model.eval()


def adapter() -> MotionAdapter:
    return seeded(MotionAdapter(block_out_channels=(4, 8), motion_layers_per_block=1, motion_num_attention_heads=2, motion_norm_num_groups=2, motion_max_seq_length=8, use_motion_mid_block=False))


def unet() -> UNet2DConditionModel:
    return seeded(UNet2DConditionModel(down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"), attention_head_dim=2, **BLOCKS))


def low_rank(shape: torch.Size, rank: int, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    down = torch.randn(rank, *shape[1:], generator=generator) * shape[1:].numel() ** -0.5
    up = torch.randn(shape[0], rank, *([1] * (len(shape) - 2)), generator=generator) * 0.25
    return down, up


def product(down: torch.Tensor, up: torch.Tensor, shape: torch.Size) -> torch.Tensor:
    return (up.flatten(1) @ down.flatten(1)).reshape(shape)


def style_lora(models: dict[str, torch.nn.Module], layers: str, alpha: float, seed: int) -> tuple[dict[str, torch.Tensor], list]:
    """As Kohya's trainer writes it, for every layer that `layers` matches; with the changes of the weights at strength 1."""
    generator, tensors, changes = torch.Generator().manual_seed(seed), {}, []
    for prefix, model in models.items():
        for name, weight in model.named_parameters():
            if not re.search(layers, name) or not name.endswith(".weight") or weight.ndim < 2:
                continue
            down, up = low_rank(weight.shape, 2, generator)
            layer = prefix + name.removesuffix(".weight").replace(".", "_")
            tensors |= {f"{layer}.lora_down.weight": down, f"{layer}.lora_up.weight": up, f"{layer}.alpha": torch.tensor(alpha)}
            changes.append((weight, product(down, up, weight.shape) * alpha / 2))
    return tensors, changes


def motion_lora(unet: UNetMotionModel, seed: int) -> tuple[dict[str, torch.Tensor], list]:
    """As older files of diffusers and the motion LoRAs have it."""
    generator, tensors, changes = torch.Generator().manual_seed(seed), {}, []
    for name, weight in unet.named_parameters():
        found = re.fullmatch(r"(.*motion_modules.*attn[12])\.(to_q|to_k|to_v|to_out)(\.0)?\.weight", name)
        if found:
            down, up = low_rank(weight.shape, 2, generator)
            layer = f"unet.{found[1]}.processor.{found[2]}_lora"
            tensors |= {f"{layer}.down.weight": down, f"{layer}.up.weight": up}
            changes.append((weight, product(down, up, weight.shape)))
    return tensors, changes


@torch.no_grad()
def change(changes: list, strength: float) -> None:
    for weight, difference in changes:
        weight.add_(difference * strength)


def original_motion(adapter: MotionAdapter) -> dict[str, torch.Tensor]:
    """The names of the adapter's authors, as load_motion_modules() of guoyww/AnimateDiff finds them; checked by the converter of diffusers."""
    rules = ((r"\.(norm|proj_in|proj_out|transformer_blocks)\.", r".temporal_transformer.\1."), (r"\.norm1\.", ".norms.0."), (r"\.norm2\.", ".norms.1."), (r"\.norm3\.", ".ff_norm."),
             (r"\.attn1\.", ".attention_blocks.0."), (r"\.attn2\.", ".attention_blocks.1."), (r"\.pos_embed\.", ".attention_blocks.0.pos_encoder."))
    tensors = {}
    for name, tensor in adapter.state_dict().items():
        for own, foreign in rules:
            name = re.sub(own, foreign, name, count=1)
        tensors[name] = tensor.clone()
        if "pos_encoder" in name:
            tensors[name.replace("attention_blocks.0", "attention_blocks.1")] = tensor.clone()
    again = convert_animatediff_checkpoint_to_diffusers(tensors)
    for name, tensor in adapter.state_dict().items():
        assert "pos_embed" in name or torch.equal(again[name], tensor), name
    return tensors


def trace(pipe: AnimateDiffPipeline, file: Path, frames: int, height: int, width: int, steps: int, guidance: float) -> None:
    latents = []

    def keep(pipe, step, t, kwargs):
        latents.append(kwargs["latents"].clone())
        return kwargs

    arguments = dict(num_frames=frames, height=height, width=width, num_inference_steps=steps, guidance_scale=guidance, negative_prompt=NEGATIVE)
    pipe.set_progress_bar_config(disable=True)
    out = pipe(PROMPT, generator=torch.Generator("cpu").manual_seed(5), output_type="pt", callback_on_step_end=keep, **arguments).frames
    prompt, negative = pipe.encode_prompt(PROMPT, "cpu", 1, True, NEGATIVE)
    pixels = (out[0].permute(0, 2, 3, 1) * 255).round().to(torch.uint8)
    tensors = {"prompt": prompt, "negative": negative, "latents": torch.stack(latents), "frames": pixels}
    save_file({k: v.contiguous() for k, v in tensors.items()}, file, {k: str(v) for k, v in arguments.items()})


def main() -> None:
    torch.use_deterministic_algorithms(True)
    shutil.rmtree(TARGET, ignore_errors=True)
    tokenizer = CLIPTokenizer.from_pretrained(CLIP / "tokenizer")
    text_encoder = seeded(CLIPTextModel(CLIPTextConfig(vocab_size=len(tokenizer), hidden_size=12, intermediate_size=20, num_hidden_layers=2, num_attention_heads=2, hidden_act="quick_gelu")))
    vae = seeded(AutoencoderKL(block_out_channels=(4, 8), down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2, layers_per_block=1, norm_num_groups=2, latent_channels=4))
    motion = seeded(UNetMotionModel(
        down_block_types=("CrossAttnDownBlockMotion", "DownBlockMotion"), up_block_types=("UpBlockMotion", "CrossAttnUpBlockMotion"),
        num_attention_heads=2, motion_num_attention_heads=2, motion_max_seq_length=8, use_motion_mid_block=True, **BLOCKS))
    scheduler = DDIMScheduler(clip_sample=False, steps_offset=1, **TRAINED)
    pipe = AnimateDiffPipeline(vae, text_encoder, tokenizer, motion, adapter(), scheduler)
    pipe.save_pretrained(TARGET / "whole")
    scheduler = DDIMScheduler.from_pretrained(TARGET / "whole" / "scheduler")  # where what is left out is the class's own
    shutil.rmtree(TARGET / "whole" / "motion_adapter")  # its numbers are in the UNet, diffusers does not read them
    ours = TARGET / "whole"
    trace(pipe, ours / "ddim.safetensors", frames=5, height=16, width=24, steps=4, guidance=4.0)
    pipe.scheduler = EulerDiscreteScheduler.from_config(scheduler.config)
    trace(pipe, ours / "euler.safetensors", frames=3, height=24, width=16, steps=3, guidance=3.0)
    pipe.scheduler = LCMScheduler.from_config(scheduler.config)
    trace(pipe, ours / "lcm.safetensors", frames=5, height=16, width=24, steps=4, guidance=1.5)
    pipe.scheduler = EulerDiscreteScheduler(timestep_spacing="trailing", **TRAINED)
    trace(pipe, ours / "lightning.safetensors", frames=8, height=16, width=16, steps=2, guidance=1.0)
    beside = AnimateDiffPipeline(vae, text_encoder, tokenizer, unet(), adapter(), scheduler)
    unet().save_pretrained(TARGET / "beside" / "unet")
    adapter().save_pretrained(TARGET / "beside" / "motion_adapter")
    trace(beside, TARGET / "beside" / "ddim.safetensors", frames=5, height=16, width=24, steps=3, guidance=3.0)
    pipe.scheduler = scheduler
    pipe.enable_free_noise(context_length=8, context_stride=4)
    trace(pipe, ours / "long.safetensors", frames=24, height=16, width=16, steps=3, guidance=3.0)

    theirs = TARGET / "beside"
    merged = UNetMotionModel.from_unet2d(unet(), adapter()).eval()
    style, style_changes = style_lora({"lora_te_": text_encoder}, r"[qkv]_proj|fc1", 1.0, seed=7)
    of_unet, unet_changes = style_lora({"lora_unet_": merged}, r"^(?!.*motion_modules).*(to_[qkv]|to_out|ff\.net|proj_in|conv1|time_emb_proj)", 1.0, seed=8)
    moves, move_changes = motion_lora(merged, seed=9)
    save_file({k: v.contiguous() for k, v in (style | of_unet).items()}, theirs / "style.safetensors", {"ss_tag_frequency": '{"10_red": {"red ball": 9, "sea": 6, "boat": 1}}'})
    save_file({k: v.contiguous() for k, v in moves.items()}, theirs / "motion_lora.safetensors")
    save_file(original_motion(adapter()), theirs / "motion_original.safetensors")
    with_loras = AnimateDiffPipeline(vae, text_encoder, tokenizer, merged, adapter(), scheduler)
    change(style_changes + unet_changes, 0.8)
    with_loras.scheduler = LCMScheduler(**TRAINED)
    trace(with_loras, theirs / "animatelcm.safetensors", frames=6, height=16, width=16, steps=4, guidance=2.0)
    change(style_changes + unet_changes, -0.3)
    change(move_changes, 0.7)
    with_loras.scheduler = scheduler
    trace(with_loras, theirs / "lora.safetensors", frames=5, height=16, width=24, steps=3, guidance=3.0)
    for file in TARGET.rglob("*"):
        file.chmod(0o755 if file.is_dir() else 0o644)


if __name__ == "__main__":
    main()
