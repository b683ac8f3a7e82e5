"""The equation strip: this step with its numbers, each term with its picture of the selected sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.recipe import glossary
from explorer.widgets.look.explained import explanation
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.latex import Written
from explorer.widgets.look.math_markup import formula
from explorer.widgets.look.math_text import draw, plain, width_of, words
from explorer.widgets.look.sharp import draw_sharp, fitted, to_image
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.equation import Equation, Term
from explorer.widgets.pictures.equation_layout import MARGIN, ROW_HEIGHT, Placed, place_row, place_stack, stack_height, stack_side
from explorer.widgets.pictures.picture_popup import PicturePopup
from explorer.widgets.pictures.pointed import Pointed

BADGE_LEAST = 56
"""Side from which on a picture has room for a badge."""
TIP = tr("This step with its numbers. Hover a term to see its picture, click it to show it in the lanes.")
Layout = Literal["row", "stack"]


class EquationStrip(QWidget):
    """Draws an Equation; hovering a term shows its picture large.

    Parameters
    ----------
    layout : "row" or "stack"
        Pictures beside the terms in one line, or over them in two.

    Signals
    -------
    term_chosen(str)
        The person clicked a term.
    """

    term_chosen = Signal(str)

    def __init__(self, theme: Theme, layout: Layout = "row", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._layout = theme, layout
        self._equation = Equation()
        self._images: dict[str, QImage] = {}
        self._highlight = ""
        self._hovered = ""
        self._side = 84
        self._placed: list[Placed] = []
        self._popup: PicturePopup | None = None
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Equation of this step"))
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
        return stack_side(self._equation, width, height)

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
            return QSize(600, ROW_HEIGHT)
        return QSize(400, stack_height(self._side))

    def minimumSizeHint(self) -> QSize:
        """May be narrow."""
        return QSize(200, self.sizeHint().height())

    def _place(self) -> None:
        if self._layout == "row":
            self._placed = place_row(self._equation, self.width(), self.height())
        else:
            self._placed = place_stack(self._equation, self._side)
        self.update()

    # --- drawing ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """Terms, signs, pictures, note."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for placed in self._placed:
            self._draw_term(painter, placed)
        self._draw_note(painter)

    def _draw_term(self, painter: QPainter, placed: Placed) -> None:
        tokens, term, pixels = self._theme.tokens, placed.term, placed.pixels
        if term.name == self._hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.hover))
            painter.drawRoundedRect(placed.area, 6, 6)
        for sign, at in ((term.before, placed.before), (term.after, placed.after)):
            if sign:
                draw(painter, at, (words(sign),), pixels, QColor(tokens.muted))
        draw(painter, placed.at, term.formula, pixels, QColor(tokens.text))
        if term.colour and term.factor:
            painter.setPen(QPen(QColor(term.colour), 2))
            under = placed.at + QPointF(0, 5.5)
            painter.drawLine(under, under + QPointF(width_of((words(term.factor),), pixels), 0))
        if placed.picture is not None:
            self._draw_picture(painter, placed.picture, term)

    def _draw_picture(self, painter: QPainter, rect: QRectF, term: Term) -> None:
        tokens = self._theme.tokens
        image = self._images.get(term.name)
        painter.fillRect(rect, QColor(tokens.image_empty))
        if image is not None:
            draw_sharp(painter, fitted(rect, image), image)
        chosen = term.name in (self._highlight, self._hovered)
        if chosen or self._theme.tokens.name == "light":
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.accent if chosen else tokens.border), 2 if chosen else 1))
            painter.drawRect(rect.adjusted(-1, -1, 1, 1) if chosen else rect)
        if term.network:
            self._draw_badge(painter, rect)

    def _draw_badge(self, painter: QPainter, rect: QRectF) -> None:
        tokens = self._theme.tokens
        if rect.height() < BADGE_LEAST:
            return
        painter.setFont(text_font(10))
        badge = QRectF(rect.left(), rect.bottom() - 15, painter.fontMetrics().horizontalAdvance("network") + 10, 15)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.accent))
        painter.drawRect(badge)
        painter.setPen(QColor(tokens.on_accent))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, tr("network"))

    @property
    def _note(self) -> str:
        return " · ".join(part for part in (self._equation.title, self._equation.note) if part)

    def _draw_note(self, painter: QPainter) -> None:
        text = self._note
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
            else:
                text = self._in_one_line(painter.fontMetrics(), int(rect.width()))
            painter.drawText(rect, flags | Qt.AlignmentFlag.AlignLeft, text)

    def _in_one_line(self, metrics: QFontMetrics, width: int) -> str:
        """Of the note all that there is room for; what the network puts out is seen in the pictures too."""
        fits = (text for text in (self._note, self._equation.note) if text and metrics.horizontalAdvance(text) <= width)
        return next(fits, None) or metrics.elidedText(self._equation.note or self._note, Qt.TextElideMode.ElideRight, width)

    @property
    def written_note(self) -> str:
        """The note as it stands under two lines."""
        return self._in_one_line(QFontMetrics(text_font(12)), int(self.width() - 2 * MARGIN))

    # --- gestures ---

    def _at(self, point: QPointF) -> Placed | None:
        return next((p for p in self._placed if p.area.contains(point)), None)

    def pointed_at(self, point: QPointF | None) -> Pointed | None:
        """The picture of the term under a point; none is chosen."""
        placed = self._at(point) if point is not None else None
        image = self._images.get(placed.term.name) if placed is not None else None
        return Pointed(image, plain(placed.term.formula)) if placed is not None and image is not None else None

    def equation_at(self, point: QPointF | None) -> Written | None:
        """The line that a point is nearest to; without one the step itself."""
        if not self._placed:
            return None
        lines = [line for line in (self._equation.step, self._equation.derivation) if line]
        if point is not None:
            nearest = min(self._placed, key=lambda placed: (placed.area.center() - point).manhattanLength())
            lines = [line for line in lines if nearest.term in line]
        return Equation.as_latex(lines[0])

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

    def _set_hover(self, placed: Placed | None) -> None:
        name = placed.term.name if placed is not None else ""
        self.setCursor(Qt.CursorShape.PointingHandCursor if name else Qt.CursorShape.ArrowCursor)
        if name == self._hovered:
            return
        self._hovered = name
        self.update()
        image = self._images.get(name)
        if placed is not None and image is not None:
            if self._popup is None:
                self._popup = PicturePopup(self._theme, self.window())
            known = glossary.terms().get(name)
            equation = formula(known.equation) if known is not None else ()
            self._popup.show_picture(image, placed.term.formula, placed.term.tip, self, placed.area.toRect(), equation)
        elif self._popup is not None:
            self._popup.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the terms anew."""
        self._place()

    def event(self, event: QEvent) -> bool:
        """Say what a term is."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            placed = self._at(QPointF(event.pos()))
            term = glossary.terms().get(placed.term.name) if placed is not None else None
            if placed is None:
                QToolTip.showText(event.globalPos(), "\n".join(filter(None, (TIP, self._note))), self)
            elif term is not None and placed.term.name not in self._images:  # else the picture that lies over the window says it
                QToolTip.showText(event.globalPos(), explanation(term, placed.term.tip), self)
            return True
        return super().event(event)
