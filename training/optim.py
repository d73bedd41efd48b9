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


def orthogonalise(g: Tensor, steps: int = 5) -> Tensor:
    """Newton-Schulz iteration towards the nearest (semi-)orthogonal matrix, with the coefficients of Muon."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = (g.T if g.shape[0] > g.shape[1] else g).bfloat16()
    x = x / (x.norm() + 1e-7)
    for _ in range(steps):
        y = x @ x.T
        x = a * x + (b * y + c * y @ y) @ x
    return (x.T if g.shape[0] > g.shape[1] else x).to(g.dtype)


class Muon(torch.optim.Optimizer):
    """Momentum whose update is orthogonalised; for matrices and convolutions (flattened to [out, rest])."""

    def __init__(self, parameters, lr: float, momentum: float = 0.95, weight_decay: float = 0.0):
        super().__init__(parameters, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                buffer = self.state[p].setdefault("momentum", torch.zeros_like(p))
                buffer.lerp_(p.grad, 1 - group["momentum"])
                update = p.grad.lerp(buffer, group["momentum"]).flatten(1)
                update = orthogonalise(update) * max(1, update.shape[0] / update.shape[1]) ** 0.5
                p.mul_(1 - group["lr"] * group["weight_decay"]).add_(update.view_as(p), alpha=-group["lr"])


class Optimizers:
    """Muon for inner matrices and convolutions, AdamW for the rest; one learning-rate factor for both."""

    def __init__(self, named_parameters, muon_lr: float, adam_lr: float, adam_names: tuple[str, ...], betas=(0.9, 0.95)):
        matrices, others = [], []
        for name, p in named_parameters:
            if p.requires_grad:
                inner = p.dim() >= 2 and min(p.shape[0], p[0].numel()) > 1 and not any(part in name for part in adam_names)
                (matrices if inner else others).append(p)
        self.parameters = matrices + others
        self.all = [Muon(matrices or [nn.Parameter(torch.zeros(2, 2))], muon_lr), torch.optim.AdamW(others, adam_lr, betas=betas, weight_decay=0.0)]
        self.base = [muon_lr, adam_lr]

    def step(self, factor: float, clip: float = 1.0) -> float:
        norm = torch.nn.utils.clip_grad_norm_(self.parameters, clip)
        for optimizer, lr in zip(self.all, self.base):
            for group in optimizer.param_groups:
                group["lr"] = lr * factor
            if math.isfinite(norm):
                optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        return float(norm)

    def state_dict(self):
        return [o.state_dict() for o in self.all]

    def load_state_dict(self, states):
        for o, s in zip(self.all, states):
            o.load_state_dict(s)


class Average:
    """Exponential moving average of the weights, with a short memory at the start."""

    def __init__(self, module: nn.Module, decay: float):
        self.decay, self.count = decay, 0
        self.weights = {k: v.detach().clone() for k, v in module.state_dict().items()}

    @torch.no_grad()
    def update(self, module: nn.Module) -> None:
        self.count += 1
        decay = min(self.decay, self.count / (self.count + 10))
        for k, v in module.state_dict().items():
            self.weights[k].lerp_(v, 1 - decay) if v.is_floating_point() else self.weights[k].copy_(v)

    def state_dict(self):
        return {"count": self.count, "weights": self.weights}

    def load_state_dict(self, state):
        self.count = state["count"]
        for k, v in state["weights"].items():
            self.weights[k].copy_(v)


def arguments(description: str, minutes: float) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("run", type=Path, help="folder for checkpoints and logs")
    parser.add_argument("--minutes", type=float, default=minutes, help="training time of this stage, over all resumes")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=1)
    return parser


class Session:
    """Clock, random numbers, log and checkpoint of one stage. What is in `parts` is saved and restored."""

    def __init__(self, run: Path, stage: str, minutes: float, parts: dict, rng: random.Random, save_every: float = 120):
        run.mkdir(parents=True, exist_ok=True)
        self.path, self.log_path = run / f"{stage}.pt", run / f"{stage}.jsonl"
        self.parts, self.rng, self.budget, self.save_every = parts, rng, minutes * 60, save_every
        self.step, self.before, self.counted, self.running = 0, 0.0, 0, {}
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

    def smooth(self, **values: float) -> dict[str, float]:
        """Running means of the last 50 steps or so."""
        self.counted += 1
        for k, v in values.items():
            self.running[k] = self.running.get(k, 0.0) + (v - self.running.get(k, 0.0)) / min(self.counted, 50)
        return self.running

    def log(self, **values) -> None:
        line = {"step": self.step, "seconds": round(self.seconds)} | {
            k: round(v, 5) if isinstance(v, float) else v for k, v in values.items()}
        print(json.dumps(line), flush=True)
        with self.log_path.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def end_of_step(self) -> None:
        self.step += 1
        if time.time() - self.saved > self.save_every:
            self.save()

    def save(self) -> None:
        state = {name: part.state_dict() for name, part in self.parts.items()}
        state |= {"step": self.step, "seconds": self.seconds, "python_rng": self.rng.getstate(), "torch_rng": torch.get_rng_state()}
        temporary = self.path.with_suffix(".tmp")
        torch.save(state, temporary)
        os.replace(temporary, self.path)
        self.saved = time.time()
