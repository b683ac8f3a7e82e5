"""A piece of a curve: what a lane's line looks like in the plots."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.markers import Marker, draw_marker

WIDTH, HEIGHT = 18, 14


class MarkerChip(QWidget):
    """A short line with the marker; not there without one."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._marker: Marker = ""
        self._colour = ""
        self.setFixedSize(WIDTH, HEIGHT)
        self.setToolTip(tr("Its curves have this mark"))
        self.hide()
        theme.changed.connect(self.update)

    def set_marker(self, marker: Marker, colour: str) -> None:
        """Show a marker on a line in its colour, #rrggbb; an empty one hides it."""
        self._marker, self._colour = marker, colour
        self.setVisible(bool(marker))
        self.update()

    @property
    def marker(self) -> Marker:
        """Marker shown."""
        return self._marker

    def paintEvent(self, event: QPaintEvent) -> None:
        """Line and marker."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, colour = self.height() / 2, QColor(self._colour)
        painter.setPen(QPen(colour, 2))
        painter.drawLine(QPointF(1, middle), QPointF(self.width() - 1, middle))
        draw_marker(painter, self._marker, QPointF(self.width() / 2, middle), colour, QColor(self._theme.tokens.card))
