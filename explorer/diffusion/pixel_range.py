"""Values of images: [-1, 1] in this app, and whatever the networks of other programs were trained on. No torch.

A chain runs in the values of its network: x_T ~ N(0, I) there, too, so that each step is the other program's to the last digit. What is
shown is x seen = (x - middle) / half for every t: x_0 and x0_hat then have black and white where they have, and a state keeps its place
between them. For images in [0, 1] that is 2 x - 1, and a state of pure noise is seen around black with twice the contrast.
"""

from __future__ import annotations

from typing import Any, TypeVar

from explorer.diffusion.limits import Clip, Limit, LimitOfRange

Range = tuple[float, float]
"""Black and white."""
HERE: Range = (-1.0, 1.0)

Values = TypeVar("Values")


def seen(values: Values, of: Range) -> Values:
    """Values of a network's images as this app's, in [-1, 1]; arrays or tensors."""
    if of == HERE:
        return values
    low, high = of
    found: Any = values
    moved: Values = (found - (low + high) / 2) / ((high - low) / 2)
    return moved


def meant(values: Values, of: Range) -> Values:
    """Values of this app, in [-1, 1], as a network's images: the inverse of `seen`."""
    if of == HERE:
        return values
    low, high = of
    found: Any = values
    moved: Values = found * ((high - low) / 2) + (low + high) / 2
    return moved


def limit_of_range(clip: Clip, of: Range) -> Clip:
    """A limit of x0_hat that is meant for [-1, 1], for images of another range."""
    if of == HERE or not clip:
        return clip
    limit, (low, high) = clip if isinstance(clip, Limit) else Limit(), of
    return LimitOfRange(limit.reach, limit.quantile, (low + high) / 2, (high - low) / 2)


def words(of: Range) -> str:
    """As "[0, 1]"."""
    return f"[{of[0]:g}, {of[1]:g}]"
