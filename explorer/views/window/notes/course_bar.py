"""The bar of a presentation: arrows from one bookmark to the next, and which one is shown."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from explorer.state.session import Session
from explorer.state.store import Store
from explorer.views.window.notes.bookmarks import Bookmarks
from explorer.widgets.look.eliding_label import ElidingLabel
from explorer.widgets.look.icons import icon
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID, Theme, Tokens


class CourseBar(QWidget):
    """Shown while a presentation is on and there are bookmarks."""

    def __init__(self, store: Store, theme: Theme, bookmarks: Bookmarks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("courseBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._store, self._bookmarks, self._on = store, bookmarks, False
        self.before, self.after = QToolButton(), QToolButton()
        for button, words, by in ((self.before, tr("Previous bookmark (PgUp)"), -1), (self.after, tr("Next bookmark (PgDn)"), 1)):
            button.setToolTip(words)
            button.setAccessibleName(words.partition(" (")[0])
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked=False, by=by: bookmarks.step(by))
            mark(button, "quiet")
        self.count, self.name = QLabel(), ElidingLabel("")
        mark(self.count, "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(4 * GRID, GRID, 4 * GRID, GRID)
        row.setSpacing(2 * GRID)
        for widget in (self.before, self.count, self.after):
            row.addWidget(widget)
        row.addWidget(self.name, 1)
        store.changed.connect(self._session_changed)
        theme.changed.connect(self._dress)
        self._dress(theme.tokens)
        self.hide()

    def set_on(self, on: bool) -> None:
        """A presentation began, or is over."""
        self._on = on
        self._show_place()

    def _session_changed(self, old: Session, new: Session) -> None:
        if self._on and old.notes != new.notes:
            self._show_place()

    def _show_place(self) -> None:
        notes = self._store.session.notes
        places, at = notes.recipe.bookmarks, notes.current
        self.setVisible(self._on and bool(places))
        self.count.setText(f"{at + 1 or '–'} / {len(places)}")
        self.name.setText(places[at].name if at >= 0 else "")
        self.before.setEnabled(self._bookmarks.can_step(-1))
        self.after.setEnabled(self._bookmarks.can_step(1))

    def _dress(self, tokens: Tokens) -> None:
        self.before.setIcon(icon("ph.caret-left", tokens))
        self.after.setIcon(icon("ph.caret-right", tokens))
