"""Tiny LTX-Video pipelines and what diffusers 0.42 makes of them. Run from the repository:

    python tests/parity/make_ltx_fixtures.py                       all
    python tests/parity/make_ltx_fixtures.py ltx095/ends ...       these runs alone, the directories stay

Writes tests/parity/fixtures/ltx/<name>/: a pipeline directory as save_pretrained lays it out, and beside it
  transformer.safetensors  one forward: fp32, float64 and bf16
  vae.safetensors          a clip decoded in one piece: fp32 and float64; and the noise's seed
  tiled.safetensors        a clip decoded in tiles
  <run>.safetensors        whole runs: embeddings, latents after every step, frames; the settings are in the metadata
"""

import json
import shutil
import sys
from pathlib import Path

import torch
from diffusers import AutoencoderKLLTXVideo, FlowMatchEulerDiscreteScheduler, LTXConditionPipeline, LTXImageToVideoPipeline, LTXPipeline, LTXVideoTransformer3DModel
from diffusers.models.autoencoders import autoencoder_kl_ltx
from diffusers.models.normalization import RMSNorm
from diffusers.pipelines.ltx.pipeline_ltx_condition import LTXVideoCondition
from diffusers.utils import logging
from PIL import Image
from safetensors.torch import save_file
from transformers import PreTrainedTokenizerFast, T5Config, T5EncoderModel

import make_wan_fixtures

ROOT = Path(__file__).parent / "fixtures"
TOKENIZER = ROOT / "text" / "bytes"
TEXT = make_wan_fixtures.TEXT
SHIFTING = dict(use_dynamic_shifting=True, base_shift=0.95, max_shift=2.05, base_image_seq_len=4, max_image_seq_len=64, shift_terminal=0.1)

# Channels are few and different; the number of levels, what they scale and what is on is the published models'.
CASES = {
    "ltx090": dict(
        heads=(2, 10), layers=2, pipeline=LTXPipeline, scheduler=SHIFTING,
        vae=dict(latent_channels=8, block_out_channels=(4, 6, 8, 8), decoder_block_out_channels=(12, 14, 16, 16),
                 layers_per_block=(1, 1, 1, 1, 2), decoder_layers_per_block=(2, 1, 1, 1, 1)),
        runs={
            "plain": dict(prompt="a red ball bounces over the sea", negative="static, blurred", size=(96, 64), frames=25, steps=4,
                          guidance=3.0, seed=7, fps=25),
            "long": dict(prompt="the cat walks over the red sea " * 40, negative="", size=(64, 128), frames=9, steps=3, guidance=1.0,
                         seed=8, fps=12),
            "picture": dict(prompt="a cat", negative="dog", size=(96, 64), frames=17, steps=3, guidance=2.0, seed=12, fps=25, given=1),
            "still": dict(prompt="", negative="a cat", size=(64, 64), frames=1, steps=2, guidance=2.0, seed=9, fps=24),
        }),
    "ltx091": dict(
        heads=(3, 8), layers=1, pipeline=LTXPipeline, scheduler=SHIFTING, decode_timestep=0.05, decode_noise_scale=0.025,
        vae=dict(latent_channels=8, block_out_channels=(4, 6, 8, 8), decoder_block_out_channels=(8, 16, 32), layers_per_block=(1, 1, 1, 1, 1),
                 decoder_layers_per_block=(1, 2, 1, 2), decoder_spatio_temporal_scaling=(True, True, True),
                 decoder_inject_noise=(True, True, True, False), upsample_residual=(True, True, True), upsample_factor=(2, 2, 2),
                 timestep_conditioning=True),
        runs={"plain": dict(prompt="a blue flower opens", negative="worst quality", size=(64, 96), frames=17, steps=3, guidance=2.5, seed=3,
                            fps=25)}),
    "ltx095": dict(
        heads=(2, 14), layers=2, pipeline=LTXConditionPipeline, scheduler={}, decode_timestep=0.05, decode_noise_scale=0.025,
        vae=dict(latent_channels=8, block_out_channels=(4, 4, 8, 8, 8), down_block_types=("LTXVideo095DownBlock3D",) * 4,
                 decoder_block_out_channels=(8, 16, 32), layers_per_block=(1, 1, 1, 1, 1), decoder_layers_per_block=(1, 1, 1, 1),
                 spatio_temporal_scaling=(True,) * 4, decoder_spatio_temporal_scaling=(True, True, True),
                 decoder_inject_noise=(False,) * 4, downsample_type=("spatial", "temporal", "spatiotemporal", "spatiotemporal"),
                 upsample_residual=(True, True, True), upsample_factor=(2, 2, 2), timestep_conditioning=True, spatial_compression_ratio=32,
                 temporal_compression_ratio=8),
        runs={"plain": dict(prompt="night over the sea", negative="dark", size=(96, 64), frames=17, steps=5, guidance=3.0, seed=4, fps=30),
              "picture": dict(prompt="the sea", negative="", size=(96, 64), frames=17, steps=3, guidance=1.0, seed=5, fps=25, given=1),
              "clip": dict(prompt="the sea", negative="night", size=(64, 64), frames=25, steps=4, guidance=2.0, seed=6, fps=24, given=9),
              "ends": dict(prompt="a cat", negative="night", size=(96, 64), frames=17, steps=3, guidance=2.0, seed=13, fps=25, last=1),
              "between": dict(prompt="a cat", negative="", size=(64, 96), frames=25, steps=4, guidance=1.0, seed=14, fps=25, given=1, last=1),
              "keyframes": dict(prompt="the sea", negative="", size=(64, 96), frames=25, steps=4, guidance=1.0, seed=15, fps=25, given=1, last=1,
                                within=[5, 16]),
              "within": dict(prompt="a dog", negative="night", size=(96, 64), frames=17, steps=3, guidance=2.0, seed=16, fps=25, within=[8])}),
}


def build_transformer(case: dict, salt: str) -> LTXVideoTransformer3DModel:
    heads, head_dim = case["heads"]
    return make_wan_fixtures.reinitialise(LTXVideoTransformer3DModel(
        in_channels=8, out_channels=8, num_attention_heads=heads, attention_head_dim=head_dim, cross_attention_dim=heads * head_dim,
        num_layers=case["layers"], caption_channels=TEXT["d_model"]), salt)


def build_vae(case: dict, salt: str) -> AutoencoderKLLTXVideo:
    vae = make_wan_fixtures.reinitialise(AutoencoderKLLTXVideo(**case["vae"]), salt)
    generator = torch.Generator().manual_seed(11)
    vae.latents_mean.copy_((0.3 * torch.randn(8, generator=generator)).bfloat16())
    vae.latents_std.copy_((1 + 0.2 * torch.rand(8, generator=generator)).bfloat16())
    for name, parameter in vae.named_parameters():
        if "per_channel_scale" in name:
            parameter.data.copy_((0.3 * torch.randn(parameter.shape, generator=generator)).bfloat16())
        if name.endswith("timestep_scale_multiplier"):
            parameter.data.fill_(1000.0)
        if ".conv_out.conv." in name:              # pixels of all levels, few of them cut
            parameter.data.mul_(0.5)
    return vae


def build_pipeline(name: str, case: dict):
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(TOKENIZER / "tokenizer.json"), pad_token="<pad>", eos_token="</s>",
                                        unk_token="<unk>", model_max_length=128, extra_ids=0)
    text = T5EncoderModel(T5Config(vocab_size=len(tokenizer), **TEXT))
    return case["pipeline"](
        tokenizer=tokenizer, text_encoder=make_wan_fixtures.reinitialise(text, name + ".text"), vae=build_vae(case, name + ".vae"),
        scheduler=FlowMatchEulerDiscreteScheduler(**case["scheduler"]), transformer=build_transformer(case, name))


class NoiseOf:
    """The decoder's own noise comes from the process's generator in diffusers; here from the run's."""

    def __init__(self, generator: torch.Generator):
        self.generator = generator

    def __enter__(self):
        self.plain = torch.randn
        autoencoder_kl_ltx.torch.randn = lambda *size, generator=None, **kw: self.plain(*size, generator=self.generator, **kw)

    def __exit__(self, *_):
        autoencoder_kl_ltx.torch.randn = self.plain


def run(pipe, case: dict, prompt: str, negative: str, size: tuple[int, int], frames: int, steps: int, guidance: float, seed: int, fps: int, given: int = 0,
        last: int = 0, within: list[int] = []):
    result, start = {}, {}
    later = [*within, *[frames - 1] * last]        # pictures that stand at frames further on
    if given + len(later):
        noise = torch.rand(given + len(later), 3, size[1] // 8, size[0] // 8, generator=torch.Generator().manual_seed(21))
        levels = torch.nn.functional.interpolate(noise, (size[1], size[0]), mode="bilinear").mul(255).round().byte().permute(0, 2, 3, 1)
        pictures = [Image.fromarray(picture.numpy()) for picture in levels]
        result["pictures"] = levels
        if case["pipeline"] is LTXPipeline:
            pipe = LTXImageToVideoPipeline(**pipe.components)
            pipe.set_progress_bar_config(disable=True)
        if later:
            places = [0] * given + later
            start = dict(conditions=[LTXVideoCondition(image=picture, frame_index=place) for picture, place in zip(pictures, places)])
        else:
            start = dict(video=[pictures]) if given > 1 else dict(image=pictures[0])
    shape = ((frames - 1) // 8 + 1, size[1] // 32, size[0] // 32)

    def keep(_, step, timestep, tensors):
        result[f"latents.{step}"] = pipe._unpack_latents(tensors["latents"][:, len(later) * shape[1] * shape[2]:], *shape).clone()
        return {}

    embeds, mask, negatives, negative_mask = pipe.encode_prompt(prompt, negative, guidance > 1)
    result["prompt_embeds"] = embeds[:, :int(mask.sum())]
    if guidance > 1:
        result["negative_embeds"] = negatives[:, :int(negative_mask.sum())]
    generator = torch.Generator("cpu").manual_seed(seed)
    decoding = {k: case[k] for k in ("decode_timestep", "decode_noise_scale") if k in case}
    plain_decode = pipe.vae.decode

    def decode(*arguments, **named):               # the pipeline's own noise is drawn before
        with NoiseOf(generator):
            return plain_decode(*arguments, **named)

    pipe.vae.decode = decode
    video = pipe(prompt=prompt, negative_prompt=negative, width=size[0], height=size[1], num_frames=frames, num_inference_steps=steps,
                 guidance_scale=guidance, frame_rate=fps, generator=generator, output_type="pt", callback_on_step_end=keep, **decoding, **start).frames
    pipe.vae.decode = plain_decode
    result["frames"] = (video[0] * 255).round().byte().permute(0, 2, 3, 1)
    return result


class Wide:
    """While the float64 model runs, .float() means .double()."""

    def __enter__(self):
        self.narrow = torch.Tensor.float
        torch.Tensor.float = torch.Tensor.double

    def __exit__(self, *_):
        torch.Tensor.float = self.narrow


def exact_norms(model: torch.nn.Module) -> torch.nn.Module:
    """The norms of diffusers compute in float32 whatever the model's type; these don't."""
    for name, module in list(model.named_modules()):
        if isinstance(module, RMSNorm) and not module.elementwise_affine:
            parent = model.get_submodule(name.rpartition(".")[0])
            setattr(parent, name.rpartition(".")[2], ExactNorm(module.eps))
    return model


class ExactNorm(torch.nn.Module):
    def __init__(self, eps: float):
        super().__init__()
        self.eps = eps

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps)


def trace_transformer(directory: Path, model: LTXVideoTransformer3DModel) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    latents = torch.randn(1, 8, 3, 2, 3, generator=generator)
    text = torch.randn(2, 9, TEXT["d_model"], generator=generator)
    mask = torch.ones(2, 9)
    mask[1, 5:] = 0
    timestep = torch.tensor([937.4062])
    per_frame = torch.tensor([0.0, 412.5, 937.4062])
    packed = LTXPipeline._pack_latents(latents).repeat(2, 1, 1)
    scale = (8 / 12, 32, 32)

    def forward(network, dtype, t):
        out = network(packed.to(dtype), text.to(dtype), t, mask, 3, 2, 3, rope_interpolation_scale=scale, return_dict=False)[0]
        return LTXPipeline._unpack_latents(out, 3, 2, 3)

    trace = {"latents": latents, "text": text, "timestep": timestep, "per_frame": per_frame}
    trace["out"] = forward(model, torch.float32, timestep.expand(2))
    trace["out_per_frame"] = forward(model, torch.float32, per_frame.repeat_interleave(6)[None].expand(2, -1))
    trace["cos"], trace["sin"] = (t[0] for t in model.rope(packed, 3, 2, 3, rope_interpolation_scale=scale))
    bf16 = LTXVideoTransformer3DModel.from_pretrained(directory / "transformer", torch_dtype=torch.bfloat16).eval()
    trace["out_bf16"] = forward(bf16, torch.bfloat16, timestep.expand(2))
    exact = LTXVideoTransformer3DModel(**{k: v for k, v in model.config.items() if not k.startswith("_")}).eval()
    exact.load_state_dict(model.state_dict())
    exact_norms(exact).double()
    exact.time_embed.emb.time_proj = make_wan_fixtures.WideFloat(exact.time_embed.emb.time_proj)
    with Wide():
        trace["out_f64"] = forward(exact, torch.float64, timestep.expand(2))
    return trace


def trace_vae(vae: AutoencoderKLLTXVideo) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    z = torch.randn(1, 8, 3, 2, 3, generator=torch.Generator().manual_seed(2))
    temb = torch.tensor([0.05]) if vae.config.timestep_conditioning else None
    trace = {"z": z}
    for name, network, latents in (("decoded", vae, z), ("decoded_first", vae, z[:, :, :1])):
        with NoiseOf(torch.Generator().manual_seed(5)):
            trace[name] = network.decode(latents, temb).sample[..., ::2, ::3]
    if not any(vae.config.decoder_inject_noise):
        exact = AutoencoderKLLTXVideo(**{k: v for k, v in vae.config.items() if not k.startswith("_")}).eval()
        exact.load_state_dict(vae.state_dict())
        exact_norms(exact).double()
        for name, module in exact.decoder.named_modules():
            if name.endswith("time_proj"):
                parent = exact.decoder.get_submodule(name.rpartition(".")[0])
                parent.time_proj = make_wan_fixtures.WideFloat(module)
        with Wide():
            wide = exact.decode(z.double(), None if temb is None else temb.double()).sample
        print("float32 is off by", float((trace["decoded"] - wide[..., ::2, ::3]).abs().max() / wide.std()))
        trace["decoded64"] = wide.flatten()[::13].clone()
    video = torch.randn(1, 3, 17, 64, 96, generator=torch.Generator().manual_seed(3)).clamp(-2, 2) / 2
    levels = ((video + 1) * 127.5).round().byte()
    trace["video"] = levels[0].permute(1, 2, 3, 0)
    distribution = vae.encode(levels.float() / 127.5 - 1).latent_dist
    trace["mean"], trace["std"] = distribution.mean, distribution.std[:, :1]
    return trace


def write_tiled(pipe, name: str) -> None:
    """Every 7th byte of a clip in tiles of two latents a side, one apart, and its normalised latents."""
    vae, generator = pipe.vae, torch.Generator().manual_seed(9)
    latents = torch.randn(1, 8, 2, 3, 3, generator=torch.Generator().manual_seed(8))
    z = pipe._denormalize_latents(latents, vae.latents_mean, vae.latents_std, vae.config.scaling_factor)
    temb = None
    if vae.config.timestep_conditioning:
        temb = torch.tensor([CASES[name]["decode_timestep"]])
        share = CASES[name]["decode_noise_scale"]
        z = (1 - share) * z + share * torch.randn(z.shape, generator=generator)
    vae.enable_tiling(64, 64, None, 32, 32)
    with NoiseOf(generator):
        clip = vae.decode(z, temb).sample
    vae.disable_tiling()
    levels = ((clip[0] / 2 + 0.5).clamp(0, 1) * 255).round().byte().permute(1, 2, 3, 0)
    save_file({"latents": latents, "bytes": levels.flatten()[::7].contiguous()}, ROOT / "ltx" / name / "tiled.safetensors")
    print(name, "tiled", tuple(levels.shape), "std", float(levels.float().std()))


def write_run(pipe, name: str, run_name: str, settings: dict) -> None:
    tensors = run(pipe, CASES[name], **settings)
    kept = {k: v for k, v in tensors.items() if not k.startswith("latents.") or k.endswith(("." + str(settings["steps"] - 1), ".0"))}
    save_file({k: v.contiguous() for k, v in kept.items()}, ROOT / "ltx" / name / f"{run_name}.safetensors", metadata={"settings": json.dumps(settings)})
    print(name, run_name, "frames", tuple(tensors["frames"].shape), "std", float(tensors["frames"].float().std()))


def write_runs(names: list[str]) -> None:
    for name, run_name in (wanted.split("/") for wanted in names):
        pipe = build_pipeline(name, CASES[name])
        pipe.set_progress_bar_config(disable=True)
        for part in (pipe.transformer, pipe.vae, pipe.text_encoder):
            part.bfloat16().float()                # as the directory holds them
        if run_name == "tiled":
            write_tiled(pipe, name)
        else:
            write_run(pipe, name, run_name, CASES[name]["runs"][run_name])


def main() -> None:
    logging.set_verbosity_error()
    torch.set_grad_enabled(False)
    if sys.argv[1:]:
        return write_runs(sys.argv[1:])
    for name, case in CASES.items():
        directory = ROOT / "ltx" / name
        shutil.rmtree(directory, ignore_errors=True)
        pipe = build_pipeline(name, case)
        pipe.set_progress_bar_config(disable=True)
        for part in (pipe.transformer, pipe.vae, pipe.text_encoder):
            part.bfloat16()
        pipe.save_pretrained(directory, safe_serialization=True)
        for part in (pipe.transformer, pipe.vae, pipe.text_encoder):
            part.float()
        save_file({k: v.contiguous() for k, v in trace_transformer(directory, pipe.transformer).items()}, directory / "transformer.safetensors")
        save_file({k: v.contiguous() for k, v in trace_vae(pipe.vae).items()}, directory / "vae.safetensors")
        write_tiled(pipe, name)
        for run_name, settings in case["runs"].items():
            write_run(pipe, name, run_name, settings)
    for path in (ROOT / "ltx").rglob("*"):
        if path.name in ("tokenizer_config.json", "special_tokens_map.json", ".gitattributes", "README.md"):
            path.unlink()


if __name__ == "__main__":
    main()
