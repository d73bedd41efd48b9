"""Tiny Wan pipelines that start from pictures and what diffusers 0.42 makes of them. Run from the repository, after
make_wan_fixtures.py:

    python tests/parity/make_wan_image_fixtures.py

Writes tests/parity/fixtures/wan/<name>/ as make_wan_fixtures.py does. The runs hold besides:
  picture, last_picture  [H, W, 3], bytes, as people give them: a run whose picture has another shape than its clip crops it
                         as VaeImageProcessor's resize_mode "crop" does, while the image encoder sees all of it
  image_states           hidden_states[-2] of the image encoder, one picture behind the other
  condition              what WanImageToVideoPipeline.prepare_latents makes of the pictures
"""

import copy
import json
import shutil
from pathlib import Path

import torch
import torch.nn.functional as F
from diffusers import FlowMatchEulerDiscreteScheduler, UniPCMultistepScheduler, WanImageToVideoPipeline, WanTransformer3DModel
from diffusers.image_processor import VaeImageProcessor
from diffusers.utils import logging
from make_wan_fixtures import CAUSAL, ROOT, TEXT, TOKENIZER, WideFloat, reinitialise, save, trace_causal
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import CLIPVisionConfig, CLIPVisionModel, PreTrainedTokenizerFast, UMT5Config, UMT5EncoderModel
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

import make_vae_fixtures

CLIP = dict(hidden_size=16, intermediate_size=28, num_hidden_layers=3, num_attention_heads=2, image_size=24, patch_size=8,
            hidden_act="gelu", projection_dim=8)
CLIP_TOKENS = 10
UNIPC = dict(prediction_type="flow_prediction", use_flow_sigmas=True)

CASES = {
    # Wan 2.1 I2V: pictures beside the noise, and through an image encoder.
    "i2v_clip": dict(
        vae="wan21", heads=(2, 12), layers=2, clip=True, scheduler=UniPCMultistepScheduler(**UNIPC, flow_shift=3.0),
        runs={
            "same": dict(prompt="a red ball bounces over the sea", negative="static", size=(80, 48), frames=9, steps=4, guidance=5.0, seed=31),
            "crop": dict(prompt="a cat", negative="", size=(64, 48), frames=5, steps=3, guidance=1.0, seed=32, picture=(61, 83)),
        }),
    # Wan 2.1 FLF2V: the first and the last picture, with positions of their own.
    "flf2v": dict(
        vae="wan21", heads=(2, 12), layers=2, clip=True, positions=True, scheduler=UniPCMultistepScheduler(**UNIPC, flow_shift=16.0),
        runs={"both": dict(prompt="night", negative="dark", size=(48, 64), frames=9, steps=4, guidance=5.0, seed=33, last=True)}),
    # Wan 2.2 I2V A14B: two transformers, no image encoder.
    "i2v_two": dict(
        vae="wan21", heads=(2, 14), layers=1, boundary=0.9, scheduler=UniPCMultistepScheduler(**UNIPC, flow_shift=5.0),
        runs={
            "first": dict(prompt="two cats", negative="dark", size=(64, 48), frames=5, steps=5, guidance=3.5, seed=34),
            "both": dict(prompt="two cats", negative="dark", size=(48, 48), frames=13, steps=3, guidance=1.0, seed=35, last=True),
        }),
}
# Wan 2.2 TI2V takes a picture with the weights that take none: its runs stand in the directory of make_wan_fixtures.py.
EXPANDED = {
    "picture": dict(prompt="a blue flower opens", negative="worst quality", size=(96, 64), frames=13, steps=4, guidance=5.0, seed=36),
    "picture_crop": dict(prompt="night", negative="", size=(64, 96), frames=5, steps=3, guidance=1.0, seed=37, picture=(70, 50)),
}


def picture(width: int, height: int, salt: int) -> Image.Image:
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    waves = [torch.sin(x / (4 + c) + salt) + torch.cos(y / (6 - c) + c * salt) for c in range(3)]
    noise = torch.rand(height, width, 3, generator=torch.Generator().manual_seed(salt))
    levels = torch.stack(waves, -1) * 50 + 128 + 40 * (noise - 0.5)
    return Image.fromarray(levels.clamp(0, 255).round().byte().numpy())


def tensor_of(image: Image.Image) -> torch.Tensor:
    return torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8).view(image.height, image.width, 3)


def build_transformer(case: dict, salt: str) -> WanTransformer3DModel:
    heads, head_dim = case["heads"]
    z = 4
    image = dict(image_dim=CLIP["hidden_size"], added_kv_proj_dim=heads * head_dim) if case.get("clip") else {}
    if case.get("positions"):
        image["pos_embed_seq_len"] = 2 * CLIP_TOKENS
    return reinitialise(WanTransformer3DModel(
        patch_size=(1, 2, 2), num_attention_heads=heads, attention_head_dim=head_dim, in_channels=2 * z + 4, out_channels=z,
        text_dim=TEXT["d_model"], freq_dim=32, ffn_dim=44, num_layers=case["layers"], cross_attn_norm=True, rope_max_seq_len=32, **image), salt)


def build_pipeline(name: str, case: dict) -> WanImageToVideoPipeline:
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(TOKENIZER / "tokenizer.json"), pad_token="<pad>", eos_token="</s>",
                                        unk_token="<unk>", model_max_length=512, extra_ids=0)
    boundary = case.get("boundary")
    clip = case.get("clip")
    return WanImageToVideoPipeline(
        tokenizer=tokenizer,
        text_encoder=reinitialise(UMT5EncoderModel(UMT5Config(vocab_size=len(tokenizer), **TEXT)), name + ".text"),
        vae=make_vae_fixtures.build(make_vae_fixtures.CASES[case["vae"]]["config"]),
        scheduler=case["scheduler"],
        image_processor=CLIPImageProcessorPil(size={"shortest_edge": 24}, crop_size={"height": 24, "width": 24}) if clip else None,
        image_encoder=reinitialise(CLIPVisionModel(CLIPVisionConfig(**CLIP)), name + ".clip") if clip else None,
        transformer=build_transformer(case, name),
        transformer_2=build_transformer(case, name + ".2") if boundary else None,
        boundary_ratio=boundary)


def run(pipe: WanImageToVideoPipeline, prompt: str, negative: str, size: tuple[int, int], frames: int, steps: int, guidance: float,
        seed: int, picture_size: tuple[int, int] | None = None, last: bool = False) -> dict[str, torch.Tensor]:
    result = {}
    given = [picture(*(picture_size or size), 1)] + ([picture(*size, 2)] if last else [])
    for key, image in zip(("picture", "last_picture"), given):
        result[key] = tensor_of(image)
    cropped = [VaeImageProcessor().resize(image, size[1], size[0], resize_mode="crop") for image in given]
    if pipe.image_encoder is not None:
        states = WanImageToVideoPipeline.encode_image(pipe, given, "cpu")
        result["image_states"] = states.flatten(0, 1)[None]
        pipe.encode_image = lambda image, device: states
    prepare = pipe.prepare_latents

    def keep_condition(*args, **kwargs):
        made = prepare(*args, **kwargs)
        result["condition"] = made[1]
        return made

    def keep(_, step, timestep, tensors):
        result[f"latents.{step}"] = tensors["latents"].clone()
        return {}

    pipe.prepare_latents = keep_condition
    embeds, negatives = pipe.encode_prompt(prompt, negative, guidance > 1, max_sequence_length=512)
    result["prompt_embeds"] = embeds[:, :int((embeds[0].abs().sum(1) > 0).sum())]
    if guidance > 1:
        result["negative_embeds"] = negatives[:, :int((negatives[0].abs().sum(1) > 0).sum())]
    settings = dict(image=cropped[0], last_image=cropped[1] if last else None, prompt=prompt, negative_prompt=negative, width=size[0],
                    height=size[1], num_frames=frames, num_inference_steps=steps, guidance_scale=guidance,
                    callback_on_step_end=keep)
    clean = pipe(**settings, output_type="latent", generator=torch.Generator("cpu").manual_seed(seed)).frames
    result[f"latents.{steps - 1}"] = clean          # with the picture's own latents in place, where the model keeps them
    video = pipe(**(settings | {"callback_on_step_end": None}), output_type="pt", generator=torch.Generator("cpu").manual_seed(seed)).frames
    result["frames"] = (video[0] * 255).round().byte().permute(0, 2, 3, 1)
    del pipe.prepare_latents
    if pipe.image_encoder is not None:
        del pipe.encode_image
    return result


def trace_transformer(directory: Path, model: WanTransformer3DModel) -> dict[str, torch.Tensor]:
    c = model.config
    generator = torch.Generator().manual_seed(6)
    trace = {"latents": torch.randn(1, c.in_channels, 3, 6, 10, generator=generator), "text": torch.randn(1, 7, c.text_dim, generator=generator),
             "image": torch.randn(1, 2 * CLIP_TOKENS, c.image_dim, generator=generator), "timestep": torch.tensor([937.4062])}
    states = trace["image"].view(2, CLIP_TOKENS, -1)
    padded = F.pad(trace["text"], (0, 0, 0, 505))
    trace["out"] = model(trace["latents"], trace["timestep"], padded, states).sample
    bf16 = WanTransformer3DModel.from_pretrained(directory / "transformer", torch_dtype=torch.bfloat16).eval()
    trace["out_bf16"] = bf16(trace["latents"].bfloat16(), trace["timestep"], padded.bfloat16(), states.bfloat16()).sample
    exact = copy.deepcopy(model).double()
    exact.condition_embedder.timesteps_proj = WideFloat(exact.condition_embedder.timesteps_proj)
    narrow, torch.Tensor.float = torch.Tensor.float, torch.Tensor.double
    try:
        trace["out_f64"] = exact(trace["latents"].double(), trace["timestep"], padded.double(), states.double()).sample
    finally:
        torch.Tensor.float = narrow
    return trace


def settings_of(settings: dict) -> dict:
    renamed = dict(settings)
    if "picture" in renamed:
        renamed["picture_size"] = renamed.pop("picture")
    return renamed


def write_case(name: str, case: dict) -> None:
    directory = ROOT / "wan" / name
    shutil.rmtree(directory, ignore_errors=True)
    pipe = build_pipeline(name, case)
    pipe.set_progress_bar_config(disable=True)
    pipe.save_pretrained(directory)
    (directory / "tokenizer" / "tokenizer.json").unlink()
    shutil.copy(TOKENIZER / "spiece.model", directory / "tokenizer")
    if case.get("positions"):
        save(trace_transformer(directory, pipe.transformer), directory / "transformer.safetensors", {})
    for file in directory.glob("*/*.safetensors"):
        save_file({k: v.bfloat16() if v.is_floating_point() else v for k, v in load_file(file).items()}, file, {"format": "pt"})
    for run_name, settings in case["runs"].items():
        save(run(pipe, **settings_of(settings)), directory / f"{run_name}.safetensors", settings)


def write_expanded() -> None:
    directory = ROOT / "wan" / "wan22"
    own = json.loads((directory / "model_index.json").read_text())
    assert own["expand_timesteps"]
    pipe = WanImageToVideoPipeline.from_pretrained(directory)
    pipe.scheduler = FlowMatchEulerDiscreteScheduler.from_pretrained(directory, subfolder="scheduler")
    pipe.set_progress_bar_config(disable=True)
    for run_name, settings in EXPANDED.items():
        save(run(pipe, **settings_of(settings)), directory / f"{run_name}.safetensors", settings)


def write_causal() -> None:
    """A picture, or the end of a clip, before blocks: as causal_<case>.safetensors of make_wan_fixtures.py, with `first`."""
    model = WanTransformer3DModel.from_pretrained(ROOT / "wan" / "wan21" / "transformer", torch_dtype=torch.float32).eval()
    for name, (case, given) in {"picture": ("relative", 1), "clip": ("absolute", 5), "guided_clip": ("guided", 4)}.items():
        causal = CAUSAL[case]
        generator = torch.Generator().manual_seed(4)
        texts = [torch.randn(1, n, TEXT["d_model"], generator=generator) for n in ((5, 3) if causal["guidance_scale"] > 1 else (5,))]
        first = torch.randn(1, 4, given, 4, 6, generator=generator)
        settings = {"frames": 9, "seed": 22, "width": 48, "height": 32, "causal": causal}
        save(trace_causal(model, causal, 9, texts, 22, first) | {"first": first}, ROOT / "wan" / "wan21" / f"causal_{name}.safetensors",
             settings)


@torch.no_grad()
def main() -> None:
    logging.set_verbosity_error()
    for name, case in CASES.items():
        write_case(name, case)
    write_expanded()
    write_causal()
    for file in (ROOT / "wan").rglob("*"):
        if file.is_file():
            file.chmod(0o644)
    print(sum(f.stat().st_size for f in (ROOT / "wan").rglob("*") if f.is_file()), "bytes")


if __name__ == "__main__":
    main()
