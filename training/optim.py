"""Optimizers, the learning-rate schedule over a time budget, averaged weights and checkpoints, shared by all stages."""

import argparse
import json
import math
import os
import random
import time
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.func import functional_call


def orthogonalise(g: Tensor, steps: int = 5) -> Tensor:
    """Newton-Schulz iteration towards the nearest (semi-)orthogonal matrices [n, rows, columns], with the coefficients of Muon."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = (g.mT if g.shape[1] > g.shape[2] else g).bfloat16()
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        y = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(y, y, y, beta=b, alpha=c), x, beta=a)
    return (x.mT if g.shape[1] > g.shape[2] else x).to(g.dtype)


class Half:
    """A model's weights in bfloat16 beside those of float32, each set in one piece, so that bringing the former up to date is one
    operation. The forward pass takes the former, the optimizers change the latter."""

    def __init__(self, module: nn.Module):
        places, size = {}, 0
        for name, p in module.named_parameters():
            places[name] = size
            size += -(-p.numel() // 16) * 16       # each where wide loads may begin
        self.module, self.copies = module, {}
        self.whole = torch.zeros(size, device=next(module.parameters()).device)
        for name, p in module.named_parameters():
            view = self.whole[places[name]:places[name] + p.numel()].view_as(p)
            view.copy_(p.detach())
            p.data = view
        self.half = self.whole.bfloat16()
        for name, p in module.named_parameters():
            copy = self.half[places[name]:places[name] + p.numel()].view_as(p).detach()
            self.copies[name] = copy.requires_grad_(p.requires_grad)

    def __call__(self, *inputs):
        with torch.no_grad():
            self.half.copy_(self.whole)
        return functional_call(self.module, self.copies, inputs)


class Optimizers:
    """Muon (momentum whose update is orthogonalised) for inner matrices and convolutions, flattened to [out, rest], and Adam for
    the rest; one learning-rate factor for both. Matrices of one shape go together, and so do all the others: a step is a few
    large operations, which waits for nothing. A gradient that is not finite changes no weight."""

    def __init__(self, half: Half, muon_lr: float, adam_lr: float, adam_names: tuple[str, ...], momentum: float = 0.95,
                 betas: tuple[float, float] = (0.9, 0.95)):
        shapes, others, self.copies = {}, [], {}
        for name, p in half.module.named_parameters():
            if p.requires_grad:
                self.copies[p] = half.copies[name]
                inner = p.dim() >= 2 and min(p.shape[0], p[0].numel()) > 1 and not any(part in name for part in adam_names)
                (shapes.setdefault((p.shape[0], p[0].numel()), []) if inner else others).append(p)
        self.groups, self.others = list(shapes.values()), others
        self.muon_lr, self.adam_lr, self.momentum, self.betas = muon_lr, adam_lr, momentum, betas
        self.buffers = [self.stacked(group, [torch.zeros_like(p) for p in group]) for group in self.groups]
        zeros = torch.cat([torch.zeros_like(p).flatten() for p in others])
        self.first, self.second, self.count = zeros, zeros.clone(), 0

    @staticmethod
    def stacked(group: list, tensors: list[Tensor]) -> Tensor:
        return torch.stack([t.reshape(p.shape[0], -1) for p, t in zip(group, tensors)])

    def gradients(self, group: list) -> list[Tensor]:
        return [torch.zeros_like(c) if (c := self.copies[p]).grad is None else c.grad for p in group]

    @torch.no_grad()
    def step(self, factor: float, clip: float = 1.0) -> Tensor:
        """Returns the norm of all gradients."""
        stacks = [self.stacked(group, self.gradients(group)).float() for group in self.groups]
        rest = torch.cat([g.flatten() for g in self.gradients(self.others)]).float()
        norm = torch.stack(torch._foreach_norm([*stacks, rest])).norm()
        fine = norm.isfinite()
        shrink = torch.where(fine, (clip / (norm + 1e-6)).clamp(max=1.0), 0.0)
        for group, buffer, g in zip(self.groups, self.buffers, stacks):
            g = g.nan_to_num(0.0, 0.0, 0.0) * shrink
            buffer.lerp_(g, 1 - self.momentum)
            update = orthogonalise(g.lerp(buffer, self.momentum))
            update = update * (self.muon_lr * factor * max(1, update.shape[1] / update.shape[2]) ** 0.5 * fine)
            torch._foreach_sub_(group, [u.view_as(p) for u, p in zip(update, group)])
        self.count += 1
        rest = rest.nan_to_num(0.0, 0.0, 0.0) * shrink
        self.first.lerp_(rest, 1 - self.betas[0])
        self.second.lerp_(rest * rest, 1 - self.betas[1])
        mean, square = self.first / (1 - self.betas[0] ** self.count), self.second / (1 - self.betas[1] ** self.count)
        update = mean / (square.sqrt() + 1e-8) * (self.adam_lr * factor * fine)
        sizes = [p.numel() for p in self.others]
        torch._foreach_sub_(self.others, [u.view_as(p) for u, p in zip(update.split(sizes), self.others)])
        for copy in self.copies.values():
            copy.grad = None
        return norm

    def state_dict(self):
        return {"buffers": self.buffers, "first": self.first, "second": self.second, "count": self.count}

    def load_state_dict(self, state):
        for mine, saved in zip((*self.buffers, self.first, self.second), (*state["buffers"], state["first"], state["second"])):
            mine.copy_(saved)
        self.count = state["count"]


class Average:
    """Exponential moving average of the weights, with a short memory at the start."""

    def __init__(self, module: nn.Module, decay: float):
        self.decay, self.count = decay, 0
        self.weights = {k: v.detach().clone() for k, v in module.state_dict().items()}

    @torch.no_grad()
    def update(self, module: nn.Module) -> None:
        self.count += 1
        torch._foreach_lerp_(list(self.weights.values()), list(module.state_dict().values()),
                             1 - min(self.decay, self.count / (self.count + 10)))

    def state_dict(self):
        return {"count": self.count, "weights": self.weights}

    def load_state_dict(self, state):
        self.count = state["count"]
        for k, v in state["weights"].items():
            self.weights[k].copy_(v)


def keep(value, path: Path) -> None:
    """Saved whole or not at all."""
    temporary = path.with_suffix(".tmp")
    torch.save(value, temporary)
    os.replace(temporary, path)


def first_of(run: Path, *names: str) -> Path:
    """The result of the last stage that was run."""
    return next(run / name for name in names if (run / name).exists())


def arguments(description: str, minutes: float) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("run", type=Path, help="folder for checkpoints and logs")
    parser.add_argument("--minutes", type=float, default=minutes, help="training time of this stage, over all resumes")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--save-every", type=float, default=120, help="seconds between two checkpoints")
    return parser


class Session:
    """Clock, random numbers, log and checkpoint of one stage. What is in `parts` is saved and restored."""

    def __init__(self, run: Path, stage: str, minutes: float, parts: dict, rng: random.Random, save_every: float = 120):
        run.mkdir(parents=True, exist_ok=True)
        self.path, self.log_path = run / f"{stage}.pt", run / f"{stage}.jsonl"
        self.parts, self.rng, self.budget, self.save_every = parts, rng, minutes * 60, save_every
        self.step, self.before, self.running, self.logged = 0, 0.0, {}, 0.0
        if self.path.exists():
            state = torch.load(self.path, map_location="cpu", weights_only=False)
            for name, part in parts.items():
                part.load_state_dict(state[name])
            self.step, self.before = state["step"], state["seconds"]
            rng.setstate(state["python_rng"])
            torch.set_rng_state(state["torch_rng"])
        self.start = self.saved = time.time()

    @property
    def seconds(self) -> float:
        return self.before + time.time() - self.start

    @property
    def progress(self) -> float:
        return min(1.0, self.seconds / self.budget)

    def factor(self, warm_up: int = 100) -> float:
        """Learning-rate factor: warm-up, flat, then down to 2 % over the last 60 % of the budget (cosine)."""
        decay = max(0.0, (self.progress - 0.4) / 0.6)
        return min(1.0, (self.step + 1) / warm_up) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * decay)))

    def smooth(self, **values: Tensor) -> dict[str, Tensor]:
        """Running means of the last 50 values or so, still on the device; a value that is not finite is left out."""
        for k, v in values.items():
            count, mean = self.running.get(k, (0, torch.zeros_like(v)))
            count = min(count + 1, 50)
            self.running[k] = count, torch.where(v.isfinite(), mean + (v - mean) / count, mean).detach()
        return {k: mean for k, (_, mean) in self.running.items()}

    def log(self, **values) -> None:
        values = {k: v.item() if isinstance(v, Tensor) else v for k, v in values.items()}
        line = {"step": self.step, "seconds": round(self.seconds)} | {
            k: round(v, 5) if isinstance(v, float) else v for k, v in values.items()}
        print(json.dumps(line), flush=True)
        with self.log_path.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def time_to_log(self, every: float = 5.0) -> bool:
        """Reading a number off the device waits for it; so now and then only."""
        if self.step > 0 and time.time() - self.logged < every:
            return False
        self.logged = time.time()
        return True

    def end_of_step(self) -> None:
        self.step += 1
        self.saved_now = time.time() - self.saved > self.save_every
        if self.saved_now:
            self.save()

    def save(self) -> None:
        state = {name: part.state_dict() for name, part in self.parts.items()}
        state |= {"step": self.step, "seconds": self.seconds, "python_rng": self.rng.getstate(), "torch_rng": torch.get_rng_state()}
        keep(state, self.path)
        self.saved = time.time()
