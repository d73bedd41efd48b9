"""The denoiser's data: a folder of encoded pictures and clips that a process of its own keeps filling while the denoiser trains.

    python latents.py RUN --minutes 60

Drawing and encoding a clip costs about as much as a training step on it, so each is used several times. Pictures are far
cheaper than clips and teach shape, colour and background; they come first.
"""

import random
import time
from pathlib import Path

import torch
from torch import Tensor

import config
import grammar
import renderer
import vae as vae_stage
import vae_form
from optim import arguments

KINDS = {"picture": (1, 64), "clip": (29, 16), "long": (45, 8)}        # frames (1, 8 and 12 latent frames), how many a file
PICTURES = 6000                                                        # before the clips; a tenth of the files afterwards


def load_encoder(run: Path, device: str):
    vae = vae_stage.build().to(device).requires_grad_(False)
    vae.load_state_dict(torch.load(run / "vae_encoder_frozen.pt"))
    return vae


@torch.no_grad()
def draw(vae, kind: str, index: int, device: str) -> dict:
    """One file's worth of latents [n, z, f, h, w], all of one size, and their scenes."""
    frames, count = KINDS[kind]
    rng = random.Random(config.SEED + 1000 + index)
    width, height = config.SIZES[index % len(config.SIZES)]
    scenes = [grammar.random_scene(rng) for _ in range(count)]
    latents = []
    for start in range(0, count, 4):
        video = torch.stack([renderer.render(renderer.choose(s, rng, width / height), width, height, frames) for s in scenes[start:start + 4]])
        latents.append(vae_form.encode(vae, (video * 2 - 1).to(device, torch.bfloat16))[0].cpu())
    return {"kind": kind, "size": (width, height), "scenes": scenes, "latents": torch.cat(latents)}


def statistics(run: Path, vae, device: str) -> None:
    """Mean and deviation of each channel over a few clips. Channels that carry nothing keep a deviation of 0.1 of the mean one."""
    everything = torch.cat([draw(vae, "clip", 10**6 + i, device)["latents"].float().transpose(0, 1).flatten(1) for i in range(6)], 1)
    std = everything.std(1)
    torch.save({"mean": everything.mean(1), "std": std.clamp(min=0.1 * std.mean().item())}, run / "latent_statistics.pt")


class Pool:
    """The part of the folder that has been read; `refresh` reads what came since."""

    def __init__(self, run: Path):
        self.folder, self.read, self.files = run / "pool", set(), []
        while not list(self.folder.glob("*.pt")):
            time.sleep(1)                          # the other process has just begun
        s = torch.load(run / "latent_statistics.pt")
        self.mean, self.std = s["mean"].view(1, -1, 1, 1, 1), s["std"].view(1, -1, 1, 1, 1)
        self.refresh()

    def refresh(self) -> None:
        for path in sorted(self.folder.glob("*.pt")):
            if path.name not in self.read:
                self.read.add(path.name)
                self.files.append(torch.load(path))

    def count(self, kind: str) -> int:
        return sum(len(f["scenes"]) for f in self.files if f["kind"] == kind)

    def batch(self, rng: random.Random, kind: str, count: int) -> tuple[Tensor, list[dict]]:
        """Normalised latents [b, z, f, h, w] of one picture size, and their scenes."""
        files = [f for f in self.files if f["kind"] == kind]
        size = rng.choice(files)["size"]
        picks = [(f, rng.randrange(len(f["scenes"]))) for f in rng.choices([f for f in files if f["size"] == size], k=count)]
        latents = torch.stack([f["latents"][i] for f, i in picks]).float()
        return (latents - self.mean) / self.std, [f["scenes"][i] for f, i in picks]


def main() -> None:
    parser = arguments(__doc__, 60)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    folder, vae = args.run / "pool", load_encoder(args.run, args.device)
    folder.mkdir(exist_ok=True)
    if not (args.run / "latent_statistics.pt").exists():
        statistics(args.run, vae, args.device)
    end, index = time.time() + 60 * args.minutes, len(list(folder.glob("*.pt")))
    while time.time() < end:
        early = index * KINDS["picture"][1] < PICTURES
        kind = "picture" if early or index % 10 == 0 else "long" if index % 10 == 5 else "clip"
        temporary = folder / f"{index:06}.tmp"
        torch.save(draw(vae, kind, index, args.device), temporary)
        temporary.rename(temporary.with_suffix(".pt"))
        index += 1


if __name__ == "__main__":
    main()
