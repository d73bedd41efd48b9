"""Small AutoencoderKLWan checkpoints of diffusers 0.42 with traces, for tests/parity/vae_parity_test.cpp. Run from the repository:

    python tests/parity/make_vae_fixtures.py

Writes tests/parity/fixtures/vae/<case>/{config.json, diffusion_pytorch_model.safetensors, trace.safetensors, tiled.safetensors}.
tiled.safetensors holds latents of a larger clip and every 7th byte of it, decoded in tiles by enable_tiling() of four latents a
side, three apart (metadata: the tiles in pixels), as the pipeline turns them into bytes. A trace holds,
channels last where ours are, [frames, height, width, channels]:
    video, mean                      bytes of what was encoded, and the mode of its latents (not normalised, [1, z, t, h, w])
    encode.<piece>.<stage>           what came out of the encoder's stages, piece by piece
    latents, bytes                   normalised latents [1, z, t, h, w], and the bytes of the clip decoded from them
    decode.<piece>.<stage>
    mean64, decoded64                the same in double precision, every 13th value
and in its metadata bf16_mean and bf16_decoded: root mean square error of diffusers' own run in bfloat16.
Weights are drawn so that no mistake hides: norm gains far from 1, biases far from 0, attention far from uniform. The large
biases also keep features away from length 0, where the norms blow up differences of rounding until diffusers itself
is 1e-5 away from its run in double precision. The numbers are ones that bfloat16 holds, and stored so.
"""

import hashlib
from pathlib import Path

import torch
from diffusers import AutoencoderKLWan
from diffusers.models.autoencoders.autoencoder_kl_wan import WanUpsample
from diffusers.utils import logging
from safetensors.torch import save_file

ROOT = Path(__file__).parent / "fixtures" / "vae"

# Wan 2.1 and Wan 2.2, with patterns of time, depths and channel ratios that differ from case to case.
CASES = {
    "wan21": dict(
        config=dict(base_dim=4, z_dim=4, dim_mult=[1, 2, 2, 2], num_res_blocks=1, temperal_downsample=[False, True, True]),
        size=(16, 24), latent_frames=4,
    ),
    "wan21_deep": dict(
        config=dict(base_dim=4, z_dim=3, dim_mult=[1, 2, 2], num_res_blocks=2, temperal_downsample=[True, False],
                    scale_factor_temporal=2, scale_factor_spatial=4),
        size=(12, 20), latent_frames=4,
    ),
    "wan22": dict(
        config=dict(base_dim=4, decoder_base_dim=6, z_dim=5, dim_mult=[1, 2, 2, 2], num_res_blocks=1,
                    temperal_downsample=[False, True, True], is_residual=True, in_channels=12, out_channels=12, patch_size=2,
                    scale_factor_temporal=4, scale_factor_spatial=16),
        size=(32, 48), latent_frames=3,
    ),
    "wan22_deep": dict(
        config=dict(base_dim=4, decoder_base_dim=4, z_dim=3, dim_mult=[1, 2, 2], num_res_blocks=2,
                    temperal_downsample=[True, True], is_residual=True, in_channels=12, out_channels=12, patch_size=2,
                    scale_factor_temporal=4, scale_factor_spatial=8),
        size=(16, 24), latent_frames=3,
    ),
}


def draw(name: str, shape: torch.Size) -> torch.Tensor:
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "little")
    noise = torch.randn(shape, generator=torch.Generator().manual_seed(seed))
    if name.endswith("gamma"):
        return (1 + 0.3 * noise).bfloat16().float()
    if name.endswith("bias"):
        return (0.7 * noise).bfloat16().float()
    weight = noise / shape[1:].numel() ** 0.5
    return (weight * 3 if "to_qkv" in name else weight).bfloat16().float()


def build(config: dict) -> AutoencoderKLWan:
    z = torch.randn(2, config["z_dim"], generator=torch.Generator().manual_seed(5))
    vae = AutoencoderKLWan(**config, latents_mean=(0.5 * z[0]).tolist(), latents_std=(1 + 0.3 * z[1]).abs().tolist())
    vae.load_state_dict({name: draw(name, tensor.shape) for name, tensor in vae.state_dict().items()})
    return vae.eval()


def channels_last(x: torch.Tensor) -> torch.Tensor:
    return x[0].permute(1, 2, 3, 0)


class Stages:
    """Remembers what comes out of named modules, once a piece of the clip."""

    def __init__(self, kind: str, modules: dict[str, torch.nn.Module]):
        self.tensors, self.kind, self.calls = {}, kind, {}
        self.hooks = [module.register_forward_hook(self.hook(name)) for name, module in modules.items()]

    def hook(self, name: str):
        def keep(module, inputs, output):
            piece = self.calls.setdefault(name, 0)
            self.calls[name] += 1
            self.tensors[f"{self.kind}.{piece}.{name}"] = channels_last(output)
        return keep

    def done(self) -> dict[str, torch.Tensor]:
        for hook in self.hooks:
            hook.remove()
        return self.tensors


def encoder_stages(vae: AutoencoderKLWan) -> dict[str, torch.nn.Module]:
    encoder, config = vae.encoder, vae.config
    stages = {"conv_in": encoder.conv_in, "mid_block": encoder.mid_block, "conv_out": encoder.conv_out}
    for level in range(len(config.dim_mult)):
        last = (level + 1) * (config.num_res_blocks + 1) - 1     # of the flat list of Wan 2.1
        index = level if config.is_residual else min(last, len(encoder.down_blocks) - 1)
        stages[f"down_blocks.{level}"] = encoder.down_blocks[index]
    return stages


def decoder_stages(vae: AutoencoderKLWan) -> dict[str, torch.nn.Module]:
    decoder = vae.decoder
    stages = {"conv_in": decoder.conv_in, "mid_block": decoder.mid_block, "conv_out": decoder.conv_out}
    return stages | {f"up_blocks.{i}": block for i, block in enumerate(decoder.up_blocks)}


def denormalise(vae: AutoencoderKLWan, latents: torch.Tensor) -> torch.Tensor:
    """As the Wan pipeline does."""
    shape = (1, vae.config.z_dim, 1, 1, 1)
    wide = torch.promote_types(latents.dtype, torch.float32)
    mean = torch.tensor(vae.config.latents_mean, dtype=wide).view(shape).to(latents.dtype)
    std = (1.0 / torch.tensor(vae.config.latents_std, dtype=wide)).view(shape).to(latents.dtype)
    return latents / std + mean


def bytes_of(clip: torch.Tensor) -> torch.Tensor:
    return (channels_last(clip) * 0.5 + 0.5).clamp(0, 1).mul(255).round().to(torch.uint8)


def pixels_of(video: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    return (video.to(dtype) / 127.5 - 1).permute(3, 0, 1, 2)[None].contiguous()


@torch.no_grad()
def trace(vae: AutoencoderKLWan, size: tuple[int, int], latent_frames: int) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    height, width = size
    stride = 2 ** sum(vae.config.temperal_downsample)
    pieces = latent_frames if stride == 4 else 3                 # the encoder takes 1, 4, 4 ... frames whatever the stride
    generator = torch.Generator().manual_seed(11)
    video = torch.randint(0, 256, (4 * (pieces - 1) + 1, height, width, 3), dtype=torch.uint8, generator=generator)
    factor = vae.config.scale_factor_spatial
    latents = torch.randn(1, vae.config.z_dim, latent_frames, height // factor, width // factor, generator=generator)

    stages = Stages("encode", encoder_stages(vae))
    mean = vae.encode(pixels_of(video, torch.float32)).latent_dist.mode()
    tensors = stages.done()
    stages = Stages("decode", decoder_stages(vae))
    decoded = vae.decode(denormalise(vae, latents)).sample
    tensors |= stages.done()
    tensors = {name: tensor for name, tensor in tensors.items() if keeps(name, tensor, latent_frames)}
    tensors |= dict(video=video, mean=mean, latents=latents, bytes=bytes_of(decoded))

    WanUpsample.forward = torch.nn.Upsample.forward              # the class rounds to float32 on the way
    double = build_like(vae, torch.float64)
    tensors["mean64"] = double.encode(pixels_of(video, torch.float64)).latent_dist.mode().flatten()[::13]
    tensors["decoded64"] = channels_last(double.decode(denormalise(vae, latents.double())).sample).flatten()[::13]

    half = build_like(vae, torch.bfloat16)
    mean16 = half.encode(pixels_of(video, torch.float32).bfloat16()).latent_dist.mode()
    decoded16 = half.decode(denormalise(vae, latents.bfloat16())).sample
    metadata = dict(bf16_mean=rms(mean16 - mean), bf16_decoded=rms(decoded16 - decoded))
    return {name: tensor.contiguous() for name, tensor in tensors.items()}, metadata


@torch.no_grad()
def tiled(vae: AutoencoderKLWan) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    factor = vae.config.scale_factor_spatial
    latents = torch.randn(1, vae.config.z_dim, 2, 7, 8, generator=torch.Generator().manual_seed(12))
    other = build_like(vae, torch.float32)
    side, stride = 4 * factor, 3 * factor
    other.enable_tiling(side, side, stride, stride)
    clip = other.decode(denormalise(vae, latents)).sample
    return dict(latents=latents, bytes=bytes_of(clip).flatten()[::7].contiguous()), dict(side=str(side), stride=str(stride))


def keeps(name: str, tensor: torch.Tensor, latent_frames: int) -> bool:
    """All of the last stage; of the small others the first and the last piece: those between differ in nothing new."""
    _, piece, stage = name.split(".", 2)
    return stage == "conv_out" or (int(piece) in (0, latent_frames - 1) and tensor.numel() <= 2500)


def rms(x: torch.Tensor) -> str:
    return str(x.double().square().mean().sqrt().item())


def build_like(vae: AutoencoderKLWan, dtype: torch.dtype) -> AutoencoderKLWan:
    other = AutoencoderKLWan.from_config(vae.config)
    other.load_state_dict(vae.state_dict())
    return other.to(dtype).eval()


def save_tiled(vae: AutoencoderKLWan, folder: Path) -> None:
    tensors, metadata = tiled(vae)
    save_file(tensors, folder / "tiled.safetensors", metadata)


def main() -> None:
    logging.set_verbosity_error()                                # it warns that nothing needs float32
    total = 0
    for name, case in CASES.items():
        vae = build(case["config"])
        folder = ROOT / name
        build_like(vae, torch.bfloat16).save_pretrained(folder)
        tensors, metadata = trace(vae, case["size"], case["latent_frames"])
        save_file(tensors, folder / "trace.safetensors", metadata)
        save_tiled(vae, folder)
        for file in folder.iterdir():
            file.chmod(0o644)
            total += file.stat().st_size
        print(f"{name}: {len(tensors)} tensors,", {f.name: f.stat().st_size for f in folder.iterdir()})
    print(f"{total} bytes")


if __name__ == "__main__":
    main()
