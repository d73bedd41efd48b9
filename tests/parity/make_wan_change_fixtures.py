"""What a plain reference makes of a prompt that changes while a clip is made block by block. Run from the repository, after
make_wan_fixtures.py:

    python tests/parity/make_wan_change_fixtures.py

Writes tests/parity/fixtures/wan/wan21/change_<case>.safetensors as causal_<case>.safetensors of make_wan_fixtures.py, with
`change.<frame>.<side>`: the texts from the block on that begins at that latent frame, and `wrong.<mistake>`: the latents of a
program that makes it (recached() of make_wan_fixtures.py).
"""

import torch
from diffusers import WanTransformer3DModel
from diffusers.utils import logging
from make_wan_fixtures import CAUSAL, ROOT, TEXT, save, trace_causal

# What the clip begins with (latent frames), and at which latent frames its prompt changes: while the past still grows, and after
# it slid; in "guided" the sink is a third of a block.
CASES = {"relative": (0, [2, 6, 7]), "absolute": (0, [6, 8]), "guided": (0, [3, 6]), "no_sink": (0, [5]), "clip": (5, [5, 7])}


@torch.no_grad()
def main() -> None:
    logging.set_verbosity_error()
    directory = ROOT / "wan" / "wan21"
    model = WanTransformer3DModel.from_pretrained(directory / "transformer", torch_dtype=torch.float32).eval()
    for name, (given, frames) in CASES.items():
        causal = CAUSAL["absolute" if name == "clip" else name]
        generator = torch.Generator().manual_seed(5)

        def texts() -> list[torch.Tensor]:
            return [torch.randn(1, n, TEXT["d_model"], generator=generator) for n in ((5, 3) if causal["guidance_scale"] > 1 else (4,))]

        before, changes = texts(), {frame: texts() for frame in frames}
        first = torch.randn(1, 4, given, 4, 6, generator=generator) if given else None
        settings = {"frames": 9, "seed": 23, "width": 48, "height": 32, "causal": causal, "changes": frames}
        trace = trace_causal(model, causal, 9, before, 23, first, changes) | ({"first": first} if given else {})
        trace |= {f"change.{frame}.{side}": t for frame, sides in changes.items() for side, t in enumerate(sides)}
        for mistake in ("kept", "sink") if causal["sink_size"] else ("kept",):
            trace[f"wrong.{mistake}"] = trace_causal(model, causal, 9, before, 23, first, changes, mistake)["latents"]
        path = directory / f"change_{name}.safetensors"
        save(trace, path, settings)
        path.chmod(0o644)


if __name__ == "__main__":
    main()
