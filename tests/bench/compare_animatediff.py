"""Runs AnimateDiffPipeline of diffusers and pipeline_bench on the same generated weights, size, steps and threads, by turns; prints the ratios.

    python tests/bench/compare_animatediff.py build/release/bench/pipeline_bench [--size 256x256] [--frames 16] [--steps 4] [--shrink 1]

The weights are random, in the shapes of Stable Diffusion 1.5 with the motion adapter v3 (6 GB of disk while it runs; --shrink 4 has a quarter
of the channels). LCM steps without guidance. The table: side_by_side.py.
"""

import argparse
import tempfile
from pathlib import Path

import side_by_side
import torch
from diffusers import AnimateDiffPipeline, AutoencoderKL, LCMScheduler, MotionAdapter, UNet2DConditionModel, UNetMotionModel
from diffusers.utils import logging
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

TOKENIZER = Path(__file__).parents[1] / "parity" / "fixtures" / "clip" / "tokenizer"


def generated(shrink: int) -> AnimateDiffPipeline:
    """Weights as PyTorch makes them for new layers: time does not depend on their values."""
    torch.manual_seed(0)
    widths = tuple(c // shrink for c in (320, 640, 1280, 1280))
    text_width, groups = 768 // shrink, 32 // shrink
    unet = UNet2DConditionModel(block_out_channels=widths, cross_attention_dim=text_width, attention_head_dim=8, norm_num_groups=groups, sample_size=64)
    adapter = MotionAdapter(block_out_channels=widths, motion_norm_num_groups=groups, use_motion_mid_block=False)
    motion = UNetMotionModel.from_unet2d(unet, adapter)
    vae = AutoencoderKL(block_out_channels=tuple(c // shrink for c in (128, 256, 512, 512)), down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
                        layers_per_block=2, norm_num_groups=groups, latent_channels=4)
    tokenizer = CLIPTokenizer.from_pretrained(TOKENIZER)
    text = CLIPTextModel(CLIPTextConfig(vocab_size=49408, hidden_size=text_width, intermediate_size=4 * text_width, num_hidden_layers=12, num_attention_heads=12))
    return AnimateDiffPipeline(vae, text, tokenizer, motion, adapter, LCMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="linear"))


@torch.inference_mode()
def reference(pipe: AnimateDiffPipeline, a: argparse.Namespace, width: int, height: int) -> side_by_side.Times:
    return side_by_side.stage_times([
        lambda _: pipe.encode_prompt(a.prompt, "cpu", 1, False)[0],
        lambda prompt: pipe(prompt_embeds=prompt, width=width, height=height, num_frames=a.frames, num_inference_steps=a.steps, guidance_scale=1.0,
                            output_type="latent", generator=torch.Generator().manual_seed(1)).frames,
        lambda latents: pipe.video_processor.postprocess_video(pipe.decode_latents(latents, 16), output_type="np"),
    ])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    side_by_side.add_arguments(parser, rounds=2)
    parser.add_argument("--size", default="256x256")
    parser.add_argument("--frames", type=int, default=16)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--shrink", type=int, default=1, choices=(1, 2, 4, 8))
    a = parser.parse_args()
    logging.set_verbosity_error()
    torch.set_num_threads(a.threads)
    width, height = map(int, a.size.split("x"))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "model")
        pipe = generated(a.shrink)
        pipe.set_progress_bar_config(disable=True)
        pipe.save_pretrained(folder)
        print(f"{a.size}, {a.frames} frames, {a.steps} LCM steps, {a.threads} threads, channels / {a.shrink}, median of {a.rounds}")
        side_by_side.compare(a.rounds, lambda: reference(pipe, a, width, height), lambda: side_by_side.ours(a, folder, 1.0))


if __name__ == "__main__":
    main()
