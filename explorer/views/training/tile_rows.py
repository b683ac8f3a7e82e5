"""Rows of small pictures, each with a name and a colour: as large as they fit sharp."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.sharp import draw_sharp, fitted, to_image
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.pointed import Pointed

GAP, MARGIN, EDGE = 4, 8, 3
NAMES = 96
LEAST, MOST = 28, 84


@dataclass(frozen=True, slots=True, eq=False)
class TileRow:
    """One row: its name and colour (#rrggbb), and pictures (N, H, W, 3) uint8 or, where there are none, words."""

    name: str
    colour: str
    tiles: np.ndarray | None
    words: str = ""


class TileRows(QWidget):
    """Rows under one another; what stands in one column belongs together."""

    def __init__(self, theme: Theme, accessible: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: tuple[TileRow, ...] = ()
        self._message = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(accessible)
        theme.changed.connect(self.update)

    def show_rows(self, rows: tuple[TileRow, ...], message: str = "") -> None:
        """Show these rows; the message where there are none."""
        self._rows, self._message = rows, message
        self.setAccessibleDescription(", ".join(f"{row.name}: {'pictures' if row.tiles is not None else row.words}" for row in rows))
        self.setMaximumHeight(2 * MARGIN + max(1, len(rows)) * (MOST + GAP))
        self.updateGeometry()
        self.update()

    @property
    def rows(self) -> tuple[TileRow, ...]:
        """What is shown."""
        return self._rows

    @property
    def message(self) -> str:
        """Words where there are no rows."""
        return self._message

    def minimumSizeHint(self) -> QSize:
        """Small pictures in every row."""
        return QSize(NAMES + 8 * (LEAST + GAP), 2 * MARGIN + max(1, len(self._rows)) * (LEAST + GAP))

    def sizeHint(self) -> QSize:
        """Larger ones."""
        return QSize(NAMES + 8 * (56 + GAP), 2 * MARGIN + max(1, len(self._rows)) * (56 + GAP))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Names and pictures."""
        painter, tokens = QPainter(self), self._theme.tokens
        painter.setFont(text_font(11))
        if not self._rows:
            painter.setPen(QColor(tokens.muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()).adjusted(24, 4, -24, -4), flags, self._message)
            return
        cell, pitch = self._cells()
        for index, row in enumerate(self._rows):
            self._draw_row(painter, row, MARGIN + index * (cell + GAP), cell, pitch)

    def _cells(self) -> tuple[float, float]:
        """Side of a picture, and the distance of two."""
        count = max((len(row.tiles) for row in self._rows if row.tiles is not None), default=8)
        down = (self.height() - 2 * MARGIN) / len(self._rows)
        across = (self.width() - 2 * MARGIN - NAMES) / count
        cell = max(8.0, min(down - GAP, across - GAP, MOST))
        return cell, min(across, cell + GAP)

    def pointed_at(self, point: QPointF | None) -> Pointed | None:
        """The picture under a point; none is chosen."""
        if point is None or not self._rows:
            return None
        cell, pitch = self._cells()
        index, column = int((point.y() - MARGIN) // (cell + GAP)), int((point.x() - MARGIN - NAMES) // pitch)
        if not 0 <= index < len(self._rows) or column < 0:
            return None
        row = self._rows[index]
        if row.tiles is None or column >= len(row.tiles):
            return None
        return Pointed(to_image(row.tiles[column]), f"{row.name} {column}", column)

    def _draw_row(self, painter: QPainter, row: TileRow, top: float, cell: float, pitch: float) -> None:
        tokens = self._theme.tokens
        painter.fillRect(QRectF(MARGIN, round(top), EDGE, round(cell)), QColor(row.colour))
        painter.setPen(QColor(tokens.muted))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(QRectF(MARGIN + EDGE + 8, top, NAMES - EDGE - 16, cell), flags, row.name)
        if row.tiles is None:
            painter.drawText(QRectF(MARGIN + NAMES, top, self.width() - NAMES - 2 * MARGIN, cell), flags, row.words)
            return
        for i, tile in enumerate(row.tiles):
            image = to_image(tile)
            area = QRectF(round(MARGIN + NAMES + i * pitch), round(top), cell, cell)
            draw_sharp(painter, fitted(area, image, self.devicePixelRatioF(), sharp=True), image)
