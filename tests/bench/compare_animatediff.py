"""Runs AnimateDiffPipeline of diffusers and pipeline_bench on the same random weights, size, steps and threads, by turns; prints the ratios.

    build/release/bin/rushes models --random animatediff/sd15-v3 DIRECTORY
    python tests/bench/compare_animatediff.py build/release/bench/pipeline_bench DIRECTORY [--size 256x256] [--frames 16] [--steps 4] [--dtype fp32]

Each run is a process of its own: it loads, runs once for the allocations, and once for the times. LCM steps without guidance. `--dtype` is
ours alone; diffusers computes in fp32, which is what it does on a CPU. The table: side_by_side.py.
"""

import argparse
import json
import resource
import subprocess
import sys
from pathlib import Path

import side_by_side


def pipeline(folder: Path):
    """As people load it: the files' half precision becomes fp32."""
    import torch
    from diffusers import AnimateDiffPipeline, AutoencoderKL, LCMScheduler, MotionAdapter, UNet2DConditionModel
    from diffusers.utils import logging
    from transformers import CLIPTextModel, CLIPTokenizer

    logging.set_verbosity_error()
    kinds = {"unet": UNet2DConditionModel, "motion_adapter": MotionAdapter, "vae": AutoencoderKL, "text_encoder": CLIPTextModel}
    parts = {name: kind.from_pretrained(folder / name, torch_dtype=torch.float32) for name, kind in kinds.items()}
    tokenizer = CLIPTokenizer(str(folder / "tokenizer" / "vocab.json"), str(folder / "tokenizer" / "merges.txt"), model_max_length=77)
    pipe = AnimateDiffPipeline(tokenizer=tokenizer, scheduler=LCMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="linear"), **parts)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def reference(a: argparse.Namespace) -> side_by_side.Times:
    import torch

    torch.set_num_threads(a.threads)
    width, height = map(int, a.size.split("x"))
    with torch.inference_mode():
        pipe = pipeline(a.folder)
        stages = [
            lambda _: pipe.encode_prompt(a.prompt, "cpu", 1, False)[0],
            lambda prompt: pipe(prompt_embeds=prompt, width=width, height=height, num_frames=a.frames, num_inference_steps=a.steps, guidance_scale=1.0,
                                output_type="latent", generator=torch.Generator().manual_seed(1)).frames,
            lambda latents: pipe.video_processor.postprocess_video(pipe.decode_latents(latents, 16), output_type="np"),
        ]
        side_by_side.stage_times(stages)
        times = side_by_side.stage_times(stages)
    return times | {"peak_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    side_by_side.add_arguments(parser, rounds=2)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", default="256x256")
    parser.add_argument("--frames", type=int, default=16)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--dtype", default="fp32", choices=("fp32", "bf16"))
    parser.add_argument("--reference", action="store_true", help="one run of diffusers, its times as JSON")
    a = parser.parse_args()
    if a.reference:
        print(json.dumps(reference(a)))
        return
    print(f"{a.size}, {a.frames} frames, {a.steps} LCM steps, {a.threads} threads, rushes in {a.dtype}, median of {a.rounds}")
    theirs = [sys.executable, *sys.argv, "--reference"]
    side_by_side.compare(
        a.rounds,
        lambda: json.loads(subprocess.run(theirs, check=True, capture_output=True, text=True).stdout.splitlines()[-1]),
        lambda: side_by_side.ours(a, a.folder, 1.0),
        warm_up=False,
    )


if __name__ == "__main__":
    main()
