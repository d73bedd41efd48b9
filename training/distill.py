"""Stage 3: few steps. The student learns to go from one sigma of config.CAUSAL to the next in a single Euler step, where the
teacher takes several, with guidance; so guidance is folded in and costs nothing when sampling.

    python distill.py RUN
"""

import random

import torch

import causal_form
import config
import grammar
import latents
import text
import tokenizer
from denoiser import (ADAM_NAMES, CAPTION_LENGTH, GPU_KINDS, KINDS, Model, choose_kind, export_average, finished_frames,
                      frozen, noisy_latents, together)
from optim import Average, Half, Optimizers, Session, arguments


@torch.no_grad()
def teacher_step(teacher, finished, x, sigma, following, ids, mask, layout, guidance: float, substeps: int):
    """The noisy frames x [b, z, n, h, w] from `sigma` to `following` (each [b, n]) in Euler steps with guidance; ids and mask are
    of the captions and of as many empty ones."""
    _, context = teacher.context(ids, mask)
    for i in range(substeps):
        here, there = (torch.lerp(sigma, following, j / substeps) for j in (i, i + 1))
        latents, levels = together(finished, x, here, layout)
        both = latents.bfloat16().repeat(2, 1, 1, 1, 1), levels.repeat(2, 1)
        said, unsaid = causal_form.forward(teacher.denoiser, *both, context, layout).float().chunk(2)
        x = x + (there - here)[:, None, :, None, None] * (unsaid + guidance * (said - unsaid))
    return x


def main(argv: list[str] | None = None) -> None:
    parser = arguments(__doc__, 15)
    parser.add_argument("--batch", type=float, default=1.0, help="factor on the numbers of clips in a batch")
    parser.add_argument("--learning-rate", type=float, default=1.0, help="factor on both learning rates")
    parser.add_argument("--keep-text", action="store_true", help="the text encoder stays as it is")
    parser.add_argument("--guidance", type=float, default=2.0)
    parser.add_argument("--substeps", type=int, default=2)
    args = parser.parse_args(argv)
    torch.set_num_threads(args.threads)
    torch.manual_seed(config.SEED + 4)
    rng = random.Random(config.SEED + 4)
    encode, data = tokenizer.Encoder(args.run / "tokenizer"), latents.Source(args.run, args.device)
    model = Model(len(encode)).to(args.device)
    start = torch.load(args.run / "denoiser_teacher.pt", map_location="cpu")
    model.denoiser.load_state_dict(start["denoiser"])
    model.text_encoder.load_state_dict(start["text_encoder"])
    teacher = frozen(model)
    model.heads.requires_grad_(False), model.text_encoder.requires_grad_(not args.keep_text)
    half = Half(model)
    optimizers = Optimizers(half, 3e-3 * args.learning_rate, 3e-4 * args.learning_rate, ADAM_NAMES)
    average = Average(model, 0.99)
    session = Session(args.run, "distill", args.minutes, {"model": model, "optimizers": optimizers, "average": average}, rng, args.save_every)
    grid = torch.tensor(config.CAUSAL["sigmas"] + [0.0], device=args.device)
    kinds = KINDS if args.device == "cpu" else GPU_KINDS
    layouts = {kind: causal_form.Layout.teacher(copies) for kind, (_, copies) in kinds.items()}
    while session.progress < 1:
        kind = choose_kind(1, rng)
        clips, copies = kinds[kind]
        clean, scenes = data.batch(rng, kind, max(1, round(clips * args.batch)))
        captions = [grammar.caption(s, rng) for s in scenes]
        ids, mask = text.batch(encode, captions + [""] * len(captions), args.device, CAPTION_LENGTH)
        k = torch.randint(0, len(grid) - 1, (len(scenes), sum(copies)), device=args.device)
        sigma, following = grid[k], grid[k + 1]
        finished, (x, _) = finished_frames(clean), noisy_latents(clean, copies, sigma)
        end = teacher_step(teacher, finished, x, sigma, following, ids, mask, layouts[kind], args.guidance, args.substeps)
        target = (end - x) / (following - sigma)[:, None, :, None, None]
        velocity, _ = half(*together(finished, x, sigma, layouts[kind]), ids[:len(scenes)], mask[:len(scenes)], layouts[kind])
        loss = (velocity - target).square().mean()
        loss.backward()
        optimizers.step(session.factor(20))
        average.update(model)
        running = session.smooth(loss=loss)
        if session.time_to_log():
            session.log(**running)
        session.end_of_step()
        if session.saved_now:
            export_average(average, args.run / "denoiser_final.pt")
    session.log(**running)
    session.save()
    export_average(average, args.run / "denoiser_final.pt")


if __name__ == "__main__":
    main()
