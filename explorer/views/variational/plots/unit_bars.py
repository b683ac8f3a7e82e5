"""A bar for each number of a code, one of them selected; several series beside each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.bar_chart import significant
from explorer.widgets.plots.plot import Plot
from explorer.widgets.plots.table import Column, against
from explorer.widgets.plots.ticks import even_ticks, log_ticks

LEFT, TOP, FOOT, RIGHT = 44, 22, 20, 6
MOST_WIDTH = 44.0
"""Pixels of a unit, however few there are."""
LEAST_LABEL = 22
LEAST_TICK = 13.0
SWATCH = 10
DECADES = 5
"""Shown of a logarithmic scale, below its largest value."""


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Values (d,) of one kind, with the name of its bars and their colour."""

    name: str
    colour: str
    values: np.ndarray


class UnitBars(Plot):
    """Draws; reports which unit is clicked.

    Parameters
    ----------
    log : bool
        On a logarithmic scale: what is below it has no bar.

    Signals
    -------
    chosen(int)
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, name: str, tip: str, log: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._log, self._name = theme, log, name
        self._series: tuple[Series, ...] = ()
        self._limit, self._limit_words = math.nan, ""
        self._selected = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setToolTip(tip)
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    def set_series(self, series: Sequence[Series], limit: float = math.nan, limit_words: str = "") -> None:
        """Show other bars, with a line at a limit."""
        self._series, self._limit, self._limit_words = tuple(series), limit, limit_words
        self._describe()
        self.update()

    def select(self, unit: int) -> None:
        """Mark a unit; does not emit."""
        self._selected = unit
        self._describe()
        self.update()

    @property
    def series(self) -> tuple[Series, ...]:
        """Bars shown."""
        return self._series

    @property
    def count(self) -> int:
        """How many units there are."""
        return max((len(each.values) for each in self._series), default=0)

    def _describe(self) -> None:
        said = [f"{s.name} {significant(float(s.values[self._selected]))}" for s in self._series if self._selected < len(s.values)]
        self.setAccessibleDescription(f"{self._selected + 1}: " + ", ".join(said))

    def columns(self) -> Sequence[Column]:
        """The numbers of the code, from 1, and the values of each."""
        return against("j", ((each.name, np.arange(1, len(each.values) + 1), each.values) for each in self._series))

    # --- geometry

    def sizeHint(self) -> QSize:
        """Wide."""
        return QSize(420, 180)

    def minimumSizeHint(self) -> QSize:
        """May be small."""
        return QSize(200, 76)

    @property
    def area(self) -> QRectF:
        """Where the bars are."""
        return QRectF(LEFT, TOP, self.width() - LEFT - RIGHT, self.height() - TOP - FOOT)

    def place_of(self, unit: int) -> QRectF:
        """Where all bars of a unit are."""
        area, count = self.area, max(1, self.count)
        width = min(MOST_WIDTH * max(1, len(self._series)), area.width() / count)
        left = area.left() + (area.width() - width * count) / 2
        return QRectF(left + unit * width, area.top(), width, area.height())

    def _ends(self) -> tuple[float, float]:
        known = np.concatenate([np.zeros(0), *(each.values for each in self._series)])
        known = known[np.isfinite(known)]
        top = float(known.max()) if len(known) else 1.0
        if self._log:
            top = 10.0 ** math.ceil(math.log10(max(top, self._limit if math.isfinite(self._limit) else 0.0, 1e-6)))
            return top / 10.0**DECADES, top
        return 0.0, 1.08 * max(top, 1e-3)

    def _height(self, value: float) -> float:
        """Share of the height, in [0, 1]."""
        low, high = self._ends()
        if self._log:
            return min(max((math.log10(max(value, low)) - math.log10(low)) / DECADES, 0.0), 1.0)
        return min(max((value - low) / (high - low), 0.0), 1.0)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Values with a line and a label: as many as a low plot has room for, the lowest first."""
        low, high = self._ends()
        every = [(10.0**at, label) for at, label in log_ticks(low, high)] if self._log else even_ticks(low, high)
        room = self.area.height() / max(1, len(every) - 1)
        return every[:: max(1, math.ceil(LEAST_TICK / max(room, 1.0)))]

    # --- drawing

    def draw(self, painter: QPainter) -> None:
        """Axis, bars, limit, names."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(text_font(10))
        tokens, area = self._theme.tokens, self.area
        for value, label in self.ticks:
            y = area.bottom() - self._height(value) * area.height()
            painter.setPen(QPen(QColor(tokens.grid_line), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(tokens.muted))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y - 8, LEFT - 6, 16), right, label)
        self._draw_bars(painter)
        if math.isfinite(self._limit):
            y = area.bottom() - self._height(self._limit) * area.height()
            painter.setPen(QPen(QColor(tokens.text), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            width = painter.fontMetrics().horizontalAdvance(self._limit_words) + 8
            plate = QRectF(area.right() - width, y - 15, width, 14)
            ground = QColor(tokens.card)
            ground.setAlpha(200)
            painter.fillRect(plate, ground)
            painter.setPen(QColor(tokens.text))
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, self._limit_words)
        self._draw_names(painter)

    def _draw_bars(self, painter: QPainter) -> None:
        tokens, area = self._theme.tokens, self.area
        if self._selected < self.count:
            painter.fillRect(self.place_of(self._selected), QColor(tokens.hover))
        room = self.place_of(0).width()
        every = max(1, math.ceil(LEAST_LABEL / max(room, 1e-6)))
        for unit in range(self.count):
            place = self.place_of(unit)
            inner = place.adjusted(0.12 * place.width(), 0, -0.12 * place.width(), 0)
            width = inner.width() / max(1, len(self._series))
            for number, each in enumerate(self._series):
                if unit >= len(each.values) or not math.isfinite(float(each.values[unit])):
                    continue
                share = self._height(float(each.values[unit]))
                top = area.bottom() - share * area.height()
                bar = QRectF(inner.left() + number * width, top, max(1.0, width - 1), area.bottom() - top)
                painter.fillRect(bar, QColor(each.colour))
            if unit % every == 0 or unit == self._selected:
                painter.setPen(QColor(tokens.text if unit == self._selected else tokens.muted))
                painter.drawText(QRectF(place.center().x() - 20, area.bottom() + 3, 40, 14), Qt.AlignmentFlag.AlignCenter, str(unit + 1))
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())

    def _draw_names(self, painter: QPainter) -> None:
        """What the colours are, with the values of the selected unit."""
        tokens, x = self._theme.tokens, self.area.left()
        for each in self._series:
            words = each.name
            if self._selected < len(each.values):
                words += f"  {significant(float(each.values[self._selected]))}"
            painter.fillRect(QRectF(x, 5, SWATCH, SWATCH), QColor(each.colour))
            width = painter.fontMetrics().horizontalAdvance(words)
            painter.setPen(QColor(tokens.muted))
            painter.drawText(QRectF(x + SWATCH + 6, 1, width + 2, 18), Qt.AlignmentFlag.AlignVCenter, words)
            x += SWATCH + width + 22

    # --- gestures

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select what is clicked."""
        if event.button() == Qt.MouseButton.LeftButton:
            for unit in range(self.count):
                if self.place_of(unit).adjusted(0, -TOP, 0, FOOT).contains(event.position()):
                    self.chosen.emit(unit)
                    return
