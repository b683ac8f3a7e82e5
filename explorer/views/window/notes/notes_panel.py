"""The panel below the inspector: what the person writes about what is open, and their bookmarks with a note on each."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from explorer.state.session import Session
from explorer.state.store import Store
from explorer.views.shared.rows import capitals, heading
from explorer.views.window.notes.bookmark_list import BookmarkList
from explorer.views.window.notes.bookmarks import Bookmarks
from explorer.widgets.look.icons import icon
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID, Theme, Tokens

NOTHING = tr("Ctrl+B keeps the place where you look: workspace, timestep, sample and seed. A click on it goes there again.")


class NotesPanel(QWidget):
    """Follows the store, and tells `Bookmarks` what the person does.

    Signals
    -------
    left()
        Esc: the keys go back to the workspace.

    Attributes
    ----------
    text, note : QPlainTextEdit
        Of the session, and of the bookmark where the person is.
    list : BookmarkList
    """

    left = Signal()

    def __init__(self, store: Store, theme: Theme, bookmarks: Bookmarks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._bookmarks = store, bookmarks
        self.text = _field(tr("Notes"), tr("What this is, what to look at…"))
        self.list = BookmarkList(theme)
        self.note = _field(tr("Note on the bookmark"), tr("Note on this place…"))
        self._note_heading = heading(tr("Note"))
        self._note_heading.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.nothing = QLabel(NOTHING, wordWrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        mark(self.nothing, "muted")
        self.set_button, self._close = QToolButton(), QToolButton()
        self.set_button.setToolTip(tr("Bookmark here (Ctrl+B)"))
        self.set_button.setAccessibleName(tr("Bookmark here"))
        self._close.setToolTip(tr("Close the panel (F8)"))
        self._close.setAccessibleName(tr("Close notes and bookmarks"))
        for button in (self.set_button, self._close):
            mark(button, "quiet")
        self._lay_out()
        self.text.textChanged.connect(lambda: bookmarks.write(self.text.toPlainText()))
        self.note.textChanged.connect(lambda: bookmarks.write_note(store.session.notes.current, self.note.toPlainText()))
        self.list.go_wanted.connect(bookmarks.go)
        self.list.remove_wanted.connect(bookmarks.remove)
        self.list.renamed.connect(bookmarks.rename)
        self.list.moved.connect(bookmarks.move)
        self.set_button.clicked.connect(bookmarks.set_here)
        self._close.clicked.connect(lambda: bookmarks.show_panel(False))
        store.changed.connect(self._session_changed)
        theme.changed.connect(self._dress)
        self._dress(theme.tokens)
        self._show_notes(store.session)

    def _lay_out(self) -> None:
        top, middle = QHBoxLayout(), QHBoxLayout()
        for row, title, button in ((top, tr("Notes"), self._close), (middle, tr("Bookmarks"), self.set_button)):
            row.addWidget(heading(title), 1)
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 2 * GRID, 3 * GRID, 3 * GRID)
        column.setSpacing(GRID + 2)
        column.addLayout(top)
        column.addWidget(self.text, 3)
        column.addLayout(middle)
        column.addWidget(self.nothing, 5)
        column.addWidget(self.list, 5)
        column.addWidget(self._note_heading)
        column.addWidget(self.note, 2)
        order = (self.text, self.set_button, self.list, self.note, self._close)
        for before, after in pairwise(order):
            self.setTabOrder(before, after)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves it."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _session_changed(self, old: Session, new: Session) -> None:
        if old.notes != new.notes:
            self._show_notes(new)

    def _show_notes(self, session: Session) -> None:
        notes, at = session.notes.recipe, session.notes.current
        _put(self.text, notes.text)
        self.list.show_bookmarks(notes.bookmarks, at)
        self.list.setVisible(bool(notes.bookmarks))
        self.nothing.setVisible(not notes.bookmarks)
        for widget in (self._note_heading, self.note):
            widget.setVisible(at >= 0)
        if at >= 0:
            self._note_heading.setText(capitals(tr("Note on {name}", name=notes.bookmarks[at].name)))
            _put(self.note, notes.bookmarks[at].note)

    def _dress(self, tokens: Tokens) -> None:
        self._close.setIcon(icon("ph.x", tokens))
        self.set_button.setIcon(icon("ph.bookmark-simple", tokens))


def _field(name: str, placeholder: str) -> QPlainTextEdit:
    field = QPlainTextEdit(placeholderText=placeholder)
    field.setAccessibleName(name)
    field.setTabChangesFocus(True)
    field.setMinimumHeight(48)
    return field


def _put(field: QPlainTextEdit, text: str) -> None:
    """Show a text; what is typed there already, with its cursor, stays."""
    if field.toPlainText() != text:
        blocker = QSignalBlocker(field)
        field.setPlainText(text)
        blocker.unblock()
