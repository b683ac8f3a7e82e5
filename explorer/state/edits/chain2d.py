"""What a person can do with the two-dimensional chain of the Forward workspace: state in, state out."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from explorer.recipe.chain2d import COUNTS, MOST_POINTS, POINT_REACH, Chain2D, Points2D, PointShape
from explorer.state.edits.forward import with_recipe
from explorer.state.forward import LAYERS_2D, ForwardState, Layer2D

Place = tuple[float, float]
PLACES = 3
APART = 0.07
"""Least distance between two points of one stroke of the pen."""
RUBBED = 0.15
"""Radius of the rubber."""
_replace = msgspec.structs.replace


def chain_of(state: ForwardState) -> Chain2D:
    """The two-dimensional chain."""
    return state.recipe.plane


def with_points(state: ForwardState, **fields: object) -> ForwardState:
    """Fields of q(x_0)."""
    return _with(state, points=_replace(chain_of(state).points, **fields))


def with_network(state: ForwardState, **fields: object) -> ForwardState:
    """Fields of the small network."""
    return _with(state, network=_replace(chain_of(state).network, **fields))


def with_walk(state: ForwardState, **fields: object) -> ForwardState:
    """Fields of how particles walk."""
    return _with(state, walk=_replace(chain_of(state).walk, **fields))


def _with(state: ForwardState, **fields: object) -> ForwardState:
    return with_recipe(state, plane=_replace(chain_of(state), **fields))


def choose_shape(state: ForwardState, shape: PointShape) -> ForwardState:
    """Points along a shape, as many as it usually has; "own" are those that the person had."""
    count = COUNTS.get(shape, chain_of(state).points.count)
    return with_points(state, shape=shape, count=count)


def take_points(state: ForwardState, placed: Sequence[Place], name: str) -> ForwardState:
    """Points of a file."""
    return _own(state, placed, name)


def clear(state: ForwardState) -> ForwardState:
    """No points: those of the pen are to come."""
    return _own(state, ())


def add_point(state: ForwardState, shown: Sequence[Place], place: Place) -> ForwardState:
    """The points that are shown and one more; the state as it is if there is no room."""
    return _own(state, (*shown, place)) if len(shown) < MOST_POINTS else state


def draw_points(state: ForwardState, places: Sequence[Place]) -> ForwardState:
    """The person's own points and those along a stroke of the pen, none close to the one before it; as many as there is room for."""
    own = chain_of(state).points
    placed = list(own.placed if own.shape == "own" else ())
    for place in places:
        if len(placed) < MOST_POINTS and not (placed and _square(place, placed[-1]) < APART**2):
            placed.append(place)
    return _own(state, placed, own.name if own.shape == "own" else "")


def move_point(state: ForwardState, shown: Sequence[Place], index: int, place: Place) -> ForwardState:
    """One of the points that are shown elsewhere; all become the person's own."""
    own = chain_of(state).points
    placed = list(own.placed if own.shape == "own" else shown)
    if not 0 <= index < len(placed):
        return state
    placed[index] = place
    return _own(state, placed, own.name)


def rub_out(state: ForwardState, shown: Sequence[Place], place: Place) -> ForwardState:
    """The points that are shown without those near a place; the state as it is if there are none."""
    own = chain_of(state).points
    placed = own.placed if own.shape == "own" else tuple(shown)
    left = tuple(each for each in placed if _square(place, each) > RUBBED**2)
    return state if len(left) == len(placed) else _own(state, left, own.name)


def _square(a: Place, b: Place) -> float:
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2


def _own(state: ForwardState, placed: Sequence[Place], name: str = "") -> ForwardState:
    return with_points(state, shape="own", placed=tuple((_within(x), _within(y)) for x, y in placed), name=name)


def _within(side: float) -> float:
    return round(min(max(float(side), -POINT_REACH), POINT_REACH), PLACES)


def toggle_layer(state: ForwardState, layer: Layer2D) -> ForwardState:
    """Draw a layer, or not."""
    shown = set(state.layers) ^ {layer}
    return _replace(state, layers=tuple(each for each in LAYERS_2D if each in shown))


def has_points(points: Points2D) -> bool:
    """Whether there is a point at all."""
    return points.shape != "own" or bool(points.placed)
