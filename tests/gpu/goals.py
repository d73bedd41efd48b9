"""The goals for a graphics card beside what this one does: a table, and an exit code that counts what was missed.

    build/cuda/bin/rushes models --random wan/t2v-1.3b DIR      # random weights of the published shapes do
    python tests/gpu/goals.py build/cuda DIR [--ltx DIR] [--device cuda:0] [--size 832x480] [--frames 81]

The causal rows run DIR's weights with a causal.json of four steps without guidance, as Self-Forcing has them. Rows of the tiny decoder need
taew2_1.safetensors in DIR. The goals are those of an H200; with another size than 832x480, 81 frames, they say nothing.
"""

import argparse
import json
import re
import subprocess
import tempfile
from pathlib import Path

CAUSAL = {"num_frames_per_block": 3, "local_attn_size": 21, "sink_size": 0, "rope": "absolute", "sigmas": [1.0, 0.9375, 0.8333, 0.625], "shift": 1.0,
          "solver": "euler", "guidance_scale": 1.0, "context_noise": 0.0}


class Goals:
    def __init__(self):
        self.missed = 0
        print("| what | goal | measured |\n|---|---|---|")

    def row(self, what: str, unit: str, measured: float | None, least: float | None = None, most: float | None = None) -> None:
        goal = f"at least {least:g}" if least is not None else f"at most {most:g}"
        met = measured is not None and (measured >= least if least is not None else measured <= most)
        self.missed += not met
        print(f"| {what} | {goal} {unit} | {'not measured' if measured is None else f'{measured:.3g} {unit}'}{'' if met else ': missed'} |", flush=True)


def causal_copy(model: Path, folder: Path) -> Path:
    """The same files, by links, as a model that goes on block by block."""
    folder.mkdir()
    for part in model.iterdir():
        (folder / part.name).symlink_to(part.resolve())
    (folder / "causal.json").unlink(missing_ok=True)
    (folder / "causal.json").write_text(json.dumps(CAUSAL))
    return folder


def figures(a: argparse.Namespace, model: Path, dtype: str, decoder: str, size: str, frames: int) -> dict[str, float]:
    """Medians of the bench's figures; empty where it says why not, or where the tiny decoder is wanted and not there."""
    if decoder == "fast" and not (model / "taew2_1.safetensors").exists():
        return {}
    command = [a.build / "bin" / "rushes", "bench", "--matrix", "--models", model, "--sizes", size, "--frames", frames, "--dtypes", dtype,
               "--decoders", decoder, "--device", a.device, "--runs", 3, "--json"]
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    rows = json.loads(result.stdout)["rows"] if result.returncode == 0 else []
    if not rows or rows[0]["problem"]:
        print(f"| {model.name}, {dtype}, {decoder} | | {rows[0]['problem'] if rows else result.stderr.strip().splitlines()[-1]} |")
        return {}
    return {name: sorted(values)[len(values) // 2] for name, values in rows[0]["figures"].items() if values}


def stop_seconds(a: argparse.Namespace, model: Path) -> float | None:
    """As gpu_bench says it."""
    command = [a.build / "bench" / "gpu_bench", model, "--device", a.device, "--dtype", "bf16", "--size", a.size, "--frames", a.frames]
    output = subprocess.run(list(map(str, command)), capture_output=True, text=True).stdout
    found = re.search(r"stop until the device is idle, s \|[^|]*\| ([\d.]+)", output)
    return float(found[1]) if found else None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("--ltx", type=Path, help="LTX-Video 2B, distilled or random weights of its shapes")
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--size", default="832x480")
    parser.add_argument("--frames", type=int, default=81)
    a = parser.parse_args()
    goals = Goals()
    with tempfile.TemporaryDirectory() as folder:
        causal = causal_copy(a.model, Path(folder, "causal"))
        full = figures(a, causal, "bf16", "full", a.size, a.frames)
        goals.row("causal, first clean frame", "s", full.get("first_frame_seconds"), most=0.1)
        goals.row("causal, whole VAE", "frames/s", full.get("frames_per_second"), least=34)
        fast = figures(a, causal, "bf16", "fast", a.size, a.frames)
        goals.row("causal, TAEHV", "frames/s", fast.get("frames_per_second"), least=52)
        eight = figures(a, causal, "fp8", "fast", a.size, a.frames)
        goals.row("causal, TAEHV, fp8", "frames/s", eight.get("frames_per_second"), least=85)
        whole = figures(a, a.model, "bf16", "full", a.size, a.frames)
        goals.row(f"{a.frames} frames decoded", "s", whole.get("decode_seconds"), most=0.8)
    goals.row("stop until the card is idle", "s", stop_seconds(a, a.model), most=0.03)
    if a.ltx:
        ltx = figures(a, a.ltx, "bf16", "full", "704x512", 161)
        goals.row("LTX-Video 2B, 161 frames made and encoded", "of their time", ltx["total_seconds"] / (161 / 24) if ltx else None, most=1)
    return goals.missed


if __name__ == "__main__":
    raise SystemExit(main())
