"""The integrand of a divergence, whose areas above and below 0 add up to it: over a line, or a plane as a picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.engine.pictures.tiles import diverging_map
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.plot import Plot
from explorer.widgets.plots.polyline import polyline
from explorer.widgets.plots.table import Column, against

EDGE, FILL = 4, 90


class IntegrandView(Plot):
    """Draws; nothing can be dragged."""

    def __init__(self, theme: Theme, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._axis, self._values = np.zeros(0), np.zeros(0)
        self._scale, self._reach = 1.0, 6.0
        self._colour = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        theme.changed.connect(self.update)

    def set_values(self, axis: np.ndarray, values: np.ndarray, scale: float, reach: float, colour: str) -> None:
        """Show an integrand.

        Parameters
        ----------
        axis : ndarray, shape (M,)
        values : ndarray, shape (M,) or (M, M)
            Of a plane [x, y].
        scale : float
            Value at the top.
        reach : float
            The axis is seen over [-reach, reach].
        colour : str
        """
        self._axis, self._values = axis, values
        self._scale, self._reach, self._colour = max(scale, 1e-9), reach, colour
        self.update()

    @property
    def values(self) -> np.ndarray:
        """What is shown."""
        return self._values

    def columns(self) -> Sequence[Column]:
        """The integrand over its axis, or at every place of the grid; beyond what is seen, too."""
        if self._values.ndim == 2:
            x, y = np.meshgrid(self._axis, self._axis, indexing="ij")
            return Column("x", x.ravel()), Column("y", y.ravel()), Column(self.accessibleName(), self._values.ravel())
        return against("x", [(self.accessibleName(), self._axis, self._values)])

    def sizeHint(self) -> QSize:
        """A small plot."""
        return QSize(240, 120)

    def minimumSizeHint(self) -> QSize:
        """May be small."""
        return QSize(120, 80)

    def draw(self, painter: QPainter) -> None:
        """Areas, or a picture."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._values.ndim == 2:
            self._draw_plane(painter)
        elif self._values.size:
            self._draw_line(painter)

    def _draw_line(self, painter: QPainter) -> None:
        area = QRectF(EDGE, EDGE, self.width() - 2 * EDGE, self.height() - 2 * EDGE)
        zero = area.top() + 0.72 * area.height()
        unit = 0.7 * area.height() / self._scale
        seen = np.abs(self._axis) <= self._reach
        xs = area.left() + (self._axis[seen] + self._reach) / (2 * self._reach) * area.width()
        for sign, colour in ((1, QColor(self._colour)), (-1, QColor(self._theme.tokens.warning))):
            ys = np.minimum(zero - unit * np.maximum(sign * self._values[seen], 0) * sign, area.bottom())
            path = QPainterPath()
            path.addPolygon(polyline(np.concatenate([xs[:1], xs, xs[-1:]]), np.concatenate([[zero], ys, [zero]])))
            colour.setAlpha(FILL)
            painter.fillPath(path, colour)
            colour.setAlpha(255)
            painter.setPen(QPen(colour, 1.2))
            painter.drawPath(path)
        painter.setPen(QPen(QColor(self._theme.tokens.border), 1))
        painter.drawLine(QPointF(area.left(), zero), QPointF(area.right(), zero))

    def _draw_plane(self, painter: QPainter) -> None:
        seen = np.abs(self._axis) <= self._reach
        values = self._values[np.ix_(seen, seen)].T[::-1]  # rows downwards in y
        index = np.rint(np.clip(values / self._scale, -1, 1) * 127.5 + 127.5).astype(np.uint8)
        pixels = np.ascontiguousarray(diverging_map("dark" if self._theme.tokens.name == "dark" else "light")[index])
        height, width = pixels.shape[:2]
        image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        side = min(self.width(), self.height()) - 2 * EDGE
        square = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(square, image)
        painter.setPen(QPen(QColor(self._theme.tokens.border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(square)
