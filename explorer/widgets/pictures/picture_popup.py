"""A picture shown large over the window while the mouse is on what names it."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.math_text import Formula, draw, width_of
from explorer.widgets.look.sharp import draw_sharp, sharp_scale
from explorer.widgets.look.theme import Theme

SIDE = 196
CAPTION = 60
EQUATION, EQUATION_PIXELS = 22, 13
"""More height, where there is an equation."""
PAD = 10


class PicturePopup(QWidget):
    """Lies over the window, lets the mouse through."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self._image = QImage()
        self._formula: Formula = ()
        self._tip = ""
        self._equation: Formula = ()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedSize(SIDE + 2 * PAD, SIDE + CAPTION + 2 * PAD)
        self.hide()

    def show_picture(
        self, image: QImage, formula: Formula, tip: str, owner: QWidget, area: QRect, equation: Formula = ()
    ) -> None:  # fmt: skip
        """Show a picture above (or below) an area of a widget; `equation` says what the formula is in general."""
        self._image, self._formula, self._tip, self._equation = image, formula, tip, equation
        width = max(SIDE, math.ceil(width_of(equation, EQUATION_PIXELS))) if equation else SIDE
        self.setFixedSize(width + 2 * PAD, SIDE + CAPTION + (EQUATION if equation else 0) + 2 * PAD)
        parent = self.parentWidget()
        assert parent is not None
        above = owner.mapTo(parent, QPoint(area.center().x() - self.width() // 2, area.top() - self.height() - 6))
        if above.y() < 0:
            above = owner.mapTo(parent, QPoint(area.center().x() - self.width() // 2, area.bottom() + 6))
        x = min(max(above.x(), 4), parent.width() - self.width() - 4)
        self.move(x, above.y())
        self.show()
        self.raise_()
        self.update()

    def set_picture(self, image: QImage) -> None:
        """Another picture in the same place."""
        self._image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Surface, picture, caption."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._theme.tokens
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        image = self._image
        if not image.isNull():
            scale = sharp_scale(SIDE / max(image.width(), image.height()), self.devicePixelRatioF())
            width, height = image.width() * scale, image.height() * scale
            draw_sharp(painter, QRectF((self.width() - width) / 2, PAD + (SIDE - height) / 2, width, height), image)
        draw(painter, QPointF(PAD, PAD + SIDE + 20), self._formula, 16, QColor(tokens.text))
        if self._equation:
            draw(painter, QPointF(PAD, self.height() - PAD - 4), self._equation, EQUATION_PIXELS, QColor(tokens.muted))
        painter.setFont(text_font(11))
        painter.setPen(QColor(tokens.muted))
        wide = self.width() - 2 * PAD
        painter.drawText(QRectF(PAD, PAD + SIDE + 28, wide, 32), Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, self._tip)
