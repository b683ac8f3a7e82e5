"""Tab comes by every control of every workspace and dialog, and back; each shows that it has the focus."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import WORKSPACES, Session

CONTROLS = (QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, QAbstractSlider, QAbstractItemView)
PARTS = (QAbstractSpinBox, QComboBox, QLineEdit)
"""What has controls of its own within it, which are reached with it."""
BY_KEYS: dict[str, str] = {
    "Earlier in training": "[ does it",
    "Later in training": "] does it",
}
"""Controls, by their accessible name, that Tab need not come by, and why."""
MOST = 600


@pytest.fixture(scope="module")
def explorer() -> Iterator[Explorer]:
    """The app with its engine, on a fresh home."""
    made = Explorer(Loaded(Saved(session=Session(theme="dark")), fresh=False), None)
    made.window.resize(1440, 900)
    made.show()
    yield made
    assert made.shutdown()
    made.window.deleteLater()


def is_control(widget: QWidget) -> bool:
    """Whether a person would use it: visible, enabled, and no part of another control."""
    if not (isinstance(widget, CONTROLS) and widget.isVisible() and widget.isEnabled()) or isinstance(widget, QScrollBar):
        return False
    parent = widget.parentWidget()
    while parent is not None and not parent.isWindow():
        if isinstance(parent, PARTS):
            return False
        parent = parent.parentWidget()
    return True


def name_of(widget: QWidget) -> str:
    """Its accessible name, else its words."""
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return widget.accessibleName() or text or type(widget).__name__


def walked(window: QWidget) -> list[QWidget]:
    """Where Tab comes by, until it is where it began."""
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
    first = QApplication.focusWidget()
    assert first is not None
    visited = [first]
    while len(visited) < MOST:
        QTest.keyClick(visited[-1], Qt.Key.Key_Tab)
        now = QApplication.focusWidget()
        assert now is not None
        if now is first:
            return visited
        assert now not in visited[-3:], f"Tab stays at {name_of(now)}"
        visited.append(now)
    raise AssertionError(f"Tab never comes back to {name_of(first)}")


def missed(window: QWidget) -> list[str]:
    """Controls that Tab does not come by: of a row of buttons of which one is down, one is enough."""
    visited = walked(window)
    return sorted(
        name_of(widget) for widget in window.findChildren(QWidget)
        if is_control(widget) and widget.window() is window and widget not in visited and name_of(widget) not in BY_KEYS
    )  # fmt: skip


@pytest.mark.parametrize("name", WORKSPACES)
def test_tab_comes_by_every_control_of_a_workspace(explorer: Explorer, qtbot: QtBot, name: str) -> None:
    window = explorer.window
    window.choose(name)
    qtbot.waitUntil(lambda: explorer.has_begun)
    with qtbot.waitActive(window):
        window.activateWindow()
    assert missed(window) == []


@pytest.mark.parametrize("action", ["preferences", "keys", "about", "library", "export"])
def test_tab_comes_by_every_control_of_a_dialog(explorer: Explorer, qtbot: QtBot, action: str) -> None:
    window = explorer.window
    qtbot.waitUntil(lambda: explorer.has_begun)
    window.choose("reverse-chain")
    window.menus.actions[action].trigger()
    (dialog,) = [made for made in window.findChildren(QDialog) if made.isVisible()]
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    try:
        assert missed(dialog) == []
    finally:
        dialog.close()


def test_tab_comes_by_every_control_of_a_new_run(explorer: Explorer, qtbot: QtBot) -> None:
    window = explorer.window
    qtbot.waitUntil(lambda: explorer.has_begun)
    window.choose("training")
    page = window.workspaces["training"]
    page.actions_["new"].trigger()  # type: ignore[attr-defined]
    form = page.form  # type: ignore[attr-defined]
    form.more.setChecked(True)
    with qtbot.waitActive(form):
        form.activateWindow()
    try:
        assert missed(form) == []
    finally:
        form.reject()
