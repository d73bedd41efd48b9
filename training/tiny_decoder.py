"""The tiny decoder: a few convolutions in place of the autoencoder's decoder, in the layout of TAEHV (madebyollin/taehv, taehv.py) for
Wan 2.2, so that the program loads it as it loads the published ones: previews of full shape and quick drafts.

    python tiny_decoder.py RUN                    trains it against the renderer's own pictures
    python tiny_decoder.py RUN --export FOLDER    writes FOLDER/taew2_2.safetensors
"""

import random
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import config
import grammar
import measures
import renderer
import vae as vae_stage
import vae_form
from optim import Average, Half, Optimizers, Session, arguments, keep

WIDTHS = (96, 64, 48, 24)          # channels before, between and after the three steps up
GROWN = (1, 2, 2)                  # frames that each step makes of one
PATCH = 2
NAME = "taew2_2.safetensors"
MIX = [(6, 64, 17, 0.6), (1, 0, 17, 0.4)]         # clips, side of the crop or 0, frames, share


class Memory(nn.Module):
    """Takes the frame before along."""

    def __init__(self, width: int):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(2 * width, width, 3, padding=1), nn.ReLU(), nn.Conv2d(width, width, 3, padding=1), nn.ReLU(),
                                  nn.Conv2d(width, width, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:        # [b, t, c, h, w]
        past = torch.cat([torch.zeros_like(x[:, :1]), x[:, :-1]], 1)
        y = self.conv(torch.cat([x, past], 2).flatten(0, 1)).reshape(x.shape)
        return F.relu(x + y)


class Grow(nn.Module):
    """Channels become frames."""

    def __init__(self, width: int, frames: int):
        super().__init__()
        self.frames, self.conv = frames, nn.Conv2d(width, width * frames, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        b, t, c, h, w = x.shape
        return self.conv(x.flatten(0, 1)).reshape(b, t * self.frames, c, h, w)


def frame_by_frame(layer: nn.Module, x: Tensor) -> Tensor:
    y = layer(x.flatten(0, 1))
    return y.reshape(*x.shape[:2], *y.shape[1:])


class TinyDecoder(nn.Module):
    """Normalised latents [b, 48, f, h, w] -> a clip [b, 3, 4 f - 3, 16 h, 16 w] in -1..1."""

    def __init__(self, latents: int):
        super().__init__()
        layers: list[nn.Module] = [nn.Identity(), nn.Conv2d(latents, WIDTHS[0], 3, padding=1), nn.ReLU()]
        for width, wider, frames in zip(WIDTHS, WIDTHS[1:], GROWN):
            layers += [Memory(width) for _ in range(3)]
            layers += [nn.Upsample(scale_factor=2), Grow(width, frames), nn.Conv2d(width, wider, 3, padding=1, bias=False)]
        layers += [nn.ReLU(), nn.Conv2d(WIDTHS[-1], 3 * PATCH * PATCH, 3, padding=1)]
        self.decoder = nn.Sequential(*layers)
        for block in self.decoder:                 # blocks start as their shortcuts
            if isinstance(block, Memory):
                nn.init.zeros_(block.conv[-1].weight)
                nn.init.zeros_(block.conv[-1].bias)

    def forward(self, latents: Tensor) -> Tensor:
        x = (torch.tanh(latents / 3) * 3).transpose(1, 2)
        for layer in self.decoder:
            x = layer(x) if isinstance(layer, (Memory, Grow)) else frame_by_frame(layer, x)
        x = F.pixel_shuffle(x.flatten(0, 1), PATCH).reshape(x.shape[0], x.shape[1], 3, x.shape[3] * PATCH, x.shape[4] * PATCH)
        return (2 * x[:, GROWN[1] * GROWN[2] - 1:] - 1).transpose(1, 2)         # TAEHV's pixels are 0..1


class Training(nn.Module):
    def __init__(self, tiny: TinyDecoder):
        super().__init__()
        self.tiny = tiny

    def forward(self, latents: Tensor, video: Tensor) -> Tensor:
        return vae_stage.reconstruction_loss(self.tiny(latents.bfloat16()).float(), video)


class Latents:
    """Of clips, as the denoiser makes them: normalised, and never quite right."""

    def __init__(self, run: Path):
        self.vae = vae_stage.build().requires_grad_(False)
        self.vae.load_state_dict(torch.load(run / "vae_encoder_frozen.pt", map_location="cpu"))
        statistics = torch.load(run / "latent_statistics.pt", map_location="cpu")
        self.mean, self.std = (statistics[k].view(1, -1, 1, 1, 1) for k in ("mean", "std"))

    @torch.no_grad()
    def of(self, video: Tensor, slips: float = 0.05) -> Tensor:
        z = (vae_form.encode(self.vae, video.bfloat16())[0].float() - self.mean) / self.std
        return z + slips * torch.randn_like(z)


@torch.no_grad()
def score(tiny: TinyDecoder, latents: Latents, count: int = 8, seed: int = 77) -> dict:
    """As vae.score(): the same clips."""
    rng, results = random.Random(seed), {"psnr": [], "moving": [], "sharp": []}
    for i in range(count):
        width, height = config.SIZES[i % len(config.SIZES)]
        chosen = renderer.choose(grammar.random_scene(rng, None), rng, width / height)
        video = renderer.render_all([chosen], width, height, config.FRAMES) * 2 - 1
        clip, where = tiny(latents.of(video, 0)), vae_stage.moving(video)
        results["psnr"].append(vae_stage.psnr(clip, video))
        results["sharp"].append(measures.sharpness(clip.clamp(-1, 1) / 2 + 0.5)[0] / measures.sharpness(video / 2 + 0.5)[0])
        if where.float().mean() > 0.005:
            results["moving"].append(vae_stage.psnr(clip, video, where))
    return {k: sum(v) / max(1, len(v)) for k, v in results.items()}


def export(run: Path, folder: Path) -> None:
    from safetensors.torch import save_file
    weights = torch.load(run / "tiny_final.pt", map_location="cpu")
    save_file({k: v.to(torch.bfloat16).contiguous() for k, v in weights.items()}, folder / NAME)
    (folder / NAME).chmod(0o644)


def main() -> None:
    parser = arguments(__doc__, 60)
    parser.add_argument("--export", type=Path)
    parser.add_argument("--score-every", type=float, default=5, help="minutes between two scores of the averaged weights")
    args = parser.parse_args()
    if args.export:
        return export(args.run, args.export)
    torch.set_num_threads(args.threads)
    torch.manual_seed(config.SEED)
    rng = random.Random(config.SEED + 9)
    latents = Latents(args.run)
    tiny = TinyDecoder(config.VAE["z_dim"]).to(memory_format=torch.channels_last)
    print(f"{sum(p.numel() for p in tiny.parameters()) / 1e6:.2f} million parameters", flush=True)
    half = Half(Training(tiny))
    optimizers = Optimizers(half, 4e-3, 8e-4, ("decoder.1.", "decoder.22."))
    average = Average(tiny, 0.998)
    session = Session(args.run, "tiny", args.minutes, {"tiny": tiny, "optimizers": optimizers, "average": average}, rng, args.save_every)
    drawn, scored = [], time.time()
    while session.progress < 1:
        clips, side, frames, _ = rng.choices(MIX, [m[3] for m in MIX])[0]
        if len(drawn) < 12 or rng.random() < 0.4:  # drawing and encoding cost more than a step
            video = vae_stage.draw(rng, clips, side, frames, "cpu")
            drawn = [*drawn[-11:], (latents.of(video), video)]
            batch = drawn[-1]
        else:
            batch = rng.choice(drawn)
        loss = half(*batch)
        loss.backward()
        optimizers.step(session.factor(30))
        average.update(tiny)
        running = session.smooth(loss=loss.detach())
        if session.time_to_log():
            session.log(**running, rate=session.factor())
        if time.time() - scored > 60 * args.score_every:
            scored = time.time()
            evaluation = TinyDecoder(config.VAE["z_dim"])
            evaluation.load_state_dict(average.weights)
            session.log(**score(evaluation, latents))
        session.end_of_step()
        if session.saved_now:
            keep(average.weights, args.run / "tiny_final.pt")
    session.save()
    keep(average.weights, args.run / "tiny_final.pt")
    evaluation = TinyDecoder(config.VAE["z_dim"])
    evaluation.load_state_dict(average.weights)
    session.log(**score(evaluation, latents))


if __name__ == "__main__":
    main()
