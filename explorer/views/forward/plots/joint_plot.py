"""Two numbers of many images as points, on axes that never move, with the circles of N(0, I)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import CLASSES, Theme
from explorer.widgets.plots.plot import Plot, classes_of
from explorer.widgets.plots.table import Column

LIMIT = 4.0
FOOT, LEFT, EDGE = 34, 40, 8
SHARES = (0.5, 0.9, 0.99)
TICKS = (-4, -2, 0, 2, 4)


def circle_radius(share: float) -> float:
    """Radius of the circle that holds a share of N(0, I) in two dimensions: sqrt(-2 ln(1 - share))."""
    return math.sqrt(-2 * math.log(1 - share))


class JointPlot(Plot):
    """Points over [-4, 4] x [-4, 4], coloured by class, and three circles of N(0, I)."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._points = np.zeros((0, 2), np.float32)
        self._labels = np.zeros(0, np.uint8)
        self._names = (tr("pixel a"), tr("pixel b"))
        self._ellipse: tuple[np.ndarray, np.ndarray] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Joint distribution of two pixels"))
        self.setToolTip(
            tr(
                "Each point is a test image: its values of x_t at the two pixels, coloured by its class.\n"
                "Dashed circles hold 50, 90 and 99 % of N(0, I); the solid ellipse is one standard deviation of the points."
            )
        )
        theme.changed.connect(self.update)

    def set_points(self, points: np.ndarray, labels: np.ndarray) -> None:
        """Show points (N, 2), coloured by class (N,)."""
        self._points, self._labels = points, labels
        self._ellipse = (points.mean(axis=0), np.cov(points.T, bias=True)) if len(points) > 1 else None
        self.update()

    @property
    def points(self) -> np.ndarray:
        """Points shown."""
        return self._points

    def columns(self) -> Sequence[Column]:
        """The values of x_t at the two pixels, and the class of each image."""
        if not len(self._points):
            return ()
        first, second = self._names
        return Column(first, self._points[:, 0]), Column(second, self._points[:, 1]), Column(tr("class"), self._labels)

    def classes(self) -> Sequence[int]:
        """Those of the images."""
        return classes_of(self._labels)

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(360, 360)

    def minimumSizeHint(self) -> QSize:
        """May be small."""
        return QSize(220, 200)

    @property
    def area(self) -> QRectF:
        """The square of the axes."""
        side = max(10, min(self.width() - LEFT - EDGE, self.height() - FOOT - EDGE))
        left = LEFT + (self.width() - LEFT - EDGE - side) / 2
        return QRectF(round(left), EDGE, side, side)

    def point_of(self, a: float, b: float) -> QPointF:
        """Where two values are."""
        area = self.area
        x = area.left() + (a + LIMIT) / (2 * LIMIT) * area.width()
        return QPointF(x, area.bottom() - (b + LIMIT) / (2 * LIMIT) * area.height())

    def draw(self, painter: QPainter) -> None:
        """Axes, points, circles."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_axes(painter)
        area, tokens = self.area, self._theme.tokens
        painter.setClipRect(area)
        scale = area.width() / (2 * LIMIT)
        size = 2.5 if scale < 45 else 3.5
        at = np.stack([area.left() + (self._points[:, 0] + LIMIT) * scale, area.bottom() - (self._points[:, 1] + LIMIT) * scale], axis=1)
        for label in np.unique(self._labels).tolist():
            painter.setPen(QPen(QColor(self._theme.class_colours[label % CLASSES]), size, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPoints(QPolygonF([QPointF(x, y) for x, y in at[self._labels == label].tolist()]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(tokens.text), 1, Qt.PenStyle.DashLine))
        middle = self.point_of(0, 0)
        for share in SHARES:
            r = circle_radius(share) * scale
            painter.drawEllipse(middle, r, r)
        self._draw_ellipse(painter, scale)

    def _draw_ellipse(self, painter: QPainter, scale: float) -> None:
        if self._ellipse is None:
            return
        mean, covariance = self._ellipse
        values, vectors = np.linalg.eigh(covariance)
        painter.save()
        painter.translate(self.point_of(float(mean[0]), float(mean[1])))
        painter.rotate(-math.degrees(math.atan2(vectors[1, 1], vectors[0, 1])))
        painter.setPen(QPen(QColor(self._theme.tokens.text), 2))
        painter.drawEllipse(QPointF(0, 0), math.sqrt(max(values[1], 0)) * scale, math.sqrt(max(values[0], 0)) * scale)
        painter.restore()

    def _draw_axes(self, painter: QPainter) -> None:
        tokens, area = self._theme.tokens, self.area
        painter.setFont(text_font(11))
        for tick in TICKS:
            at = self.point_of(tick, tick)
            painter.setPen(QPen(QColor(tokens.grid_line), 1))
            painter.drawLine(QPointF(at.x(), area.top()), QPointF(at.x(), area.bottom()))
            painter.drawLine(QPointF(area.left(), at.y()), QPointF(area.right(), at.y()))
            painter.setPen(QColor(tokens.muted))
            text = str(tick).replace("-", "−")
            painter.drawText(QRectF(at.x() - 20, area.bottom() + 2, 40, 14), Qt.AlignmentFlag.AlignCenter, text)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(area.left() - 26, at.y() - 8, 20, 16), right, text)
        painter.drawText(QRectF(area.left(), area.bottom() + 16, area.width(), 16), Qt.AlignmentFlag.AlignCenter, self._names[0])
        painter.save()
        painter.translate(area.left() - 34, area.center().y())
        painter.rotate(-90)
        painter.drawText(QRectF(-60, -8, 120, 16), Qt.AlignmentFlag.AlignCenter, self._names[1])
        painter.restore()
