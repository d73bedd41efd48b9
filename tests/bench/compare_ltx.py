"""Runs LTXPipeline or LTXConditionPipeline of diffusers and pipeline_bench on the same random weights, size, steps and threads, by turns;
prints the ratios.

    build/release/bin/rushes models --random ltx/2b-0.9.5 DIRECTORY
    python tests/bench/compare_ltx.py build/release/bench/pipeline_bench DIRECTORY [--size 256x256] [--frames 33] [--steps 8] [--dtype fp32]

No guidance. Both compute in `--dtype`, but for the VAE: ours is fp32 on a CPU, that of diffusers as `--vae-dtype` says (fp32). Both read the
text encoder for the prompt and let it go: T5-XXL takes 19 GB in fp32 and 9.5 GB in bf16. How runs are made, and the table: side_by_side.py.
"""

import argparse
import json
from collections.abc import Callable

import side_by_side

TYPES = {"fp32": "float32", "bf16": "bfloat16"}


def pipeline(a: argparse.Namespace, dtype, vae_dtype):
    import diffusers
    from diffusers.utils import logging
    from transformers import PreTrainedTokenizerFast

    logging.set_verbosity_error()
    kind = getattr(diffusers, json.loads((a.folder / "model_index.json").read_text())["_class_name"])
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(a.folder / "tokenizer" / "tokenizer.json"), pad_token="<pad>", eos_token="</s>")
    pipe = kind(tokenizer=tokenizer, text_encoder=None,
                transformer=diffusers.LTXVideoTransformer3DModel.from_pretrained(a.folder / "transformer", torch_dtype=dtype),
                vae=diffusers.AutoencoderKLLTXVideo.from_pretrained(a.folder / "vae", torch_dtype=vae_dtype),
                scheduler=diffusers.FlowMatchEulerDiscreteScheduler.from_pretrained(a.folder / "scheduler"))
    pipe.set_progress_bar_config(disable=True)
    return pipe


def stages(a: argparse.Namespace) -> list[Callable]:
    import torch
    from transformers import T5EncoderModel

    dtype, vae_dtype = getattr(torch, TYPES[a.dtype]), getattr(torch, TYPES[a.vae_dtype])
    pipe = pipeline(a, dtype, vae_dtype)

    def encode(_):
        pipe.text_encoder = T5EncoderModel.from_pretrained(a.folder / "text_encoder", dtype=dtype)
        embeds = pipe.encode_prompt(a.prompt, None, False)
        pipe.text_encoder = None
        return embeds

    def denoise(embeds):
        return pipe(prompt_embeds=embeds[0], prompt_attention_mask=embeds[1], width=a.width, height=a.height, num_frames=a.frames,
                    num_inference_steps=a.steps, guidance_scale=1.0, output_type="latent", generator=torch.Generator().manual_seed(1)).frames

    def decode(latents):
        if latents.dim() == 3:
            latents = pipe._unpack_latents(latents, (a.frames - 1) // 8 + 1, a.height // 32, a.width // 32)
        timestep = torch.tensor([0.05], dtype=vae_dtype) if pipe.vae.config.timestep_conditioning else None
        return pipe.video_processor.postprocess_video(pipe.vae.decode(latents.to(vae_dtype), timestep, return_dict=False)[0], output_type="np")

    return [encode, denoise, decode]


if __name__ == "__main__":
    side_by_side.apart(__doc__, stages, size="256x256", frames=33, steps=8, vae_dtype="fp32")
