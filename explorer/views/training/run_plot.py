"""Curves of training runs against the updates: smoothed lines over what was reported, and where the shown snapshot is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from explorer.widgets.look.language import tr
from explorer.widgets.look.number_words import grouped
from explorer.widgets.look.theme import Theme, text_pixels
from explorer.widgets.plots.bar_chart import significant
from explorer.widgets.plots.bar_scale import ValueScale, fitting_scale, power
from explorer.widgets.plots.polyline import polyline
from explorer.widgets.plots.table import Column, against
from explorer.widgets.plots.ticks import even_ticks
from explorer.widgets.plots.value_plot import ValuePlot, edges

MOST_POINTS = 2000
RAW_ALPHA = 0.4
ROOM = 1.15
"""Factor above and below the values on a logarithmic scale."""
NARROWEST = 2.0
"""Factor from the lower end of a logarithmic scale to the upper, at least."""


@dataclass(frozen=True, slots=True, eq=False)
class RunSeries:
    """One run.

    Attributes
    ----------
    name, colour : str
        The colour is #rrggbb.
    steps, raw, smooth : ndarray, shape (M,)
        Updates, and the values there as reported and smoothed.
    """

    name: str
    colour: str
    steps: np.ndarray
    raw: np.ndarray
    smooth: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class RunFigure:
    """What is shown.

    Attributes
    ----------
    series : tuple of RunSeries
    steps : int
        Where the level axis ends.
    log, raw : bool
        A logarithmic scale; the reported values behind the smoothed ones.
    unit : str
        What is drawn upwards, for people.
    marks : tuple of int
        Updates at which there are snapshots.
    """

    series: tuple[RunSeries, ...] = ()
    steps: int = 1
    log: bool = True
    raw: bool = True
    unit: str = ""
    marks: tuple[int, ...] = ()


def scale_for(values: np.ndarray, log: bool) -> ValueScale:
    """A scale with room for finite values; a logarithmic one need not end at powers of ten."""
    positive = values[np.isfinite(values) & (values > 0)]
    if not log or not len(positive):
        return fitting_scale(values, log, False)
    low, high = float(positive.min()) / ROOM, float(positive.max()) * ROOM
    middle, half = math.sqrt(low * high), max(math.sqrt(high / low), math.sqrt(NARROWEST))
    return ValueScale(middle / half, middle * half, True)


def ticks_of(scale: ValueScale, most: int) -> list[tuple[float, str]]:
    """Positions and labels: 1, 2 and 5 of each decade where these are few, else powers of ten."""
    if not scale.log:
        return scale.ticks(most)
    first, last = math.floor(math.log10(scale.low)), math.ceil(math.log10(scale.high))
    for factors in ((1, 2, 3, 5, 7), (1, 2, 5), (1,)):
        marks = [(factor, k) for k in range(first, last + 1) for factor in factors if scale.low <= factor * 10.0**k <= scale.high]
        if len(marks) <= most:
            break
    marks = marks[:: max(1, math.ceil(len(marks) / most))]
    return [(float(scale.position(f * 10.0**k)), power(k) if f == 1 else f"{f * 10.0**k:.4g}") for f, k in marks]


class RunPlot(ValuePlot):
    """A picture of a RunFigure."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        tip = tr("Smoothed over neighbouring reports; faint: as reported. Click or drag to look at the snapshot nearest to an update.")
        super().__init__(theme, tr("Curves of the runs against the updates"), tip, parent)
        self._figure = RunFigure()
        self._cursor = -1

    def set_figure(self, figure: RunFigure) -> None:
        """Show other curves."""
        self._figure = figure
        known = [series.raw if figure.raw else series.smooth for series in figure.series]
        self._scale = scale_for(np.concatenate([np.zeros(0), *known]), figure.log)
        said = (
            tr("{name} {float} at update {steps}", name=s.name, float=significant(float(s.smooth[-1])), steps=int(s.steps[-1]))
            for s in figure.series
            if len(s.steps)
        )
        self.setAccessibleDescription(", ".join(said))
        self.update()

    def set_cursor(self, step: int) -> None:
        """Mark the update of the snapshot that is shown; -1 for none."""
        if step != self._cursor:
            self._cursor = step
            self.update()

    @property
    def figure(self) -> RunFigure:
        """What is shown."""
        return self._figure

    def columns(self) -> Sequence[Column]:
        """The updates, and the smoothed and the reported values of every run, in the unit that is drawn upwards."""
        curves = []
        for series in self._figure.series:
            name = tr("{name}, smoothed", name=series.name) if self._figure.raw else series.name
            curves.append((f"{name} [{self._figure.unit}]", series.steps, series.smooth))
            if self._figure.raw:
                curves.append((tr("{name}, as reported", name=series.name), series.steps, series.raw))
        return against(tr("update"), curves)

    def sizeHint(self) -> QSize:
        """Wide."""
        return QSize(640, 280)

    def minimumSizeHint(self) -> QSize:
        """Enough to read."""
        return QSize(280, 140)

    def area(self) -> QRectF:
        """Where the curves are."""
        left, right, top, bottom = edges()
        return QRectF(left, top, max(1, self.width() - left - right), max(1, self.height() - top - bottom))

    def x_of(self, step: float) -> float:
        """Where an update is."""
        area = self.area()
        return area.left() + step / max(1, self._figure.steps) * area.width()

    # --- drawing ---

    def draw(self, painter: QPainter) -> None:
        """Grid, curves, the snapshots, names."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not any(len(series.steps) for series in self._figure.series):
            self.draw_message(painter)
            return
        self.draw_unit(painter, self._figure.unit)
        self._draw_axes(painter)
        area = self.area()
        painter.setClipRect(area.adjusted(0, -2, 0, 2))
        if self._figure.raw:
            for series in self._figure.series:
                faint = QColor(series.colour)
                faint.setAlphaF(RAW_ALPHA)
                self._draw_line(painter, series.steps, series.raw, QPen(faint, 1))
        for series in self._figure.series:
            self._draw_line(painter, series.steps, series.smooth, QPen(QColor(series.colour), 2))
        if self._cursor >= 0:
            self.draw_cursor(painter, area, self.x_of(self._cursor))
        painter.setClipping(False)
        self._draw_names(painter)

    def _draw_axes(self, painter: QPainter) -> None:
        tokens, area = self._theme.tokens, self.area()
        self.draw_values(painter, area, ticks_of(self._scale, max(2, min(10, int(area.height() // 28)))))
        painter.setPen(QColor(tokens.muted))
        ticks = even_ticks(0, max(1, self._figure.steps))
        for at, _ in ticks:
            x, words = self.x_of(at), tr("update {at}", at=grouped(at)) if at == ticks[-1][0] else grouped(at)
            last = x > area.right() - 40
            rect = QRectF(x - (100 if last else 50 if at else 0), area.bottom() + 5, 100, text_pixels(16))
            align = Qt.AlignmentFlag.AlignRight if last else Qt.AlignmentFlag.AlignHCenter if at else Qt.AlignmentFlag.AlignLeft
            painter.drawText(rect, align | Qt.AlignmentFlag.AlignTop, words)
        painter.setPen(QPen(QColor(tokens.muted), 1))
        for step in self._figure.marks:
            x = round(self.x_of(step)) + 0.5
            painter.drawLine(QPointF(x, area.bottom() - 4), QPointF(x, area.bottom()))

    def _draw_line(self, painter: QPainter, steps: np.ndarray, values: np.ndarray, pen: QPen) -> None:
        known = np.isfinite(values)
        steps, values = steps[known], values[known]
        stride = max(1, len(steps) // MOST_POINTS)
        area = self.area()
        x = area.left() + steps[::stride] / max(1, self._figure.steps) * area.width()
        y = area.bottom() - self._scale.position(values[::stride]) * area.height()
        painter.setPen(pen)
        if len(x) == 1:
            painter.setBrush(pen.color())
            painter.drawEllipse(QPointF(float(x[0]), float(y[0])), 2, 2)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(polyline(x, y))

    def _draw_names(self, painter: QPainter) -> None:
        """Colour, name and last value of each run, at the right over the plot as far as there is room."""
        metrics = painter.fontMetrics()
        right = float(self.width() - edges().right)
        least = 16.0 + metrics.horizontalAdvance(self._figure.unit)
        for series in reversed(self._figure.series):
            value = significant(float(series.smooth[-1])) if len(series.smooth) else "–"
            if right - metrics.horizontalAdvance(value) - metrics.horizontalAdvance(series.name) - 28 < least:
                return
            right = self.draw_name(painter, right, 8, series.name, value, series.colour) - 16

    # --- gestures ---

    def step_at(self, x: float) -> int:
        """Update at a place of the widget."""
        area = self.area()
        return round(min(max((x - area.left()) / area.width(), 0), 1) * self._figure.steps)

    def place_at(self, point: QPointF) -> int:
        """Update under a point."""
        return self.step_at(point.x())
