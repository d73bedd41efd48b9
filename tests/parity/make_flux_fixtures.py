"""Stills of FluxPipeline of diffusers 0.42 on a tiny checkpoint. Run from the repository, after make_clip_fixtures.py and make_text_fixtures.py:

    python tests/parity/make_flux_fixtures.py

Writes tests/parity/fixtures/flux/schnell (built as FLUX.1-schnell: pooled CLIP, T5 with its padding, two layers for text and picture each and two for
both, latents that lie off zero) with the traces one, four, long (a prompt longer than CLIP takes) and lora (a LoRA of the transformer), and stages
(the transformer alone, in fp32 and fp64). A trace has the prompt's states, the pooled text, the latents after each step and the picture, 0..255.
"""

import re
import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderKL, FlowMatchEulerDiscreteScheduler, FluxPipeline, FluxTransformer2DModel
from make_animatediff_fixtures import change, low_rank, product, seeded
from make_clip_fixtures import TARGET as CLIP
from make_ltx_fixtures import TEXT, TOKENIZER, Wide
from make_wan_fixtures import WideFloat, reinitialise
from reseeding import reseed
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer, PreTrainedTokenizerFast, T5Config, T5EncoderModel

TARGET = Path(__file__).parent / "fixtures" / "flux" / "schnell"
PROMPT, LONG = "a red ball over the sea", "the cat walks over the red sea, " * 14
TOKENS = 256


def randn(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def transformer() -> FluxTransformer2DModel:
    model = FluxTransformer2DModel(
        in_channels=16, num_layers=2, num_single_layers=2, num_attention_heads=2, attention_head_dim=12, joint_attention_dim=TEXT["d_model"], pooled_projection_dim=12,
        guidance_embeds=False, axes_dims_rope=(2, 4, 6))
    reseed(model, r"to_[qk]\.weight|add_[qk]_proj\.weight", 1.0)
    return model.eval()


def pipeline() -> FluxPipeline:
    tokenizer = CLIPTokenizer.from_pretrained(CLIP / "tokenizer")
    pooled = seeded(CLIPTextModel(CLIPTextConfig(vocab_size=len(tokenizer), hidden_size=12, intermediate_size=20, num_hidden_layers=2, num_attention_heads=2, hidden_act="quick_gelu", eos_token_id=2)))
    unigram = PreTrainedTokenizerFast(tokenizer_file=str(TOKENIZER / "tokenizer.json"), pad_token="<pad>", eos_token="</s>", unk_token="<unk>", model_max_length=512, extra_ids=0)
    text = reinitialise(T5EncoderModel(T5Config(vocab_size=len(unigram), **TEXT)), "flux.text")
    vae = seeded(AutoencoderKL(
        block_out_channels=(4, 8), down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2, layers_per_block=1, norm_num_groups=2,
        latent_channels=4, scaling_factor=0.3611, shift_factor=0.1159, use_quant_conv=False, use_post_quant_conv=False))
    return FluxPipeline(FlowMatchEulerDiscreteScheduler(shift=1.0), vae, pooled, tokenizer, text, unigram, transformer())


def trace(pipe: FluxPipeline, name: str, height: int, width: int, steps: int, prompt: str = PROMPT) -> None:
    latents = []

    def keep(_, step, t, kwargs):
        latents.append(pipe._unpack_latents(kwargs["latents"], height, width, pipe.vae_scale_factor).clone())
        return kwargs

    pipe.set_progress_bar_config(disable=True)
    arguments = dict(height=height, width=width, num_inference_steps=steps)
    image = pipe(prompt, guidance_scale=0.0, max_sequence_length=TOKENS, generator=torch.Generator("cpu").manual_seed(5), output_type="pt", callback_on_step_end=keep, **arguments).images
    states, pooled, _ = pipe.encode_prompt(prompt, None, max_sequence_length=TOKENS)
    ids = pipe.tokenizer_2(prompt, padding="max_length", max_length=TOKENS, truncation=True, return_tensors="pt").input_ids
    with torch.no_grad():
        exact = pipe.text_encoder_2.double()(ids).last_hidden_state
    pipe.text_encoder_2.float()
    pixels = (image.permute(0, 2, 3, 1) * 255).round().to(torch.uint8)
    tensors = {"prompt": states, "prompt.f64": exact, "pooled": pooled, "latents": torch.stack(latents).unsqueeze(3), "frames": pixels}
    save_file({k: v.clone().contiguous() for k, v in tensors.items()}, TARGET / f"{name}.safetensors", {k: str(v) for k, v in arguments.items()} | {"num_frames": "1", "guidance_scale": "0", "prompt": prompt})


def stages(model: FluxTransformer2DModel) -> dict[str, torch.Tensor]:
    """The transformer alone; a picture of three rows and five columns of tokens."""
    tokens, text, pooled = randn(1, 15, 16, seed=1), randn(1, 7, TEXT["d_model"], seed=2), randn(1, 12, seed=3)
    places = torch.stack([torch.zeros(3, 5), torch.arange(3.0)[:, None].expand(3, 5), torch.arange(5.0)[None].expand(3, 5)], -1).reshape(15, 3)
    tensors = {"tokens": tokens, "text": text, "pooled": pooled}
    for label, dtype in (("", torch.float32), (".f64", torch.float64)):
        model.to(dtype)
        plain = model.time_text_embed.time_proj
        if dtype == torch.float64:
            model.time_text_embed.time_proj = WideFloat(plain)
        for t in (1000, 250):
            arguments = dict(hidden_states=tokens.to(dtype), encoder_hidden_states=text.to(dtype), pooled_projections=pooled.to(dtype), timestep=torch.tensor([t / 1000], dtype=dtype), img_ids=places, txt_ids=torch.zeros(7, 3))
            with torch.no_grad():
                if dtype == torch.float64:
                    with Wide():
                        tensors[f"out.{t}{label}"] = model(**arguments).sample
                else:
                    tensors[f"out.{t}{label}"] = model(**arguments).sample
        model.time_text_embed.time_proj = plain
    model.float()
    return tensors


def lora(model: FluxTransformer2DModel) -> list:
    """As diffusers writes it."""
    generator, tensors, changes = torch.Generator().manual_seed(7), {}, []
    for name, weight in model.named_parameters():
        if re.search(r"(to_q|to_v|to_out\.0|to_add_out|add_k_proj|ff\.net\.0\.proj|proj_mlp|proj_out|norm1\.linear)\.weight", name):
            down, up = low_rank(weight.shape, 2, generator)
            layer = "transformer." + name.removesuffix(".weight")
            tensors |= {f"{layer}.lora_A.weight": down, f"{layer}.lora_B.weight": up}
            changes.append((weight, product(down, up, weight.shape)))
    save_file({k: v.contiguous() for k, v in tensors.items()}, TARGET / "style.safetensors")
    return changes


def main() -> None:
    torch.use_deterministic_algorithms(True)
    shutil.rmtree(TARGET, ignore_errors=True)
    pipe = pipeline()
    pipe.save_pretrained(TARGET)
    trace(pipe, "one", height=16, width=24, steps=1)
    trace(pipe, "four", height=24, width=16, steps=4)
    trace(pipe, "long", height=16, width=16, steps=2, prompt=LONG)
    save_file({k: v.clone().contiguous() for k, v in stages(pipe.transformer).items()}, TARGET / "stages.safetensors")
    change(lora(pipe.transformer), 0.6)
    trace(pipe, "lora", height=16, width=16, steps=3)
    for file in TARGET.rglob("*"):
        file.chmod(0o755 if file.is_dir() else 0o644)


if __name__ == "__main__":
    main()
