"""The menu of plots, equations and panels, by real clicks into the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from explorer.app import Explorer
from explorer.state.session import WORKSPACES
from explorer.views.paper.drawing import MARGIN, picture_of
from explorer.views.paper.menu import PaperMenu
from explorer.views.paper.places import plots_in
from explorer.views.paper.saving import KINDS
from explorer.views.reverse_chain.view import ReverseChainWorkspace
from explorer.views.shared.paged_workspace import PagedWorkspace
from explorer.widgets.look.card import Card
from explorer.widgets.look.math_label import MathLabel
from explorer.widgets.look.sharp import pixels_of
from explorer.widgets.look.theme import DARK
from explorer.widgets.plots.curve_plot import CurvePlot
from tests.views.window.conftest import open_app

__all__ = ["open_app"]
OF_PLOTS = ["Copy plot as a picture", "Save plot as SVG…", "Save plot as PDF…", "Save plot as CSV…"]
OF_PANELS = ["Copy this panel as a picture", "Save this panel…"]


@pytest.fixture(autouse=True)
def _cleared() -> Iterator[None]:
    yield
    QGuiApplication.clipboard().clear()


def click(widget: QWidget, at: QPoint | None = None) -> QMenu | None:
    """The menu that a right click opens there, as the system sends it."""
    window = widget.window()
    place = widget.mapTo(window, widget.rect().center() if at is None else at)
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, place)
    menu = QApplication.activePopupWidget()
    assert menu is None or isinstance(menu, QMenu)
    return menu


def rows(menu: QMenu | None) -> list[str]:
    return [] if menu is None else [action.text() for action in menu.actions() if not action.isSeparator()]


def choose(menu: QMenu | None, text: str) -> None:
    assert menu is not None
    action = next(action for action in menu.actions() if action.text() == text)
    assert action.isEnabled()
    action.trigger()
    if isValid(menu):  # what opens a dialog has closed it
        menu.close()


def menus(explorer: Explorer) -> int:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return len(explorer.window.findChildren(QMenu))


def draw(explorer: Explorer, qtbot: QtBot) -> None:
    """Wait until something is drawn, or nothing more comes."""
    qtbot.waitUntil(lambda: bool(plots_in(explorer.window.current)) or explorer.window.current.idle)


def settle(explorer: Explorer, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: explorer.window.current.idle and not explorer.client.busy)


def ask_each(explorer: Explorer, where: str) -> set[type]:
    """A right click on every plot that is seen; their kinds."""
    before, plots = menus(explorer), plots_in(explorer.window.current)
    for plot in plots:
        menu = click(plot)
        said = rows(menu)
        assert menu is not None
        menu.close()
        assert [row for row in said if row in OF_PLOTS] == OF_PLOTS, f"{where}: {plot.accessibleName()}"
        assert said[-2:] == OF_PANELS
    assert menus(explorer) == before, "no menu stays"
    return {type(plot) for plot in plots}


def test_every_plot_of_every_workspace_has_the_menu(open_app: Callable[..., Explorer], qtbot: QtBot) -> None:
    explorer, seen = open_app(workspace="reverse-chain"), set()
    for name in WORKSPACES:
        explorer.window.choose(name)
        draw(explorer, qtbot)
        workspace = explorer.window.current
        for page in workspace.pages if isinstance(workspace, PagedWorkspace) else ("",):
            if isinstance(workspace, PagedWorkspace):
                workspace.actions_[page].trigger()
                draw(explorer, qtbot)
            seen |= ask_each(explorer, f"{name} {page}")
    assert len(seen) >= 12, sorted(kind.__name__ for kind in seen)


def test_the_menu_key_is_that_of_the_plot_with_the_focus(open_app: Callable[..., Explorer]) -> None:
    explorer = open_app(workspace="reverse-chain")
    plot = explorer.window.current.findChild(CurvePlot)
    assert plot is not None
    plot.setFocus()
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, plot.rect().center(), plot.mapToGlobal(plot.rect().center()))
    QCoreApplication.sendEvent(plot, asked)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert rows(menu)[:4] == OF_PLOTS
    menu.close()


def test_a_drag_with_the_right_button_opens_no_menu(open_app: Callable[..., Explorer]) -> None:
    explorer = open_app(workspace="reverse-chain")
    plot = explorer.window.current.findChild(CurvePlot)
    assert plot is not None
    plot.zoom(4, 500)
    here, right = plot.rect().center(), Qt.MouseButton.RightButton
    handle, window = explorer.window.windowHandle(), explorer.window
    QTest.mousePress(handle, right, Qt.KeyboardModifier.NoModifier, plot.mapTo(window, here))
    assert QApplication.activePopupWidget() is None
    QTest.mouseMove(handle, plot.mapTo(window, here - QPoint(60, 0)))
    QTest.mouseRelease(handle, right, Qt.KeyboardModifier.NoModifier, plot.mapTo(window, here - QPoint(60, 0)))
    assert QApplication.activePopupWidget() is None


def test_a_panel_is_copied_twice_as_sharp(open_app: Callable[..., Explorer]) -> None:
    explorer = open_app(workspace="reverse-chain")
    plot = explorer.window.current.findChild(CurvePlot)
    assert plot is not None
    card = plot.parentWidget()
    assert isinstance(card, Card)
    choose(click(card, QPoint(3, 3)), "Copy this panel as a picture")
    image = QGuiApplication.clipboard().image()
    assert image.size() == card.size() * 2
    curves = plot.area.toRect().translated(plot.mapTo(card, QPoint(0, 0)))
    pixels = pixels_of(image.copy(curves.x() * 2, curves.y() * 2, curves.width() * 2, curves.height() * 2)).astype(int)
    within = plot.area.toRect().translated(MARGIN, MARGIN + plot.paper_size.height() - plot.height())
    alone = pixels_of(picture_of(plot).copy(within.x() * 2, within.y() * 2, within.width() * 2, within.height() * 2))
    assert np.abs(pixels - alone).mean() < 0.05, "the curves are drawn anew, not enlarged"


def test_what_is_around_the_pages_has_no_menu(open_app: Callable[..., Explorer]) -> None:
    explorer = open_app(workspace="reverse-chain")
    for widget in (explorer.window.rail, explorer.window.status_bar):
        assert click(widget, widget.rect().bottomRight() - QPoint(2, 2)) is None


def test_the_inspector_is_a_panel(open_app: Callable[..., Explorer]) -> None:
    explorer = open_app(workspace="variational")
    inspector = explorer.window.current.inspector
    menu = click(inspector, QPoint(2, 2))
    assert rows(menu) == OF_PANELS
    choose(menu, OF_PANELS[0])
    image = QGuiApplication.clipboard().image()
    assert image.size() == inspector.size() * 2
    assert image.pixelColor(1, 1).name() == DARK.panel, "on the ground that it lies on"


def test_a_picture_keeps_its_menu_and_has_the_panel_below(open_app: Callable[..., Explorer]) -> None:
    page = open_app(workspace="reverse-chain").window.current
    assert isinstance(page, ReverseChainWorkspace)
    menu = click(page.grid, page.grid.centre_of(0).toPoint())
    said = rows(menu)
    assert said[0] == "Copy picture"
    assert said[-2:] == OF_PANELS
    assert menu is not None
    menu.close()


def test_an_equation_is_copied_with_and_without_numbers(open_app: Callable[..., Explorer], qtbot: QtBot) -> None:
    explorer = open_app(workspace="reverse-chain")
    page = explorer.window.current
    assert isinstance(page, ReverseChainWorkspace)
    page.playback.scrub(750)
    settle(explorer, qtbot)
    strip = page.widgets.equation
    # at another place each time: two quick clicks at one are a double click
    beside = [strip.area_of(name).topLeft().toPoint() + QPoint(-6, 20) for name in ("x0_hat", "x_t", "z")]
    choose(click(strip, beside[0]), "Copy as LaTeX")
    symbols = QGuiApplication.clipboard().text()
    assert symbols == r"x_{s} = a_{0} \hat{x}_{0} + a_{t} x_{t} + \sigma_{t} z"
    choose(click(strip, beside[1]), "Copy as LaTeX with its numbers")
    numbers = QGuiApplication.clipboard().text()
    plan = page.controller.run.plans[page.controller.seen_key]
    k = plan.timesteps.tolist().index(750)
    after, t = plan.timesteps[k + 1], 750
    parts = [f"{float(value[k]):.4f}" for value in (plan.a0, plan.at, plan.sigma)]
    assert numbers == rf"x_{{{after}}} = {parts[0]} \hat{{x}}_{{0}} + {parts[1]} x_{{{t}}} + {parts[2]} z"
    choose(click(strip, beside[2]), "Copy equation as a picture")
    assert QGuiApplication.clipboard().image().width() == strip.width() * 4
    mathtext = pytest.importorskip("matplotlib.mathtext")
    for option_line in (page.widgets.equation.equation.step, page.widgets.equation.equation.derivation):
        written = page.widgets.equation.equation.as_latex(option_line)
        for each in filter(None, (written.symbols, written.numbers)):
            mathtext.MathTextParser("path").parse(f"${each}$")


def test_a_formula_in_a_dialog_is_copied(open_app: Callable[..., Explorer], qtbot: QtBot) -> None:
    explorer = open_app(workspace="reverse-chain")
    explorer.window.help.show_glossary()
    dialog = next(each for each in explorer.window.findChildren(QDialog) if each.isVisible())
    qtbot.waitExposed(dialog)
    label = next(each for each in dialog.findChildren(MathLabel) if not each.visibleRegion().isEmpty())
    menu = click(label)
    assert rows(menu)[:1] == ["Copy as LaTeX"]
    choose(menu, "Copy as LaTeX")
    assert QGuiApplication.clipboard().text()
    dialog.close()


def test_a_plot_is_saved_where_it_is_asked_for(open_app: Callable[..., Explorer], tmp_path: Path) -> None:
    was = QCoreApplication.testAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    explorer = open_app(workspace="reverse-chain")
    plot = explorer.window.current.findChild(CurvePlot)
    assert plot is not None

    def type_name() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        assert field is not None
        field.setText(str(tmp_path / "curves"))
        dialog.accept()

    menu = click(plot)
    QTimer.singleShot(0, type_name)
    choose(menu, "Save plot as CSV…")
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs, was)
    recipe, title, head, *lines = (tmp_path / "curves.csv").read_text(encoding="utf-8").splitlines()
    assert recipe.startswith('# {"')
    assert '"lanes"' in recipe
    assert title.startswith("# Curves against t · Generative Explorer ")
    assert head.startswith("t,")
    assert len(lines) == len(np.unique(np.concatenate([series.timesteps for series in plot.figure.series])))
    assert [path.name for path in tmp_path.iterdir()] == ["curves.csv"]


@pytest.mark.parametrize("ending", KINDS)
def test_a_plot_is_saved_as_any_kind(open_app: Callable[..., Explorer], tmp_path: Path, ending: str) -> None:
    explorer = open_app(workspace="reverse-chain")
    plot, paper = explorer.window.current.findChild(CurvePlot), explorer.window.findChild(PaperMenu)
    assert plot is not None
    assert paper is not None
    path = tmp_path / f"curves{ending}"
    paper.saving.save_plot(plot, path)
    written = path.read_bytes()
    assert written.startswith({".svg": b"<?xml", ".pdf": b"%PDF", ".csv": b"# {", ".png": b"\x89PNG"}[ending])
    if ending == ".png":
        assert QImage(str(path)) == picture_of(plot)


def test_what_cannot_be_saved_is_told_in_a_sentence(open_app: Callable[..., Explorer], qtbot: QtBot, tmp_path: Path) -> None:
    explorer = open_app(workspace="reverse-chain")
    plot = explorer.window.current.findChild(CurvePlot)
    paper = explorer.window.findChild(PaperMenu)
    assert plot is not None
    assert paper is not None
    with qtbot.waitSignal(explorer.client.failed) as told:
        paper.saving.save_plot(plot, tmp_path / "nowhere" / "a.svg")
    assert str(tmp_path / "nowhere" / "a.svg") in told.args[0].message
    assert "cannot be written" in told.args[0].message


def test_the_finder_saves_a_plot(open_app: Callable[..., Explorer], qtbot: QtBot) -> None:
    explorer = open_app(workspace="variational")
    action = explorer.window.menus.actions["save_plot"]
    qtbot.waitUntil(lambda: bool(plots_in(explorer.window.current)))
    action.trigger()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert sorted(rows(menu)) == sorted(
        plot.accessibleName() for plot in plots_in(explorer.window.current, explorer.window.current.inspector)
    )
    menu.close()
