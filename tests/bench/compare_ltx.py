"""Runs LTXPipeline or LTXConditionPipeline of diffusers and pipeline_bench on the same random weights, size, steps and threads, by turns;
prints the ratios.

    build/release/bin/rushes models --random ltx/2b-0.9.5 DIRECTORY
    python tests/bench/compare_ltx.py build/release/bench/pipeline_bench DIRECTORY [--size 256x256] [--frames 33] [--steps 8] [--dtype fp32]

Each run is a process of its own: it loads, runs once for the allocations, and once for the times. No guidance. Both compute in `--dtype`,
but for our VAE, which is fp32 on a CPU. The table: side_by_side.py.
"""

import argparse
import json
import resource
import subprocess
import sys
from pathlib import Path

import side_by_side

TYPES = {"fp32": "float32", "bf16": "bfloat16"}


def pipeline(folder: Path, dtype):
    import diffusers
    from diffusers.utils import logging
    from transformers import PreTrainedTokenizerFast, T5EncoderModel

    logging.set_verbosity_error()
    kind = getattr(diffusers, json.loads((folder / "model_index.json").read_text())["_class_name"])
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer" / "tokenizer.json"), pad_token="<pad>", eos_token="</s>")
    pipe = kind(tokenizer=tokenizer, text_encoder=T5EncoderModel.from_pretrained(folder / "text_encoder", dtype=dtype),
                transformer=diffusers.LTXVideoTransformer3DModel.from_pretrained(folder / "transformer", torch_dtype=dtype),
                vae=diffusers.AutoencoderKLLTXVideo.from_pretrained(folder / "vae", torch_dtype=dtype),
                scheduler=diffusers.FlowMatchEulerDiscreteScheduler.from_pretrained(folder / "scheduler"))
    pipe.set_progress_bar_config(disable=True)
    return pipe


def reference(a: argparse.Namespace) -> side_by_side.Times:
    import torch

    torch.set_num_threads(a.threads)
    width, height = map(int, a.size.split("x"))
    dtype = getattr(torch, TYPES[a.dtype])
    shape = ((a.frames - 1) // 8 + 1, height // 32, width // 32)
    with torch.inference_mode():
        pipe = pipeline(a.folder, dtype)

        def denoise(embeds):
            return pipe(prompt_embeds=embeds[0], prompt_attention_mask=embeds[1], width=width, height=height, num_frames=a.frames,
                        num_inference_steps=a.steps, guidance_scale=1.0, output_type="latent", generator=torch.Generator().manual_seed(1)).frames

        def decode(latents):
            if latents.dim() == 3:
                latents = pipe._unpack_latents(latents, *shape)
            timestep = torch.tensor([0.05], dtype=dtype) if pipe.vae.config.timestep_conditioning else None
            return pipe.video_processor.postprocess_video(pipe.vae.decode(latents.to(dtype), timestep, return_dict=False)[0], output_type="np")

        stages = [lambda _: pipe.encode_prompt(a.prompt, None, False), denoise, decode]
        side_by_side.stage_times(stages)
        times = side_by_side.stage_times(stages)
    return times | {"peak_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    side_by_side.add_arguments(parser, rounds=2)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", default="256x256")
    parser.add_argument("--frames", type=int, default=33)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--dtype", choices=list(TYPES), default="fp32")
    parser.add_argument("--reference", action="store_true", help=argparse.SUPPRESS)
    a = parser.parse_args()
    if a.reference:
        print(json.dumps(reference(a)))
        return

    def theirs() -> side_by_side.Times:
        output = subprocess.run([sys.executable, __file__, *sys.argv[1:], "--reference"], check=True, capture_output=True, text=True).stdout
        return json.loads(output.splitlines()[-1])

    side_by_side.compare(a.rounds, theirs, lambda: side_by_side.ours(a, a.folder, 1.0), warm_up=False)


if __name__ == "__main__":
    main()
