"""The backgrounds. Each is a function of a view, which draws all scenes of its kind at once: [b, 3, t or 1, h, w]."""

import functools
import random
from typing import NamedTuple

import torch
from torch import Tensor

from device import placed

STARS = [(random.Random(9 + i).uniform(-1.7, 1.7), random.Random(99 + i).uniform(-1.7, 1.0), random.Random(i).uniform(0.35, 1.0))
         for i in range(34)]


class View(NamedTuple):
    """Where and when (x [b, 1, 1, 1, w], y [b, 1, 1, h, 1], t [b, 1, t, 1, 1]), half the width and height, the size of a pixel, and
    what `renderer.choose` left to chance."""
    x: Tensor
    y: Tensor
    t: Tensor
    ax: float
    ay: float
    pixel: float
    phase: tuple[Tensor, ...]
    horizon: Tensor
    sun: Tensor

    @property
    def down(self) -> Tensor:
        """0 at the top, 1 at the bottom."""
        return (self.y / self.ay + 1) / 2


def mix(a: Tensor, b: Tensor, weight: Tensor) -> Tensor:
    return a + (b - a) * weight


@functools.cache
def constant(device, colour: tuple) -> Tensor:
    return placed(colour, device, torch.float32).view(1, 3, 1, 1, 1)


def rgb(like: Tensor, colour: tuple) -> Tensor:
    return constant(like.device, colour)


def gradient(top: tuple, bottom: tuple, position: Tensor) -> Tensor:
    return mix(rgb(position, top), rgb(position, bottom), position.clamp(0, 1))


def above(line: Tensor, y: Tensor, pixel: float) -> Tensor:
    """1 below the line (in the picture), 0 above, one pixel of transition."""
    return ((y - line) / pixel + 0.5).clamp(0, 1)


def room(v: View) -> Tensor:
    wall = gradient((0.78, 0.76, 0.74), (0.64, 0.61, 0.60), v.down)
    floor = gradient((0.42, 0.36, 0.33), (0.56, 0.49, 0.44), (v.down - 0.8) / 0.2)
    picture = mix(wall, floor, above(0.62 * v.ay + 0 * v.x, v.y, v.pixel))
    return picture * (1.06 - 0.16 * ((v.x / v.ax) ** 2 + (v.y / v.ay) ** 2))


def sky(v: View) -> Tensor:
    picture = gradient((0.24, 0.53, 0.92), (0.74, 0.89, 0.99), v.down)
    cloud = 0
    for i, (cx, cy, w) in enumerate(((-0.9, -0.5, 0.5), (0.75, -0.15, 0.42), (-0.25, 0.55, 0.55))):
        dx = torch.remainder(v.x - cx * v.ax - 0.006 * v.t - 0.15 * v.phase[i] + v.ax + 0.7, 2 * v.ax + 1.4) - v.ax - 0.7
        for ox, oy, s in ((-0.55, 0.06, 0.6), (0.0, -0.08, 0.85), (0.5, 0.05, 0.65)):
            cloud = cloud + torch.exp(-(((dx - ox * w) / (0.62 * w * s)) ** 2 + ((v.y - cy * v.ay - oy) / (0.36 * w * s)) ** 2))
    return mix(picture, rgb(v.x, (0.98, 0.99, 1.0)), (1.5 * cloud - 0.25).clamp(0, 0.92))


def sea(v: View) -> Tensor:
    line = 0.12 + v.horizon
    picture = gradient((0.50, 0.76, 0.94), (0.96, 0.93, 0.82), (v.y + v.ay) / (line + v.ay))
    layers = ((line, 0.012, 6.0, 0.10, (0.20, 0.62, 0.76)), (line + 0.16, 0.03, 4.6, -0.16, (0.13, 0.50, 0.70)),
              (line + 0.40, 0.045, 3.6, 0.2, (0.08, 0.38, 0.62)), (line + 0.70, 0.06, 2.8, -0.26, (0.05, 0.27, 0.52)))
    for (h, a, k, w, c), f in zip(layers, v.phase):
        crest = h + a * torch.sin(k * v.x + w * v.t + f)
        depth = (1 + 0.35 * torch.exp(-(v.y - crest).clamp(min=0) / 0.05)).clamp(max=1.35)
        picture = mix(picture, (rgb(v.x, c) * depth).clamp(max=1), above(crest, v.y, v.pixel))
    return picture


def hills(v: View) -> Tensor:
    picture = gradient((0.46, 0.74, 0.95), (0.93, 0.97, 0.92), v.down / 0.6)
    sun = torch.hypot(v.x - v.sun, v.y + 0.62 * v.ay)
    picture = mix(picture, rgb(v.x, (1.0, 0.96, 0.72)), torch.exp(-(sun / 0.22) ** 2) * 0.9)
    layers = ((0.18, 0.11, 2.1, (0.52, 0.74, 0.46)), (0.40, 0.13, 1.6, (0.36, 0.64, 0.30)), (0.68, 0.10, 1.9, (0.22, 0.52, 0.20)))
    for (h, a, k, c), f in zip(layers, v.phase):
        crest = h + v.horizon + a * torch.sin(k * v.x + f)
        light = 1 + 0.18 * torch.exp(-(v.y - crest).clamp(min=0) / 0.12)
        picture = mix(picture, rgb(v.x, c) * light, above(crest, v.y, v.pixel))
    return picture


def night(v: View) -> Tensor:
    picture = gradient((0.02, 0.03, 0.12), (0.16, 0.14, 0.36), v.down)
    glow = 0
    for sx, sy, brightness in STARS:
        glow = glow + brightness * torch.exp(-((v.x - sx) ** 2 + (v.y - sy) ** 2) / (2 * 0.026 ** 2))
    picture = picture + rgb(v.x, (0.95, 0.95, 0.85)) * glow.clamp(max=1)
    crest = 0.76 * v.ay + v.horizon + 0.07 * torch.sin(2.3 * v.x + v.phase[0])
    return mix(picture, rgb(v.x, (0.03, 0.04, 0.09)), above(crest, v.y, v.pixel))


def desert(v: View) -> Tensor:
    picture = gradient((0.42, 0.24, 0.52), (0.99, 0.62, 0.34), v.down / 0.62)
    sun = torch.hypot(v.x - v.sun, v.y - 0.02)
    picture = mix(picture, rgb(v.x, (1.0, 0.80, 0.45)), torch.exp(-(sun / 0.55) ** 2) * 0.6)
    picture = mix(picture, rgb(v.x, (1.0, 0.92, 0.66)), above(sun, 0.26 + 0 * v.y, v.pixel))
    layers = ((0.26, 0.06, 1.8, (0.86, 0.52, 0.28)), (0.48, 0.10, 1.5, (0.72, 0.40, 0.22)), (0.74, 0.08, 2.0, (0.56, 0.29, 0.18)))
    for (h, a, k, c), f in zip(layers, v.phase):
        crest = h + v.horizon + a * torch.sin(k * v.x + f)
        light = 1 + 0.22 * torch.exp(-(v.y - crest).clamp(min=0) / 0.1)
        picture = mix(picture, (rgb(v.x, c) * light).clamp(max=1), above(crest, v.y, v.pixel))
    return picture


def forest(v: View) -> Tensor:
    """Rows of firs in the mist, the nearer the darker."""
    picture = gradient((0.70, 0.84, 0.80), (0.93, 0.95, 0.84), v.down / 0.6)
    layers = ((0.14, 0.30, 3.2, (0.60, 0.76, 0.62)), (0.42, 0.38, 2.4, (0.34, 0.55, 0.38)), (0.76, 0.46, 1.8, (0.13, 0.33, 0.20)))
    for (h, a, k, c), f in zip(layers, v.phase):
        tooth = (torch.remainder(k * v.x + f, 1) - 0.5).abs() * 2          # 1 between two trees, 0 at a tip
        crest = h + v.horizon - a * (1 - tooth) ** 1.5 * (1 + 0.25 * torch.sin(2.7 * v.x + 2 * f))
        light = 1 + 0.2 * torch.exp(-(v.y - crest).clamp(min=0) / 0.15)
        picture = mix(picture, (rgb(v.x, c) * light).clamp(max=1), above(crest, v.y, 2 * v.pixel))
    return picture


def snow(v: View) -> Tensor:
    """White mountains under a pale sky, and a white field."""
    picture = gradient((0.56, 0.68, 0.86), (0.88, 0.92, 0.97), v.down / 0.6)
    peak = (torch.remainder(0.55 * v.x + v.phase[0], 1) - 0.5).abs() * 2
    ridge = 0.30 + v.horizon - 0.75 * (1 - peak) - 0.05 * torch.sin(7 * v.x + v.phase[1])
    rock = gradient((0.50, 0.57, 0.70), (0.66, 0.72, 0.82), v.down / 0.7)
    picture = mix(picture, rock, above(ridge, v.y, 1.3 * v.pixel))
    cap = ridge.clamp(max=-0.06) + 0.16 + 0.05 * torch.sin(9 * v.x + v.phase[2])
    picture = mix(picture, rgb(v.x, (0.97, 0.98, 1.0)), above(ridge, v.y, 1.3 * v.pixel) * (1 - above(cap, v.y, v.pixel)))
    for h, a, k, c, f in ((0.34, 0.06, 1.7, (0.84, 0.89, 0.96), v.phase[2]), (0.62, 0.08, 1.3, (0.92, 0.95, 0.99), v.phase[3])):
        crest = h + v.horizon + a * torch.sin(k * v.x + f)
        picture = mix(picture, rgb(v.x, c) * (1 - 0.14 * (v.y - crest).clamp(0, 1)), above(crest, v.y, v.pixel))
    return picture


def city(v: View) -> Tensor:
    """Two rows of houses before a pale evening sky; windows are lit in the nearer one."""
    picture = gradient((0.62, 0.66, 0.80), (0.98, 0.86, 0.72), v.down / 0.75)
    for h, a, w, c, f, lit in ((0.22, 0.24, 0.30, (0.60, 0.60, 0.70), v.phase[0], False), (0.52, 0.22, 0.42, (0.27, 0.28, 0.38), v.phase[1], True)):
        place = v.x / w + f
        house = torch.floor(place)
        roof = h + v.horizon - a * torch.sin(2.4 * house + f)
        side = ((torch.remainder(place, 1) - 0.5).abs() - 0.5) * w / v.pixel + 1      # a gap of two pixels between houses
        inside = above(roof, v.y, v.pixel)
        picture = mix(picture, rgb(v.x, c) * (1 - 0.12 * side.clamp(0, 1)), inside)
        if lit:
            across, high = torch.remainder(place * 3, 1) - 0.5, torch.remainder((v.y - roof) / 0.17, 1) - 0.55
            window = ((0.24 - across.abs()) * w / 3 / v.pixel + 0.5).clamp(0, 1) * ((0.26 - high.abs()) * 0.17 / v.pixel + 0.5).clamp(0, 1)
            picture = mix(picture, rgb(v.x, (0.98, 0.84, 0.50)), window * inside * above(roof + 0.06, v.y, v.pixel))
    return picture


def underwater(v: View) -> Tensor:
    """Light from above that falls in slanting rays, and a floor of sand."""
    picture = gradient((0.20, 0.68, 0.76), (0.02, 0.20, 0.40), v.down)
    ray = torch.sin(4.2 * (v.x + 0.45 * v.y) + v.phase[0] + 0.05 * v.t) * torch.sin(2.3 * (v.x + 0.45 * v.y) + v.phase[1] - 0.03 * v.t)
    picture = picture + 0.22 * ray.clamp(min=0) * (1 - v.down)
    for h, a, k, c, f in ((0.62, 0.06, 2.2, (0.20, 0.42, 0.46), v.phase[2]), (0.82, 0.05, 1.7, (0.46, 0.55, 0.45), v.phase[3])):
        crest = h * v.ay + v.horizon + a * torch.sin(k * v.x + f)
        picture = mix(picture, rgb(v.x, c), above(crest, v.y, v.pixel))
    return picture.clamp(max=1)


KINDS = {f.__name__: f for f in (room, sky, sea, hills, night, desert, forest, snow, city, underwater)}
