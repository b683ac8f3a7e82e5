"""The presentation: the whole screen, larger type, only what is talked about; Esc leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

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
    """

    left = Signal()

    def __init__(self, theme: Theme, window: QWidget, around: Sequence[QWidget], current: Callable[[], Workspace]) -> None:
        super().__init__(window)
        self._theme, self._window, self._around, self._current = theme, window, around, current
        self._put_away: list[QWidget] = []
        self._presenting: Workspace | None = None
        self.on = False
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
        if on:  # only now: larger text is thousands of events, each of which these would look at
            app.installEventFilter(self)
            self.pressed.set_on(True)

    def follow(self) -> None:
        """Another workspace is shown: it presents itself, and the one before does not any more."""
        workspace = self._current() if self.on else None
        if self._presenting is not None and self._presenting is not workspace:
            self._presenting.present(False)
        if workspace is not None and self._presenting is not workspace:
            workspace.present(True)
        self._presenting = workspace

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc leaves, before any other meaning that it has."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and _is_in(watched, self._window):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.left.emit()
                return True
        return False


def _is_in(watched: QObject, window: QWidget) -> bool:
    return isinstance(watched, QWidget) and watched.window() is window
