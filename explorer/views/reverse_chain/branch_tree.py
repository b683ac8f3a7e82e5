"""A tree of branches over the timeline: a line for each, leaving its parent at its t."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QToolTip, QWidget

from explorer.widgets.look.language import tr
from explorer.widgets.look.sharp import draw_sharp
from explorer.widgets.look.theme import Theme, text_pixels
from explorer.widgets.plots.plot import Plot
from explorer.widgets.plots.table import Column

ROW = 28
TILE = 24
INDENT = 10
BEND = 14


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A line.

    Attributes
    ----------
    label, tip : str
    parent : int
        Row that it leaves; -1 for the root.
    t : int
        Where it leaves; T for the root.
    depth : int
    colour : str
    """

    label: str
    tip: str
    parent: int
    t: int
    depth: int
    colour: str


class BranchTree(Plot):
    """Labels to the left, lines over the timeline's axis, a picture of each at the right.

    Signals
    -------
    chosen(int)
        The person chose a row.
    menu_wanted(int, object)
        The menu of a row, at a QPoint of the screen.
    delete_wanted(int)
    renamed(int, str)
    """

    chosen = Signal(int)
    menu_wanted = Signal(int, object)
    delete_wanted = Signal(int)
    renamed = Signal(int, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: tuple[TreeRow, ...] = ()
        self._tiles: dict[int, tuple[QImage, int]] = {}
        self._current, self._hover = 0, -1
        self._left, self._right, self._T, self._t = 200.0, 600.0, 1000, 1000
        self._edit: QLineEdit | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Branches"))
        theme.changed.connect(self.update)

    # --- what is shown ---

    def set_rows(self, rows: Sequence[TreeRow], current: int) -> None:
        """Show these lines, the current one strong."""
        rows = tuple(rows)
        if rows != self._rows:
            self._rows = rows
            self._tiles.clear()
            self.setFixedHeight(ROW * len(rows))
            self.updateGeometry()
        self._current = current
        name = rows[current].label if 0 <= current < len(rows) else tr("none")
        self.setAccessibleDescription(tr("{count} lines; shown: {name}", count=len(rows), name=name))
        self.update()

    def set_axis(self, left: float, right: float, T: int) -> None:
        """Where T and 0 are, in the widget."""
        if (left, right, T) != (self._left, self._right, self._T):
            self._left, self._right, self._T = left, right, T
            self.update()

    def set_cursor(self, t: int) -> None:
        """Mark t."""
        if t != self._t:
            self._t = t
            self.update()

    def set_tile(self, row: int, image: QImage, t: int) -> None:
        """Picture of a line's newest state, at t."""
        self._tiles[row] = (image, t)
        self.update()

    @property
    def rows(self) -> tuple[TreeRow, ...]:
        """Lines shown."""
        return self._rows

    @property
    def current(self) -> int:
        """Row that is shown in the grid."""
        return self._current

    @property
    def tiles(self) -> dict[int, tuple[QImage, int]]:
        """Pictures shown by row, with their t."""
        return dict(self._tiles)

    def x_of(self, t: float) -> float:
        """Horizontal position of a timestep."""
        return self._left + (1 - t / max(self._T, 1)) * (self._right - self._left)

    def middle_of(self, row: int) -> float:
        """Vertical position of a line."""
        return ROW * row + ROW / 2

    def sizeHint(self) -> QSize:
        """As high as its lines."""
        return QSize(400, ROW * len(self._rows))

    # --- drawing ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """The tree, and where the focus is."""
        painter = QPainter(self)
        self.draw(painter)
        if self.hasFocus() and self._rows:
            painter.setPen(QPen(QColor(self._theme.tokens.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(2.5, ROW * self._current + 1.5, self._left - 15, ROW - 3), 5, 5)

    def columns(self) -> Sequence[Column]:
        """The branches: what each leaves and at which timestep, and how far it has come."""
        rows = self._rows
        if not rows:
            return ()
        return (
            Column(tr("branch"), [row.label for row in rows]),
            Column(tr("leaves"), [rows[row.parent].label if row.parent >= 0 else "" for row in rows]),
            Column(tr("at t"), [row.t for row in rows]),
            Column(tr("reached t"), [self._tiles[index][1] if index in self._tiles else "" for index in range(len(rows))]),
        )

    def draw(self, painter: QPainter) -> None:
        """Cursor, lines, labels, pictures."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._theme.tokens
        for row in range(len(self._rows)):
            if row in (self._current, self._hover):
                colour = QColor(tokens.accent_soft if row == self._current else tokens.hover)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour)
                painter.drawRoundedRect(QRectF(2, ROW * row + 1, self._left - 14, ROW - 2), 5, 5)
        painter.setPen(QPen(QColor(tokens.accent), 1))
        x = round(self.x_of(self._t)) + 0.5
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        for row in range(len(self._rows)):
            self._draw_line(painter, row, 0, strong=False)
        for row, until in self.way():
            self._draw_line(painter, row, until, strong=True)
        for row in range(1, len(self._rows)):
            self._draw_leaving(painter, row)
        for row in range(len(self._rows)):
            self._draw_label(painter, row)
            self._draw_tile(painter, row)

    def way(self) -> list[tuple[int, int]]:
        """Rows that the current chain goes along from T, each with the t at which it leaves the row."""
        rows, until = [], 0
        row = self._current
        while 0 <= row < len(self._rows):
            rows.append((row, until))
            until, row = self._rows[row].t, self._rows[row].parent
        return rows[::-1]

    def _draw_line(self, painter: QPainter, index: int, until: int, strong: bool) -> None:
        row, y = self._rows[index], self.middle_of(index)
        reached = self._tiles[index][1] if index in self._tiles else 0
        start, end = QPointF(self.x_of(row.t), y), QPointF(self.x_of(min(row.t, max(until, reached))), y)
        path = QPainterPath(start)
        if row.parent >= 0:
            bend = min(BEND, max(0.0, end.x() - start.x()))
            path = QPainterPath(QPointF(start.x(), self.middle_of(row.parent)))
            path.lineTo(start.x(), y - ROW / 2)
            path.quadTo(start, QPointF(start.x() + bend, y))
        path.lineTo(end)
        colour = QColor(row.colour)
        colour.setAlphaF(1.0 if strong else 0.45)
        pen = QPen(colour, 3 if strong else 1.5)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)

    def _draw_leaving(self, painter: QPainter, index: int) -> None:
        """A dot where a branch leaves its parent."""
        row = self._rows[index]
        painter.setPen(QPen(QColor(self._theme.tokens.card), 1.5))
        painter.setBrush(QColor(row.colour))
        painter.drawEllipse(QPointF(self.x_of(row.t), self.middle_of(row.parent)), 4, 4)

    def _font(self, row: int) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(text_pixels(12))
        if row == self._current:
            font.setWeight(QFont.Weight.DemiBold)
        return font

    def _label_rect(self, row: int) -> QRectF:
        left = 10 + INDENT * min(self._rows[row].depth, 6)
        return QRectF(left, ROW * row, max(40.0, self._left - 18 - left), ROW)

    def _draw_label(self, painter: QPainter, index: int) -> None:
        font = self._font(index)
        painter.setFont(font)
        tokens = self._theme.tokens
        painter.setPen(QColor(tokens.text if index == self._current else tokens.muted))
        rect = self._label_rect(index)
        text = QFontMetricsF(font).elidedText(self._rows[index].label, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _draw_tile(self, painter: QPainter, index: int) -> None:
        tokens = self._theme.tokens
        rect = QRectF(round(self._right) + 14, ROW * index + (ROW - TILE) / 2, TILE, TILE)
        painter.fillRect(rect, QColor(tokens.image_empty))
        found = self._tiles.get(index)
        if found is None:
            return
        draw_sharp(painter, rect, found[0])
        if index == self._current:
            painter.setPen(QPen(QColor(tokens.accent), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(-1, -1, 1, 1))
        if found[1] > 0:
            font = QFont(self.font())
            font.setPixelSize(text_pixels(10))
            painter.setFont(font)
            painter.setPen(QColor(tokens.faint))
            painter.drawText(QRectF(rect.right() + 6, rect.top(), 64, TILE), Qt.AlignmentFlag.AlignVCenter, f"t = {found[1]}")

    # --- gestures ---

    def row_at(self, y: float) -> int:
        """Row at a height; -1 for none."""
        row = int(y // ROW)
        return row if 0 <= row < len(self._rows) else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show the line's lane."""
        row = self.row_at(event.position().y())
        if row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(row)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Rename the line."""
        self.rename(self.row_at(event.position().y()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the line under the mouse."""
        self._set_hover(self.row_at(event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:
        """Mark none."""
        self._set_hover(-1)

    def _set_hover(self, row: int) -> None:
        if row != self._hover:
            self._hover = row
            self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The line's menu."""
        row = self.row_at(event.pos().y()) if event.reason() == QContextMenuEvent.Reason.Mouse else self._current
        if row >= 0:
            self.menu_wanted.emit(row, event.globalPos())

    def event(self, event: QEvent) -> bool:
        """Words of the line under the mouse; the arrow keys are the tree's own."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = self.row_at(event.pos().y())
            if row >= 0:
                QToolTip.showText(event.globalPos(), self._rows[row].tip, self)
                return True
        keys = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_F2, Qt.Key.Key_Delete)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in keys:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down go to another line, F2 renames, Delete deletes."""
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            target = self._current + (1 if key == Qt.Key.Key_Down else -1)
            if 0 <= target < len(self._rows):
                self.chosen.emit(target)
        elif key == Qt.Key.Key_F2:
            self.rename(self._current)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._current > 0:
            self.delete_wanted.emit(self._current)
        else:
            super().keyPressEvent(event)

    def rename(self, row: int) -> None:
        """Let the person type another name over a branch's label."""
        if row <= 0 or row >= len(self._rows):
            return
        edit = QLineEdit(self._rows[row].label, self)
        edit.setMaxLength(64)
        edit.setAccessibleName(tr("Name of the branch"))
        edit.setGeometry(self._label_rect(row).adjusted(-8, 1, 4, -1).toRect())
        edit.selectAll()
        edit.show()
        edit.setFocus()
        edit.editingFinished.connect(lambda: self._take_name(row, edit))
        self._edit = edit

    def _take_name(self, row: int, edit: QLineEdit) -> None:
        if self._edit is edit:
            self._edit = None
            text = edit.text()
            edit.deleteLater()
            if row < len(self._rows) and text != self._rows[row].label:
                self.renamed.emit(row, text)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Draw the focus."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Draw without the focus."""
        self.update()
