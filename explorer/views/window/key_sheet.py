"""The sheet of keys: everything in the menus that has one, and the gestures of the workspaces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from explorer.views.shared.rows import heading
from explorer.views.workspace import Facts
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID

Group = tuple[str, Sequence[tuple[str, str]]]
COLUMNS = 2
MAX_HEIGHT = 680
MOST_KEY = 150
"""Pixels that the column of keys has at most."""


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
    """All keys on one page, and a field that finds among them."""

    def __init__(self, groups: Sequence[Group], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keys"))
        self.search = QLineEdit(placeholderText=tr("Find a key, or what it does"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(tr("Find a key"))
        self.search.textChanged.connect(self._find)
        self._nothing = QLabel(tr("Nothing here has such a key."))
        mark(self._nothing, "muted")
        self._nothing.hide()
        self._tables = [_Table(title, keys) for title, keys in groups]
        width = max((table.key_width for table in self._tables), default=0)
        page = QWidget()
        page.setObjectName("page")
        columns = QHBoxLayout(page)
        columns.setContentsMargins(0, 0, 3 * GRID, 0)
        columns.setSpacing(10 * GRID)
        for part in _balanced(self._tables):
            column = QVBoxLayout()
            column.setSpacing(4 * GRID)
            for table in part:
                table.set_key_width(width)  # all keys in line, whatever their group
                column.addWidget(table)
            column.addStretch()
            columns.addLayout(column, 1)
        area = QScrollArea(widgetResizable=True)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # so that the keys scroll it
        area.setWidget(page)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(6 * GRID, 5 * GRID, 3 * GRID, 4 * GRID)
        outer.setSpacing(4 * GRID)
        for widget in (self.search, self._nothing, area, buttons):
            outer.addWidget(widget, 1 if widget is area else 0)
        self.resize(860, min(MAX_HEIGHT, page.sizeHint().height() + 148))

    @property
    def found(self) -> list[str]:
        """What the keys that are shown do, in their order."""
        return [does for table in self._tables for does in table.found]

    def _find(self, text: str) -> None:
        words = text.lower().split()
        for table in self._tables:
            table.show_only(words)
        self._nothing.setVisible(not self.found)


class _Table(QWidget):
    """The keys of one menu, or of a workspace."""

    def __init__(self, title: str, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title = title
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(4 * GRID)
        self._grid.setVerticalSpacing(GRID)
        self._grid.setColumnStretch(1, 1)
        above = heading(title)
        self._grid.addWidget(above, 0, 0, 1, 2)
        self._rows: list[tuple[QLabel, QLabel]] = []
        for row, (key, does) in enumerate(keys, 1):
            name, words = QLabel(key, wordWrap=True), QLabel(does, wordWrap=True)
            mark(name, "mono")
            for label, column in ((name, 0), (words, 1)):
                label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
                self._grid.addWidget(label, row, column)
            self._rows.append((name, words))

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def key_width(self) -> int:
        """Of its widest key, as far as keys go; gestures that are told at length are broken."""
        widths = (name.fontMetrics().horizontalAdvance(name.text()) + GRID for name, _ in self._rows)
        return max((width for width in widths if width <= MOST_KEY), default=0)

    def set_key_width(self, width: int) -> None:
        """So wide is the column of keys."""
        for name, _ in self._rows:
            name.setFixedWidth(width)

    def show_only(self, words: Sequence[str]) -> None:
        """Show the rows that have all these words, in the key, what it does, or the group's title."""
        for name, does in self._rows:
            said = f"{self._title} {name.text()} {does.text()}".lower()
            fits = all(word in said for word in words)
            name.setVisible(fits)
            does.setVisible(fits)
        self.setVisible(bool(self.found))

    @property
    def found(self) -> list[str]:
        """What its keys that are shown do."""
        return [does.text() for _, does in self._rows if not does.isHidden()]


def _balanced(tables: Sequence[_Table]) -> list[list[_Table]]:
    """Tables in columns of about equal length, in their order."""
    total = sum(len(table) + 2 for table in tables)
    parts: list[list[_Table]] = [[] for _ in range(COLUMNS)]
    seen = 0
    for table in tables:
        parts[min(COLUMNS - 1, seen * COLUMNS // max(1, total))].append(table)
        seen += len(table) + 2
    return parts
