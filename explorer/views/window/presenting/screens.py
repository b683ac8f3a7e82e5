"""F11 goes on: a window, the whole screen, a presentation, a window again."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSignalBlocker
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow

from explorer.views.window.presenting.presentation import Presentation


class Screens(QObject):
    """Keeps the two actions, the window and the presentation in step."""

    def __init__(self, window: QMainWindow, presentation: Presentation, full_screen: QAction, presenting: QAction) -> None:
        super().__init__(window)
        self._window, self._presentation = window, presentation
        self._full_screen, self._presenting = full_screen, presenting
        window.addActions([full_screen, presenting])  # their keys act while the menu bar is away, too
        full_screen.triggered.connect(self._go_on)
        presenting.triggered.connect(self._present)
        presentation.left.connect(self.leave)

    def leave(self) -> None:
        """A window again."""
        self._show(False, False)

    def _go_on(self, on: bool) -> None:
        """The action was pressed: on, it is the whole screen; off, it was that, and a presentation comes next."""
        if self._presentation.on:
            self._show(False, False)
        else:
            self._show(True, not on)

    def _present(self, on: bool) -> None:
        self._show(on, on)

    def _show(self, full: bool, presenting: bool) -> None:
        self._presentation.set_on(presenting)
        if full != self._window.isFullScreen():
            if full:
                self._window.showFullScreen()
            else:
                self._window.showNormal()
        for action, on in ((self._full_screen, full), (self._presenting, presenting)):
            blocker = QSignalBlocker(action)
            action.setChecked(on)
            blocker.unblock()
