"""The menu's lines for bookmarks: each goes there, the first nine by a key."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from explorer.recipe.notes import Bookmark
from explorer.state.edits.bookmarks import place_words
from explorer.state.session import Session
from explorer.state.store import Store
from explorer.views.window.notes.bookmarks import Bookmarks

WITH_KEYS, MOST = 9, 40
"""Bookmarks that have a key, Alt and their number; and as many as a menu has room for: the panel has all."""


class BookmarkMenu(QObject):
    """Keeps the lines at the end of a menu those that there are."""

    def __init__(self, menu: QMenu, store: Store, bookmarks: Bookmarks, window: QWidget) -> None:
        super().__init__(menu)
        self._menu, self._bookmarks, self._window = menu, bookmarks, window
        self._lines: list[QAction] = []
        store.changed.connect(self._session_changed)
        self._show(store.session)

    def _session_changed(self, old: Session, new: Session) -> None:
        if old.notes.recipe.bookmarks != new.notes.recipe.bookmarks:
            self._show(new)

    def _show(self, session: Session) -> None:
        for line in self._lines:
            self._menu.removeAction(line)
            self._window.removeAction(line)
            line.deleteLater()
        places = session.notes.recipe.bookmarks[:MOST]
        self._lines = [self._menu.addSeparator()] if places else []
        self._lines += [self._line(number, place) for number, place in enumerate(places)]

    def _line(self, number: int, place: Bookmark) -> QAction:
        line = QAction(place.name.replace("&", "&&"), self)
        line.setToolTip("\n".join(filter(None, (place_words(place), place.note))))
        if number < WITH_KEYS:
            line.setShortcut(QKeySequence(f"Alt+{number + 1}"))
        line.triggered.connect(partial(self._go, number))
        self._menu.addAction(line)
        self._window.addAction(line)  # its key acts while the menu bar is away, too
        return line

    def _go(self, number: int, _checked: bool = False) -> None:
        self._bookmarks.go(number)
