"""Pictures to look at.

    python sheets.py FOLDER prompts.png          24 prompts with combinations held out of training: renders on the left, generated on the right
    python sheets.py FOLDER decoder.png --decoder     renders, and what the autoencoder makes of them, one under the other
"""

import argparse
import random
from pathlib import Path

import torch

import config
import grammar
import renderer
import sample
import vae_form

EVERY = 8                                          # frames


def prompts(models: sample.Models, count: int = 24) -> list:
    rng, rows = random.Random(config.SEED + 24), []
    width, height = config.SIZES[0]
    scenes = [grammar.random_scene(rng, True) for _ in range(count)]
    for i in range(0, count, 4):
        part = scenes[i:i + 4]
        wording = [grammar.caption(s, rng, keep_all=True) for s in part]
        print("\n".join(wording), flush=True)
        latents = sample.sample_latents(models, wording, list(range(i, i + len(part))), width, height, config.FRAMES)
        for scene, clip in zip(part, sample.decode(models, latents).clamp(0, 1)):
            drawn = renderer.render(renderer.choose(scene, rng, width / height), width, height, config.FRAMES)
            rows.append(torch.cat([drawn[:, ::EVERY], clip[:, ::EVERY]], 1))
    return rows


@torch.no_grad()
def decoder(models: sample.Models, count: int = 6, seed: int = 5) -> list:
    rng, rows = random.Random(seed), []
    for i in range(count):
        width, height = config.SIZES[0] if i % 2 else config.SIZES[2]
        video = renderer.render(renderer.choose(grammar.random_scene(rng, None), rng, width / height), width, height, config.FRAMES)
        clip = vae_form.decode(models.vae, vae_form.encode(models.vae, video[None] * 2 - 1)[0])[0].clamp(-1, 1) / 2 + 0.5
        rows += [video[:, ::4], clip[:, ::4]]
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--decoder", action="store_true")
    args = parser.parse_args()
    models = sample.Models(args.folder)
    renderer.to_image(decoder(models) if args.decoder else prompts(models), 1).save(args.out)


if __name__ == "__main__":
    main()
