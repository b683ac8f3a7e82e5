"""The Variational workspace in the real window with the real engine."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.datasets.mnist import mnist
from explorer.recipe.variational import MOST_STEPS, Bump, FitRecipe, LadderRecipe, VariationalRecipe
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import Session
from explorer.state.variational import VariationalState
from explorer.views.variational.view import VariationalWorkspace
from explorer.widgets.look.card import Card

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


def test_the_terms_of_an_image_stand_beside_those_of_the_test_images(qtbot: QtBot, open_variational: Opener) -> None:
    page = open_variational(page="elbo")
    elbo = page.elbo
    assert [row.name for row in elbo.bars.rows] == ["this image", "test images"]
    assert [each.name for each in elbo.kl.series] == ["this image", "mean of the test images"]
    assert elbo.count == elbo.kl.count == elbo.spread.count == 2
    shown = page.controller.terms
    assert shown is not None
    assert elbo.bars.rows[0].elbo == pytest.approx(shown.elbo)
    assert page.inspector.elbo.rows.said("ELBO") == f"{shown.elbo:.2f} nats".replace("-", "−")
    assert page.inspector.elbo.rows.said("active") == "2 of 2"
    assert elbo.tiles[2].accessibleName() == f"nats, white: {shown.most_nats:.1f}", "how much the brightest pixel costs"
    qtbot.keyClick(page, Qt.Key.Key_BracketRight)
    settle(qtbot, page)
    assert state_of(page).unit == 1
    assert "number 2" in elbo.unit_title.text()
    assert page.inspector.elbo.unit.said("of image") == f"{shown.kl[1]:.2f}"
    qtbot.mouseClick(elbo.kl, Qt.MouseButton.LeftButton, pos=elbo.kl.place_of(0).center().toPoint())
    assert state_of(page).unit == 0
    qtbot.keyClick(page, Qt.Key.Key_BracketLeft)
    assert state_of(page).unit == 1, "counted round"
    ((value, colour),) = page.elbo.histogram.figure.marks
    assert page.controller.terms is not None
    assert value == page.controller.terms.elbo
    assert QColor(colour).isValid(), "else it is drawn in black, on dark as well"


@pytest.mark.parametrize("page", ["kl", "inference", "elbo", "ladder"])
def test_the_figures_of_a_page_are_copied_as_text(qtbot: QtBot, open_variational: Opener, page: str) -> None:
    workspace = open_variational(page=page)
    qtbot.waitUntil(lambda: workspace.idle, timeout=WAIT)
    qtbot.keyClick(workspace, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    head, *rows = (line.split("\t") for line in QGuiApplication.clipboard().text().splitlines())
    assert all(len(row) == len(head) for row in rows)
    counts = {"kl": MOST_STEPS + 1, "inference": 3, "elbo": 2 + 2, "ladder": len(workspace.ladder.table.rungs)}
    assert len(rows) == counts[page]
    if page == "elbo":
        assert float(rows[2][3]) == pytest.approx(workspace.elbo.bars.rows[0].elbo, rel=1e-5)
    if page == "ladder":
        assert [row[0] for row in rows] == [rung.name for rung in workspace.ladder.table.rungs]


def test_a_vae_with_a_larger_code_is_taken_and_taken_back(qtbot: QtBot, open_variational: Opener) -> None:
    page = open_variational(page="elbo")
    entry = next(each for each in page.context.library.entries if each.name == "mnist-vae-16d")
    assert page.accept_entry(entry)
    assert page.elbo.spread.count == 0, "the figures of the other model are not left beside this one's"
    settle(qtbot, page)
    assert page.elbo.count == page.elbo.spread.count == 16
    assert page.inspector.elbo.rows.said("model") == "mnist-vae-16d"
    page.context.store.undo()
    settle(qtbot, page)
    assert page.elbo.count == page.elbo.spread.count == 2
    another = next(each for each in page.context.library.entries if each.name == "mnist-ae-2d")
    assert not page.accept_entry(another), "only a VAE has an ELBO"


def test_one_goes_up_the_ladder_under_the_same_samples(qtbot: QtBot, open_variational: Opener) -> None:
    page = open_variational(page="ladder")
    ladder = page.ladder
    names = [rung.name for rung in ladder.table.rungs]
    assert state_of(page).recipe.ladder.rung == names[ladder.table.current] == "ladder/vae-beta-1"
    before = ladder.samples.images
    qtbot.keyClick(page, Qt.Key.Key_Right)
    settle(qtbot, page)
    assert state_of(page).recipe.ladder.rung == names[names.index("ladder/vae-beta-1") + 1]
    assert ladder.samples.images != before, "the same codes, decoded by another network"
    qtbot.mouseClick(ladder.table, Qt.MouseButton.LeftButton, pos=ladder.table.row_of(0).center().toPoint())
    settle(qtbot, page)
    assert ladder.table.current == 0
    assert ladder.title.text().startswith("AE")
    assert page.inspector.ladder.rows.said("loss").startswith("J")
    wide = ladder.plane.extent
    qtbot.keyClick(page, Qt.Key.Key_S)
    assert ladder.plane.extent[1] < wide[1] / 3, "the prior's scale"
    page.rungs.slider.setValue(len(names) - 1)
    settle(qtbot, page)
    assert ladder.table.current == len(names) - 1
    assert page.inspector.ladder.rows.said("active") == "0 of 2", "at the last beta the code says nothing"
    page.context.store.undo()
    settle(qtbot, page)
    assert state_of(page).recipe.ladder.rung == "ladder/vae-beta-1", "a way along the ladder is one step of undo"


def test_the_ladder_is_played_to_its_end(qtbot: QtBot, open_variational: Opener) -> None:
    page = open_variational(page="ladder")
    last = len(page.ladder.table.rungs) - 1
    page.player.scrub(last - 1)
    settle(qtbot, page)
    qtbot.keyClick(page, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: page.player.place == last and not page.player.playing, timeout=WAIT)
    settle(qtbot, page)
    assert page.ladder.table.current == last


def test_the_probe_is_dragged_and_an_image_chosen_by_its_code(qtbot: QtBot, open_variational: Opener) -> None:
    page = open_variational(page="ladder")
    plane = page.ladder.plane
    before = page.ladder.tiles[2].image
    start = plane.point_of(0.0, 0.0).toPoint()
    drag(qtbot, plane, start, start + QPoint(60, -40))
    settle(qtbot, page)
    x, y = state_of(page).recipe.ladder.probe
    assert x > 0.3
    assert y > 0.2
    assert page.ladder.tiles[2].image != before
    page.context.store.undo()
    assert state_of(page).recipe.ladder.probe == (0.0, 0.0), "a drag is one step of undo"
    x0, x1, y0, y1 = plane.extent
    shown = plane.shown
    assert shown is not None
    code = next(c for c in shown.codes[1:].tolist() if x0 < c[0] < x1 and y0 < c[1] < y1)
    qtbot.mouseDClick(plane, Qt.MouseButton.LeftButton, pos=plane.point_of(*code).toPoint())
    settle(qtbot, page)
    assert state_of(page).recipe.inference.image.index > 0


def test_a_session_with_a_network_that_is_not_there_says_which_there_are(qtbot: QtBot, open_variational: Opener) -> None:
    recipe = VariationalRecipe(ladder=LadderRecipe(rung="ladder/of-yesterday"))
    page = open_variational(page="ladder", recipe=recipe)
    banner = page.window().banner  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: "ladder/of-yesterday: is no network of the ladder" in banner.message, timeout=WAIT)
    assert page.ladder.table.current == -1
    page.player.scrub(0)
    settle(qtbot, page)
    assert page.ladder.table.current == 0


ONE = FitRecipe((Bump((1.0,), (0.8,)),), Bump((-0.5,), (1.5,)), "p||q")


@pytest.mark.parametrize("page", ["kl", "inference", "elbo", "ladder"])
def test_no_words_make_a_page_wider_than_a_small_window(qtbot: QtBot, open_variational: Opener, page: str) -> None:
    shown = open_variational(page=page, recipe=VariationalRecipe(line=ONE))
    window = shown.window()
    assert (window.width(), window.height()) == (1280, 800), "the formula between Gaussians stands beside both integrals"
    assert window.minimumSizeHint().width() <= 1280
    assert window.minimumSizeHint().height() <= 800
    for card in (card for card in shown.findChildren(Card) if card.isVisible()):
        inside = card.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        seen = [widget.geometry() for widget in inside if widget.isVisible()]
        assert not [(a, b) for a, b in combinations(seen, 2) if a.intersects(b)], "nothing lies over another"
