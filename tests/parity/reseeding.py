"""Random weights for small checkpoints in which no mistake hides: no gain is 1, no bias 0, no softmax uniform."""

import hashlib
import re

import torch


def reseed(model: torch.nn.Module, peaky: str = "", peak: float = 2.5) -> None:
    """Every tensor from a generator seeded by its name. Matrices and kernels that `peaky` matches are `peak` times larger."""
    for name, tensor in model.state_dict(keep_vars=True).items():
        if not tensor.is_floating_point():
            continue
        generator = torch.Generator().manual_seed(int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "little"))
        noise = torch.randn(tensor.shape, generator=generator)
        if tensor.dim() > 1:
            noise *= (1.0 if "embedding" in name else 1.5 / tensor[0].numel() ** 0.5) * (peak if peaky and re.search(peaky, name) else 1.0)
        elif name.endswith("bias"):
            noise *= 0.2
        else:
            noise = 1 + 0.3 * noise
        tensor.data.copy_(noise)
