"""Decodes and encodes with diffusers and with vae_bench on the same weights, by turns, and prints the ratios.

    python tests/bench/compare_diffusers_vae.py build/release/bench/vae_bench [--vae DIR --size 320x192] [--rounds 5] [--tasks decode] [--threads 2]

Without --vae two are timed: the built-in model's own (Wan 2.2 layout, the first size of its rushes.json) and a small one of
the Wan 2.1 layout (128x128) that is made here. Weights don't change the time. Numbers are medians of the rounds, of the middle of a clip; each
is of a process of its own, memory too.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import side_by_side
import torch
from diffusers import AutoencoderKLWan
from diffusers.utils import logging

SMALL_21 = dict(base_dim=16, z_dim=16, dim_mult=[1, 2, 4, 4], num_res_blocks=1, temperal_downsample=[False, True, True])
BUILT_IN = Path(__file__).parents[2] / "resources" / "models" / "rushes-demo"
LATENT_FRAMES = 4                                                # timed: all but the first two


def make(config: dict, folder: Path) -> Path:
    z = config["z_dim"]
    AutoencoderKLWan(**config, latents_mean=[0.0] * z, latents_std=[1.0] * z).save_pretrained(folder)
    return folder


@torch.inference_mode()
def reference(vae: AutoencoderKLWan, width: int, height: int, task: str) -> float:
    """Frames a second of the pieces after the second one."""
    factor = vae.config.scale_factor_spatial
    z = torch.randn(1, vae.config.z_dim, 1, height // factor, width // factor)
    video = torch.randn(1, 3, 4, height, width)
    times = []

    def timed(module, inputs, output):
        times.append(time.perf_counter())

    hook = (vae.decoder if task == "decode" else vae.encoder).register_forward_hook(timed)
    if task == "decode":
        vae.decode(z.expand(-1, -1, LATENT_FRAMES, -1, -1))
    else:
        vae.encode(torch.cat([video[:, :, :1], *[video] * (LATENT_FRAMES - 1)], 2))
    hook.remove()
    return 4 * (LATENT_FRAMES - 2) / (times[-1] - times[1])


class Measure(NamedTuple):
    frames_per_second: float
    peak_bytes: int


def theirs(vae: Path, size: str, task: str, threads: int) -> Measure:
    command = [sys.executable, __file__, "-", "--vae", str(vae), "--size", size, "--tasks", task, "--threads", str(threads), "--reference"]
    output, peak = side_by_side.output_and_peak(command, dict(os.environ))
    return Measure(float(output.splitlines()[-1]), peak)


def ours(program: str, vae: Path, size: str, task: str, threads: int) -> Measure:
    environment = side_by_side.as_started(threads) | {"RUSHES_BENCH_VAE": str(vae), "RUSHES_BENCH_SIZE": size}
    command = [program, f"--benchmark_filter=^{task}/{threads}/", "--benchmark_format=json", "--benchmark_min_time=0.5"]
    output, peak = side_by_side.output_and_peak(command, environment)
    return Measure(json.loads(output)["benchmarks"][0]["frames/s"], peak)


def reference_alone(a: argparse.Namespace) -> None:
    torch.set_num_threads(a.threads[0])
    vae = AutoencoderKLWan.from_pretrained(a.vae).eval()
    width, height = map(int, a.size.split("x"))
    print(max(reference(vae, width, height, a.tasks[0]) for _ in range(2)))  # the first pays for allocations


def compare(a: argparse.Namespace, name: str, vae: Path, size: str) -> None:
    for task in a.tasks:
        for threads in a.threads:
            pairs = [(theirs(vae, size, task, threads), ours(a.program, vae, size, task, threads)) for _ in range(a.rounds)]
            rates = [statistics.median(side.frames_per_second for side in column) for column in zip(*pairs)]
            peaks = [statistics.median(side.peak_bytes for side in column) / 1e9 for column in zip(*pairs)]
            faster = statistics.median(b.frames_per_second / x.frames_per_second for x, b in pairs)
            print(f"| {name} {size}, {task}, {threads} threads | {rates[0]:.2f} | {rates[1]:.2f} | {faster:.1f} | "
                  f"{peaks[0]:.2f} | {peaks[1]:.2f} | {peaks[0] / peaks[1]:.1f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--vae", type=Path)
    parser.add_argument("--size", help="of the pictures of --vae")
    parser.add_argument("--tasks", nargs="+", default=["decode", "encode"])
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--reference", action="store_true", help="diffusers alone, its frames a second")
    a = parser.parse_args()
    if a.vae and not a.size:
        parser.error("--vae needs --size")
    logging.set_verbosity_error()
    if a.reference:
        reference_alone(a)
        return
    print("| | diffusers, frames/s | rushes, frames/s | ratio | diffusers, GB at most | rushes | ratio |\n|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as temporary:
        if a.vae:
            compare(a, a.vae.name, a.vae, a.size)
            return
        width, height = json.loads((BUILT_IN / "rushes.json").read_text())["sizes"][0]
        compare(a, "built-in", BUILT_IN / "vae", f"{width}x{height}")
        compare(a, "small 2.1", make(SMALL_21, Path(temporary, "21")), "128x128")


if __name__ == "__main__":
    main()
