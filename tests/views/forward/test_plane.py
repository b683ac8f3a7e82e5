"""Two dimensions in a real window, with the real engine: points, a network that learns, particles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.recipe.chain2d import Chain2D, Network2D, Points2D, Walk2D
from explorer.recipe.forward import ForwardRecipe, ForwardSchedule
from explorer.state.forward import ForwardState
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import Session
from explorer.views.forward.plane_page import PlanePage
from explorer.views.forward.view import ForwardWorkspace

LEFT = Qt.MouseButton.LeftButton
PLAIN, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
T = 40
UPDATES = 60


@pytest.fixture
def explorer(qtbot: QtBot) -> Iterator[Explorer]:
    """The app on the page, over few timesteps and updates."""
    plane = Chain2D(Points2D("moons", 30), Network2D(updates=UPDATES), Walk2D(steps=20, particles=12))
    recipe = ForwardRecipe(schedule=ForwardSchedule("linear", T), plane=plane)
    session = Session(workspace="forward", theme="dark", forward=ForwardState(recipe=recipe, t=20, page="plane"))
    made = Explorer(Loaded(Saved(session=session), fresh=False), None, [ForwardWorkspace.facts])
    qtbot.addWidget(made.window)
    made.window.resize(1280, 800)
    made.show()
    yield made
    assert made.shutdown()


@pytest.fixture
def ws(explorer: Explorer, qtbot: QtBot) -> ForwardWorkspace:
    """The workspace, with all that it shows."""
    made = explorer.window.workspaces["forward"]
    assert isinstance(made, ForwardWorkspace)
    qtbot.waitUntil(lambda: explorer.has_begun and learnt(made.plane), timeout=120_000)
    return made


def learnt(page: PlanePage) -> bool:
    """Whether both have walked."""
    return page.learning is not None and page.learning.updates == page.learning.total and None not in page.walked.values()


def state(ws: ForwardWorkspace) -> ForwardState:
    return ws.context.store.session.forward


def settle(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: ws.idle and learnt(ws.plane), timeout=120_000)


def stroke(widget: object, *places: QPointF, modifier: Qt.KeyboardModifier = PLAIN) -> None:
    QTest.mousePress(widget, LEFT, modifier, places[0].toPoint())
    for place in places[1:]:
        QTest.mouseMove(widget, place.toPoint())
    QTest.mouseRelease(widget, LEFT, modifier, places[-1].toPoint())


def test_the_network_learns_and_both_begin_at_the_same_noise(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    settle(ws, qtbot)
    page = ws.plane
    assert page.learning is not None
    exact, network = (page.walked[who].paths["ddpm"] for who in ("exact", "learnt"))  # type: ignore[union-attr]
    assert exact.shape == network.shape == (21, 12, 2)
    assert np.array_equal(exact[0], network[0]), "the same x_T"
    assert not np.allclose(exact[-1], network[-1])
    losses = page.learning.losses
    assert losses[-1, 0] == UPDATES
    assert (losses[:, 1] > losses[:, 2]).all(), "no network stays below the exact process on the same draws"
    assert f"{UPDATES} of {UPDATES}" in page.facts["loss"].text()
    assert page.learnt.message == ""
    assert len(page.learnt.scene.arrows) == len(page.exact.scene.arrows) > 0
    assert page.learnt.scene.scale == page.exact.scene.scale
    assert not np.allclose(page.learnt.scene.arrows, page.exact.scene.arrows)


def test_more_updates_come_nearer_to_the_exact_score(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    settle(ws, qtbot)
    few = ws.plane.learning
    ws.inspector.plane.updates.setValue(500)
    ws.inspector.plane.updates.take()
    qtbot.waitUntil(lambda: ws.plane.learning is not None and ws.plane.learning.updates == 500)
    assert few is not None
    assert ws.plane.learning is not None
    assert ws.plane.learning.errors[:, 1].mean() < 0.8 * few.errors[:, 1].mean()
    assert ws.context.store.undo_label == "small network"


def test_particles_follow_the_cursor_and_play_runs_down(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    settle(ws, qtbot)
    page = ws.plane
    QTest.keyClick(ws.transport.timeline, Qt.Key.Key_Home)
    settle(ws, qtbot)
    assert state(ws).t == T
    assert len(page.exact.scene.clouds[0].states) == 1
    QTest.keyClick(ws.transport.timeline, Qt.Key.Key_End)
    settle(ws, qtbot)
    assert len(page.exact.scene.clouds[0].states) == 21
    assert len(page.exact.scene.arrows) == 0, "at t = 0 there is no noise to see"
    ws.actions_["play"].trigger()
    qtbot.waitUntil(lambda: 0 < state(ws).t < T)
    ws.actions_["play"].trigger()
    first = state(ws).t
    ws.actions_["play"].trigger()
    qtbot.waitUntil(lambda: state(ws).t < first or not ws.player.playing)
    assert state(ws).t < first, "particles go down to t = 0"
    ws.player.pause()


def test_points_are_moved_added_and_taken_away(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    settle(ws, qtbot)
    chart = ws.plane.exact
    x, y = ws.plane.shown.points[3].tolist()  # type: ignore[union-attr]
    stroke(chart, chart.point_of(x, y), chart.point_of(0, 1.9), chart.point_of(0, 2.2))
    settle(ws, qtbot)
    points = state(ws).recipe.plane.points
    assert points.shape == "own"
    assert points.placed[3] == pytest.approx((0, 2.2), abs=0.05)
    assert len(points.placed) == 30
    assert ws.context.store.undo_label == "move a point"
    ws.context.store.undo()
    settle(ws, qtbot)
    assert state(ws).recipe.plane.points.shape == "moons", "a drag is one change"
    QTest.mouseDClick(chart, LEFT, PLAIN, chart.point_of(-2, -2).toPoint())
    settle(ws, qtbot)
    assert state(ws).recipe.plane.points.placed[-1] == pytest.approx((-2, -2), abs=0.05)
    QTest.mouseDClick(chart, LEFT, PLAIN, chart.point_of(-2, -2).toPoint())
    settle(ws, qtbot)
    assert len(state(ws).recipe.plane.points.placed) == 30


def test_the_pen_draws_and_rubs_out(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    settle(ws, qtbot)
    chart = ws.plane.exact
    QTest.keyClick(ws.transport.timeline, Qt.Key.Key_Backspace)
    assert state(ws).pen
    assert state(ws).recipe.plane.points.placed == ()
    qtbot.waitUntil(lambda: ws.idle)
    assert chart.message
    assert not chart.scene.density.size
    stroke(chart, chart.point_of(-1, 0), chart.point_of(-0.5, 0), chart.point_of(-0.48, 0), chart.point_of(0, 0))
    placed = np.array(state(ws).recipe.plane.points.placed)
    assert len(placed) in (10, 11), "a quick hand leaves as many points as a slow one"
    assert np.diff(placed[:, 0]).max() < 0.15
    assert np.diff(placed[:, 0]).min() >= 0.07, "close ones are one point"
    settle(ws, qtbot)
    assert chart.message == ""
    assert chart.scene.density.size
    stroke(chart, chart.point_of(-0.5, 0.05), modifier=SHIFT)
    settle(ws, qtbot)
    left = np.array(state(ws).recipe.plane.points.placed)
    assert len(left) < len(placed)
    assert np.abs(left[:, 0] + 0.5).min() > 0.1
    QTest.keyClick(ws.transport.timeline, Qt.Key.Key_P)
    assert not state(ws).pen
    assert not state(ws).drawing, "the pad of images is another"


def test_options_samplers_and_layers_by_keys(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    settle(ws, qtbot)
    page, timeline = ws.plane, ws.transport.timeline
    QTest.keyClick(timeline, Qt.Key.Key_B, SHIFT)
    assert state(ws).recipe.plane.network.option == "B"
    assert page.walked["learnt"] is None, "another network has not walked yet"
    settle(ws, qtbot)
    page.samplers.button("both").click()
    settle(ws, qtbot)
    assert [cloud.name for cloud in page.exact.scene.clouds] == ["DDPM", "ODE"]
    for who in ("exact", "learnt"):
        ddpm, ode = page.walked[who].paths.values()  # type: ignore[union-attr]
        assert np.array_equal(ddpm[0], ode[0])
        assert not np.allclose(ddpm[-1], ode[-1])
    for key, name in ((Qt.Key.Key_Y, "density"), (Qt.Key.Key_F, "arrows"), (Qt.Key.Key_O, "points")):
        QTest.keyClick(timeline, key)
        assert name not in state(ws).layers
    assert not page.exact.scene.density.size
    assert not len(page.exact.scene.arrows)
    assert not len(page.exact.scene.points)
    assert page.exact.scene.clouds
    ws.segments.button("chain").click()
    QTest.keyClick(timeline, Qt.Key.Key_Y)
    assert "density" not in state(ws).layers, "keys of the page are of the page"


def test_learning_is_stopped_and_goes_on(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    settle(ws, qtbot)
    page = ws.plane
    ws.inspector.plane.updates.setValue(10_000)
    ws.inspector.plane.updates.take()
    qtbot.waitUntil(lambda: page.learning is not None and 0 < page.learning.updates < 10_000)
    assert page.walked["exact"] is not None, "what is exact waits for nobody"
    ws.cancel()
    assert not state(ws).learn
    qtbot.waitUntil(lambda: ws.idle)
    stopped = page.learning.updates  # type: ignore[union-attr]
    assert stopped < 10_000
    assert page.learnt.message == "", "what is learnt so far stays"
    QTest.keyClick(ws.transport.timeline, Qt.Key.Key_T)
    qtbot.waitUntil(lambda: page.learning is not None and page.learning.updates > stopped)
    ws.cancel()


def test_points_are_opened_and_paths_exported(ws: ForwardWorkspace, qtbot: QtBot, tmp_path: Path) -> None:
    settle(ws, qtbot)
    np.save(tmp_path / "mine.npy", np.array([[0.0, 0.0], [10.0, 0.0], [5.0, 2.0]]))
    assert ws.accept_data_set(str(tmp_path / "mine.npy"))
    qtbot.waitUntil(lambda: state(ws).recipe.plane.points.name == "mine.npy")
    settle(ws, qtbot)
    assert state(ws).recipe.plane.points.placed == ((-1.6, -0.32), (1.6, -0.32), (0.0, 0.32))
    for ending in (".npz", ".csv", ".png"):
        ws.of_plane.export(str(tmp_path / f"out{ending}"))
        qtbot.waitUntil((tmp_path / f"out{ending}").is_file)
        qtbot.waitUntil(lambda: ws.idle)
    with np.load(tmp_path / "out.npz") as arrays:
        assert np.allclose(arrays["points"], state(ws).recipe.plane.points.placed)
        assert np.array_equal(arrays["exact/ddpm"], ws.plane.walked["exact"].paths["ddpm"])  # type: ignore[union-attr]
        assert np.array_equal(arrays["learnt/ddpm"], ws.plane.walked["learnt"].paths["ddpm"])  # type: ignore[union-attr]
        assert msgspec.json.decode(str(arrays["forward"]), type=ForwardRecipe) == state(ws).recipe
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0].removeprefix("# "))
    assert lines[1] == "what,particle,timestep,x,y"
    assert len(lines) == 2 + 3 + 2 * 21 * 12
    with Image.open(tmp_path / "out.png") as picture:
        assert picture.width > picture.height
    ws.of_plane.open_points(str(tmp_path / "out.csv"))
    qtbot.waitUntil(lambda: state(ws).recipe.plane.points.name == "out.csv")
    assert len(state(ws).recipe.plane.points.placed) == 3, "what was exported is opened again"


def test_a_file_without_points_changes_nothing(ws: ForwardWorkspace, qtbot: QtBot, tmp_path: Path) -> None:
    settle(ws, qtbot)
    before = state(ws)
    (tmp_path / "bad.csv").write_text("a,b\nc,d\n", encoding="utf-8")
    with qtbot.waitSignal(ws.context.client.failed) as caught:
        ws.of_plane.open_points(str(tmp_path / "bad.csv"))
    assert "bad.csv: holds no points" in caught.args[0].message
    assert state(ws) == before


def test_the_inspector_is_about_the_points(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    settle(ws, qtbot)
    controls = ws.inspector.plane
    assert controls.isVisible()
    assert not ws.inspector.choice.isVisible()
    assert not controls.letters.isVisible()
    controls.shape.setCurrentIndex(controls.shape.findData("letters"))
    controls.shape.activated.emit(controls.shape.currentIndex())
    settle(ws, qtbot)
    assert controls.letters.isVisible()
    assert state(ws).recipe.plane.points.shape == "letters"
    assert ws.context.store.undo_label == "points: letters"
    controls.sd.slider.setValue(0)
    settle(ws, qtbot)
    assert state(ws).recipe.plane.points.sd == 0
    QTest.keyClick(ws.transport.timeline, Qt.Key.Key_End)
    settle(ws, qtbot)
    assert controls.numbers.said("peak") == "none: points alone"
    ws.segments.button("noise").click()
    assert ws.inspector.choice.isVisible()
    assert not controls.isVisible()
