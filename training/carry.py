"""Carries a trained denoiser over to the latents of another autoencoder of the same compression.

    python carry.py FOLDER RUN        after start.py; RUN/vae_encoder_frozen.pt is the new autoencoder

Latents of the same clips by both are matched, patch by patch, by least squares. The patch embedding then reads new latents through
the map to the old ones, and the velocity leaves through the map back; everything between stays. What the new channels hold beyond the
old ones is left for training.
"""

import argparse
import random
from pathlib import Path

import torch
from torch import Tensor

import config
import grammar
import latents
import renderer
import sample
import vae_form


def patches(z: Tensor, p: int) -> Tensor:
    """[b, c, f, h, w] to rows [n, c * p * p], in the order of the patch embedding's weights."""
    b, c, f, h, w = z.shape
    return z.view(b, c, f, h // p, p, w // p, p).permute(0, 2, 3, 5, 1, 4, 6).reshape(-1, c * p * p)


def fit(x: Tensor, y: Tensor, noise: float) -> tuple[Tensor, Tensor, float]:
    """y is about x @ m + c, also when x has noise of that variance; the share of y's variance that is left without."""
    ones = torch.cat([x, torch.ones(len(x), 1)], 1)
    gram = ones.T @ ones
    m = torch.linalg.solve(gram + noise * len(x) * torch.eye(len(gram)), ones.T @ y)
    rest = (ones @ m - y).square().mean() / y.var()
    return m[:-1], m[-1], rest.item()


@torch.no_grad()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("--clips", type=int, default=48)
    args = parser.parse_args()
    torch.manual_seed(config.SEED)
    torch.set_num_threads(1)
    rng = random.Random(config.SEED + 9)
    old = sample.Models(args.folder)
    source = latents.Source(args.run, "cpu")
    xs, ys = [], []
    p = config.TRANSFORMER["patch_size"][1]
    for i in range(args.clips):
        size = config.SIZES[i % 3]
        chosen = [renderer.choose(grammar.random_scene(rng), rng, size[0] / size[1])]
        video = renderer.render_all(chosen, *size, 33) * 2 - 1
        ys.append(patches((vae_form.encode(old.vae, video)[0] - old.mean) / old.std, p))
        xs.append(patches((vae_form.encode(source.vae, video)[0] - source.mean) / source.std, p))
    new_latents, old_latents = torch.cat(xs).float(), torch.cat(ys).float()
    read, read_bias, rest = fit(new_latents, old_latents, 0.3)
    print(f"{len(new_latents)} patches: old latents from new ones leave {rest:.3f} of their variance", flush=True)
    write, write_bias, rest = fit(old_latents, new_latents, 0.3)
    print(f"new ones from old ones leave {rest:.3f}", flush=True)

    from diffusers import WanTransformer3DModel
    denoiser = WanTransformer3DModel(**config.TRANSFORMER)
    weights = old.denoiser.state_dict()
    embedding = weights["patch_embedding.weight"].flatten(1)
    weights["patch_embedding.weight"] = (embedding @ read.T).view_as(denoiser.patch_embedding.weight)
    weights["patch_embedding.bias"] = weights["patch_embedding.bias"] + embedding @ read_bias
    # The last layer's results are patches with the channels last.
    z_old, z_new = old.denoiser.config.in_channels, config.TRANSFORMER["in_channels"]
    back = write.view(z_old, p * p, z_new, p * p).permute(1, 0, 3, 2).reshape(z_old * p * p, z_new * p * p)
    weights["proj_out.weight"] = back.T @ weights["proj_out.weight"]
    weights["proj_out.bias"] = back.T @ weights["proj_out.bias"] - write_bias.view(z_new, p * p).T.flatten()
    denoiser.load_state_dict(weights)
    start = torch.load(args.run / "denoiser_start.pt")
    torch.save(start | {"denoiser": denoiser.state_dict()}, args.run / "denoiser_start.pt")


if __name__ == "__main__":
    main()
