"""Notes and bookmarks in the window: verbs, menu, panel and bar, put together; the panel is made when it is first wanted."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from explorer.state.session import Session
from explorer.views.window.banner import Banner
from explorer.views.window.menus import Menus
from explorer.views.window.notes.bookmark_menu import BookmarkMenu
from explorer.views.window.notes.bookmarks import Bookmarks
from explorer.views.window.notes.course_bar import CourseBar
from explorer.views.window.notes.notes_panel import NotesPanel
from explorer.views.window.presenting.presentation import Presentation
from explorer.views.workspace import Context

NOTES_WIDTH, LEAST, MOST = 248, 200, 480


class NotesPlace(QWidget):
    """Where the panel is, beside the rail; empty until it is wanted.

    Attributes
    ----------
    chosen_width : int
        What the person gave it, in pixels.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notes")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(LEAST)
        self.setMaximumWidth(MOST)
        self.chosen_width = NOTES_WIDTH
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.hide()


class NotesDesk(QObject):
    """What the window has of them.

    Attributes
    ----------
    bookmarks : Bookmarks
    place : NotesPlace
    course : CourseBar
    panel : NotesPanel or None
        None before it was wanted.
    """

    def __init__(self, context: Context, banner: Banner, stay: Callable[[], object], parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.bookmarks = Bookmarks(context.store, banner, stay, self)
        self.place = NotesPlace()
        self.course = CourseBar(context.store, context.theme, self.bookmarks)
        self.panel: NotesPanel | None = None
        self.bookmarks.was_set.connect(self._name_it)

    def connect(self, menus: Menus, presentation: Presentation, splitter: QSplitter) -> None:
        """Be asked by the window's menus and keys."""
        self._actions, self._presentation, self._splitter = menus.actions, presentation, splitter
        self._menu = BookmarkMenu(menus.bookmarks, self._context.store, self.bookmarks, menus.bookmarks.window())
        menus.actions.on("bookmark", self.bookmarks.set_here)
        menus.actions.on("next_bookmark", lambda: self.bookmarks.step(1))
        menus.actions.on("previous_bookmark", lambda: self.bookmarks.step(-1))
        menus.actions.on_toggled("notes", self.bookmarks.show_panel)
        presentation.turned.connect(self.course.set_on)
        presentation.stepped.connect(self.bookmarks.step)
        presentation.has_course = lambda: bool(self.bookmarks.all)
        self._context.store.changed.connect(self._session_changed)
        self._show(self._context.store.session)

    def _session_changed(self, old: Session, new: Session) -> None:
        if old.notes != new.notes:
            self._show(new)

    def _show(self, session: Session) -> None:
        on = session.notes.open
        self._actions["notes"].setChecked(on)
        for name, by in (("next_bookmark", 1), ("previous_bookmark", -1)):
            self._actions[name].setEnabled(self.bookmarks.can_step(by))
        if on == self.place.isHidden():
            self._open() if on else self._close()

    def _open(self) -> None:
        if self.panel is None:
            self.panel = NotesPanel(self._context.store, self._context.theme, self.bookmarks)
            self.place.layout().addWidget(self.panel)
        width, (_, workspace, inspector) = self.place.chosen_width, self._splitter.sizes()
        self.place.show()
        self._splitter.setSizes([width, max(1, workspace - width), inspector])

    def _close(self) -> None:
        self.place.chosen_width = self.place.width()
        self.place.hide()

    def _name_it(self, number: int) -> None:
        """A bookmark was set: the panel shows it, and takes its name; not before an audience."""
        if not self._presentation.on:
            self.bookmarks.show_panel(True)
            if self.panel is not None:
                self.panel.list.name_it(number)
