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
from denoiser import CAPTION_LENGTH, CONTEXT_NOISE, KINDS, Model, choose_kind, export_average, in_bfloat16
from latents import Pool
from optim import Average, Optimizers, Session, arguments


@torch.no_grad()
def teacher_step(teacher, past, x, sigma, following, texts, layout, guidance: float, substeps: int):
    """The noisy frames x [b, z, n, h, w] from `sigma` to `following` (each [b, n]) in Euler steps with guidance; `texts` holds
    ids and mask of the captions and of as many empty ones."""
    frames = past.shape[2]
    zeros = torch.zeros(past.shape[0], frames, device=past.device)
    for i in range(substeps):
        here, there = (torch.lerp(sigma, following, j / substeps) for j in (i, i + 1))
        v = [in_bfloat16(teacher, torch.cat([past, x], 2), torch.cat([zeros, here * 1000], 1), *t, layout, frames)[0].float() for t in texts]
        x = x + (there - here)[:, None, :, None, None] * (v[1] + guidance * (v[0] - v[1]))
    return x


def main() -> None:
    parser = arguments(__doc__, 15)
    parser.add_argument("--batch", type=float, default=1.0, help="factor on the numbers of clips in a batch")
    parser.add_argument("--guidance", type=float, default=2.5)
    parser.add_argument("--substeps", type=int, default=3)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(config.SEED + 4)
    rng = random.Random(config.SEED + 4)
    encode, data = tokenizer.Encoder(args.run / "tokenizer"), Pool(args.run)
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
    layouts = {kind: causal_form.Layout.teacher(frames, copies) for kind, (frames, _, copies) in KINDS.items()}
    while session.progress < 1:
        kind = choose_kind(1, rng)
        frames, clips, copies = KINDS[kind]
        clean, scenes = data.batch(rng, kind, max(1, round(clips * args.batch)))
        captions = [grammar.caption(s, rng) for s in scenes]
        texts = [tuple(x.to(args.device) for x in text.batch(encode, c, pad_to=CAPTION_LENGTH)) for c in (captions, [""] * len(captions))]
        clean, count = clean.to(args.device), frames + len(copies)
        k = torch.randint(0, len(grid) - 1, (len(scenes), count), device=args.device)
        sigma, following = grid[k], grid[k + 1]
        noise = torch.randn(*clean.shape[:2], count, *clean.shape[3:], device=args.device)
        s = sigma[:, None, :, None, None]
        x = (1 - s) * torch.cat([clean, clean[:, :, copies]], 2) + s * noise
        past = clean + CONTEXT_NOISE * torch.rand(len(scenes), 1, 1, 1, 1, device=args.device) * torch.randn_like(clean)
        end = teacher_step(teacher, past, x, sigma, following, texts, layouts[kind], args.guidance, args.substeps)
        target = (end - x) / (following - sigma)[:, None, :, None, None]
        timesteps = torch.cat([torch.zeros(len(scenes), frames, device=args.device), sigma * 1000], 1)
        velocity, _ = in_bfloat16(model, torch.cat([past, x], 2), timesteps, *texts[0], layouts[kind], frames)
        loss = (velocity.float() - target).square().mean()
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
