"""Stage 1: the video autoencoder.

    python vae.py RUN                     encoder and decoder together
    python vae.py RUN --decoder-only      then the decoder alone, while the denoiser trains on the frozen encoder's latents
    python vae.py RUN --keep-latents      both, from start.py, for a larger world: latents of the first world stay what they are

Each step draws fresh clips. Whole frames, crops, short and long stretches are mixed, because a decoder that only ever saw
short crops drifts on long clips and loses the picture at full size.
"""

import copy
import math
import random
import time

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import config
import grammar
import measures
import renderer
import vae_form
from optim import Average, Half, Optimizers, Session, arguments, keep


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
MIX = {"cpu": [(10, 64, 5, 0.6), (2, 96, 17, 0.2), (1, 0, 9, 0.2)],
       "cuda": [(128, 64, 17, 0.6), (10, 0, 33, 0.4)]}
DECODER_MIX = {"cpu": [(6, 64, 9, 0.7), (2, 96, 17, 0.2), (1, 0, 17, 0.1)],
               "cuda": [(56, 64, 33, 0.5), (9, 0, 33, 0.5)]}

MOVING = 0.08                                      # a pixel moves where it differs by more from its median over time
MOVING_WEIGHT = 3.0                                # counted so much more than the others
EDGE_WEIGHT = 1.0
EDGE_REACH = 5                                     # pixels in which a lost edge may be found again


def corners(chosen: list[dict], starts: list[int], width: int, height: int, side: int, frames: int, rng: random.Random) -> list[tuple]:
    """Left and upper edges of crops: mostly about the object at some moment, as empty background teaches little."""
    half = min(width, height) / 2
    times = torch.tensor([float(start + rng.randrange(frames)) for start in starts]).view(-1, 1, 1, 1)
    places = renderer.placements(chosen, times, width / 2 / half, height / 2 / half)[:2].view(2, -1).T.tolist()
    result = []
    for ox, oy in places:
        x, y, spread = width / 2, height / 2, max(width, height) / 4
        if rng.random() < 0.75:
            x, y, spread = x + half * ox, y + half * oy, side / 4
        result.append(tuple(int(min(max(rng.gauss(c, spread) - side / 2, 0), n - side)) for c, n in ((x, width), (y, height))))
    return result


def draw(rng: random.Random, clips: int, side: int, frames: int, device: str, world: dict = grammar.ATTRIBUTES) -> Tensor:
    """A batch [b, 3, t, h, w] in -1..1 of one shape."""
    width, height = rng.choice(config.SIZES)
    chosen = [renderer.choose(grammar.random_scene(rng, None, world), rng, width / height) for _ in range(clips)]
    starts = [rng.randrange(64) for _ in chosen]
    where = corners(chosen, starts, width, height, side, frames, rng) if side else None
    return renderer.render_all(chosen, width, height, frames, starts, where, side, device=device) * 2 - 1


def moving(video: Tensor) -> Tensor:
    """Where something moves, [b, 1, t, h, w]; video in -1..1."""
    difference = (video - video.median(2, keepdim=True).values).abs().amax(1, keepdim=True)
    return difference > 2 * MOVING


def reconstruction_loss(clip: Tensor, target: Tensor) -> Tensor:
    moves = (target - target.mean(2, keepdim=True)).abs().amax(1, keepdim=True) > 2 * MOVING      # quicker than the median
    weight = 1 + MOVING_WEIGHT * moves
    difference = clip - target
    gradient = ((difference[..., 1:] - difference[..., :-1]).abs() * weight[..., 1:]).mean() + (
        (difference[..., 1:, :] - difference[..., :-1, :]).abs() * weight[..., 1:, :]).mean()
    # Hue is a small part of the brightness error but the first thing a person sees: the opponent colours count once more.
    red, green, blue = difference.unbind(1)
    chroma = ((red - green).abs() + (0.5 * (red + green) - blue).abs()) * weight[:, 0]
    return ((difference.abs() + 2 * difference.square()) * weight).mean() + gradient + 0.5 * chroma.mean() + EDGE_WEIGHT * lost_edges(clip, target)


def lost_edges(clip: Tensor, target: Tensor) -> Tensor:
    """How much softer the steepest step about each pixel is than the target's. The mean error hardly minds an edge that is wide by
    two pixels; a person sees it first."""
    steepest = []
    for video in (clip, target):
        frames = video.transpose(1, 2).flatten(0, 1)
        across, down = (F.pad((frames.roll(-1, d) - frames).abs().amax(1, keepdim=True).narrow(d, 0, frames.shape[d] - 1), p)
                        for d, p in ((3, (0, 1)), (2, (0, 0, 0, 1))))
        steepest.append(F.max_pool2d(torch.maximum(across, down), EDGE_REACH, 1, EDGE_REACH // 2))
    return F.relu(steepest[1] - steepest[0]).mean()


def psnr(clip: Tensor, target: Tensor, where: Tensor | None = None) -> float:
    """Of pictures in -1..1, over the pixels `where` if it is given."""
    error = (clip.clamp(-1, 1) - target).square().mean(1, keepdim=True)
    return -10 * math.log10(max(1e-9, (error if where is None else error[where]).mean().item() / 4))


@torch.no_grad()
def score(vae, frames: int, count: int = 8, seed: int = 77) -> dict:
    """PSNR at the sizes and lengths that users get: over all pixels, over those that move, and of the last four frames; and how sharp
    edges are beside the renderer's. Means over clips; of the moving pixels over the clips that have some."""
    rng, device, results = random.Random(seed), vae.quant_conv.weight.device, {"psnr": [], "moving": [], "last": [], "sharp": []}
    for i in range(count):
        width, height = config.SIZES[i % len(config.SIZES)]
        parameters = renderer.choose(grammar.random_scene(rng, None), rng, width / height)
        video = renderer.render_all([parameters], width, height, frames, device=device) * 2 - 1
        clip, where = vae_form.decode(vae, vae_form.encode(vae, video)[0]), moving(video)
        results["psnr"].append(psnr(clip, video))
        results["sharp"].append(measures.sharpness(clip / 2 + 0.5)[0] / measures.sharpness(video / 2 + 0.5)[0])
        results["last"].append(psnr(clip[:, :, -4:], video[:, :, -4:]))
        if where.float().mean() > 0.005:
            results["moving"].append(psnr(clip, video, where))
    return {k: sum(v) / max(1, len(v)) for k, v in results.items()} | {f"{k}_worst": min(v, default=0.0) for k, v in results.items()}


KEEP_WEIGHT = 2.0                                  # of latents that stray from what they were, in deviations
FIRST_WORLD = 0.4                                  # of the batches, where they are held to what they were


class Training(nn.Module):
    """The whole loss of a batch, its distortion, the KL divergence per latent number, and how far the latents are from the `held` ones;
    `slips`: deviation of further noise on the latents."""

    def __init__(self, vae, encoder_too: bool, slips: Tensor | float):
        super().__init__()
        self.vae, self.encoder_too, self.slips = vae, encoder_too, slips

    def forward(self, video: Tensor, held: Tensor | None = None, deviation: Tensor | float = 1.0) -> tuple[Tensor, ...]:
        with torch.set_grad_enabled(self.encoder_too):
            mean, log_variance = (x.float() for x in vae_form.encode(self.vae, video.bfloat16()))
        latents = mean + (torch.exp(0.5 * log_variance) + self.slips) * torch.randn_like(mean)
        distortion = reconstruction_loss(vae_form.decode(self.vae, latents.bfloat16()).float(), video)
        kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()
        strayed = kl.new_zeros(()) if held is None else ((mean - held) / deviation).square().mean()
        return distortion + (KL_WEIGHT * kl + KEEP_WEIGHT * strayed) * self.encoder_too, distortion, kl, strayed


def main(argv: list[str] | None = None) -> None:
    parser = arguments(__doc__, 40)
    parser.add_argument("--decoder-only", action="store_true")
    parser.add_argument("--keep-latents", action="store_true", help="what the encoder makes of the first world stays")
    parser.add_argument("--learning-rate", type=float, default=1.0, help="factor on both learning rates")
    parser.add_argument("--score-every", type=float, default=5, help="minutes between two scores of the averaged weights")
    args = parser.parse_args(argv)
    torch.set_num_threads(args.threads)
    torch.manual_seed(config.SEED)
    rng = random.Random(config.SEED + args.decoder_only)
    vae = build().to(args.device)
    start, deviation, slips, before = args.run / "vae_start.pt", 1.0, 0.0, None
    if start.exists():
        vae.load_state_dict(torch.load(start, map_location="cpu"))
    if args.decoder_only or args.keep_latents:
        deviation = torch.load(args.run / "latent_statistics.pt", map_location="cpu")["std"].view(1, -1, 1, 1, 1).to(args.device)
    if args.keep_latents:
        before = copy.deepcopy(vae).requires_grad_(False)
    if args.decoder_only:                          # the denoiser's latents are never quite right: a twentieth of their deviation
        slips = 0.05 * deviation
        vae.load_state_dict(torch.load(args.run / "vae_encoder_frozen.pt", map_location="cpu"))
        vae.encoder.requires_grad_(False)
        vae.quant_conv.requires_grad_(False)
    half = Half(Training(vae, not args.decoder_only, slips))
    optimizers = Optimizers(half, 4e-3 * args.learning_rate, 8e-4 * args.learning_rate,
                            ("conv_in", "conv_out", "quant_conv", "gamma"))
    average = Average(vae, 0.998 if args.decoder_only else 0.995)
    stage = "vae_decoder" if args.decoder_only else "vae"
    session = Session(args.run, stage, args.minutes, {"vae": vae, "optimizers": optimizers, "average": average}, rng, args.save_every)
    mix = (DECODER_MIX if args.decoder_only else MIX)[args.device[:4].rstrip(":")]
    drawn = []
    result, scored = args.run / ("vae_final.pt" if args.decoder_only else "vae_encoder_frozen.pt"), time.time()
    while session.progress < 1:
        clips, side, frames, share = rng.choices(mix, [m[3] for m in mix])[0]
        if args.device == "cpu" or len(drawn) < 6 or rng.random() < 0.5:       # on a GPU half of the batches serve once more
            first = args.keep_latents and rng.random() < FIRST_WORLD
            video = draw(rng, clips, side, frames, args.device, grammar.FIRST if first else grammar.ATTRIBUTES)
            drawn = [*drawn[-5:], (video, encoded(before, video) if first else None)]
        video, held = drawn[-1] if rng.random() < 0.5 else rng.choice(drawn)
        loss, distortion, kl, strayed = half(video, held, deviation)
        loss.backward()
        optimizers.step(session.factor(30))
        average.update(vae)
        running = session.smooth(loss=distortion, kl=kl, **({} if held is None else {"strayed": strayed}))
        if session.time_to_log():
            session.log(**running, rate=session.factor())
        if time.time() - scored > 60 * args.score_every:
            scored = time.time()
            session.log(**averaged_score(average, args.device))
        session.end_of_step()
        if session.saved_now:
            keep(average.weights, result)
    session.save()
    keep(average.weights, result)
    if not args.decoder_only and not args.keep_latents:          # of other latents
        (args.run / "latent_statistics.pt").unlink(missing_ok=True)
    session.log(**averaged_score(average, args.device))


@torch.no_grad()
def encoded(vae, video: Tensor) -> Tensor:
    return vae_form.encode(vae, video.bfloat16())[0].float()


def averaged_score(average: Average, device: str) -> dict:
    evaluation = build().to(device)
    evaluation.load_state_dict(average.weights)
    return score(evaluation, config.FRAMES)


if __name__ == "__main__":
    main()
