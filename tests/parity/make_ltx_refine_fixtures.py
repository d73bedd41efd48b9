"""A tiny latent upsampler, and clips that diffusers 0.42 makes in two passes with it. Run from the repository, after
make_ltx_fixtures.py:

    python tests/parity/make_ltx_refine_fixtures.py

Writes tests/parity/fixtures/ltx/upscaler/: latent_upsampler/ as save_pretrained lays it out, and beside it
  upsampler.safetensors    latents, what the network makes of them (fp32, float64), and what is done to that for distilled models
  <run>.safetensors        whole runs on the pipeline of ltx095: latents of both passes and frames; the settings are in the metadata
"""

import json
import shutil

import torch
from diffusers import LTXConditionPipeline, LTXLatentUpsamplePipeline
from diffusers.pipelines.ltx.modeling_latent_upsampler import LTXLatentUpsamplerModel
from diffusers.utils import logging
from safetensors.torch import save_file
from torch.nn.functional import interpolate
from PIL import Image

import make_ltx_fixtures as ltx
import make_wan_fixtures

FOLDER = ltx.ROOT / "ltx" / "upscaler"
RUNS = {
    "refined": dict(prompt="night over the sea", negative="dark", size=(128, 64), frames=17, steps=4, guidance=2.0, seed=4, fps=30),
    "refined_picture": dict(prompt="the sea", negative="", size=(64, 128), frames=9, steps=3, guidance=1.0, seed=5, fps=25, given=1),
    "refined_distilled": dict(prompt="a cat", negative="", size=(128, 128), frames=9, steps=8, guidance=1.0, seed=6, fps=24, distilled=1),
    "refined_distilled_picture": dict(prompt="a cat", negative="", size=(64, 64), frames=9, steps=8, guidance=1.0, seed=7, fps=24,
                                      distilled=1, given=1),
}
FIRST = [1000, 993, 987, 981, 975, 909, 725, 0.03]
SECOND = [1000, 909, 725, 421, 0]


def build() -> LTXLatentUpsamplerModel:
    model = make_wan_fixtures.reinitialise(LTXLatentUpsamplerModel(in_channels=8, mid_channels=32, num_blocks_per_stage=2), "upsampler")
    return model.bfloat16()


def trace(model: LTXLatentUpsamplerModel, pipe: LTXLatentUpsamplePipeline) -> dict[str, torch.Tensor]:
    latents = 1.5 * torch.randn(1, 8, 3, 2, 3, generator=torch.Generator().manual_seed(1))
    larger = model(latents)
    wide = LTXLatentUpsamplerModel(in_channels=8, mid_channels=32, num_blocks_per_stage=2).eval()
    wide.load_state_dict(model.state_dict())
    return {"latents": latents, "larger": larger, "larger_f64": wide.double()(latents.double()),
            "like": pipe.adain_filter_latent(larger, latents), "toned": pipe.tone_map_latents(larger, 0.6)}


def run(pipe: LTXConditionPipeline, upsample: LTXLatentUpsamplePipeline, prompt: str, negative: str, size: tuple[int, int], frames: int, steps: int,
        guidance: float, seed: int, fps: int, given: int = 0, distilled: int = 0) -> dict[str, torch.Tensor]:
    result, start = {}, {}
    if given:
        noise = torch.rand(1, 3, size[1] // 8, size[0] // 8, generator=torch.Generator().manual_seed(21))
        picture = interpolate(noise, (size[1], size[0]), mode="bilinear").mul(255).round().byte().permute(0, 2, 3, 1)
        result["pictures"] = picture
    plain = dict(prompt=prompt, negative_prompt=negative, num_frames=frames, guidance_scale=guidance, frame_rate=fps)

    def conditioned(width: int, height: int) -> dict:
        # As the program scales pictures: by Pillow, from the original.
        return dict(image=Image.fromarray(picture[0].numpy()).resize((width, height), Image.LANCZOS)) if given else {}

    small = size[0] // 2, size[1] // 2
    first = dict(timesteps=FIRST) if distilled else dict(num_inference_steps=steps)
    latents = pipe(**plain, width=small[0], height=small[1], generator=torch.Generator().manual_seed(seed), output_type="latent", **first,
                   **conditioned(*small)).frames
    result["small"] = latents
    larger = upsample(latents=latents, output_type="latent", **(dict(adain_factor=1.0, tone_map_compression_ratio=0.6) if distilled else {})).frames
    result["larger"] = larger
    second = dict(timesteps=SECOND, denoise_strength=0.999) if distilled else dict(num_inference_steps=10, denoise_strength=0.4)
    shape = ((frames - 1) // 8 + 1, size[1] // 32, size[0] // 32)

    def keep(_, step, timestep, tensors):
        result["refined"] = pipe._unpack_latents(tensors["latents"], *shape).clone()
        return {}

    generator = torch.Generator().manual_seed(seed)
    decode = pipe.vae.decode

    def decode_with_noise(*arguments, **named):    # the pipeline's own noise is drawn before
        with ltx.NoiseOf(generator):
            return decode(*arguments, **named)

    pipe.vae.decode = decode_with_noise
    video = pipe(**plain, width=size[0], height=size[1], latents=larger, generator=generator, output_type="pt", callback_on_step_end=keep,
                 decode_timestep=0.05, decode_noise_scale=0.025, **second, **conditioned(*size)).frames
    pipe.vae.decode = decode
    result["frames"] = (video[0] * 255).round().byte().permute(0, 2, 3, 1)
    return result


def main() -> None:
    logging.set_verbosity_error()
    torch.set_grad_enabled(False)
    shutil.rmtree(FOLDER, ignore_errors=True)
    model = build()
    model.save_pretrained(FOLDER / "latent_upsampler", safe_serialization=True)
    model.float()
    pipe = ltx.build_pipeline("ltx095", ltx.CASES["ltx095"])
    for part in (pipe.transformer, pipe.vae, pipe.text_encoder):
        part.bfloat16().float()                    # as the directory holds them
    upsample = LTXLatentUpsamplePipeline(vae=pipe.vae, latent_upsampler=model)
    for each in (pipe, upsample):
        each.set_progress_bar_config(disable=True)
    save_file({k: v.contiguous() for k, v in trace(model, upsample).items()}, FOLDER / "upsampler.safetensors")
    for name, settings in RUNS.items():
        tensors = run(pipe, upsample, **settings)
        save_file({k: v.contiguous() for k, v in tensors.items()}, FOLDER / f"{name}.safetensors", metadata={"settings": json.dumps(settings)})
        print(name, tuple(tensors["frames"].shape), "std", float(tensors["frames"].float().std()))


if __name__ == "__main__":
    main()
