"""Histogram of the values of one picture, on axes that never move."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.plot import Plot
from explorer.widgets.plots.table import Column

LIMIT = 3.0
BINS = 40
FOOT = 16
LEAST, MOST = 76, 160


def fractions_of(values: np.ndarray) -> np.ndarray:
    """Share of the values in each of BINS bins over [-LIMIT, LIMIT]; what is beyond counts at the ends."""
    finite = values[np.isfinite(values)]
    counts, _ = np.histogram(np.clip(finite, -LIMIT, LIMIT), bins=BINS, range=(-LIMIT, LIMIT))
    return counts / max(1, finite.size)


class Histogram(Plot):
    """Bars over [-3, 3], heights by the cube root of the share, with the standard normal as a line."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shares: np.ndarray | None = None
        self._centres = (np.arange(BINS) + 0.5) / BINS * 2 * LIMIT - LIMIT
        self._normal = np.exp(-(self._centres**2) / 2) / np.sqrt(2 * np.pi) * (2 * LIMIT / BINS)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMaximumHeight(MOST)
        self.setAccessibleName(tr("Histogram of the selected sample"))
        self.setToolTip(
            tr(
                "How the selected sample's values are spread, from −3 to 3.\n"
                "The height is the cube root of the share of pixels; the line is the standard normal, N(0, 1)."
            )
        )
        theme.changed.connect(self.update)

    def set_values(self, values: np.ndarray | None) -> None:
        """Show these values; None for nothing."""
        self._shares = None if values is None else fractions_of(values)
        self.update()

    @property
    def shares(self) -> np.ndarray | None:
        """Share of pixels in each bin."""
        return self._shares

    def sizeHint(self) -> QSize:
        """A small picture."""
        return QSize(240, LEAST)

    def minimumSizeHint(self) -> QSize:
        """May be narrow."""
        return QSize(120, LEAST)

    def columns(self) -> Sequence[Column]:
        """Middles of the bins, the share of pixels in each, and that of the standard normal."""
        if self._shares is None:
            return ()
        return (
            Column(tr("value"), self._centres),
            Column(tr("share of pixels"), self._shares),
            Column("N(0, 1)", self._normal),
        )

    def draw(self, painter: QPainter) -> None:
        """Bars, the normal's line, numbers."""
        tokens = self._theme.tokens
        area = QRectF(0, 2, self.width(), self.height() - FOOT - 2)
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        width = area.width() / BINS
        if self._shares is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent))
            for i, share in enumerate(self._shares):
                height = area.height() * float(share) ** (1 / 3)
                painter.drawRect(QRectF(area.left() + i * width, area.bottom() - height, max(1.0, width - 1), height))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.muted), 1))
        points = [
            QPointF(area.left() + (i + 0.5) * width, area.bottom() - area.height() * float(p) ** (1 / 3))
            for i, p in enumerate(self._normal)
        ]
        painter.drawPolyline(points)
        painter.setFont(text_font(10))
        painter.setPen(QColor(tokens.faint))
        for value in (-3, -1, 0, 1, 3):
            x = area.left() + (value + LIMIT) / (2 * LIMIT) * area.width()
            rect = QRectF(min(max(x - 12, 0), area.width() - 24), area.bottom() + 1, 24, FOOT)
            align = {-3: Qt.AlignmentFlag.AlignLeft, 3: Qt.AlignmentFlag.AlignRight}.get(value, Qt.AlignmentFlag.AlignHCenter)
            painter.drawText(rect, align | Qt.AlignmentFlag.AlignVCenter, str(value).replace("-", "−"))
