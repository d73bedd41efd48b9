"""WanTransformer3DModel as a causal denoiser: all frames at once under a block-causal mask (training), or frame by frame
with a key/value cache (sampling). Both use the parameters of the diffusers module.

The rule of the window: a frame sees the sink (latent frame 0), the frames before it, and itself, together at most
`local_attn_size`. Rotary positions in time are relative: the frames that are present are numbered 0..n-1 in order. So the
keys are cached without rotation, and within the window nothing differs from absolute positions but the sink, which stands
at most `local_attn_size - 1` frames before the current one.

    python causal_form.py     compares with diffusers under a full mask, and the cached form with the masked one
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

import config

WINDOW, SINK = config.CAUSAL["local_attn_size"], config.CAUSAL["sink_size"]


def patchify(model, latents: Tensor) -> Tensor:
    """[b, z, f, h, w] to tokens [b, f, s, d]."""
    b, z, f, h, w = latents.shape
    _, ph, pw = model.config.patch_size
    x = latents.view(b, z, f, h // ph, ph, w // pw, pw).permute(0, 2, 3, 5, 1, 4, 6).reshape(b, f, -1, z * ph * pw)
    weight = model.patch_embedding.weight
    return F.linear(x, weight.view(weight.shape[0], -1), model.patch_embedding.bias)


def unpatchify(model, x: Tensor, height: int, width: int) -> Tensor:
    b, f, s, _ = x.shape
    _, ph, pw = model.config.patch_size
    x = x.view(b, f, height // ph, width // pw, ph, pw, -1).permute(0, 6, 1, 2, 4, 3, 5)
    return x.reshape(b, -1, f, height, width)


def rotary(model, frames: list[int], height: int, width: int) -> tuple[Tensor, Tensor]:
    """Cosine and sine [f, s, head_dim / 2] for the given positions in time."""
    _, ph, pw = model.config.patch_size
    h, w, f = height // ph, width // pw, len(frames)
    rope = model.rope
    split = [rope.t_dim, rope.h_dim, rope.w_dim]
    tables = []
    for table, phase in ((rope.freqs_cos, 0), (rope.freqs_sin, 1)):
        t, y, x = (part[:, phase::2] for part in table.split(split, dim=1))
        tables.append(torch.cat([t[frames].view(f, 1, 1, -1).expand(f, h, w, -1), y[:h].view(1, h, 1, -1).expand(f, h, w, -1),
                                 x[:w].view(1, 1, w, -1).expand(f, h, w, -1)], -1).reshape(f, h * w, -1))
    return tables[0], tables[1]


def rotate(x: Tensor, table: tuple[Tensor, Tensor]) -> Tensor:
    """x [b, f, s, heads, head_dim], pairs interleaved."""
    cos, sin = (part[:, :, None].to(x.dtype) for part in table)
    x1, x2 = x.unflatten(-1, (-1, 2)).unbind(-1)
    return torch.stack([x1 * cos - x2 * sin, x1 * sin + x2 * cos], -1).flatten(-2)


def sees(query: int, key: int) -> bool:
    """Whether the frame at time `query` may see the (finished) frame at time `key`."""
    return key <= query and (key < SINK or key > query - (WINDOW - SINK))


class Layout:
    """The frames of one pass: the time each stands for, and which of the finished frames (the first of them) each sees beside
    itself: `past` [frames, finished frames]."""

    def __init__(self, times: list[int], past: Tensor):
        self.times, self.past = times, past
        self.late = [i for i, t in enumerate(times) if t >= WINDOW]

    @staticmethod
    def full(frames: int) -> "Layout":
        return Layout(list(range(frames)), ~torch.eye(frames, dtype=torch.bool))

    @staticmethod
    def causal(frames: int) -> "Layout":
        return Layout.teacher(frames, [], noisy=False)

    @staticmethod
    def teacher(frames: int, copies: list[int], noisy: bool = True) -> "Layout":
        """Finished frames 0..n-1, then noisy frames 0..n-1, then further noisy copies of the given frames.

        A noisy frame sees the finished ones before it and itself: just what the sampler shows it.
        """
        times = list(range(frames)) + (list(range(frames)) + copies if noisy else [])
        return Layout(times, torch.tensor([[j < time and sees(time, j) for j in range(frames)] for time in times]))


def time_modulation(model, timesteps: Tensor) -> tuple[Tensor, Tensor]:
    """Timesteps [b, f] to temb [b, f, d] and the six modulations [b, f, 6, d]."""
    e = model.condition_embedder
    temb = e.time_embedder(e.timesteps_proj(timesteps.flatten()).to(e.time_embedder.linear_1.weight.dtype))
    temb = temb.view(*timesteps.shape, -1)
    return temb, e.time_proj(F.silu(temb)).unflatten(-1, (6, -1))


def text_context(model, embeddings: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Text embeddings [b, n, text_dim] with their mask to context [b, n + 1, d] and additive bias [b, 1, 1, n + 1].

    Wan pads the text to 512 zero embeddings, which pass the text embedder and are attended. They are all alike, so one
    of them with the logarithm of their number added to its score stands for all.
    """
    embeddings = torch.cat([embeddings * mask[..., None], embeddings.new_zeros(embeddings.shape[0], 1, embeddings.shape[2])], 1)
    bias = torch.zeros(mask.shape, dtype=embeddings.dtype, device=embeddings.device).masked_fill(mask == 0, -math.inf)
    padding = torch.log(config.TEXT_LENGTH - mask.sum(1, keepdim=True).float()).to(bias.dtype)
    return model.condition_embedder.text_embedder(embeddings), torch.cat([bias, padding], 1)[:, None, None]


def heads(x: Tensor, attn) -> Tensor:
    return x.unflatten(-1, (attn.heads, -1))


def self_qkv(x: Tensor, attn) -> tuple[Tensor, Tensor, Tensor]:
    weight = torch.cat([attn.to_q.weight, attn.to_k.weight, attn.to_v.weight])
    q, k, v = F.linear(x, weight, torch.cat([attn.to_q.bias, attn.to_k.bias, attn.to_v.bias])).chunk(3, -1)
    return heads(attn.norm_q(q), attn), heads(attn.norm_k(k), attn), heads(v, attn)


def attend(q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None = None) -> Tensor:
    """q, k, v [b, ..., heads, head_dim] over everything between; result [b, n, heads * head_dim]."""
    q, k, v = (x.flatten(1, -3).transpose(1, 2) for x in (q, k, v))
    scores = q * q.shape[-1] ** -0.5 @ k.transpose(2, 3)
    return ((scores if bias is None else scores + bias).softmax(-1) @ v).transpose(1, 2).flatten(2)


def masked_self_attention(q: Tensor, k: Tensor, v: Tensor, layout: Layout, tables: dict) -> Tensor:
    """A frame sees itself, and of the layout's finished frames those that its mask allows: two small products in place of
    one of everything with everything, most of which the mask would throw away."""
    b, f, s, n, d = q.shape
    q = q * d ** -0.5
    past, queries = layout.past.shape[1], rotate(q, tables["own"]).permute(0, 3, 1, 2, 4)               # [b, n, f, s, d]
    keys, values = rotate(k, tables["own"]).permute(0, 3, 1, 2, 4), v.permute(0, 3, 1, 2, 4)
    own = queries @ keys.transpose(3, 4)                                                               # [b, n, f, s, s]
    scores = queries.flatten(2, 3) @ keys[:, :, :past].flatten(2, 3).transpose(2, 3)                   # [b, n, f s, past s]
    if layout.late:                                # they see the sink from the last position of the window, not from their time
        late = rotate(q[:, layout.late], tables["last"]).permute(0, 3, 1, 2, 4).flatten(2, 3)
        rows = torch.tensor(layout.late, device=q.device).repeat_interleave(s) * s + torch.arange(s, device=q.device).repeat(len(layout.late))
        sink = late @ keys[:, :, :SINK].flatten(2, 3).transpose(2, 3)
        scores = torch.cat([scores[..., :SINK * s].index_copy(2, rows, sink), scores[..., SINK * s:]], 3)
    scores = scores.view(b, n, f, s, past, s) + tables["bias"]
    weights = torch.cat([scores.flatten(4), own], 4).softmax(-1)
    there, here = weights.split([past * s, s], 4)
    result = here @ values
    result = result + (there.flatten(2, 3) @ values[:, :, :past].flatten(2, 3)).view_as(result)
    return result.permute(0, 2, 3, 1, 4).flatten(3)


def block_forward(block, x: Tensor, modulation: Tensor, context: tuple[Tensor, Tensor], self_attention) -> Tensor:
    """x [b, f, s, d], modulation [b, f, 6, d]; `self_attention(q, k, v)` knows the mask or the cache."""
    d = x.shape[-1]
    shift, scale, gate, c_shift, c_scale, c_gate = (block.scale_shift_table + modulation).unsqueeze(3).unbind(2)
    y = F.layer_norm(x, (d,), eps=block.norm1.eps) * (1 + scale) + shift
    y = self_attention(*self_qkv(y, block.attn1)).view_as(x)
    x = x + block.attn1.to_out[0](y) * gate
    text, bias = context
    attn = block.attn2
    q = heads(attn.norm_q(attn.to_q(block.norm2(x))), attn)
    y = attend(q, heads(attn.norm_k(attn.to_k(text)), attn), heads(attn.to_v(text), attn), bias)
    x = x + attn.to_out[0](y).view_as(x)
    y = F.layer_norm(x, (d,), eps=block.norm3.eps) * (1 + c_scale) + c_shift
    return x + block.ffn(y) * c_gate


def head(model, x: Tensor, temb: Tensor) -> Tensor:
    shift, scale = (model.scale_shift_table + temb.unsqueeze(2)).unsqueeze(3).unbind(2)
    return model.proj_out(F.layer_norm(x, (x.shape[-1],), eps=model.norm_out.eps) * (1 + scale) + shift)


def forward(model, latents: Tensor, timesteps: Tensor, context: tuple[Tensor, Tensor], layout: Layout | None = None,
            outputs_from: int = 0, block_forward=block_forward) -> Tensor:
    """Velocity [b, z, f, h, w] for latents at per-frame timesteps [b, f], of the frames from `outputs_from` on."""
    _, _, f, h, w = latents.shape
    layout = layout or Layout.causal(f)
    x = patchify(model, latents)
    temb, modulation = time_modulation(model, timesteps)
    past = layout.past.to(x.device)
    tables = {"own": rotary(model, layout.times, h, w), "bias": torch.zeros(past.shape, dtype=x.dtype, device=x.device).masked_fill(~past, -math.inf)[:, None, :, None]}
    if layout.late:
        tables["last"] = rotary(model, [WINDOW - 1] * len(layout.late), h, w)
    for block in model.blocks:
        x = block_forward(block, x, modulation, context, lambda q, k, v: masked_self_attention(q, k, v, layout, tables))
    return unpatchify(model, head(model, x[:, outputs_from:], temb[:, outputs_from:]), h, w)


class Cache:
    """Keys and values of past frames, not rotated: a list per layer of (k, v), each [b, 1, s, heads, head_dim]."""

    def __init__(self, layers: int):
        self.frames = [[] for _ in range(layers)]

    def append(self, new: list[tuple[Tensor, Tensor]]) -> None:
        for frames, kv in zip(self.frames, new):
            frames.append(kv)
            if len(frames) > WINDOW - 1:           # room for the current frame
                del frames[SINK]


def forward_frame(model, latent: Tensor, timestep: float, context: tuple[Tensor, Tensor], cache: Cache):
    """One latent frame [b, z, 1, h, w] against the cache: its velocity, and its keys and values for the cache."""
    b, _, _, h, w = latent.shape
    x = patchify(model, latent)
    temb, modulation = time_modulation(model, torch.full((b, 1), timestep, dtype=torch.float32, device=latent.device))
    new = []
    past = len(cache.frames[0])
    table = rotary(model, list(range(past + 1)), h, w)
    here = (table[0][-1:], table[1][-1:])
    for i, block in enumerate(model.blocks):
        def self_attention(q, k, v):
            new.append((k, v))
            keys = torch.cat([kv[0] for kv in cache.frames[i]] + [k], 1)
            values = torch.cat([kv[1] for kv in cache.frames[i]] + [v], 1)
            return attend(rotate(q, here), rotate(keys, table), values)
        x = block_forward(block, x, modulation, context, self_attention)
    return unpatchify(model, head(model, x, temb), h, w), new


@torch.no_grad()
def check() -> None:
    from diffusers import WanTransformer3DModel
    torch.manual_seed(0)
    model = WanTransformer3DModel(**config.TRANSFORMER).eval()
    for p in model.parameters():
        torch.nn.init.normal_(p, std=0.3 if p.dim() == 1 else 1.5 / p[0].numel() ** 0.5)
    z, d, n = config.TRANSFORMER["in_channels"], config.TRANSFORMER["text_dim"], 7
    latents, text = torch.randn(2, z, 5, 6, 10), torch.randn(2, n, d)
    timesteps = torch.rand(2, 5) * 1000
    mask = torch.ones(2, n)
    mask[1, 5:] = 0
    context = text_context(model, text, mask)
    padded = F.pad(text * mask[..., None], (0, 0, 0, config.TEXT_LENGTH - n))
    expected = model(latents, timesteps.repeat_interleave(15, 1), padded).sample
    error = (forward(model, latents, timesteps, context, Layout.full(5)) - expected).abs().max() / expected.square().mean().sqrt()
    print(f"denoiser under a full mask: largest difference from diffusers {error:.1e} of the rms")
    assert error < 1e-4

    latents, timesteps = torch.randn(2, z, 14, 6, 10), torch.rand(2, 14) * 1000
    timesteps[1] = timesteps[0]
    expected = forward(model, latents, timesteps, context)
    cache, frames = Cache(len(model.blocks)), []
    for i in range(14):
        v, kv = forward_frame(model, latents[:, :, i:i + 1], timesteps[0, i].item(), context, cache)
        cache.append(kv)
        frames.append(v)
    noisy = torch.randn(2, z, 14, 6, 10)
    both = forward(model, torch.cat([latents, noisy], 2), torch.cat([timesteps, timesteps], 1), context, Layout.teacher(14, []))
    assert (both[:, :, :14] - expected).abs().max() < 1e-3
    mixed = forward(model, torch.cat([latents[:, :, :11], noisy[:, :, 11:12]], 2), timesteps[:, :12], context)
    assert (both[:, :, 25] - mixed[:, :, 11]).abs().max() < 1e-3
    error = (torch.cat(frames, 2) - expected).abs().max() / expected.square().mean().sqrt()
    print(f"frame by frame with the cache: largest difference from the masked form {error:.1e} of the rms")
    assert error < 1e-4


if __name__ == "__main__":
    check()
