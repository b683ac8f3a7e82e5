"""Actions with their keys, made alike everywhere: the key is in the tooltip, and acts while the focus is within the owner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence


def make_action(owner: QObject, text: str, keys: str | Sequence[str], tip: str, checkable: bool = False) -> QAction:
    """An action; the first of several keys is the one that is told. A tip that ends with its key says it already."""
    action = QAction(text, owner)
    action.setIconVisibleInMenu(False)
    sequences = [QKeySequence(key) for key in ([keys] if isinstance(keys, str) else keys)]
    action.setShortcuts(sequences)
    action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    shown = sequences[0].toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(tip if tip.endswith(")") else f"{tip}  ({shown})")
    action.setCheckable(checkable)
    return action


def make_choice(owner: QObject, words: Mapping[str, tuple[str, str, str]]) -> dict[str, QAction]:
    """Actions of which one is checked, by name, from (text, key, tip)."""
    group = QActionGroup(owner)
    made = {name: make_action(owner, text, key, tip, True) for name, (text, key, tip) in words.items()}
    for action in made.values():
        group.addAction(action)
    return made


def separated(owner: QObject, groups: Iterable[Iterable[QAction]]) -> list[QAction]:
    """The actions of a menu, with a line between the groups."""
    rows: list[QAction] = []
    for group in groups:
        if rows:
            line = QAction(owner)
            line.setSeparator(True)
            rows.append(line)
        rows += group
    return rows
