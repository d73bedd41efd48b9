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
DECODER_MIX = [(6, 64, 9, 0.7), (2, 96, 17, 0.2), (1, 0, 17, 0.1)]

MOVING = 0.08                                      # a pixel moves where it differs by more from its median over time
MOVING_WEIGHT = 3.0                                # counted so much more than the others


def corner(parameters: dict, width: int, height: int, side: int, start: int, frames: int, rng: random.Random) -> tuple[int, int]:
    """Left and upper edge of a crop: mostly about the object at some moment, as empty background teaches little."""
    half = min(width, height) / 2
    x, y, spread = width / 2, height / 2, max(width, height) / 4
    if rng.random() < 0.75:
        t = torch.tensor(float(start + rng.randrange(frames)))
        ox, oy, _, _ = renderer.placement(parameters, t, width / 2 / half, height / 2 / half)
        x, y, spread = x + half * float(ox), y + half * float(oy), side / 4
    return tuple(int(min(max(rng.gauss(c, spread) - side / 2, 0), n - side)) for c, n in ((x, width), (y, height)))


def draw(rng: random.Random, clips: int, side: int, frames: int) -> Tensor:
    """A batch [b, 3, t, h, w] in -1..1 of one shape."""
    width, height = rng.choice(config.SIZES)
    batch = []
    for _ in range(clips):
        parameters, start = renderer.choose(grammar.random_scene(rng, None), rng, width / height), rng.randrange(64)
        crop = (*corner(parameters, width, height, side, start, frames, rng), side, side) if side else None
        batch.append(renderer.render(parameters, width, height, frames, start, crop))
    return torch.stack(batch) * 2 - 1


def moving(video: Tensor) -> Tensor:
    """Where something moves, [b, 1, t, h, w]; video in -1..1."""
    difference = (video - video.median(2, keepdim=True).values).abs().amax(1, keepdim=True)
    return difference > 2 * MOVING


def reconstruction_loss(clip: Tensor, target: Tensor) -> Tensor:
    weight = 1 + MOVING_WEIGHT * moving(target)
    difference = clip - target
    gradient = ((difference[..., 1:] - difference[..., :-1]).abs() * weight[..., 1:]).mean() + (
        (difference[..., 1:, :] - difference[..., :-1, :]).abs() * weight[..., 1:, :]).mean()
    # Hue is a small part of the brightness error but the first thing a person sees: the opponent colours count once more.
    red, green, blue = difference.unbind(1)
    chroma = ((red - green).abs() + (0.5 * (red + green) - blue).abs()) * weight[:, 0]
    return ((difference.abs() + 2 * difference.square()) * weight).mean() + gradient + 0.5 * chroma.mean()


def psnr(clip: Tensor, target: Tensor, where: Tensor | None = None) -> float:
    """Of pictures in -1..1, over the pixels `where` if it is given."""
    error = (clip.clamp(-1, 1) - target).square().mean(1, keepdim=True)
    return -10 * math.log10(max(1e-9, (error if where is None else error[where]).mean().item() / 4))


@torch.no_grad()
def score(vae, frames: int, count: int = 8, seed: int = 77) -> dict:
    """PSNR at the sizes and lengths that users get: over all pixels, over those that move, and of the last four frames. Means
    over clips; of the moving pixels over the clips that have some."""
    rng, results = random.Random(seed), {"psnr": [], "moving": [], "last": []}
    for i in range(count):
        width, height = config.SIZES[i % len(config.SIZES)]
        parameters = renderer.choose(grammar.random_scene(rng, None), rng, width / height)
        video = renderer.render(parameters, width, height, frames)[None] * 2 - 1
        clip, where = vae_form.decode(vae, vae_form.encode(vae, video)[0]), moving(video)
        results["psnr"].append(psnr(clip, video))
        results["last"].append(psnr(clip[:, :, -4:], video[:, :, -4:]))
        if where.float().mean() > 0.005:
            results["moving"].append(psnr(clip, video, where))
    return {k: sum(v) / max(1, len(v)) for k, v in results.items()} | {f"{k}_worst": min(v, default=0.0) for k, v in results.items()}


def training_loss(vae, video: Tensor, train_encoder: bool, slips: Tensor | float, precision: torch.dtype) -> tuple[Tensor, Tensor, Tensor]:
    """The whole loss, its distortion and the KL divergence per latent number; `slips`: deviation of further noise on the latents."""
    with torch.set_grad_enabled(train_encoder):
        mean, log_variance = (x.float() for x in vae_form.encode(vae, video.to(precision)))
    latents = mean + (torch.exp(0.5 * log_variance) + slips) * torch.randn_like(mean)
    distortion = reconstruction_loss(vae_form.decode(vae, latents.to(precision)).float(), video)
    kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()
    return distortion + KL_WEIGHT * kl * train_encoder, distortion, kl


def main() -> None:
    parser = arguments(__doc__, 40)
    parser.add_argument("--decoder-only", action="store_true")
    parser.add_argument("--learning-rate", type=float, default=1.0, help="factor on both learning rates")
    parser.add_argument("--precision", choices=["bfloat16", "float32"], default="bfloat16",
                        help="of the convolutions; float32 is faster on a CPU without matrix units")
    parser.add_argument("--eager", action="store_true", help="no torch.compile, for short or starved runs")
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
    mix = DECODER_MIX if args.decoder_only else MIX
    fast = training_loss if args.eager else torch.compile(training_loss, dynamic=False)       # for the commonest shape: compiling one takes a minute
    while session.progress < 1:
        clips, side, frames, share = rng.choices(mix, [m[3] for m in mix])[0]
        video = draw(rng, clips, side, frames).to(args.device)
        loss, distortion, kl = (fast if share > 0.5 else training_loss)(vae, video, not args.decoder_only, slips, getattr(torch, args.precision))
        loss.backward()
        optimizers.step(session.factor(30))
        average.update(vae)
        running = session.smooth(loss=distortion.item(), kl=kl.item())
        if session.step % 25 == 0:
            session.log(**running, rate=session.factor())
        if session.step % 500 == 499:
            evaluation = build()
            evaluation.load_state_dict(average.weights)
            session.log(**score(evaluation, config.FRAMES))
            show(evaluation, args.run / f"{stage}.png")
        session.end_of_step()
    session.save()
    torch.save(average.weights, args.run / ("vae_final.pt" if args.decoder_only else "vae_encoder_frozen.pt"))
    evaluation = build()
    evaluation.load_state_dict(average.weights)
    print(json.dumps({"33 frames": score(evaluation, 33), "65 frames": score(evaluation, 65, 3)}))


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
