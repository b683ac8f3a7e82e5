"""Builds what was not looked at yet while nobody does anything, so that going there for the first time is going there again."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from time import perf_counter

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from explorer.state.store import Store
from explorer.views.window.workspaces import Workspaces

LOOK_MS = 120
SLICE_MS = 6
"""A slice that has taken as long is the last of its turn."""
DRESSED = 24
"""Widgets that a slice styles."""


class BuildAhead(QObject):
    """A slice at a time, and only if the pointer, the mouse buttons and the session were still since the last look.

    Signals
    -------
    done()
        All are built.
    """

    done = Signal()

    def __init__(self, workspaces: Workspaces, store: Store, parent: QObject) -> None:
        super().__init__(parent)
        self._workspaces = workspaces
        self._slices = self._all()
        self._was_at = QPoint()
        self._stirred = True
        store.changed.connect(self._stir)
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)

    def begin(self) -> None:
        """Look for a quiet moment from now on."""
        self._timer.start()

    def stop(self) -> None:
        """Leave the rest until it is looked at."""
        self._timer.stop()

    def _stir(self, *_states: object) -> None:
        self._stirred = True

    def _look(self) -> None:
        at = QCursor.pos()
        still = at == self._was_at and not self._stirred and QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton
        self._was_at, self._stirred = at, False
        if still:
            self._work()

    def _work(self) -> None:
        until = perf_counter() + SLICE_MS / 1000
        while perf_counter() < until:
            if next(self._slices, self) is self:
                self._timer.stop()
                self.done.emit()
                return

    def _all(self) -> Iterator[None]:
        for name, facts in self._workspaces.facts.items():
            if name in self._workspaces.built:
                continue
            package = import_module(facts.package)
            for module in walk_packages(package.__path__, f"{facts.package}."):
                import_module(module.name)
                yield
            for _ in self._workspaces.slices(name):
                yield
            if name in self._workspaces.built:
                yield from _dressed(self._workspaces.built[name])


def _dressed(page: QWidget) -> Iterator[None]:
    """Style it, which Qt would do when it is first shown."""
    for number, widget in enumerate(page.findChildren(QWidget)):
        if isValid(widget):
            widget.ensurePolished()
        if number % DRESSED == DRESSED - 1:
            yield
    yield
