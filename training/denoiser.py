"""Stage 2: denoiser and text encoder, rectified flow with a noise level per latent frame.

    python denoiser.py RUN
    python denoiser.py RUN --keep-first      a distilled model, from start.py, learns a larger world: at the sampler's own noise levels,
                                             and in the first world it goes on answering as it did

One pass holds the finished frames (timestep 0) and several noisy copies of each; a noisy frame sees the finished frames before it
and itself, which is just what the sampler shows it. Frame 0, which decides the picture, and frame 1, which decides the motion,
have the most copies. A little noise on the finished frames stands for the sampler's own errors. Pictures alone come first: they
are cheap, and shape, colour and background are learnt from them.
"""

import copy
import random

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import causal_form
import config
import grammar
import latents
import text
import tokenizer
from device import picked, placed
from optim import Average, Half, Optimizers, Session, arguments, keep

# By kind of data: clips in a batch, noisy copies of each latent frame.
KINDS = {"picture": (24, [8]), "clip": (8, [4, 4] + [1] * 7), "long": (4, [1] * 13)}
GPU_KINDS = {"picture": (176, [8]), "clip": (48, [6, 5] + [2] * 7), "long": (28, [2] * 13)}
SHIFT = 3.0
CONTEXT_NOISE = 0.2
ADAM_NAMES = ("shared", "embed_tokens", "relative_attention_bias", "patch_embedding", "proj_out", "scale_shift", "heads", "time_")
PICTURES_UNTIL = 0.25                              # of the training time
FIRST_WORLD = 0.4                                  # of the batches, with --keep-first
ELSEWHERE = 0.2                                    # of the noise levels then; the others are the sampler's
CAPTION_LENGTH = 31                                # tokens; with the padding 32, as wide loads want


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
        for block in self.denoiser.blocks:         # some 490 padding tokens stand against a dozen words: let the words be heard early
            nn.init.constant_(block.attn2.norm_q.weight, 2.0)
            nn.init.constant_(block.attn2.norm_k.weight, 2.0)

    def context(self, ids: Tensor, mask: Tensor):
        embeddings = text.embed(self.text_encoder, ids, mask)
        return embeddings, causal_form.text_context(self.denoiser, embeddings, mask.to(embeddings.dtype))

    def attribute_loss(self, embeddings: Tensor, mask: Tensor, labels: Tensor) -> Tensor:
        pooled = (embeddings * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return sum(F.cross_entropy(head(pooled).float(), x) for head, x in zip(self.heads.values(), labels)) / len(self.heads)

    def forward(self, x: Tensor, timesteps: Tensor, ids: Tensor, mask: Tensor, layout):
        """Velocity of the noisy frames, and the text embeddings."""
        embeddings, context = self.context(ids, mask)
        return causal_form.forward(self.denoiser, x.bfloat16(), timesteps, context, layout).float(), embeddings


def labels_of(scenes: list[dict], captions: list[str]) -> Tensor:
    """Class of each attribute [attributes, b]; the last class stands for "not said"."""
    result = []
    for k, values in grammar.ATTRIBUTES.items():
        said = [any(w in c.lower() for w in grammar.WORDS[k][s[k]]) for s, c in zip(scenes, captions)]
        result.append([values.index(s[k]) if yes else len(values) for s, yes in zip(scenes, said)])
    return torch.tensor(result)


def frozen(model: Model) -> Model:
    """As it is now, in bfloat16."""
    result = copy.deepcopy(model).requires_grad_(False).eval()
    for p in result.parameters():                  # not the tables of positions
        p.data = p.data.bfloat16()
    return result


def noise_levels(shape: tuple[int, ...], device: str) -> Tensor:
    u = torch.sigmoid(torch.randn(shape, device=device))
    return SHIFT * u / (1 + (SHIFT - 1) * u)


def levels_of_sampler(shape: tuple[int, ...], device: str) -> Tensor:
    grid = torch.tensor(config.CAUSAL["sigmas"], device=device)
    of_grid = grid[torch.randint(0, len(grid), shape, device=device)]
    return torch.where(torch.rand(shape, device=device) < ELSEWHERE, noise_levels(shape, device), of_grid)


def noisy_latents(clean: Tensor, copies: list[int], sigma: Tensor) -> tuple[Tensor, Tensor]:
    """Noisy copies of the frames of `clean` [b, z, f, h, w] at the levels `sigma` [b, n], and their velocities."""
    repeated = picked(clean, 2, [frame for frame, count in enumerate(copies) for _ in range(count)])
    noise, s = torch.randn_like(repeated), sigma[:, None, :, None, None]
    return (1 - s) * repeated + s * noise, noise - repeated


def finished_frames(clean: Tensor) -> Tensor:
    """As the sampler leaves them: not quite right."""
    return clean + CONTEXT_NOISE * torch.rand(clean.shape[0], 1, 1, 1, 1, device=clean.device) * torch.randn_like(clean)


def together(finished: Tensor, noisy: Tensor, sigma: Tensor, layout) -> tuple[Tensor, Tensor]:
    """Latents and timesteps of one pass, in the layout's order."""
    noisy_at = {place: i for i, place in enumerate(layout.noisy)}
    rest = [place for place in range(len(layout.times)) if place not in noisy_at]
    order = [noisy_at.get(place, len(noisy_at) + layout.times[place]) for place in range(len(layout.times))]
    levels = torch.cat([sigma * 1000, torch.zeros_like(sigma[:, :1]).expand(-1, len(rest))], 1)
    return picked(torch.cat([noisy, finished[:, :, :len(rest)]], 2), 2, order), picked(levels, 1, order)


def learn_to_read(model: Model, parameters: list, encode, rng: random.Random, steps: int) -> None:
    """Before anything else the text encoder learns what the words mean: cheap, and the denoiser need not wait for it."""
    device = parameters[0].device.type
    optimizer = torch.optim.AdamW(parameters, 2e-3, betas=(0.9, 0.95), weight_decay=0.0)
    for step in range(steps):
        scenes = [grammar.random_scene(rng) for _ in range(64)]
        captions = [grammar.caption(s, rng) for s in scenes]
        ids, mask = text.batch(encode, captions, device, CAPTION_LENGTH)
        labels = placed(labels_of(scenes, captions), device)
        loss = model.attribute_loss(text.embed(model.text_encoder, ids, mask), mask, labels)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        if step % 100 == 99:
            print(f"reading, step {step + 1}: {loss.item():.3f}", flush=True)


def choose_kind(progress: float, rng: random.Random, pictures_until: float = PICTURES_UNTIL) -> str:
    """Pictures alone for the first part, then mostly clips."""
    if progress < pictures_until:
        return "picture"
    return rng.choices(("picture", "clip", "long"), (0.3, 0.55, 0.15))[0]


def main(argv: list[str] | None = None) -> None:
    parser = arguments(__doc__, 60)
    parser.add_argument("--batch", type=float, default=1.0, help="factor on the numbers of clips in a batch")
    parser.add_argument("--learning-rate", type=float, default=1.0, help="factor on both learning rates")
    parser.add_argument("--pictures-until", type=float, default=PICTURES_UNTIL, help="share of the time for pictures alone")
    parser.add_argument("--keep-text", action="store_true", help="the text encoder stays as it begins")
    parser.add_argument("--keep-first", action="store_true", help="answers in the first world stay as they begin")
    parser.add_argument("--reading-steps", type=int, default=500, help="of the text encoder alone, before anything else")
    args = parser.parse_args(argv)
    torch.set_num_threads(args.threads)
    torch.manual_seed(config.SEED + 3)
    rng = random.Random(config.SEED + 3)
    encode = tokenizer.Encoder(args.run / "tokenizer")
    data = latents.Source(args.run, args.device)
    model = Model(len(encode)).to(args.device)
    start = args.run / "denoiser_start.pt"         # from start.py
    if start.exists():
        for name, weights in torch.load(start, map_location="cpu").items():
            getattr(model, name).load_state_dict(weights)
    model.text_encoder.requires_grad_(not args.keep_text)
    before = frozen(model) if args.keep_first else None
    half = Half(model)
    optimizers = Optimizers(half, 0.01 * args.learning_rate, 1e-3 * args.learning_rate, ADAM_NAMES)
    average = Average(model, 0.998)
    session = Session(args.run, "denoiser", args.minutes, {"model": model, "optimizers": optimizers, "average": average}, rng, args.save_every)
    if session.step == 0 and not args.keep_text:
        reads = [] if start.exists() else model.text_encoder.parameters()
        learn_to_read(model, [*reads, *model.heads.parameters()], encode, rng, args.reading_steps)
    kinds = KINDS if args.device == "cpu" else GPU_KINDS
    layouts = {kind: causal_form.Layout.teacher(copies) for kind, (_, copies) in kinds.items()}
    while session.progress < 1:
        kind = choose_kind(session.progress, rng, args.pictures_until)
        clips, copies = kinds[kind]
        first = args.keep_first and rng.random() < FIRST_WORLD
        clean, scenes = data.batch(rng, kind, max(1, round(clips * args.batch)), first)
        captions = [grammar.caption(s, rng) for s in scenes]
        ids, mask = text.batch(encode, captions, args.device, CAPTION_LENGTH)
        labels = placed(labels_of(scenes, captions), args.device)
        sigma = (levels_of_sampler if args.keep_first else noise_levels)((len(scenes), sum(copies)), args.device)
        noisy, target = noisy_latents(clean, copies, sigma)
        inputs = *together(finished_frames(clean), noisy, sigma, layouts[kind]), ids, mask, layouts[kind]
        if first:
            with torch.no_grad():
                target, _ = before(*inputs)
        velocity, embeddings = half(*inputs)
        error = (velocity - target).square().mean((0, 1, 3, 4))
        reading = torch.zeros_like(error[0]) if args.keep_text else model.attribute_loss(embeddings.float(), mask, labels)
        (error.mean() + 0.1 * reading).backward()
        optimizers.step(session.factor(30))
        average.update(model)
        names = {"picture": ["first"], "clip": ["first", "second", "later"], "long": []}[kind]
        names = [f"kept_{name}" if first else name for name in names]
        running = session.smooth(reading=reading, **{
            name: part.mean() for name, part in zip(names, error.split([*copies[:2], sum(copies[2:])] if names[1:] else len(error)))})
        if session.time_to_log():
            session.log(**running)
        session.end_of_step()
        if session.saved_now:
            export_average(average, args.run / "denoiser_teacher.pt")
    session.log(**running)
    session.save()
    export_average(average, args.run / "denoiser_teacher.pt")


def export_average(average: Average, path) -> None:
    keep({name: {k.split(".", 1)[1]: v for k, v in average.weights.items() if k.startswith(name + ".")}
                for name in ("denoiser", "text_encoder")}, path)


if __name__ == "__main__":
    main()
