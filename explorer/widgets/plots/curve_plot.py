"""Curves against t, from T (left) to 0 (right), with the cursor; clicking or dragging scrubs."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QWidget

from explorer.widgets.controls.wheel import WheelSteps
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.theme import Theme

Stroke = Literal["solid", "dash", "dot"]
LABEL_OVERHANG = 40
"""Pixels that a tick's label may stand out at the ends of an axis."""
PENS = {"solid": Qt.PenStyle.SolidLine, "dash": Qt.PenStyle.DashLine, "dot": Qt.PenStyle.DotLine}


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One curve.

    Attributes
    ----------
    name : str
    timesteps, values : ndarray, shape (M,)
        NaN leaves a gap.
    colour : str
        #rrggbb.
    stroke : Stroke
    strong : bool
        Drawn wider, over the others.
    """

    name: str
    timesteps: np.ndarray
    values: np.ndarray
    colour: str
    stroke: Stroke = "solid"
    strong: bool = False

    def at(self, t: int) -> float:
        """Value at the timestep nearest to t; NaN without one."""
        if not len(self.timesteps):
            return float("nan")
        return float(self.values[int(np.abs(self.timesteps - t).argmin())])


@dataclass(frozen=True, slots=True)
class Axes:
    """Ranges that do not move with the data.

    Attributes
    ----------
    T : int
        The t axis goes from T to 0.
    low, high : float
        Of the other axis, in its own units.
    log : bool
        Base-10 logarithm of the values.
    """

    T: int = 1000
    low: float = 0.0
    high: float = 1.0
    log: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """What a plot shows.

    Attributes
    ----------
    axes : Axes
    series : tuple of Series
    legend : tuple of Series
        What the legend names, where that is not every series; one without timesteps only explains a stroke.
    """

    axes: Axes = field(default_factory=Axes)
    series: tuple[Series, ...] = ()
    legend: tuple[Series, ...] = ()

    @property
    def named(self) -> tuple[Series, ...]:
        """What the legend names."""
        return self.legend or self.series


def even_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Positions and labels of three to six ticks, in round steps."""
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * (1 - 1e-9))
    count = math.floor((high - low) / step + 1e-9)
    return [(low + i * step, f"{low + i * step:.4g}") for i in range(count + 1)]


def log_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Positions (base-10 logarithms) and labels of the powers of ten."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    return [(float(k), f"{10.0**k:g}" if k >= -3 else f"1e−{-k}") for k in range(first, last + 1)]


class CurvePlot(pg.PlotWidget):
    """A plot of a Figure.

    Signals
    -------
    scrubbed(int)
        The person clicked or dragged to that timestep.
    wheel_stepped(int)
        Notches of the wheel; positive is towards t = 0.
    """

    scrubbed = Signal(int)
    wheel_stepped = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, background=None)
        self._theme = theme
        self._figure = Figure()
        self._curves: list[pg.PlotDataItem] = []
        self._wheel = WheelSteps()
        self._dragging = False
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        item.ctrlMenu.setParent(self, item.ctrlMenu.windowFlags())  # pyqtgraph gives its menu no parent, so nothing would end it
        item.hideButtons()
        item.setMouseEnabled(False, False)
        item.setContentsMargins(0, 8, 16, 0)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._box = item.getViewBox()
        self._box.invertX(True)
        self._box.disableAutoRange()
        self._box.setDefaultPadding(0)
        self._grid = pg.PlotCurveItem(connect="pairs")
        item.addItem(self._grid, ignoreBounds=True)
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        item.addItem(self._cursor, ignoreBounds=True)
        self._dots = pg.ScatterPlotItem(size=7, pxMode=True)
        item.addItem(self._dots, ignoreBounds=True)
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setStyle(tickFont=text_font(11), tickLength=0, tickTextOffset=6, autoExpandTextSpace=False)
            axis.setStyle(hideOverlappingLabels=LABEL_OVERHANG)
            axis.enableAutoSIPrefix(False)
        item.getAxis("left").setWidth(44)
        item.getAxis("bottom").setHeight(22)
        self.setMinimumHeight(90)
        self.setAccessibleName("Curves against t")
        self.setToolTip("Curves against t. Click or drag to go to a timestep.")
        theme.changed.connect(self._dress)
        self._dress()
        self._take_axes()

    # --- what is shown ---

    def set_figure(self, figure: Figure) -> None:
        """Show other curves."""
        axes_changed = figure.axes != self._figure.axes
        self._figure = figure
        while len(self._curves) > len(figure.series):
            self.removeItem(self._curves.pop())
        while len(self._curves) < len(figure.series):
            self._curves.append(self.plot([], [], antialias=True, connect="finite"))
        if axes_changed:
            self._take_axes()
        self._draw()

    def set_cursor(self, t: int) -> None:
        """Put the cursor at t; does not emit."""
        self._cursor.setValue(t)
        self._draw_dots()

    @property
    def figure(self) -> Figure:
        """What is shown."""
        return self._figure

    @property
    def cursor_t(self) -> int:
        """Where the cursor is."""
        return round(self._cursor.value())

    def _take_axes(self) -> None:
        axes, item = self._figure.axes, self.getPlotItem()
        item.setLogMode(False, axes.log)
        self._box.disableAutoRange()
        self._box.setXRange(0, axes.T, padding=0)
        low, high = (np.log10(axes.low), np.log10(axes.high)) if axes.log else (axes.low, axes.high)
        self._box.setYRange(low, high, padding=0)
        marks = log_ticks(axes.low, axes.high) if axes.log else even_ticks(axes.low, axes.high)
        item.getAxis("left").setTicks([marks])
        self._grid.setData(np.tile([0.0, axes.T], len(marks)), np.repeat([at for at, _ in marks], 2).astype(float))
        quarter = axes.T / 4
        at = [round(axes.T - i * quarter) for i in range(5)]
        ticks = [(t, f"t = {t}" if t == axes.T else str(t)) for t in at]
        item.getAxis("bottom").setTicks([ticks])

    def _draw(self) -> None:
        for curve, series in zip(self._curves, self._figure.series, strict=True):
            width = (1 if series.stroke != "solid" else 2) + 2 * series.strong
            curve.setPen(pg.mkPen(QColor(series.colour), width=width, style=PENS[series.stroke]))
            curve.setZValue(series.strong)
            values = series.values
            if self._figure.axes.log:
                values = np.where(values > 0, values, np.nan)
            curve.setData(series.timesteps, values)
        self._draw_dots()

    def _draw_dots(self) -> None:
        spots = []
        edge = pg.mkPen(QColor(self._theme.tokens.card), width=1)
        axes, t = self._figure.axes, self.cursor_t
        for series in self._figure.series:
            value = series.at(t)
            if not np.isfinite(value) or (axes.log and value <= 0):
                continue
            shown = np.log10(value) if axes.log else value
            nearest = series.timesteps[int(np.abs(series.timesteps - t).argmin())]
            spots.append({"pos": (float(nearest), float(shown)), "brush": QColor(series.colour), "pen": edge})
        self._dots.setData(spots)

    def _dress(self, _tokens: object = None) -> None:
        tokens = self._theme.tokens
        self.setBackground(QColor(tokens.card))
        for side in ("left", "bottom"):
            axis = self.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(QColor(tokens.grid_line)))
            axis.setTextPen(QColor(tokens.muted))
        self._grid.setPen(pg.mkPen(QColor(tokens.grid_line), width=1))
        self._cursor.setPen(pg.mkPen(QColor(tokens.accent), width=1))
        self._draw_dots()

    # --- gestures ---

    def t_at(self, point: QPointF) -> int:
        """Timestep under a point of the widget."""
        x = self._box.mapSceneToView(self.mapToScene(point.toPoint())).x()
        return round(min(max(x, 0), self._figure.axes.T))

    def point_of(self, t: int, value: float) -> QPointF:
        """Where a value of a curve is, in the widget."""
        y = np.log10(value) if self._figure.axes.log else value
        return QPointF(self.mapFromScene(self._box.mapViewToScene(QPointF(t, y))))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there, and drag on."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragging = True
            self.scrubbed.emit(self.t_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag."""
        if self._dragging:
            self.scrubbed.emit(self.t_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._dragging = False

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrub."""
        if steps := self._wheel.take(event):
            self.wheel_stepped.emit(steps)
        event.accept()
