"""AutoencoderKLWan over a whole clip at once, for training.

diffusers runs the Wan VAE one latent frame at a time with feature caches, which is how it streams. For training the same
arithmetic is done over the whole sequence, with the parameters of the diffusers module itself, so that checkpoints need no
conversion. Tensors are [batch, time, height, width, channels]. The arithmetic follows the dtype of the input: in bfloat16 the
convolutions use the matrix units of CPUs and GPUs that have them, while weights, norms and the loss stay in float32.

    python vae_form.py        compares with diffusers on random weights
"""

import torch
import torch.nn.functional as F
from torch import Tensor


def conv2d(x: Tensor, weight: Tensor, bias: Tensor, stride: int = 1, padding: int = 1) -> Tensor:
    if x.is_cuda and (x.shape[-1] % 8 or weight.shape[0] % 8):       # the matrix units take eight channels at a time
        rows, columns = -weight.shape[0] % 8, -weight.shape[1] % 8
        weight, bias = F.pad(weight, (0, 0, 0, 0, 0, columns, 0, rows)), F.pad(bias, (0, rows))
        return conv2d(F.pad(x, (0, columns)), weight, bias, stride, padding)[..., :bias.shape[0] - rows]
    b, t, h, w, c = x.shape
    y = F.conv2d(x.reshape(b * t, h, w, c).permute(0, 3, 1, 2), weight.to(x.dtype).contiguous(memory_format=torch.channels_last),
                 bias.to(x.dtype), stride=stride, padding=padding)
    y = y.permute(0, 2, 3, 1)
    return y.reshape(b, t, *y.shape[1:])


def linear(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return F.linear(x, weight.to(x.dtype), bias.to(x.dtype))


def pad_time(x: Tensor, frames: int) -> Tensor:
    return torch.cat([x.new_zeros(x.shape[0], frames, *x.shape[2:]), x], 1)


def time_taps(x: Tensor) -> Tensor:
    """Frames t-2, t-1 and t side by side in the channels, zeros before the first frame."""
    x = pad_time(x, 2)
    return torch.cat([x[:, :-2], x[:, 1:-1], x[:, 2:]], -1)


def causal_conv(x: Tensor, conv) -> Tensor:
    o, i, kt, kh, kw = conv.weight.shape
    if kt == 1:
        return linear(x, conv.weight.view(o, i), conv.bias)
    if kh == 1:
        return linear(time_taps(x), conv.weight.transpose(1, 2).reshape(o, kt * i), conv.bias)
    if x.is_cuda:                                  # wide two-dimensional convolutions suit the matrix units better
        return conv2d(time_taps(x), conv.weight.permute(0, 2, 1, 3, 4).reshape(o, kt * i, kh, kw), conv.bias)
    weight = conv.weight.to(x.dtype).contiguous(memory_format=torch.channels_last_3d)
    y = F.conv3d(pad_time(x, 2).permute(0, 4, 1, 2, 3), weight, conv.bias.to(x.dtype), padding=(0, 1, 1))
    return y.permute(0, 2, 3, 4, 1)


def rms_norm(x: Tensor, norm) -> Tensor:
    return F.rms_norm(x, x.shape[-1:], norm.gamma.view(-1).to(x.dtype), 1e-12)


def norm_silu(x: Tensor, norm) -> Tensor:
    if x.is_cuda and x.dtype == torch.bfloat16:
        import fused
        if fused.usable("cuda"):
            return fused.norm_silu(x, norm.gamma.view(-1))
    return F.silu(rms_norm(x, norm))


def res_block(x: Tensor, block) -> Tensor:
    shortcut = x if isinstance(block.conv_shortcut, torch.nn.Identity) else causal_conv(x, block.conv_shortcut)
    h = causal_conv(norm_silu(x, block.norm1), block.conv1)
    return shortcut + causal_conv(norm_silu(h, block.norm2), block.conv2)


def attention(x: Tensor, block) -> Tensor:
    b, t, h, w, c = x.shape
    qkv = linear(rms_norm(x, block.norm), block.to_qkv.weight.view(3 * c, c), block.to_qkv.bias)
    q, k, v = qkv.view(b * t, 1, h * w, 3 * c).chunk(3, -1)
    y = F.scaled_dot_product_attention(q, k, v).view(b, t, h, w, c)
    return x + linear(y, block.proj.weight.view(c, c), block.proj.bias)


def mid_block(x: Tensor, block) -> Tensor:
    return res_block(attention(res_block(x, block.resnets[0]), block.attentions[0]), block.resnets[1])


def average_down(x: Tensor, down) -> Tensor:
    ft, fs = down.factor_t, down.factor_s
    if x.shape[1] % ft:
        x = pad_time(x, ft - x.shape[1] % ft)
    b, t, h, w, c = x.shape
    x = x.view(b, t // ft, ft, h // fs, fs, w // fs, fs, c).permute(0, 1, 3, 5, 7, 2, 4, 6)
    return x.reshape(*x.shape[:4], down.out_channels, down.group_size).mean(-1)


def duplicate_up(x: Tensor, up) -> Tensor:
    ft, fs = up.factor_t, up.factor_s
    b, t, h, w, c = x.shape
    x = x.repeat_interleave(up.repeats, -1).view(b, t, h, w, up.out_channels, ft, fs, fs)
    x = x.permute(0, 1, 5, 2, 6, 3, 7, 4).reshape(b, t * ft, h * fs, w * fs, up.out_channels)
    return x[:, ft - 1:]


def downsample(x: Tensor, resample) -> Tensor:
    x = F.pad(x, (0, 0, 0, 1, 0, 1))
    conv = resample.resample[1]
    x = conv2d(x, conv.weight, conv.bias, stride=2, padding=0)
    if resample.mode == "downsample3d" and x.shape[1] > 1:       # frame 0 passes; then (0 1 2), (2 3 4) ...
        weight = resample.time_conv.weight
        taps = torch.cat([x[:, 0:-2:2], x[:, 1:-1:2], x[:, 2::2]], -1)
        rest = linear(taps, weight.transpose(1, 2).reshape(weight.shape[0], -1), resample.time_conv.bias)
        x = torch.cat([x[:, :1], rest], 1)
    return x


def upsample(x: Tensor, resample) -> Tensor:
    if resample.mode == "upsample3d" and x.shape[1] > 1:         # latent 0 passes; the others become two frames each
        b, t, h, w, c = x.shape
        rest = causal_conv(x[:, 1:], resample.time_conv).view(b, t - 1, h, w, 2, c)
        rest = rest.permute(0, 1, 4, 2, 3, 5).reshape(b, 2 * (t - 1), h, w, c)
        x = torch.cat([x[:, :1], rest], 1)
    b, t, h, w, c = x.shape
    x = x.view(b, t, h, 1, w, 1, c).expand(b, t, h, 2, w, 2, c).reshape(b, t, 2 * h, 2 * w, c)
    return conv2d(x, resample.resample[1].weight, resample.resample[1].bias)


def encode(vae, video: Tensor) -> tuple[Tensor, Tensor]:
    """Video [b, 3, t, h, w] in -1..1 to mean and log variance [b, z, t', h/16, w/16]."""
    b, c, t, h, w = video.shape
    p = vae.config.patch_size
    x = video.view(b, c, t, h // p, p, w // p, p).permute(0, 2, 3, 5, 1, 6, 4).reshape(b, t, h // p, w // p, c * p * p)
    encoder = vae.encoder
    x = causal_conv(x, encoder.conv_in)
    for block in encoder.down_blocks:
        shortcut = average_down(x, block.avg_shortcut)
        for resnet in block.resnets:
            x = res_block(x, resnet)
        if block.downsampler is not None:
            x = downsample(x, block.downsampler)
        x = x + shortcut
    x = mid_block(x, encoder.mid_block)
    x = causal_conv(norm_silu(x, encoder.norm_out), encoder.conv_out)
    x = causal_conv(x, vae.quant_conv).permute(0, 4, 1, 2, 3)
    mean, log_variance = x.chunk(2, 1)
    return mean, log_variance.clamp(-30, 20)


def decode(vae, latents: Tensor) -> Tensor:
    """Latents (not normalised) to video in about -1..1, not clamped."""
    decoder, p = vae.decoder, vae.config.patch_size
    x = causal_conv(latents.permute(0, 2, 3, 4, 1), vae.post_quant_conv)
    x = mid_block(causal_conv(x, decoder.conv_in), decoder.mid_block)
    for block in decoder.up_blocks:
        shortcut = duplicate_up(x, block.avg_shortcut) if block.avg_shortcut is not None else None
        for resnet in block.resnets:
            x = res_block(x, resnet)
        if block.upsampler is not None:
            x = upsample(x, block.upsampler)
        if shortcut is not None:
            x = x + shortcut
    x = causal_conv(norm_silu(x, decoder.norm_out), decoder.conv_out)
    b, t, h, w, c = x.shape
    return x.view(b, t, h, w, c // (p * p), p, p).permute(0, 4, 1, 2, 6, 3, 5).reshape(b, c // (p * p), t, h * p, w * p)


def check() -> None:
    from diffusers import AutoencoderKLWan
    import config
    torch.manual_seed(0)
    vae = AutoencoderKLWan(**config.VAE, latents_mean=[0.0] * config.VAE["z_dim"], latents_std=[1.0] * config.VAE["z_dim"])
    for p in vae.parameters():
        torch.nn.init.normal_(p, std=0.3 if p.dim() < 4 else 1.2 / p[0].numel() ** 0.5)
    with torch.no_grad():
        for frames, height, width in ((17, 64, 96), (1, 64, 32), (9, 32, 64)):
            video = torch.rand(2, 3, frames, height, width) * 2 - 1
            expected = vae.encode(video).latent_dist
            mean, log_variance = encode(vae, video)
            clip = decode(vae, mean).clamp(-1, 1)
            error = max((mean - expected.mean).abs().max().item(), (clip - vae.decode(mean).sample).abs().max().item(),
                        (log_variance - expected.logvar).abs().max().item())
            print(f"VAE {frames}x{height}x{width}: largest difference from diffusers {error:.1e}")
            assert error < 1e-4


if __name__ == "__main__":
    check()
