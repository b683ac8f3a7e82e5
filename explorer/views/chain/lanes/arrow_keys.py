"""Arrow keys in a grid of pictures: they move the selection, whatever they do elsewhere in the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

MOVES = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}


def move_of(event: QKeyEvent) -> tuple[int, int] | None:
    """(rows, columns) to move by, of an arrow key alone; else None."""
    if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
        return None
    return MOVES.get(Qt.Key(event.key()))


def keep_from_shortcuts(event: QEvent) -> bool:
    """Accept an arrow key before the window's shortcuts take it; whether it was one."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent) or move_of(event) is None:
        return False
    event.accept()
    return True
