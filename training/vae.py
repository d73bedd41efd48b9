"""Stage 1: the video autoencoder.

    python vae.py RUN                     encoder and decoder together
    python vae.py RUN --decoder-only      then the decoder alone, while the denoiser trains on the frozen encoder's latents

Each step draws fresh clips. Whole frames, crops, short and long stretches are mixed, because a decoder that only ever saw
short crops drifts on long clips and loses the picture at full size.
"""

import json
import math
import random

import torch
import torch.nn.functional as F
from torch import Tensor

import config
import grammar
import renderer
import vae_form
from optim import Average, Optimizers, Session, arguments


def build():
    from diffusers import AutoencoderKLWan
    z = config.VAE["z_dim"]
    vae = AutoencoderKLWan(**config.VAE, latents_mean=[0.0] * z, latents_std=[1.0] * z)
    with torch.no_grad():                          # start with little posterior noise: log variance -6 everywhere
        vae.quant_conv.weight[z:] = 0
        vae.quant_conv.bias[z:] = -6
        for name, p in vae.named_parameters():     # blocks start as their shortcuts: pooled colours come through at once
            if ".conv2." in name:
                p.zero_()
            elif ".resample.1." in name:
                p.mul_(0.3)
    return vae


KL_WEIGHT = 3e-5

# (clips, side of the crop or 0 for the whole picture, frames, share)
MIX = [(10, 64, 5, 0.6), (2, 96, 17, 0.2), (1, 0, 9, 0.2)]


def draw(rng: random.Random, clips: int, side: int, frames: int) -> Tensor:
    """A batch [b, 3, t, h, w] in -1..1 of one shape."""
    size = rng.choice(config.SIZES)
    batch = []
    for _ in range(clips):
        width, height = size
        parameters = renderer.choose(grammar.random_scene(rng, None), rng, width / height)
        crop = None
        if side:
            # near the object's path more often than by chance: empty background teaches little
            x = min(max(rng.gauss(width / 2, width / 4) - side / 2, 0), width - side)
            y = min(max(rng.gauss(height / 2, height / 4) - side / 2, 0), height - side)
            crop = (int(x), int(y), side, side)
        batch.append(renderer.render(parameters, width, height, frames, rng.randrange(64), crop))
    return torch.stack(batch) * 2 - 1


def reconstruction_loss(clip: Tensor, target: Tensor) -> Tensor:
    difference = clip - target
    gradient = (difference[..., 1:] - difference[..., :-1]).abs().mean() + (difference[..., 1:, :] - difference[..., :-1, :]).abs().mean()
    # Hue is a small part of the brightness error but the first thing a person sees: the opponent colours count once more.
    red, green, blue = difference.unbind(1)
    chroma = (red - green).abs().mean() + (0.5 * (red + green) - blue).abs().mean()
    return difference.abs().mean() + gradient + 2 * difference.square().mean() + 0.5 * chroma


def psnr(clip: Tensor, target: Tensor) -> float:
    """Of pictures in -1..1."""
    return -10 * math.log10(max(1e-9, (clip.clamp(-1, 1) - target).square().mean().item() / 4))


@torch.no_grad()
def score(vae, frames: int, count: int = 4, seed: int = 77) -> dict:
    """PSNR at the sizes and lengths that users get: over all frames, and of the last four."""
    rng, everything, last = random.Random(seed), [], []
    for i in range(count):
        width, height = config.SIZES[i % len(config.SIZES)]
        parameters = renderer.choose(grammar.random_scene(rng, None), rng, width / height)
        video = renderer.render(parameters, width, height, frames)[None] * 2 - 1
        clip = vae_form.decode(vae, vae_form.encode(vae, video)[0])
        everything.append(psnr(clip, video))
        last.append(psnr(clip[:, :, -4:], video[:, :, -4:]))
    return {"psnr": sum(everything) / count, "psnr_last": sum(last) / count}


def training_loss(vae, video: Tensor, train_encoder: bool, slips: Tensor | float = 0.0) -> tuple[Tensor, Tensor, Tensor]:
    """The whole loss, its distortion and the KL divergence per latent number; `slips`: deviation of further noise on the latents."""
    with torch.set_grad_enabled(train_encoder):
        mean, log_variance = (x.float() for x in vae_form.encode(vae, video.to(torch.bfloat16)))
    latents = mean + (torch.exp(0.5 * log_variance) + slips) * torch.randn_like(mean)
    distortion = reconstruction_loss(vae_form.decode(vae, latents.to(torch.bfloat16)).float(), video)
    kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()
    return distortion + KL_WEIGHT * kl * train_encoder, distortion, kl


def main() -> None:
    parser = arguments(__doc__, 40)
    parser.add_argument("--decoder-only", action="store_true")
    parser.add_argument("--learning-rate", type=float, default=1.0, help="factor on both learning rates")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(config.SEED)
    rng = random.Random(config.SEED + args.decoder_only)
    vae = build().to(args.device)
    slips = 0.0
    if args.decoder_only:                          # the denoiser's latents are never quite right: a twentieth of their deviation
        slips = 0.05 * torch.load(args.run / "latent_statistics.pt")["std"].view(1, -1, 1, 1, 1).to(args.device)
        vae.load_state_dict(torch.load(args.run / "vae_encoder_frozen.pt"))
        vae.encoder.requires_grad_(False)
        vae.quant_conv.requires_grad_(False)
    optimizers = Optimizers(vae.named_parameters(), 4e-3 * args.learning_rate, 8e-4 * args.learning_rate,
                            ("conv_in", "conv_out", "quant_conv", "gamma"))
    average = Average(vae, 0.998 if args.decoder_only else 0.995)
    stage = "vae_decoder" if args.decoder_only else "vae"
    session = Session(args.run, stage, args.minutes, {"vae": vae, "optimizers": optimizers, "average": average}, rng)
    shares = [m[3] for m in MIX]
    fast = torch.compile(training_loss, dynamic=False)             # for the crops; whole pictures come in too many shapes
    while session.progress < 1:
        clips, side, frames, _ = rng.choices(MIX, shares)[0]
        video = draw(rng, clips, side, frames).to(args.device)
        loss, distortion, kl = (fast if side else training_loss)(vae, video, not args.decoder_only, slips)
        loss.backward()
        optimizers.step(session.factor())
        average.update(vae)
        running = session.smooth(loss=distortion.item(), kl=kl.item())
        if session.step % 50 == 0:
            session.log(**running, rate=session.factor())
        if session.step % 1000 == 999:
            evaluation = build()
            evaluation.load_state_dict(average.weights)
            session.log(**score(evaluation, config.FRAMES))
            show(evaluation, args.run / f"{stage}.png")
        session.end_of_step()
    session.save()
    torch.save(average.weights, args.run / ("vae_final.pt" if args.decoder_only else "vae_encoder_frozen.pt"))
    evaluation = build()
    evaluation.load_state_dict(average.weights)
    print(json.dumps({"33 frames": score(evaluation, 33, 6), "65 frames": score(evaluation, 65, 3)}))


@torch.no_grad()
def show(vae, path, seed: int = 5, count: int = 5) -> None:
    """Originals and reconstructions, one under the other."""
    rng, rows = random.Random(seed), []
    for i in range(count):
        width, height = config.SIZES[0] if i % 2 else config.SIZES[2]
        video = renderer.render(renderer.choose(grammar.random_scene(rng, None), rng, width / height), width, height, 33)
        clip = vae_form.decode(vae, vae_form.encode(vae, video[None] * 2 - 1)[0])[0].clamp(-1, 1) / 2 + 0.5
        rows += [video, clip]
    renderer.to_image(rows, 4).save(path)


if __name__ == "__main__":
    main()
