"""The denoiser's data: a pool of encoded clips that keeps growing while it trains.

Drawing and encoding a clip costs about as much as a training step on it, so each clip is used several times: every step
adds a few fresh clips and draws its batch from the whole pool, the oldest leave when it is full.
"""

import random
from pathlib import Path

import torch

import config
import grammar
import renderer
import vae as vae_stage
import vae_form

SHORT, LONG = 29, 65                               # frames of a clip: 8 and 17 latent frames (the window, and twice that)


class Pool:
    def __init__(self, run: Path, device: str, capacity: int = 3000):
        self.path, self.device, self.capacity = run / "pool.pt", device, capacity
        encoder = run / "vae_encoder_frozen.pt"
        self.vae = vae_stage.build().to(device).requires_grad_(False)
        self.vae.load_state_dict(torch.load(encoder))
        stamp = encoder.stat().st_mtime
        self.state = {"stamp": stamp, "clips": [], "drawn": 0}
        if self.path.exists():
            saved = torch.load(self.path, weights_only=False)
            self.state["drawn"] = saved["drawn"]
            if saved["stamp"] == stamp:            # latents of an older encoder are of no use
                self.state = saved
        statistics = run / "latent_statistics.pt"
        self.grow(max(0, 192 - len(self.state["clips"])))
        if not statistics.exists():
            everything = torch.cat([c["latents"].float().flatten(1) for c in self.state["clips"]], 1)
            torch.save({"mean": everything.mean(1), "std": everything.std(1)}, statistics)
        s = torch.load(statistics)
        self.mean, self.std = s["mean"].view(1, -1, 1, 1, 1), s["std"].view(1, -1, 1, 1, 1)

    @torch.no_grad()
    def grow(self, count: int) -> None:
        for _ in range(count):
            index = self.state["drawn"]
            rng = random.Random(config.SEED + 1000 + index)
            width, height = config.SIZES[index % len(config.SIZES)]
            scene = grammar.random_scene(rng)
            video = renderer.render(renderer.choose(scene, rng, width / height), width, height, LONG if index % 10 == 0 else SHORT)
            mean = vae_form.encode(self.vae, video[None].to(self.device) * 2 - 1)[0][0]
            self.state["clips"].append({"size": (width, height), "scene": scene, "latents": mean.to("cpu", torch.bfloat16)})
            self.state["drawn"] += 1
        del self.state["clips"][:-self.capacity]

    def batch(self, rng: random.Random, count: int, frames: int):
        """Normalised latents [b, z, frames, h, w] of one picture size, and their scenes."""
        size = rng.choice(config.SIZES)
        fitting = [c for c in self.state["clips"] if c["size"] == size and c["latents"].shape[1] >= frames]
        clips = [rng.choice(fitting) for _ in range(count)]
        latents = torch.stack([c["latents"][:, :frames] for c in clips]).float()
        return (latents - self.mean) / self.std, [c["scene"] for c in clips]

    def save(self) -> None:
        temporary = self.path.with_suffix(".tmp")
        torch.save(self.state, temporary)
        temporary.rename(self.path)
