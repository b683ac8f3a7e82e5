"""A legend in a line: colour, name and the value at the cursor of each curve."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.widgets.curve_plot import PENS, Series
from explorer.widgets.fonts import text_font
from explorer.widgets.theme import Theme

LINE = 16
GAP = 12


def short(value: float) -> str:
    """A number in about four characters; a dash if it is none."""
    if not math.isfinite(value):
        return "–"
    size = abs(value)
    if size >= 100 or value == 0:
        return f"{value:.0f}"
    if size >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 0.1 else f"{value:.3f}"


class Legend(QWidget):
    """Names and values of curves."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._series: tuple[Series, ...] = ()
        self._t = 0
        self._small = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Legend")
        self.setToolTip("The curves, and their values at the cursor")
        theme.changed.connect(self.update)

    def set_series(self, series: tuple[Series, ...], t: int) -> None:
        """Show these curves' names, and their values at t."""
        self._small = any(((s.values > 0) & (s.values < 0.1)).any() for s in series)
        self._series, self._t = series, t
        self.setAccessibleDescription(", ".join(f"{s.name} {short(s.at(t))}" for s in series))
        self.update()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(200, 20)

    def minimumSizeHint(self) -> QSize:
        """May be narrow."""
        return QSize(60, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Right to the edge; what does not fit is left out, values first."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(text_font(12))
        metrics = painter.fontMetrics()
        value_width = metrics.horizontalAdvance("0.000" if self._small else "00.0")
        names = [metrics.horizontalAdvance(s.name) for s in self._series]
        values = [value_width + 6 if len(s.timesteps) else 0 for s in self._series]
        bare = sum(names) + len(names) * (LINE + 6) + GAP * max(0, len(names) - 1)
        with_values = bare + sum(values) <= self.width()
        x = max(0.0, float(self.width() - bare - (sum(values) if with_values else 0)))
        middle = self.height() / 2
        tokens = self._theme.tokens
        for series, width, value in zip(self._series, names, values, strict=True):
            painter.setPen(QPen(QColor(series.colour), 2, PENS[series.stroke]))
            painter.drawLine(QPointF(x, middle), QPointF(x + LINE, middle))
            x += LINE + 6
            painter.setPen(QColor(tokens.muted))
            painter.drawText(QRectF(x, 0, width + 1, self.height()), Qt.AlignmentFlag.AlignVCenter, series.name)
            x += width
            if with_values and value:
                painter.setPen(QColor(tokens.text))
                rect = QRectF(x + 6, 0, value_width + 1, self.height())
                painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, short(series.at(self._t)))
                x += value
            x += GAP
