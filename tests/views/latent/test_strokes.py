"""Latent: strokes, paths between points, and playing them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.latent.strokes import resample
from explorer.views.latent.view import LatentWorkspace
from tests.views.latent.hands import ARC, LEFT, add_point, assert_same, at, decodings, paint, settle, state


def test_a_strokes_frames_are_decodings_at_even_distances(ws: LatentWorkspace, qtbot: QtBot, checkpoints: Mapping[str, Path]) -> None:
    paint(ws, ARC)
    ws.player.stop()
    settle(ws, qtbot)
    (stroke,) = state(ws).recipe.strokes
    np.testing.assert_allclose([stroke.path[0], stroke.path[-1]], [ARC[0], ARC[-1]], atol=1 / ws.plane.view.scale)
    frames = resample(stroke.path, 64)
    steps = np.linalg.norm(np.diff(frames, axis=0), axis=1)
    assert steps.max() < 1.01 * np.median(steps)
    wanted = decodings(checkpoints["mnist-vae-2d"], frames)
    assert ws.panel.strip.count == 64
    for image, tile in zip(ws.panel.strip.images, wanted, strict=True):
        assert_same(image, tile)


def test_painting_shows_the_decodings_while_it_goes_on(ws: LatentWorkspace, qtbot: QtBot) -> None:
    ws.actions_["stroke"].trigger()
    QTest.mousePress(ws.plane, LEFT, pos=at(ws, *ARC[0]))
    for code in ARC[1:20]:
        QTest.mouseMove(ws.plane, at(ws, *code))
    qtbot.waitUntil(lambda: ws.panel.strip.count == 64, timeout=30_000)
    assert state(ws).recipe.strokes == ()
    QTest.keyClick(ws.plane, Qt.Key.Key_Escape)
    assert ws.panel.strip.count == 0
    QTest.mouseRelease(ws.plane, LEFT, pos=at(ws, *ARC[19]))
    assert state(ws).recipe.strokes == ()
    settle(ws, qtbot)


def test_a_painted_stroke_plays_and_space_pauses_it(ws: LatentWorkspace, qtbot: QtBot) -> None:
    paint(ws, ARC)
    assert ws.player.playing
    qtbot.waitUntil(lambda: state(ws).frame >= 3, timeout=30_000)
    ws.plane.setFocus()
    QTest.keyClick(ws.plane, Qt.Key.Key_Space)
    assert not ws.player.playing
    (stroke,) = state(ws).recipe.strokes
    assert ws.plane.marker == pytest.approx(resample(stroke.path, 64)[state(ws).frame])
    ws.context.store.update_latent(frame=10)
    QTest.keyClick(ws.plane, Qt.Key.Key_Right)
    assert state(ws).frame == 11
    settle(ws, qtbot)


def test_without_loop_playing_ends_at_the_last_frame(ws: LatentWorkspace, qtbot: QtBot) -> None:
    ws.context.store.update_latent(loop=False, speed=8.0)
    paint(ws, ARC)
    qtbot.waitUntil(lambda: not ws.player.playing, timeout=30_000)
    assert state(ws).frame == 63
    starts: list[int] = []
    ws.player.frame_due.connect(starts.append)
    ws.context.store.update_latent(speed=0.25)
    ws.actions_["play"].trigger()
    assert ws.player.playing
    qtbot.waitUntil(lambda: bool(starts))
    assert starts[0] < 63, "from the start again"
    ws.player.stop()
    settle(ws, qtbot)


def test_a_click_in_the_strip_goes_to_that_frame(ws: LatentWorkspace, qtbot: QtBot, checkpoints: Mapping[str, Path]) -> None:
    paint(ws, ARC)
    strip = ws.panel.strip
    qtbot.waitUntil(lambda: strip.count == 64, timeout=30_000)
    QTest.mouseClick(strip, LEFT, pos=QPoint(strip.width() // 2, 20))
    assert not ws.player.playing
    ws.controller.set_hover(None)
    settle(ws, qtbot)
    (stroke,) = state(ws).recipe.strokes
    frame = state(ws).frame
    assert 20 < frame < 44
    assert_same(ws.inspector.probe.picture.image, decodings(checkpoints["mnist-vae-2d"], resample(stroke.path, 64))[frame])


def test_several_strokes_are_selected_moved_and_deleted(ws: LatentWorkspace, qtbot: QtBot) -> None:
    paint(ws, ARC)
    paint(ws, [(-1.5, -1.5), (0.0, -1.6), (1.5, -1.5)])
    ws.player.stop()
    ws.actions_["move"].trigger()
    assert [s.name for s in state(ws).recipe.strokes] == ["Stroke 1", "Stroke 2"]
    settle(ws, qtbot)
    first = state(ws).recipe.strokes[0]
    QTest.mousePress(ws.plane, LEFT, pos=at(ws, *first.path[0]))
    assert state(ws).selected == "Stroke 1"
    QTest.mouseMove(ws.plane, at(ws, first.path[0][0], first.path[0][1] + 1.0))
    QTest.mouseRelease(ws.plane, LEFT, pos=at(ws, first.path[0][0], first.path[0][1] + 1.0))
    moved = state(ws).recipe.strokes[0]
    np.testing.assert_allclose(np.array(moved.path) - np.array(first.path), [[0.0, 1.0]] * len(first.path), atol=2 / ws.plane.view.scale)
    ws.plane.setFocus()
    QTest.keyClick(ws.plane, Qt.Key.Key_Delete)
    assert [s.name for s in state(ws).recipe.strokes] == ["Stroke 2"]
    assert ws.panel.strip.count == 0
    ws.context.store.undo()
    ws.context.store.undo()
    assert state(ws).recipe.strokes[0] == first
    settle(ws, qtbot)


def test_another_number_of_frames(ws: LatentWorkspace, qtbot: QtBot) -> None:
    paint(ws, ARC)
    ws.player.stop()
    frames = ws.inspector.selection.frames
    frames.setValue(16)
    frames.take()
    settle(ws, qtbot)
    assert state(ws).recipe.strokes[0].frames == 16
    assert ws.panel.strip.count == 16


def test_tools_draw_lines_circles_and_geodesics(ws: LatentWorkspace, qtbot: QtBot) -> None:
    for shape in ("line", "circle", "geodesic"):
        ws.actions_[shape].trigger()
        QTest.mousePress(ws.plane, LEFT, pos=at(ws, -0.5, -0.5))
        QTest.mouseMove(ws.plane, at(ws, 0.2, 0.1))
        QTest.mouseRelease(ws.plane, LEFT, pos=at(ws, 0.7, 0.4))
        ws.player.stop()
        stroke = state(ws).recipe.strokes[-1]
        assert stroke.shape == shape
        np.testing.assert_allclose(stroke.path, [(-0.5, -0.5), (0.7, 0.4)], atol=1.5 / ws.plane.view.scale)
        settle(ws, qtbot)
        assert ws.panel.strip.count == 64
    circle = state(ws).recipe.strokes[1]
    assert np.ptp(np.linalg.norm(np.asarray(ws.plane.outline(circle)) - circle.path[0], axis=1)) < 1e-6
    geodesic = state(ws).recipe.strokes[2]
    assert len(ws.plane.outline(geodesic)) > 2


def test_a_node_is_dragged_and_a_locked_point_is_not(ws: LatentWorkspace, qtbot: QtBot) -> None:
    ws.actions_["line"].trigger()
    QTest.mousePress(ws.plane, LEFT, pos=at(ws, -1.0, 1.8))
    QTest.mouseMove(ws.plane, at(ws, 1.0, 1.8))
    QTest.mouseRelease(ws.plane, LEFT, pos=at(ws, 1.0, 1.8))
    ws.player.stop()
    ws.actions_["move"].trigger()
    QTest.mousePress(ws.plane, LEFT, pos=at(ws, 1.0, 1.8))
    QTest.mouseMove(ws.plane, at(ws, 1.5, 1.0))
    QTest.mouseRelease(ws.plane, LEFT, pos=at(ws, 1.5, 1.0))
    (stroke,) = state(ws).recipe.strokes
    np.testing.assert_allclose(stroke.path, [(-1.0, 1.8), (1.5, 1.0)], atol=1.5 / ws.plane.view.scale)
    point = add_point(ws, -0.9, -0.9)
    ws.actions_["lock"].trigger()
    QTest.mousePress(ws.plane, LEFT, pos=at(ws, point.x, point.y))
    QTest.mouseMove(ws.plane, at(ws, 0.0, 0.0))
    QTest.mouseRelease(ws.plane, LEFT, pos=at(ws, 0.0, 0.0))
    locked = state(ws).recipe.points[0]
    assert (locked.x, locked.y, locked.locked) == (point.x, point.y, True)
    ws.actions_["copy"].trigger()
    name, x, y = QGuiApplication.clipboard().text().split("\t")
    assert (name, float(x), float(y)) == ("P1", pytest.approx(point.x), pytest.approx(point.y))
    settle(ws, qtbot)


def test_a_stroke_in_equal_steps_between_images(ws: LatentWorkspace, qtbot: QtBot) -> None:
    paint(ws, ARC)
    ws.player.stop()
    settle(ws, qtbot)
    before = ws.controller.stroke
    spacing = ws.inspector.selection.spacing
    spacing.activated.emit(spacing.findData("image"))
    settle(ws, qtbot)
    after = ws.controller.stroke
    assert before is not None
    assert after is not None

    def uneven(tiles: np.ndarray) -> float:
        return float(np.ptp(np.linalg.norm(np.diff(tiles[..., 0].astype(float).reshape(64, -1), axis=0), axis=1)))

    assert uneven(after.tiles) < 0.7 * uneven(before.tiles)


def test_paths_between_two_points_side_by_side(ws: LatentWorkspace, qtbot: QtBot) -> None:
    assert not ws.actions_["paths"].isEnabled()
    first, second = add_point(ws, -1.6, 0.3), add_point(ws, 1.4, -0.9)
    settle(ws, qtbot)
    ws.actions_["paths"].trigger()
    settle(ws, qtbot)
    paths = ws.panes[0].paths
    assert list(paths) == ["line", "spherical", "geodesic"]
    for shown in paths.values():
        np.testing.assert_allclose(shown.outline[[0, -1]], [(first.x, first.y), (second.x, second.y)], atol=1e-5)
    assert paths["geodesic"].image_length < paths["line"].image_length < 1.5 * paths["geodesic"].image_length
    assert [strip.count for strip in ws.panel.strips] == [32, 32, 32]
