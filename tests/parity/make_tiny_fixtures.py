"""Fixtures of the tiny decoders: small random ones in the published layouts, their latents and what comes out (of stills by diffusers). Run from the repository:

    python tests/parity/make_tiny_fixtures.py [TAEHV_CHECKOUT]

The network is written down here once more, from its description (github.com/madebyollin/taehv, taehv.py); with a checkout of that
repository it is compared with the original, at the published widths, before anything is written to tests/parity/fixtures/tiny.
"""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from diffusers import AutoencoderTiny
from safetensors.torch import save_file

TARGET = Path(__file__).parent / "fixtures" / "tiny"


def memory_block(weights: dict, name: str, x: torch.Tensor) -> torch.Tensor:
    past = torch.cat([torch.zeros_like(x[:1]), x[:-1]])
    y = torch.cat([x, past], 1)
    for layer in (0, 2, 4):
        y = F.conv2d(y, weights[f"{name}.conv.{layer}.weight"], weights[f"{name}.conv.{layer}.bias"], padding=1)
        y = F.relu(y) if layer < 4 else y
    return F.relu(y + x)


def decode(weights: dict, latents: torch.Tensor, growth: tuple[int, int, int]) -> torch.Tensor:
    """[T, C, h, w] -> [frames, 3, H, W] in 0..1."""
    def conv(x, place):
        return F.conv2d(x, weights[f"decoder.{place}.weight"], weights.get(f"decoder.{place}.bias"), padding=1)

    x = F.relu(conv(torch.tanh(latents / 3) * 3, 1))
    for step, grown in enumerate(growth):
        first = 3 + 6 * step
        for place in range(first, first + 3):
            x = memory_block(weights, f"decoder.{place}", x)
        x = F.interpolate(x, scale_factor=2.0)
        width = x.shape[1]
        x = F.conv2d(x, weights[f"decoder.{first + 4}.conv.weight"][-width * grown:])
        x = x.reshape(-1, width, *x.shape[2:])
        x = conv(x, first + 5)
    x = conv(F.relu(x), 22)
    patch = round((x.shape[1] / 3) ** 0.5)
    frames = F.pixel_shuffle(x, patch).clamp(0, 1)
    return frames[growth[0] * growth[1] * growth[2] - 1:]


def random_weights(channels: int, patch: int, stored: tuple[int, int, int], seed: int) -> dict:
    generator = torch.Generator().manual_seed(seed)

    def tensor(*shape, gain=1.6):
        fan_in = torch.tensor(shape[1:]).prod().item() if len(shape) > 1 else 1
        return torch.randn(shape, generator=generator) * (gain / fan_in ** 0.5 if len(shape) > 1 else 0.2)

    widths = [12, 10, 8, 6]
    weights = {"decoder.1.weight": tensor(widths[0], channels, 3, 3), "decoder.1.bias": tensor(widths[0])}
    for step in range(3):
        first, width = 3 + 6 * step, widths[step]
        for place in range(first, first + 3):
            for layer, fan_in in ((0, 2 * width), (2, width), (4, width)):
                weights[f"decoder.{place}.conv.{layer}.weight"] = tensor(width, fan_in, 3, 3, gain=1.0)
                weights[f"decoder.{place}.conv.{layer}.bias"] = tensor(width)
        weights[f"decoder.{first + 4}.conv.weight"] = tensor(width * stored[step], width, 1, 1)
        weights[f"decoder.{first + 5}.weight"] = tensor(widths[step + 1], width, 3, 3)
    weights["decoder.22.weight"] = tensor(3 * patch ** 2, widths[3], 3, 3, gain=0.07)
    weights["decoder.22.bias"] = tensor(3 * patch ** 2) + 0.5
    weights["encoder.0.weight"] = tensor(2, 3, 3, 3)  # published files hold both halves
    return weights


def compare_with_original(checkout: Path) -> None:
    sys.path.insert(0, str(checkout))
    from taehv import TAEHV
    for name, channels, patch in (("taew2_1", 16, 1), ("taew2_2", 48, 2)):
        torch.manual_seed(1)
        original = TAEHV(None, patch_size=patch, latent_channels=channels)
        weights = original.state_dict()
        latents = torch.randn(3, original.latent_channels, 4, 6, generator=torch.Generator().manual_seed(1))
        with torch.no_grad():
            wanted = original.decode_video(latents[None], show_progress_bar=False)[0]
        worst = (decode(weights, latents, (1, 2, 2)) - wanted).abs().max().item()
        print(f"{name}: {len(wanted)} frames, differs by at most {worst:.1e}")
        assert worst < 1e-5


def still() -> None:
    torch.manual_seed(4)
    tiny = AutoencoderTiny(latent_channels=4, encoder_block_out_channels=(6, 6, 6), decoder_block_out_channels=(10, 10, 10), num_encoder_blocks=(1, 1, 1), num_decoder_blocks=(2, 1, 1)).eval()
    with torch.no_grad():
        for name, tensor in tiny.state_dict().items():
            fan_in = tensor[0].numel() if tensor.ndim > 1 else 1
            tensor.copy_(torch.randn(tensor.shape) * (1.5 / fan_in ** 0.5 if tensor.ndim > 1 else 0.2))
        last = max((n for n in tiny.state_dict() if n.startswith("decoder.")), key=lambda n: int(n.split(".")[2]))
        prefix = last.rsplit(".", 1)[0]
        tiny.state_dict()[prefix + ".weight"].mul_(0.06)
        tiny.state_dict()[prefix + ".bias"].add_(0.5)
        latents = 2 * torch.randn(2, 4, 5, 6)
        frames = (tiny.decode(latents).sample / 2 + 0.5).clamp(0, 1)
    spread = frames.flatten().sort().values
    print(f"still: {tuple(frames.shape)}, deciles {[round(spread[int(len(spread) * q / 10)].item(), 2) for q in range(1, 10)]}")
    tiny.save_pretrained(TARGET / "still")
    save_file({"latents": latents, "frames": (frames * 255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous()}, TARGET / "still" / "trace.safetensors")


def main() -> None:
    still()
    if len(sys.argv) > 1:
        compare_with_original(Path(sys.argv[1]))
    for name, channels, patch, stored, growth, seed in (("plain", 4, 1, (1, 2, 2), (1, 2, 2), 1), ("patched", 5, 2, (2, 2, 2), (1, 2, 2), 2), ("eight", 3, 1, (2, 2, 2), (2, 2, 2), 3)):
        folder = TARGET / name
        folder.mkdir(parents=True, exist_ok=True)
        weights = random_weights(channels, patch, stored, seed)
        latents = 2 * torch.randn(3, channels, 2, 3, generator=torch.Generator().manual_seed(seed + 10))
        frames = decode(weights, latents, growth)
        spread = frames.flatten().sort().values
        print(f"{name}: {tuple(frames.shape)}, deciles {[round(spread[int(len(spread) * q / 10)].item(), 2) for q in range(1, 10)]}")
        save_file({k: v.contiguous() for k, v in weights.items()}, folder / "diffusion_pytorch_model.safetensors")
        save_file({"latents": latents, "frames": (frames * 255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous()}, folder / "trace.safetensors")


if __name__ == "__main__":
    main()
