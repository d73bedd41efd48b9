"""A trace of the built-in model with its trained weights, by the trainer's own sampler. Run from the repository after each
change of resources/models/rushes-demo:

    python tests/parity/make_demo_fixture.py

Writes tests/parity/fixtures/demo.safetensors: the latents of a clip longer than the model's window, and its first frames.
The latents are computed in float64. Each frame is fed by those before it, so some clips magnify rounding a thousand times; a clip
whose float32 run strays from the float64 one says nothing about an implementation, and the script refuses it.
"""

import hashlib
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY / "training"))
import sample  # noqa: E402  (the training kit is a folder of scripts)

MODEL = REPOSITORY / "resources" / "models" / "rushes-demo"
SETTINGS = dict(prompt="a purple diamond stays still in a room", width=96, height=64, frames=45, seed=11)
DECODED = 3                                        # latent frames that are kept as pictures


def main() -> None:
    torch.set_num_threads(1)
    models = sample.Models(MODEL)
    s = SETTINGS
    clip = [s["prompt"]], [s["seed"]], s["width"], s["height"], s["frames"]
    single = sample.sample_latents(models, *clip)
    models.denoiser.double(), models.text_encoder.double()
    latents = sample.sample_latents(models, *clip)
    error = ((single - latents).abs().max() / latents.square().mean().sqrt()).item()
    print(f"float32 against float64: {error:.1e}")
    if error > 1e-5:
        raise SystemExit("rounding grows too much in this clip, choose another prompt or seed")
    latents = latents.float()
    video = sample.decode(models, latents[:, :, :DECODED])[0]
    frames = (video.clamp(0, 1) * 255).round().byte().permute(1, 2, 3, 0)
    weights = hashlib.sha256((MODEL / "transformer" / "diffusion_pytorch_model.safetensors").read_bytes()).hexdigest()
    target = Path(__file__).parent / "fixtures" / "demo.safetensors"
    save_file({"latents": latents.contiguous(), "frames": frames.contiguous()}, target,
              {"settings": json.dumps(s), "transformer_sha256": weights})
    target.chmod(0o644)
    print(target.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
