"""A square part of a plane with its axes: where a place of it is, and which place is under a point."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.plot import Plot

LEFT, FOOT, EDGE = 40, 22, 8
Extent = tuple[float, float, float, float]


class SquarePlane(Plot):
    """Has axes; what lies on it draws what is derived."""

    def __init__(self, theme: Theme, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)
        self.setToolTip(tip)

    @property
    def extent(self) -> Extent:
        """Part of the plane that is seen: (x0, x1, y0, y1)."""
        raise NotImplementedError

    @property
    def area(self) -> QRectF:
        """The square of the axes."""
        side = max(10.0, min(self.width() - LEFT - EDGE, self.height() - FOOT - EDGE))
        left = LEFT + (self.width() - LEFT - EDGE - side) / 2
        return QRectF(round(left), EDGE + round((self.height() - FOOT - EDGE - side) / 2), side, side)

    def point_of(self, x: float, y: float) -> QPointF:
        """Where a place of the plane is."""
        area, (x0, x1, y0, y1) = self.area, self.extent
        return QPointF(area.left() + (x - x0) / (x1 - x0) * area.width(), area.bottom() - (y - y0) / (y1 - y0) * area.height())

    def place_of(self, point: QPointF) -> tuple[float, float]:
        """Which place of the plane is there."""
        area, (x0, x1, y0, y1) = self.area, self.extent
        x, y = (point.x() - area.left()) / area.width(), (area.bottom() - point.y()) / area.height()
        return x0 + x * (x1 - x0), y0 + y * (y1 - y0)

    def draw_axes(self, painter: QPainter) -> None:
        """The square, with round numbers at the left and below."""
        tokens, area = self._theme.tokens, self.area
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)
        painter.setFont(text_font(10))
        painter.setPen(QColor(tokens.muted))
        x0, x1, y0, y1 = self.extent
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value in round_numbers(x0, x1):
            at = self.point_of(value, y0)
            painter.drawText(QRectF(at.x() - 30, area.bottom() + 3, 60, 16), Qt.AlignmentFlag.AlignCenter, _number(value))
        for value in round_numbers(y0, y1):
            at = self.point_of(x0, value)
            painter.drawText(QRectF(area.left() - 44, at.y() - 8, 38, 16), right, _number(value))


def round_numbers(low: float, high: float) -> list[float]:
    """Three to six of them between two."""
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough * (1 - 1e-9))
    return [k * step for k in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


def _number(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")
