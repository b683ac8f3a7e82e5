"""A word in the corner of a picture, on a ground of its own: legible on noise and on any image, in both themes."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from explorer.widgets.look.fonts import text_font

SIZE, LEAST_TILE, SIDE = 11, 36, 4
GROUND, INK = QColor(0, 0, 0, 170), QColor(255, 255, 255, 235)


def draw_name(painter: QPainter, tile: QRectF, name: str) -> None:
    """Draw it at the top left; not on pictures that are too small for it."""
    if not name or tile.width() < LEAST_TILE:
        return
    painter.save()
    painter.setFont(text_font(SIZE))
    metrics = painter.fontMetrics()
    words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(tile.width()) - 4 * SIDE)
    box = QRectF(tile.x() + 3, tile.y() + 3, max(metrics.horizontalAdvance(words) + 2 * SIDE, 15), metrics.height() + 1)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(GROUND)
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(INK)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
    painter.restore()
