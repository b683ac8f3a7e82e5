"""Notes and bookmarks in the window: verbs, menu, panel and bar, put together; the panel is made when it is first wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from explorer.state.session import Session
from explorer.views.window.banner import Banner
from explorer.views.window.menus import Menus
from explorer.views.window.notes.bookmark_menu import BookmarkMenu
from explorer.views.window.notes.bookmarks import Bookmarks
from explorer.views.window.notes.course_bar import CourseBar
from explorer.views.window.presenting.presentation import Presentation
from explorer.views.workspace import Context

if TYPE_CHECKING:
    from explorer.views.window.notes.notes_panel import NotesPanel

USUAL, LEAST = 0, 220
"""Heights in pixels; the usual one is a share of the column."""
SHARE = 0.55


class NotesPlace(QWidget):
    """Where the panel is, below the inspector; empty until it is wanted."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notes")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumHeight(LEAST)
        self._height = self._given = USUAL
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.hide()

    @property
    def wanted_height(self) -> int:
        """What the person gave it, in pixels; 0 for the usual."""
        column = self.parentWidget()
        shares = isinstance(column, QSplitter) and sum(map(bool, column.sizes())) > 1  # else it has all of the column
        if self.isVisible() and shares and abs(self.height() - self._given) > 1:
            self._height = self.height()
        return self._height

    def set_height(self, height: int) -> None:
        """Have that height, now or when it is shown."""
        self._height = height
        column = self.parentWidget()
        if isinstance(column, QSplitter) and not self.isHidden():
            room = sum(column.sizes()) or column.height()
            self._given = height or max(LEAST, round(SHARE * room))
            column.setSizes([max(1, room - self._given), self._given])  # the inspector's, and this one's

    def showEvent(self, event: QShowEvent) -> None:
        """The column has its room now: before the window was shown it had none to share."""
        super().showEvent(event)
        if not event.spontaneous():
            self.set_height(self._height)

    def open(self, content: QWidget) -> None:
        """Show it, with what is in it."""
        if content.parentWidget() is not self:
            self.layout().addWidget(content)
        self.show()

    def close_place(self) -> None:
        """Hide it."""
        if self.isHidden():
            return
        self._height = self.wanted_height
        self.hide()


class NotesDesk(QObject):
    """What the window has of them.

    Parameters
    ----------
    stay : callable
        As of `Bookmarks`.
    current : callable
        The workspace on show, which has the keys when the panel has not.

    Attributes
    ----------
    bookmarks : Bookmarks
    place : NotesPlace
    course : CourseBar
    panel : NotesPanel or None
        None before it was wanted.
    """

    def __init__(
        self, context: Context, banner: Banner, stay: Callable[[], object], current: Callable[[], QWidget], parent: QWidget
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._context, self._current, self._window = context, current, parent
        self.bookmarks = Bookmarks(context.store, banner, stay, self)
        self.place = NotesPlace()
        self.course = CourseBar(context.store, context.theme, self.bookmarks)
        self.panel: NotesPanel | None = None
        self.bookmarks.was_set.connect(self._name_it)

    def wire(self, menus: Menus, presentation: Presentation) -> None:
        """Be asked by the window's menus and keys."""
        self._actions, self._presentation = menus.actions, presentation
        self._menu = BookmarkMenu(menus.bookmarks, self._context.store, self.bookmarks, self._window)
        menus.actions.on("bookmark", self.bookmarks.set_here)
        menus.actions.on("next_bookmark", lambda: self.bookmarks.step(1))
        menus.actions.on("previous_bookmark", lambda: self.bookmarks.step(-1))
        menus.actions.on_toggled("notes", self._toggle)
        presentation.turned.connect(self.course.set_on)
        presentation.stepped.connect(self.bookmarks.step)
        presentation.has_course = lambda: bool(self.bookmarks.all)
        self._context.store.changed.connect(self._session_changed)
        self._show_actions()
        self._show_panel(self._context.store.session.notes.open)

    def _session_changed(self, old: Session, new: Session) -> None:
        if old.notes != new.notes:
            self._show_actions()
        if old.notes.open != new.notes.open:  # and not else: a presentation has put it away
            self._show_panel(new.notes.open)

    def _show_actions(self) -> None:
        for name, by in (("next_bookmark", 1), ("previous_bookmark", -1)):
            self._actions[name].setEnabled(self.bookmarks.can_step(by))

    def _show_panel(self, on: bool) -> None:
        self._actions["notes"].setChecked(on)
        if on:
            self._open()
        else:
            self.place.close_place()

    def _toggle(self, on: bool) -> None:
        """By its key: then the keys are in it, or back in the workspace."""
        self.bookmarks.show_panel(on)
        if on and self.panel is not None:
            self.panel.text.setFocus()
        else:
            self._leave()

    def _leave(self) -> None:
        self._current().setFocus()

    def _open(self) -> None:
        if self.panel is None:
            from explorer.views.window.notes.notes_panel import NotesPanel

            self.panel = NotesPanel(self._context.store, self._context.theme, self.bookmarks)
            self.panel.left.connect(self._leave)
        self.place.open(self.panel)

    def _name_it(self, number: int) -> None:
        """A bookmark was set: the panel shows it, and takes its name; not before an audience."""
        if not self._presentation.on:
            self.bookmarks.show_panel(True)
            if self.panel is not None:
                self.panel.list.name_it(number)
