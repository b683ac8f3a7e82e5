"""Checkpoints as cards: a thumbnail, a name and a line each; searched and chosen with mouse or keys."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, QSortFilterProxyModel, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen, QPixmap, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from explorer.engine.models.messages import LibraryEntry
from explorer.exports.colours import OPTION_COLOURS
from explorer.state.library import Library
from explorer.views.window.card_words import format_words, search_text, summary
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import GRID, Theme

ENTRY, SEARCH, THUMBNAIL, MOMENTS = (Qt.ItemDataRole.UserRole + i for i in range(4))
THUMB = 168
MARGIN = 3 * GRID
CARD = QSize(THUMB + 2 * MARGIN, THUMB + 2 * MARGIN + 48)
GAP = 3 * GRID

Index = QModelIndex | QPersistentModelIndex


def entry_of(index: Index) -> LibraryEntry | None:
    """Entry shown at an index."""
    found = index.data(ENTRY)
    return found if isinstance(found, LibraryEntry) else None


class LibraryCards(QListView):
    """A wrapping row of cards over the library.

    Attributes
    ----------
    filling : bool
        The cards are being made anew: what is selected meanwhile is nobody's choice.
    """

    def __init__(self, library: Library, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self.filling = False
        self._items = QStandardItemModel(self)
        self._found = QSortFilterProxyModel(self)
        self._found.setSourceModel(self._items)
        self._found.setFilterRole(SEARCH)
        self._found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setModel(self._found)
        self.setItemDelegate(_CardDelegate(theme, library, self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setSpacing(GAP // 2)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(tr("Checkpoints"))
        library.changed.connect(self.fill)
        library.thumbnail_made.connect(self._show_thumbnail)
        theme.changed.connect(self._redraw)
        self.fill()

    @property
    def chosen(self) -> LibraryEntry | None:
        """The selected entry."""
        return entry_of(self.currentIndex())

    @property
    def shown(self) -> list[LibraryEntry]:
        """Entries that match the search, in order."""
        rows = (self._found.index(row, 0) for row in range(self._found.rowCount()))
        return [entry for entry in map(entry_of, rows) if entry is not None]

    def search(self, text: str) -> None:
        """Show only cards that contain the text."""
        self._found.setFilterFixedString(text.strip())
        if not self.currentIndex().isValid():
            self._choose_first()

    def choose(self, path: str) -> None:
        """Select the card of a file."""
        for row in range(self._found.rowCount()):
            entry = entry_of(self._found.index(row, 0))
            if entry is not None and entry.path == path:
                self.setCurrentIndex(self._found.index(row, 0))

    def fill(self) -> None:
        """Show the library's entries anew, keeping the selection."""
        chosen = self.chosen
        self.filling = True
        self._items.clear()
        for entry in self._library.entries:
            item = QStandardItem(entry.name)
            item.setEditable(False)
            item.setData(entry, ENTRY)
            item.setData(search_text(entry), SEARCH)
            item.setToolTip(entry.problem or entry.path)
            moments = len(self._library.snapshots_of(entry))
            item.setData(moments, MOMENTS)
            said = tr(", {moments} snapshots", moments=moments) if moments else ""
            format_said = f", {format_words(entry)}" if format_words(entry) else ""
            item.setData(f"{entry.name}, {summary(entry)}{format_said}{said}", Qt.ItemDataRole.AccessibleTextRole)
            self._items.appendRow(item)
            if entry.path in self._library.thumbnails:
                self._show_thumbnail(entry.path)
            elif self.isVisible():
                self._library.want_thumbnail(entry)
        if chosen is not None:
            self.choose(chosen.path)
        self.filling = False
        if not self.currentIndex().isValid():
            self._choose_first()

    def want_thumbnails(self) -> None:
        """Have the thumbnails made that are not there yet."""
        for entry in self._library.entries:
            self._library.want_thumbnail(entry)

    def _choose_first(self) -> None:
        if self._found.rowCount():
            self.setCurrentIndex(self._found.index(0, 0))

    def _show_thumbnail(self, path: str) -> None:
        for row in range(self._items.rowCount()):
            item = self._items.item(row)
            entry = item.data(ENTRY)
            if entry.path == path and path in self._library.thumbnails:
                item.setData(pixmap(self._library.thumbnails[path], THUMB), THUMBNAIL)
        self._redraw()

    def _redraw(self) -> None:
        self.viewport().update()


def pixmap(picture: np.ndarray, side: int) -> QPixmap:
    """An (H, W, 3) uint8 picture scaled to `side` pixels, its own pixels sharp."""
    h, w, _ = picture.shape
    data = np.ascontiguousarray(picture)
    image = QImage(data.data, w, h, 3 * w, QImage.Format.Format_RGB888).copy()
    keep, sharp = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.FastTransformation
    return QPixmap.fromImage(image.scaled(side, side, keep, sharp))


class _CardDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, library: Library, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._library = theme, library

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return CARD

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry = entry_of(index)
        if entry is None:
            return
        tokens = self._theme.tokens
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        card = option.rect.adjusted(1, 1, -1, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = tokens.accent if selected else tokens.faint if hovered else tokens.border
        painter.setPen(QPen(QColor(edge), 2 if selected else 1))
        painter.setBrush(QColor(tokens.card))
        painter.drawRoundedRect(card, 2 * GRID, 2 * GRID)
        thumb = QRect(card.left() + MARGIN - 1, card.top() + MARGIN - 1, THUMB, THUMB)
        self._picture(painter, thumb, entry, index.data(THUMBNAIL))
        self._words(painter, QRect(thumb.left(), thumb.bottom() + 8, THUMB, 40), entry)
        badge = tr("{data} snapshots", data=index.data(MOMENTS)) if index.data(MOMENTS) else format_words(entry)
        if badge:
            self._badge(painter, thumb, badge)
        painter.restore()

    def _picture(self, painter: QPainter, place: QRect, entry: LibraryEntry, picture: QPixmap | None) -> None:
        tokens = self._theme.tokens
        if picture is not None:
            painter.drawPixmap(place.topLeft(), picture)
            return
        painter.fillRect(place, QColor(tokens.image_empty))
        painter.setFont(text_font(11))
        painter.setPen(QColor(tokens.error if entry.problem else tokens.faint))
        waiting = tr("no picture") if entry.path in self._library.without_thumbnail else tr("making a picture…")
        said = tr("cannot be opened") if entry.problem else waiting
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, said)

    def _badge(self, painter: QPainter, place: QRect, text: str) -> None:
        """In the picture's corner: how many moments of its run are folded under it, or which program wrote it."""
        font, tokens = text_font(11), self._theme.tokens
        text = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width() - 5 * GRID)
        width, height = QFontMetrics(font).horizontalAdvance(text) + 3 * GRID, 5 * GRID
        box = QRect(place.right() - width - GRID + 1, place.top() + GRID, width, height)
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.setBrush(QColor(tokens.card))
        painter.drawRoundedRect(box, GRID, GRID)
        painter.setFont(font)
        painter.setPen(QColor(tokens.muted))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _words(self, painter: QPainter, place: QRect, entry: LibraryEntry) -> None:
        tokens = self._theme.tokens
        left = place.left()
        if entry.card is not None and entry.card.option is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(OPTION_COLOURS[entry.card.option]))
            painter.drawEllipse(left, place.top() + 6, 8, 8)
            left += 14
        name_font = text_font(13, QFont.Weight.DemiBold)
        width = place.right() - left + 1
        _line(painter, QRect(left, place.top(), width, 20), entry.name, name_font, tokens.text)
        colour = tokens.error if entry.problem else tokens.muted
        _line(painter, QRect(place.left(), place.top() + 20, place.width(), 18), summary(entry), text_font(11), colour)


def _line(painter: QPainter, place: QRect, text: str, font: QFont, colour: str) -> None:
    painter.setFont(font)
    painter.setPen(QColor(colour))
    elided = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideMiddle, place.width())
    painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)
