"""Which part of a plane a widget shows: pan, zoom, fit. y points up. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from explorer.latent.plane import Extent

MIN_SCALE = 1e-9
MAX_SCALE = 1e9
TICK_PIXELS = 88


@dataclass(frozen=True, slots=True)
class Viewport:
    """A view of the plane.

    Attributes
    ----------
    width, height : int
        Of the widget, pixels.
    x, y : float
        Latent coordinates at its middle.
    scale : float
        Pixels for one latent unit.
    """

    width: int
    height: int
    x: float = 0.0
    y: float = 0.0
    scale: float = 80.0

    @property
    def extent(self) -> Extent:
        """What is visible."""
        half_width, half_height = self.width / 2 / self.scale, self.height / 2 / self.scale
        return self.x - half_width, self.x + half_width, self.y - half_height, self.y + half_height

    def to_screen(self, x: float, y: float) -> tuple[float, float]:
        """Pixel of a code."""
        return self.width / 2 + (x - self.x) * self.scale, self.height / 2 - (y - self.y) * self.scale

    def to_plane(self, px: float, py: float) -> tuple[float, float]:
        """Code under a pixel."""
        return self.x + (px - self.width / 2) / self.scale, self.y - (py - self.height / 2) / self.scale

    @property
    def digits(self) -> int:
        """Decimals that tell places a tenth of a pixel apart."""
        return max(0, math.ceil(math.log10(self.scale)) + 1)

    def resized(self, width: int, height: int) -> Viewport:
        """The same middle and scale in another size."""
        return replace(self, width=max(1, width), height=max(1, height))

    def panned(self, dx: float, dy: float) -> Viewport:
        """Dragged by so many pixels: the plane follows the pointer."""
        return replace(self, x=self.x - dx / self.scale, y=self.y + dy / self.scale)

    def zoomed(self, factor: float, px: float, py: float) -> Viewport:
        """Enlarged by `factor`; the code under the pixel stays under it."""
        scale = min(MAX_SCALE, max(MIN_SCALE, self.scale * factor))
        x, y = self.to_plane(px, py)
        return replace(self, scale=scale, x=x - (px - self.width / 2) / scale, y=y + (py - self.height / 2) / scale)

    def fitted(self, extent: Extent, padding: float = 0.0) -> Viewport:
        """The largest view that has the whole rectangle in it, `padding` pixels from the edges."""
        x_min, x_max, y_min, y_max = extent
        inside_width, inside_height = max(1.0, self.width - 2 * padding), max(1.0, self.height - 2 * padding)
        scale = min(inside_width / max(x_max - x_min, 1e-9), inside_height / max(y_max - y_min, 1e-9))
        scale = min(MAX_SCALE, max(MIN_SCALE, scale))
        return replace(self, x=(x_min + x_max) / 2, y=(y_min + y_max) / 2, scale=scale)


def tick_step(scale: float) -> float:
    """1, 2 or 5 times a power of ten, at least `TICK_PIXELS` apart."""
    least = TICK_PIXELS / scale
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= least * (1 - 1e-9))


def ticks(low: float, high: float, step: float) -> list[float]:
    """Multiples of `step` in [low, high]."""
    return [i * step for i in range(math.ceil(low / step), math.floor(high / step) + 1)]


def tick_text(value: float, step: float) -> str:
    """A tick's number with no more digits than its step needs, and a real minus."""
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{value:.{digits}f}".replace("-", "−") if abs(value) > step / 2 else "0"
