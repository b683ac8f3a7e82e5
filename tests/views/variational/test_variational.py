"""The Variational workspace in the real window with the real engine."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.datasets.mnist import mnist
from explorer.recipe.variational import MOST_STEPS, VariationalRecipe
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import Session
from explorer.state.variational import VariationalState
from explorer.views.variational.view import VariationalWorkspace

WAIT = 60_000
Opener = Callable[..., VariationalWorkspace]


@pytest.fixture
def open_variational(qtbot: QtBot) -> Iterator[Opener]:
    """Opens the app's window on the workspace: `open_variational(page="inference")`."""
    made: list[Explorer] = []

    def build(**state: object) -> VariationalWorkspace:
        session = Session(workspace="variational", theme="dark", variational=VariationalState(**state))  # type: ignore[arg-type]
        kinds = [VariationalWorkspace.facts]
        explorer = Explorer(Loaded(Saved(session=session), fresh=False), None, kinds, beginning=lambda kept, _entries: (kept, ""))
        qtbot.addWidget(explorer.window)
        explorer.window.resize(1280, 800)
        made.append(explorer)
        explorer.show()
        workspace = explorer.window.workspaces["variational"]
        assert isinstance(workspace, VariationalWorkspace)
        with qtbot.waitActive(explorer.window):
            explorer.window.activateWindow()
        qtbot.waitUntil(lambda: explorer.has_begun and workspace.idle, timeout=WAIT)
        return workspace

    yield build
    assert all(explorer.shutdown() for explorer in made)


def state_of(page: VariationalWorkspace) -> VariationalState:
    return page.context.store.session.variational


def settle(qtbot: QtBot, page: VariationalWorkspace) -> None:
    qtbot.waitUntil(lambda: page.idle, timeout=WAIT)


def drag(qtbot: QtBot, widget: object, start: QPoint, end: QPoint) -> None:
    qtbot.mousePress(widget, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(widget, start + (end - start) / 2)
    qtbot.mouseMove(widget, end)
    qtbot.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=end)


def test_a_density_is_dragged_and_its_divergences_follow(qtbot: QtBot, open_variational: Opener) -> None:
    page = open_variational()
    line, before = page.kl.line, page.kl.shown
    assert before is not None
    start = line.handle_point(0).toPoint()
    drag(qtbot, line, start, start + QPoint(120, 0))
    settle(qtbot, page)
    after = page.kl.shown
    assert after is not None
    assert state_of(page).recipe.line.q.mean[0] > before.mean[0] + 0.5
    assert after.kl_q != before.kl_q
    assert page.kl.facts["q"].text().startswith(f"{after.kl_q:.4f}")
    page.context.store.undo()
    assert state_of(page).recipe.line.q.mean[0] == pytest.approx(before.mean[0]), "a drag is one step of undo"


def test_a_fit_is_played_and_scrubbed(qtbot: QtBot, open_variational: Opener) -> None:
    page = open_variational()
    qtbot.keyClick(page, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: state_of(page).step >= 3, timeout=WAIT)
    qtbot.keyClick(page, Qt.Key.Key_Space)
    qtbot.keyClick(page, Qt.Key.Key_End)
    settle(qtbot, page)
    shown = page.kl.shown
    assert shown is not None
    assert shown.step == MOST_STEPS
    assert shown.curve[-1, 0] < shown.curve[0, 0]
    qtbot.keyClick(page, Qt.Key.Key_B)
    settle(qtbot, page)
    assert state_of(page).step == 0
    assert state_of(page).recipe.line.q.mean[0] == pytest.approx(float(shown.mean[0]), abs=1e-3), "the fit begins where it was"


def test_nothing_is_done_with_what_is_shown_of_other_densities(qtbot: QtBot, open_variational: Opener) -> None:
    page = open_variational()
    page.context.store.update_variational(dimensions="plane")
    assert page.kl.shown is None, "that of the plane has not come yet"
    before = state_of(page)
    page.actions_["begin"].trigger()
    assert state_of(page) == before
    settle(qtbot, page)
    assert page.kl.shown is not None


def test_nothing_is_done_with_the_posterior_of_another_image(qtbot: QtBot, open_variational: Opener) -> None:
    page = open_variational(page="inference")
    assert page.controller.posterior is not None
    recipe = state_of(page).recipe
    image = msgspec.structs.replace(recipe.inference.image, index=recipe.inference.image.index + 1)
    inference = msgspec.structs.replace(recipe.inference, image=image)
    page.context.store.update_variational(recipe=msgspec.structs.replace(recipe, inference=inference))
    assert page.controller.posterior is None
    page.actions_["best"].trigger()
    assert state_of(page).recipe.inference.q is None
    settle(qtbot, page)
    assert page.controller.posterior is not None


def test_parts_come_and_go_by_double_click_and_key(qtbot: QtBot, open_variational: Opener) -> None:
    page = open_variational()
    line = page.kl.line
    empty = QPoint(round(line.x_of(-4.5)), round(line.area.top()) + 30)
    qtbot.mouseDClick(line, Qt.MouseButton.LeftButton, pos=empty)
    assert len(state_of(page).recipe.line.p) == 3
    assert state_of(page).recipe.line.p[2].mean[0] == pytest.approx(-4.5, abs=0.05)
    qtbot.keyClick(page, Qt.Key.Key_Delete)
    assert len(state_of(page).recipe.line.p) == 2
    qtbot.keyClick(page, Qt.Key.Key_BracketRight)
    assert state_of(page).handle == 1
    mean = state_of(page).recipe.line.p[0].mean[0]
    qtbot.keyClick(page, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert state_of(page).recipe.line.p[0].mean[0] == pytest.approx(mean + 0.1)


def test_an_ellipse_is_moved_and_turned_on_the_plane(qtbot: QtBot, open_variational: Opener) -> None:
    page = open_variational(dimensions="plane")
    plane = page.kl.plane
    last = len(plane.shapes) - 1
    start = plane.tip_of(last, "centre").toPoint()
    drag(qtbot, plane, start, start + QPoint(40, -30))
    moved = state_of(page).recipe.plane.q
    assert moved.mean[0] > VariationalRecipe().plane.q.mean[0]
    assert moved.mean[1] > VariationalRecipe().plane.q.mean[1]
    settle(qtbot, page)
    tip = plane.tip_of(last, "long").toPoint()
    drag(qtbot, plane, tip, tip + QPoint(10, -40))
    assert state_of(page).recipe.plane.q.correlation != moved.correlation


def test_the_terms_of_an_image_add_up(qtbot: QtBot, open_variational: Opener) -> None:
    page = open_variational(page="inference")
    shown = page.controller.posterior
    assert shown is not None
    assert not shown.partial
    names = [row.name for row in page.inference.bars.rows]
    assert names == ["q of the encoder", "best, diagonal", "best Gaussian"]
    gaps = [shown.log_p - row.elbo for row in page.inference.bars.rows]
    assert gaps[0] > gaps[1] > gaps[2] > 0
    assert f"{gaps[0]:.2f} nats" in page.inspector.rows.said("gap")
    assert all(tile.height() == tile.heightForWidth(tile.width()) for tile in page.inference.tiles), "as large as the card is wide"
    plane = page.inference.map
    last = len(plane.shapes) - 1
    assert plane.shapes[last].colour == plane.shapes[0].colour, "until it is dragged, it is the encoder's"
    start = plane.tip_of(last, "centre").toPoint()
    drag(qtbot, plane, start, start + QPoint(0, 40))
    settle(qtbot, page)
    own = page.inference.bars.rows[-1]
    assert own.name == "your q"
    assert plane.shapes[last].colour == own.colour != plane.shapes[0].colour
    assert math.isfinite(own.elbo)
    assert own.elbo < shown.log_p
    qtbot.keyClick(page, Qt.Key.Key_C)
    settle(qtbot, page)
    assert len(page.inference.bars.rows) == 3


def test_a_picture_that_is_dropped_has_a_posterior(qtbot: QtBot, open_variational: Opener, tmp_path: Path) -> None:
    page = open_variational()
    path = tmp_path / "four.png"
    Image.fromarray(mnist("test")[0][4][0]).save(path)
    assert page.accept_picture(str(path))
    qtbot.waitUntil(lambda: state_of(page).recipe.inference.image.picture is not None, timeout=WAIT)
    settle(qtbot, page)
    shown = page.controller.posterior
    assert shown is not None
    assert shown.label == -1
    assert np.isfinite(shown.log_p)
