"""Nodes of a stroke: which can be dragged, and what the stroke does."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.recipe import Stroke
from explorer.views.latent.plane.nodes import BEND, CarryNode, handles, node_at
from explorer.views.latent.plane.viewport import Viewport

VIEW = Viewport(600, 400, scale=100.0)
WAVE = Stroke("S", tuple((float(x), float(0.3 * np.sin(3 * x))) for x in np.linspace(-2, 2, 161)))


def test_handles_lie_apart_and_the_ends_are_among_them() -> None:
    found = handles(VIEW, WAVE)
    assert (found[0], found[-1]) == (0, 160)
    places = np.array([VIEW.to_screen(*WAVE.path[i]) for i in found])
    assert np.linalg.norm(np.diff(places, axis=0), axis=1).min() >= 14
    assert len(handles(VIEW.zoomed(4, 300, 200), WAVE)) > 1.5 * len(found)
    assert handles(VIEW, Stroke("P", ((0.0, 0.0),))) == [0]


def test_a_painted_stroke_bends_and_a_straight_one_turns() -> None:
    node = handles(VIEW, WAVE)[10]
    px, py = VIEW.to_screen(*WAVE.path[node])
    assert node_at(VIEW, WAVE, px + 3, py) == node
    assert node_at(VIEW, WAVE, px, py + 30) is None
    carry = CarryNode(WAVE, node, (px, py))
    assert carry.at(VIEW, px + 1, py) is None
    moved = carry.at(VIEW, px, py - 40)
    assert moved is not None
    path, place = np.array(moved.path), np.array(WAVE.path[node]) + np.array([0, 0.4])
    assert np.linalg.norm(path - place, axis=1).min() < 1e-9
    assert {moved.path[0], moved.path[-1]} == {WAVE.path[0], WAVE.path[-1]}
    changed = [p for p in moved.path if p not in set(WAVE.path)]
    assert all(np.hypot(*(np.array(p) - place)) * 100 < BEND + 40 for p in changed)
    alone = CarryNode(WAVE, node, (px, py)).at(VIEW, px, py - 40, alone=True)
    assert alone is not None
    assert sum(a != b for a, b in zip(alone.path, WAVE.path, strict=True)) == 1
    line = CarryNode(Stroke("L", ((0.0, 0.0), (1.0, 0.0)), shape="line"), 1, (0, 0)).at(VIEW, *VIEW.to_screen(0.5, 1.0))
    assert line is not None
    assert line.path[0] == (0.0, 0.0)
    assert line.path[1] == pytest.approx((0.5, 1.0))
