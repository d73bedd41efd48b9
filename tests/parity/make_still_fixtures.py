"""Stills of StableDiffusionPipeline of diffusers 0.42 on tiny checkpoints. Run from the repository, after make_clip_fixtures.py:

    python tests/parity/make_still_fixtures.py

Writes tests/parity/fixtures/stills: plain/ (built as Stable Diffusion 1.x, with its PNDM scheduler) with the traces pndm, ddim and lcm; turbo/
(built as SD-Turbo: OpenCLIP's text encoder, linear projections, Euler from trailing timesteps) with the traces turbo_1 and turbo_4, and v (the
same network, read as one that predicts v, as Stable Diffusion 2.1). A trace has the prompt's and the negative prompt's states, the latents after
each step and the picture, 0..255.
"""

import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DDIMScheduler, EulerAncestralDiscreteScheduler, EulerDiscreteScheduler, LCMScheduler, PNDMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from make_animatediff_fixtures import seeded
from make_clip_fixtures import TARGET as CLIP
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

TARGET = Path(__file__).parent / "fixtures" / "stills"
PROMPT, NEGATIVE = "a red ball over the sea", "blurry, low quality"
SD = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")


def autoencoder() -> AutoencoderKL:
    return seeded(AutoencoderKL(block_out_channels=(4, 8), down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2, layers_per_block=1, norm_num_groups=2, latent_channels=4))


def pipeline(text: dict, unet: dict, scheduler, pad: str) -> StableDiffusionPipeline:
    tokenizer = CLIPTokenizer.from_pretrained(CLIP / "tokenizer", pad_token=pad)
    encoder = seeded(CLIPTextModel(CLIPTextConfig(vocab_size=len(tokenizer), hidden_size=12, intermediate_size=20, num_hidden_layers=2, num_attention_heads=2, **text)))
    network = seeded(UNet2DConditionModel(block_out_channels=(4, 8), layers_per_block=1, norm_num_groups=2, cross_attention_dim=12, sample_size=8, **unet))
    return StableDiffusionPipeline(autoencoder(), encoder, tokenizer, network, scheduler, None, None, requires_safety_checker=False)


def trace(pipe: StableDiffusionPipeline, file: Path, height: int, width: int, steps: int, guidance: float) -> None:
    latents = []

    def keep(pipe, step, t, kwargs):
        latents.append(kwargs["latents"].clone())
        return kwargs

    arguments = dict(height=height, width=width, num_inference_steps=steps, guidance_scale=guidance, negative_prompt=NEGATIVE)
    pipe.set_progress_bar_config(disable=True)
    image = pipe(PROMPT, generator=torch.Generator("cpu").manual_seed(5), output_type="pt", callback_on_step_end=keep, **arguments).images
    prompt, negative = pipe.encode_prompt(PROMPT, "cpu", 1, True, NEGATIVE)
    pixels = (image.permute(0, 2, 3, 1) * 255).round().to(torch.uint8)
    tensors = {"prompt": prompt, "negative": negative, "latents": torch.stack(latents).unsqueeze(3), "frames": pixels}
    metadata = {k: str(v) for k, v in arguments.items()} | {"num_frames": "1"}
    save_file({k: v.contiguous() for k, v in tensors.items()}, file, metadata)


def main() -> None:
    torch.use_deterministic_algorithms(True)
    shutil.rmtree(TARGET, ignore_errors=True)
    down, up = ("CrossAttnDownBlock2D", "DownBlock2D"), ("UpBlock2D", "CrossAttnUpBlock2D")
    pndm = PNDMScheduler(skip_prk_steps=True, set_alpha_to_one=False, steps_offset=1, **SD)
    pipe = pipeline(dict(hidden_act="quick_gelu"), dict(down_block_types=down, up_block_types=up, attention_head_dim=2), pndm, "<|endoftext|>")
    pipe.save_pretrained(TARGET / "plain")
    trace(pipe, TARGET / "plain" / "pndm.safetensors", height=16, width=24, steps=6, guidance=4.0)
    pipe.scheduler = DDIMScheduler.from_config(pndm.config, clip_sample=False)
    trace(pipe, TARGET / "plain" / "ddim.safetensors", height=24, width=16, steps=4, guidance=3.0)
    pipe.scheduler = LCMScheduler.from_config(pndm.config)
    trace(pipe, TARGET / "plain" / "lcm.safetensors", height=16, width=16, steps=4, guidance=1.5)
    down, up = ("CrossAttnDownBlock2D",) * 2, ("CrossAttnUpBlock2D",) * 2
    turbo = EulerDiscreteScheduler(timestep_spacing="trailing", **SD)
    pipe = pipeline(dict(hidden_act="gelu"), dict(down_block_types=down, up_block_types=up, attention_head_dim=[2, 4], use_linear_projection=True), turbo, "!")
    pipe.save_pretrained(TARGET / "turbo")
    trace(pipe, TARGET / "turbo" / "turbo_1.safetensors", height=16, width=24, steps=1, guidance=0.0)
    trace(pipe, TARGET / "turbo" / "turbo_4.safetensors", height=16, width=16, steps=4, guidance=0.0)
    pipe.scheduler = EulerAncestralDiscreteScheduler(timestep_spacing="trailing", **SD)
    trace(pipe, TARGET / "turbo" / "ancestral.safetensors", height=16, width=16, steps=3, guidance=0.0)
    pipe.scheduler = DDIMScheduler(prediction_type="v_prediction", clip_sample=False, set_alpha_to_one=False, steps_offset=1, **SD)
    trace(pipe, TARGET / "turbo" / "v.safetensors", height=16, width=16, steps=4, guidance=3.0)
    for file in TARGET.rglob("*"):
        file.chmod(0o755 if file.is_dir() else 0o644)


if __name__ == "__main__":
    main()
