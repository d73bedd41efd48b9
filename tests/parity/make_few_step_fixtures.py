"""Whole denoisings in a few steps with the transformer of fixtures/wan/wan21, from the definitions. Run from the repository:

    python tests/parity/make_few_step_fixtures.py

Writes tests/parity/fixtures/wan/wan21/few_<name>.safetensors: text, latents after each step. The loops are written down as the
makers of the students publish them: FastVideo (DMD), TurboDiffusion (rCM), lightx2v (step distillation). diffusers' own table of
timesteps and add_noise serve the first.
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F
from diffusers import FlowMatchEulerDiscreteScheduler, WanTransformer3DModel
from safetensors.torch import save_file

DIRECTORY = Path(__file__).parent / "fixtures" / "wan" / "wan21"
SHAPE = (1, 4, 3, 4, 6)
SEED = 41


def dmd(velocity, timesteps, shift):
    scheduler = FlowMatchEulerDiscreteScheduler(shift=shift)        # its whole table of 1000 timesteps
    generator = torch.Generator("cpu").manual_seed(SEED)
    x = torch.randn(SHAPE, generator=generator)

    def sigma_of(t):
        return scheduler.sigmas[int((scheduler.timesteps.double() - t).abs().argmin())].double()

    for i, t in enumerate(timesteps):
        x0 = x - (sigma_of(t) * velocity(x, float(t)).double()).float()
        if i + 1 < len(timesteps):
            sigma = sigma_of(timesteps[i + 1]).float()
            x = (1 - sigma) * x0 + sigma * torch.randn(SHAPE, generator=generator)
        else:
            x = x0
        yield x


def rcm(velocity, steps, sigma_max):
    generator = torch.Generator("cpu").manual_seed(SEED)
    noise = torch.randn(SHAPE, generator=generator)
    t = torch.tensor([math.atan(sigma_max), *[1.5, 1.4, 1.0][:steps - 1], 0], dtype=torch.float64)
    t = torch.sin(t) / (torch.cos(t) + torch.sin(t))
    x = noise.double() * t[0]
    for now, following in zip(t[:-1], t[1:]):
        v = velocity(x.float(), float(now.float() * 1000)).double()
        x = (1 - following) * (x - now * v) + following * torch.randn(SHAPE, generator=generator)
        yield x.float()


def distilled(velocity, steps, shift):
    generator = torch.Generator("cpu").manual_seed(SEED)
    x = torch.randn(SHAPE, generator=generator)
    even = torch.tensor([1 - i / steps for i in range(steps)] + [0.0])
    sigmas = shift * even / (1 + (shift - 1) * even)
    for sigma, following in zip(sigmas[:-1], sigmas[1:]):
        x = x + (following - sigma) * velocity(x, float(1000 * sigma))
        yield x


@torch.no_grad()
def main() -> None:
    model = WanTransformer3DModel.from_pretrained(DIRECTORY / "transformer", torch_dtype=torch.float32).eval()
    text = torch.randn(1, 5, model.config.text_dim, generator=torch.Generator().manual_seed(8))
    padded = F.pad(text, (0, 0, 0, 507))

    def velocity(x, t):
        return model(x, torch.tensor([t]), padded).sample

    runs = {
        "dmd": ({"scheduler": "dmd", "steps": 3, "shift": 3.0}, dmd(velocity, [1000, 757, 522], 3.0)),
        "dmd_8": ({"scheduler": "dmd", "steps": 3, "shift": 8.0}, dmd(velocity, [1000, 757, 522], 8.0)),
        "rcm": ({"scheduler": "rcm", "steps": 4, "shift": 3.0}, rcm(velocity, 4, 80)),
        "rcm_2": ({"scheduler": "rcm", "steps": 2, "shift": 3.0}, rcm(velocity, 2, 80)),
        "distilled": ({"scheduler": "distilled", "steps": 4, "shift": 3.0}, distilled(velocity, 4, 5.0)),
    }
    for name, (settings, steps) in runs.items():
        tensors = {"text": text} | {f"latents.{i}": x.clone() for i, x in enumerate(steps)}
        path = DIRECTORY / f"few_{name}.safetensors"
        save_file(tensors, path, {"settings": json.dumps(settings | {"seed": SEED})})
        path.chmod(0o644)


if __name__ == "__main__":
    main()
