"""Pictures in rows and columns, as large as they fit sharp, with words beside and over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.math_text import Formula, draw, plain, width_of
from explorer.widgets.look.sharp import draw_frame, draw_sharp, fitted, sharp_scale, to_image
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.pointed import Pointed

TOP, GAP = 48, 8
NAMES, LEAST_NAMES = 176, 120
EDGE = 3
WORDS = 232
"""Room over a column for its formula and words."""


@dataclass(frozen=True, slots=True)
class Column:
    """What stands over a column: a formula, words under it, and its colour (#rrggbb; empty for the accent)."""

    name: str
    formula: Formula
    words: str
    colour: str


@dataclass(frozen=True, slots=True)
class Row:
    """What stands beside a row: a formula, and words under it."""

    name: str
    formula: Formula
    words: str


class PictureTable(QWidget):
    """A table of pictures of one size; an empty cell says why it is empty.

    Parameters
    ----------
    rows : sequence of Row
    columns : sequence of Column
    names : int
        Width of the words beside the rows.
    """

    def __init__(
        self, theme: Theme, rows: Sequence[Row], columns: Sequence[Column], names: int = NAMES, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._rows, self._columns = theme, tuple(rows), tuple(columns)
        self._room = names
        self._images: dict[tuple[str, str], QImage] = {}
        self._empty: dict[str, str] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def show_pictures(self, tiles: Mapping[tuple[str, str], np.ndarray], empty: Mapping[str, str]) -> None:
        """Pictures (H, W, 3) uint8 by (row, column); by column, what to say where there are none."""
        self._images = {at: to_image(tile) for at, tile in tiles.items()}
        self._empty = dict(empty)
        self.update()

    def set_words(self, column: str, words: str) -> None:
        """Other words over a column."""
        self._columns = tuple(replace(each, words=words) if each.name == column else each for each in self._columns)
        self.update()

    @property
    def shown(self) -> tuple[tuple[str, str], ...]:
        """Rows and columns of the pictures there are."""
        return tuple(self._images)

    def image(self, row: str, column: str) -> QImage | None:
        """A picture."""
        return self._images.get((row, column))

    def sizeHint(self) -> QSize:
        """Pictures of 84 pixels."""
        return QSize(self._room + len(self._columns) * (112 + GAP), TOP + len(self._rows) * (84 + GAP))

    def minimumSizeHint(self) -> QSize:
        """Pictures of 56 pixels."""
        return QSize(min(self._room, LEAST_NAMES) + len(self._columns) * (112 + GAP), TOP + len(self._rows) * (56 + GAP))

    def _side(self) -> float:
        room = (self.height() - TOP) / len(self._rows) - GAP
        across = (self.width() - self._names) / len(self._columns) - GAP
        pixels = max((image.width() for image in self._images.values()), default=28)
        return sharp_scale(max(8.0, min(room, across)) / pixels, self.devicePixelRatioF()) * pixels

    @property
    def _names(self) -> int:
        return self._room if self.width() >= 560 else min(self._room, LEAST_NAMES)

    def _pitch(self, side: float) -> float:
        """Distance of columns: what there is, but pictures stay near to each other."""
        return min((self.width() - self._names) / len(self._columns), max(1.6 * side, WORDS))

    def area_of(self, row: str, column: str) -> QRectF:
        """Where a picture is."""
        side = round(self._side())
        r, c = [x.name for x in self._rows].index(row), [x.name for x in self._columns].index(column)
        pitch = self._pitch(side)
        down = max(side + GAP, (self.height() - TOP) / len(self._rows))
        return QRectF(round(self._names + c * pitch), round(TOP + r * down), side, side)

    def pointed_at(self, point: QPointF | None) -> Pointed | None:
        """The picture under a point; none is chosen."""
        for (row, column), image in self._images.items():
            if point is not None and self.area_of(row, column).contains(point):
                named: tuple[Row | Column, ...] = (*self._rows, *self._columns)
                names = {each.name: plain(each.formula) or each.name for each in named}
                return Pointed(image, f"{names[row]} {names[column]}")
        return None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Headings, names, pictures."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._theme.tokens
        for column in self._columns:
            self._draw_heading(painter, column)
        for row in self._rows:
            top = self.area_of(row.name, self._columns[0].name)
            middle = top.center().y()
            if not self._names:
                self._draw_row(painter, row)
                continue
            draw(painter, QPointF(0, middle - 2), row.formula, 15, QColor(tokens.text))
            painter.setPen(QColor(tokens.muted))
            painter.setFont(text_font(11))
            flags = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(0, middle + 6, self._names - 12, 42), flags, row.words)
            self._draw_row(painter, row)

    def _draw_row(self, painter: QPainter, row: Row) -> None:
        for column in self._columns:
            if column.name not in self._empty:
                self._draw_cell(painter, row, column)
            elif row is self._rows[0]:
                self._draw_empty(painter, column)

    def _draw_empty(self, painter: QPainter, column: Column) -> None:
        """Why there is nothing."""
        area = self.area_of(self._rows[0].name, column.name)
        painter.setPen(QColor(self._theme.tokens.muted))
        painter.setFont(text_font(12))
        rect = QRectF(area.left(), area.top(), self._pitch(area.width()) - 2 * GAP, self.height() - area.top())
        painter.drawText(rect, Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, self._empty[column.name])

    def _draw_heading(self, painter: QPainter, column: Column) -> None:
        tokens = self._theme.tokens
        area = self.area_of(self._rows[0].name, column.name)
        width = self._pitch(area.width()) - GAP
        painter.fillRect(QRectF(area.left(), 0, width, EDGE), QColor(column.colour or tokens.accent))
        draw(painter, QPointF(area.left(), EDGE + 18), column.formula, 15, QColor(tokens.text))
        left = area.left() + width_of(column.formula, 15) + 12
        painter.setPen(QColor(tokens.muted))
        painter.setFont(text_font(11))
        beside = area.left() + width - left >= painter.fontMetrics().horizontalAdvance(column.words)
        place = QRectF(left, EDGE + 5, width, 18) if beside else QRectF(area.left(), EDGE + 23, width, 18)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, column.words)

    def _draw_cell(self, painter: QPainter, row: Row, column: Column) -> None:
        tokens, area = self._theme.tokens, self.area_of(row.name, column.name)
        image = self._images.get((row.name, column.name))
        painter.fillRect(area, QColor(tokens.image_empty))
        if image is not None:
            draw_sharp(painter, fitted(area, image), image)
        if tokens.name == "light":
            draw_frame(painter, area, QColor(tokens.border))
