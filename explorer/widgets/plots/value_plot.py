"""What bars along t and curves along training share: an axis of values, words where there is nothing, a cursor, names, dragging."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.theme import Theme, text_pixels
from explorer.widgets.plots.bar_scale import ValueScale, fitting_scale
from explorer.widgets.plots.plot import Plot

LINE_HEIGHT = 16
MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Edges(NamedTuple):
    """Pixels around what is drawn, for words and numbers."""

    left: int
    right: int
    top: int
    bottom: int


def edges() -> Edges:
    """Those that the size of text asks for."""
    return Edges(text_pixels(52), 16, text_pixels(30), text_pixels(24))


class ValuePlot(Plot):
    """A plot with values upwards.

    Signals
    -------
    scrubbed(int)
        The person clicked or dragged to that timestep, or that update.
    """

    scrubbed = Signal(int)

    def __init__(self, theme: Theme, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scale = fitting_scale(np.zeros(0), True, False)
        self._message = ""
        self._dragging = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        theme.changed.connect(self.update)

    def set_message(self, text: str) -> None:
        """Words where there are no values."""
        if text != self._message:
            self._message = text
            self.update()

    @property
    def message(self) -> str:
        """Words shown."""
        return self._message

    @property
    def scale(self) -> ValueScale:
        """The upright axis."""
        return self._scale

    # --- drawing ---

    def draw_message(self, painter: QPainter) -> None:
        """The words, in the middle of the empty plot."""
        painter.setFont(text_font(13))
        painter.setPen(QColor(self._theme.tokens.muted))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(QRectF(self.rect()).adjusted(48, 8, -48, -8), flags, self._message)

    def draw_unit(self, painter: QPainter, unit: str) -> None:
        """What is drawn upwards, at the top left; from here on text is small."""
        painter.setFont(text_font(11))
        painter.setPen(QColor(self._theme.tokens.faint))
        painter.drawText(QRectF(8, 8, self.width() - 16, LINE_HEIGHT), MIDDLE, unit)

    def draw_values(
        self, painter: QPainter, rect: QRectF, ticks: Sequence[tuple[float, str]], labelled: bool = True, base: bool = True
    ) -> None:
        """Lines across a panel at ticks; their labels at its left, that of the lowest only with `base`."""
        tokens = self._theme.tokens
        for position, label in ticks:
            y = round(rect.bottom() - position * rect.height()) + 0.5
            painter.setPen(QPen(QColor(tokens.grid_line), 1))
            painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
            if labelled and (base or position > 0.01):
                painter.setPen(QColor(tokens.muted))
                painter.drawText(
                    QRectF(0, y - 8, rect.left() - 8, LINE_HEIGHT), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, label
                )

    def draw_cursor(self, painter: QPainter, rect: QRectF, x: float) -> None:
        """A line from the top of a panel to its foot."""
        at = round(x) + 0.5
        painter.setPen(QPen(QColor(self._theme.tokens.accent), 1))
        painter.drawLine(QPointF(at, rect.top()), QPointF(at, rect.bottom()))

    def draw_name(self, painter: QPainter, right: float, top: float, name: str, value: str = "", colour: str = "") -> float:
        """Name and value, ending at `right`, after a line in the colour; where they begin."""
        tokens, metrics, x = self._theme.tokens, painter.fontMetrics(), right
        if value:
            x -= metrics.horizontalAdvance(value)
            painter.setPen(QColor(tokens.text))
            painter.drawText(QRectF(x, top, right - x + 2, LINE_HEIGHT), MIDDLE, value)
            x -= 6
        x -= metrics.horizontalAdvance(name)
        painter.setPen(QColor(tokens.muted))
        painter.drawText(QRectF(x, top, right - x + 2, LINE_HEIGHT), MIDDLE, name)
        if colour:
            x -= 22
            painter.setPen(QPen(QColor(colour), 2))
            painter.drawLine(QPointF(x, top + 8), QPointF(x + 16, top + 8))
        return x

    # --- gestures ---

    def place_at(self, point: QPointF) -> int:
        """What `scrubbed` says of a point of the widget."""
        raise NotImplementedError

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there, and drag on."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragging = True
            self.scrubbed.emit(self.place_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag."""
        if self._dragging:
            self.scrubbed.emit(self.place_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._dragging = False
