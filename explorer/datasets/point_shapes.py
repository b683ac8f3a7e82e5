"""Points of the plane that lie along a shape. Numpy alone, but for letters."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from explorer.resources import read_as_shipped, resource

SPREAD = 1.6
"""How far a shape reaches from 0 along its longer side."""
FONT, FONT_PIXELS = "Inter-SemiBold.otf", 160


def points_along(shape: str, count: int, letters: str = "") -> np.ndarray:
    """Points x^i of a shape, shape (count, 2), float64, always the same.

    Parameters
    ----------
    shape : str
        "gaussians" (around a circle), "moons", "spiral", "rings" or "letters".
    count : int
    letters : str
        What the letters write; where that has no ink, the points are those of rings.

    Raises
    ------
    ValueError
        If there is no such shape.
    """
    makers = {"gaussians": _circle, "moons": _moons, "spiral": _spiral, "rings": _rings}
    if shape == "letters":
        ink = _ink(letters)
        return _letters(ink, count) if len(ink) else _rings(count)
    if shape not in makers:
        raise ValueError(f"no shape named {shape!r}; there are {', '.join((*makers, 'letters'))}")
    return makers[shape](count)


def fitted(points: np.ndarray, reach: float = SPREAD) -> np.ndarray:
    """The points moved and enlarged, both axes alike, until their longer side is from -reach to reach; one alone, or all alike, at 0."""
    low, high = points.min(0), points.max(0)
    side = float((high - low).max())
    found: np.ndarray = (points - (low + high) / 2) * (2 * reach / side if side > 0 else 1.0)
    return found


def _angles(count: int, turns: float = 1.0, start: float = 0.0) -> np.ndarray:
    return start + 2 * math.pi * turns * np.arange(count) / max(1, count)


def _around(angles: np.ndarray, radius: float) -> np.ndarray:
    return radius * np.stack([np.cos(angles), np.sin(angles)], 1)


def _circle(count: int) -> np.ndarray:
    return _around(_angles(count), SPREAD)


def _moons(count: int) -> np.ndarray:
    first = count - count // 2
    upper, lower = (math.pi * (np.arange(k) + 0.5) / max(1, k) for k in (first, count - first))
    both = np.concatenate([_around(upper, 1.0), np.array([1.0, 0.5]) - _around(lower, 1.0)])
    return (both - np.array([0.5, 0.25])) * (SPREAD / 1.5)


def _spiral(count: int) -> np.ndarray:
    """Evenly spaced along 2.25 turns: the length of a spiral grows as its radius squared."""
    share = np.sqrt((np.arange(count) + 0.5) / max(1, count))
    angle = 2 * math.pi * 2.25 * share
    return SPREAD * share[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)


def _rings(count: int) -> np.ndarray:
    outer = count - count // 3
    return np.concatenate([_around(_angles(outer), SPREAD), _around(_angles(count - outer), SPREAD / 2)])


@lru_cache(maxsize=8)
def _ink(letters: str) -> np.ndarray:
    """Places of the pixels that letters blacken, shape (M, 2), x to the right and y upwards."""
    from PIL import Image, ImageDraw, ImageFont

    place = resource("fonts", FONT)
    with read_as_shipped(place):
        font = ImageFont.truetype(str(place), FONT_PIXELS)
    left, top, right, bottom = (math.floor(side) for side in font.getbbox(letters))
    if right <= left or bottom <= top:
        return np.zeros((0, 2))
    picture = Image.new("L", (right - left + 2, bottom - top + 2))
    ImageDraw.Draw(picture).text((1 - left, 1 - top), letters, fill=255, font=font)
    rows, columns = np.nonzero(np.asarray(picture) > 127)
    return np.stack([columns, -rows], 1).astype(np.float64)


def _letters(ink: np.ndarray, count: int) -> np.ndarray:
    """So many places of the ink, each as far from those before as can be: they fill it evenly."""
    scaled = fitted(ink)
    if count >= len(scaled):
        return scaled[np.arange(count) % len(scaled)]
    chosen = [0]
    apart = ((scaled - scaled[0]) ** 2).sum(1)
    for _ in range(count - 1):
        chosen.append(int(apart.argmax()))
        apart = np.minimum(apart, ((scaled - scaled[chosen[-1]]) ** 2).sum(1))
    return scaled[chosen]
