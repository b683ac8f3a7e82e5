"""What the pointer does on a plane: carry an item, paint a stroke, pan. Values only; the widget acts on them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np

from explorer.latent.strokes import Path, distance, length, simplify, smooth
from explorer.recipe import Point, Stroke
from explorer.views.latent.plane.paint import thumbnail_rect
from explorer.views.latent.plane.viewport import Viewport

Item = Point | Stroke
Position = tuple[float, float]

REACH = 10.0
"""How near, in pixels, the pointer must be to an item."""

SLACK = 3.0
"""Pixels that a press may wander and still be a click."""

HAND_STEP = 4.0
TOLERANCE = 0.12


def item_at(
    view: Viewport, points: Sequence[Point], strokes: Sequence[Stroke], px: float, py: float, pictures: bool = True,
    outline: Callable[[Stroke], Path] = lambda stroke: stroke.path,
) -> Item | None:  # fmt: skip
    """What is under a pixel: the topmost point, else a point's picture, else the nearest stroke within reach."""
    for point in reversed(points):
        if math.dist(view.to_screen(point.x, point.y), (px, py)) <= REACH:
            return point
    for point in reversed(points) if pictures else ():
        if thumbnail_rect(view, point.x, point.y).contains(px, py):
            return point
    x, y = view.to_plane(px, py)
    near = [(distance(outline(stroke), x, y) * view.scale, i) for i, stroke in enumerate(strokes)]
    best = min(near, default=(math.inf, -1))
    return strokes[best[1]] if best[0] <= REACH else None


def moved(item: Item, dx: float, dy: float) -> Item:
    """An item at another place."""
    if isinstance(item, Point):
        return msgspec.structs.replace(item, x=item.x + dx, y=item.y + dy)
    return msgspec.structs.replace(item, path=tuple((x + dx, y + dy) for x, y in item.path))


@dataclass(slots=True)
class Pan:
    """The plane follows the pointer; `menu`: a press that does not wander asks for one."""

    last: Position
    menu: bool = False
    under_way: bool = False

    def by(self, at: Position) -> Position:
        """How far the pointer has gone since it was last asked; nothing while the press may still be a click."""
        dx, dy = at[0] - self.last[0], at[1] - self.last[1]
        if self.menu and not self.under_way and math.hypot(dx, dy) <= SLACK:
            return 0.0, 0.0
        self.under_way, self.last = True, at
        return dx, dy


@dataclass(slots=True)
class Carry:
    """An item follows the pointer; `start` is the code under the press."""

    item: Item
    pressed: Position
    start: Position
    under_way: bool = False

    def at(self, view: Viewport, px: float, py: float) -> Item | None:
        """The item as it is now; None while the press may still be a click."""
        if not self.under_way and math.dist(self.pressed, (px, py)) <= SLACK:
            return None
        self.under_way = True
        x, y = view.to_plane(px, py)
        item = moved(self.item, x - self.start[0], y - self.start[1])
        if isinstance(item, Point):  # no more digits than a hand has
            item = msgspec.structs.replace(item, x=round(item.x, view.digits), y=round(item.y, view.digits))
        return item


@dataclass(slots=True)
class Paint:
    """A stroke grows; in codes.

    Attributes
    ----------
    path : list of (float, float)
        As the pointer went.
    tool : str
        "stroke" follows the hand; "line", "circle" and "geodesic" need only where it was pressed and where it is now.
    """

    path: list[Position] = field(default_factory=list)
    tool: str = "stroke"

    def add(self, position: Position, straight: bool) -> None:
        """Go on to a code; `straight` keeps only the line from the start."""
        if straight or self.tool != "stroke":
            del self.path[1:]
        self.path.append(position)

    def smooth(self, view: Viewport) -> np.ndarray:
        """The path as it is drawn and decoded, (M, 2): without the hand's jitter, and with few corners."""
        if len(self.path) < 3 or self.tool != "stroke":
            return np.array([self.path[0], self.path[-1]])
        return simplify(smooth(self.path, HAND_STEP / view.scale), TOLERANCE / view.scale)

    def is_click(self, view: Viewport) -> bool:
        """Whether it is too short to be a stroke."""
        return length(self.path) * view.scale <= 2 * SLACK
