"""How a clip of ten seconds holds by the rolling window, beside renders of the same held-out scenes: flicker and sharpness of the first two
seconds and of the last two, how far the picture behind the moving thing strays between them (drift, in 1/255: the medians over
time of the two stretches apart), and how often the judge still reads the right thing in the last 33 frames.

    python steady.py RUN FOLDER --clips 24          RUN has judge.pt; means with standard errors
"""

import argparse
import json
import random
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

import config
import grammar
import measures
import renderer
import sample
import score

SECONDS = 10
STRETCH = 2 * config.FPS                           # frames at each end


def drift(video: Tensor) -> list[float]:
    first, last = video[:, :, :STRETCH].median(2).values, video[:, :, -STRETCH:].median(2).values
    return (255 * (last - first).abs().mean((1, 2, 3))).tolist()


def read(judge: score.Judge, video: Tensor, scene: dict) -> dict[str, float]:
    """The looks alone: ten seconds on, a thing may have left the picture and come back, which is not a motion the judge knows."""
    seen = F.avg_pool3d(video[:, :, -config.FRAMES::score.EVERY][:, :, :score.COUNT], (1, 2, 2))
    right = score.accuracy(judge, seen, [scene])
    return {k: float(right[k][0]) for k in ("object", "colour", "background")}


def measured(judge: score.Judge, video: Tensor, scene: dict) -> dict[str, float]:
    result = {"drift": drift(video)[0]}
    for name, part in (("first", video[:, :, :STRETCH]), ("last", video[:, :, -STRETCH:])):
        result |= {f"flicker_{name}": measures.flicker(part)[0], f"sharpness_{name}": measures.sharpness(part)[0]}
    return result | read(judge, video, scene)


def summary(rows: list[dict[str, float]]) -> dict[str, list[float]]:
    """Mean and standard error."""
    values = {k: torch.tensor([row[k] for row in rows], dtype=torch.double) for k in rows[0]}
    return {k: [round(v.mean().item(), 4), round((v.std() / len(v) ** 0.5).item(), 4)] for k, v in values.items()}


@torch.no_grad()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clips", type=int, default=24)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    judge, models, rng = score.Judge.load(args.run / "judge.pt", "cpu"), sample.Models(args.folder), random.Random(config.SEED + 79)
    frames, rows = SECONDS * config.FPS // 4 * 4 + 1, {"renders": [], "generated": []}
    for i in range(args.clips):
        size = config.SIZES[i % len(config.SIZES)]
        scene = grammar.random_scene(rng, True, judge.world)
        chosen, prompt = renderer.choose(scene, rng, size[0] / size[1]), grammar.caption(scene, rng, keep_all=True)
        generated = sample.decode(models, sample.sample_latents(models, [prompt], [i], *size, frames))
        for name, video in (("renders", renderer.render(chosen, *size, frames)[None]), ("generated", generated)):
            rows[name].append(measured(judge, video, scene))
        result = {"clips": i + 1, "seconds": SECONDS} | {name: summary(part) for name, part in rows.items() if i}
        print(json.dumps(result), flush=True)
    if args.out:
        args.out.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
