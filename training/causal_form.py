"""WanTransformer3DModel as a causal denoiser: all frames at once, each seeing what it may (training), or frame by frame
with a key/value cache (sampling). Both use the parameters of the diffusers module.

The rule of the window: a frame sees the sink (latent frame 0), the frames before it, and itself, together at most
`local_attn_size`. Rotary positions in time are relative: the frames that are present are numbered 0..n-1 in order. So the
keys are cached without rotation, and within the window nothing differs from absolute positions but the sink, which stands
at most `local_attn_size - 1` frames before the current one.

    python causal_form.py     compares with diffusers under a full mask, and the cached form with that of all at once
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

import config
from device import picked

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
        tables.append(torch.cat([picked(t, 0, frames).view(f, 1, 1, -1).expand(f, h, w, -1), y[:h].view(1, h, 1, -1).expand(f, h, w, -1),
                                 x[:w].view(1, 1, w, -1).expand(f, h, w, -1)], -1).reshape(f, h * w, -1))
    return tables[0], tables[1]


def rotate(x: Tensor, table: tuple[Tensor, Tensor]) -> Tensor:
    """x [b, f, s, heads, head_dim], pairs interleaved."""
    cos, sin = (part[:, :, None].to(x.dtype) for part in table)
    x1, x2 = x.unflatten(-1, (-1, 2)).unbind(-1)
    return torch.stack([torch.addcmul(x1 * cos, x2, sin, value=-1), torch.addcmul(x1 * sin, x2, cos)], -1).flatten(-2)


def sees(query: int, key: int) -> bool:
    """Whether the frame at time `query` may see the (finished) frame at time `key`."""
    return key <= query and (key < SINK or key > query - (WINDOW - SINK))


class Layout:
    """The frames of one pass, in order of the time each stands for: finished ones, which others may see, and noisy ones.

    `finished` and `noisy`: where those stand. `groups`: for the frames of one time, which stand side by side, which of the
    finished ones they see beside themselves.
    """

    def __init__(self, frames: list[tuple[int, bool]], full: bool = False):
        self.times = [time for time, _ in frames]
        self.finished = [i for i, (_, noisy) in enumerate(frames) if not noisy]
        self.noisy = [i for i, (_, noisy) in enumerate(frames) if noisy]
        self.groups = []
        for time in sorted(set(self.times)):
            here = [i for i, t in enumerate(self.times) if t == time]
            past = [i for i, place in enumerate(self.finished) if (t := self.times[place]) != time and (full or sees(time, t))]
            self.groups.append((time, slice(here[0], here[-1] + 1), past))

    @staticmethod
    def full(frames: int) -> "Layout":
        return Layout([(t, False) for t in range(frames)], full=True)

    @staticmethod
    def causal(frames: int) -> "Layout":
        return Layout([(t, False) for t in range(frames)])

    @staticmethod
    def teacher(copies: list[int]) -> "Layout":
        """So many noisy copies of each frame. They see the finished frames before them and themselves: just what the sampler
        shows them. One pass over the finished frames serves all; nothing sees the last of them, so it is left out."""
        return Layout([(t, noisy) for t, n in enumerate(copies) for noisy in [False] * (t < len(copies) - 1) + [True] * n])


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


def rms_norm(x: Tensor, norm) -> Tensor:
    return F.rms_norm(x, x.shape[-1:], norm.weight, norm.eps)


def own_kernels(x: Tensor) -> bool:
    if x.is_cuda and x.dtype == torch.bfloat16:
        import fused
        return fused.usable("cuda")
    return False


def rotated_norm(x: Tensor, norm, attn, table: tuple[Tensor, Tensor]) -> Tensor:
    """Queries or keys as attention takes them."""
    if own_kernels(x):
        import fused
        return heads(fused.RotatedNorm.apply(x, norm.weight, *(part.flatten(0, 1) for part in table), norm.eps), attn)
    return rotate(heads(rms_norm(x, norm), attn), table)


def modulated_norm(x: Tensor, shift: Tensor, scale: Tensor, eps: float) -> Tensor:
    """x [b, f, s, d], the others [b, f, 1, d]."""
    if own_kernels(x):
        import fused
        return fused.ModulatedNorm.apply(x, shift, scale, eps)
    return torch.addcmul(shift, F.layer_norm(x, x.shape[-1:], eps=eps), 1 + scale)


def self_qkv(x: Tensor, attn) -> tuple[Tensor, Tensor, Tensor]:
    weight = torch.cat([attn.to_q.weight, attn.to_k.weight, attn.to_v.weight])
    return F.linear(x, weight, torch.cat([attn.to_q.bias, attn.to_k.bias, attn.to_v.bias])).chunk(3, -1)


def attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """q, k, v [b, ..., heads, head_dim] over everything between; result [b, n, heads * head_dim]."""
    q, k, v = (x.flatten(1, -3).transpose(1, 2) for x in (q, k, v))
    return F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)


def self_attention_of_all(q: Tensor, k: Tensor, v: Tensor, attn, layout: Layout, tables: tuple) -> Tensor:
    """Each frame [b, f, s, d] sees itself and the finished frames that its group may see. The frames of a group
    are one batch of small full attentions; none looks at what a mask would throw away."""
    own, sinks = tables
    sink_keys = k[:, :SINK].contiguous()
    q, k, v = (x.transpose(0, 1) for x in (rotated_norm(q, attn.norm_q, attn, own), rotated_norm(k, attn.norm_k, attn, own), heads(v, attn)))
    sizes = [here.stop - here.start for _, here, _ in layout.groups]
    frames, parts = [picked(x, 0, layout.finished).unbind() for x in (k, v)], [x.split(sizes) for x in (q, k, v)]
    results = []
    for (time, _, past), queries, *here in zip(layout.groups, *parts):
        before = [[x[i] for i in past] for x in frames]
        if time in sinks:                          # it stands at the edge of the window, wherever that is now
            before[0][:SINK] = rotated_norm(sink_keys, attn.norm_k, attn, sinks[time]).unbind(1)
        both = [torch.cat([torch.cat(x, 1).expand(len(y), -1, -1, -1, -1), y], 2) if x else y for x, y in zip(before, here)]
        y = F.scaled_dot_product_attention(*(x.flatten(0, 1).transpose(1, 2) for x in (queries, *both)))
        results.append(y.transpose(1, 2).flatten(2).unflatten(0, (len(queries), -1)))
    return torch.cat(results).transpose(0, 1)


def cross_attention(x: Tensor, context: tuple[Tensor, Tensor], attn) -> Tensor:
    """x [b, f, s, d] to the text."""
    text, bias = context
    q = heads(rms_norm(attn.to_q(x), attn.norm_q), attn).flatten(1, 2)
    k, v = heads(rms_norm(attn.to_k(text), attn.norm_k), attn), heads(attn.to_v(text), attn)
    bias = bias.expand(-1, attn.heads, q.shape[1], -1)
    y = F.scaled_dot_product_attention(*(part.transpose(1, 2) for part in (q, k, v)), attn_mask=bias)
    return attn.to_out[0](y.transpose(1, 2).flatten(2)).view_as(x)


def block_forward(block, x: Tensor, modulation: Tensor, context: tuple[Tensor, Tensor], self_attention) -> Tensor:
    """x [b, f, s, d], modulation [b, f, 6, d]; `self_attention(q, k, v, attn)` knows the frames or the cache."""
    d = x.shape[-1]
    shift, scale, gate, c_shift, c_scale, c_gate = (block.scale_shift_table + modulation).unsqueeze(3).unbind(2)
    y = self_attention(*self_qkv(modulated_norm(x, shift, scale, block.norm1.eps), block.attn1), block.attn1).view_as(x)
    x = torch.addcmul(x, block.attn1.to_out[0](y), gate)
    x = x + cross_attention(F.layer_norm(x, (d,), block.norm2.weight, block.norm2.bias, block.norm2.eps), context, block.attn2)
    return torch.addcmul(x, block.ffn(modulated_norm(x, c_shift, c_scale, block.norm3.eps)), c_gate)


def head(model, x: Tensor, temb: Tensor) -> Tensor:
    shift, scale = (model.scale_shift_table + temb.unsqueeze(2)).unsqueeze(3).unbind(2)
    return model.proj_out(modulated_norm(x, shift, scale, model.norm_out.eps))


def forward(model, latents: Tensor, timesteps: Tensor, context: tuple[Tensor, Tensor], layout: Layout | None = None,
            block_forward=block_forward) -> Tensor:
    """Velocity [b, z, f, h, w] for latents at per-frame timesteps [b, f]: of the layout's noisy frames, or of all if it has none."""
    _, _, f, h, w = latents.shape
    layout = layout or Layout.causal(f)
    x = patchify(model, latents)
    temb, modulation = time_modulation(model, timesteps)
    tables = rotary(model, layout.times, h, w), {time: rotary(model, list(range(time + 1 - WINDOW, time + 1 - WINDOW + SINK)), h, w)
                                                 for time in set(layout.times) if time >= WINDOW}
    for block in model.blocks:
        x = block_forward(block, x, modulation, context, lambda *qkv: self_attention_of_all(*qkv, layout, tables))
    if layout.noisy:
        x, temb = picked(x, 1, layout.noisy), picked(temb, 1, layout.noisy)
    return unpatchify(model, head(model, x, temb), h, w)


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
        def self_attention(q, k, v, attn):
            q, k, v = heads(rms_norm(q, attn.norm_q), attn), heads(rms_norm(k, attn.norm_k), attn), heads(v, attn)
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
    expected = model(latents, timesteps.repeat_interleave(60 // math.prod(config.TRANSFORMER["patch_size"]), 1), padded).sample
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
    layout = Layout.teacher([1] * 14)
    both = torch.stack([latents, noisy], 3).flatten(2, 3)[:, :, :-2], noisy[:, :, -1:]
    both = forward(model, torch.cat(both, 2), timesteps.repeat_interleave(2, 1)[:, :-1], context, layout)
    mixed = forward(model, torch.cat([latents[:, :, :11], noisy[:, :, 11:12]], 2), timesteps[:, :12], context)
    assert (both[:, :, 11] - mixed[:, :, 11]).abs().max() < 1e-3
    error = (torch.cat(frames, 2) - expected).abs().max() / expected.square().mean().sqrt()
    print(f"frame by frame with the cache: largest difference from the form of all at once {error:.1e} of the rms")
    assert error < 1e-4


if __name__ == "__main__":
    check()
