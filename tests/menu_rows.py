"""The rows of a menu, those of the menus within it among them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu


def rows_of(actions: Iterable[QAction]) -> list[QAction]:
    """Every action that does something, in the order in which they are seen."""
    found: list[QAction] = []
    for action in actions:
        inner = action.menu()
        if isinstance(inner, QMenu):
            found += rows_of(inner.actions())
        elif not action.isSeparator():
            found.append(action)
    return found
