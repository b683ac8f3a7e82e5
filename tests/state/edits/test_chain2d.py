"""What a person can do with the two-dimensional chain."""

from __future__ import annotations

import msgspec
import pytest

from explorer.recipe.chain2d import MOST_POINTS, POINT_REACH, Chain2D, Network2D, Points2D, Walk2D
from explorer.recipe.forward import ForwardRecipe
from explorer.state.edits import chain2d as edits
from explorer.state.forward import LAYERS_2D, ForwardState

SHOWN = ((0.0, 0.0), (1.0, 1.0), (-1.0, 0.5))


def own(state: ForwardState) -> tuple[tuple[float, float], ...]:
    points = state.recipe.plane.points
    assert points.shape == "own"
    return points.placed


def test_what_is_moved_or_added_is_the_persons_own() -> None:
    moved = edits.move_point(ForwardState(), SHOWN, 1, (0.51239, 9.0))
    assert own(moved) == ((0, 0), (0.512, POINT_REACH), (-1, 0.5))
    assert own(edits.move_point(moved, (), 0, (1, 0)))[0] == (1, 0), "from then on what is shown does not count"
    assert edits.move_point(ForwardState(), SHOWN, 7, (0, 0)) == ForwardState()
    assert own(edits.add_point(ForwardState(), SHOWN, (2, 2))) == (*SHOWN, (2, 2))
    full = [(0.0, 0.0)] * MOST_POINTS
    assert edits.add_point(ForwardState(), full, (2, 2)) == ForwardState()


def test_the_pen_leaves_points_apart_and_the_rubber_takes_those_near() -> None:
    state = edits.clear(ForwardState())
    assert own(state) == ()
    assert not edits.has_points(state.recipe.plane.points)
    for stroke in ((0.0,), (0.05, 0.1, 0.3)):
        state = edits.draw_points(state, [(x, 0) for x in stroke])
    assert own(state) == ((0, 0), (0.1, 0), (0.3, 0))
    assert own(edits.rub_out(state, (), (0.35, 0))) == ((0, 0), (0.1, 0))
    assert edits.rub_out(state, (), (2, 2)) is state
    assert own(edits.draw_points(ForwardState(), [(2, 2)])) == ((2, 2),), "on a blank plane, not among the moons"
    assert own(edits.rub_out(ForwardState(), SHOWN, (1, 1))) == (SHOWN[0], SHOWN[2])


def test_a_shape_comes_with_its_points_and_ones_own_come_back() -> None:
    mine = edits.take_points(ForwardState(), SHOWN, "mine.npy")
    rings = edits.choose_shape(mine, "rings")
    assert rings.recipe.plane.points.count == 240
    back = edits.choose_shape(rings, "own")
    assert own(back) == SHOWN
    assert back.recipe.plane.points.name == "mine.npy"


def test_layers_keep_their_order() -> None:
    state = edits.toggle_layer(ForwardState(), "density")
    assert state.layers == LAYERS_2D[1:]
    assert edits.toggle_layer(state, "density").layers == LAYERS_2D


def test_a_session_without_it_has_the_usual_one() -> None:
    """Files of versions before this."""
    assert msgspec.json.decode(b'{"seed": 3}', type=ForwardRecipe).plane == Chain2D()
    again = msgspec.json.decode(msgspec.json.encode(ForwardState(pen=True)), type=ForwardState)
    assert again == ForwardState(pen=True)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Points2D(count=0), lambda: Points2D(placed=((0.0, 3.0),)), lambda: Points2D(placed=((float("nan"), 0.0),)),
        lambda: Points2D(sd=-0.1), lambda: Points2D(sd=0.6), lambda: Points2D(letters="abcdefghi"),
        lambda: Points2D(placed=((0.0, 0.0),) * 1001), lambda: Network2D(updates=10), lambda: Walk2D(steps=1), lambda: Walk2D(particles=0),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(make: object) -> None:
    with pytest.raises(ValueError, match=r"in \[|1 to|2 to|50 to|within|at most"):
        make()  # type: ignore[operator]
