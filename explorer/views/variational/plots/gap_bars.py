"""log p(x) as areas that add up: what is left to it by each q."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.views.shared.labels import term_colours
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.plot import Plot
from explorer.widgets.plots.table import Column

ROW, HEAD, BARE_HEAD, GAP, FOOT = 34, 20, 4, 8, 18
NAME = 118
SWATCH = 10
LEAST = 46.0
"""Pixels that a number needs within its bar."""

NAMED = tr("What is left to log p(x) by each q")
TIP = tr(
    "Each bar is −ELBO(q) in nats: the error of reconstruction, then KL(q ‖ p(z)). The line is −log p(x),\n"
    "the same for every q: what a bar reaches beyond it is the gap, KL(q ‖ p(z|x)). The scale does not begin at 0."
)


@dataclass(frozen=True, slots=True)
class BoundRow:
    """One q.

    Attributes
    ----------
    name : str
    colour : str
    log_likelihood, kl : float
        E_q[log p(x|z)] and KL(q || p(z)), nats.
    """

    name: str
    colour: str
    log_likelihood: float
    kl: float

    @property
    def elbo(self) -> float:
        """Nats."""
        return self.log_likelihood - self.kl


class GapBars(Plot):
    """For each q: -E_q[log p(x|z)] and KL(q || p(z)), which make up -ELBO, and beyond -log p(x) the gap KL(q || p(z|x)).

    Lengths are nats; the scale begins where the reconstruction of the best does not end yet, since all have that much in common.

    Parameters
    ----------
    lined : bool
        There will be a line at -log p(x), whose words have room over the bars.
    """

    def __init__(self, theme: Theme, name: str = NAMED, tip: str = TIP, parent: QWidget | None = None, lined: bool = True) -> None:
        super().__init__(parent)
        self._head = HEAD if lined else BARE_HEAD
        self._theme = theme
        self._rows: tuple[BoundRow, ...] = ()
        self._log_p = math.nan
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        theme.changed.connect(self.update)

    def set_rows(self, rows: Sequence[BoundRow], log_p: float) -> None:
        """Show bars, and the line at -log p(x) (NaN where it is not known yet)."""
        self._rows, self._log_p = tuple(rows), log_p
        self.setFixedHeight(self.sizeHint().height())  # a page that is full gives no more for being asked
        self.update()

    @property
    def rows(self) -> tuple[BoundRow, ...]:
        """Bars shown."""
        return self._rows

    @property
    def scale(self) -> tuple[float, float]:
        """Nats at the left and the right end."""
        if not self._rows:
            return 0.0, 1.0
        ends = [-row.elbo for row in self._rows] + ([-self._log_p] if math.isfinite(self._log_p) else [])
        low, high = min(-row.log_likelihood for row in self._rows), max(ends)
        spread = max(high - low, 1.0)
        return low - 0.25 * spread, high + 0.3 * spread

    def columns(self) -> Sequence[Column]:
        """The terms of each bar, in nats, and log p(x), which is the same for all."""
        rows = self._rows
        if not rows:
            return ()
        return (
            Column("q", [row.name for row in rows]),
            Column("E_q[log p(x|z)] [nats]", [row.log_likelihood for row in rows]),
            Column("KL(q ‖ p(z)) [nats]", [row.kl for row in rows]),
            Column("ELBO [nats]", [row.elbo for row in rows]),
            Column("log p(x) [nats]", [self._log_p for _ in rows]),
        )

    def sizeHint(self) -> QSize:
        """As high as its rows, from the first two on: a page that is full is not laid out anew for the second."""
        return QSize(420, self._head + ROW * max(2, len(self._rows)) + GAP + FOOT)

    def minimumSizeHint(self) -> QSize:
        """Never less high."""
        return QSize(260, self.sizeHint().height())

    def draw(self, painter: QPainter) -> None:
        """Bars, the line, numbers."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._theme.tokens
        colours = term_colours(tokens)
        low, high = self.scale
        area = QRectF(NAME, self._head, self.width() - NAME - 4, self.height() - self._head - FOOT)

        def x_of(value: float) -> float:
            return area.left() + (value - low) / (high - low) * area.width()

        painter.setFont(text_font(11))
        for number, row in enumerate(self._rows):
            top = self._head + number * ROW
            painter.setPen(QColor(row.colour))
            painter.drawText(QRectF(0, top, NAME - 8, ROW - 8), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, row.name)
            ends = (low, -row.log_likelihood, -row.elbo)
            parts = ((colours["x0_hat"], f"{-row.log_likelihood:.1f}"), (colours["z"], f"{row.kl:.1f}"))
            line = -self._log_p if math.isfinite(self._log_p) else math.inf
            for (left, right), (colour, words) in zip(pairwise(ends), parts, strict=True):
                bar = QRectF(x_of(left), top, x_of(right) - x_of(left), ROW - 8)
                self._draw_part(painter, bar, colour, words, x_of(min(right, line)) - bar.left())
            if low > 0:  # the scale does not begin at 0: neither does the first bar
                for back in (6, 10):
                    painter.setPen(QPen(QColor(tokens.card), 1.5))
                    painter.drawLine(QPointF(area.left() + back - 2, top + ROW - 9), QPointF(area.left() + back + 2, top + 1))
            if not math.isfinite(line) and bar.width() < LEAST:  # beside it, since nothing else is there
                painter.setPen(QColor(tokens.text))
                at = QRectF(bar.right() + 4, top, LEAST + 20, ROW - 8)
                painter.drawText(at, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
            if math.isfinite(self._log_p) and -row.elbo > -self._log_p:
                gap = QRectF(x_of(-self._log_p), top, x_of(-row.elbo) - x_of(-self._log_p), ROW - 8)
                painter.setPen(QPen(QColor(tokens.warning), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(gap)
                words = tr("gap {elbo:.2f}", elbo=-row.elbo + self._log_p)
                inside = gap.width() >= LEAST + 20
                at = gap if inside else QRectF(max(gap.right() + 4, area.left()), top, 80, ROW - 8)
                painter.setPen(QColor(tokens.text))
                painter.drawText(at, Qt.AlignmentFlag.AlignCenter if inside else Qt.AlignmentFlag.AlignVCenter, words)
        if math.isfinite(self._log_p):
            x = x_of(-self._log_p)
            painter.setPen(QPen(QColor(tokens.text), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, self._head - 4), QPointF(x, area.bottom() - GAP))
            words = tr("−log p(x) = {log_p:.2f} nats", log_p=-self._log_p)
            width = painter.fontMetrics().horizontalAdvance(words)
            left = min(max(x - width / 2, area.left()), self.width() - width - 2)
            painter.setPen(QColor(tokens.text))
            painter.drawText(QRectF(left, 0, width + 2, self._head - 4), Qt.AlignmentFlag.AlignVCenter, words)
        self._draw_legend(painter, QRectF(area.left(), area.bottom(), area.width(), FOOT - 4))

    def _draw_legend(self, painter: QPainter, place: QRectF) -> None:
        """What the colours of the bars are."""
        colours, x = term_colours(self._theme.tokens), place.left()
        for colour, words in ((colours["x0_hat"], tr("−E[log p(x|z)], reconstruction")), (colours["z"], tr("KL(q ‖ p(z))"))):
            self._draw_part(painter, QRectF(x, place.center().y() - SWATCH / 2, SWATCH, SWATCH), colour, "", 0)
            width = painter.fontMetrics().horizontalAdvance(words)
            painter.setPen(QColor(self._theme.tokens.muted))
            painter.drawText(QRectF(x + SWATCH + 6, place.top(), width + 2, place.height()), Qt.AlignmentFlag.AlignVCenter, words)
            x += SWATCH + 6 + width + 2 * GAP

    def _draw_part(self, painter: QPainter, rect: QRectF, colour: str, words: str, room: float) -> None:
        """A bar, with its words in the first `room` pixels of it."""
        painter.setPen(Qt.PenStyle.NoPen)
        soft = QColor(colour)
        soft.setAlpha(120)
        painter.setBrush(soft)
        painter.drawRect(rect)
        if room >= LEAST:
            painter.setPen(QColor(self._theme.tokens.text))
            painter.drawText(QRectF(rect.left(), rect.top(), room, rect.height()), Qt.AlignmentFlag.AlignCenter, words)
