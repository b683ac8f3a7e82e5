"""A label that shows a formula."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.widgets.look.latex import Written, latex
from explorer.widgets.look.math_text import Formula, draw, plain, width_of
from explorer.widgets.look.theme import Theme, text_pixels


class MathLabel(QWidget):
    """One line of mathematics.

    Parameters
    ----------
    pixels : int
        Size of the font.
    role : str
        Name of the colour token.
    """

    def __init__(self, theme: Theme, formula: Formula, pixels: int = 14, role: str = "muted", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._pixels, self._role = theme, pixels, role
        self._formula: Formula = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._dress)
        self.set_formula(formula)

    def set_formula(self, formula: Formula) -> None:
        """Show another formula."""
        if formula != self._formula:
            self._formula = formula
            self.setAccessibleName(plain(formula))
            self.updateGeometry()
            self.update()

    @property
    def formula(self) -> Formula:
        """What is shown."""
        return self._formula

    def equation_at(self, point: QPointF | None) -> Written | None:
        """The formula as LaTeX."""
        return Written(latex(self._formula)) if self._formula else None

    def _dress(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Of the formula."""
        return QSize(math.ceil(width_of(self._formula, self._pixels)) + 2, round(text_pixels(self._pixels) * 1.35))

    def minimumSizeHint(self) -> QSize:
        """Of the formula."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it, its baseline a little below the middle."""
        painter = QPainter(self)
        colour = QColor(getattr(self._theme.tokens, self._role))
        draw(painter, QPointF(0, self.height() / 2 + 0.34 * text_pixels(self._pixels)), self._formula, self._pixels, colour)
