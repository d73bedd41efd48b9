"""Does the model draw what the prompt says? A classifier trained on rendered clips reads object, colour, background and
motion off generated clips of prompts with combinations that the model never saw in training.

    python score.py RUN --train              trains the classifier (RUN/classifier.pt)
    python score.py RUN FOLDER --clips 96    prints and writes the scores: renders (ceiling), generated, chance
"""

import argparse
import json
import random
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import config
import grammar
import renderer

EVERY, COUNT = 3, 11                               # the classifier sees frames 0, 3, ... 30


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        widths = [5, 24, 48, 64, 96]
        self.convs = nn.ModuleList(nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in zip(widths, widths[1:]))
        self.norms = nn.ModuleList(nn.BatchNorm2d(w) for w in widths[1:])
        self.frame = nn.Linear(96 * 9, 96)
        self.time = nn.Sequential(nn.Linear(96 * COUNT, 128), nn.ReLU())
        self.heads = nn.ModuleDict({k: nn.Linear(128 + 2 * 96, len(v)) for k, v in grammar.ATTRIBUTES.items()})

    def forward(self, video: Tensor) -> dict[str, Tensor]:
        """Video [b, 3, 11, h, w] in 0..1, of half the model's size."""
        b, _, t, _, _ = video.shape
        x = video.transpose(1, 2).flatten(0, 1) * 2 - 1
        h, w = x.shape[2:]
        place = torch.stack(torch.meshgrid(torch.linspace(-1, 1, h), torch.linspace(-1, 1, w), indexing="ij"))
        x = torch.cat([x, place.to(x).expand(b * t, -1, -1, -1)], 1).contiguous(memory_format=torch.channels_last)
        for conv, norm in zip(self.convs, self.norms):
            x = F.relu(norm(conv(x)))
        x = F.relu(self.frame(F.adaptive_avg_pool2d(x, 3).flatten(1))).view(b, t, -1)
        x = torch.cat([self.time(x.flatten(1)), x.mean(1), x.amax(1)], 1)
        return {k: head(x) for k, head in self.heads.items()}


def rendered(rng: random.Random, size: tuple[int, int], clips: int, held_out: bool | None):
    """Clips as the classifier takes them."""
    width, height = size[0] // 2, size[1] // 2
    scenes = [grammar.random_scene(rng, held_out) for _ in range(clips)]
    return torch.stack([renderer.render(renderer.choose(s, rng, width / height), width, height, COUNT, every=EVERY)
                        for s in scenes]), scenes


def train(path: Path, steps: int) -> None:
    torch.manual_seed(config.SEED + 9)
    rng, model = random.Random(config.SEED + 9), Classifier()
    if path.exists():                              # go on
        model.load_state_dict(torch.load(path))
        rng.seed(config.SEED + 10)
    optimizer = torch.optim.AdamW(model.parameters(), 2e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=steps)
    for step in range(steps):
        video, scenes = rendered(rng, rng.choice(config.SIZES), 16, None)
        if rng.random() < 0.5:                     # soft and slightly noisy, as a small autoencoder leaves them
            k = rng.choice([2, 3])
            small = F.avg_pool3d(video, (1, k, k), ceil_mode=True)
            video = video.lerp(F.interpolate(small, video.shape[2:], mode="trilinear"), rng.random())
        video = video + 0.04 * rng.random() * torch.randn_like(video)
        with torch.autocast("cpu", torch.bfloat16):
            out = model(video)
        out = {k: v.float() for k, v in out.items()}
        loss = sum(F.cross_entropy(out[k], torch.tensor([v.index(s[k]) for s in scenes])) for k, v in grammar.ATTRIBUTES.items())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 50 == 0:
            print(step, round(loss.item(), 3), flush=True)
    torch.save(model.state_dict(), path)


@torch.no_grad()
def accuracy(model: Classifier, video: Tensor, scenes: list[dict]) -> dict[str, list[bool]]:
    out = model(video)
    return {k: [v[i] == s[k] for i, s in zip(out[k].argmax(1).tolist(), scenes)] for k, v in grammar.ATTRIBUTES.items()}


def mean_of(results: list[dict]) -> dict[str, float]:
    return {k: round(sum(sum(r[k]) for r in results) / sum(len(r[k]) for r in results), 3) for k in grammar.ATTRIBUTES}


def score(run: Path, folder: Path, clips: int, **options) -> dict:
    import sample
    model = Classifier().eval()
    model.load_state_dict(torch.load(run / "classifier.pt"))
    models = sample.Models(folder)
    rng, real, generated = random.Random(config.SEED + 77), [], []
    per_size = max(1, clips // len(config.SIZES))
    for size in config.SIZES:
        video, scenes = rendered(rng, size, per_size, True)
        real.append(accuracy(model, video, scenes))
        for start in range(0, per_size, 16):
            part = scenes[start:start + 16]
            prompts = [grammar.caption(s, rng, keep_all=True) for s in part]
            latents = sample.sample_latents(models, prompts, list(range(start, start + len(part))), *size, config.FRAMES, **options)
            video = F.avg_pool3d(sample.decode(models, latents)[:, :, ::EVERY][:, :, :COUNT], (1, 2, 2))
            generated.append(accuracy(model, video, part))
    return {"clips": per_size * len(config.SIZES), "held_out_renders": mean_of(real), "generated": mean_of(generated),
            "chance": {k: round(1 / len(v), 3) for k, v in grammar.ATTRIBUTES.items()}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--clips", type=int, default=96)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    if args.train:
        train(args.run / "classifier.pt", args.steps)
    if args.folder:
        result = score(args.run, args.folder, args.clips)
        print(json.dumps(result, indent=2))
        if args.out:
            args.out.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
