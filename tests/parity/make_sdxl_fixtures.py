"""Stills of StableDiffusionXLPipeline of diffusers 0.42 on a tiny checkpoint. Run from the repository, after make_clip_fixtures.py:

    python tests/parity/make_sdxl_fixtures.py

Writes tests/parity/fixtures/sdxl: base/ (built as SDXL: two text encoders; three blocks, of which the first does not look at the text, with up to
three layers of attention; sizes and pooled text beside the time) with the traces euler, empty (no negative prompt), lightning (Euler from trailing
timesteps), turbo (the same with fresh noise), one (a single step), lcm, v, told (the UNet is told the guidance, as LCM's: told_weights is what it has
more), lora (kohya and own: LoRAs in the names of SDXL's own code, on UNet and both text encoders, and of diffusers) and stages (each network alone,
in fp32 and fp64). A trace has the prompt's and the negative prompt's states, the pooled texts, the latents after each step and the picture, 0..255.
"""

import re
import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DDIMScheduler, EulerAncestralDiscreteScheduler, EulerDiscreteScheduler, LCMScheduler, StableDiffusionXLPipeline, UNet2DConditionModel
from make_animatediff_fixtures import change, low_rank, product, seeded
from make_clip_fixtures import TARGET as CLIP
from make_unet_fixtures import outputs
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

TARGET = Path(__file__).parent / "fixtures" / "sdxl"
PROMPT, NEGATIVE = "a red ball over the sea", "blurry, low quality"
NOISE = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
UNET = dict(
    block_out_channels=(4, 8, 8), layers_per_block=1, norm_num_groups=2, cross_attention_dim=32, sample_size=16, use_linear_projection=True,
    down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    transformer_layers_per_block=[1, 2, 3], attention_head_dim=[1, 2, 4],
    addition_embed_type="text_time", addition_time_embed_dim=6, projection_class_embeddings_input_dim=46)


def randn(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def unet(**more) -> UNet2DConditionModel:
    return seeded(UNet2DConditionModel(**UNET, **more))


def pipeline() -> StableDiffusionXLPipeline:
    first = CLIPTokenizer.from_pretrained(CLIP / "tokenizer")
    second = CLIPTokenizer.from_pretrained(CLIP / "tokenizer", pad_token="!")
    ids = dict(vocab_size=len(first), num_hidden_layers=3, eos_token_id=2)
    small = seeded(CLIPTextModel(CLIPTextConfig(hidden_size=12, intermediate_size=20, num_attention_heads=2, hidden_act="quick_gelu", **ids)))
    big = seeded(CLIPTextModelWithProjection(CLIPTextConfig(hidden_size=20, intermediate_size=28, num_attention_heads=4, hidden_act="gelu", projection_dim=10, **ids)))
    vae = seeded(AutoencoderKL(
        block_out_channels=(4, 8), down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2, layers_per_block=1, norm_num_groups=2,
        latent_channels=4, scaling_factor=0.13025, force_upcast=True))
    scheduler = EulerDiscreteScheduler(timestep_spacing="leading", steps_offset=1, **NOISE)
    return StableDiffusionXLPipeline(vae, small, big, first, second, unet(), scheduler, add_watermarker=False)


def trace(pipe: StableDiffusionXLPipeline, file: Path, height: int, width: int, steps: int, guidance: float, negative: str | None = NEGATIVE) -> None:
    latents = []

    def keep(pipe, step, t, kwargs):
        latents.append(kwargs["latents"].clone())
        return kwargs

    arguments = dict(height=height, width=width, num_inference_steps=steps, guidance_scale=guidance)
    pipe.set_progress_bar_config(disable=True)
    image = pipe(PROMPT, negative_prompt=negative, generator=torch.Generator("cpu").manual_seed(5), output_type="pt", callback_on_step_end=keep, **arguments).images
    prompt, avoided, pooled, pooled_avoided = pipe.encode_prompt(PROMPT, device="cpu", do_classifier_free_guidance=True, negative_prompt=negative)
    pixels = (image.permute(0, 2, 3, 1) * 255).round().to(torch.uint8)
    tensors = {"prompt": prompt, "negative": avoided, "pooled": pooled, "pooled_negative": pooled_avoided, "latents": torch.stack(latents).unsqueeze(3), "frames": pixels}
    metadata = {k: str(v) for k, v in arguments.items()} | {"num_frames": "1", "negative": negative or ""}
    save_file({k: v.clone().contiguous() for k, v in tensors.items()}, file, metadata)


def stages(pipe: StableDiffusionXLPipeline) -> dict[str, torch.Tensor]:
    """Each network alone, as the pipeline calls it."""
    tensors = {}
    for name, tokenizer, encoder in (("text", pipe.tokenizer, pipe.text_encoder), ("text_2", pipe.tokenizer_2, pipe.text_encoder_2)):
        ids = tokenizer(PROMPT, padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
        tensors[f"{name}.ids"] = ids

        def states(model, to, ids=ids, name=name):
            out = model(ids, output_hidden_states=True)
            pooled = {f"{name}.pooled": out.text_embeds} if hasattr(out, "text_embeds") else {}
            return {f"{name}.penultimate": out.hidden_states[-2]} | pooled

        tensors |= outputs(states, encoder)
    latents, text, pooled = randn(1, 4, 8, 12, seed=1), randn(1, 77, 32, seed=2), randn(1, 10, seed=3)
    sizes = torch.tensor([[16.0, 24.0, 3.0, 5.0, 32.0, 40.0]])
    tensors |= {"latents": latents, "text": text, "pooled": pooled, "sizes": sizes}

    def noise(model, to):
        told = dict(text_embeds=to(pooled), time_ids=to(sizes))
        result = {f"unet.{t}": model(to(latents), t, to(text), added_cond_kwargs=told).sample for t in (999, 17)}
        sinusoids = model.add_time_proj(sizes.flatten()).reshape(1, -1)
        return result | {"added": model.add_embedding(torch.cat([to(pooled), to(sinusoids)], 1))}

    tensors |= outputs(noise, pipe.unet)
    scale = pipe.vae.config.scaling_factor
    tensors |= outputs(lambda model, to: {"decoded": model.decode(to(latents * scale) / scale).sample}, pipe.vae)
    return tensors


RESNET = {"norm1": "in_layers_0", "conv1": "in_layers_2", "time_emb_proj": "emb_layers_1", "norm2": "out_layers_0", "conv2": "out_layers_3", "conv_shortcut": "skip_connection"}


def original_layer(name: str) -> str:
    """As SDXL's own code (Stability-AI/generative-models) numbers the layers of a UNet of one resnet a block; load_lora_weights() goes the other way."""
    match = re.match(r"(down|up)_blocks\.(\d+)\.(resnets|attentions)\.(\d+)\.(.*)|mid_block\.(resnets|attentions)\.(\d+)\.(.*)", name)
    direction, level, kind, number, inner = (match[1], int(match[2]), match[3], int(match[4]), match[5]) if match[1] else ("mid", 0, match[6], int(match[7]), match[8])
    inner = RESNET[inner] if kind == "resnets" else inner.replace(".", "_")
    if direction == "mid":
        return f"middle_block_{1 if kind == 'attentions' else 2 * number}_{inner}"
    block = f"input_blocks_{2 * level + 1 + number}" if direction == "down" else f"output_blocks_{2 * level + number}"
    return f"{block}_{1 if kind == 'attentions' else 0}_{inner}"


def loras(pipe: StableDiffusionXLPipeline) -> tuple[list, list]:
    """The changes of the weights at strength 1."""
    generator = torch.Generator().manual_seed(7)
    kohya, kohya_changes, own, own_changes = {}, [], {}, []

    def add(layer: str, weight: torch.Tensor) -> None:
        down, up = low_rank(weight.shape, 2, generator)
        kohya.update({f"{layer}.lora_down.weight": down, f"{layer}.lora_up.weight": up, f"{layer}.alpha": torch.tensor(1.0)})
        kohya_changes.append((weight, product(down, up, weight.shape) / 2))

    for name, weight in pipe.unet.named_parameters():
        if re.search(r"(attn2\.to_[kv]|attn1\.to_out\.0|proj_in|conv1|time_emb_proj)\.weight", name):
            add("lora_unet_" + original_layer(name.removesuffix(".weight")), weight)
        if "attn1.to_q.weight" in name:
            down, up = low_rank(weight.shape, 2, generator)
            layer = "unet." + name.removesuffix(".weight")
            own |= {f"{layer}.lora_A.weight": down, f"{layer}.lora_B.weight": up}
            own_changes.append((weight, product(down, up, weight.shape)))
    for prefix, model in (("lora_te1_", pipe.text_encoder), ("lora_te2_", pipe.text_encoder_2)):
        for name, weight in model.named_parameters():
            if re.search(r"[qv]_proj\.weight|fc1\.weight", name):
                add(prefix + "text_model_" + name.removeprefix("text_model.").removesuffix(".weight").replace(".", "_"), weight)
    save_file({k: v.contiguous() for k, v in kohya.items()}, TARGET / "base" / "kohya.safetensors")
    save_file({k: v.contiguous() for k, v in own.items()}, TARGET / "base" / "own.safetensors")
    return kohya_changes, own_changes


def main() -> None:
    torch.use_deterministic_algorithms(True)
    shutil.rmtree(TARGET, ignore_errors=True)
    pipe, base = pipeline(), TARGET / "base"
    pipe.save_pretrained(base)
    euler = pipe.scheduler
    trace(pipe, base / "euler.safetensors", height=16, width=24, steps=4, guidance=5.0)
    trace(pipe, base / "empty.safetensors", height=24, width=16, steps=3, guidance=4.0, negative=None)
    pipe.scheduler = EulerDiscreteScheduler.from_config(euler.config, timestep_spacing="trailing")
    trace(pipe, base / "lightning.safetensors", height=16, width=16, steps=4, guidance=0.0)
    pipe.scheduler = EulerAncestralDiscreteScheduler(timestep_spacing="trailing", **NOISE)
    trace(pipe, base / "one.safetensors", height=16, width=24, steps=1, guidance=0.0)
    trace(pipe, base / "turbo.safetensors", height=16, width=16, steps=3, guidance=0.0)
    pipe.scheduler = LCMScheduler.from_config(euler.config)
    trace(pipe, base / "lcm.safetensors", height=16, width=24, steps=4, guidance=0.0)
    pipe.scheduler = DDIMScheduler(prediction_type="v_prediction", clip_sample=False, set_alpha_to_one=False, steps_offset=1, **NOISE)
    trace(pipe, base / "v.safetensors", height=16, width=16, steps=4, guidance=3.0)
    pipe.scheduler = euler
    save_file({k: v.clone().contiguous() for k, v in stages(pipe).items()}, base / "stages.safetensors")

    told = unet(time_cond_proj_dim=10)  # every tensor is seeded by its name, so that the others are those of base
    save_file({"time_embedding.cond_proj.weight": told.time_embedding.cond_proj.weight.detach().clone()}, base / "told_weights.safetensors")
    with_told = StableDiffusionXLPipeline(pipe.vae, pipe.text_encoder, pipe.text_encoder_2, pipe.tokenizer, pipe.tokenizer_2, told, LCMScheduler.from_config(euler.config), add_watermarker=False)
    trace(with_told, base / "told.safetensors", height=16, width=24, steps=4, guidance=8.0)

    kohya, own = loras(pipe)
    change(kohya, 0.7)
    change(own, -0.4)
    trace(pipe, base / "lora.safetensors", height=16, width=16, steps=3, guidance=3.0)
    for file in TARGET.rglob("*"):
        file.chmod(0o755 if file.is_dir() else 0o644)


if __name__ == "__main__":
    main()
