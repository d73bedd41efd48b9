"""What the tensors of SDXL and FLUX are called by their authors, as diffusers 0.42 reads single files. Run from the repository, after
make_sdxl_fixtures.py and make_flux_fixtures.py:

    python tests/parity/make_original_fixtures.py

Writes tests/parity/fixtures/weights/original.json: for each component each of the authors' tensors with those of ours in it, from the top.
The table is made by undoing what diffusers' converters do, and these must then give the fixture's tensors back, bit by bit. Into
tests/parity/fixtures/flux/schnell come kohya.safetensors, a LoRA in those names (query, key and value in one), and the trace fused, a still with
what diffusers makes of it.
"""

import inspect
import json
import re
from pathlib import Path

import torch
from diffusers import FluxPipeline
from diffusers.loaders import lora_conversion_utils as lora_reference
from diffusers.loaders import single_file_utils as reference
from make_animatediff_fixtures import change, low_rank, product
from make_flux_fixtures import TARGET as SCHNELL
from make_flux_fixtures import trace
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModelWithProjection

FIXTURES = Path(__file__).parent / "fixtures"


def tensors(path: str) -> dict:
    files = sorted((FIXTURES / path).glob("*.safetensors"))
    assert len(files) == 1, files
    return load_file(files[0])


def config(path: str) -> dict:
    return json.loads((FIXTURES / path / "config.json").read_text())


def expect_equal(converted: dict, ours: dict, what: str) -> None:
    assert set(converted) == set(ours), (what, sorted(set(converted) ^ set(ours))[:8])
    for name, tensor in ours.items():
        assert torch.equal(converted[name].reshape(tensor.shape), tensor), (what, name)


def original(table: dict, ours: dict) -> dict:
    """The authors' tensors by a table of names."""
    result = {}
    for name, parts in table.items():
        rows = torch.cat([ours[part] for part in parts], 0)
        if "mid.attn_1" in name and rows.ndim == 2:
            rows = rows[:, :, None, None]  # 1x1 convolutions there
        result[name] = rows.T.contiguous() if name.endswith("text_projection") else rows
    return result


def unet_original_names(c: dict, ours: dict) -> dict:
    """Undoes convert_ldm_unet_checkpoint(): blocks are counted through, and what lies in one by its place."""
    blocks, layers = len(c["block_out_channels"]), c["layers_per_block"]
    resnet = {"norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1", "norm2": "out_layers.0", "conv2": "out_layers.3",
              "conv_shortcut": "skip_connection"}
    table = {}
    for name in ours:
        if name.startswith(("time_embedding", "add_embedding")):
            prefix = {"time_embedding": "time_embed", "add_embedding": "label_emb.0"}[name.split(".")[0]]
            foreign = re.sub(r".*linear_(\d)", lambda m: f"{prefix}.{2 * (int(m[1]) - 1)}", name)
        elif name.startswith("conv_in"):
            foreign = name.replace("conv_in", "input_blocks.0.0")
        elif name.startswith("conv_norm_out"):
            foreign = name.replace("conv_norm_out", "out.0")
        elif name.startswith("conv_out"):
            foreign = name.replace("conv_out", "out.2")
        elif name.startswith("mid_block"):
            _, kind, i, rest = name.split(".", 3)
            place = 1 if kind == "attentions" else 2 * int(i)
            foreign = f"middle_block.{place}.{rest}"
        else:
            way, block, kind, i, rest = name.split(".", 4)
            block, i, down = int(block), int(i), way == "down_blocks"
            here = (block * (layers + 1) + 1 if down else block * (layers + 1))
            if kind == "downsamplers":
                foreign = f"input_blocks.{here + layers}.0." + rest.replace("conv", "op", 1)
            elif kind == "upsamplers":
                attends = any(n.startswith(f"up_blocks.{block}.attentions") for n in ours)
                foreign = f"output_blocks.{here + layers}.{2 if attends else 1}.{rest}"
            else:
                foreign = f"{'input_blocks' if down else 'output_blocks'}.{here + i}.{1 if kind == 'attentions' else 0}.{rest}"
        for own, other in resnet.items():
            if "resnets" in name:
                foreign = foreign.replace(f".{own}.", f".{other}.")
        table[foreign] = [name]
    assert len(table) == len(ours) and blocks
    return table


def vae_original_names(c: dict, ours: dict) -> dict:
    """Undoes convert_ldm_vae_checkpoint()."""
    levels = len(c["block_out_channels"])
    attention = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}
    table = {}
    for name in ours:
        foreign = name.replace("conv_norm_out", "norm_out")
        foreign = re.sub(r"down_blocks\.(\d+)\.resnets\.(\d+)", r"down.\1.block.\2", foreign)
        foreign = re.sub(r"down_blocks\.(\d+)\.downsamplers\.0", r"down.\1.downsample", foreign)
        foreign = re.sub(r"up_blocks\.(\d+)\.resnets\.(\d+)", lambda m: f"up.{levels - 1 - int(m[1])}.block.{m[2]}", foreign)
        foreign = re.sub(r"up_blocks\.(\d+)\.upsamplers\.0", lambda m: f"up.{levels - 1 - int(m[1])}.upsample", foreign)
        foreign = re.sub(r"mid_block\.resnets\.(\d)", lambda m: f"mid.block_{int(m[1]) + 1}", foreign)
        if "mid_block.attentions.0" in foreign:
            foreign = foreign.replace("mid_block.attentions.0", "mid.attn_1")
            for own, other in attention.items():
                foreign = foreign.replace(f"attn_1.{own}.", f"attn_1.{other}.")
        foreign = foreign.replace("conv_shortcut", "nin_shortcut")
        table[foreign] = [name]
    assert len(table) == len(ours)
    return table


def open_clip_names(ours: dict) -> dict:
    """Undoes convert_open_clip_checkpoint()."""
    table = {"positional_embedding": ["text_model.embeddings.position_embedding.weight"], "text_projection": ["text_projection.weight"]}
    for name in ours:
        foreign = name.replace("text_model.", "")
        if ".self_attn." in name and "out_proj" not in name:
            layer, part = re.match(r"text_model\.encoder\.layers\.(\d+)\.self_attn\.[qkv]_proj\.(\w+)", name).groups()
            stem = f"text_model.encoder.layers.{layer}.self_attn"
            table[f"transformer.resblocks.{layer}.attn.in_proj_{part}"] = [f"{stem}.{x}_proj.{part}" for x in "qkv"]
            continue
        for own, other in (("final_layer_norm", "ln_final"), ("encoder.layers.", "transformer.resblocks."), ("self_attn", "attn"), ("layer_norm", "ln_"), ("fc1", "c_fc"),
                           ("fc2", "c_proj"), ("embeddings.token_embedding", "token_embedding")):
            foreign = foreign.replace(own, other)
        if "position_embedding" not in name and "text_projection" not in name:
            table[foreign] = [name]
    return table


def flux_names(ours: dict) -> dict:
    """Undoes convert_flux_transformer_checkpoint_to_diffusers()."""
    table = {}
    for own, other in (("time_text_embed.timestep_embedder", "time_in"), ("time_text_embed.text_embedder", "vector_in")):
        for part in ("weight", "bias"):
            table[f"{other}.in_layer.{part}"] = [f"{own}.linear_1.{part}"]
            table[f"{other}.out_layer.{part}"] = [f"{own}.linear_2.{part}"]
    for own, other in (("context_embedder", "txt_in"), ("x_embedder", "img_in"), ("proj_out", "final_layer.linear"),
                       ("norm_out.linear", "final_layer.adaLN_modulation.1")):
        for part in ("weight", "bias"):
            table[f"{other}.{part}"] = [f"{own}.{part}"]
    for i in sorted({int(n.split(".")[1]) for n in ours if n.startswith("transformer_blocks.")}):
        for kind, norm, qkv, out, ff in (("img", "norm1", ("to_q", "to_k", "to_v"), "to_out.0", "ff"),
                                         ("txt", "norm1_context", ("add_q_proj", "add_k_proj", "add_v_proj"), "to_add_out", "ff_context")):
            own, other = f"transformer_blocks.{i}.", f"double_blocks.{i}.{kind}_"
            for part in ("weight", "bias"):
                table[f"{other}mod.lin.{part}"] = [f"{own}{norm}.linear.{part}"]
                table[f"{other}attn.qkv.{part}"] = [f"{own}attn.{x}.{part}" for x in qkv]
                table[f"{other}attn.proj.{part}"] = [f"{own}attn.{out}.{part}"]
                table[f"{other}mlp.0.{part}"] = [f"{own}{ff}.net.0.proj.{part}"]
                table[f"{other}mlp.2.{part}"] = [f"{own}{ff}.net.2.{part}"]
            added = "added_" if kind == "txt" else ""
            table[f"{other}attn.norm.query_norm.scale"] = [f"{own}attn.norm_{added}q.weight"]
            table[f"{other}attn.norm.key_norm.scale"] = [f"{own}attn.norm_{added}k.weight"]
    for i in sorted({int(n.split(".")[1]) for n in ours if n.startswith("single_transformer_blocks.")}):
        own, other = f"single_transformer_blocks.{i}.", f"single_blocks.{i}."
        for part in ("weight", "bias"):
            table[f"{other}modulation.lin.{part}"] = [f"{own}norm.linear.{part}"]
            table[f"{other}linear1.{part}"] = [f"{own}attn.{x}.{part}" for x in ("to_q", "to_k", "to_v")] + [f"{own}proj_mlp.{part}"]
            table[f"{other}linear2.{part}"] = [f"{own}proj_out.{part}"]
        table[f"{other}norm.query_norm.scale"] = [f"{own}attn.norm_q.weight"]
        table[f"{other}norm.key_norm.scale"] = [f"{own}attn.norm_k.weight"]
    return table


def with_width(function, width: int):
    """The published width is written into converters of FLUX."""
    source = inspect.getsource(function)
    for wide, narrow in (("inner_dim = 3072", f"inner_dim = {width}"), ("3072, 3072, 3072, 12288", f"{width}, {width}, {width}, {4 * width}")):
        source = source.replace(wide, narrow)
    scope = {**vars(inspect.getmodule(function))}
    exec(source, scope)
    return scope[function.__name__]


def fused_lora(table: dict, width: int) -> None:
    pipe = FluxPipeline.from_pretrained(SCHNELL)
    generator, lora = torch.Generator().manual_seed(11), {}
    weights = dict(pipe.transformer.named_parameters())
    for name, parts in table.items():
        if re.search(r"(qkv|attn\.proj|mlp\.\d|mod\.lin|modulation\.lin|linear[12])\.weight", name):
            rows = sum(weights[part].shape[0] for part in parts)
            down, up = low_rank(torch.Size((rows, weights[parts[0]].shape[1])), 2, generator)
            layer = "lora_unet_" + name.removesuffix(".weight").replace(".", "_")
            lora |= {f"{layer}.lora_down.weight": down, f"{layer}.lora_up.weight": up, f"{layer}.alpha": torch.tensor(1.5)}
    save_file(lora, SCHNELL / "kohya.safetensors")
    converted = with_width(lora_reference._convert_kohya_flux_lora_to_diffusers, width)(dict(lora))
    changes = []
    for layer in sorted({name.split(".lora_")[0] for name in converted}):
        weight = weights[layer.removeprefix("transformer.") + ".weight"]
        changes.append((weight, product(converted[f"{layer}.lora_A.weight"], converted[f"{layer}.lora_B.weight"], weight.shape)))
    assert len(changes) == sum(len(parts) for name, parts in table.items() if f"lora_unet_{name.removesuffix('.weight').replace('.', '_')}.alpha" in lora)
    with torch.no_grad():
        change(changes, 0.6)
    trace(pipe, "fused", height=16, width=16, steps=3)
    for name in ("kohya", "fused"):
        (SCHNELL / f"{name}.safetensors").chmod(0o644)


def main() -> None:
    tables = {}
    ours, c = tensors("sdxl/base/unet"), config("sdxl/base/unet")
    tables["sdxl_unet"] = unet_original_names(c, ours)
    prefixed = {"model.diffusion_model." + name: tensor for name, tensor in original(tables["sdxl_unet"], ours).items()}
    c = {**c, "class_embed_type": c.get("class_embed_type"), "addition_embed_type": "text_time"}
    expect_equal(reference.convert_ldm_unet_checkpoint(prefixed, c), ours, "unet")

    for name in ("sdxl/base/vae", "flux/schnell/vae"):
        ours, c = tensors(name), config(name)
        table = vae_original_names(c, ours)
        tables[name.split("/")[0] + "_vae"] = table
        prefixed = {"first_stage_model." + key: tensor for key, tensor in original(table, ours).items()}
        expect_equal(reference.convert_ldm_vae_checkpoint(prefixed, c), ours, name)

    ours = tensors("sdxl/base/text_encoder_2")
    tables["open_clip"] = open_clip_names(ours)
    prefixed = {"conditioner.embedders.1.model." + key: tensor for key, tensor in original(tables["open_clip"], ours).items()}
    model = CLIPTextModelWithProjection(CLIPTextConfig(**config("sdxl/base/text_encoder_2")))
    expect_equal(reference.convert_open_clip_checkpoint(model, prefixed, prefix="conditioner.embedders.1.model."), ours, "open_clip")

    ours, c = tensors("flux/schnell/transformer"), config("flux/schnell/transformer")
    tables["flux"] = flux_names(ours)
    swapped = dict(original(tables["flux"], ours))
    for part in ("weight", "bias"):
        key = f"final_layer.adaLN_modulation.1.{part}"
        scale, shift = swapped[key].chunk(2, 0)
        swapped[key] = torch.cat([shift, scale], 0)
    width = c["num_attention_heads"] * c["attention_head_dim"]
    convert = with_width(reference.convert_flux_transformer_checkpoint_to_diffusers, width)
    expect_equal(convert(swapped), ours, "flux")
    fused_lora(tables["flux"], width)

    out = FIXTURES / "weights" / "original.json"
    out.write_text(json.dumps(tables, indent=0, sort_keys=True) + "\n")
    print(out, {name: len(table) for name, table in tables.items()})


if __name__ == "__main__":
    main()
