"""What lies behind all that follows a pointer: drawn once, for as long as it stays the same."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPixmap


class Ground:
    """A drawing that is kept: 10,000 codes take a hundred times longer to draw than to copy."""

    def __init__(self) -> None:
        self._of: tuple[object, ...] = ()
        self._drawn = QPixmap()

    def draw(self, painter: QPainter, size: QSize, ratio: float, of: tuple[object, ...], anew: Callable[[QPainter], object]) -> None:
        """Draw it at the origin.

        Parameters
        ----------
        size : QSize
            Device-independent pixels, all of which `anew` covers.
        ratio : float
            Pixels of the screen in one of those.
        of : tuple of object
            All that the drawing depends on. It is drawn anew when one of these is another object than it was.
        anew : callable
            Given a painter, draws it.
        """
        pixels = size * ratio
        if self._drawn.size() != pixels:
            self._drawn, self._of = QPixmap(pixels), ()
        if len(of) != len(self._of) or any(a is not b for a, b in zip(of, self._of, strict=True)):
            self._drawn.setDevicePixelRatio(ratio)
            within = QPainter(self._drawn)
            anew(within)
            within.end()
            self._of = of
        painter.drawPixmap(0, 0, self._drawn)

    def forget(self) -> None:
        """Draw it anew the next time."""
        self._of = ()
        self._drawn = QPixmap()
