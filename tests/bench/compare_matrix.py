"""`rushes bench --matrix` beside WanPipeline of diffusers: the same weights, sizes, steps, number formats and threads, by turns in one run.

    python tests/bench/compare_matrix.py build/release/bin/rushes [--model DIR] [--sizes 224x128] [--steps 4,8] [--dtypes fp32,bf16]
        [--device cpu] [--rounds 3] [--compiled] [--threads 2]

Default: the built-in model's weights as a full-sequence model (its causal.json left out). --compiled adds torch.compile of the
transformer. Each figure is the median of the rounds; the ratio, theirs by ours, is the median of the rounds' ratios, so that
a busy machine weighs on both. Operators are those of ATen without views, by a dispatch mode on their side; a card's memory is
what the allocator took, a processor's the process' peak (diffusers': of this one, with everything that it holds).
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import torch
from diffusers import WanPipeline
from diffusers.utils import logging
from torch.utils._python_dispatch import TorchDispatchMode

REPOSITORY = Path(__file__).parents[2]
ROWS = (("text, ms", 0), ("a step, ms", 1), ("decode a frame, ms", 1), ("operators a step", 0), ("operators a frame", 0), ("peak memory, GB", 2))
Figures = dict[str, float]


class Operators(TorchDispatchMode):
    """Counts what is called and returns numbers of its own."""

    calls = 0

    def __torch_dispatch__(self, function, types, arguments=(), named=None):
        returns = function._schema.returns
        self.calls += not any(r.alias_info is not None and not r.alias_info.is_write for r in returns)
        return function(*arguments, **(named or {}))


def timed(device: str, stage):
    start = time.perf_counter()
    value = stage()
    if device != "cpu":
        torch.cuda.synchronize()
    return value, time.perf_counter() - start


def peak_bytes(device: str) -> int:
    return torch.cuda.max_memory_reserved() if device != "cpu" else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@torch.inference_mode()
def theirs(pipe: WanPipeline, a: argparse.Namespace, row: dict, count: bool) -> Figures:
    frames, steps, guidance = row["frames"], row["steps"], row["guidance_scale"]
    operators = Operators()

    def denoise(embeddings):
        return pipe(prompt_embeds=embeddings[0], negative_prompt_embeds=embeddings[1], width=row["width"], height=row["height"], num_frames=frames,
                    num_inference_steps=steps, guidance_scale=guidance, output_type="latent", generator=torch.Generator().manual_seed(1)).frames

    def decode(latents):
        return pipe.video_processor.postprocess_video(pipe.vae.decode(latents.to(pipe.vae.dtype), return_dict=False)[0], output_type="np")

    embeddings, text = timed(a.device, lambda: pipe.encode_prompt(a.prompt, "", guidance > 1, max_sequence_length=512))
    if count:  # once: the mode itself takes time
        with operators:
            latents = denoise(embeddings)
        by_denoising = operators.calls
        with operators:
            decode(latents)
        return {"operators a step": by_denoising / steps, "operators a frame": (operators.calls - by_denoising) / frames}
    latents, denoising = timed(a.device, lambda: denoise(embeddings))
    _, decoding = timed(a.device, lambda: decode(latents))
    return {"text, ms": text * 1e3, "a step, ms": denoising / steps * 1e3, "decode a frame, ms": decoding / frames * 1e3,
            "peak memory, GB": peak_bytes(a.device) / 1e9}


def ours(a: argparse.Namespace, model: Path, size: str, steps: int, dtype: str) -> dict:
    command = [a.program, "bench", "--matrix", "--json", "--models", model, "--sizes", size, "--steps", steps, "--dtypes", dtype, "--decoders", "full",
               "--device", a.device, "--threads", a.threads]
    if a.frames:
        command += ["--frames", a.frames]
    row = json.loads(subprocess.run(list(map(str, command)), env=os.environ, check=True, capture_output=True, text=True).stdout)["rows"][0]
    if row["problem"]:
        raise SystemExit(row["problem"])
    row["figures"] = {"text, ms": row["figures"]["text_seconds"][0] * 1e3, "a step, ms": row["ms_a_step"], "decode a frame, ms": row["decode_ms_a_frame"],
                      "operators a step": row["operators_a_step"], "operators a frame": row["operators_a_frame"],
                      "peak memory, GB": row["memory"]["whole"]["counted_bytes"] / 1e9}
    return row


def compare(a: argparse.Namespace, model: Path, size: str, steps: int, dtype: str) -> None:
    row = ours(a, model, size, steps, dtype)  # says how many frames and which guidance; and warms up the files
    pipe = WanPipeline.from_pretrained(model, torch_dtype={"fp32": torch.float32, "bf16": torch.bfloat16}[dtype]).to(a.device)
    pipe.set_progress_bar_config(disable=True)
    counted = theirs(pipe, a, row, count=True)
    ways = {"diffusers": []} | ({"compiled": []} if a.compiled else {})
    mine, plain = [], pipe.transformer
    compiled = torch.compile(plain) if a.compiled else None
    if compiled:
        pipe.transformer = compiled
        theirs(pipe, a, row, count=False)
    for _ in range(a.rounds):
        for way, figures in ways.items():
            pipe.transformer = compiled if way == "compiled" else plain
            figures.append(theirs(pipe, a, row, count=False) | counted)
        mine.append(ours(a, model, size, steps, dtype)["figures"])
    print(f"\n{row['width']}x{row['height']}, {row['frames']} frames, {steps} steps, guidance {row['guidance_scale']:g}, {dtype}\n")
    print("| | " + " | ".join(f"{way} | ratio" for way in ways) + " | rushes |\n|---|" + "---|---|" * len(ways) + "---|")
    for name, digits in ROWS:
        line = f"| {name} | "
        for figures in ways.values():
            ratio = statistics.median(t[name] / m[name] if m[name] else float("nan") for t, m in zip(figures, mine))
            line += f"{statistics.median(t[name] for t in figures):.{digits}f} | {ratio:.2f} | "
        print(line + f"{statistics.median(m[name] for m in mine):.{digits}f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=Path, help="rushes")
    parser.add_argument("--model", type=Path, default=REPOSITORY / "resources" / "models" / "rushes-demo")
    parser.add_argument("--sizes", default="224x128")
    parser.add_argument("--steps", default="4,8")
    parser.add_argument("--dtypes", default="fp32,bf16")
    parser.add_argument("--frames", type=int, default=0, help="default: the model's")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--prompt", default="a red ball bounces over the sea")
    parser.add_argument("--compiled", action="store_true")
    a = parser.parse_args()
    logging.set_verbosity_error()
    torch.set_num_threads(a.threads)
    with tempfile.TemporaryDirectory() as temporary:
        model = Path(temporary, a.model.name)
        shutil.copytree(a.model.resolve(), model, ignore=shutil.ignore_patterns("causal.json"), copy_function=os.symlink)
        for size in a.sizes.split(","):
            for steps in map(int, a.steps.split(",")):
                for dtype in a.dtypes.split(","):
                    compare(a, model, size, steps, dtype)


if __name__ == "__main__":
    main()
