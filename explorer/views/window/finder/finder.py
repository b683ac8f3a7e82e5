"""The finder: a line to type in, and what fits under it. It lies over the window; Enter does, Esc closes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsDropShadowEffect,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from explorer.views.window.finder.found import Found, ranked
from explorer.widgets.look.fonts import mono_font, text_font
from explorer.widgets.look.icons import icon
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID, Theme, Tokens

WIDTH, ROW, LINES = 640, 32, 11
NOTHING = tr("Nothing has these words.")


class _Line(QStyledItemDelegate):
    """Icon, title, where it lies, key."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: object) -> QSize:
        """All lines are as high."""
        return QSize(WIDTH - 40, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: object) -> None:
        """Draw one; what cannot be done is pale, and says so."""
        found: Found = index.data(Qt.ItemDataRole.UserRole)  # type: ignore[attr-defined]
        tokens, rect = self._theme.tokens, QRect(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent_soft))
            painter.drawRoundedRect(rect, 6, 6)
        able = not found.why_not
        icon(found.icon, tokens, tokens.muted if able else tokens.disabled).paint(painter, QRect(rect.left() + 10, rect.top() + 8, 16, 16))
        right = self._draw_keys(painter, found, rect, tokens, able)
        where = found.where if able else f"{found.where} · {found.why_not}"
        painter.setFont(text_font(12))
        width = painter.fontMetrics().horizontalAdvance(where)
        painter.setPen(QColor(tokens.muted if able else tokens.disabled))
        painter.drawText(QRect(right - width, rect.top(), width, rect.height()), Qt.AlignmentFlag.AlignVCenter, where)
        painter.setFont(text_font(13, QFont.Weight.Medium if chosen else QFont.Weight.Normal))
        painter.setPen(QColor(tokens.text if able else tokens.disabled))
        room = QRect(rect.left() + 36, rect.top(), right - width - 16 - rect.left() - 36, rect.height())
        title = painter.fontMetrics().elidedText(found.title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, title)
        painter.restore()

    def _draw_keys(self, painter: QPainter, found: Found, rect: QRect, tokens: Tokens, able: bool) -> int:
        """The key in a box at the right edge; where what stands before it ends."""
        right = rect.right() - 10
        if not found.keys:
            return right
        painter.setFont(mono_font(11))
        width = painter.fontMetrics().horizontalAdvance(found.keys) + 12
        box = QRect(right - width, rect.top() + 7, width, rect.height() - 14)
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor(tokens.muted if able else tokens.disabled))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, found.keys)
        return box.left() - 10


class Finder(QFrame):
    """Lies over its parent while the person looks for something.

    Parameters
    ----------
    gather : callable
        What can be found now; asked each time it opens.
    """

    def __init__(self, theme: Theme, gather: Callable[[], Sequence[Found]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("finder")
        self._gather = gather
        self._all: list[Found] = []
        self._before: QWidget | None = None
        self.line = QLineEdit(placeholderText=tr("Find anything: actions, words, examples, models"))
        self.line.setAccessibleName(tr("Find anything"))
        self.list = QListWidget()
        self.list.setAccessibleName(tr("What fits"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setItemDelegate(_Line(theme, self))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(True)
        self._none = QLabel(NOTHING)
        mark(self._none, "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addWidget(self.line)
        column.addWidget(self.list)
        column.addWidget(self._none)
        shadow = QGraphicsDropShadowEffect(self, blurRadius=8 * GRID, offset=QPointF(0, GRID))
        shadow.setColor(QColor(0, 0, 0, 120))
        self.setGraphicsEffect(shadow)
        self.line.textChanged.connect(self._show)
        self.list.itemClicked.connect(self._clicked)
        self.line.installEventFilter(self)
        parent.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Show it, empty, with the keys."""
        window = self.window()
        self._before = window.focusWidget()
        self._all = list(self._gather())
        self.line.clear()
        self._show("")
        self.show()
        self.raise_()
        self.line.setFocus()

    def close_finder(self) -> None:
        """Take it away; the keys go back to where they were."""
        if self.isHidden():
            return
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus()
        self._before = None

    @property
    def shown(self) -> tuple[Found, ...]:
        """The lines, in their order."""
        return tuple(self.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.list.count()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up, Down, Enter and Esc of the line; the parent's size."""
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        if watched is self.line:
            if event.type() == QEvent.Type.FocusOut and not self.isHidden():
                self.close_finder()
            if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                return self._key(event.key())
        return super().eventFilter(watched, event)

    def _key(self, key: int) -> bool:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: LINES - 1, Qt.Key.Key_PageUp: 1 - LINES}
        if key == Qt.Key.Key_Escape:
            self.close_finder()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._do(self.list.currentItem())
        elif key in steps and self.list.count():
            row = self.list.currentRow() + steps[Qt.Key(key)]
            self.list.setCurrentRow(row % self.list.count() if abs(steps[Qt.Key(key)]) == 1 else min(max(row, 0), self.list.count() - 1))
        else:
            return False
        return True

    def _clicked(self, item: QListWidgetItem) -> None:
        self._do(item)

    def _do(self, item: QListWidgetItem | None) -> None:
        """Do a line; what cannot be done now leaves the finder open."""
        found: Found | None = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        if found is None or found.why_not:
            return
        self.close_finder()
        found.do()

    def _show(self, typed: str) -> None:
        self.list.clear()
        for found in ranked(self._all, typed):
            item = QListWidgetItem(self.list)
            item.setData(Qt.ItemDataRole.UserRole, found)
            item.setData(
                Qt.ItemDataRole.AccessibleTextRole,
                ", ".join(part for part in (found.title, found.where, found.keys, found.why_not) if part),
            )
            item.setToolTip(found.tip.partition("\n")[0])
        self.list.setCurrentRow(0)
        self._none.setVisible(not self.list.count())
        self.list.setVisible(bool(self.list.count()))
        self._place()

    def _place(self) -> None:
        parent = self.parentWidget()
        lines = min(LINES, self.list.count())
        self.list.setFixedHeight(max(1, lines * ROW + 2))
        width = min(WIDTH, parent.width() - 8 * GRID)
        self.resize(width, self.layout().totalSizeHint().height() if lines else 84)
        self.move((parent.width() - width) // 2, max(4 * GRID, parent.height() // 9))
