"""Stage 3: few steps. The student learns to go from one sigma of config.CAUSAL to the next in a single Euler step, where the
teacher takes several, with guidance; so guidance is folded in and costs nothing when sampling.

    python distill.py RUN
"""

import copy
import random

import torch

import causal_form
import config
import grammar
import text
import tokenizer
from denoiser import COPIES, Model, export_average
from latents import Pool
from optim import Average, Optimizers, Session, arguments


@torch.no_grad()
def teacher_step(teacher, past, x, sigma, following, contexts, layout, guidance: float, substeps: int):
    """The noisy frames x [b, z, n, h, w] from `sigma` to `following` (each [b, n]) in Euler steps with guidance."""
    frames = past.shape[2]
    zeros = torch.zeros(past.shape[0], frames, device=past.device)
    for i in range(substeps):
        here, there = (torch.lerp(sigma, following, j / substeps) for j in (i, i + 1))
        v = [causal_form.forward(teacher, torch.cat([past, x], 2), torch.cat([zeros, here * 1000], 1), c, layout, frames) for c in contexts]
        x = x + (there - here)[:, None, :, None, None] * (v[1] + guidance * (v[0] - v[1]))
    return x


def main() -> None:
    parser = arguments(__doc__, 15)
    parser.add_argument("--batch", type=int, default=12)
    parser.add_argument("--guidance", type=float, default=2.0)
    parser.add_argument("--substeps", type=int, default=3)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(config.SEED + 4)
    rng = random.Random(config.SEED + 4)
    encode, data = tokenizer.Encoder(args.run / "tokenizer"), Pool(args.run, args.device)
    model = Model(len(encode)).to(args.device)
    start = torch.load(args.run / "denoiser_teacher.pt")
    model.denoiser.load_state_dict(start["denoiser"])
    model.text_encoder.load_state_dict(start["text_encoder"])
    teacher = copy.deepcopy(model).requires_grad_(False).eval()
    optimizers = Optimizers([*model.denoiser.named_parameters(), *model.text_encoder.named_parameters()], 2e-3, 2e-4,
                            ("shared", "embed_tokens", "relative_attention_bias", "patch_embedding", "proj_out", "scale_shift", "time_"))
    average = Average(model, 0.99)
    session = Session(args.run, "distill", args.minutes, {"model": model, "optimizers": optimizers, "average": average}, rng)
    grid = torch.tensor(config.CAUSAL["sigmas"] + [0.0], device=args.device)
    layouts = {f: causal_form.Layout.teacher(f, COPIES) for f in (5, 8, 17)}
    while session.progress < 1:
        frames = rng.choices((5, 8, 17), (0.6, 0.32, 0.08))[0]
        data.grow(1)
        clean, scenes = data.batch(rng, max(1, args.batch // 4) if frames == 17 else args.batch, frames)
        captions = [grammar.caption(s, rng) for s in scenes]
        ids, mask = text.batch(encode, captions, args.device)
        empty = text.batch(encode, [""] * len(captions), args.device)
        clean, count = clean.to(args.device), frames + len(COPIES)
        k = torch.randint(0, len(grid) - 1, (len(scenes), count), device=args.device)
        sigma, following = grid[k], grid[k + 1]
        noise = torch.randn(*clean.shape[:2], count, *clean.shape[3:], device=args.device)
        s = sigma[:, None, :, None, None]
        x = (1 - s) * torch.cat([clean, clean[:, :, COPIES]], 2) + s * noise
        past = clean + 0.1 * torch.rand(len(scenes), 1, 1, 1, 1, device=args.device) * torch.randn_like(clean)
        with torch.no_grad():
            contexts = [teacher.context(ids, mask)[1], teacher.context(*empty)[1]]
        end = teacher_step(teacher.denoiser, past, x, sigma, following, contexts, layouts[frames], args.guidance, args.substeps)
        target = (end - x) / (following - sigma)[:, None, :, None, None]
        timesteps = torch.cat([torch.zeros(len(scenes), frames, device=args.device), sigma * 1000], 1)
        velocity = causal_form.forward(model.denoiser, torch.cat([past, x], 2), timesteps, model.context(ids, mask)[1], layouts[frames], frames)
        loss = (velocity - target).square().mean()
        loss.backward()
        optimizers.step(session.factor(20))
        average.update(model)
        running = session.smooth(loss=loss.item())
        if session.step % 10 == 0:
            session.log(**running)
        session.end_of_step()
    session.save()
    export_average(average, args.run / "denoiser_final.pt")


if __name__ == "__main__":
    main()
