"""A tiny VACE pipeline (Wan that follows a masked clip) and what diffusers 0.42 makes of it. Run from the repository, after
make_wan_fixtures.py:

    python tests/parity/make_wan_vace_fixtures.py

Writes tests/parity/fixtures/wan/vace/ as make_wan_image_fixtures.py does. A run's clip holds the frames that it is given
(mask 0) and the middle of black and white where frames are to be made (mask 1); it holds besides:
  picture, last_picture, clip  [H, W, 3] and [N, H, W, 3], bytes: the first frame, the last one, the first ones
  condition                    what goes into the control blocks: latents of what is given, of what is not, and masks
"""

import copy
import shutil
from pathlib import Path

import torch
import torch.nn.functional as F
from diffusers import UniPCMultistepScheduler, WanVACEPipeline, WanVACETransformer3DModel
from diffusers.utils import logging
from make_wan_fixtures import ROOT, TEXT, TOKENIZER, WideFloat, reinitialise, save
from make_wan_image_fixtures import picture, tensor_of
from safetensors.torch import load_file, save_file
from transformers import PreTrainedTokenizerFast, UMT5Config, UMT5EncoderModel

import make_vae_fixtures

Z = 4
STRIDE = 8
RUNS = {
    "text": dict(prompt="night", negative="", size=(48, 48), frames=5, steps=2, guidance=1.0, seed=41),
    "first": dict(prompt="a red ball bounces over the sea", negative="static", size=(80, 48), frames=9, steps=4, guidance=5.0, seed=42, given=1),
    "both": dict(prompt="two cats", negative="dark", size=(48, 64), frames=17, steps=3, guidance=1.0, seed=43, given=1, last=True),
    "extended": dict(prompt="a cat", negative="", size=(48, 48), frames=13, steps=3, guidance=4.0, seed=44, given=5),
}


def build_pipeline() -> WanVACEPipeline:
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(TOKENIZER / "tokenizer.json"), pad_token="<pad>", eos_token="</s>",
                                        unk_token="<unk>", model_max_length=512, extra_ids=0)
    transformer = WanVACETransformer3DModel(
        patch_size=(1, 2, 2), num_attention_heads=2, attention_head_dim=12, in_channels=Z, out_channels=Z, text_dim=TEXT["d_model"],
        freq_dim=32, ffn_dim=44, num_layers=3, cross_attn_norm=True, rope_max_seq_len=32, vace_layers=[0, 2],
        vace_in_channels=2 * Z + STRIDE * STRIDE)
    return WanVACEPipeline(
        tokenizer=tokenizer,
        text_encoder=reinitialise(UMT5EncoderModel(UMT5Config(vocab_size=len(tokenizer), **TEXT)), "vace.text"),
        vae=make_vae_fixtures.build(make_vae_fixtures.CASES["wan21"]["config"]),
        scheduler=UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0),
        transformer=reinitialise(transformer, "vace"))


def masked_clip(result: dict, size: tuple[int, int], frames: int, given: int, last: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """[1, 3, T, H, W] in -1..1, and the mask of what is to be made."""
    pictures = torch.stack([tensor_of(picture(*size, salt)) for salt in range(1, given + 1)])
    clip = torch.zeros(1, 3, frames, size[1], size[0])
    mask = torch.ones_like(clip)
    result["picture" if given == 1 else "clip"] = pictures[0] if given == 1 else pictures
    clip[0, :, :given] = pictures.permute(3, 0, 1, 2) / 127.5 - 1
    mask[:, :, :given] = 0
    if last:
        result["last_picture"] = tensor_of(picture(*size, 90))
        clip[0, :, -1] = result["last_picture"].permute(2, 0, 1) / 127.5 - 1
        mask[:, :, -1] = 0
    return clip, mask


def run(pipe: WanVACEPipeline, prompt: str, negative: str, size: tuple[int, int], frames: int, steps: int, guidance: float, seed: int,
        given: int = 0, last: bool = False) -> dict[str, torch.Tensor]:
    result = {}
    if given:
        clip, mask = masked_clip(result, size, frames, given, last)
        pipe.preprocess_conditions = lambda *args: (clip, mask, [[]])
    embeds, negatives = pipe.encode_prompt(prompt, negative, guidance > 1, max_sequence_length=512)
    result["prompt_embeds"] = embeds[:, :int((embeds[0].abs().sum(1) > 0).sum())]
    if guidance > 1:
        result["negative_embeds"] = negatives[:, :int((negatives[0].abs().sum(1) > 0).sum())]

    def keep(_, step, timestep, tensors):
        result[f"latents.{step}"] = tensors["latents"].clone()
        return {}

    def keep_condition(module, args, kwargs):
        result["condition"] = kwargs["control_hidden_states"].clone()

    hook = pipe.transformer.register_forward_pre_hook(keep_condition, with_kwargs=True)
    video = pipe(prompt=prompt, negative_prompt=negative, width=size[0], height=size[1], num_frames=frames, num_inference_steps=steps,
                 guidance_scale=guidance, generator=torch.Generator("cpu").manual_seed(seed), output_type="pt",
                 callback_on_step_end=keep).frames
    hook.remove()
    result["frames"] = (video[0] * 255).round().byte().permute(0, 2, 3, 1)
    if given:
        del pipe.preprocess_conditions
    return result


def trace_transformer(directory: Path, model: WanVACETransformer3DModel) -> dict[str, torch.Tensor]:
    c = model.config
    generator = torch.Generator().manual_seed(8)
    trace = {"latents": torch.randn(1, c.in_channels, 3, 6, 10, generator=generator), "text": torch.randn(1, 7, c.text_dim, generator=generator),
             "control": torch.randn(1, c.vace_in_channels, 3, 6, 10, generator=generator), "timestep": torch.tensor([937.4062])}
    padded = F.pad(trace["text"], (0, 0, 0, 505))

    def out(network, dtype):
        values = [trace["latents"].to(dtype), trace["timestep"], padded.to(dtype)]
        return network(*values, control_hidden_states=trace["control"].to(dtype)).sample

    trace["out"] = out(model, torch.float32)
    trace["out_bf16"] = out(WanVACETransformer3DModel.from_pretrained(directory / "transformer", torch_dtype=torch.bfloat16).eval(), torch.bfloat16)
    exact = copy.deepcopy(model).double()
    exact.condition_embedder.timesteps_proj = WideFloat(exact.condition_embedder.timesteps_proj)
    narrow, torch.Tensor.float = torch.Tensor.float, torch.Tensor.double
    try:
        trace["out_f64"] = out(exact, torch.float64)
    finally:
        torch.Tensor.float = narrow
    return trace


@torch.no_grad()
def main() -> None:
    logging.set_verbosity_error()
    directory = ROOT / "wan" / "vace"
    shutil.rmtree(directory, ignore_errors=True)
    pipe = build_pipeline()
    pipe.set_progress_bar_config(disable=True)
    pipe.save_pretrained(directory)
    (directory / "tokenizer" / "tokenizer.json").unlink()
    shutil.copy(TOKENIZER / "spiece.model", directory / "tokenizer")
    save(trace_transformer(directory, pipe.transformer), directory / "transformer.safetensors", {})
    for file in directory.glob("*/*.safetensors"):
        save_file({k: v.bfloat16() if v.is_floating_point() else v for k, v in load_file(file).items()}, file, {"format": "pt"})
    for name, settings in RUNS.items():
        save(run(pipe, **settings), directory / f"{name}.safetensors", settings)
    for file in directory.rglob("*"):
        if file.is_file():
            file.chmod(0o644)
    print(sum(f.stat().st_size for f in directory.rglob("*") if f.is_file()), "bytes")


if __name__ == "__main__":
    main()
