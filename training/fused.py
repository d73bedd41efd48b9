"""What lies between the products, as one kernel each on a GPU: memory is what it costs there.

The autoencoder's norm and SiLU: rows of 16 to 128 channels are too short for the kernels of libraries, which give each a block of its
own. The denoiser's norm and rotation of queries and keys, and its norm with shift and scale.

    TRITON_INTERPRET=1 python fused.py       compares with the plain form, without a GPU
"""

import functools
import os

import torch
import torch.nn.functional as F
import triton
import triton.language as tl
from torch import Tensor

ROWS = 64                                          # of a program
EPS = 1e-12


@triton.jit
def forward_kernel(x_at, gain_at, y_at, count, channels, eps, ROWS: tl.constexpr, WIDTH: tl.constexpr):
    rows = tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS)
    columns = tl.arange(0, WIDTH)
    at = rows[:, None] * channels + columns[None, :]
    inside = (rows[:, None] < count) & (columns[None, :] < channels)
    x = tl.load(x_at + at, mask=inside, other=0.0).to(tl.float32)
    gain = tl.load(gain_at + columns, mask=columns < channels, other=0.0).to(tl.float32)
    scale = 1.0 / tl.sqrt(tl.sum(x * x, 1) / channels + eps)
    y = x * scale[:, None] * gain[None, :]
    tl.store(y_at + at, (y / (1.0 + tl.exp(-y))).to(y_at.dtype.element_ty), mask=inside)


@triton.jit
def backward_kernel(x_at, gain_at, dy_at, dx_at, dgain_at, count, channels, eps, ROWS: tl.constexpr, WIDTH: tl.constexpr):
    rows = tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS)
    columns = tl.arange(0, WIDTH)
    at = rows[:, None] * channels + columns[None, :]
    inside = (rows[:, None] < count) & (columns[None, :] < channels)
    x = tl.load(x_at + at, mask=inside, other=0.0).to(tl.float32)
    dy = tl.load(dy_at + at, mask=inside, other=0.0).to(tl.float32)
    gain = tl.load(gain_at + columns, mask=columns < channels, other=0.0).to(tl.float32)
    scale = 1.0 / tl.sqrt(tl.sum(x * x, 1) / channels + eps)
    normed = x * scale[:, None]
    y = normed * gain[None, :]
    gate = 1.0 / (1.0 + tl.exp(-y))
    d = dy * gate * (1.0 + y * (1.0 - gate))
    tl.store(dgain_at + tl.program_id(0) * WIDTH + columns, tl.sum(d * normed, 0))
    d = d * gain[None, :]
    dx = scale[:, None] * (d - normed * (tl.sum(d * normed, 1) / channels)[:, None])
    tl.store(dx_at + at, dx.to(dx_at.dtype.element_ty), mask=inside)


class NormSilu(torch.autograd.Function):
    @staticmethod
    def forward(context, x: Tensor, gain: Tensor) -> Tensor:
        x = x.contiguous()
        context.save_for_backward(x, gain)
        y, channels = torch.empty_like(x), x.shape[-1]
        count = x.numel() // channels
        forward_kernel[(triton.cdiv(count, ROWS),)](x, gain, y, count, channels, EPS, ROWS, triton.next_power_of_2(channels))
        return y

    @staticmethod
    def backward(context, dy: Tensor):
        x, gain = context.saved_tensors
        channels = x.shape[-1]
        count, width = x.numel() // channels, triton.next_power_of_2(channels)
        programs = triton.cdiv(count, ROWS)
        dx, dgain = torch.empty_like(x), torch.empty(programs, width, device=x.device)
        backward_kernel[(programs,)](x, gain, dy.contiguous(), dx, dgain, count, channels, EPS, ROWS, width)
        return dx, dgain.sum(0)[:channels].to(gain.dtype)


@triton.jit
def rotated_norm_kernel(x_at, dy_at, gain_at, cos_at, sin_at, y_at, dgain_at, count, stride, period, eps, BACKWARD: tl.constexpr,
                        ROWS: tl.constexpr, PAIRS: tl.constexpr, HEAD: tl.constexpr):
    """Forward: x to y. Backward: x and the gradient of y to that of x, which is called y here."""
    rows = tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS)
    pairs = tl.arange(0, PAIRS)
    fine = (rows < count)[:, None] & (pairs < PAIRS)[None, :]
    at = rows[:, None] * stride + 2 * pairs[None, :]
    a, b = tl.load(x_at + at, mask=fine, other=0.0).to(tl.float32), tl.load(x_at + at + 1, mask=fine, other=0.0).to(tl.float32)
    angle = (rows % period)[:, None] * HEAD + (pairs % HEAD)[None, :]
    cos, sin = tl.load(cos_at + angle), tl.load(sin_at + angle)
    gain_a, gain_b = tl.load(gain_at + 2 * pairs).to(tl.float32)[None, :], tl.load(gain_at + 2 * pairs + 1).to(tl.float32)[None, :]
    scale = (1.0 / tl.sqrt((tl.sum(a * a, 1) + tl.sum(b * b, 1)) / (2 * PAIRS) + eps))[:, None]
    a, b = a * scale, b * scale
    to = rows[:, None] * (2 * PAIRS) + 2 * pairs[None, :]
    if BACKWARD:
        dy_a, dy_b = tl.load(dy_at + to, mask=fine, other=0.0).to(tl.float32), tl.load(dy_at + to + 1, mask=fine, other=0.0).to(tl.float32)
        da, db = dy_a * cos + dy_b * sin, dy_b * cos - dy_a * sin
        tl.store(dgain_at + tl.program_id(0) * 2 * PAIRS + 2 * pairs, tl.sum(da * a, 0))
        tl.store(dgain_at + tl.program_id(0) * 2 * PAIRS + 2 * pairs + 1, tl.sum(db * b, 0))
        da, db = da * gain_a, db * gain_b
        mean = ((tl.sum(da * a, 1) + tl.sum(db * b, 1)) / (2 * PAIRS))[:, None]
        tl.store(y_at + to, (scale * (da - a * mean)).to(y_at.dtype.element_ty), mask=fine)
        tl.store(y_at + to + 1, (scale * (db - b * mean)).to(y_at.dtype.element_ty), mask=fine)
    else:
        a, b = a * gain_a, b * gain_b
        tl.store(y_at + to, (a * cos - b * sin).to(y_at.dtype.element_ty), mask=fine)
        tl.store(y_at + to + 1, (a * sin + b * cos).to(y_at.dtype.element_ty), mask=fine)


class RotatedNorm(torch.autograd.Function):
    ROWS = 16

    @staticmethod
    def launch(x: Tensor, dy: Tensor, gain: Tensor, cos: Tensor, sin: Tensor, y: Tensor, dgain: Tensor, eps: float, backward: bool) -> None:
        width = x.shape[-1]
        count = x.numel() // width
        rotated_norm_kernel[(triton.cdiv(count, RotatedNorm.ROWS),)](
            x, dy, gain, cos, sin, y, dgain, count, x.stride(-2), cos.shape[0], eps, backward, RotatedNorm.ROWS, width // 2, cos.shape[1])

    @staticmethod
    def forward(context, x: Tensor, gain: Tensor, cos: Tensor, sin: Tensor, eps: float) -> Tensor:
        context.save_for_backward(x, gain, cos, sin)
        context.eps = eps
        y = torch.empty(x.shape, dtype=x.dtype, device=x.device)
        RotatedNorm.launch(x, y, gain, cos, sin, y, y, eps, False)
        return y

    @staticmethod
    def backward(context, dy: Tensor):
        x, gain, cos, sin = context.saved_tensors
        dy = dy.contiguous()
        dx = torch.empty_like(dy)
        dgain = torch.empty(triton.cdiv(x.numel() // x.shape[-1], RotatedNorm.ROWS), x.shape[-1], device=x.device)
        RotatedNorm.launch(x, dy, gain, cos, sin, dx, dgain, context.eps, True)
        return dx, dgain.sum(0).to(gain.dtype), None, None, None


@triton.jit
def modulated_kernel(x_at, dy_at, shift_at, scale_at, y_at, dshift_at, dscale_at, rows_of_a_frame, modulation_stride, eps, BACKWARD: tl.constexpr,
                     ROWS: tl.constexpr, WIDTH: tl.constexpr):
    """Forward: x to y. Backward: x and the gradient of y to that of x, which is called y here."""
    frame = tl.program_id(0).to(tl.int64)
    rows, columns = tl.program_id(1) * ROWS + tl.arange(0, ROWS), tl.arange(0, WIDTH)
    fine = (rows < rows_of_a_frame)[:, None] & (columns < WIDTH)[None, :]
    at = (frame * rows_of_a_frame + rows)[:, None] * WIDTH + columns[None, :]
    x = tl.load(x_at + at, mask=fine, other=0.0).to(tl.float32)
    factor = 1.0 + tl.load(scale_at + frame * modulation_stride + columns).to(tl.float32)[None, :]
    x = x - (tl.sum(x, 1) / WIDTH)[:, None]
    x = tl.where(fine, x, 0.0)
    scale = (1.0 / tl.sqrt(tl.sum(x * x, 1) / WIDTH + eps))[:, None]
    x = x * scale
    if BACKWARD:
        dy = tl.load(dy_at + at, mask=fine, other=0.0).to(tl.float32)
        part = (frame * tl.num_programs(1) + tl.program_id(1)) * WIDTH + columns
        tl.store(dshift_at + part, tl.sum(dy, 0))
        tl.store(dscale_at + part, tl.sum(dy * x, 0))
        d = dy * factor
        d = scale * (d - (tl.sum(d, 1) / WIDTH)[:, None] - x * (tl.sum(d * x, 1) / WIDTH)[:, None])
        tl.store(y_at + at, d.to(y_at.dtype.element_ty), mask=fine)
    else:
        shift = tl.load(shift_at + frame * modulation_stride + columns).to(tl.float32)[None, :]
        tl.store(y_at + at, (x * factor + shift).to(y_at.dtype.element_ty), mask=fine)


class ModulatedNorm(torch.autograd.Function):
    ROWS = 16

    @staticmethod
    def launch(x, dy, shift, scale, y, dshift, dscale, eps, backward) -> None:
        b, f, s, d = x.shape
        modulated_kernel[(b * f, triton.cdiv(s, ModulatedNorm.ROWS))](
            x, dy, shift, scale, y, dshift, dscale, s, shift.stride(1), eps, backward, ModulatedNorm.ROWS, d)

    @staticmethod
    def forward(context, x: Tensor, shift: Tensor, scale: Tensor, eps: float) -> Tensor:
        x = x.contiguous()
        context.save_for_backward(x, shift, scale)
        context.eps = eps
        y = torch.empty_like(x)
        ModulatedNorm.launch(x, y, shift, scale, y, y, y, eps, False)
        return y

    @staticmethod
    def backward(context, dy: Tensor):
        x, shift, scale = context.saved_tensors
        b, f, s, d = x.shape
        dy = dy.contiguous()
        dx = torch.empty_like(dy)
        dshift, dscale = torch.empty(2, b, f, triton.cdiv(s, ModulatedNorm.ROWS), d, device=x.device)
        ModulatedNorm.launch(x, dy, shift, scale, dx, dshift, dscale, context.eps, True)
        return dx, dshift.sum(2, keepdim=True).to(shift.dtype), dscale.sum(2, keepdim=True).to(scale.dtype), None


def norm_silu(x: Tensor, gain: Tensor) -> Tensor:
    """SiLU of the RMS norm over the last dimension."""
    return NormSilu.apply(x, gain)


def plain(x: Tensor, gain: Tensor) -> Tensor:
    x = x.float()
    return F.silu(x * (x.square().mean(-1, keepdim=True) + EPS).rsqrt() * gain)


def plain_rotated_norm(x: Tensor, gain: Tensor, cos: Tensor, sin: Tensor, eps: float) -> Tensor:
    x = F.rms_norm(x, x.shape[-1:], gain, eps).unflatten(-1, (-1, cos.shape[1], 2)).unflatten(-4, (-1, cos.shape[0]))
    (a, b), cos, sin = x.unbind(-1), cos[:, None], sin[:, None]
    return torch.stack([a * cos - b * sin, a * sin + b * cos], -1).flatten(-3).flatten(0, 1)


def plain_modulated_norm(x: Tensor, shift: Tensor, scale: Tensor, eps: float) -> Tensor:
    return torch.addcmul(shift, F.layer_norm(x, x.shape[-1:], eps=eps), 1 + scale)


def compare(name: str, form, plain_form, inputs: list[Tensor], *rest) -> None:
    results = []
    exact = inputs[0].dtype == torch.float32
    for one in (form, plain_form):
        leaves = [(x.float() if one is plain_form else x.clone()).requires_grad_() for x in inputs]
        y = one(*leaves, *rest)
        torch.manual_seed(2)
        y.backward(torch.randn(y.shape, device=y.device).to(inputs[0].dtype).to(y.dtype))
        results.append([y, *(x.grad for x in leaves)])
    error = max(((u.float() - v).norm() / v.norm()).item() for u, v in zip(*results))
    print(f"{name} in one kernel: {error:.1e} from the plain form")
    assert error < (1e-4 if exact else 1e-2)


def check(device: str, dtype: torch.dtype) -> None:
    torch.manual_seed(1)
    def random(*shape: int) -> Tensor:
        return torch.randn(*shape, device=device).to(dtype)
    for channels in (24, 64):
        compare(f"norm and SiLU of {channels} channels", norm_silu, plain, [random(3, 5, 7, channels), random(channels)])
    compare("norm and rotation", RotatedNorm.apply, plain_rotated_norm, [random(2 * 35, 256), random(256)],
            random(35, 32).float(), random(35, 32).float(), 1e-6)
    compare("norm, shift and scale", ModulatedNorm.apply, plain_modulated_norm,
            [random(2, 3, 20, 256), random(2, 3, 1, 256), random(2, 3, 1, 256)], 1e-6)


@functools.cache
def usable(device: str) -> bool:
    """Whether the kernels can be built and are right here."""
    try:
        check(device, torch.bfloat16)
        return True
    except Exception as problem:
        print(f"without kernels of our own: {problem}", flush=True)
        return False


if __name__ == "__main__":
    for kind in (torch.float32, torch.bfloat16):
        check("cpu" if os.environ.get("TRITON_INTERPRET") else "cuda", kind)
