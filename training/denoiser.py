"""Stage 2: denoiser and text encoder, rectified flow with a noise level per latent frame.

    python denoiser.py RUN

One pass holds the finished frames (timestep 0) and noisy ones; a noisy frame sees the finished frames before it and itself,
which is just what the sampler shows it. Frame 0, which decides the picture, and frame 1, which decides the motion, have
further noisy copies. A little noise on the finished frames stands for the sampler's own errors.
"""

import random

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import causal_form
import config
import grammar
import text
import tokenizer
from latents import Pool
from optim import Average, Optimizers, Session, arguments

COPIES = [0] * 4 + [1] * 2
SHIFT = 3.0


class Model(nn.Module):
    """Denoiser, text encoder, and heads that read the attributes off the text (a help in training only)."""

    def __init__(self, vocabulary: int):
        from diffusers import WanTransformer3DModel
        super().__init__()
        self.denoiser = WanTransformer3DModel(**config.TRANSFORMER)
        self.text_encoder = text.build(vocabulary)
        self.heads = nn.ModuleDict({k: nn.Linear(config.TEXT["d_model"], len(v) + 1) for k, v in grammar.ATTRIBUTES.items()})
        nn.init.zeros_(self.denoiser.proj_out.weight)
        nn.init.zeros_(self.denoiser.proj_out.bias)

    def context(self, ids: Tensor, mask: Tensor):
        embeddings = text.embed(self.text_encoder, ids, mask)
        return embeddings, causal_form.text_context(self.denoiser, embeddings, mask.float())

    def attribute_loss(self, embeddings: Tensor, mask: Tensor, labels: dict) -> Tensor:
        pooled = (embeddings * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return sum(F.cross_entropy(head(pooled), labels[k]) for k, head in self.heads.items()) / len(self.heads)


def labels_of(scenes: list[dict], captions: list[str]) -> dict:
    """Class of each attribute; the last class stands for "not said"."""
    result = {}
    for k, values in grammar.ATTRIBUTES.items():
        said = [any(w in c.lower() for w in grammar.WORDS[k][s[k]]) for s, c in zip(scenes, captions)]
        result[k] = torch.tensor([values.index(s[k]) if yes else len(values) for s, yes in zip(scenes, said)])
    return result


def noise_levels(shape: tuple[int, ...]) -> Tensor:
    u = torch.sigmoid(torch.randn(shape))
    return SHIFT * u / (1 + (SHIFT - 1) * u)


def teacher_batch(clean: Tensor, sigma: Tensor, noise: Tensor, copies: list[int], context_noise: float):
    """Input latents, timesteps and target velocity for one teacher-forced pass."""
    frames = clean.shape[2]
    repeated = torch.cat([clean, clean[:, :, copies]], 2)
    s = sigma[:, None, :, None, None]
    noisy = (1 - s) * repeated + s * noise
    past = clean + context_noise * torch.rand(clean.shape[0], 1, 1, 1, 1, device=clean.device) * torch.randn_like(clean)
    timesteps = torch.cat([torch.zeros(clean.shape[0], frames, device=clean.device), sigma * 1000], 1)
    return torch.cat([past, noisy], 2), timesteps, noise - repeated


def main() -> None:
    parser = arguments(__doc__, 45)
    parser.add_argument("--batch", type=int, default=12)
    parser.add_argument("--fresh", type=int, default=3, help="clips added to the pool each step")
    parser.add_argument("--learning-rate", type=float, default=1.0, help="factor on both learning rates")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(config.SEED + 3)
    rng = random.Random(config.SEED + 3)
    encode = tokenizer.Encoder(args.run / "tokenizer")
    data = Pool(args.run, args.device)
    model = Model(len(encode)).to(args.device)
    optimizers = Optimizers(model.named_parameters(), 0.01 * args.learning_rate, 1e-3 * args.learning_rate,
                            ("shared", "embed_tokens", "relative_attention_bias", "patch_embedding", "proj_out", "scale_shift", "heads", "time_"))
    average = Average(model, 0.998)
    session = Session(args.run, "denoiser", args.minutes, {"model": model, "optimizers": optimizers, "average": average}, rng)
    layouts = {f: causal_form.Layout.teacher(f, COPIES) for f in (5, 8, 17)}
    while session.progress < 1:
        frames = rng.choices((5, 8, 17), (0.6, 0.32, 0.08))[0]
        data.grow(args.fresh)
        clean, scenes = data.batch(rng, max(1, args.batch // 4) if frames == 17 else args.batch, frames)
        captions = [grammar.caption(s, rng) for s in scenes]
        ids, mask = text.batch(encode, captions)
        clean, ids, mask = (x.to(args.device) for x in (clean, ids, mask))
        embeddings, context = model.context(ids, mask)
        count = frames + len(COPIES)
        sigma = noise_levels((len(scenes), count)).to(args.device)
        noise = torch.randn(*clean.shape[:2], count, *clean.shape[3:], device=args.device)
        latents, timesteps, target = teacher_batch(clean, sigma, noise, COPIES, 0.1)
        velocity = causal_form.forward(model.denoiser, latents, timesteps, context, layouts[frames], outputs_from=frames)
        error = (velocity - target).square().mean((1, 3, 4))
        labels = {k: v.to(args.device) for k, v in labels_of(scenes, captions).items()}
        reading = model.attribute_loss(embeddings, mask, labels)
        (error.mean() + 0.1 * reading).backward()
        optimizers.step(session.factor(30))
        average.update(model)
        first = torch.cat([error[:, :1], error[:, frames:frames + 4]], 1).mean().item()
        running = session.smooth(loss=error.mean().item(), first=first, later=error[:, 2:frames].mean().item(), reading=reading.item())
        if session.step % 25 == 0:
            session.log(**running, clips=data.state["drawn"])
        if session.step % 200 == 199:
            data.save()
            export_average(average, args.run / "denoiser_teacher.pt")
        session.end_of_step()
    session.save()
    data.save()
    export_average(average, args.run / "denoiser_teacher.pt")


def export_average(average: Average, path) -> None:
    torch.save({name: {k.split(".", 1)[1]: v for k, v in average.weights.items() if k.startswith(name + ".")}
                for name in ("denoiser", "text_encoder")}, path)


if __name__ == "__main__":
    main()
