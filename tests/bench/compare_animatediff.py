"""Runs AnimateDiffPipeline of diffusers and pipeline_bench on the same random weights, size, steps and threads, by turns; prints the ratios.

    build/release/bin/rushes models --random animatediff/sd15-v3 DIRECTORY
    python tests/bench/compare_animatediff.py build/release/bench/pipeline_bench DIRECTORY [--size 256x256] [--frames 16] [--steps 4] [--dtype fp32]

LCM steps without guidance. `--dtype` is ours alone; diffusers computes in fp32, which is what it does on a CPU. How runs are made, and the
table: side_by_side.py.
"""

import argparse
from collections.abc import Callable

import side_by_side


def stages(a: argparse.Namespace) -> list[Callable]:
    """As people load it: the files' half precision becomes fp32."""
    import torch
    from diffusers import AnimateDiffPipeline, AutoencoderKL, LCMScheduler, MotionAdapter, UNet2DConditionModel
    from diffusers.utils import logging
    from transformers import CLIPTextModel

    logging.set_verbosity_error()
    kinds = {"unet": UNet2DConditionModel, "motion_adapter": MotionAdapter, "vae": AutoencoderKL, "text_encoder": CLIPTextModel}
    parts = {name: kind.from_pretrained(a.folder / name, torch_dtype=torch.float32) for name, kind in kinds.items()}
    scheduler = LCMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="linear")
    pipe = AnimateDiffPipeline(tokenizer=side_by_side.clip_tokenizer(a.folder / "tokenizer"), scheduler=scheduler, **parts)
    pipe.set_progress_bar_config(disable=True)
    return [
        lambda _: pipe.encode_prompt(a.prompt, "cpu", 1, False)[0],
        lambda prompt: pipe(prompt_embeds=prompt, width=a.width, height=a.height, num_frames=a.frames, num_inference_steps=a.steps, guidance_scale=1.0,
                            output_type="latent", generator=torch.Generator().manual_seed(1)).frames,
        lambda latents: pipe.video_processor.postprocess_video(pipe.decode_latents(latents, 16), output_type="np"),
    ]


if __name__ == "__main__":
    side_by_side.apart(__doc__, stages, size="256x256", frames=16, steps=4)
