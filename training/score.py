"""Does the model draw what the prompt says? Two small networks trained on rendered clips read the attributes off generated
clips of prompts with combinations that the model never saw in training: one names the object in single frames, the other
colour, background and motion of a whole clip. Beside them: how sharp the edges are, how much the clip flickers, and how far the
clips as a whole are from renders (a Fréchet distance between what the networks see in both; 1 is as far as renders are spread).

    python score.py RUN --train --minutes 20 trains both networks (RUN/judge.pt), from those in RUN/judge_start.pt if there are some
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
from device import placed
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

    def __init__(self, world: dict):
        super().__init__()
        self.convs = convolutions([3, 32, 64, 128, 128], [2, 2, 2, 1])
        self.head = nn.Linear(256, len(world["object"]))

    def features(self, pictures: Tensor) -> Tensor:
        x = self.convs((pictures * 2 - 1).contiguous(memory_format=torch.channels_last))
        return torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1)

    def forward(self, pictures: Tensor) -> Tensor:
        return self.head(self.features(pictures)).log_softmax(1)


class Clips(nn.Module):
    """Colour, background and motion of a clip: what each frame shows, and where and how large the things are that are in it."""

    def __init__(self, world: dict):
        super().__init__()
        self.convs = convolutions([5, 32, 48, 64, 64], [2, 2, 1, 1])
        self.mask = nn.Conv2d(64, 1, 1)
        self.time = nn.Sequential(nn.BatchNorm1d(COUNT * 5), nn.Linear(COUNT * 5, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU())
        self.heads = nn.ModuleDict({k: nn.Linear(128 if k == "motion" else 3 * 64, len(world[k])) for k in OF_CLIPS})

    def features(self, video: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Looks, the course of the object (where it is in each frame, and how wide, high and large), and its mask."""
        b, _, t, h, w = video.shape
        x = video.transpose(1, 2).flatten(0, 1) * 2 - 1
        x = self.convs(torch.cat([x, grid(x)[None].expand(b * t, -1, -1, -1)], 1).contiguous(memory_format=torch.channels_last))
        mask = self.mask(x)[:, 0]
        weights = mask.flatten(1).sigmoid()
        area = weights.mean(1, keepdim=True)
        weights = weights / weights.sum(1, keepdim=True).clamp(min=1e-3)
        place = grid(x).flatten(1)
        centre = weights @ place.T
        spread = (weights @ place.square().T - centre.square()).clamp(min=1e-4)
        sizes = torch.cat([spread, area.clamp(min=1e-3)], 1).log().view(b, t, -1)
        sizes = sizes - sizes.mean(1, keepdim=True)              # pulsing is a change of size, whatever the size
        course = self.time(torch.cat([centre.view(b, t, -1), sizes], 2).flatten(1))
        inside = (x.flatten(2) @ weights[..., None])[..., 0].view(b, t, -1).mean(1)
        pooled = x.mean((2, 3)).view(b, t, -1)
        return torch.cat([inside, pooled.mean(1), pooled.amax(1)], 1), course, mask.view(b, t, *mask.shape[1:])

    def forward(self, video: Tensor) -> dict[str, Tensor]:
        """Video [b, 3, 11, h, w] in 0..1, of half the model's size. Beside the attributes the "mask" of the object, as logits
        [b, 11, h / 4, w / 4]. Motion is read off the course alone."""
        looks, course, mask = self.features(video)
        return {k: head(course if k == "motion" else looks) for k, head in self.heads.items()} | {"mask": mask}


def grid(x: Tensor) -> Tensor:
    """The places of the pixels of x [n, c, h, w], [2, h, w] in -1..1."""
    return torch.stack(torch.meshgrid(*(torch.linspace(-1, 1, n, device=x.device) for n in x.shape[2:]), indexing="ij"))


class Judge(nn.Module):
    """Of a world, attributes with the values it can tell apart."""

    def __init__(self, world: dict):
        super().__init__()
        self.world, self.shapes, self.clips = world, Shapes(world), Clips(world)

    @staticmethod
    def load(path: Path, device: str) -> "Judge":
        """One that was trained in a smaller world asks for no more than that."""
        weights = torch.load(path, map_location=device, weights_only=False)["judge"]
        heads = {"object": "shapes.head.bias"} | {k: f"clips.heads.{k}.bias" for k in OF_CLIPS}
        judge = Judge({k: values[:len(weights[heads[k]])] for k, values in grammar.EVERYTHING.items()})
        judge.load_state_dict(weights)
        return judge.eval().to(device)

    @torch.no_grad()
    def begin_with(self, weights: dict[str, Tensor]) -> None:
        """Those of a judge of a smaller world: what its heads name keeps its place."""
        for name, mine in self.state_dict().items():
            mine[:len(weights[name])].copy_(weights[name]) if mine.dim() else mine.copy_(weights[name])

    def forward(self, video: Tensor) -> dict[str, Tensor]:
        """A frame in which the object cannot be told says little about each; so the sum over the frames decides."""
        shapes = self.shapes(video.transpose(1, 2).flatten(0, 1)).unflatten(0, (video.shape[0], -1)).sum(1)
        return {"object": shapes} | self.clips(video)

    def features(self, video: Tensor) -> list[Tensor]:
        """What the answers are read off, each [b, n]: of the object in single frames, of looks, of the course."""
        frames = self.shapes.features(video.transpose(1, 2).flatten(0, 1)).unflatten(0, (video.shape[0], -1))
        return [frames.mean(1), *self.clips.features(video)[:2]]


def rendered(rng: random.Random, clips: int, frames: int, device: str) -> tuple[Tensor, list[dict], Tensor]:
    """Clips as the networks take them, or single frames out of the middle of clips; and where the objects are, [b, frames, h / 4, w / 4]
    in 0..1."""
    width, height = (n // 2 for n in rng.choice(config.SIZES))
    scenes = [grammar.random_scene(rng, None) for _ in range(clips)]
    starts = [0 if frames > 1 else rng.randrange(64) for _ in scenes]
    chosen = [renderer.choose(s, rng, width / height) for s in scenes]
    where = F.avg_pool2d(renderer.covers(chosen, width, height, frames, starts, EVERY, device), 4)
    return renderer.render_all(chosen, width, height, frames, starts, every=EVERY, device=device), scenes, where


def soften(video: Tensor, rng: random.Random) -> Tensor:
    """In half of the cases soft, and always slightly noisy, as a small autoencoder leaves pictures."""
    if rng.random() < 0.5:
        k = rng.choice([2, 3])
        small = F.avg_pool3d(video, (1, k, k), ceil_mode=True)
        video = video.lerp(F.interpolate(small, video.shape[2:], mode="trilinear"), rng.random())
    return video + 0.04 * rng.random() * torch.randn_like(video)


BATCH = {"cpu": (48, 16), "cuda": (256, 128)}       # single frames, clips


def train(run: Path, minutes: float, device: str) -> None:
    """Both networks by turns, until the time is spent."""
    torch.manual_seed(config.SEED + 9)
    rng, judge = random.Random(config.SEED + 9), Judge(grammar.ATTRIBUTES).to(device, memory_format=torch.channels_last)
    if (start := run / "judge_start.pt").exists():
        judge.begin_with(torch.load(start, map_location="cpu", weights_only=False)["judge"])
    optimizer = torch.optim.AdamW(judge.parameters(), 2e-3)
    session = Session(run, "judge", minutes, {"judge": judge, "optimizer": optimizer}, rng)
    pictures, clips = BATCH[device]
    while session.progress < 1:
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * session.factor(50)
        if session.step % 2:
            video, scenes, _ = rendered(rng, pictures, 1, device)
            out, tracking = {"object": judge.shapes(soften(video, rng)[:, :, 0])}, 0.0
        else:
            video, scenes, where = rendered(rng, clips, COUNT, device)
            out = judge.clips(soften(video, rng))
            tracking = F.binary_cross_entropy_with_logits(out.pop("mask"), where)    # it learns where the object is; motion is then easy to read
        labels = placed([[grammar.ATTRIBUTES[k].index(s[k]) for s in scenes] for k in out], device, torch.long)
        optimizer.zero_grad()
        (sum(F.cross_entropy(v, x) for v, x in zip(out.values(), labels)) + 3 * tracking).backward()
        optimizer.step()
        right = session.smooth(**{k: (v.argmax(1) == x).float().mean() for (k, v), x in zip(out.items(), labels)},
                               **({"mask": tracking.detach()} if session.step % 2 == 0 else {}))
        if session.time_to_log():
            session.log(**right)
        session.end_of_step()
    session.save()


@torch.no_grad()
def accuracy(judge: Judge, video: Tensor, scenes: list[dict]) -> dict[str, list[bool]]:
    """Of clips as `rendered` draws them."""
    out = judge(video)
    return {k: [v[i] == s[k] for i, s in zip(out[k].argmax(1).tolist(), scenes)] for k, v in judge.world.items()}


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


def prompts_to_score(world: dict, clips: int, part: int) -> list[tuple]:
    """Held-out scenes of all sizes in batches: scenes, their renders' free choices, and what is asked (prompts, seeds, size)."""
    rng, batches = random.Random(config.SEED + 77), []
    for size in config.SIZES:
        scenes = [grammar.random_scene(rng, True, world) for _ in range(clips // len(config.SIZES))]
        chosen = [renderer.choose(s, rng, size[0] / size[1]) for s in scenes]
        prompts = [grammar.caption(s, rng, keep_all=True) for s in scenes]
        batches += [(scenes[i:i + part], chosen[i:i + part], (prompts[i:i + part], list(range(i, min(i + part, len(scenes)))), size))
                    for i in range(0, len(scenes), part)]
    return batches


def distances(features: dict[str, list[list[Tensor]]]) -> dict[str, float]:
    """Of what the judge saw in several sets of clips (batches of its features) to the set "real"; the mean over its features of
    each kind, as parts of the variance that renders have."""
    kinds = {name: [torch.cat(parts).double().cpu() for parts in zip(*batches)] for name, batches in features.items()}
    spread = [x.var(0).sum() for x in kinds["real"]]
    return {name: round(sum((measures.frechet(x, real) / s).item() for x, real, s in zip(kind, kinds["real"], spread)) / len(spread), 4)
            for name, kind in kinds.items() if name != "real"}


@torch.no_grad()
def score(run: Path, folder: Path, clips: int, kept: Path | None, device: str, **options) -> dict:
    import sample
    judge, models, other = Judge.load(run / "judge.pt", device), sample.Models(folder, device), random.Random(config.SEED + 78)
    batches = prompts_to_score(judge.world, clips, 8 if device == "cpu" else 84)
    results, features = {"real": [], "generated": []}, {"real": [], "again": [], "generated": []}
    latents = generated_latents(models, kept, [b[2] for b in batches], **options)
    for (scenes, chosen, (_, _, size)), z in zip(batches, latents):
        again = [renderer.choose(s, other, size[0] / size[1]) for s in scenes]      # the same scenes once more: what distance says of equals
        made = {name: renderer.render_all(c, *size, config.FRAMES, device=device) for name, c in (("real", chosen), ("again", again))}
        made["generated"] = sample.decode(models, z).clamp(0, 1)
        for name, clip in made.items():
            seen = F.avg_pool3d(clip[:, :, ::EVERY][:, :, :COUNT], (1, 2, 2))
            features[name].append(judge.features(seen))
            if name in results:
                results[name].append(accuracy(judge, seen, scenes) | {"sharpness": measures.sharpness(clip), "flicker": measures.flicker(clip)})
    count, distance = sum(len(b[0]) for b in batches), distances(features)
    rows = {name: mean_of(rows) for name, rows in results.items()}
    error = {k: round((rows["generated"][k] * (1 - rows["generated"][k]) / count) ** 0.5, 3) for k in judge.world}
    return {"clips": count, "held_out_renders": rows["real"] | {"distance": distance["again"]},
            "generated": rows["generated"] | {"distance": distance["generated"]}, "standard_error": error,
            "chance": {k: round(1 / len(v), 3) for k, v in judge.world.items()}}


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--clips", type=int, default=96)
    parser.add_argument("--steps", type=int, help="Euler steps in place of those of causal.json")
    parser.add_argument("--guidance", type=float)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--latents", type=Path, help="a file that keeps what the denoiser made, for another decoder on the same prompts")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args(argv)
    torch.set_num_threads(args.threads)
    if args.train:
        train(args.run, args.minutes, args.device)
    if args.folder:
        import sample
        sigmas = sample.shifted_sigmas(args.steps) if args.steps else None
        result = score(args.run, args.folder, args.clips, args.latents, args.device, sigmas=sigmas, guidance=args.guidance)
        print(json.dumps(result, indent=2))
        if args.out:
            args.out.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
