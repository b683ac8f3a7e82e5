"""What can be done with pictures in a chain workspace, with the mouse and with keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from explorer.engine.chain.messages import StepShown
from explorer.recipe import Lane
from explorer.views.chain.page import ChainPage
from explorer.views.compare.view import CompareWorkspace
from explorer.views.latent.view import LatentWorkspace
from explorer.views.reverse_chain.view import ReverseChainWorkspace
from explorer.widgets.look.sharp import pixels_of, to_image
from explorer.widgets.pictures.pointed import HasPictures, Pointed

LEFT = Qt.MouseButton.LeftButton
OF_PANELS = ["Copy this panel as a picture", "Save this panel…"]
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Opener = Callable[..., ChainPage]
LaneMaker = Callable[..., Lane]


@pytest.fixture
def page(open_page: Opener, lane: LaneMaker, qtbot: QtBot) -> ReverseChainWorkspace:
    """Option C over 10 steps, sampled, at t = 500."""
    made = open_page(ReverseChainWorkspace, (lane("C", steps=10),), beside=(LatentWorkspace,))
    assert isinstance(made, ReverseChainWorkspace)
    made.playback.scrub(500)
    settle(made, qtbot)
    return made


@pytest.fixture
def compare(open_page: Opener, lane: LaneMaker, qtbot: QtBot) -> CompareWorkspace:
    """Options B and C over 10 steps, at t = 300."""
    made = open_page(CompareWorkspace, (lane("B", steps=10), lane("C", steps=10)), t=300, beside=(ReverseChainWorkspace,))
    assert isinstance(made, CompareWorkspace)
    settle(made, qtbot)
    return made


def settle(page: ChainPage, qtbot: QtBot) -> None:
    client = page.context.client
    qtbot.waitUntil(lambda: page.idle and not client.busy)


def spot(page: ReverseChainWorkspace, sample: int) -> QPoint:
    return page.grid.centre_of(sample).toPoint()


def pointed(widget: QWidget, at: QPointF | None) -> Pointed:
    assert isinstance(widget, HasPictures)
    found = widget.pointed_at(at)
    assert found is not None
    return found


def right_click(widget: QWidget, at: QPoint) -> QMenu:
    """The menu that a right click opens."""
    QApplication.sendEvent(widget, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, widget.mapToGlobal(at)))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(menu: QMenu, text: str) -> None:
    action = next(action for action in menu.actions() if action.text() == text)
    assert action.isEnabled()
    action.trigger()
    menu.close()


def test_a_right_click_on_a_sample_says_what_can_be_done(page: ReverseChainWorkspace) -> None:
    menu = right_click(page.grid, spot(page, 3))
    said = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert said == ["Copy picture", "Save picture…", "Enlarge", "Paint…", "Erase…", "Add to Compare", "Encode this in Latent", *OF_PANELS]
    choose(menu, "Copy picture")
    copied = pixels_of(QGuiApplication.clipboard().image())
    np.testing.assert_array_equal(copied, page.grid.tiles[3])
    QGuiApplication.clipboard().clear()


def test_a_coarse_look_says_so_and_is_not_kept(page: ReverseChainWorkspace) -> None:
    (frame,) = page.display.frames.values()
    exact = StepShown(500, "x_t", (frame,))
    look = list(exact.looks(0))[-1]
    page.display.show_step(look)
    assert page.grid.pointed_at(None).image != to_image(frame.tiles[0])  # type: ignore[union-attr]
    assert page.panels[0].note == "coarse"
    menu = right_click(page.grid, spot(page, 3))
    offered = {action.text(): action.isEnabled() for action in menu.actions()}
    assert not any(offered[words] for words in ("Copy picture", "Save picture…", "Encode this in Latent"))
    assert offered["Enlarge"]
    assert "exact picture follows" in next(action.toolTip() for action in menu.actions() if action.text() == "Copy picture")
    menu.close()
    page.pictures.enlarge(page.grid, pointed(page.grid, QPointF(spot(page, 3))))
    (large,) = page.pictures.enlarged.pictures
    assert large.caption == "sample 3 · coarse"
    page.pictures.enlarged.put_away()
    page.display.show_step(exact)
    assert page.panels[0].note == ""
    choose(right_click(page.grid, spot(page, 3)), "Copy picture")
    np.testing.assert_array_equal(pixels_of(QGuiApplication.clipboard().image()), frame.tiles[3])
    QGuiApplication.clipboard().clear()


def test_a_coarse_look_in_the_grid_of_compare_is_not_kept(compare: CompareWorkspace, qtbot: QtBot) -> None:
    compare.part.update(layout="grid")
    settle(compare, qtbot)
    frames = tuple(compare.display.frames.values())
    compare.display.show_step(list(StepShown(300, "x_t", frames[:1]).looks(0))[-1])
    grid = compare.multiples.grid
    coarse = [grid.pointed_at(grid.cell_rect(lane, 0).center()).coarse for lane in range(2)]  # type: ignore[union-attr]
    assert coarse == [True, False]


def test_beside_the_samples_the_menu_is_the_lanes(page: ReverseChainWorkspace) -> None:
    grid = page.grid.grid
    gap = QPoint(round(grid.rect(0).right() + grid.gap / 2), round(grid.rect(0).center().y()))
    menu = right_click(page.grid, gap)
    assert "Copy picture" not in [action.text() for action in menu.actions()]
    menu.close()


def test_painting_from_the_menu_is_on_that_sample(page: ReverseChainWorkspace) -> None:
    choose(right_click(page.grid, spot(page, 2)), "Paint…")
    assert page.part.state.selected == 2
    assert page.branching.paint.is_open


def test_what_is_encoded_is_the_picture(page: ReverseChainWorkspace) -> None:
    choose(right_click(page.grid, spot(page, 1)), "Encode this in Latent")
    session = page.context.store.session
    assert session.workspace == "latent"
    kept = np.asarray(Image.open(session.latent.recipe.encoded.picture).convert("RGB"))
    np.testing.assert_array_equal(kept, page.grid.tiles[1])
    assert page.context.store.undo_label == "encode a picture"


@pytest.mark.parametrize(("scale", "name"), [(1, "a.png"), (8, "b.png")])
def test_a_saved_picture_has_its_own_pixels(page: ReverseChainWorkspace, tmp_path: Path, scale: int, name: str) -> None:
    page.pictures.save(to_image(page.grid.tiles[0]), str(tmp_path / name), scale)
    saved = np.asarray(Image.open(tmp_path / name).convert("RGB"))
    np.testing.assert_array_equal(saved, page.grid.tiles[0].repeat(scale, 0).repeat(scale, 1))


def test_what_cannot_be_saved_is_told(page: ReverseChainWorkspace, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.context.client.failed) as told:
        page.pictures.save(QImage(2, 2, QImage.Format.Format_RGB888), str(tmp_path / "nowhere" / "a.png"))
    assert "cannot be written" in told.args[0].message


def test_film_inspector_and_equation_have_the_menu_too(page: ReverseChainWorkspace) -> None:
    widgets = page.widgets
    film = widgets.film
    for widget, at in (
        (film, film.rect_of(2).center()), (widgets.inspector.state_tile, QPointF(20, 20)),
        (widgets.equation, widgets.equation.area_of("x0_hat").center()),
    ):  # fmt: skip
        menu = right_click(widget, at.toPoint())
        assert "Encode this in Latent" in [action.text() for action in menu.actions()]
        menu.close()
    assert pointed(film, film.rect_of(2).center()).words == f"t = {film.timesteps[2]}"


def test_a_double_click_enlarges_and_arrow_keys_go_on(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    view = page.pictures.enlarged
    QTest.mouseDClick(page.grid, LEFT, pos=spot(page, 1))
    assert view.isVisible()
    assert page.part.state.selected == 1
    np.testing.assert_array_equal(pixels_of(view.pictures[0].image), page.grid.tiles[1])
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Down)
    settle(page, qtbot)
    assert (page.part.state.t, page.part.state.selected) == (400, 2)
    np.testing.assert_array_equal(pixels_of(view.pictures[0].image), page.grid.tiles[2])
    assert "t = 400" in view.words
    frame = page.display.frames[page.controller.key]
    place = view.places()[0]
    QTest.mouseMove(view, place.center().toPoint())
    assert f"{frame.values[2, 0, 14, 14]:.3f}".replace("-", "−") in view.value_words
    assert page.widgets.transport.timeline.mapTo(page, QPoint(0, 0)).y() > view.geometry().bottom(), "time stays in reach"
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not view.isVisible()


def test_enter_enlarges_and_a_picture_of_the_equation_stays_as_it_was(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    page.grid.setFocus()
    QTest.keyClick(page.grid, Qt.Key.Key_Return)
    assert page.pictures.enlarged.isVisible()
    QTest.keyClick(page.pictures.enlarged, Qt.Key.Key_Return)
    QTest.mouseDClick(page.widgets.inspector.image_tile, LEFT, pos=QPoint(90, 20))
    assert page.pictures.enlarged.isVisible()
    assert page.pictures.enlarged.words == page.widgets.inspector.image_tile.accessibleName()


def test_several_samples_are_selected_and_curves_are_their_mean(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    def curve() -> np.ndarray:
        return next(series for series in page.widgets.plot.plot.figure.series if "x̂₀" in series.name).values

    alone = []
    for sample in (0, 2):
        QTest.mouseClick(page.grid, LEFT, pos=spot(page, sample))
        settle(page, qtbot)
        alone.append(curve())
    QTest.mouseClick(page.grid, LEFT, CTRL, spot(page, 0))
    settle(page, qtbot)
    assert page.controller.samples == (0, 2)
    assert page.grid.also == {2}
    np.testing.assert_allclose(curve(), np.mean(alone, axis=0))
    assert page.widgets.plot.of.button("sample").text() == "of 2"
    QTest.mouseClick(page.grid, LEFT, SHIFT, spot(page, 3))
    assert page.controller.samples == (0, 1, 2, 3)
    QTest.mouseClick(page.grid, LEFT, pos=spot(page, 1))
    assert page.controller.samples == (1,)
    page.grid.setFocus()
    QTest.keyClick(page.grid, Qt.Key.Key_A, CTRL)
    assert page.controller.samples == (0, 1, 2, 3)
    assert "3 more" in page.grid.accessibleDescription()


def test_what_is_painted_is_painted_on_the_selection(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    page.selecting.only(0, 1)
    page.selecting.toggle(0, 3)
    page.branching.actions["paint"].trigger()
    canvas = page.branching.paint.canvas
    qtbot.waitUntil(lambda: canvas.image is not None)
    QTest.mouseClick(canvas, LEFT, pos=canvas.point_of(14, 14).toPoint())
    page.branching.paint.go.click()
    settle(page, qtbot)
    assert page.part.state.recipe.lanes[0].edits[-1].samples == (1, 3)


def test_an_export_has_the_selected_samples_alone(page: ReverseChainWorkspace, qtbot: QtBot, tmp_path: Path) -> None:
    whole, part = tmp_path / "whole.png", tmp_path / "part.png"
    for path in (whole, part):
        page.exporting.start(str(path))
        settle(page, qtbot)
        page.selecting.only(0, 0)
        page.selecting.toggle(0, 2)
    every, some = (np.asarray(Image.open(path)) for path in (whole, part))
    assert some.shape[1] <= every.shape[1]
    assert some.shape != every.shape
    shown = page.grid.tiles[2, :, :, 0]
    factor = next(f for f in range(1, 40) if _has(some, shown.repeat(f, 0).repeat(f, 1)))
    left_out = page.grid.tiles[1, :, :, 0].repeat(factor, 0).repeat(factor, 1)
    assert not _has(some, left_out)


def _has(picture: np.ndarray, part: np.ndarray) -> bool:
    """Whether a picture has another somewhere in it."""
    height, width = part.shape
    rows = range(picture.shape[0] - height + 1)
    return any(
        np.array_equal(picture[y : y + height, x : x + width], part)
        for y in rows
        for x in np.flatnonzero(picture[y, : picture.shape[1] - width + 1] == part[0, 0])
        if np.array_equal(picture[y, x : x + width], part[0])
    )


def test_compare_enlarges_a_sample_in_every_lane(compare: CompareWorkspace, qtbot: QtBot) -> None:
    grid = compare.panels[1].grid
    QTest.mouseClick(grid, LEFT, CTRL, grid.centre_of(2).toPoint())
    settle(compare, qtbot)
    QTest.mouseDClick(grid, LEFT, pos=grid.centre_of(2).toPoint())
    view = compare.pictures.enlarged
    assert [large.caption for large in view.pictures] == ["sample 0 · B", "sample 0 · C", "sample 2 · B", "sample 2 · C"]
    np.testing.assert_array_equal(pixels_of(view.pictures[3].image), grid.tiles[2])
    assert len({large.colour for large in view.pictures}) == 2


def test_the_lane_of_a_sample_becomes_what_the_others_are_compared_with(compare: CompareWorkspace, qtbot: QtBot) -> None:
    grid = compare.panels[1].grid
    choose(right_click(grid, grid.centre_of(0).toPoint()), "Compare the others with this lane")
    assert (compare.part.state.reference, compare.part.state.quantity) == (1, "difference")
    menu = right_click(grid, grid.centre_of(0).toPoint())
    assert not next(action for action in menu.actions() if "Compare the others" in action.text()).isEnabled(), "it is already"
    choose(menu, "Open in Reverse chain")
    session = compare.context.store.session
    assert session.workspace == "reverse-chain"
    assert session.reverse.recipe.lanes == compare.part.state.recipe.lanes[1:]
    assert (session.reverse.t, session.reverse.recipe.seed) == (300, compare.part.state.recipe.seed)


def test_the_grid_of_lanes_has_the_same_gestures(compare: CompareWorkspace, qtbot: QtBot) -> None:
    compare.toggle_layout()
    settle(compare, qtbot)
    grid = compare.multiples.grid
    QTest.mouseClick(grid, LEFT, CTRL, grid.placement.rect(0, 3).center().toPoint())
    assert compare.controller.samples == (0, 3)
    QTest.mouseClick(grid, LEFT, SHIFT, grid.placement.rect(1, 1).center().toPoint())
    assert compare.controller.samples == (1, 2, 3)
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_A, CTRL)
    assert compare.controller.samples == (0, 1, 2, 3)
    menu = right_click(grid, grid.placement.rect(1, 2).center().toPoint())
    choose(menu, "Copy picture")
    np.testing.assert_array_equal(pixels_of(QGuiApplication.clipboard().image()), compare.panels[1].grid.tiles[2])
    QGuiApplication.clipboard().clear()
