"""Wheel and touchpad: whole notches out of whatever the device sends."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QWidget

NOTCH = 120
PIXELS_PER_NOTCH = 24


class WheelSteps:
    """Adds up small movements until they make a notch."""

    def __init__(self) -> None:
        self._rest = 0.0

    def take(self, event: QWheelEvent) -> int:
        """Notches of this event; downwards or to the right is positive."""
        pixels, angle = event.pixelDelta(), event.angleDelta()
        if not pixels.isNull():
            turned = (pixels.x() if abs(pixels.x()) > abs(pixels.y()) else pixels.y()) / PIXELS_PER_NOTCH
        else:
            turned = (angle.x() if abs(angle.x()) > abs(angle.y()) else angle.y()) / NOTCH
        if turned * self._rest < 0:
            self._rest = 0.0
        self._rest += turned
        notches = int(self._rest)
        self._rest -= notches
        return -notches


class _Passing(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ignore the wheel over a widget without the focus, so that what is around it scrolls."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def let_wheel_pass(*widgets: QWidget) -> None:
    """Lists and sliders in something that scrolls: the wheel turns them only when they have the focus."""
    for widget in widgets:
        widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        widget.installEventFilter(_Passing(widget))
