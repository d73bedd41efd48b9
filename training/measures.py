"""How crisp and how steady a clip is, without knowing what it should show, and how far two sets of anything are apart. Clips are
[b, 3, t, h, w] in 0..1; one number a clip.

    python measures.py        checks them on renders that are made soft or to flicker, and on numbers with a known distance
"""

import torch
import torch.nn.functional as F
from torch import Tensor

CONTRAST = 0.2                                     # of an edge that counts, in brightness
REACH = 7                                          # pixels in which an edge is looked for


def brightness(video: Tensor) -> Tensor:
    return (video * video.new_tensor([0.299, 0.587, 0.114]).view(3, 1, 1, 1)).sum(1)


def sharpness(video: Tensor) -> list[float]:
    """The largest step between neighbouring pixels as a part of the contrast around it, over all places with contrast: 1 for
    an edge between two pixels, 0.2 for one that is five pixels wide."""
    y = brightness(video)
    step = torch.maximum(F.pad((y[..., 1:] - y[..., :-1]).abs(), (0, 1)), F.pad((y[..., 1:, :] - y[..., :-1, :]).abs(), (0, 0, 0, 1)))
    step, high, low = (F.max_pool2d(x, REACH, 1, REACH // 2) for x in (step, y, -y))
    contrast = high + low
    return [(s[c > CONTRAST] / c[c > CONTRAST]).sum().item() / max(1, (c > CONTRAST).sum().item()) for s, c in zip(step, contrast)]


def flicker(video: Tensor) -> list[float]:
    """Mean distance of a frame from the middle of its two neighbours, in 1/255."""
    return [255 * (y[1:-1] - (y[2:] + y[:-2]) / 2).abs().mean().item() for y in brightness(video)]


def frechet(a: Tensor, b: Tensor) -> Tensor:
    """Fréchet distance (squared) between the normal distributions with the means and covariances of two sets [n, d] and [m, d].
    The trace of the root of the covariances' product is the sum of the singular values of one set times the other: no roots of
    matrices, and fewer samples than dimensions will do."""
    means, (a, b) = a.mean(0) - b.mean(0), ((x - x.mean(0)) / (len(x) - 1) ** 0.5 for x in (a, b))
    return means.square().sum() + a.square().sum() + b.square().sum() - 2 * torch.linalg.svdvals(a @ b.T).sum()


def check() -> None:
    import random
    import config
    import grammar
    import renderer
    rng, clips = random.Random(5), []
    for _ in range(12):
        clips.append(renderer.render(renderer.choose(grammar.random_scene(rng), rng, 1.75), *config.SIZES[0], 17))
    clips = torch.stack(clips)

    def mean(values: list[float]) -> float:
        return sum(values) / len(values)

    crisp, before = mean(sharpness(clips)), 10.0
    for deviation in (0.0, 0.5, 1.0, 2.0):
        x = torch.arange(-6, 7.0)
        kernel = torch.exp(-0.5 * (x / max(deviation, 1e-3)) ** 2)
        kernel = kernel / kernel.sum()
        soft = F.conv3d(F.conv3d(clips.flatten(0, 1)[:, None], kernel.view(1, 1, 1, 1, -1), padding=(0, 0, 6)),
                        kernel.view(1, 1, 1, -1, 1), padding=(0, 6, 0))[:, 0].unflatten(0, clips.shape[:2])
        now = mean(sharpness(soft))
        print(f"blurred by {deviation} pixels: sharpness {now:.3f}, {now / crisp:.2f} of the renderer's")
        assert now < before
        before = now
    shaken = clips + 0.02 * torch.randn(12, 1, 17, 1, 1)
    print(f"flicker {mean(flicker(clips)):.2f}, brightness shaken by 0.02: {mean(flicker(shaken)):.2f}")
    assert mean(flicker(shaken)) > mean(flicker(clips)) + 1
    a = torch.randn(800, 20, dtype=torch.double)
    a = a - a.mean(0)
    moved, wider = frechet(a, a + 0.5).item(), frechet(a, 3 * a).item()
    print(f"distance when moved by 0.5 in 20 dimensions {moved:.3f} (5), when three times as wide {wider / a.var(0).sum():.3f} of the variance (4)")
    assert abs(moved - 5) < 1e-6 and abs(wider / a.var(0).sum() - 4) < 1e-6


if __name__ == "__main__":
    check()
