"""The list of bookmarks: number, name, place. A click goes there; they are renamed, moved and removed in it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDropEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from explorer.recipe.notes import MAX_NAME, Bookmark
from explorer.state.edits.bookmarks import place_words
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme, text_pixels

ROW, NUMBER, PAD = 44, 26, 8
"""A row's height, and the room for its number, in pixels at the ordinary size of text."""


class _Row(QStyledItemDelegate):
    """Number, name over place."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: object) -> QSize:
        """All rows are as high."""
        return QSize(120, text_pixels(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: object) -> None:
        """Draw one; the one where the person is, is marked."""
        place: Bookmark = index.data(Qt.ItemDataRole.UserRole)  # type: ignore[attr-defined]
        tokens, rect = self._theme.tokens, QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent_soft if chosen else tokens.raised))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 6, 6)
        alone = place_words(place) == place.name  # said once then
        painter.setFont(text_font(12))
        painter.setPen(QColor(tokens.muted))
        number = QRect(rect.left(), rect.top(), text_pixels(NUMBER), rect.height() if alone else rect.height() // 2 + 4)
        painter.drawText(number, Qt.AlignmentFlag.AlignCenter, str(index.row() + 1))  # type: ignore[attr-defined]
        lines = [(text_font(), tokens.text, place.name, _middle(rect) if alone else _upper(rect))]
        lines += [] if alone else [(text_font(12), tokens.muted, place_words(place), _lower(rect))]
        for font, colour, words, part in lines:
            painter.setFont(font)
            painter.setPen(QColor(colour))
            shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, part.width())
            painter.drawText(part, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: object) -> QWidget:
        """A field for the name."""
        field = QLineEdit(parent)
        field.setMaxLength(MAX_NAME)
        field.setAccessibleName(tr("Name of the bookmark"))
        return field

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: object) -> None:
        """In the place of name and place."""
        editor.setGeometry(QRect(option.rect).adjusted(text_pixels(NUMBER) - 6, 4, -4, -4))


def _upper(rect: QRect) -> QRect:
    return rect.adjusted(text_pixels(NUMBER), 4, -PAD, -rect.height() // 2 + 2)


def _middle(rect: QRect) -> QRect:
    return rect.adjusted(text_pixels(NUMBER), 4, -PAD, -4)


def _lower(rect: QRect) -> QRect:
    return rect.adjusted(text_pixels(NUMBER), rect.height() // 2, -PAD, -4)


class BookmarkList(QListWidget):
    """In their order.

    Signals
    -------
    go_wanted(int), remove_wanted(int)
        Number of a bookmark.
    renamed(int, str)
    moved(int, int)
        Its number, and that which it shall have.
    """

    go_wanted = Signal(int)
    remove_wanted = Signal(int)
    renamed = Signal(int, str)
    moved = Signal(int, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bookmarks")
        self.setAccessibleName(tr("Bookmarks"))
        self.setItemDelegate(_Row(theme, self))
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.itemClicked.connect(lambda item: self.go_wanted.emit(self.row(item)))
        self.itemChanged.connect(self._edited)
        theme.changed.connect(self._dress)
        self._showing = False

    def show_bookmarks(self, bookmarks: Sequence[Bookmark], at: int) -> None:
        """Those that there are, and the one where the person is."""
        self._showing = True
        while self.count() > len(bookmarks):
            self.takeItem(self.count() - 1)
        for row, place in enumerate(bookmarks):  # those that are there stay: one of them may be under an editor
            item = self.item(row) or QListWidgetItem(self)
            if item.data(Qt.ItemDataRole.UserRole) != place:
                item.setText(place.name)
                item.setData(Qt.ItemDataRole.UserRole, place)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{place.name}, {place_words(place)}")
                item.setToolTip("\n".join(filter(None, (place.name, place_words(place), place.note))))
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
        self.setCurrentRow(at)
        self._showing = False

    def name_it(self, number: int) -> None:
        """Have the person type its name."""
        item = self.item(number)
        if item is not None:
            self.setFocus()
            self.setCurrentItem(item)
            self.editItem(item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes there, Delete removes, Ctrl+Up and Ctrl+Down move."""
        number, key = self.currentRow(), event.key()
        by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(key), 0)
        if number >= 0 and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.go_wanted.emit(number)
        elif number >= 0 and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_wanted.emit(number)
        elif number >= 0 and by and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.moved.emit(number, number + by)
        else:
            super().keyPressEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """One was dragged to another place: the store says where it is then."""
        row = self.currentRow()
        index: QModelIndex = self.indexAt(event.position().toPoint())
        below = self.dropIndicatorPosition() == QAbstractItemView.DropIndicatorPosition.BelowItem
        to = self.count() if not index.isValid() else index.row() + below
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        self.moved.emit(row, to - 1 if to > row else to)

    def _edited(self, item: QListWidgetItem) -> None:
        if not self._showing:
            number, name = self.row(item), item.text()
            self._showing = True
            item.setText(item.data(Qt.ItemDataRole.UserRole).name)  # what was typed may not be a name
            self._showing = False
            self.renamed.emit(number, name)

    def _show_menu(self, place: QPoint) -> None:
        item = self.itemAt(place)
        if item is None:
            return
        number, menu = self.row(item), QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for words, do, can in (
            (tr("Go there\tEnter"), lambda: self.go_wanted.emit(number), True),
            (tr("Rename\tF2"), lambda: self.name_it(number), True),
            (tr("Move up\tCtrl+Up"), lambda: self.moved.emit(number, number - 1), number > 0),
            (tr("Move down\tCtrl+Down"), lambda: self.moved.emit(number, number + 1), number < self.count() - 1),
            (tr("Remove\tDel"), lambda: self.remove_wanted.emit(number), True),
        ):
            action = menu.addAction(words)
            action.setEnabled(can)
            action.triggered.connect(lambda _checked=False, do=do: do())
        menu.popup(self.viewport().mapToGlobal(place))

    def _dress(self, _tokens: object) -> None:
        self.viewport().update()
