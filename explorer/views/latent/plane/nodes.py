"""Editing a stroke by its nodes: which of them can be taken hold of, and how the stroke follows. Values only."""

from __future__ import annotations

import math
from dataclasses import dataclass

import msgspec
import numpy as np

from explorer.latent.strokes import bent
from explorer.recipe import Stroke
from explorer.views.latent.plane.viewport import Viewport

REACH = 7.0
"""How near, in pixels, the pointer must be to a node."""

APART = 14.0
"""Nodes that are nearer to the one before, in pixels, are not shown."""

BEND = 90.0
"""How far along the stroke, in pixels, a painted one follows a node that is dragged."""

SLACK, TOLERANCE = 3.0, 0.12


def handles(view: Viewport, stroke: Stroke) -> list[int]:
    """Numbers of the nodes that can be dragged: the ends, and those between that lie apart on the screen."""
    places = [view.to_screen(x, y) for x, y in stroke.path]
    last = len(places) - 1
    found = [0]
    for index in range(1, last):
        if math.dist(places[index], places[found[-1]]) >= APART and math.dist(places[index], places[last]) >= APART:
            found.append(index)
    return [*found, last] if last else found


def node_at(view: Viewport, stroke: Stroke, px: float, py: float) -> int | None:
    """The stroke's node within reach of a pixel."""
    near = [(math.dist(view.to_screen(*stroke.path[index]), (px, py)), index) for index in handles(view, stroke)]
    best = min(near)
    return best[1] if best[0] <= REACH else None


@dataclass(slots=True)
class CarryNode:
    """A node of a stroke follows the pointer; a painted stroke bends with it."""

    item: Stroke
    node: int
    pressed: tuple[float, float]
    under_way: bool = False

    def at(self, view: Viewport, px: float, py: float, alone: bool = False) -> Stroke | None:
        """The stroke as it is now; None while the press may still be a click. `alone`: the other nodes stay."""
        if not self.under_way and math.dist(self.pressed, (px, py)) <= SLACK:
            return None
        self.under_way = True
        place = view.to_plane(px, py)
        if self.item.shape == "free" and len(self.item.path) > 2 and not alone:
            path = bent(np.array(self.item.path), self.node, place, BEND / view.scale, TOLERANCE / view.scale)
            return msgspec.structs.replace(self.item, path=tuple((float(x), float(y)) for x, y in path))
        nodes = list(self.item.path)
        nodes[self.node] = place
        return msgspec.structs.replace(self.item, path=tuple(nodes))
