"""The colours of the classes in a row, for paper: in the window they are said elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.theme import Theme, text_pixels

CLASS_KEY = 24
"""Height of the row at the ordinary size of text."""
DOT, GAP = 4.0, 12
"""Radius of a dot, and the room behind a name."""


def draw_class_key(painter: QPainter, area: QRectF, theme: Theme, classes: Sequence[int]) -> None:
    """A dot and the number of each class, in the middle of an area."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(text_font(11))
    metrics, room = painter.fontMetrics(), text_pixels(6)
    widths = [2 * DOT + room + metrics.horizontalAdvance(str(each)) for each in classes]
    x, middle = area.center().x() - (sum(widths) + GAP * (len(classes) - 1)) / 2, area.center().y()
    for each, width in zip(classes, widths, strict=True):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.class_colours[each]))
        painter.drawEllipse(QPointF(x + DOT, middle), DOT, DOT)
        painter.setPen(QColor(theme.tokens.muted))
        painter.drawText(QRectF(x + 2 * DOT + room, area.top(), width, area.height()), Qt.AlignmentFlag.AlignVCenter, str(each))
        x += width + GAP
