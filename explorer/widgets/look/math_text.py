"""Mathematics in a line of text: subscripts, hats and bars set by us, so that every font has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from explorer.widgets.look.fonts import math_font
from explorer.widgets.look.theme import text_pixels

SUB_SIZE = 0.72
Mark = Literal["", "hat", "bar"]


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a formula.

    Attributes
    ----------
    text : str
    sub : str
        Subscript.
    mark : Mark
        What stands over the text.
    italic : bool
        A variable; numbers and words are upright.
    """

    text: str
    sub: str = ""
    mark: Mark = ""
    italic: bool = False


Formula = tuple[Run, ...]


def var(name: str, sub: str | int = "", mark: Mark = "") -> Run:
    """A variable, such as x with a subscript and a hat."""
    return Run(name, str(sub), mark, italic=True)


def words(text: str) -> Run:
    """Upright text: numbers, signs, words."""
    return Run(text)


def plain(formula: Sequence[Run]) -> str:
    """The formula as text, for tooltips and screen readers."""
    marks = {"": "", "hat": "\u0302", "bar": "\u0304"}
    return "".join(f"{r.text}{marks[r.mark]}{'_' + r.sub if r.sub else ''}" for r in formula)


def _fonts(pixels: int, italic: bool) -> tuple[QFont, QFont]:
    """Fonts of a run and of its subscript."""
    return _fonts_of(pixels, italic, text_pixels(100))


@lru_cache(maxsize=64)
def _fonts_of(pixels: int, italic: bool, _size: int) -> tuple[QFont, QFont]:
    """The same at a size of text: it is what `math_font` makes of it."""
    return math_font(pixels, italic), math_font(max(9, round(pixels * SUB_SIZE)))


def width_of(formula: Sequence[Run], pixels: int) -> float:
    """Width of a formula set in a font of `pixels`."""
    total = 0.0
    for run in formula:
        main, sub = _fonts(pixels, run.italic)
        total += QFontMetricsF(main).horizontalAdvance(run.text)
        if run.sub:
            total += QFontMetricsF(sub).horizontalAdvance(run.sub) + 1
    return total


def draw(painter: QPainter, at: QPointF, formula: Sequence[Run], pixels: int, colour: QColor) -> float:
    """Draw a formula with its baseline's left end at `at`; its width."""
    x, drawn = at.x(), text_pixels(pixels)
    for run in formula:
        main, sub = _fonts(pixels, run.italic)
        metrics = QFontMetricsF(main)
        advance = metrics.horizontalAdvance(run.text)
        painter.setPen(colour)
        painter.setFont(main)
        painter.drawText(QPointF(x, at.y()), run.text)
        if run.mark:
            ink = metrics.tightBoundingRect(run.text)
            _draw_mark(painter, run.mark, QRectF(x + ink.x(), at.y() + ink.y(), ink.width(), ink.height()), drawn, colour)
        x += advance
        if run.sub:
            painter.setFont(sub)
            painter.drawText(QPointF(x + 1, at.y() + 0.24 * drawn), run.sub)
            x += QFontMetricsF(sub).horizontalAdvance(run.sub) + 1
    return x - at.x()


def _draw_mark(painter: QPainter, mark: Mark, ink: QRectF, size: int, colour: QColor) -> None:
    lean = 0.06 * size  # italics lean to the right, and so does what stands over them
    middle, top = ink.center().x() + lean, ink.top() - 0.10 * size
    half, rise = min(0.24 * size, max(ink.width() / 2, 0.18 * size)), 0.15 * size
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, max(1.0, size / 14)))
    if mark == "hat":
        painter.drawPolyline([QPointF(middle - half, top), QPointF(middle, top - rise), QPointF(middle + half, top)])
    else:
        painter.drawLine(QPointF(middle - half, top - 1), QPointF(middle + half, top - 1))
    painter.restore()
