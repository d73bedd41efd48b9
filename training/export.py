"""Last stage: writes the model directory that the program ships (and diffusers loads).

    python export.py RUN FOLDER              averaged weights in bf16
    python export.py RUN FOLDER --untrained  the same files with random weights, for development against the layout
"""

import argparse
import json
import random
import shutil
import warnings
from pathlib import Path

import torch
from safetensors.torch import save_file

import config
import grammar
import text
import tokenizer
import vae as vae_stage
from optim import first_of

EXAMPLES = ["a red ball bounces over the sea", "a golden star spins at night", "a pink heart pulses in the desert"]


def write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def fit_latent_rgb(vae, clips: int = 40) -> dict:
    """Least squares from normalised latents to the mean colour of the block of pixels each one stands for."""
    import renderer
    import vae_form
    rng, inputs, outputs, device = random.Random(config.SEED), [], [], vae.quant_conv.weight.device
    mean, std = (torch.tensor(v, device=device).view(1, -1, 1, 1, 1) for v in (vae.config.latents_mean, vae.config.latents_std))
    for _ in range(clips):
        width, height = rng.choice(config.SIZES)
        video = renderer.render_all([renderer.choose(grammar.random_scene(rng), rng, width / height)], width, height, 17, device=device)[0]
        with torch.no_grad():
            z = (vae_form.encode(vae, video[None] * 2 - 1)[0] - mean) / std
        pixels = torch.nn.functional.avg_pool2d(video.transpose(0, 1), 16).transpose(0, 1)       # [3, 17, h, w]
        pixels = torch.cat([pixels[:, :1], pixels[:, 1:].unflatten(1, (-1, 4)).mean(2)], 1)
        inputs.append(z[0].flatten(1).T.cpu())
        outputs.append(pixels.flatten(1).T.cpu())
    x, y = torch.cat(inputs), torch.cat(outputs)
    solution = torch.linalg.lstsq(torch.cat([x, torch.ones(len(x), 1)], 1), y).solution
    return {"weight": solution[:-1].T.contiguous(), "bias": solution[-1].contiguous()}


def write_directory(folder: Path, vae, denoiser, text_encoder, tokenizer_folder: Path) -> None:
    from diffusers import FlowMatchEulerDiscreteScheduler
    warnings.filterwarnings("ignore")
    folder.mkdir(parents=True, exist_ok=True)
    latent_rgb = fit_latent_rgb(vae)
    for name, model in (("vae", vae), ("transformer", denoiser), ("text_encoder", text_encoder)):
        model.cpu().to(torch.bfloat16).save_pretrained(folder / name, safe_serialization=True)
        model.float()
    FlowMatchEulerDiscreteScheduler(shift=3.0).save_pretrained(folder / "scheduler")
    shutil.copytree(tokenizer_folder, folder / "tokenizer", dirs_exist_ok=True)
    save_file(latent_rgb, folder / "latent_rgb.safetensors")
    import diffusers
    write_json(folder / "model_index.json", {
        "_class_name": "WanPipeline", "_diffusers_version": diffusers.__version__, "boundary_ratio": None, "expand_timesteps": False,
        "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"], "text_encoder": ["transformers", "UMT5EncoderModel"],
        "tokenizer": ["transformers", "T5TokenizerFast"], "transformer": ["diffusers", "WanTransformer3DModel"],
        "transformer_2": [None, None], "vae": ["diffusers", "AutoencoderKLWan"]})
    write_json(folder / "causal.json", config.CAUSAL)
    write_json(folder / "rushes.json", {
        "name": "Rushes Demo", "demonstration": True, "version": "5",
        "description": "A demonstration model: one object of eight shapes and eight colours moves in one of eight ways "
                       "before one of six backgrounds. It knows nothing else.",
        "fps": config.FPS, "sizes": [list(s) for s in config.SIZES], "frames": config.FRAMES, "max_frames": None,
        "examples": EXAMPLES, "vocabulary": grammar.vocabulary()})
    for file in folder.rglob("*"):
        if file.is_file():
            file.chmod(0o644)


def main(argv: list[str] | None = None) -> None:
    from diffusers import WanTransformer3DModel
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--untrained", action="store_true")
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args(argv)
    torch.manual_seed(config.SEED)
    tokenizer_folder = args.run / "tokenizer"
    if not tokenizer_folder.exists():
        tokenizer.train(tokenizer_folder)
        tokenizer.check(tokenizer_folder)
    vae = vae_stage.build()
    denoiser = WanTransformer3DModel(**config.TRANSFORMER)
    text_encoder = text.build(len(tokenizer.Encoder(tokenizer_folder)))
    if not args.untrained:
        vae.load_state_dict(torch.load(first_of(args.run, "vae_final.pt", "vae_encoder_frozen.pt"), map_location="cpu"))
        state = torch.load(first_of(args.run, "denoiser_final.pt", "denoiser_teacher.pt"), map_location="cpu")
        denoiser.load_state_dict(state["denoiser"])
        text_encoder.load_state_dict(state["text_encoder"])
        statistics = torch.load(args.run / "latent_statistics.pt")
        vae.register_to_config(latents_mean=statistics["mean"].tolist(), latents_std=statistics["std"].tolist())
    write_directory(args.folder, vae.to(args.device), denoiser, text_encoder, tokenizer_folder)
    size = sum(f.stat().st_size for f in args.folder.rglob("*") if f.is_file())
    print(f"{args.folder}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
