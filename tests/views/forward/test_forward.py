"""The Forward workspace in a real window, with the real engine, real images and a shipped network."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.datasets.emoji import emoji
from explorer.datasets.images import to_unit_range
from explorer.engine.pictures.tiles import grey_tiles
from explorer.recipe.chain2d import Chain2D, Network2D, Walk2D
from explorer.recipe.forward import ForwardImage, ForwardSchedule
from explorer.state.edits import forward as edits
from explorer.state.forward import ForwardState
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import Session
from explorer.views.forward.view import ForwardWorkspace
from explorer.views.reverse_chain.view import ReverseChainWorkspace
from explorer.views.shared.rows import NOTHING
from explorer.widgets.look.math_label import MathLabel
from explorer.widgets.look.sharp import pixels_of, to_image

LEFT = Qt.MouseButton.LeftButton
T = 60


@pytest.fixture
def explorer(qtbot: QtBot) -> Iterator[Explorer]:
    """The app with its engine, on the Forward workspace, over 60 timesteps."""
    session = Session(workspace="forward", theme="dark")
    plane = Chain2D(network=Network2D(updates=50), walk=Walk2D(steps=10, particles=10))
    recipe = msgspec.structs.replace(session.forward.recipe, schedule=ForwardSchedule("linear", T), plane=plane)
    session = msgspec.structs.replace(session, forward=msgspec.structs.replace(session.forward, recipe=recipe, t=20))
    made = Explorer(Loaded(Saved(session=session), fresh=False), None, [ForwardWorkspace.facts, ReverseChainWorkspace.facts])
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
    qtbot.waitUntil(lambda: explorer.has_begun and made.idle and made.controller.schedule is not None, timeout=60_000)
    return made


def state(ws: ForwardWorkspace) -> ForwardState:
    return ws.context.store.session.forward


def settle(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: ws.idle, timeout=60_000)


def open_page(ws: ForwardWorkspace, qtbot: QtBot, page: str) -> None:
    ws.segments.button(page).click()
    settle(ws, qtbot)
    assert state(ws).page == page
    assert ws.pages[page].isVisible()


def drag(widget: object, start: QPointF, end: QPointF) -> None:
    target = widget.viewport() if hasattr(widget, "viewport") else widget
    QTest.mousePress(target, LEFT, Qt.KeyboardModifier.NoModifier, start.toPoint())
    for share in (0.5, 1.0):
        QTest.mouseMove(target, (start + (end - start) * share).toPoint())
    QTest.mouseRelease(target, LEFT, Qt.KeyboardModifier.NoModifier, end.toPoint())


def test_scrubbing_noises_the_image(ws: ForwardWorkspace, qtbot: QtBot, mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    table = ws.noise.pictures
    assert table.image("x_t", "once") == table.image("x_t", "walk")
    QTest.keyClick(ws.transport.timeline, Qt.Key.Key_End)
    settle(ws, qtbot)
    assert state(ws).t == 0
    assert table.image("x_t", "once") == to_image(grey_tiles(to_unit_range(mnist_test[0][:1]))[0])
    QTest.keyClick(ws.transport.timeline, Qt.Key.Key_Home)
    settle(ws, qtbot)
    assert state(ws).t == T
    assert ws.transport.note == "noise"
    QTest.keyClick(ws.transport.timeline, Qt.Key.Key_Right)
    QTest.keyClick(ws.transport.timeline, Qt.Key.Key_PageDown)
    settle(ws, qtbot)
    assert state(ws).t == T - 11
    timeline = ws.transport.timeline
    QTest.mouseClick(timeline, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(round(timeline.x_of(15)), 13))
    settle(ws, qtbot)
    assert state(ws).t == 15
    assert ws.noise.equation.equation.step[1].factor == f"{math.sqrt(ws.controller.schedule.alpha_bar[15]):.4f}"  # type: ignore[union-attr]
    assert ws.noise.film.timesteps[0] == T
    step = ws.inspector.step
    assert step.said("ᾱ") == f"{ws.controller.schedule.alpha_bar[15]:.4f}"  # type: ignore[union-attr]
    assert float(step.said("variance")) > 0
    assert ws.inspector.schedule.said("shape") == f"linear, T = {T}"
    assert not ws.context.store.can_undo, "where the person looks is not undone"


def test_playing_goes_from_the_image_to_noise(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    ws.context.store.update_forward(t=T - 2)
    ws.actions_["play"].trigger()
    assert ws.player.playing
    assert not ws.idle
    assert ws.actions_["play"].text() == "&Pause"
    qtbot.waitUntil(lambda: not ws.player.playing, timeout=10_000)
    assert state(ws).t == T
    assert ws.actions_["play"].text() == "&Play"


def test_a_page_has_its_key_and_stays_when_it_is_pressed_again(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    assert "(4)" in ws.segments.button("posterior").toolTip()
    for _ in range(2):
        QTest.keyClick(ws.transport.timeline, Qt.Key.Key_4)
        settle(ws, qtbot)
        assert state(ws).page == ws.segments.current == "posterior"
        assert [name for name, action in ws.actions_.choice("page").items() if action.isChecked()] == ["posterior"]


def test_choosing_images_is_undone(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    choice = ws.inspector.choice
    QTest.mouseClick(choice, LEFT, Qt.KeyboardModifier.NoModifier, choice.rect_of(5).center().toPoint())
    settle(ws, qtbot)
    assert state(ws).recipe.image == ForwardImage(5)
    before = ws.noise.pictures.image("x_t", "once")
    ws.actions_["random"].trigger()
    settle(ws, qtbot)
    index = state(ws).recipe.image.index
    assert ws.context.store.undo_label == f"test image {index}"
    assert index in choice.shown, "the strip goes to where the image is"
    ws.context.store.undo()
    settle(ws, qtbot)
    assert state(ws).recipe.image == ForwardImage(5)
    assert ws.noise.pictures.image("x_t", "once") == before


def test_a_picture_of_another_size_is_offered_to_be_resized(ws: ForwardWorkspace, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 30, 3), np.uint8)).save(path)
    assert ws.accept_picture(str(path))
    qtbot.waitUntil(ws.offer.isVisible, timeout=10_000)
    assert "40 × 30" in ws.offer.text.text()
    ws.offer.drop.click()
    assert not ws.offer.isVisible()
    assert state(ws).recipe.image == ForwardImage(0)
    ws.accept_picture(str(path))
    qtbot.waitUntil(ws.offer.isVisible, timeout=10_000)
    ws.offer.keep.click()
    settle(ws, qtbot)
    assert state(ws).recipe.image.picture is not None
    assert state(ws).recipe.image.picture.array().shape == (3, 40, 30)
    assert ws.noise.pictures.image("x_t", "once").height() == 40  # type: ignore[union-attr]
    open_page(ws, qtbot, "posterior")
    assert {column for _, column in ws.posterior.table.shown} == {"known"}
    ws.accept_picture(str(path))
    qtbot.waitUntil(ws.offer.isVisible, timeout=10_000)
    ws.offer.fit.click()
    settle(ws, qtbot)
    assert state(ws).recipe.image.picture.array().shape == (1, 28, 28)


def test_a_broken_picture_is_told_of_and_nothing_is_lost(explorer: Explorer, ws: ForwardWorkspace, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(b"no picture")
    image = state(ws).recipe.image
    ws.accept_picture(str(path))
    qtbot.waitUntil(explorer.window.banner.isVisible, timeout=10_000)
    assert "broken.png" in explorer.window.banner.message
    assert state(ws).recipe.image == image


def test_pasting(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    pixels = np.zeros((28, 28, 3), np.uint8)
    pixels[10:18, 10:18] = 255
    QGuiApplication.clipboard().setImage(to_image(pixels))
    ws.paste()
    settle(ws, qtbot)
    assert state(ws).recipe.image.picture is not None
    assert np.array_equal(state(ws).recipe.image.picture.array()[0], pixels[:, :, 0])
    clear = QImage(2, 1, QImage.Format.Format_ARGB32)
    clear.fill(0)
    assert (pixels_of(clear) == 255).all()
    QGuiApplication.clipboard().clear()
    with qtbot.waitSignal(ws.status_changed) as said:
        ws.paste()
    assert "no picture in the clipboard" in said.args[0].text


def test_bending_the_schedule(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    open_page(ws, qtbot, "schedule")
    bend = ws.schedule.bend
    before = ws.controller.schedule
    assert before is not None
    last = len(bend.knots) - 1
    drag(bend, bend.point_of_knot(last), bend.point_of(T, 1.0))
    settle(ws, qtbot)
    schedule = state(ws).recipe.schedule
    assert schedule.shape == "bent"
    assert schedule.knots[last][1] == pytest.approx(1.0, abs=0.2)
    assert schedule.knots[last - 1][1] > schedule.knots[last][1], "it pushes its neighbours"
    assert all(round(value, 4) == value for knot in schedule.knots for value in knot), "as a command of Training has them"
    said = ws.window().status_bar.findChild(MathLabel)  # type: ignore[attr-defined]
    assert said.isVisible()
    assert said.accessibleName().startswith("L_T")
    assert ws.controller.schedule.image.kl > before.image.kl  # type: ignore[union-attr]
    assert ws.context.store.undo_label == "bend the schedule"
    ws.context.store.undo()
    settle(ws, qtbot)
    assert state(ws).recipe.schedule == ForwardSchedule("linear", T), "a whole drag is one change"


def test_control_points_come_and_go(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    open_page(ws, qtbot, "schedule")
    bend = ws.schedule.bend
    count = len(bend.knots)
    QTest.mouseDClick(bend, LEFT, Qt.KeyboardModifier.NoModifier, bend.point_of(round(1 + 0.48 * (T - 1)), 5.0).toPoint())
    settle(ws, qtbot)
    assert len(bend.knots) == count + 1
    added = min(range(len(bend.knots)), key=lambda i: abs(bend.knots[i][0] - 0.48))
    QTest.mouseDClick(bend, LEFT, Qt.KeyboardModifier.NoModifier, bend.point_of_knot(added).toPoint())
    settle(ws, qtbot)
    assert len(bend.knots) == count
    ws.schedule.shapes.button("cosine").click()
    settle(ws, qtbot)
    assert state(ws).recipe.schedule.shape == "cosine"
    ws.schedule.shapes.button("bent").click()
    settle(ws, qtbot)
    assert len(state(ws).recipe.schedule.knots) == count, "the bent one comes back"


def test_another_number_of_timesteps_keeps_the_cursor_at_its_share(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    open_page(ws, qtbot, "schedule")
    ws.schedule.T.setValue(120)
    ws.schedule.T.take()
    settle(ws, qtbot)
    assert state(ws).recipe.schedule.T == 120
    assert state(ws).t == 40


def test_the_schedule_is_used_in_reverse_chain(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    store = ws.context.store
    qtbot.waitUntil(lambda: bool(store.session.reverse.recipe.lanes), timeout=10_000)
    lanes = store.session.reverse.recipe.lanes
    store.update_reverse(recipe=msgspec.structs.replace(store.session.reverse.recipe, lanes=()))
    assert not ws.schedule.use.isEnabled(), "there is nothing to sample"
    few = tuple(msgspec.structs.replace(lane, sampler=msgspec.structs.replace(lane.sampler, steps=4)) for lane in lanes)
    store.update_reverse(recipe=msgspec.structs.replace(store.session.reverse.recipe, lanes=few, samples=1))
    open_page(ws, qtbot, "schedule")
    ws.schedule.use.click()
    assert store.session.workspace == "reverse-chain"
    assert store.session.reverse.recipe.lanes[0].schedule == state(ws).recipe.schedule.choice
    page = ws.window().workspaces["reverse-chain"]  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: page.idle and bool(page.controller.run.done), timeout=60_000)
    assert page.controller.T == T


def test_two_pixels_are_dragged(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    open_page(ws, qtbot, "pixels")
    picker, joint = ws.pixels.picker, ws.pixels.joint
    assert len(joint.points) == 2000
    assert ws.pixels.numbers.said("pixels") == "a (10, 14) · b (14, 14)"
    before = joint.points.copy()
    drag(picker, picker.rect_of((10, 14)).center(), picker.rect_of((5, 20)).center())
    settle(ws, qtbot)
    assert state(ws).recipe.pixels == ((5, 20), (14, 14))
    assert not np.array_equal(joint.points[:, 0], before[:, 0])
    assert np.array_equal(joint.points[:, 1], before[:, 1])
    QTest.keyClick(picker, Qt.Key.Key_S)
    settle(ws, qtbot)
    assert state(ws).recipe.pixels[0] == (6, 20)
    store = ws.context.store
    assert store.undo_label == "pixel a"
    store.undo()
    assert state(ws).recipe.pixels[0] == (5, 20), "the key is a change of its own"
    store.undo()
    assert state(ws).recipe.pixels[0] == (10, 14), "a whole drag is one change"


def test_one_step_back_three_ways(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    open_page(ws, qtbot, "posterior")
    assert {column for _, column in ws.posterior.table.shown} == {"known", "exact", "network"}
    assert "σ" in ws.posterior.distances.said("network")
    first = ws.posterior.table.image("x0", "network")
    models = ws.posterior.models
    other = models.findText("mnist-ddpm-b", Qt.MatchFlag.MatchStartsWith)
    models.setCurrentIndex(other)
    models.activated.emit(other)
    settle(ws, qtbot)
    assert state(ws).recipe.checkpoint == models.itemData(other)
    assert ws.context.store.undo_label == "network mnist-ddpm-b"
    assert ws.posterior.table.image("x0", "network") != first
    ws.player.to_image()
    settle(ws, qtbot)
    assert ws.posterior.table.shown == ()
    assert ws.posterior.distances.said("network") == NOTHING


def test_a_network_that_is_not_there_is_said_and_no_other_is_shown_for_it(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    missing = edits.with_recipe(state(ws), checkpoint="0" * 64, source="/nowhere/mine.safetensors")
    ws.context.store.update("network", forward=missing)
    open_page(ws, qtbot, "posterior")
    page = ws.posterior
    assert {column for _, column in page.table.shown} == {"known", "exact"}
    assert page.models.currentText() == "mine"
    assert page.note.text().startswith("/nowhere/mine.safetensors: no such file")
    assert page.note.isVisible()
    other = page.models.findText("mnist-ddpm-b", Qt.MatchFlag.MatchStartsWith)
    page.models.setCurrentIndex(other)
    page.models.activated.emit(other)
    settle(ws, qtbot)
    assert {column for _, column in page.table.shown} == {"known", "exact", "network"}
    assert page.models.currentText().startswith("mnist-ddpm-b")
    assert page.models.findText("mine") < 0
    assert page.note.text() == ""


def test_a_moment_of_a_run_can_be_the_network(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    open_page(ws, qtbot, "posterior")
    before = ws.posterior.table.image("x0", "network")
    moment = next(e for e in ws.context.library.folded if e.name.startswith("mnist-ddpm-c/"))
    assert ws.accept_entry(moment)
    settle(ws, qtbot)
    assert state(ws).recipe.checkpoint == moment.sha256
    assert ws.posterior.models.currentText() == moment.name
    assert ws.posterior.table.image("x0", "network") not in (None, before)


def test_sliders_of_the_asides(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    open_page(ws, qtbot, "gaussians")
    assert not ws.transport.isVisible()
    page = ws.gaussians
    before = page.facts["sum"].text()
    page.sliders["x_mean"].slider.setValue(0)
    settle(ws, qtbot)
    assert state(ws).recipe.asides.x_mean == -2.0
    assert page.facts["sum"].text() != before
    page.sliders["strength"].slider.setValue(0)
    settle(ws, qtbot)
    assert page.facts["X given W"].text() == "distance from a Gaussian: 0.0 %"


def test_the_one_dimensional_chain_is_dragged(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    open_page(ws, qtbot, "chain")
    page, chart = ws.chain, ws.chain.map
    drag(chart, chart.mode_point(2), chart.mode_point(2) + QPointF(0, -20))
    settle(ws, qtbot)
    modes = state(ws).recipe.chain.modes
    assert modes[2] > 1.5
    assert modes[:2] == (-1.2, 0.2)
    assert ws.context.store.undo_label == "one-dimensional chain"
    drag(chart, chart.point_of(20, 0.3), chart.point_of(45, -1.0))
    settle(ws, qtbot)
    assert state(ws).t == pytest.approx(45, abs=1)
    assert state(ws).recipe.chain.x == pytest.approx(-1, abs=0.05)
    assert page.facts[0].text() != page.facts[1].text()
    before = chart._paths
    page.paths.button("backward").click()
    settle(ws, qtbot)
    assert not np.array_equal(chart._paths, before)
    QTest.mouseDClick(chart, LEFT, Qt.KeyboardModifier.NoModifier, chart.mode_point(0).toPoint())
    settle(ws, qtbot)
    assert len(state(ws).recipe.chain.modes) == 2


def test_every_page_fits_the_smallest_window(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    for page in ws.pages:
        open_page(ws, qtbot, page)
        needed = ws.window().minimumSizeHint()
        assert needed.width() <= 1280, page
        assert needed.height() <= 800, page


def test_emoji_are_noised_on_every_page(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    ws.inspector.data.menu().aboutToShow.emit()
    names = [action.text().split("\t")[0] for action in ws.inspector.data.menu().actions() if action.isCheckable()]
    assert names == ["MNIST, test images", "Emoji, test images"]
    ws.inspector.data.menu().actions()[1].trigger()
    qtbot.waitUntil(lambda: ws.controller.shape == (3, 32, 32))
    settle(ws, qtbot)
    assert ws.context.store.undo_label == "images of Emoji"
    assert state(ws).recipe.image == ForwardImage(0, dataset="emoji")
    tile = grey_tiles(to_unit_range(emoji("test")[0][:1]))[0]
    assert np.array_equal(pixels_of(ws.inspector.choice._images[0]), tile)
    open_page(ws, qtbot, "pixels")
    assert len(ws.pixels.joint.points) == 370
    red = ws.pixels.joint.points
    ws.pixels.channel.button("blue").click()
    settle(ws, qtbot)
    assert state(ws).recipe.channel == 2
    assert not np.array_equal(ws.pixels.joint.points, red)
    open_page(ws, qtbot, "posterior")
    assert {column for _, column in ws.posterior.table.shown} >= {"known", "exact"}
    ws.actions_["draw"].trigger()
    settle(ws, qtbot)
    assert ws.inspector.colours.isVisible()
    ws.inspector.colours.swatches["red"].click()
    pad = ws.inspector.pad
    middle = QPointF(pad.width() / 2, pad.height() / 2)
    drag(pad, middle + QPointF(0, -60), middle + QPointF(0, 60))
    qtbot.waitUntil(lambda: state(ws).recipe.image.picture is not None, timeout=10_000)
    drawn = state(ws).recipe.image.picture.array()
    assert drawn.shape == (3, 32, 32)
    assert drawn[0, 16, 16] > drawn[1, 16, 16] + 100
    assert (drawn[:, 0, 0] == 255).all()


def test_a_network_brings_the_images_that_it_learned(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    ws.gestures.choose_data("emoji")
    qtbot.waitUntil(lambda: ws.controller.shape == (3, 32, 32))
    settle(ws, qtbot)
    open_page(ws, qtbot, "posterior")
    entry = ws.context.library.named("mnist-ddpm-b")
    assert entry is not None
    assert ws.accept_entry(entry)
    qtbot.waitUntil(lambda: ws.controller.shape == (1, 28, 28))
    settle(ws, qtbot)
    assert state(ws).recipe.image.dataset == "mnist"
    assert {column for _, column in ws.posterior.table.shown} == {"known", "exact", "network"}


def test_a_data_set_that_cannot_be_read_is_told_of_and_nothing_is_lost(
    explorer: Explorer, ws: ForwardWorkspace, qtbot: QtBot, tmp_path: Path
) -> None:
    before = state(ws)
    (tmp_path / "broken.npy").write_bytes(b"no array")
    assert ws.accept_data_set(str(tmp_path / "broken.npy"))
    qtbot.waitUntil(lambda: "broken.npy" in explorer.window.banner.message)
    assert state(ws) == before


def test_a_drawing_is_noised(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    ws.actions_["draw"].trigger()
    settle(ws, qtbot)
    pad = ws.inspector.pad
    assert pad.isVisible()
    assert not ws.inspector.choice.isVisible()
    middle = QPointF(pad.width() / 2, pad.height() / 2)
    drag(pad, middle + QPointF(0, -60), middle + QPointF(0, 60))
    qtbot.waitUntil(lambda: state(ws).recipe.image.picture is not None, timeout=10_000)
    settle(ws, qtbot)
    drawn = state(ws).recipe.image.picture.array()
    assert drawn.shape == (1, 28, 28)
    assert drawn[0, 14, 14] == 255
    assert drawn[0, 14, 3] == 0


def test_another_theme_colours_curves_and_pictures_anew(ws: ForwardWorkspace, qtbot: QtBot) -> None:
    before = [series.colour for series in ws.noise.levels.plot.figure.series]
    ws.context.store.update(theme="light")
    qtbot.waitUntil(lambda: [series.colour for series in ws.noise.levels.plot.figure.series] != before, timeout=10_000)
    settle(ws, qtbot)
    assert "noise part" in ws.noise.equation.pictures
