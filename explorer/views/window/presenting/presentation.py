"""The presentation: the whole screen, larger type, only what is talked about; Esc leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from explorer.views.window.presenting.pressed import Pressed
from explorer.views.workspace import Workspace
from explorer.widgets.look.theme import Theme

LARGER = 1.3
"""Size of type, beside that of a desk."""


class Presentation(QObject):
    """Puts panels away and back.

    Parameters
    ----------
    around : sequence of QWidget
        What is not shown meanwhile: rail, bars, inspector.
    current : callable
        The workspace on show.

    Signals
    -------
    left()
        The person pressed Esc.
    turned(bool)
        It began, or is over.
    stepped(int)
        The next bookmark is wanted (1), or the one before (-1): the keys of a presenter's remote.

    Attributes
    ----------
    has_course : callable
        Whether there are bookmarks to go through; without, the keys mean what they always do.
    """

    left = Signal()
    turned = Signal(bool)
    stepped = Signal(int)

    def __init__(self, theme: Theme, window: QWidget, around: Sequence[QWidget], current: Callable[[], Workspace]) -> None:
        super().__init__(window)
        self._theme, self._window, self._around, self._current = theme, window, around, current
        self._put_away: list[QWidget] = []
        self._presenting: Workspace | None = None
        self.on = False
        self.has_course: Callable[[], bool] = lambda: False
        self.pressed = Pressed(theme, window)

    def set_on(self, on: bool) -> None:
        """Begin or end; what was hidden before stays so."""
        if on == self.on:
            return
        self.on = on
        app = QApplication.instance()
        assert app is not None
        if on:
            self._put_away = [widget for widget in self._around if not widget.isHidden()]
        else:
            app.removeEventFilter(self)
            self.pressed.set_on(False)
        for widget in self._put_away:
            widget.setVisible(not on)
        self._theme.enlarge(LARGER if on else 1.0)
        if on:  # only now: who hears all events would hear the thousands of this as well
            app.installEventFilter(self)
            self.pressed.set_on(True)
        self.follow()
        self.turned.emit(on)

    def follow(self) -> None:
        """Another workspace is shown: it presents itself, and the one before does not any more."""
        workspace = self._current() if self.on else None
        if self._presenting is not None and self._presenting is not workspace:
            self._presenting.present(False)
        if workspace is not None and self._presenting is not workspace:
            workspace.present(True)
        self._presenting = workspace

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc leaves, PgUp and PgDn go from bookmark to bookmark, before any other meaning that they have."""
        if isinstance(event, QKeyEvent) and _is_in(watched, self._window) and (does := self._meaning(event)):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                does()
                return True
        return False

    def _meaning(self, event: QKeyEvent) -> Callable[[], object] | None:
        if event.key() == Qt.Key.Key_Escape:
            return self.left.emit
        by = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}.get(Qt.Key(event.key()), 0)
        typing = isinstance(self._window.focusWidget(), (QLineEdit, QPlainTextEdit))
        if by and not typing and not event.modifiers() and self.has_course():
            return lambda: self.stepped.emit(by)
        return None


def _is_in(watched: QObject, window: QWidget) -> bool:
    return isinstance(watched, QWidget) and watched.window() is window
