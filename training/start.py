"""Begins a run from an exported model in place of random weights: the checkpoints of the model that the program ships are too
large for the repository, its weights are in it.

    python start.py FOLDER RUN        then vae.py RUN (or not), denoiser.py RUN --pictures-until 0, export.py ...
    python start.py FOLDER RUN --decoder checkpoint/decoder.safetensors        then score.py and ship.sh RUN: the model with another decoder
"""

import argparse
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file

import config
import sample
import tokenizer
import vae as vae_stage
import widen


def known_words(folder: Path) -> set[str]:
    vocabulary = json.loads((folder / "rushes.json").read_text())["vocabulary"]
    synonyms = vocabulary.pop("synonyms")
    phrases = [phrase for part in (*vocabulary.values(), *synonyms.values()) for phrase in part]
    return {word for phrase in phrases for word in phrase.split()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("--decoder", type=Path, help="weights in place of the model's own, as vae.py --decoder-only left them")
    args = parser.parse_args()
    args.run.mkdir(parents=True)                   # never over a run that exists
    models = sample.Models(args.folder)
    shutil.copytree(args.folder / "tokenizer", args.run / "tokenizer")
    if tokenizer.grow(args.run / "tokenizer", known_words(args.folder)):         # config.py knows more than the model
        tokenizer.check(args.run / "tokenizer")
        models.text_encoder.resize_token_embeddings(len(tokenizer.Encoder(args.run / "tokenizer")))
    torch.manual_seed(config.SEED)
    vae = vae_stage.build()
    widen.widen(models.vae.state_dict(), vae)      # as they are, unless the autoencoder of config.py is wider
    torch.save(vae.state_dict(), args.run / "vae_start.pt")
    if models.vae.config.z_dim == config.VAE["z_dim"]:           # its latents can stay as they are: for vae.py --decoder-only and denoiser.py
        torch.save(vae.state_dict(), args.run / "vae_encoder_frozen.pt")
        torch.save({"mean": models.mean.flatten(), "std": models.std.flatten()}, args.run / "latent_statistics.pt")
    weights = {"text_encoder": models.text_encoder.state_dict()}
    if all(models.denoiser.config[k] == v or k == "patch_size" and tuple(models.denoiser.config[k]) == v for k, v in config.TRANSFORMER.items()):
        weights["denoiser"] = models.denoiser.state_dict()       # one of another shape begins anew
    torch.save(weights, args.run / "denoiser_start.pt")
    if args.decoder:
        vae.load_state_dict(vae.state_dict() | {k: v.float() for k, v in load_file(args.decoder).items()})
        torch.save(vae.state_dict(), args.run / "vae_final.pt")
        torch.save(weights, args.run / "denoiser_final.pt")


if __name__ == "__main__":
    main()
