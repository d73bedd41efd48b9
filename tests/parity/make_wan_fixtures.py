"""Tiny Wan pipelines and what diffusers 0.42 makes of them. Run from the repository:

    python tests/parity/make_wan_fixtures.py

Writes tests/parity/fixtures/wan/<name>/: a pipeline directory as save_pretrained lays it out, and beside it
  transformer.safetensors  stages of one forward: fp32, float64 and bf16, one timestep for the clip and one for each token
  <run>.safetensors        whole runs: embeddings, latents after every step, frames; the settings are in the metadata
  causal_<case>.safetensors  block by block generation by the plain reference below (no cache: all keys are kept in lists)
"""

import hashlib
import json
import math
import shutil
from pathlib import Path

import torch
import torch.nn.functional as F
from diffusers import FlowMatchEulerDiscreteScheduler, UniPCMultistepScheduler, WanPipeline, WanTransformer3DModel
from diffusers.utils import logging
from safetensors.torch import load_file, save_file
from transformers import PreTrainedTokenizerFast, UMT5Config, UMT5EncoderModel

import make_vae_fixtures

ROOT = Path(__file__).parent / "fixtures"
TOKENIZER = ROOT / "text" / "bytes"
CHINESE = "一只红色的球在海上弹跳。"

TEXT = dict(d_model=12, d_kv=6, num_heads=2, d_ff=20, num_layers=2, feed_forward_proj="gated-gelu", dropout_rate=0.0,
            pad_token_id=0, eos_token_id=1, decoder_start_token_id=0)

CASES = {
    # The layout of Wan 2.1, UniPC; tokens 3 x 3 x 5.
    "wan21": dict(
        vae="wan21", heads=(2, 12), layers=2, channels=4,
        scheduler=UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0),
        runs={
            "unipc": dict(prompt="a red ball bounces over the sea", negative="static, blurred", size=(80, 48), frames=9, steps=4, guidance=5.0, seed=7),
            "empty": dict(prompt="", negative="", size=(48, 80), frames=5, steps=2, guidance=1.0, seed=8),
            "chinese": dict(prompt=CHINESE, negative="a cat", size=(64, 48), frames=1, steps=3, guidance=4.0, seed=9),
            "long": dict(prompt="the cat walks over the red sea " * 200, negative="", size=(48, 48), frames=5, steps=2, guidance=6.0, seed=10),
            "flow-euler": dict(prompt="a cat 🙂", negative="", size=(80, 48), frames=9, steps=4, guidance=3.0, seed=11, scheduler="flow-euler"),
        }),
    # The layout of Wan 2.2 TI2V: a timestep for each token, Euler, several weight files; tokens 4 x 2 x 3.
    "wan22": dict(
        vae="wan22", heads=(2, 20), layers=3, channels=5, expand_timesteps=True, shard="30KB",
        scheduler=FlowMatchEulerDiscreteScheduler(shift=5.0),
        runs={
            "euler": dict(prompt="a blue flower opens", negative="worst quality", size=(96, 64), frames=13, steps=4, guidance=5.0, seed=3),
            "unipc": dict(prompt="night", negative="", size=(64, 96), frames=5, steps=6, guidance=1.0, seed=4, scheduler="unipc"),
        }),
    # Two transformers, as Wan 2.2 A14B.
    "wan22_two": dict(
        vae="wan21", heads=(2, 14), layers=1, channels=4, boundary=0.875,
        scheduler=UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=5.0),
        runs={"both": dict(prompt="two cats", negative="dark", size=(48, 64), frames=5, steps=5, guidance=4.0, seed=5)}),
}

CAUSAL = {
    "relative": dict(num_frames_per_block=1, local_attn_size=4, sink_size=1, rope="relative", sigmas=[1.0, 0.9375, 0.8333, 0.625],
                     solver="euler", guidance_scale=1.0, context_noise=0.0),
    "absolute": dict(num_frames_per_block=2, local_attn_size=6, sink_size=2, rope="absolute", sigmas=[1.0, 0.8, 0.5],
                     solver="renoise", guidance_scale=1.0, context_noise=0.0),
    "guided": dict(num_frames_per_block=3, local_attn_size=7, sink_size=1, rope="relative", sigmas=[1.0, 0.6],
                   solver="renoise", guidance_scale=3.0, context_noise=0.1),
    "no_sink": dict(num_frames_per_block=1, local_attn_size=3, sink_size=0, rope="absolute", sigmas=[1.0, 0.7],
                    solver="euler", guidance_scale=1.0, context_noise=0.0),
}


def reinitialise(model: torch.nn.Module, salt: str) -> torch.nn.Module:
    """Every tensor from a seeded normal: gains far from 1, biases and tables far from 0. Products keep the scale of what
    comes in: with larger weights the network amplifies rounding, and the reference itself is 9e-6 off its float64 twin."""
    for name, parameter in model.named_parameters():
        seed = int.from_bytes(hashlib.sha256(f"{salt}.{name}".encode()).digest()[:6], "little")
        noise = torch.randn(parameter.shape, generator=torch.Generator().manual_seed(seed))
        if "scale_shift_table" in name:
            value = 0.3 * noise
        elif name.endswith("bias"):
            value = 0.2 * noise
        elif parameter.dim() <= 1:
            value = 1 + 0.3 * noise
        elif "shared" in name or "embed_tokens" in name or "relative_attention_bias" in name:
            value = noise
        else:
            value = noise / parameter[0].numel() ** 0.5
        if name.endswith("SelfAttention.q.weight"):     # T5 does not divide its scores by sqrt(d_kv): the weights do
            value = value / TEXT["d_kv"] ** 0.5
        parameter.data.copy_(value.bfloat16())          # so that files in bf16 hold the same numbers
    return model.eval()


def build_transformer(case: dict, salt: str) -> WanTransformer3DModel:
    heads, head_dim = case["heads"]
    return reinitialise(WanTransformer3DModel(
        patch_size=(1, 2, 2), num_attention_heads=heads, attention_head_dim=head_dim, in_channels=case["channels"],
        out_channels=case["channels"], text_dim=TEXT["d_model"], freq_dim=32, ffn_dim=44, num_layers=case["layers"],
        cross_attn_norm=True, rope_max_seq_len=32), salt)


def build_pipeline(name: str, case: dict) -> WanPipeline:
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(TOKENIZER / "tokenizer.json"), pad_token="<pad>", eos_token="</s>",
                                        unk_token="<unk>", model_max_length=512, extra_ids=0)
    boundary = case.get("boundary")
    return WanPipeline(
        tokenizer=tokenizer,
        text_encoder=reinitialise(UMT5EncoderModel(UMT5Config(vocab_size=len(tokenizer), **TEXT)), name + ".text"),
        vae=make_vae_fixtures.build(make_vae_fixtures.CASES[case["vae"]]["config"]),
        scheduler=case["scheduler"],
        transformer=build_transformer(case, name),
        transformer_2=build_transformer(case, name + ".2") if boundary else None,
        boundary_ratio=boundary,
        expand_timesteps=case.get("expand_timesteps", False))


def run(pipe: WanPipeline, prompt: str, negative: str, size: tuple[int, int], frames: int, steps: int, guidance: float, seed: int,
        scheduler: str | None = None) -> dict[str, torch.Tensor]:
    own = pipe.scheduler
    if scheduler == "flow-euler":
        pipe.scheduler = FlowMatchEulerDiscreteScheduler(shift=own.config.flow_shift)
    elif scheduler == "unipc":
        pipe.scheduler = UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=own.config.shift)
    result = {}

    def keep(_, step, timestep, tensors):
        result[f"latents.{step}"] = tensors["latents"].clone()
        return {}

    embeds, negatives = pipe.encode_prompt(prompt, negative, guidance > 1, max_sequence_length=512)
    count = int((embeds[0].abs().sum(1) > 0).sum())
    result["prompt_embeds"] = embeds[:, :count]
    if guidance > 1:
        result["negative_embeds"] = negatives[:, :int((negatives[0].abs().sum(1) > 0).sum())]
    video = pipe(prompt=prompt, negative_prompt=negative, width=size[0], height=size[1], num_frames=frames, num_inference_steps=steps,
                 guidance_scale=guidance, generator=torch.Generator("cpu").manual_seed(seed), output_type="pt",
                 callback_on_step_end=keep).frames
    result["frames"] = (video[0] * 255).round().byte().permute(0, 2, 3, 1)
    pipe.scheduler = own
    return result


class WideFloat(torch.nn.Module):
    """While the float64 model runs, .float() means .double(); the sinusoid stays float32, and as every machine gets it: exp, cos and sin of
    float32 round as the vector units of the processor have it, so these are float64, rounded once (timestep_sinusoid of nn/modulation.h)."""

    def __init__(self, inner: torch.nn.Module):
        super().__init__()
        self.half = inner.num_channels // 2

    def forward(self, timesteps):
        exponents = -math.log(10000) * torch.arange(self.half, dtype=torch.float32) / self.half
        angles = (timesteps.to(torch.float32)[:, None] * exponents.double().exp().to(torch.float32)).double()
        return torch.cat([angles.cos(), angles.sin()], 1).to(torch.float32)


def trace_transformer(directory: Path, model: WanTransformer3DModel, tokens: int = 7) -> dict[str, torch.Tensor]:
    c = model.config
    generator = torch.Generator().manual_seed(1)
    latents = torch.randn(1, c.in_channels, 3, 6, 10, generator=generator)
    text = torch.randn(1, tokens, c.text_dim, generator=generator)
    padded = F.pad(text, (0, 0, 0, 512 - tokens))
    timestep = torch.tensor([937.4062])
    per_frame = torch.tensor([0.0, 412.5, 937.4062])
    per_token = per_frame.repeat_interleave(15)[None]
    trace = {"latents": latents, "text": text, "timestep": timestep, "per_frame": per_frame}
    hooks = []

    def keep(name):
        def hook(module, inputs, output):
            values = output if isinstance(output, tuple) else (output,)
            for key, value in zip(name.split(","), values):
                trace[key] = value.detach().clone()
        return hook

    for name, module in {"cos,sin": model.rope, "temb,time_proj,text_context": model.condition_embedder,
                         **{f"block.{i}": block for i, block in enumerate(model.blocks)}}.items():
        hooks.append(module.register_forward_hook(keep(name)))
    trace["out"] = model(latents, timestep, padded).sample
    for hook in hooks:
        hook.remove()
    trace["out_per_token"] = model(latents, per_token, padded).sample
    trace["full_text"] = torch.randn(1, 512, c.text_dim, generator=torch.Generator().manual_seed(2))
    trace["out_full_text"] = model(latents, timestep, trace["full_text"]).sample

    bf16 = WanTransformer3DModel.from_pretrained(directory / "transformer", torch_dtype=torch.bfloat16).eval()
    trace["out_bf16"] = bf16(latents.bfloat16(), timestep, padded.bfloat16()).sample
    exact = build_transformer_copy(model).double()
    exact.condition_embedder.timesteps_proj = WideFloat(exact.condition_embedder.timesteps_proj)
    narrow, torch.Tensor.float = torch.Tensor.float, torch.Tensor.double
    try:
        trace["out_f64"] = exact(latents.double(), timestep, padded.double()).sample
    finally:
        torch.Tensor.float = narrow
    return trace


def build_transformer_copy(model: WanTransformer3DModel) -> WanTransformer3DModel:
    copy = WanTransformer3DModel(**{k: v for k, v in model.config.items() if not k.startswith("_")})
    copy.load_state_dict(model.state_dict())
    return copy.eval()


# Block by block, from the definition. A frame that is done leaves its keys (before rotation) and values of each layer in a
# list; a block sees the sink, the last frames that the window has room for, and itself.

def rotate(model, x, times, rows, columns):
    """x [n, heads, head_dim] of frames at the given times."""
    rope = model.rope
    parts_c = rope.freqs_cos.split([rope.t_dim, rope.h_dim, rope.w_dim], 1)
    parts_s = rope.freqs_sin.split([rope.t_dim, rope.h_dim, rope.w_dim], 1)
    out = torch.empty_like(x)
    index = 0
    for t in times:
        for r in range(rows):
            for c in range(columns):
                cos = torch.cat([p[i] for p, i in zip(parts_c, (t, r, c))])
                sin = torch.cat([p[i] for p, i in zip(parts_s, (t, r, c))])
                a, b = x[index, :, 0::2], x[index, :, 1::2]
                out[index, :, 0::2] = a * cos[0::2] - b * sin[0::2]
                out[index, :, 1::2] = a * sin[0::2] + b * cos[0::2]
                index += 1
    return out


def frames_seen(causal, start):
    """By a block that begins at frame `start`: the sink, and the last frames that there is room for."""
    room = causal["local_attn_size"] - causal["num_frames_per_block"]
    sink = list(range(min(causal["sink_size"], start)))
    recent = [i for i in range(start) if i not in sink]
    return sink + recent[max(0, len(recent) - (room - causal["sink_size"])):]


def block_forward(model, causal, latents, timestep, text, history, start, seen=None):
    """Velocity of one block [1, C, f, h, w] and its keys and values: a list per layer of (k, v) [tokens, heads, head_dim]."""
    _, _, f, h, w = latents.shape
    rows, columns = h // 2, w // 2
    seen = frames_seen(causal, start) if seen is None else seen
    times = list(range(len(seen))) if causal["rope"] == "relative" else seen
    here = list(range(len(seen), len(seen) + f)) if causal["rope"] == "relative" else list(range(start, start + f))

    x = model.patch_embedding(latents).flatten(2).transpose(1, 2)
    temb, proj, context, _ = model.condition_embedder(torch.tensor([timestep]), text, None)
    proj = proj.unflatten(1, (6, -1))
    made = []
    for layer, block in enumerate(model.blocks):
        shift, scale, gate, c_shift, c_scale, c_gate = (block.scale_shift_table + proj).chunk(6, 1)
        attn = block.attn1
        y = block.norm1(x) * (1 + scale) + shift
        q, k, v = (z[0].unflatten(-1, (attn.heads, -1)) for z in (attn.norm_q(attn.to_q(y)), attn.norm_k(attn.to_k(y)), attn.to_v(y)))
        made.append((k, v))
        keys = torch.cat([rotate(model, history[i][layer][0], [t], rows, columns) for i, t in zip(seen, times)]
                         + [rotate(model, k, here, rows, columns)])
        values = torch.cat([history[i][layer][1] for i in seen] + [v])
        scores = torch.einsum("qhd,khd->hqk", rotate(model, q, here, rows, columns), keys) / q.shape[-1] ** 0.5
        y = torch.einsum("hqk,khd->qhd", scores.softmax(-1), values).flatten(1)[None]
        x = x + attn.to_out[0](y) * gate
        x = x + block.attn2(block.norm2(x), context, None, None)
        x = x + block.ffn(block.norm3(x) * (1 + c_scale) + c_shift) * c_gate
    shift, scale = (model.scale_shift_table + temb.unsqueeze(1)).chunk(2, 1)
    x = model.proj_out(model.norm_out(x) * (1 + scale) + shift)
    x = x.reshape(1, f, rows, columns, 1, 2, 2, -1).permute(0, 7, 1, 4, 2, 5, 3, 6).flatten(6, 7).flatten(4, 5).flatten(2, 3)
    return x, made


def recached(model, causal, latents, text, start, blocks, old, mistake=None):
    """The history `old` made again under another text, from the clean latents of the frames that the next block sees. What is left
    of a block goes through the model together, at its own place in the clip, and sees what is left of the frames before it.
    `mistake`: "kept", nothing is made again; "sink", nothing of the sink."""
    if mistake == "kept":
        return old
    kept = frames_seen(causal, start)
    stays = causal["sink_size"] if mistake == "sink" else 0
    history = [old[i] if i < stays else None for i in range(start)]
    blocks = [(max(begin, stays), end) for begin, end in blocks]
    for begin, end in blocks:
        part = [i for i in kept if begin <= i < end]
        while part:
            run = [i for n, i in enumerate(part) if i == part[0] + n]       # without gaps
            part = part[len(run):]
            made = block_forward(model, causal, latents[:, :, run], 1000 * causal["context_noise"], text, history, run[0],
                                 [i for i in kept if i < run[0]])[1]
            tokens = made[0][0].shape[0] // len(run)
            for n, i in enumerate(run):
                history[i] = [(k[n * tokens:(n + 1) * tokens], v[n * tokens:(n + 1) * tokens]) for k, v in made]
    return history


def trace_causal(model, causal, frames, texts, seed, first=None, changes=None, mistake=None) -> dict[str, torch.Tensor]:
    """`first`: clean latents that the clip begins with, made known a block at a time, what is broken before the whole ones.
    `changes`: other texts from the block on that begins at a frame."""
    generator = torch.Generator("cpu").manual_seed(seed)
    sigmas = causal["sigmas"] + [0.0]
    weights = [1.0] if len(texts) == 1 else [causal["guidance_scale"], 1 - causal["guidance_scale"]]
    padded = [F.pad(t, (0, 0, 0, 512 - t.shape[1])) for t in texts]
    history = [[] for _ in texts]
    result = []
    blocks = []
    start = 0

    def remember(x):
        for t, past in zip(padded, history):
            made = block_forward(model, causal, x, 1000 * causal["context_noise"], t, past, start)[1]
            tokens = made[0][0].shape[0] // x.shape[2]
            for i in range(x.shape[2]):
                past.append([(k[i * tokens:(i + 1) * tokens], v[i * tokens:(i + 1) * tokens]) for k, v in made])

    while first is not None and start < first.shape[2]:
        f = (first.shape[2] - start) % causal["num_frames_per_block"] or causal["num_frames_per_block"]
        result.append(first[:, :, start:start + f])
        remember(result[-1])
        blocks.append((start, start + f))
        start += f
    while start < frames:
        f = min(causal["num_frames_per_block"], frames - start)
        if start in (changes or {}):
            padded = [F.pad(t, (0, 0, 0, 512 - t.shape[1])) for t in changes[start]]
            history = [recached(model, causal, torch.cat(result, 2), t, start, blocks, old, mistake)
                       for t, old in zip(padded, history)]
        shape = (1, model.config.in_channels, f, 4, 6)
        x = torch.randn(shape, generator=generator)
        for sigma, following in zip(sigmas, sigmas[1:]):
            v = sum(w * block_forward(model, causal, x, 1000 * sigma, t, past, start)[0] for w, t, past in zip(weights, padded, history))
            if causal["solver"] == "euler":
                x = x + (following - sigma) * v
            else:
                x = x - sigma * v
                if following > 0:
                    x = (1 - following) * x + following * torch.randn(shape, generator=generator)
        remember(x)
        result.append(x)
        blocks.append((start, start + f))
        start += f
    return {"latents": torch.cat(result, 2), **{f"text.{i}": t for i, t in enumerate(texts)}}


def save(tensors: dict, path: Path, settings: dict) -> None:
    save_file({k: v.contiguous() for k, v in tensors.items()}, path, {"settings": json.dumps(settings)})


def write_case(name: str, case: dict) -> None:
    directory = ROOT / "wan" / name
    shutil.rmtree(directory, ignore_errors=True)
    pipe = build_pipeline(name, case)
    pipe.set_progress_bar_config(disable=True)
    pipe.save_pretrained(directory, **({"max_shard_size": case["shard"]} if "shard" in case else {}))
    if case["vae"] == "wan21":       # the tokenizer once in each file format
        (directory / "tokenizer" / "tokenizer.json").unlink()
        shutil.copy(TOKENIZER / "spiece.model", directory / "tokenizer")
    if name != "wan22_two":
        save(trace_transformer(directory, pipe.transformer), directory / "transformer.safetensors", {})
    for file in directory.glob("*/*.safetensors"):
        if "shard" not in case or file.parent.name != "transformer":
            save_file({k: v.bfloat16() for k, v in load_file(file).items()}, file, {"format": "pt"})
    for run_name, settings in case["runs"].items():
        save(run(pipe, **settings), directory / f"{run_name}.safetensors", settings)
    if name == "wan21":
        for causal_name, causal in CAUSAL.items():
            guided = causal["guidance_scale"] > 1
            generator = torch.Generator().manual_seed(3)
            texts = [torch.randn(1, n, TEXT["d_model"], generator=generator) for n in ((5, 3) if guided else (5,))]
            settings = {"frames": 9, "seed": 21, "width": 48, "height": 32}
            save(trace_causal(pipe.transformer, causal, 9, texts, 21), directory / f"causal_{causal_name}.safetensors",
                 settings | {"causal": causal})


@torch.no_grad()
def main() -> None:
    logging.set_verbosity_error()
    for name, case in CASES.items():
        write_case(name, case)
    for file in (ROOT / "wan").rglob("*"):
        if file.is_file():
            file.chmod(0o644)
    print(sum(f.stat().st_size for f in (ROOT / "wan").rglob("*") if f.is_file()), "bytes")


if __name__ == "__main__":
    main()
