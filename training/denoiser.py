"""Stage 2: denoiser and text encoder, rectified flow with a noise level per latent frame.

    python denoiser.py RUN

One pass holds the finished frames (timestep 0) and noisy ones; a noisy frame sees the finished frames before it and itself,
which is just what the sampler shows it. Frame 0, which decides the picture, and frame 1, which decides the motion, have
further noisy copies. A little noise on the finished frames stands for the sampler's own errors. Pictures alone come first: they
are cheap, and shape, colour and background are learnt from them.
"""

import random

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call

import causal_form
import config
import grammar
import text
import tokenizer
from latents import Pool
from optim import Average, Optimizers, Session, arguments

# By kind of data: latent frames, clips in a batch, which frames get further noisy copies. Frame 0 decides the picture, frame 1 the motion.
KINDS = {"picture": (1, 24, [0] * 7), "clip": (8, 8, [0] * 3 + [1] * 3), "long": (12, 4, [])}
SHIFT = 3.0
CONTEXT_NOISE = 0.2
PICTURES_UNTIL = 0.25                              # of the training time
CAPTION_LENGTH = 20                                # tokens; one length, so that one compiled graph serves


fast_block = torch.compile(causal_form.block_forward, dynamic=False)          # not for late frames: the compiler fails on theirs


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

    def attribute_loss(self, embeddings: Tensor, mask: Tensor, labels: dict) -> Tensor:
        pooled = (embeddings * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return sum(F.cross_entropy(head(pooled).float(), labels[k]) for k, head in self.heads.items()) / len(self.heads)

    def forward(self, latents: Tensor, timesteps: Tensor, ids: Tensor, mask: Tensor, layout, outputs_from: int):
        """Velocity of the frames from `outputs_from` on, and the text embeddings."""
        embeddings, context = self.context(ids, mask)
        block = causal_form.block_forward if layout.late else fast_block
        return causal_form.forward(self.denoiser, latents.to(embeddings.dtype), timesteps, context, layout, outputs_from, block), embeddings


def in_bfloat16(model: nn.Module, *inputs):
    """Runs a model whose weights are float32 in bfloat16; the gradients arrive at the float32 weights."""
    weights = {k: v.to(torch.bfloat16) for k, v in model.named_parameters()}
    return functional_call(model, weights, inputs)


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


def learn_to_read(model: Model, parameters: list, encode, rng: random.Random, steps: int = 500) -> None:
    """Before anything else the text encoder learns what the words mean: cheap, and the denoiser need not wait for it."""
    optimizer = torch.optim.AdamW(parameters, 2e-3, betas=(0.9, 0.95), weight_decay=0.0)
    for step in range(steps):
        scenes = [grammar.random_scene(rng) for _ in range(64)]
        captions = [grammar.caption(s, rng) for s in scenes]
        ids, mask = text.batch(encode, captions)
        loss = model.attribute_loss(text.embed(model.text_encoder, ids, mask), mask, labels_of(scenes, captions))
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        if step % 100 == 99:
            print(f"reading, step {step + 1}: {loss.item():.3f}", flush=True)


def choose_kind(progress: float, rng: random.Random, pictures_until: float = PICTURES_UNTIL) -> str:
    """Pictures alone for the first part, then mostly clips."""
    if progress < pictures_until:
        return "picture"
    return rng.choices(("picture", "clip", "long"), (0.4, 0.5, 0.1))[0]


def main() -> None:
    parser = arguments(__doc__, 60)
    parser.add_argument("--batch", type=float, default=1.0, help="factor on the numbers of clips in a batch")
    parser.add_argument("--learning-rate", type=float, default=1.0, help="factor on both learning rates")
    parser.add_argument("--pictures-until", type=float, default=PICTURES_UNTIL, help="share of the time for pictures alone")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(config.SEED + 3)
    rng = random.Random(config.SEED + 3)
    encode = tokenizer.Encoder(args.run / "tokenizer")
    data = Pool(args.run)
    model = Model(len(encode)).to(args.device)
    start = args.run / "denoiser_teacher.pt"       # from start.py, or from this run, whose checkpoint then takes its place
    if start.exists():
        for name, weights in torch.load(start).items():
            getattr(model, name).load_state_dict(weights)
    optimizers = Optimizers(model.named_parameters(), 0.01 * args.learning_rate, 1e-3 * args.learning_rate,
                            ("shared", "embed_tokens", "relative_attention_bias", "patch_embedding", "proj_out", "scale_shift", "heads", "time_"))
    average = Average(model, 0.998)
    session = Session(args.run, "denoiser", args.minutes, {"model": model, "optimizers": optimizers, "average": average}, rng)
    if session.step == 0:
        reads = [] if start.exists() else model.text_encoder.parameters()
        learn_to_read(model, [*reads, *model.heads.parameters()], encode, rng)
    layouts = {kind: causal_form.Layout.teacher(frames, copies) for kind, (frames, _, copies) in KINDS.items()}
    errors = {}
    while session.progress < 1:
        kind = choose_kind(session.progress, rng, args.pictures_until)
        frames, clips, copies = KINDS[kind]
        clean, scenes = data.batch(rng, kind, max(1, round(clips * args.batch)))
        captions = [grammar.caption(s, rng) for s in scenes]
        ids, mask = text.batch(encode, captions, pad_to=CAPTION_LENGTH)
        clean, ids, mask = (x.to(args.device) for x in (clean, ids, mask))
        count = frames + len(copies)
        sigma = noise_levels((len(scenes), count)).to(args.device)
        noise = torch.randn(*clean.shape[:2], count, *clean.shape[3:], device=args.device)
        latents, timesteps, target = teacher_batch(clean, sigma, noise, copies, CONTEXT_NOISE)
        velocity, embeddings = in_bfloat16(model, latents, timesteps, ids, mask, layouts[kind], frames)
        error = (velocity.float() - target).square().mean((1, 3, 4))
        labels = {k: v.to(args.device) for k, v in labels_of(scenes, captions).items()}
        reading = model.attribute_loss(embeddings.float(), mask, labels)
        (error.mean() + 0.1 * reading).backward()
        optimizers.step(session.factor(30))
        average.update(model)
        first = torch.cat([error[:, :1], error[:, frames:frames + copies.count(0)]], 1).mean().item()
        running = session.smooth(first=first, reading=reading.item())
        if frames > 1:
            for name, value in (("second", error[:, 1].mean().item()), ("later", error[:, 2:frames].mean().item())):
                errors[name] = errors.get(name, value) + 0.05 * (value - errors.get(name, value))
        if session.step % 25 == 0:
            session.log(**running, **errors, **{k: data.count(k) for k in KINDS})
            data.refresh()
        if session.step % 200 == 199:
            export_average(average, args.run / "denoiser_teacher.pt")
        session.end_of_step()
    session.save()
    export_average(average, args.run / "denoiser_teacher.pt")


def export_average(average: Average, path) -> None:
    torch.save({name: {k.split(".", 1)[1]: v for k, v in average.weights.items() if k.startswith(name + ".")}
                for name in ("denoiser", "text_encoder")}, path)


if __name__ == "__main__":
    main()
