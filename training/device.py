"""Getting small things onto a GPU without waiting for what it still has to do."""

import torch
from torch import Tensor


def placed(values, device, dtype: torch.dtype | None = None) -> Tensor:
    """A list or a tensor of the CPU as a tensor on the device."""
    tensor = values if isinstance(values, Tensor) else torch.tensor(values, dtype=dtype)
    return tensor.pin_memory().to(device, non_blocking=True) if torch.device(device).type == "cuda" else tensor


def picked(x: Tensor, dim: int, rows: list[int]) -> Tensor:
    return x.index_select(dim, placed(rows, x.device, torch.long))
