"""A wider autoencoder, in its decoder or its latents, that begins where a narrower one ended: its pictures are the same at first, and it
has room to learn.

The new channels carry zeros until training writes to them. The weights that read them are random, so a gradient arrives
there at once; those that write them are zero.
"""

import torch
from torch import Tensor

GROUPS = {"to_qkv": 3, "time_conv": 2, "-quant_conv": 2}             # results that are several times the channels, side by side
QUIET = -6.0                                       # log variance of new latent channels


def widened_norm(old: Tensor, new: Tensor) -> Tensor:
    """The norm divides by the length over all channels and multiplies by the root of their number."""
    gain = old * (old.shape[0] / new.shape[0]) ** 0.5
    return torch.cat([gain, gain.mean().expand(new.shape[0] - old.shape[0], *old.shape[1:])])


def widened(name: str, old: Tensor, new: Tensor) -> Tensor:
    if old.shape == new.shape:
        return old.clone()
    if name.endswith("gamma"):
        return widened_norm(old, new)
    groups = next((n for part, n in GROUPS.items() if part in "-" + name), 1)
    old, result = old.unflatten(0, (groups, -1)), torch.zeros_like(new).unflatten(0, (groups, -1))
    rows = slice(0, old.shape[1])
    if old.dim() == 2:                             # a bias
        result[:, rows] = old
        if name.startswith("quant_conv"):
            result[1, old.shape[1]:] = QUIET
    else:
        columns = old.shape[2]
        result[:, rows] = old.std() * torch.randn_like(result[:, rows])
        result[:, rows, :columns] = old
    if "to_qkv" in name:                           # scores are divided by the root of the channels; new keys are read, new queries zero
        result[0] *= (result.shape[1] / old.shape[1]) ** 0.5
    return result.flatten(0, 1)


def widen(weights: dict[str, Tensor], vae) -> None:
    """Loads the weights of an autoencoder that is narrower than `vae`."""
    vae.load_state_dict({name: widened(name, weights[name], new) for name, new in vae.state_dict().items()})


def check() -> None:
    import config
    import vae as vae_stage
    import vae_form
    torch.manual_seed(0)
    z = config.VAE["z_dim"]
    narrow = vae_stage.build()
    config.VAE.update(decoder_base_dim=config.VAE["decoder_base_dim"] * 3 // 2, z_dim=z * 3 // 2)
    wide = vae_stage.build()
    for p in narrow.parameters():
        torch.nn.init.normal_(p, std=0.3 if p.dim() < 4 else 1.2 / p[0].numel() ** 0.5)
    widen(narrow.state_dict(), wide)
    video = torch.rand(1, 3, 9, 64, 96) * 2 - 1
    latents, means = vae_form.encode(wide, video)[0], vae_form.encode(narrow, video)[0]
    assert (latents[:, :z] - means).abs().max() < 1e-3 and (latents[:, z:] == 0).all()
    picture, latents = vae_form.decode(wide, latents), means
    error = (picture - vae_form.decode(narrow, latents)).abs().max() / picture.square().mean().sqrt()
    print(f"a wider autoencoder: largest difference from the narrow one {error:.1e} of the rms")
    assert error < 1e-4
    picture.square().mean().backward()
    # Gains of zeros, and keys that no query reads yet, wait for the second step; everything else learns from the first.
    still = [name for name, p in wide.decoder.named_parameters()
             if p.dim() > 1 and (p.grad.flatten(1) == 0).all(1).any() and not name.endswith("gamma") and "to_qkv" not in name]
    print(f"weights with rows that get no gradient: {', '.join(still) or 'none'}")
    assert not still



if __name__ == "__main__":
    check()
