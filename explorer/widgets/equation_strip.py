"""The equation strip: this step with its numbers, each term with its picture of the selected sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.widgets.equation import Equation, Term
from explorer.widgets.fonts import text_font
from explorer.widgets.math_text import draw, width_of, words
from explorer.widgets.picture_popup import PicturePopup
from explorer.widgets.pictures import draw_sharp, to_image
from explorer.widgets.theme import Theme

MARGIN = 12
SIGN_GAP = 6
COMPACT_SIDE = 42
COMPACT_HEIGHT = 62
STACK_PIXELS = 16
STACK_SIDES = (168, 140, 112, 84, 56)
TYPICAL_SIGNS = 92
"""Width of signs and margins around four pictures."""
UNDER = 36
"""Height under a picture: its formula."""
TIP = "This step with its numbers. Hover a term to see its picture, click it to show it in the lanes."
Layout = Literal["row", "stack"]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A term and where it is drawn."""

    term: Term
    x: float
    baseline: float
    pixels: int
    picture: QRectF | None
    area: QRectF


class EquationStrip(QWidget):
    """Draws an Equation; hovering a term shows its picture large.

    Parameters
    ----------
    layout : "row" or "stack"
        Pictures beside the terms in one line, or over them in two.

    Signals
    -------
    term_hovered(str)
        Name of the term under the mouse; empty if none.
    term_chosen(str)
        The person clicked a term.
    """

    term_hovered = Signal(str)
    term_chosen = Signal(str)

    def __init__(self, theme: Theme, layout: Layout = "row", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._layout = theme, layout
        self._equation = Equation()
        self._images: dict[str, QImage] = {}
        self._highlight = ""
        self._hovered = ""
        self._side = 84
        self._placed: list[_Placed] = []
        self._popup: PicturePopup | None = None
        self.setMouseTracking(True)
        self.setAccessibleName("Equation of this step")
        vertical = QSizePolicy.Policy.Fixed
        self.setSizePolicy(QSizePolicy.Policy.Expanding, vertical)
        theme.changed.connect(self.update)

    # --- what is shown ---

    def set_equation(self, equation: Equation) -> None:
        """Show a step."""
        if equation != self._equation:
            self._equation = equation
            self.setAccessibleDescription(equation.text)
            self._place()

    def set_pictures(self, tiles: Mapping[str, np.ndarray]) -> None:
        """Pictures (H, W, 3) uint8 of the terms, by name."""
        self._images = {name: to_image(tile) for name, tile in tiles.items()}
        if self._popup is not None and self._popup.isVisible():
            if self._hovered in self._images:
                self._popup.set_picture(self._images[self._hovered])
            else:
                self._popup.hide()
        self.update()

    def set_highlight(self, name: str) -> None:
        """Frame the picture of the quantity that the lanes show."""
        if name != self._highlight:
            self._highlight = name
            self.update()

    def set_side(self, side: int) -> None:
        """Height and width of a picture in the stacked layout."""
        if side != self._side:
            self._side = side
            self.updateGeometry()
            self._place()

    def side_for(self, width: float, height: float) -> int:
        """Largest side of the pictures at which the stacked equation fits."""

        def fits(side: int) -> bool:
            lines = (self._equation.step, self._equation.derivation)
            widest = max((self._columns_width(line, side) for line in lines), default=0.0)
            return max(widest, 4 * side + TYPICAL_SIGNS) <= width and self._stack_height(side) <= height

        return next((side for side in STACK_SIDES if fits(side)), STACK_SIDES[-1])

    @property
    def equation(self) -> Equation:
        """What is shown."""
        return self._equation

    @property
    def pictures(self) -> tuple[str, ...]:
        """Names of the pictures there are."""
        return tuple(self._images)

    def area_of(self, name: str) -> QRectF:
        """Where a term is; empty if it is not shown."""
        return next((p.area for p in self._placed if p.term.name == name), QRectF())

    def sizeHint(self) -> QSize:
        """One line, or two with pictures."""
        if self._layout == "row":
            return QSize(600, COMPACT_HEIGHT)
        return QSize(400, self._stack_height(self._side))

    def minimumSizeHint(self) -> QSize:
        """May be narrow."""
        return QSize(200, self.sizeHint().height())

    @staticmethod
    def _stack_height(side: int) -> int:
        return 2 * (side + UNDER) + 16 + 2 * MARGIN

    # --- placing ---

    def _place(self) -> None:
        self._placed = []
        if self._layout == "row":
            self._place_row()
        else:
            self._place_stack()
        self.update()

    def _place_row(self) -> None:
        middle = self.height() / 2
        equation, pixels = self._equation, 17
        x = self._place_line(equation.step, MARGIN, middle, pixels, COMPACT_SIDE, beside=True)
        free = self.width() - MARGIN - x - 24
        for size in (14, 13, 12):
            needed = self._line_width(equation.derivation, size, COMPACT_SIDE)
            if equation.derivation and needed <= free:
                self._place_line(equation.derivation, self.width() - MARGIN - needed, middle, size, COMPACT_SIDE, beside=True)
                break

    def _place_line(self, line: tuple[Term, ...], x: float, middle: float, pixels: int, side: float, beside: bool) -> float:
        baseline = middle + 0.34 * pixels
        for term in line:
            x += self._sign_width(term.before, pixels)
            start, width = x, width_of(term.formula, pixels)
            picture = None
            x += width
            if beside and term.picture:
                picture = QRectF(round(x + 6), round(middle - side / 2), side, side)
                x += side + 6
            area = QRectF(start - 3, middle - side / 2 - 4, x - start + 6, side + 8)
            self._placed.append(_Placed(term, start, baseline, pixels, picture, area))
            x += self._sign_width(term.after, pixels)
        return x

    def _line_width(self, line: tuple[Term, ...], pixels: int, side: float) -> float:
        total = 0.0
        for term in line:
            total += self._sign_width(term.before, pixels) + width_of(term.formula, pixels) + self._sign_width(term.after, pixels)
            total += side + 6 if term.picture else 0
        return total

    @staticmethod
    def _sign_width(sign: str, pixels: int) -> float:
        return width_of((words(sign),), pixels) + 2 * SIGN_GAP if sign else 0.0

    def _place_stack(self) -> None:
        top = float(MARGIN)
        for line in (self._equation.step, self._equation.derivation):
            if line:
                self._place_columns(line, top)
            top += self._side + UNDER

    def _columns_width(self, line: tuple[Term, ...], side: int) -> float:
        signs = sum(self._sign_width(term.before, STACK_PIXELS) + self._sign_width(term.after, STACK_PIXELS) for term in line)
        return 2 * MARGIN + signs + sum(max(side, width_of(term.formula, STACK_PIXELS)) for term in line)

    def _place_columns(self, line: tuple[Term, ...], top: float) -> None:
        x, pixels, side = float(MARGIN), STACK_PIXELS, self._side
        for term in line:
            x += self._sign_width(term.before, pixels)
            text = width_of(term.formula, pixels)
            column = max(side, text)
            picture = QRectF(round(x + (column - side) / 2), top, side, side)
            area = QRectF(x - 3, top - 3, column + 6, side + 30)
            self._placed.append(_Placed(term, x + (column - text) / 2, top + side + 19, pixels, picture, area))
            x += column + self._sign_width(term.after, pixels)

    # --- drawing ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """Terms, signs, pictures, note."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for placed in self._placed:
            self._draw_term(painter, placed)
        self._draw_note(painter)

    def _draw_term(self, painter: QPainter, placed: _Placed) -> None:
        tokens, term = self._theme.tokens, placed.term
        text = QColor(tokens.text)
        if term.name == self._hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.hover))
            painter.drawRoundedRect(placed.area, 6, 6)
        sign = QColor(tokens.muted)
        signs = placed.baseline if self._layout == "row" else placed.area.top() + 3 + self._side / 2 + 5
        if term.before:
            left = (placed.x if self._layout == "row" else placed.area.left() + 3) - self._sign_width(term.before, placed.pixels)
            draw(painter, QPointF(left + SIGN_GAP, signs), (words(term.before),), placed.pixels, sign)
        draw(painter, QPointF(placed.x, placed.baseline), term.formula, placed.pixels, text)
        if term.colour and term.factor:
            painter.setPen(QPen(QColor(term.colour), 2))
            width = width_of((words(term.factor),), placed.pixels)
            y = placed.baseline + 5.5
            painter.drawLine(QPointF(placed.x, y), QPointF(placed.x + width, y))
        if placed.picture is not None:
            self._draw_picture(painter, placed.picture, term)
        if term.after:
            draw(painter, QPointF(placed.area.right() - 3 + SIGN_GAP, signs), (words(term.after),), placed.pixels, sign)

    def _draw_picture(self, painter: QPainter, rect: QRectF, term: Term) -> None:
        tokens = self._theme.tokens
        image = self._images.get(term.name)
        painter.fillRect(rect, QColor(tokens.image_empty))
        if image is not None:
            draw_sharp(painter, rect, image)
        chosen = term.name in (self._highlight, self._hovered)
        if chosen or self._theme.tokens.name == "light":
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.accent if chosen else tokens.border), 2 if chosen else 1))
            painter.drawRect(rect.adjusted(-1, -1, 1, 1) if chosen else rect)
        if term.network:
            self._draw_badge(painter, rect)

    def _draw_badge(self, painter: QPainter, rect: QRectF) -> None:
        tokens = self._theme.tokens
        if rect.height() < 56:
            return
        painter.setFont(text_font(10))
        badge = QRectF(rect.left(), rect.bottom() - 15, painter.fontMetrics().horizontalAdvance("network") + 10, 15)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.accent))
        painter.drawRect(badge)
        painter.setPen(QColor(tokens.on_accent))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, "network")

    def _draw_note(self, painter: QPainter) -> None:
        text = " · ".join(part for part in (self._equation.title, self._equation.note) if part)
        if not text or (self._layout == "row" and self._equation.derivation):
            return
        painter.setPen(QColor(self._theme.tokens.muted))
        painter.setFont(text_font(12))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        if self._layout == "row":
            left = max((p.area.right() for p in self._placed), default=MARGIN - 24) + 24
            rect = QRectF(left, 0, self.width() - MARGIN - left, self.height())
            painter.drawText(rect, flags | (Qt.AlignmentFlag.AlignRight if self._placed else Qt.AlignmentFlag.AlignHCenter), text)
        else:
            rect = QRectF(MARGIN, self.height() - 28, self.width() - 2 * MARGIN, 22)
            if not self._equation.derivation:
                # the room of the second line is free: what is to be said stands beside the first
                left = max((p.area.right() for p in self._placed), default=0.0) + MARGIN
                rect = QRectF(left, MARGIN, self.width() - MARGIN - left, self._side)
                painter.setFont(text_font(13))
            painter.drawText(rect, flags | Qt.AlignmentFlag.AlignLeft, text)

    # --- gestures ---

    def _at(self, point: QPointF) -> _Placed | None:
        return next((p for p in self._placed if p.area.contains(point)), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the picture of the term under the mouse large."""
        self._set_hover(self._at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Hide it."""
        self._set_hover(None)

    def hideEvent(self, event: QEvent) -> None:
        """Hide it."""
        self._set_hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the term's quantity."""
        placed = self._at(event.position())
        if placed is not None and event.button() == Qt.MouseButton.LeftButton:
            self.term_chosen.emit(placed.term.name)

    def _set_hover(self, placed: _Placed | None) -> None:
        name = placed.term.name if placed is not None else ""
        self.setCursor(Qt.CursorShape.PointingHandCursor if name else Qt.CursorShape.ArrowCursor)
        if name == self._hovered:
            return
        self._hovered = name
        self.term_hovered.emit(name)
        self.update()
        image = self._images.get(name)
        if placed is not None and image is not None:
            if self._popup is None:
                self._popup = PicturePopup(self._theme, self.window())
            self._popup.show_picture(image, placed.term.formula, placed.term.tip, self, placed.area.toRect())
        elif self._popup is not None:
            self._popup.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the terms anew."""
        self._place()

    def event(self, event: QEvent) -> bool:
        """Say what a term is."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            placed = self._at(QPointF(event.pos()))
            if placed is None:
                QToolTip.showText(event.globalPos(), TIP, self)
            return True
        return super().event(event)
