"""Runs WanPipeline of diffusers and pipeline_bench on the same weights, size, steps and threads, by turns; prints the ratios.

    python tests/bench/compare_diffusers.py build/release/bench/pipeline_bench [--model DIR] [--rounds 5] [--threads 2]

Default: the built-in model's weights as a full-sequence model (its causal.json left out), 8 steps, guidance 5, size and frames
as the model's rushes.json says. The table: side_by_side.py.
"""

import argparse
import json
import shutil
import tempfile
from pathlib import Path

import side_by_side
import torch
from diffusers import WanPipeline
from diffusers.utils import logging

REPOSITORY = Path(__file__).parents[2]


@torch.inference_mode()
def reference(pipe: WanPipeline, a: argparse.Namespace, width: int, height: int) -> side_by_side.Times:
    def denoise(embeddings):
        return pipe(prompt_embeds=embeddings[0], negative_prompt_embeds=embeddings[1], width=width, height=height, num_frames=a.frames,
                    num_inference_steps=a.steps, guidance_scale=a.guidance, output_type="latent",
                    generator=torch.Generator().manual_seed(1)).frames

    return side_by_side.stage_times([
        lambda _: pipe.encode_prompt(a.prompt, "", a.guidance > 1, max_sequence_length=512),
        denoise,
        lambda latents: pipe.video_processor.postprocess_video(pipe.vae.decode(latents, return_dict=False)[0], output_type="np"),
    ])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    side_by_side.add_arguments(parser, rounds=5)
    parser.add_argument("--model", type=Path, default=REPOSITORY / "resources" / "models" / "rushes-demo")
    parser.add_argument("--size", help='"160x96"; default: the first of the model\'s rushes.json')
    parser.add_argument("--frames", type=int, help="default: those of the model's rushes.json")
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--guidance", type=float, default=5.0)
    a = parser.parse_args()
    card = json.loads((a.model / "rushes.json").read_text()) if not (a.size and a.frames) else {}
    a.size = a.size or "{}x{}".format(*card["sizes"][0])
    a.frames = a.frames or card["frames"]
    logging.set_verbosity_error()
    torch.set_num_threads(a.threads)
    width, height = map(int, a.size.split("x"))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "model")
        shutil.copytree(a.model, folder, ignore=shutil.ignore_patterns("causal.json"))
        pipe = WanPipeline.from_pretrained(folder, torch_dtype=torch.float32)
        pipe.set_progress_bar_config(disable=True)
        print(f"{a.size}, {a.frames} frames, {a.steps} steps, guidance {a.guidance:g}, {a.threads} threads, median of {a.rounds}")
        side_by_side.compare(
            a.rounds, lambda: reference(pipe, a, width, height), lambda: side_by_side.ours(a, folder, a.guidance)
        )


if __name__ == "__main__":
    main()
