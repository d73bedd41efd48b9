"""The reference sampler: text to video with the exported directory, causal, frame by frame, in fp32.

    python sample.py FOLDER "a red ball bounces over the sea" --seed 1 --size 160x96 --frames 33 --out clip.gif

Noise comes from one torch.Generator("cpu").manual_seed(seed): for each latent frame in order, torch.randn((1, z, 1, h, w)).
For each frame, Euler steps down the fixed list of sigmas (then 0), with the timestep 1000 * sigma; then one more pass at
timestep 1000 * context_noise over the finished frame writes its keys and values. See causal_form.py for window and positions.
"""

import argparse
import json
from pathlib import Path

import torch
from torch import Tensor

import causal_form
import renderer
import text
import tokenizer
import vae_form


class Models:
    def __init__(self, folder: Path, device: str = "cpu"):
        from diffusers import AutoencoderKLWan, WanTransformer3DModel
        from transformers import UMT5EncoderModel
        self.vae = AutoencoderKLWan.from_pretrained(folder / "vae", torch_dtype=torch.float32).eval().to(device)
        self.denoiser = WanTransformer3DModel.from_pretrained(folder / "transformer", torch_dtype=torch.float32).eval().to(device)
        self.text_encoder = UMT5EncoderModel.from_pretrained(folder / "text_encoder", dtype=torch.float32).eval().to(device)
        self.device, self.encode = device, tokenizer.Encoder(folder / "tokenizer")
        self.causal = json.loads((folder / "causal.json").read_text())
        self.mean = torch.tensor(self.vae.config.latents_mean).view(1, -1, 1, 1, 1).to(device)
        self.std = torch.tensor(self.vae.config.latents_std).view(1, -1, 1, 1, 1).to(device)

    def context(self, prompts: list[str]) -> tuple[Tensor, Tensor]:
        ids, mask = text.batch(self.encode, prompts, self.device)
        return causal_form.text_context(self.denoiser, text.embed(self.text_encoder, ids, mask), mask.float())


@torch.no_grad()
def sample_latents(models: Models, prompts: list[str], seeds: list[int], width: int, height: int, frames: int,
                   sigmas: list[float] | None = None, guidance: float | None = None) -> Tensor:
    """Normalised latents [b, z, t, h, w] in the type of the models; each prompt has a generator of its own, always of float32."""
    sigmas = (sigmas or models.causal["sigmas"]) + [0.0]
    guidance = models.causal["guidance_scale"] if guidance is None else guidance
    generators = [torch.Generator("cpu").manual_seed(seed) for seed in seeds]
    shape = (1, models.vae.config.z_dim, 1, height // 16, width // 16)
    sides = [(models.context(prompts), 1.0)]
    if guidance != 1:
        sides = [(sides[0][0], guidance), (models.context([""] * len(prompts)), 1 - guidance)]
    caches = [causal_form.Cache(len(models.denoiser.blocks)) for _ in sides]

    result = []
    for _ in range((frames - 1) // 4 + 1):
        x = torch.cat([torch.randn(shape, generator=g) for g in generators]).to(models.device, models.denoiser.dtype)
        for sigma, following in zip(sigmas, sigmas[1:]):
            velocity = sum(weight * causal_form.forward_frame(models.denoiser, x, 1000 * sigma, context, cache)[0]
                           for (context, weight), cache in zip(sides, caches))
            x = x + (following - sigma) * velocity
        for (context, _), cache in zip(sides, caches):
            cache.append(causal_form.forward_frame(models.denoiser, x, 1000 * models.causal["context_noise"], context, cache)[1])
        result.append(x)
    return torch.cat(result, 2)


@torch.no_grad()
def decode(models: Models, latents: Tensor) -> Tensor:
    """Video [b, 3, t, h, w] in 0..1."""
    clips = [vae_form.decode(models.vae, z[None] * models.std + models.mean) for z in latents]       # in a third of the time of diffusers
    return torch.cat(clips).clamp(-1, 1) / 2 + 0.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("prompts", nargs="+")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", default="160x96")
    parser.add_argument("--frames", type=int, default=33)
    parser.add_argument("--every", type=int, default=4, help="frames of a contact sheet")
    parser.add_argument("--guidance", type=float)
    parser.add_argument("--steps", type=int, help="Euler steps on an evenly spaced, shifted list instead of causal.json's")
    parser.add_argument("--out", type=Path, required=True, help=".png: contact sheet; .gif: moving; .pt: uint8 [b, t, h, w, 3]")
    args = parser.parse_args()
    models = Models(args.folder)
    width, height = map(int, args.size.split("x"))
    sigmas = shifted_sigmas(args.steps) if args.steps else None
    latents = sample_latents(models, args.prompts, [args.seed] * len(args.prompts), width, height, args.frames, sigmas, args.guidance)
    video = decode(models, latents)
    if args.out.suffix == ".pt":
        torch.save((video * 255).round().byte().permute(0, 2, 3, 4, 1), args.out)
    elif args.out.suffix == ".gif":
        images = [renderer.to_image([v[:, i:i + 1] for v in video], 1) for i in range(video.shape[2])]
        images[0].save(args.out, save_all=True, append_images=images[1:], duration=1000 / 12, loop=0)
    else:
        renderer.to_image(list(video), args.every).save(args.out)


def shifted_sigmas(steps: int, shift: float = 3.0) -> list[float]:
    line = [1 - i / steps for i in range(steps)]
    return [round(shift * s / (1 + (shift - 1) * s), 4) for s in line]


if __name__ == "__main__":
    main()
