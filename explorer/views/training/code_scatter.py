"""Codes on a plane as coloured dots, with the axes through 0."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import CLASSES, Theme, text_pixels
from explorer.widgets.plots.plot import Plot, classes_of
from explorer.widgets.plots.table import Column
from explorer.widgets.plots.ticks import even_ticks

DOT = 1.6
LEAST, ROOM = 0.8, 1.08
"""The plane reaches at least so far from 0, and a little beyond the codes."""
OUTLIERS = 99.0
"""Percent of the codes that the plane is made wide enough for."""


class CodeScatter(Plot):
    """Dots; one unit is as long across as upwards."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._codes = np.zeros((0, 2), np.float32)
        self._labels: np.ndarray | None = None
        self._low, self._high = np.array([-3.0, -3.0]), np.array([3.0, 3.0])
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Codes of test images"))
        self.setToolTip(tr("Codes of test images in this snapshot, coloured by class"))
        theme.changed.connect(self.update)

    def show_codes(self, codes: np.ndarray, labels: np.ndarray | None) -> None:
        """Show codes (N, 2) with their classes (N,) or None."""
        self._codes, self._labels = codes, labels
        finite = codes[np.isfinite(codes).all(axis=1)]
        if len(finite):
            self._low = np.minimum(np.percentile(finite, 100 - OUTLIERS, axis=0), -LEAST) * ROOM
            self._high = np.maximum(np.percentile(finite, OUTLIERS, axis=0), LEAST) * ROOM
        self.setAccessibleDescription(tr("{count} codes", count=len(codes)))
        self.update()

    @property
    def codes(self) -> np.ndarray:
        """What is shown."""
        return self._codes

    @property
    def title(self) -> str:
        """What they are codes of; while there are none, that they are computed."""
        count = len(self._codes)
        return tr("Codes of {count} images", count=f"{count:,}".replace(",", "\u202f")) if count else tr("Codes are computed…")

    def columns(self) -> Sequence[Column]:
        """The two numbers of each code, and its class."""
        if not len(self._codes):
            return ()
        classes = [Column(tr("class"), self._labels)] if self._labels is not None else []
        return [Column("z_1", self._codes[:, 0]), Column("z_2", self._codes[:, 1]), *classes]

    def classes(self) -> Sequence[int]:
        """Those of the images."""
        return classes_of(self._labels)

    def sizeHint(self) -> QSize:
        """Square."""
        return QSize(220, 220)

    def minimumSizeHint(self) -> QSize:
        """Small."""
        return QSize(140, 120)

    def draw(self, painter: QPainter) -> None:
        """Axes and dots."""
        tokens = self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(text_font(11))
        painter.setPen(QColor(tokens.faint))
        head = QRectF(8, 9, self.width() - 16, painter.fontMetrics().height() + 2)
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft, self.title)
        area = QRectF(self.rect()).adjusted(4, head.bottom(), -4, -4)
        across, up = self._high - self._low
        unit = min(area.width() / across, area.height() / up)
        centre = (self._low + self._high) / 2
        middle = area.center() + QPointF(-centre[0] * unit, centre[1] * unit)  # where 0 is
        painter.setPen(QPen(QColor(tokens.grid_line), 1))
        painter.drawLine(QPointF(area.left(), middle.y()), QPointF(area.right(), middle.y()))
        painter.drawLine(QPointF(middle.x(), area.top()), QPointF(middle.x(), area.bottom()))
        painter.setPen(QColor(tokens.faint))
        self._draw_ticks(painter, middle, unit)
        painter.setClipRect(area)
        painter.setPen(Qt.PenStyle.NoPen)
        for i, (x, y) in enumerate(self._codes):
            digit = 0 if self._labels is None else int(self._labels[i]) % CLASSES
            painter.setBrush(QColor(self._theme.class_colours[digit]))
            painter.drawEllipse(QPointF(middle.x() + float(x) * unit, middle.y() - float(y) * unit), DOT, DOT)

    def _draw_ticks(self, painter: QPainter, zero: QPointF, unit: float) -> None:
        """Where the axes are at whole places, on both sides of 0."""
        step = even_ticks(0, float(min(self._high)))[-1][0]
        for at in (-step, step):
            label = f"{at:g}".replace("-", "−")
            across, up = zero + QPointF(at * unit, 0), zero - QPointF(0, at * unit)
            painter.drawLine(across + QPointF(0, -3), across + QPointF(0, 3))
            painter.drawLine(up + QPointF(-3, 0), up + QPointF(3, 0))
            painter.drawText(QRectF(across.x() - 20, across.y() + 2, 40, text_pixels(14)), Qt.AlignmentFlag.AlignHCenter, label)
            painter.drawText(QRectF(up.x() + 10, up.y() - 8, 40, 16), Qt.AlignmentFlag.AlignVCenter, label)
