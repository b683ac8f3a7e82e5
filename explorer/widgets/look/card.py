"""A card: a bordered, rounded surface, with an optional coloured top edge."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QWidget

from explorer.widgets.look.theme import Theme

RADIUS = 8
EDGE = 3


class Card(QFrame):
    """A surface on which things lie.

    Parameters
    ----------
    theme : Theme
    edge : str
        Colour of the top edge, #rrggbb; empty for none.
    """

    def __init__(self, theme: Theme, edge: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._edge = edge
        self._chosen = False
        theme.changed.connect(self.update)

    def set_edge(self, colour: str) -> None:
        """Colour of the top edge; empty for none."""
        if colour != self._edge:
            self._edge = colour
            self.update()

    def set_chosen(self, chosen: bool) -> None:
        """Draw the border as of the one that is looked at."""
        if chosen != self._chosen:
            self._chosen = chosen
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Surface, edge, border."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._theme.tokens
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        outline = QPainterPath()
        outline.addRoundedRect(rect, RADIUS, RADIUS)
        painter.fillPath(outline, QColor(tokens.card))
        if self._edge:
            painter.setClipPath(outline)
            painter.fillRect(QRectF(0, 0, self.width(), EDGE), QColor(self._edge))
            painter.setClipping(False)
        painter.setPen(QPen(QColor(tokens.accent if self._chosen else tokens.border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(outline)
        if self._edge:
            painter.setClipRect(QRectF(0, 0, self.width(), EDGE))
            painter.fillPath(outline, QColor(self._edge))
