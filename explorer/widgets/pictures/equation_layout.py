"""Where the terms of an equation are drawn: pictures beside them in one line, or over them in two."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from explorer.widgets.look.math_text import width_of, words
from explorer.widgets.pictures.equation import Equation, Term

MARGIN = 12
SIGN_GAP = 6
ROW_SIDE = 42
ROW_HEIGHT = 62
ROW_PIXELS = 17
DERIVATION_PIXELS = (14, 13, 12)
BESIDE = 6
STACK_PIXELS = 16
STACK_SIDES = (168, 140, 112, 84, 56)
TYPICAL_SIGNS = 92
"""Width of signs and margins around four pictures."""
UNDER = 36
"""Height under a picture: its formula."""
NOTE = 16


@dataclass(frozen=True, slots=True)
class Placed:
    """A term and where it is drawn.

    Attributes
    ----------
    term : Term
    at : QPointF
        Left end of its baseline.
    pixels : int
        Size of its font.
    picture : QRectF or None
    area : QRectF
        What the mouse touches.
    before, after : QPointF
        Where the signs start.
    """

    term: Term
    at: QPointF
    pixels: int
    picture: QRectF | None
    area: QRectF
    before: QPointF
    after: QPointF


def sign_width(sign: str, pixels: int) -> float:
    """Width of a sign with the gaps around it."""
    return width_of((words(sign),), pixels) + 2 * SIGN_GAP if sign else 0.0


# --- one line ---


def place_row(equation: Equation, width: float, height: float) -> list[Placed]:
    """The step from the left, and the derivation at the right as large as it fits, without pictures if need be."""
    placed, end = _line(equation.step, MARGIN, height / 2, ROW_PIXELS, pictures=True)
    free = width - MARGIN - end - 2 * MARGIN
    for pictures in (True, False):
        for pixels in DERIVATION_PIXELS:
            needed = _line(equation.derivation, 0, 0, pixels, pictures)[1]
            if equation.derivation and needed <= free:
                return placed + _line(equation.derivation, width - MARGIN - needed, height / 2, pixels, pictures)[0]
    return placed


def _line(line: tuple[Term, ...], x: float, middle: float, pixels: int, pictures: bool) -> tuple[list[Placed], float]:
    """Terms of a line with their pictures beside them, and where it ends."""
    baseline = middle + 0.34 * pixels
    placed = []
    for term in line:
        before = QPointF(x + SIGN_GAP, baseline)
        x += sign_width(term.before, pixels)
        start = x
        x += width_of(term.formula, pixels)
        picture = None
        if term.picture and pictures:
            picture = QRectF(round(x + BESIDE), round(middle - ROW_SIDE / 2), ROW_SIDE, ROW_SIDE)
            x += BESIDE + ROW_SIDE
        area = QRectF(start - 3, middle - ROW_SIDE / 2 - 4, x - start + 6, ROW_SIDE + 8)
        placed.append(Placed(term, QPointF(start, baseline), pixels, picture, area, before, QPointF(x + SIGN_GAP, baseline)))
        x += sign_width(term.after, pixels)
    return placed, x


# --- two lines ---


def stack_height(side: int) -> int:
    """Height of two lines of pictures of that side, with the note."""
    return 2 * (side + UNDER) + NOTE + 2 * MARGIN


def stack_side(equation: Equation, width: float, height: float) -> int:
    """Largest side of the pictures at which the equation fits, and any like it."""

    def fits(side: int) -> bool:
        ends = [_columns(line, 0, side)[1] for line in (equation.step, equation.derivation)]
        return max(*ends, 4 * side + TYPICAL_SIGNS) <= width and stack_height(side) <= height

    return next((side for side in STACK_SIDES if fits(side)), STACK_SIDES[-1])


def place_stack(equation: Equation, side: int) -> list[Placed]:
    """The step, and the derivation under it."""
    return _columns(equation.step, MARGIN, side)[0] + _columns(equation.derivation, MARGIN + side + UNDER, side)[0]


def _columns(line: tuple[Term, ...], top: float, side: int) -> tuple[list[Placed], float]:
    """Terms of a line with their pictures over them, and where it ends with its margin."""
    x, pixels, signs = float(MARGIN), STACK_PIXELS, top + side / 2 + 0.34 * STACK_PIXELS
    placed = []
    for term in line:
        before = QPointF(x + SIGN_GAP, signs)
        x += sign_width(term.before, pixels)
        text = width_of(term.formula, pixels)
        column = max(side, text)
        picture = QRectF(round(x + (column - side) / 2), top, side, side)
        area = QRectF(x - 3, top - 3, column + 6, side + 30)
        at = QPointF(x + (column - text) / 2, top + side + 19)
        x += column
        placed.append(Placed(term, at, pixels, picture, area, before, QPointF(x + SIGN_GAP, signs)))
        x += sign_width(term.after, pixels)
    return placed, x + MARGIN
