"""Whole runs of AnimateDiffPipeline of diffusers 0.42 on a tiny checkpoint. Run from the repository, after make_clip_fixtures.py:

    python tests/parity/make_animatediff_fixtures.py

Writes tests/parity/fixtures/animatediff: whole/ (a directory as save_pretrained writes it, its UNetMotionModel whole) with the traces ddim,
euler, lcm and lightning, and beside/ (a UNet without motion and a motion adapter, for the same other components) with the trace ddim. A trace has
the prompt's and the negative prompt's states, the latents after each step and the frames, 0..255.
"""

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
    reseed(model, PEAKY, 0.8)
    model.load_state_dict(table, strict=False)
    return model.eval()


def adapter() -> MotionAdapter:
    return seeded(MotionAdapter(block_out_channels=(4, 8), motion_layers_per_block=1, motion_num_attention_heads=2, motion_norm_num_groups=2, motion_max_seq_length=8, use_motion_mid_block=False))


def unet() -> UNet2DConditionModel:
    return seeded(UNet2DConditionModel(down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"), attention_head_dim=2, **BLOCKS))


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
    for file in TARGET.rglob("*"):
        file.chmod(0o755 if file.is_dir() else 0o644)


if __name__ == "__main__":
    main()
