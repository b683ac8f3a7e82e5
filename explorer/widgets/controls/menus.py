"""Menus that are filled each time they are opened."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu


def emptied(menu: QMenu) -> None:
    """Take all rows away, and the menus and groups of actions that belonged to them: Qt's own `clear` leaves those for ever."""
    menu.clear()
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    for left in (*menu.findChildren(QMenu, options=direct), *menu.findChildren(QActionGroup, options=direct)):
        left.deleteLater()
