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
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import WORKSPACES, Session
from explorer.views.training.new_run import NewRun

CONTROLS = (QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, QAbstractSlider, QAbstractItemView)
PARTS = (QAbstractSpinBox, QComboBox, QLineEdit)
"""What has controls of its own within it, which are reached with it."""
BY_KEYS: dict[str, str] = {
    "Earlier in training": "[ does it",
    "Later in training": "] does it",
}
"""Controls, by their accessible name, that Tab need not come by, and why."""
MOST = 600


@pytest.fixture
def explorer(qtbot: QtBot) -> Iterator[Explorer]:
    """The app with its engine, on a fresh home."""
    made = Explorer(Loaded(Saved(session=Session(theme="dark")), fresh=False), None)
    qtbot.addWidget(made.window)
    made.window.resize(1440, 900)
    made.show()
    with qtbot.waitActive(made.window):
        made.window.activateWindow()
    qtbot.waitUntil(lambda: made.has_begun)
    yield made
    assert made.shutdown()


def is_control(widget: QWidget) -> bool:
    """Whether a person would use it: visible, enabled, and no part of another control."""
    if not (isinstance(widget, CONTROLS) and widget.isVisible() and widget.isEnabled()) or isinstance(widget, QScrollBar):
        return False
    if widget.objectName() == "qt_menubar_ext_button":  # Qt's, for menus without room: their letters open them
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
    QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Tab)
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


def reached(widget: QWidget, visited: list[QWidget]) -> bool:
    """Whether Tab came by; of buttons of which one is down it is that one, and the arrow keys go to the others."""
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    if group is not None and group.exclusive():
        return any(button in visited for button in group.buttons())
    return widget in visited or widget.focusProxy() in visited


def missed(window: QWidget) -> list[str]:
    """Controls that Tab does not come by."""
    visited = walked(window)
    return sorted(
        name_of(widget) for widget in window.findChildren(QWidget)
        if is_control(widget) and widget.window() is window and not reached(widget, visited) and name_of(widget) not in BY_KEYS
    )  # fmt: skip


def test_tab_comes_by_every_control_of_every_workspace(explorer: Explorer) -> None:
    found = {}
    for name in WORKSPACES:
        explorer.window.choose(name)
        found[name] = missed(explorer.window)
    assert found == {name: [] for name in WORKSPACES}


def test_tab_comes_by_every_control_of_every_dialog(explorer: Explorer, qtbot: QtBot) -> None:
    window, found = explorer.window, {}
    actions = ("preferences", "keys", "about", "library", "export", "new run")
    for name in actions:
        window.choose("training" if name == "new run" else "reverse-chain")
        if name == "new run":
            window.workspaces["training"].actions_["new"].trigger()  # type: ignore[attr-defined]
        else:
            window.menus.actions[name].trigger()
        (dialog,) = [made for made in window.findChildren(QDialog) if made.isVisible()]
        if isinstance(dialog, NewRun):
            dialog.more.setChecked(True)
        dialog.activateWindow()
        qtbot.waitUntil(lambda dialog=dialog: QApplication.activeWindow() is dialog)  # type: ignore[misc]
        dialog.focusNextChild()
        found[name] = missed(dialog)
        dialog.close()
        qtbot.waitUntil(lambda: not any(made.isVisible() for made in window.findChildren(QDialog)))
    assert found == {name: [] for name in actions}


def test_a_control_that_only_the_mouse_reaches_is_found(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    for name, policy in (("one", Qt.FocusPolicy.TabFocus), ("mouse", Qt.FocusPolicy.ClickFocus), ("two", Qt.FocusPolicy.TabFocus)):
        button = QPushButton(name)
        button.setFocusPolicy(policy)
        row.addWidget(button)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    assert missed(window) == ["mouse"]
