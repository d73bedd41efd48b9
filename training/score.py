"""Does the model draw what the prompt says? Two small networks trained on rendered clips read the attributes off generated
clips of prompts with combinations that the model never saw in training: one names the object in single frames, the other
colour, background and motion of a whole clip. Beside them: how sharp the edges are and how much the clip flickers.

    python score.py RUN --train --minutes 20 trains both networks (RUN/judge.pt)
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
import measures
import renderer
from optim import Session

EVERY, COUNT = 3, 11                               # the networks see frames 0, 3, ... 30
OF_CLIPS = ["colour", "background", "motion"]


def convolutions(widths: list[int], strides: list[int]) -> nn.Sequential:
    layers = []
    for a, b, stride in zip(widths, widths[1:], strides):
        layers += [nn.Conv2d(a, b, 3, stride=stride, padding=1), nn.BatchNorm2d(b), nn.ReLU()]
    return nn.Sequential(*layers)


class Shapes(nn.Module):
    """Names the object in one picture of half the model's size."""

    def __init__(self):
        super().__init__()
        self.convs = convolutions([3, 32, 64, 128, 128], [2, 2, 2, 1])
        self.head = nn.Linear(256, len(grammar.OBJECTS))

    def forward(self, pictures: Tensor) -> Tensor:
        x = self.convs((pictures * 2 - 1).contiguous(memory_format=torch.channels_last))
        return self.head(torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1)).log_softmax(1)


class Clips(nn.Module):
    """Colour, background and motion of a clip."""

    def __init__(self):
        super().__init__()
        self.convs = convolutions([5, 24, 48, 64, 96], [2, 2, 2, 2])
        self.frame = nn.Linear(96 * 9, 96)
        self.time = nn.Sequential(nn.Linear(96 * COUNT, 128), nn.ReLU())
        self.heads = nn.ModuleDict({k: nn.Linear(128 + 2 * 96, len(grammar.ATTRIBUTES[k])) for k in OF_CLIPS})

    def forward(self, video: Tensor) -> dict[str, Tensor]:
        """Video [b, 3, 11, h, w] in 0..1, of half the model's size."""
        b, _, t, _, _ = video.shape
        x = video.transpose(1, 2).flatten(0, 1) * 2 - 1
        h, w = x.shape[2:]
        place = torch.stack(torch.meshgrid(torch.linspace(-1, 1, h), torch.linspace(-1, 1, w), indexing="ij"))
        x = self.convs(torch.cat([x, place.to(x).expand(b * t, -1, -1, -1)], 1).contiguous(memory_format=torch.channels_last))
        x = F.relu(self.frame(F.adaptive_avg_pool2d(x, 3).flatten(1))).view(b, t, -1)
        x = torch.cat([self.time(x.flatten(1)), x.mean(1), x.amax(1)], 1)
        return {k: head(x) for k, head in self.heads.items()}


class Judge(nn.Module):
    def __init__(self):
        super().__init__()
        self.shapes, self.clips = Shapes(), Clips()

    def forward(self, video: Tensor) -> dict[str, Tensor]:
        """A frame in which the object cannot be told says little about each; so the sum over the frames decides."""
        shapes = self.shapes(video.transpose(1, 2).flatten(0, 1)).unflatten(0, (video.shape[0], -1)).sum(1)
        return {"object": shapes} | self.clips(video)


def rendered(rng: random.Random, size: tuple[int, int], clips: int, held_out: bool | None):
    """Clips as the classifier takes them."""
    width, height = size[0] // 2, size[1] // 2
    scenes = [grammar.random_scene(rng, held_out) for _ in range(clips)]
    return torch.stack([renderer.render(renderer.choose(s, rng, width / height), width, height, COUNT, every=EVERY)
                        for s in scenes]), scenes


def soften(video: Tensor, rng: random.Random) -> Tensor:
    """In half of the cases soft, and always slightly noisy, as a small autoencoder leaves pictures."""
    if rng.random() < 0.5:
        k = rng.choice([2, 3])
        small = F.avg_pool3d(video, (1, k, k), ceil_mode=True)
        video = video.lerp(F.interpolate(small, video.shape[2:], mode="trilinear"), rng.random())
    return video + 0.04 * rng.random() * torch.randn_like(video)


def stills(rng: random.Random, count: int) -> tuple[Tensor, list[dict]]:
    width, height = (n // 2 for n in rng.choice(config.SIZES))
    scenes = [grammar.random_scene(rng, None) for _ in range(count)]
    return torch.stack([renderer.render(renderer.choose(s, rng, width / height), width, height, 1, start=rng.randrange(64))
                        for s in scenes]), scenes


def train(run: Path, minutes: float) -> None:
    """Both networks by turns, until the time is spent."""
    torch.manual_seed(config.SEED + 9)
    rng, judge = random.Random(config.SEED + 9), Judge().to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(judge.parameters(), 2e-3)
    session = Session(run, "judge", minutes, {"judge": judge, "optimizer": optimizer}, rng)
    right = {}
    while session.progress < 1:
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * session.factor(50)
        if session.step % 4:
            video, scenes = stills(rng, 48)
            out = {"object": judge.shapes(soften(video, rng)[:, :, 0])}
        else:
            video, scenes = rendered(rng, rng.choice(config.SIZES), 16, None)
            out = judge.clips(soften(video, rng))
        labels = {k: torch.tensor([grammar.ATTRIBUTES[k].index(s[k]) for s in scenes]) for k in out}
        optimizer.zero_grad()
        sum(F.cross_entropy(v, labels[k]) for k, v in out.items()).backward()
        optimizer.step()
        for k, v in out.items():
            now = (v.argmax(1) == labels[k]).float().mean().item()
            right[k] = right.get(k, now) + 0.1 * (now - right.get(k, now))
        if session.step % 50 == 0:
            session.log(**right)
        session.end_of_step()
    session.save()


@torch.no_grad()
def accuracy(judge: Judge, video: Tensor, scenes: list[dict]) -> dict[str, list[bool]]:
    """Of clips as `rendered` draws them."""
    out = judge(video)
    return {k: [v[i] == s[k] for i, s in zip(out[k].argmax(1).tolist(), scenes)] for k, v in grammar.ATTRIBUTES.items()}


def mean_of(results: list[dict]) -> dict[str, float]:
    return {k: round(sum(sum(r[k]) for r in results) / sum(len(r[k]) for r in results), 3) for k in results[0]}


def generated_latents(models, kept: Path | None, requests: list[tuple], **options) -> list[Tensor]:
    """What the denoiser makes of each request (prompts, seeds, size); kept in a file, if one is named, for another decoder."""
    import sample
    if kept and kept.exists():
        return torch.load(kept)
    latents = [sample.sample_latents(models, prompts, seeds, *size, config.FRAMES, **options) for prompts, seeds, size in requests]
    if kept:
        torch.save(latents, kept)
    return latents


def score(run: Path, folder: Path, clips: int, kept: Path | None, **options) -> dict:
    import sample
    judge = Judge().eval()
    judge.load_state_dict(torch.load(run / "judge.pt", weights_only=False)["judge"])
    models = sample.Models(folder)
    rng = random.Random(config.SEED + 77)
    batches = []                                   # renders, scenes, request
    for size in config.SIZES:
        for start in range(0, clips // len(config.SIZES), 8):
            part = min(8, clips // len(config.SIZES) - start)
            scenes = [grammar.random_scene(rng, True) for _ in range(part)]
            video = torch.stack([renderer.render(renderer.choose(s, rng, size[0] / size[1]), *size, config.FRAMES) for s in scenes])
            prompts = [grammar.caption(s, rng, keep_all=True) for s in scenes]
            batches.append((video, scenes, (prompts, list(range(start, start + part)), size)))
    results = {"real": [], "generated": []}
    latents = generated_latents(models, kept, [b[2] for b in batches], **options)
    for (video, scenes, _), z in zip(batches, latents):
        for name, clip in (("real", video), ("generated", sample.decode(models, z).clamp(0, 1))):
            seen = F.avg_pool3d(clip[:, :, ::EVERY][:, :, :COUNT], (1, 2, 2))
            results[name].append(accuracy(judge, seen, scenes) | {"sharpness": measures.sharpness(clip), "flicker": measures.flicker(clip)})
    count = sum(len(b[1]) for b in batches)
    rows = {name: mean_of(rows) for name, rows in results.items()}
    error = {k: round((rows["generated"][k] * (1 - rows["generated"][k]) / count) ** 0.5, 3) for k in grammar.ATTRIBUTES}
    return {"clips": count, "held_out_renders": rows["real"], "generated": rows["generated"], "standard_error": error,
            "chance": {k: round(1 / len(v), 3) for k, v in grammar.ATTRIBUTES.items()}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--clips", type=int, default=96)
    parser.add_argument("--steps", type=int, help="Euler steps in place of those of causal.json")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--latents", type=Path, help="a file that keeps what the denoiser made, for another decoder on the same prompts")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    if args.train:
        train(args.run, args.minutes)
    if args.folder:
        import sample
        sigmas = sample.shifted_sigmas(args.steps) if args.steps else None
        result = score(args.run, args.folder, args.clips, args.latents, sigmas=sigmas)
        print(json.dumps(result, indent=2))
        if args.out:
            args.out.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
