"""Draws a scene as a short video. Everything is a signed distance or a gradient, evaluated for all pixels at once; the
backgrounds are in scenery.py.

Coordinates: the short side of the picture spans -1..1, x to the right, y down; time in frames. `choose` fixes what a
caption leaves open (positions, speeds, phases); `render` is a pure function of its result, so any crop or stretch of time
of a clip can be drawn alone. `render_all` draws many scenes at once, on any device.

    python renderer.py sheet.png     a contact sheet of random clips
"""

import math
import random

import torch
from torch import Tensor

import grammar
import scenery
from device import placed
from scenery import mix, rgb

COLOUR_RGB = {
    "red": (0.90, 0.13, 0.14), "orange": (0.98, 0.53, 0.08), "yellow": (0.99, 0.86, 0.16), "green": (0.17, 0.72, 0.25),
    "blue": (0.14, 0.34, 0.92), "purple": (0.55, 0.20, 0.80), "pink": (0.99, 0.47, 0.72), "white": (0.95, 0.95, 0.97),
    "black": (0.13, 0.13, 0.14), "grey": (0.52, 0.53, 0.55), "brown": (0.47, 0.27, 0.13), "turquoise": (0.10, 0.78, 0.74),
}


def choose(scene: dict, rng: random.Random, aspect: float) -> dict:
    """Picks the free parameters of a clip; `aspect` is width / height."""
    ax, ay = max(1.0, aspect), max(1.0, 1 / aspect)
    p = dict(scene)
    p["r"] = rng.uniform(0.42, 0.52)
    p["rgb"] = tuple(min(1.0, max(0.0, c + rng.uniform(-0.03, 0.03))) for c in COLOUR_RGB[scene["colour"]])
    p["x"], p["y"] = rng.uniform(-0.35, 0.35) * ax, rng.uniform(-0.25, 0.2) * ay
    p["speed"] = rng.uniform(0.9, 1.15)
    p["phase"] = rng.uniform(0, 1)
    direction = {"left": -1, "right": 1, "up": -1, "down": 1}.get(scene["motion"])
    if scene["motion"] in ("left", "right"):
        p["x"] = -direction * rng.uniform(0.45, 0.8) * ax
    if scene["motion"] in ("up", "down"):
        p["y"] = -direction * rng.uniform(0.45, 0.8) * ay
    p["background_phase"] = [rng.uniform(0, 2 * math.pi) for _ in range(4)]
    p["horizon"] = rng.uniform(-0.06, 0.06)
    p["sun"] = rng.uniform(-0.6, 0.6) * ax
    return p


class Batch:
    """The chosen parameters of several scenes of one kind as tensors [b, 1, 1, 1], so that one expression draws them all."""

    def __init__(self, chosen: list[dict], device="cpu"):
        self.chosen, self.device = chosen, device

    def numbers(self, read) -> Tensor:
        """What `read` finds in each scene; a tuple becomes [b, n, 1, 1]."""
        return placed([read(p) for p in self.chosen], self.device, torch.float32).view(len(self.chosen), -1, 1, 1)


def placement(p: Batch, motion: str, t: Tensor, ax: float, ay: float) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Centre and the two scales of the objects at each time [b, t, 1, 1]."""
    r, speed, phase = (p.numbers(lambda q: q[name]) for name in ("r", "speed", "phase"))
    x, y = (p.numbers(lambda q: q[name]) + 0 * t for name in "xy")
    sx, sy = torch.ones_like(x), torch.ones_like(x)
    step = speed * t * (0.05 if motion in ("left", "right") else 0.042)
    reach_x, reach_y = ax + 1.15 * r, ay + 1.15 * r                # leaves on one side, comes back on the other
    if motion in ("left", "right"):
        x = torch.remainder(x + (step if motion == "right" else -step) + reach_x, 2 * reach_x) - reach_x
    elif motion in ("up", "down"):
        y = torch.remainder(y + (step if motion == "down" else -step) + reach_y, 2 * reach_y) - reach_y
    elif motion == "bounce":
        height = torch.sin(math.pi * (t * speed / 13 + phase)).abs()
        squash = 0.2 * (1 - height / 0.3).clamp(0, 1)
        ground = 0.72 * ay
        y = ground - r - 0.72 * height + squash * r
        sx, sy = 1 + squash, 1 - squash
    elif motion == "spin":
        turn = torch.cos(2 * math.pi * (t * speed / 24 + phase))
        sx = torch.where(turn < 0, -1.0, 1.0) * turn.abs().clamp(min=0.1)
    elif motion == "pulse":
        sx = sy = 1 + 0.3 * torch.sin(2 * math.pi * (t * speed / 18 + phase))
    return x, y, sx, sy


def distance(shape: str, x: Tensor, y: Tensor) -> Tensor:
    """Signed distance (negative inside) of a shape of about unit radius."""
    if shape == "ball":
        return torch.hypot(x, y) - 0.95
    if shape == "ring":
        return (torch.hypot(x, y) - 0.69).abs() - 0.29
    if shape == "box":
        dx, dy = x.abs() - 0.66, y.abs() - 0.66
        return torch.hypot(dx.clamp(min=0), dy.clamp(min=0)) + torch.maximum(dx, dy).clamp(max=0) - 0.16
    if shape == "diamond":
        return (x.abs() + y.abs() * 0.76) / 1.256 - 0.62
    if shape == "moon":
        return torch.maximum(torch.hypot(x, y) - 0.97, 0.80 - torch.hypot(x - 0.42, y + 0.12))
    if shape == "triangle":
        k, y = math.sqrt(3.0), 0.28 - y
        x = x.abs() - 0.86
        y = y + 0.86 / k
        fold = x + k * y > 0
        x, y = torch.where(fold, (x - k * y) / 2, x), torch.where(fold, (-k * x - y) / 2, y)
        x = x - x.clamp(-1.72, 0)
        return -torch.hypot(x, y) * torch.sign(y) - 0.12
    if shape == "star":
        c1, s1 = math.cos(math.pi / 5), math.sin(math.pi / 5)
        x, y = x.abs(), -y
        for kx, ky in ((c1, -s1), (-c1, -s1)):
            d = 2 * (kx * x + ky * y).clamp(min=0)
            x, y = x - d * kx, y - d * ky
        x, y = x.abs(), y - 1.0
        bx, by = 0.48 * s1, 0.48 * c1 - 1.0
        h = ((x * bx + y * by) / (bx * bx + by * by)).clamp(0, 1)
        return torch.hypot(x - bx * h, y - by * h) * torch.sign(y * bx - x * by) - 0.06
    if shape == "heart":
        x, y = x.abs() / 1.5, (0.72 - y) / 1.5
        high = torch.hypot(x - 0.25, y - 0.75) - math.sqrt(2) / 4
        m = 0.5 * (x + y).clamp(min=0)
        low = torch.sqrt(torch.minimum(x * x + (y - 1) ** 2, (x - m) ** 2 + (y - m) ** 2)) * torch.sign(x - y)
        return torch.where(x + y > 1, high, low) * 1.5
    raise ValueError(shape)


def background(p: Batch, kind: str, x: Tensor, y: Tensor, t: Tensor, ax: float, ay: float, pixel: float) -> Tensor:
    """[b, 3, t or 1, h, w]; x [b, 1, 1, 1, w], y [b, 1, 1, h, 1], t [b, 1, t, 1, 1]."""
    phase, horizon, sun = (p.numbers(lambda q: q[name])[..., None] for name in ("background_phase", "horizon", "sun"))
    return scenery.KINDS[kind](scenery.View(x, y, t, ax, ay, pixel, phase.split(1, 1), horizon, sun))


def grouped(chosen: list[dict], attribute: str, device) -> list[tuple[str, Batch, Tensor]]:
    """For each kind that occurs: its scenes, and their rows."""
    groups = {}
    for i, p in enumerate(chosen):
        groups.setdefault(p[attribute], []).append(i)
    return [(kind, Batch([chosen[i] for i in rows], device), placed(rows, device, torch.long)) for kind, rows in groups.items()]


def render_all(chosen: list[dict], width: int, height: int, frames: int, starts: list[int] | None = None,
               corners: list[tuple[int, int]] | None = None, side: int = 0, every: int = 1, device="cpu") -> Tensor:
    """[b, 3, frames, h, w] in 0..1, scenes of any kind; with `side`, the squares of that side at `corners` (x, y in pixels)."""
    starts, corners = starts or [0] * len(chosen), corners or [(0, 0)] * len(chosen)
    if len(chosen) > 1 and "cpu" in str(device):                  # one clip fits the cache
        return torch.cat([render_all([p], width, height, frames, [s], [c], side, every) for p, s, c in zip(chosen, starts, corners)])
    cw, ch = (side, side) if side else (width, height)
    half = min(width, height) / 2
    ax, ay, pixel = width / 2 / half, height / 2 / half, 1 / half

    def line(values: list[int], count: int, step: int = 1) -> Tensor:
        return placed(values, device, torch.float32)[:, None] + step * torch.arange(count, device=device)

    xs = ((line([c[0] for c in corners], cw) + 0.5) / half - ax)[:, None, None, None, :]
    ys = ((line([c[1] for c in corners], ch) + 0.5) / half - ay)[:, None, None, :, None]
    ts = line(starts, frames, every)[:, None, :, None, None]

    picture = torch.empty(len(chosen), 3, frames, ch, cw, device=device)
    for kind, here, rows in grouped(chosen, "background", device):
        picture[rows] = background(here, kind, xs[rows], ys[rows], ts[rows], ax, ay, pixel).expand(-1, -1, frames, -1, -1)
    places = placements(chosen, ts[:, 0], ax, ay)
    for shape, here, rows in grouped(chosen, "object", device):
        picture[rows] = draw_object(here, shape, picture[rows], xs[rows, 0], ys[rows, 0], *places[:, rows])
    return picture


def placements(chosen: list[dict], t: Tensor, ax: float, ay: float) -> Tensor:
    """[4, b, t, 1, 1]: what `placement` says, for scenes of any kind and their times t [b, t, 1, 1]."""
    places = t.new_empty(4, *t.shape)
    for motion, here, rows in grouped(chosen, "motion", t.device):
        places[:, rows] = torch.stack(placement(here, motion, t[rows], ax, ay))
    return places


def outline(p: Batch, shape: str, x: Tensor, y: Tensor, ox: Tensor, oy: Tensor, sx: Tensor, sy: Tensor) -> tuple[Tensor, ...]:
    """The object's own coordinates, the distance with its gradient, and how much of each pixel the object covers; all [b, t, h, w]."""
    r = p.numbers(lambda q: q["r"])
    lx, ly = torch.broadcast_tensors((x - ox) / (r * sx), (y - oy) / (r * sy))
    d = distance(shape, lx, ly)
    gy, gx = torch.gradient(d, dim=(2, 3))
    length = torch.sqrt(gx * gx + gy * gy + 1e-9)
    return lx, ly, d, gx / length, gy / length, (0.5 - d / length).clamp(0, 1)     # d / |gradient| = distance in pixels


def covers(chosen: list[dict], width: int, height: int, frames: int, starts: list[int], every: int = 1, device="cpu") -> Tensor:
    """[b, frames, h, w]: where the objects of render_all are, 0..1."""
    half = min(width, height) / 2
    ax, ay = width / 2 / half, height / 2 / half
    x = ((torch.arange(width, device=device) + 0.5) / half - ax).view(1, 1, 1, -1)
    y = ((torch.arange(height, device=device) + 0.5) / half - ay).view(1, 1, -1, 1)
    ts = (placed(starts, device, torch.float32)[:, None] + every * torch.arange(frames, device=device))[..., None, None]
    places = placements(chosen, ts, ax, ay)
    result = torch.empty(len(chosen), frames, height, width, device=device)
    for shape, here, rows in grouped(chosen, "object", device):
        result[rows] = outline(here, shape, x, y, *places[:, rows])[-1]
    return result


def draw_object(p: Batch, shape: str, picture: Tensor, x: Tensor, y: Tensor, ox: Tensor, oy: Tensor, sx: Tensor, sy: Tensor) -> Tensor:
    lx, ly, d, gx, gy, cover = outline(p, shape, x, y, ox, oy, sx, sy)
    bevel = (1 + d / (0.95 if shape == "ball" else 0.42)).clamp(0, 1) ** 1.5
    light = 0.98 - 0.42 * bevel * (0.45 * gx + 0.72 * gy) - 0.10 * ly
    rim = 1 - 0.35 * ((d + 0.14) / 0.14).clamp(0, 1)
    shine = 0.42 * torch.exp(-((lx * sx.sign() + 0.30) ** 2 + (ly + 0.36) ** 2) / 0.055)
    colour = (p.numbers(lambda q: q["rgb"])[..., None] * (light * rim)[:, None]).clamp(0, 1)
    colour = mix(colour, rgb(colour, (1.0, 1.0, 1.0)), shine[:, None])
    return mix(picture, colour, cover[:, None]).clamp(0, 1)


def render(p: dict, width: int, height: int, frames: int, start: int = 0, every: int = 1) -> Tensor:
    """[3, frames, h, w] in 0..1; `every` leaves out frames between."""
    return render_all([p], width, height, frames, [start], every=every)[0]


def to_image(clips: list[Tensor], every: int):
    """Rows of clips, columns of frames."""
    from PIL import Image
    rows = []
    widest = max(c.shape[3] for c in clips) * len(range(0, clips[0].shape[1], every))
    for clip in clips:
        row = torch.cat(list(clip[:, ::every].unbind(1)), -1)
        rows.append(torch.nn.functional.pad(row, (0, widest - row.shape[2])))
    sheet = (torch.cat(rows, 1).permute(1, 2, 0) * 255).round().byte().numpy()
    return Image.fromarray(sheet)


if __name__ == "__main__":
    import sys
    import time
    import config
    rng = random.Random(3)
    clips, begin = [], time.time()
    for i in range(12):
        scene = {k: v[(i + 3 * j) % len(v)] for j, (k, v) in enumerate(grammar.ATTRIBUTES.items())}
        w, h = config.SIZES[0] if i % 4 else config.SIZES[2]
        clips.append(render(choose(scene, rng, w / h), w, h, config.FRAMES))
    print(f"{(time.time() - begin) / 12 * 1000:.0f} ms a clip")
    to_image(clips, 4).save(sys.argv[1])
