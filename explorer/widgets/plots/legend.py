"""A legend in a line or two: colour, name and the value at the cursor of each curve."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.widgets.look.explained import explanation, term_of
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.figure import PENS, Series
from explorer.widgets.plots.markers import draw_marker

LINE = 16
GAP = 12
MORE = 28
"""Room for how many names are left out."""
ONE_LINE, TWO_LINES = 20, 32


def short(value: float) -> str:
    """A number in about four characters; a dash if it is none."""
    if not math.isfinite(value):
        return "–"
    size = abs(value)
    if size >= 1e5 or 0 < size < 0.0005:
        words = f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e")
    elif size >= 100 or value == 0:
        words = f"{value:.0f}"
    elif size >= 10:
        words = f"{value:.1f}"
    else:
        words = f"{value:.2f}" if size >= 0.1 else f"{value:.3f}"
    return words.replace("-", "−")


class Legend(QWidget):
    """Names and values of curves, in `most_lines` lines at the most."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, most_lines: int = 2) -> None:
        super().__init__(parent)
        self._most_lines = most_lines
        self._theme = theme
        self._series: tuple[Series, ...] = ()
        self._t = 0
        self._small, self._sign = False, ""
        self._largest: tuple[str, ...] = ()
        self._lines = 1
        self._with_values = False
        self._value_width = 0
        self._places: list[tuple[float, int]] = []
        self._end = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Legend"))
        self.setToolTip(tr("The curves, and their values at the cursor"))
        theme.changed.connect(self.update)

    def set_series(self, series: tuple[Series, ...], t: int) -> None:
        """Show these curves' names, and their values at t."""
        values = np.concatenate([s.values[np.isfinite(s.values)] for s in series] or [np.zeros(0)])
        self._small, self._sign = bool(((values != 0) & (abs(values) < 0.1)).any()), "−" if (values < 0).any() else ""
        self._largest = tuple(short(float(value)) for value in (values.min(), values.max())) if len(values) else ()
        self._series, self._t = series, t
        self.setAccessibleDescription(", ".join(f"{s.name} {short(s.at(t))}" for s in series))
        self._arrange()
        self.update()

    def sizeHint(self) -> QSize:
        """One line, or two where the names need them."""
        return QSize(200, ONE_LINE if self._lines == 1 else TWO_LINES // 2 * self._lines)

    def minimumSizeHint(self) -> QSize:
        """May be narrow."""
        return QSize(60, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines that the names need in another width."""
        self._arrange()

    def _arrange(self) -> None:
        """Put the names into one line, right to the edge, with their values if these fit; else into two; what is left is counted."""
        metrics = QFontMetrics(text_font(12))
        widest = (f"{self._sign}{'0.000' if self._small else '00.0'}", *self._largest)
        self._value_width = max(metrics.horizontalAdvance(words) for words in widest)
        names = [LINE + 6 + metrics.horizontalAdvance(s.name) for s in self._series]
        values = [self._value_width + 6 if len(s.timesteps) else 0 for s in self._series]
        bare = sum(names) + GAP * max(0, len(names) - 1)
        self._with_values = bare + sum(values) <= self.width()
        lines = 1 if bare <= self.width() else self._most_lines
        widths = [name + (value if self._with_values else 0) for name, value in zip(names, values, strict=True)]
        self._places = []
        x, line = (max(0.0, float(self.width() - bare - (sum(values) if self._with_values else 0))), 0) if lines == 1 else (0.0, 0)
        for index, width in enumerate(widths):
            room = self.width() - (MORE if line == lines - 1 and index < len(widths) - 1 and lines > 1 else 0)
            if lines > 1 and x > 0 and x + width > room:
                if line == lines - 1:
                    break
                x, line = 0.0, line + 1
            self._places.append((x, line))
            x += width + GAP
        self._end, lines = x, line + 1
        if lines != self._lines:
            self._lines = lines
            self.updateGeometry()

    def name_at(self, x: float, y: float) -> str:
        """Name of the curve there; empty between them."""
        line = int(y * self._lines / max(1, self.height()))
        named = zip(self._series, self._places, strict=False)
        before = [series.name for series, (left, on) in named if on == line and left <= x]
        return before[-1] if before else ""

    def event(self, event: QEvent) -> bool:
        """Hovered, the name of a curve that is in the glossary says what it is."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            term = term_of(self.name_at(event.pos().x(), event.pos().y()))
            if term is not None:
                QToolTip.showText(event.globalPos(), explanation(term), self)
                return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        self.draw(QPainter(self))

    def draw(self, painter: QPainter) -> None:
        """Colour, name and value of each."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(text_font(12))
        metrics, tokens = painter.fontMetrics(), self._theme.tokens
        height = self.height() / self._lines
        for series, (x, line) in zip(self._series, self._places, strict=False):
            middle = (line + 0.5) * height
            painter.setPen(QPen(QColor(series.colour), 2, PENS[series.stroke]))
            painter.drawLine(QPointF(x, middle), QPointF(x + LINE, middle))
            draw_marker(painter, series.marker, QPointF(x + LINE / 2, middle), QColor(series.colour), QColor(tokens.card))
            width = metrics.horizontalAdvance(series.name)
            painter.setPen(QColor(tokens.muted))
            painter.drawText(QRectF(x + LINE + 6, line * height, width + 1, height), Qt.AlignmentFlag.AlignVCenter, series.name)
            if self._with_values and len(series.timesteps):
                painter.setPen(QColor(tokens.text))
                rect = QRectF(x + LINE + 12 + width, line * height, self._value_width + 1, height)
                painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, short(series.at(self._t)))
        if left := len(self._series) - len(self._places):
            painter.setPen(QColor(tokens.faint))
            painter.drawText(QRectF(self._end, (self._lines - 1) * height, MORE, height), Qt.AlignmentFlag.AlignVCenter, f"+ {left}")
