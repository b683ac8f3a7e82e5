"""Small shapes that tell curves of like colours apart, the same wherever a lane is named."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

Marker = Literal["", "ring", "square", "triangle", "diamond", "bar"]
MARKERS: tuple[Marker, ...] = ("", "ring", "square", "triangle", "diamond", "bar")
"""Of the first, second ... lane of one option; the first has none."""
SIZE = 3.5
"""Half the width of a marker, in logical pixels."""


def draw_marker(painter: QPainter, marker: Marker, at: QPointF, colour: QColor, ground: QColor, size: float = SIZE) -> None:
    """Draw a marker in a curve's colour, filled with the ground's, with its middle at a point."""
    if not marker:
        return
    painter.save()
    painter.setPen(QPen(colour, 1.5))
    painter.setBrush(ground)
    x, y = at.x(), at.y()
    match marker:
        case "ring":
            painter.drawEllipse(at, size, size)
        case "square":
            painter.drawRect(QRectF(x - size, y - size, 2 * size, 2 * size))
        case "triangle":
            painter.drawPolygon(QPolygonF([QPointF(x - size, y + size), QPointF(x, y - size), QPointF(x + size, y + size)]))
        case "diamond":
            corners = ((0.0, -size), (size, 0.0), (0.0, size), (-size, 0.0))
            painter.drawPolygon(QPolygonF([QPointF(x + dx * 1.2, y + dy * 1.2) for dx, dy in corners]))
        case "bar":
            painter.setPen(QPen(colour, 2.5))
            painter.drawLine(QPointF(x, y - size - 1), QPointF(x, y + size + 1))
    painter.restore()
