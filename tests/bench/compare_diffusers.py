"""Runs WanPipeline of diffusers and pipeline_bench on the same weights, size, steps and threads, by turns; prints the ratios.

    python tests/bench/compare_diffusers.py build/release/bench/pipeline_bench [--model DIR] [--rounds 5] [--threads 2]

Default: the built-in model's weights as a full-sequence model (its causal.json left out), 8 steps, guidance 5, size and frames
as the model's rushes.json says.
Numbers are medians of the rounds; the ratio is the median of the rounds' ratios, so that a busy machine weighs on both.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import torch
from diffusers import WanPipeline
from diffusers.utils import logging

REPOSITORY = Path(__file__).parents[2]
STAGES = ("text", "denoise", "decode")


@torch.inference_mode()
def reference(pipe: WanPipeline, a: argparse.Namespace, width: int, height: int) -> dict[str, float]:
    def run():
        marks = [time.perf_counter()]
        prompt, negative = pipe.encode_prompt(a.prompt, "", a.guidance > 1, max_sequence_length=512)
        marks.append(time.perf_counter())
        latents = pipe(prompt_embeds=prompt, negative_prompt_embeds=negative, width=width, height=height, num_frames=a.frames,
                       num_inference_steps=a.steps, guidance_scale=a.guidance, output_type="latent",
                       generator=torch.Generator().manual_seed(1)).frames
        marks.append(time.perf_counter())
        pipe.video_processor.postprocess_video(pipe.vae.decode(latents, return_dict=False)[0], output_type="np")
        marks.append(time.perf_counter())
        return dict(zip(STAGES, (after - before for before, after in zip(marks, marks[1:]))))

    run()
    return run()


def ours(a: argparse.Namespace, folder: Path) -> dict[str, float]:
    command = [a.program, folder, a.size, a.frames, a.steps, a.guidance, a.threads, a.prompt]
    environment = os.environ | {"OMP_NUM_THREADS": str(a.threads), "OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "2000"}        # as app/start.cpp
    return json.loads(subprocess.run(list(map(str, command)), env=environment, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--model", type=Path, default=REPOSITORY / "resources" / "models" / "rushes-demo")
    parser.add_argument("--size", help='"160x96"; default: the first of the model\'s rushes.json')
    parser.add_argument("--frames", type=int, help="default: those of the model's rushes.json")
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--guidance", type=float, default=5.0)
    parser.add_argument("--prompt", default="a red ball bounces over the sea")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
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
        rounds = []
        for _ in range(a.rounds):
            pair = reference(pipe, a, width, height), ours(a, folder)
            for times in pair:
                times["total"] = sum(times[stage] for stage in STAGES)
            rounds.append(pair)
    print(f"{a.size}, {a.frames} frames, {a.steps} steps, guidance {a.guidance:g}, {a.threads} threads, median of {a.rounds}")
    print("| stage | diffusers, s | rushes, s | ratio |\n|---|---|---|---|")
    for stage in (*STAGES, "total"):
        theirs, mine = (statistics.median(r[i][stage] for r in rounds) for i in (0, 1))
        print(f"| {stage} | {theirs:.3f} | {mine:.3f} | {statistics.median(r[0][stage] / r[1][stage] for r in rounds):.1f} |")


if __name__ == "__main__":
    main()
