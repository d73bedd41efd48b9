"""Decodes and encodes with diffusers and with vae_bench on the same weights, by turns, and prints the ratios.

    python tests/bench/compare_diffusers_vae.py build/release/bench/vae_bench [--vae DIR --size 320x192] [--rounds 5]

Without --vae two are timed: the built-in model's own (Wan 2.2 layout, the first size of its rushes.json) and a small one of
the Wan 2.1 layout (128x128) that is made here. Weights don't change the time. Numbers are medians of the rounds, of the middle of a clip.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

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


def ours(program: str, folder: Path, size: str, task: str, threads: int) -> float:
    environment = os.environ | {"RUSHES_BENCH_VAE": str(folder), "RUSHES_BENCH_SIZE": size, "OMP_NUM_THREADS": str(threads)}
    command = [program, f"--benchmark_filter=^{task}/{threads}/", "--benchmark_format=json", "--benchmark_min_time=0.5"]
    output = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    return json.loads(output)["benchmarks"][0]["frames/s"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--vae", type=Path)
    parser.add_argument("--size", help="of the pictures of --vae")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    if arguments.vae and not arguments.size:
        parser.error("--vae needs --size")
    logging.set_verbosity_error()
    with tempfile.TemporaryDirectory() as temporary:
        if arguments.vae:
            cases = [(arguments.vae.name, arguments.vae, arguments.size)]
        else:
            width, height = json.loads((BUILT_IN / "rushes.json").read_text())["sizes"][0]
            cases = [("built-in", BUILT_IN / "vae", f"{width}x{height}"),
                     ("small 2.1", make(SMALL_21, Path(temporary, "21")), "128x128")]
        print(f"{'':28}{'diffusers':>12}{'rushes':>12}{'ratio':>8}    frames a second")
        for name, folder, size in cases:
            vae = AutoencoderKLWan.from_pretrained(folder).eval()
            width, height = map(int, size.split("x"))
            for task in ("decode", "encode"):
                for threads in (1, 2):
                    torch.set_num_threads(threads)
                    reference(vae, width, height, task)
                    pairs = [(reference(vae, width, height, task), ours(arguments.program, folder, size, task, threads))
                             for _ in range(arguments.rounds)]
                    theirs, mine = (statistics.median(column) for column in zip(*pairs))
                    ratio = statistics.median(b / a for a, b in pairs)
                    print(f"{name} {size} {task} x{threads}".ljust(28) + f"{theirs:12.1f}{mine:12.1f}{ratio:8.1f}", flush=True)


if __name__ == "__main__":
    main()
