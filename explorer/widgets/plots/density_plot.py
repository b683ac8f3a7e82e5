"""Densities over one axis: a histogram of draws, and curves over it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.figure import PENS, Stroke
from explorer.widgets.plots.plot import Plot
from explorer.widgets.plots.polyline import polyline
from explorer.widgets.plots.table import Column, against

FOOT, TOP, EDGE = 18, 6, 4
TICK_GAP = 6
LEGEND, SAMPLE = 16, 22
"""A line of the legend, and the room for a curve's sample before its name, in pixels."""
LOOKS = 24
"""Places along a legend at which it is looked whether a curve is there."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A density at x.

    Attributes
    ----------
    name : str
        In the legend; empty for none.
    x, y : ndarray, shape (M,)
        As they are drawn.
    colour : str
    stroke : Stroke
    filled : bool
        Lightly, to the axis.
    of : str
        What it is called in a table, where that is not its name.
    numbers : tuple of (ndarray, ndarray) or None
        Its x and y themselves, where logarithms of them or differences are drawn.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    colour: str
    stroke: Stroke = "solid"
    filled: bool = False
    of: str = ""
    numbers: tuple[np.ndarray, np.ndarray] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class DensityFigure:
    """What a density plot shows.

    Attributes
    ----------
    low, high : float
        Ends of the axis.
    edges, shares : ndarray, shape (B + 1,), (B,)
        A histogram as a density; empty for none.
    curves : tuple of Curve
    top : float
        Largest density that is shown; 0 for that of what is drawn.
    marks : tuple of (float, str)
        Vertical lines: where, and in which colour.
    ticks : sequence of float
    labels : sequence of str
        Of the ticks, where the numbers themselves are not what is meant.
    rows : sequence of (float, str)
        Densities that have a line across, and its label.
    beside : bool
        The labels of rows stand left of the axis, not under their lines.
    axis : str
        What the axis is called in a table.
    """

    low: float = -4.0
    high: float = 4.0
    edges: np.ndarray = field(default_factory=lambda: np.zeros(0))
    shares: np.ndarray = field(default_factory=lambda: np.zeros(0))
    curves: tuple[Curve, ...] = ()
    top: float = 0.0
    marks: tuple[tuple[float, str], ...] = ()
    ticks: Sequence[float] = (-4, -2, 0, 2, 4)
    labels: Sequence[str] = ()
    rows: Sequence[tuple[float, str]] = ()
    beside: bool = False
    axis: str = "x"

    @property
    def highest(self) -> float:
        """Upper end of the axis of densities."""
        if self.top > 0:
            return self.top
        found = [float(curve.y.max()) for curve in self.curves if len(curve.y)]
        return 1.25 * max([*found, 1e-6])


class DensityPlot(Plot):
    """Draws a DensityFigure, with its legend where no curve is: right, in the middle or left, at the top."""

    def __init__(self, theme: Theme, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._figure = DensityFigure()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        theme.changed.connect(self.update)

    def set_figure(self, figure: DensityFigure) -> None:
        """Show other densities."""
        self._figure = figure
        self.update()

    @property
    def figure(self) -> DensityFigure:
        """What is shown."""
        return self._figure

    def columns(self) -> Sequence[Column]:
        """The axis, the histogram at the middles of its bins, the curves."""
        figure = self._figure
        middles = (figure.edges[:-1] + figure.edges[1:]) / 2
        bars = (tr("histogram"), middles, figure.shares)
        curves = ((curve.of or curve.name, *(curve.numbers or (curve.x, curve.y))) for curve in figure.curves)
        return against(figure.axis, [bars, *curves])

    def sizeHint(self) -> QSize:
        """A small plot."""
        return QSize(240, 140)

    def minimumSizeHint(self) -> QSize:
        """May be small."""
        return QSize(120, 80)

    @property
    def area(self) -> QRectF:
        """Where densities are drawn."""
        left = EDGE + self._beside_width()
        return QRectF(left, TOP, self.width() - left - EDGE, self.height() - FOOT - TOP)

    def _beside_width(self) -> int:
        labels = [label for _, label in self._figure.rows] if self._figure.beside else []
        metrics = QFontMetrics(text_font(10))
        return max((metrics.horizontalAdvance(label) + TICK_GAP for label in labels), default=0)

    def x_of(self, value: float) -> float:
        """Horizontal place of a value."""
        figure, area = self._figure, self.area
        return area.left() + (value - figure.low) / (figure.high - figure.low) * area.width()

    def draw(self, painter: QPainter) -> None:
        """Bars, curves, marks, numbers, legend."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens, figure, area = self._theme.tokens, self._figure, self.area
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        self._draw_ticks(painter)
        painter.setClipRect(area.adjusted(0, -1, 0, 0))
        bar = QColor(tokens.muted)
        bar.setAlpha(90)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(bar)
        for left, right, share in zip(figure.edges[:-1], figure.edges[1:], figure.shares, strict=True):
            x0, x1, height = self.x_of(float(left)), self.x_of(float(right)), self._height(float(share))
            painter.drawRect(QRectF(x0, area.bottom() - height, max(1.0, x1 - x0 - 1), height))
        for curve in figure.curves:
            self._draw_curve(painter, curve)
        for value, colour in figure.marks:
            painter.setPen(QPen(QColor(colour), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(self.x_of(value), area.top()), QPointF(self.x_of(value), area.bottom()))
        painter.setClipping(False)
        self._draw_legend(painter)

    def _height(self, density: float) -> float:
        return min(1.2, density / self._figure.highest) * self.area.height()

    def _draw_curve(self, painter: QPainter, curve: Curve) -> None:
        area, figure = self.area, self._figure
        x = area.left() + (curve.x - figure.low) / (figure.high - figure.low) * area.width()
        y = area.bottom() - np.minimum(1.2, curve.y / figure.highest) * area.height()
        if curve.filled and len(x):
            path = QPainterPath()
            path.addPolygon(polyline(np.concatenate([x[:1], x, x[-1:]]), np.concatenate([[area.bottom()], y, [area.bottom()]])))
            soft = QColor(curve.colour)
            soft.setAlpha(60)
            painter.fillPath(path, soft)
        painter.setPen(QPen(QColor(curve.colour), 2 if curve.stroke == "solid" else 1.5, PENS[curve.stroke]))
        painter.drawPolyline(polyline(x, y))

    def numbers(self, metrics: QFontMetrics, labels: Sequence[str]) -> list[tuple[float, str]]:
        """Middle and words of each number under the axis, from the left; one that has no room beside the one before it is left out."""
        area, end = self.area, -math.inf
        found: list[tuple[float, str]] = []
        for tick, label in sorted(zip(self._figure.ticks, labels, strict=True)):
            half = metrics.horizontalAdvance(label) / 2
            x = min(max(self.x_of(tick), area.left() + half), area.right() - half)
            if x - half >= end:
                found.append((x, label))
                end = x + half + TICK_GAP
        return found

    def _draw_ticks(self, painter: QPainter) -> None:
        tokens, area, figure = self._theme.tokens, self.area, self._figure
        painter.setFont(text_font(10))
        painter.setPen(QColor(tokens.faint))
        labels = figure.labels or [f"{tick:g}".replace("-", "−") for tick in figure.ticks]
        for x, label in self.numbers(painter.fontMetrics(), labels):
            painter.drawText(QRectF(x - 40, area.bottom() + 2, 80, FOOT - 3), Qt.AlignmentFlag.AlignCenter, label)
        for density, label in figure.rows:
            y = area.bottom() - self._height(density)
            painter.setPen(QPen(QColor(tokens.grid_line), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(tokens.faint))
            if figure.beside:
                at = QRectF(0, y - FOOT / 2, area.left() - TICK_GAP, FOOT)
                painter.drawText(at, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, label)
            else:
                painter.drawText(QRectF(area.left() + 2, y, 160, 14), Qt.AlignmentFlag.AlignLeft, label)

    @property
    def legend_place(self) -> QRectF:
        """Where the legend is: of three places at the top the first that no curve passes, else the right one."""
        named = [curve.name for curve in self._figure.curves if curve.name]
        metrics, area = QFontMetrics(text_font(11)), self.area
        width = max((metrics.horizontalAdvance(name) for name in named), default=0) + SAMPLE + 2
        lefts = (area.right() - width, area.center().x() - width / 2, area.left() + 2)
        places = [QRectF(left, area.top() + 2, width, LEGEND * len(named)) for left in lefts]
        return next((place for place in places if not any(self._passes(curve, place) for curve in self._figure.curves)), places[0])

    def _passes(self, curve: Curve, place: QRectF) -> bool:
        """Whether a curve comes as high as a place, which is at the top."""
        figure, area = self._figure, self.area
        across = np.linspace(place.left(), place.right(), LOOKS)
        x = figure.low + (across - area.left()) / area.width() * (figure.high - figure.low)
        if not len(curve.x):
            return False
        heights = area.bottom() - np.interp(x, curve.x, curve.y, left=-math.inf, right=-math.inf) / figure.highest * area.height()
        return bool((heights <= place.bottom()).any())

    def _draw_legend(self, painter: QPainter) -> None:
        tokens, place = self._theme.tokens, self.legend_place
        painter.setFont(text_font(11))
        metrics, y = painter.fontMetrics(), place.top()
        to_right = place.left() > self.area.center().x()
        for curve in self._figure.curves:
            if not curve.name:
                continue
            width = metrics.horizontalAdvance(curve.name)
            x = place.right() - width - 2 if to_right else place.left() + SAMPLE
            painter.setPen(QPen(QColor(curve.colour), 2, PENS[curve.stroke]))
            painter.drawLine(QPointF(x - SAMPLE, y + LEGEND / 2), QPointF(x - 6, y + LEGEND / 2))
            painter.setPen(QColor(tokens.muted))
            painter.drawText(QRectF(x, y, width + 2, LEGEND), Qt.AlignmentFlag.AlignVCenter, curve.name)
            y += LEGEND
