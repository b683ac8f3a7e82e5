"""The ladder as a table: a row for each network, its figures as bars, the one that is shown marked; a click goes to another."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.engine.variational.ladder_messages import Rung
from explorer.views.shared.labels import term_colours
from explorer.views.variational.rung_words import rung_words
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.plot import Plot
from explorer.widgets.plots.table import Column as Numbers

ROW, HEAD = 20, 20
NAME = 94
GAP = 10
INNER = 4


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    tip: str
    parts: Callable[[Rung], tuple[float, ...]]
    words: Callable[[Rung], str]
    number: int
    most: float = 0.0


def _number(value: float, shown: str) -> str:
    return "–" if not math.isfinite(value) else shown


KL_TITLE = tr("KL, nats")
COLUMNS = (
    _Column(
        tr("error"),
        tr("Mean squared error of the reconstructions of the test images, pixels in [0, 1]"),
        lambda rung: (rung.error,),
        lambda rung: _number(rung.error, f"{rung.error:.4f}"),
        48,
    ),
    _Column(
        KL_TITLE,
        tr(
            "KL(q(z|x) ‖ N(0, I)), a part for each of the two numbers of the code: one that has none says nothing.\n"
            "Bars that are cut off belong to networks that were trained without it"
        ),
        lambda rung: rung.kl_per_dimension,
        lambda rung: _number(rung.kl, f"{rung.kl:.0f}" if rung.kl >= 100 else f"{rung.kl:.1f}"),
        42,
    ),
    _Column(
        tr("as digits, different"),
        tr(
            "Of 2,000 samples of the prior, the share that the digit classifier reads with confidence over 0.9, and how many different "
            "digits they are, effectively: many that are read alike are no model of the digits"
        ),
        lambda rung: (rung.share,),
        lambda rung: _number(rung.share, f"{100 * rung.share:.0f} %, {rung.digits:.1f}"),
        70,
        1.0,
    ),
)


class RungTable(Plot):
    """Draws; reports which row is clicked.

    Signals
    -------
    chosen(int)
        Its number, from 0.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rungs: tuple[Rung, ...] = ()
        self._current = -1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("The ladder"))
        self.setMouseTracking(True)
        theme.changed.connect(self.update)

    def set_rungs(self, rungs: Sequence[Rung], current: int) -> None:
        """Show rows, one of them marked; -1 for none."""
        self._rungs, self._current = tuple(rungs), current
        if 0 <= current < len(rungs):
            rung = rungs[current]
            said = [f"{column.title} {column.words(rung)}" for column in COLUMNS]
            self.setAccessibleDescription(", ".join([rung_words(rung), *said]))
        self.setFixedHeight(self.sizeHint().height())  # a page that is full gives no more for being asked
        self.update()

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """Rows shown."""
        return self._rungs

    @property
    def current(self) -> int:
        """The row that is marked."""
        return self._current

    def columns(self) -> Sequence[Numbers]:
        """The networks, and what the bars are of."""
        rungs = self._rungs
        if not rungs:
            return ()
        return (
            Numbers(tr("network"), [rung_words(rung) for rung in rungs]),
            Numbers(tr("squared error"), [rung.error for rung in rungs]),
            Numbers(tr("KL [nats]"), [rung.kl for rung in rungs]),
            Numbers(tr("share read as digits"), [rung.share for rung in rungs]),
            Numbers(tr("different digits"), [rung.digits for rung in rungs]),
        )

    def sizeHint(self) -> QSize:
        """As high as its rows."""
        return QSize(420, HEAD + ROW * max(1, len(self._rungs)))

    def minimumSizeHint(self) -> QSize:
        """Never less high."""
        return QSize(300, self.sizeHint().height())

    def row_of(self, index: int) -> QRectF:
        """Where a row is."""
        return QRectF(0, HEAD + index * ROW, self.width(), ROW)

    def _columns(self) -> list[tuple[_Column, QRectF]]:
        """Each with its place in the head."""
        bar = (self.width() - NAME - GAP * (len(COLUMNS) - 1) - sum(column.number for column in COLUMNS)) / len(COLUMNS)
        found, x = [], float(NAME)
        for column in COLUMNS:
            found.append((column, QRectF(x, 0, bar + column.number, HEAD)))
            x += bar + column.number + GAP
        return found

    def draw(self, painter: QPainter) -> None:
        """Head, rows."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(text_font(11))
        tokens = self._theme.tokens
        middle = Qt.AlignmentFlag.AlignVCenter
        for column, place in self._columns():
            painter.setPen(QColor(tokens.muted))
            painter.drawText(place, middle | Qt.AlignmentFlag.AlignLeft, column.title)
        for index, rung in enumerate(self._rungs):
            row = self.row_of(index)
            if index == self._current:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(tokens.accent_soft))
                painter.drawRoundedRect(row.adjusted(0, 1, 0, -1), 4, 4)
            painter.setPen(QColor(tokens.text))
            painter.drawText(QRectF(INNER, row.top(), NAME - INNER, ROW), middle, rung_words(rung))
            for column, place in self._columns():
                self._draw_cell(painter, QRectF(place.left(), row.top(), place.width(), ROW), column, rung)

    def _draw_cell(self, painter: QPainter, cell: QRectF, column: _Column, rung: Rung) -> None:
        tokens = self._theme.tokens
        colours = (QColor(tokens.accent), QColor(term_colours(tokens)["z"]))
        most = column.most or self._most(column)
        room = cell.width() - column.number
        x = cell.left()
        if _known(column, rung):
            for number, part in enumerate(column.parts(rung)):
                width = min(max(part, 0.0) / max(most, 1e-9) * room, cell.left() + room - x)
                soft = QColor(colours[number % 2])
                soft.setAlpha(190)
                painter.fillRect(QRectF(x, cell.top() + 5, width, ROW - 10), soft)
                x += width
            if sum(column.parts(rung)) > most * 1.001:  # it goes on
                for back in (4, 8):
                    at = cell.left() + room - back
                    painter.setPen(QPen(QColor(tokens.card), 1.5))
                    painter.drawLine(QPointF(at - 2, cell.bottom() - 3), QPointF(at + 2, cell.top() + 3))
        if column.most and math.isfinite(rung.real_share):
            at = cell.left() + rung.real_share / column.most * room
            painter.setPen(QPen(QColor(tokens.muted), 1))
            painter.drawLine(QPointF(at, cell.top() + 3), QPointF(at, cell.bottom() - 3))
        painter.setPen(QColor(tokens.text))
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(QRectF(cell.right() - column.number, cell.top(), column.number - INNER, ROW), right, column.words(rung))

    def _most(self, column: _Column) -> float:
        """The longest bar of those trained with the prior, where there are any: without it a KL is as large as it likes."""
        known = [(sum(column.parts(rung)), rung.beta) for rung in self._rungs if _known(column, rung)]
        held = [value for value, beta in known if beta] if column.title == KL_TITLE else []
        return max(held or [value for value, _ in known], default=1.0)

    # --- gestures

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the network of a row."""
        index = int((event.position().y() - HEAD) // ROW)
        if event.button() == Qt.MouseButton.LeftButton and 0 <= index < len(self._rungs):
            self.chosen.emit(index)

    def event(self, event: QEvent) -> bool:
        """Over a column, what it says."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            found = [column for column, place in self._columns() if place.left() <= event.pos().x() <= place.right()]
            tip = tr("{what}. The line is what it is for real digits.", what=found[0].tip) if found and found[0].most else ""
            QToolTip.showText(event.globalPos(), tip or (found[0].tip if found else tr("Click a network to see it")), self)
            return True
        return super().event(event)


def _known(column: _Column, rung: Rung) -> bool:
    parts = column.parts(rung)
    return bool(parts) and all(math.isfinite(part) for part in parts)
