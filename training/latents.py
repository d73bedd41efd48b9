"""The denoiser's data: pictures and clips, drawn and encoded between the training steps. That costs about as much as a training step on
them, so each is used several times. Pictures are far cheaper than clips and teach shape, colour and background; they come first.
"""

import random
from pathlib import Path

import torch
from torch import Tensor

import config
import grammar
import renderer
import vae as vae_stage
import vae_form

FRAMES = {"picture": 1, "clip": 33, "long": 49}      # 1, 9 and 13 latent frames


def load_encoder(run: Path, device: str):
    vae = vae_stage.build().to(device).requires_grad_(False)
    vae.load_state_dict(torch.load(run / "vae_encoder_frozen.pt", map_location="cpu"))
    return vae


@torch.no_grad()
def encoded(vae, scenes: list[dict], size: tuple[int, int], frames: int, rng: random.Random, device: str) -> Tensor:
    """Latents [b, z, f, h, w] of one clip of each scene."""
    chosen = [renderer.choose(scene, rng, size[0] / size[1]) for scene in scenes]
    part = 4 if device == "cpu" else len(chosen)
    return torch.cat([vae_form.encode(vae, (renderer.render_all(chosen[i:i + part], *size, frames, device=device) * 2 - 1).bfloat16())[0]
                      for i in range(0, len(chosen), part)])


def statistics(run: Path, vae, device: str) -> None:
    """Mean and deviation of each channel over a few clips. Channels that carry nothing keep a deviation of 0.1 of the mean one."""
    rng = random.Random(config.SEED + 5)
    clips = [encoded(vae, [grammar.random_scene(rng) for _ in range(16)], size, FRAMES["clip"], rng, device) for size in 2 * config.SIZES]
    everything = torch.cat([z.float().transpose(0, 1).flatten(1) for z in clips], 1).cpu()
    std = everything.std(1)
    torch.save({"mean": everything.mean(1), "std": std.clamp(min=0.1 * std.mean().item())}, run / "latent_statistics.pt")


class Source:
    """One batch in `reuse` is new, the others are put together from the last ones of their kind."""

    KEPT = {"picture": 20_000, "clip": 20_000, "long": 4_000}

    def __init__(self, run: Path, device: str):
        self.vae, self.device, self.kept, self.reuse = load_encoder(run, device), device, {}, 12 if device == "cpu" else 6
        if not (run / "latent_statistics.pt").exists():
            statistics(run, self.vae, device)
        s = torch.load(run / "latent_statistics.pt", map_location=device)
        self.mean, self.std = s["mean"].view(1, -1, 1, 1, 1), s["std"].view(1, -1, 1, 1, 1)

    def batch(self, rng: random.Random, kind: str, count: int, first: bool = False) -> tuple[Tensor, list[dict]]:
        """Normalised latents [b, z, f, h, w] of one picture size, and their scenes; with `first` of the first world."""
        size = rng.choice(config.SIZES)
        stock = self.kept.setdefault((kind, size, first), [])
        if not stock or rng.randrange(self.reuse) == 0:
            scenes = [grammar.random_scene(rng, world=grammar.FIRST if first else grammar.ATTRIBUTES) for _ in range(count)]
            latents = (encoded(self.vae, scenes, size, FRAMES[kind], rng, self.device) - self.mean) / self.std
            stock.append((latents.bfloat16(), scenes))
            del stock[:-max(1, self.KEPT[kind] // count // len(config.SIZES))]
        parts = rng.sample(stock, min(4, len(stock)))            # a quarter of each of four batches
        latents = torch.cat([z[i::len(parts)] for i, (z, _) in enumerate(parts)])
        return latents.float(), [scene for i, (_, scenes) in enumerate(parts) for scene in scenes[i::len(parts)]]
