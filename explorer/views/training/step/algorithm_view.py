"""Algorithm 1 as text: the line that is reached is lit, and what it makes stands beside it in numbers."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.views.training.step.algorithm import Line
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.latex import Written, latex
from explorer.widgets.look.math_text import draw, plain, width_of, words
from explorer.widgets.look.theme import Theme

ROW = (20, 30)
"""Height of a line: at least, at most."""
PIXELS, SMALL = 14, 12
INDENT, NUMBER, MARGIN = 14, 20, 8


class AlgorithmView(QWidget):
    """Draws lines; a click goes to one.

    Signals
    -------
    line_chosen(int)
        From 1.
    """

    line_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines: tuple[Line, ...] = ()
        self._lit = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Algorithm 1"))
        self.setToolTip(tr("Click a line to go there; the arrow keys go line by line"))
        theme.changed.connect(self.update)

    def show_lines(self, lines: tuple[Line, ...], lit: int) -> None:
        """The algorithm, and the number of the line that is lit, from 1."""
        self._lines, self._lit = lines, lit
        line = lines[lit - 1] if 0 < lit <= len(lines) else None
        self.setAccessibleDescription("" if line is None else f"{lit}: {plain(line.formula)}; {line.numbers}")
        self.update()

    @property
    def lit(self) -> int:
        """Number of the line that is lit, from 1; 0 for none."""
        return self._lit

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines

    def sizeHint(self) -> QSize:
        """Nine lines."""
        return QSize(360, 9 * ROW[0])

    def minimumSizeHint(self) -> QSize:
        """Nine narrow lines."""
        return QSize(300, 9 * ROW[0])

    @property
    def _row(self) -> float:
        return min(max(self.height() / max(1, len(self._lines)), ROW[0]), ROW[1])

    def area_of(self, number: int) -> QRectF:
        """Where a line is, from 1."""
        return QRectF(0, (number - 1) * self._row, self.width(), self._row)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Lines, numbers beside them where there is room."""
        painter, tokens = QPainter(self), self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, line in enumerate(self._lines, 1):
            area, lit = self.area_of(number), number == self._lit
            if lit:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(tokens.accent_soft))
                painter.drawRoundedRect(area.adjusted(0, 1, 0, -1), 4, 4)
                painter.fillRect(QRectF(0, area.top() + 3, 3, area.height() - 6), QColor(tokens.accent))
            base = area.center().y() + 0.36 * PIXELS
            painter.setFont(text_font(SMALL))
            painter.setPen(QColor(tokens.faint))
            painter.drawText(QRectF(MARGIN, area.top(), NUMBER - 6, area.height()), Qt.AlignmentFlag.AlignVCenter, str(number))
            left = MARGIN + NUMBER + INDENT * line.depth
            reached = number <= self._lit
            draw(painter, QPointF(left, base), line.formula, PIXELS, QColor(tokens.text if reached else tokens.muted))
            if line.numbers and reached:
                start = left + width_of(line.formula, PIXELS) + 12
                room = QRectF(start, area.top(), area.width() - start - MARGIN, area.height())
                painter.setFont(text_font(SMALL))
                painter.setPen(QColor(tokens.accent if lit else tokens.muted))
                said = self.numbers_in(room.width(), line)
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, said)

    def numbers_in(self, width: float, line: Line) -> str:
        """What is said of a line in so many pixels: all of it, or in brief, or cut."""
        metrics = QFontMetrics(text_font(SMALL))
        said = line.numbers if metrics.horizontalAdvance(line.numbers) <= width else line.brief or line.numbers
        return metrics.elidedText(said, Qt.TextElideMode.ElideRight, int(width))

    def equation_at(self, point: QPointF | None) -> Written | None:
        """The line at a point, or the one that is lit; its numbers where they are shown."""
        number = self._lit if point is None else int(point.y() // self._row) + 1
        if not 1 <= number <= len(self._lines):
            return None
        line = self._lines[number - 1]
        shown = line.numbers if number <= self._lit else ""
        symbols = latex(line.formula)
        return Written(symbols, rf"{symbols} \qquad {latex((words(shown),))}" if shown else "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to a line."""
        number = int(event.position().y() // self._row) + 1
        if event.button() == Qt.MouseButton.LeftButton and 1 <= number <= len(self._lines):
            self.line_chosen.emit(number)
