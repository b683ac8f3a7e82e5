"""Compare as a person uses it: keys and menus of lanes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from explorer.recipe import Lane
from explorer.state.session import ChainState
from explorer.views.compare.view import CompareWorkspace

LEFT = Qt.MouseButton.LeftButton
STEPS = 10
Opener = Callable[..., CompareWorkspace]
LaneMaker = Callable[..., Lane]


def settle(page: CompareWorkspace, qtbot: QtBot) -> None:
    """Wait until all that was asked for is shown."""
    qtbot.waitUntil(lambda: page.idle, timeout=60_000)


def state(page: CompareWorkspace) -> ChainState:
    return page.part.state


def lanes(page: CompareWorkspace) -> tuple[Lane, ...]:
    return page.part.recipe.lanes


def press(page: CompareWorkspace, key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget() or page, key)


def choose(menu: QMenu, *words: str) -> None:
    """Open a menu and trigger the action with that text; further words are of its submenus."""
    menu.aboutToShow.emit()
    for word in words[:-1]:
        found = next(a for a in menu.actions() if a.text().startswith(word))
        menu = found.menu()  # type: ignore[assignment]
    next(a for a in menu.actions() if a.text().startswith(words[-1])).trigger()


def menu_of(page: CompareWorkspace, index: int) -> QMenu:
    menu = page.panels[index].menu_button.menu()
    assert menu is not None
    return menu
