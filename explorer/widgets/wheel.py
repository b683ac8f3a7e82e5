"""Wheel and touchpad: whole notches out of whatever the device sends."""

from __future__ import annotations

from PySide6.QtGui import QWheelEvent

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
