"""The sheet of keys: everything in the menus that has one, and the gestures of the workspaces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QHBoxLayout, QLabel, QMenu, QScrollArea, QVBoxLayout, QWidget

from explorer.views.workspace import Facts
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID

Group = tuple[str, Sequence[tuple[str, str]]]
COLUMNS = 2
MAX_HEIGHT = 680


def keys_of_menus(menus: Iterable[QMenu]) -> list[Group]:
    """(title, ((key, what it does), ...)) of each menu that has keys."""
    groups = [(_plain(menu.title()), tuple(_keys(menu.actions()))) for menu in menus]
    return [group for group in groups if group[1]]


def keys_of_workspaces(workspaces: Iterable[Facts]) -> list[Group]:
    """(titles, ((gesture, what it does), ...)); workspaces that have the same share one group."""
    titles: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for workspace in workspaces:
        keys = tuple((key, does[:1].upper() + does[1:]) for key, does in workspace.gestures)
        if keys:
            titles.setdefault(keys, []).append(workspace.title)
    return [(", ".join(names), keys) for keys, names in titles.items()]


def _keys(actions: Iterable[QAction]) -> Iterable[tuple[str, str]]:
    for action in actions:
        menu = action.menu()
        if isinstance(menu, QMenu):
            yield from _keys(menu.actions())
        elif action.isVisible() and not action.shortcut().isEmpty():
            yield action.shortcut().toString(QKeySequence.SequenceFormat.NativeText), _plain(action.text())


def _plain(text: str) -> str:
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("…")


class KeySheet(QDialog):
    """All keys on one page."""

    def __init__(self, groups: Sequence[Group], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        page = QWidget()
        page.setObjectName("page")
        columns = QHBoxLayout(page)
        columns.setContentsMargins(0, 0, 3 * GRID, 0)
        columns.setSpacing(10 * GRID)
        for part in _balanced(groups):
            column = QVBoxLayout()
            column.setSpacing(4 * GRID)
            for title, keys in part:
                column.addLayout(_table(title, keys))
            column.addStretch()
            columns.addLayout(column, 1)
        area = QScrollArea(widgetResizable=True)
        area.setWidget(page)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(6 * GRID, 5 * GRID, 3 * GRID, 4 * GRID)
        outer.setSpacing(4 * GRID)
        outer.addWidget(area)
        outer.addWidget(buttons)
        self.resize(760, min(MAX_HEIGHT, page.sizeHint().height() + 104))


def _balanced(groups: Sequence[Group]) -> list[list[Group]]:
    """Groups in columns of about equal length, in their order."""
    total = sum(len(keys) + 2 for _, keys in groups)
    parts: list[list[Group]] = [[] for _ in range(COLUMNS)]
    seen = 0
    for group in groups:
        parts[min(COLUMNS - 1, seen * COLUMNS // max(1, total))].append(group)
        seen += len(group[1]) + 2
    return parts


def _table(title: str, keys: Sequence[tuple[str, str]]) -> QGridLayout:
    table = QGridLayout()
    table.setHorizontalSpacing(4 * GRID)
    table.setVerticalSpacing(GRID)
    heading = QLabel(title.upper())
    mark(heading, "heading")
    table.addWidget(heading, 0, 0, 1, 2)
    for row, (key, does) in enumerate(keys, 1):
        name = QLabel(key)
        mark(name, "mono")
        name.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        table.addWidget(name, row, 0)
        table.addWidget(QLabel(does, wordWrap=True), row, 1)
    table.setColumnMinimumWidth(0, 112)
    table.setColumnStretch(1, 1)
    return table
