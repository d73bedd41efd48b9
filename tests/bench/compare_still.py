"""Runs StableDiffusionPipeline of diffusers and pipeline_bench on the same random weights, size, steps and threads, by turns; prints the ratios.

    build/release/bin/rushes models --random stable_diffusion/turbo DIRECTORY
    python tests/bench/compare_still.py build/release/bench/pipeline_bench DIRECTORY [--size 512x512] [--steps 1] [--dtype fp32]

A still without guidance. `--dtype` is ours alone; diffusers computes in fp32, which is what it does on a CPU. How runs are made, and the
table: side_by_side.py.
"""

import argparse
from collections.abc import Callable

import side_by_side


def stages(a: argparse.Namespace) -> list[Callable]:
    """As people load it: the files' half precision becomes fp32."""
    import torch
    from diffusers import StableDiffusionPipeline
    from diffusers.utils import logging

    logging.set_verbosity_error()
    tokenizer = side_by_side.clip_tokenizer(a.folder / "tokenizer", pad_token="!")
    pipe = StableDiffusionPipeline.from_pretrained(a.folder, tokenizer=tokenizer, torch_dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    return [
        lambda _: pipe.encode_prompt(a.prompt, "cpu", 1, False)[0],
        lambda prompt: pipe(prompt_embeds=prompt, width=a.width, height=a.height, num_inference_steps=a.steps, guidance_scale=0.0, output_type="latent",
                            generator=torch.Generator().manual_seed(1)).images,
        lambda latents: pipe.image_processor.postprocess(pipe.vae.decode(latents / pipe.vae.config.scaling_factor, return_dict=False)[0], output_type="np"),
    ]


if __name__ == "__main__":
    side_by_side.apart(__doc__, stages, size="512x512", steps=1)
