"""The size of the gradient in every block of the network, as bars on a logarithmic scale."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.engine.training.messages import BlockGradient
from explorer.views.training.step.algorithm import short
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.number_words import grouped
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.plot import Plot
from explorer.widgets.plots.table import Column

NAMES, NUMBERS, AXIS, MARGIN = 92, 64, 16, 8
POWER = 36
"""Room for a power of ten under the axis."""
LEAST_ROW, MOST_ROW = 12, 26
DECADES = 6


class GradientBars(Plot):
    """Draws one bar for each block, in the order in which blocks are computed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._blocks: tuple[BlockGradient, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Gradient in every block"))
        theme.changed.connect(self.update)

    def show_blocks(self, blocks: Sequence[BlockGradient]) -> None:
        """Other gradients; none while they are not computed."""
        self._blocks = tuple(blocks)
        largest = max(blocks, key=lambda block: block.gradient, default=None)
        self.setAccessibleDescription("" if largest is None else block_words(largest, self._blocks))
        self.update()

    @property
    def blocks(self) -> tuple[BlockGradient, ...]:
        """What is shown."""
        return self._blocks

    def columns(self) -> Sequence[Column]:
        """The blocks, the norm of the gradient in each, that of its weights, and how many these are."""
        if not self._blocks:
            return ()
        return (
            Column(tr("block"), [block.title for block in self._blocks]),
            Column(tr("norm of the gradient"), [block.gradient for block in self._blocks]),
            Column(tr("norm of the weights"), [block.size for block in self._blocks]),
            Column(tr("number of weights"), [block.weights for block in self._blocks]),
        )

    def sizeHint(self) -> QSize:
        """Fourteen bars."""
        return QSize(320, 14 * LEAST_ROW + AXIS)

    def minimumSizeHint(self) -> QSize:
        """Thin bars."""
        return QSize(220, 120)

    @property
    def _row(self) -> float:
        return min((self.height() - AXIS) / max(1, len(self._blocks)), MOST_ROW)

    @property
    def ends(self) -> tuple[float, float]:
        """Powers of ten at both ends of the axis."""
        sizes = [block.gradient for block in self._blocks if block.gradient > 0]
        if not sizes:
            return -1.0, 0.0
        high = math.ceil(math.log10(max(sizes)) + 1e-9)
        return float(max(math.floor(math.log10(min(sizes))), high - DECADES)), float(high)

    def share_of(self, block: BlockGradient) -> float:
        """Length of a block's bar, in [0, 1] of the axis."""
        low, high = self.ends
        return 0.0 if block.gradient <= 0 else min(max((math.log10(block.gradient) - low) / (high - low), 0.01), 1.0)

    def draw(self, painter: QPainter) -> None:
        """Axis, bars, names, numbers."""
        if not self._blocks:
            return
        tokens = self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(text_font(11))
        low, high = self.ends
        axis = QRectF(MARGIN + NAMES, 0, self.width() - 2 * MARGIN - NAMES - NUMBERS, self._row * len(self._blocks))
        steps = round(high - low)
        for power in range(0, steps + 1, max(1, math.ceil(POWER * steps / max(axis.width(), 1)))):
            x = axis.left() + axis.width() * power / steps
            painter.setPen(QPen(QColor(tokens.grid_line), 1))
            painter.drawLine(QPointF(x, axis.top()), QPointF(x, axis.bottom()))
            painter.setPen(QColor(tokens.faint))
            painter.drawText(QRectF(x - 30, axis.bottom() + 2, 60, AXIS), Qt.AlignmentFlag.AlignHCenter, _power(round(low) + power))
        every = max(1, math.ceil(LEAST_ROW / max(self._row, 1e-9)))
        for number, block in enumerate(self._blocks):
            top = number * self._row
            bar = QRectF(axis.left(), top + 0.18 * self._row, axis.width() * self.share_of(block), 0.64 * self._row)
            painter.fillRect(bar, QColor(tokens.accent))
            if number % every:
                continue
            middle = Qt.AlignmentFlag.AlignVCenter
            row = QRectF(MARGIN, top, NAMES - 8, max(self._row, LEAST_ROW))
            painter.setPen(QColor(tokens.text))
            title = painter.fontMetrics().elidedText(block.title, Qt.TextElideMode.ElideLeft, int(row.width()))
            painter.drawText(row, middle | Qt.AlignmentFlag.AlignRight, title)
            painter.setPen(QColor(tokens.muted))
            beside = QRectF(axis.right() + 8, top, NUMBERS, row.height())
            painter.drawText(beside, middle, f"{block.gradient:.2g}".replace("-", "−"))

    def event(self, event: QEvent) -> bool:
        """Say what a bar is of."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._blocks:
            number = int(event.pos().y() // self._row)
            words = block_words(self._blocks[number], self._blocks) if number < len(self._blocks) else ""
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)


def block_words(block: BlockGradient, among: Sequence[BlockGradient]) -> str:
    """A block's gradient in a few lines."""
    whole = sum(each.gradient**2 for each in among)
    share = block.gradient**2 / whole if whole > 0 else 0.0
    return "\n".join(
        (
            tr("{title}: {weights} weights", title=block.title, weights=grouped(block.weights)),
            tr("norm of the gradient {size}, of the weights {own}", size=short(block.gradient), own=short(block.size)),
            tr("{share:.1f} % of the squared norm of the whole gradient", share=100 * share),
        )
    )


def _power(power: int) -> str:
    return "1" if power == 0 else "10" + str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
