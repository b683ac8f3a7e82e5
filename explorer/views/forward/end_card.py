"""What x_T is: pictures, numbers, and whether it is N(0, I)."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.engine.forward.messages import EndOf, ScheduleShown
from explorer.views.forward.words import nats, short
from explorer.widgets.look.card import Card
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_label import MathLabel
from explorer.widgets.look.math_text import var, words
from explorer.widgets.look.number_words import grouped
from explorer.widgets.look.sharp import squared
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme
from explorer.widgets.look.warning import set_warning
from explorer.widgets.pictures.picture_tile import PictureTile

GOOD_END = 0.1
"""L_T in nats, below which x_T counts as N(0, I)."""
ENDS = (tr("this image"), tr("test images"), "N(0, I)")
EXAMPLE_COLUMNS = 4
LAST_ROW = "L_T"
LT, LT_PIXELS = (var("L", "T"), words(tr(" = KL to N(0, I)"))), 13
ROWS = {
    tr("size of the mean"): tr("Root mean square over the pixels of √ᾱ_T · x₀, the mean of q(x_T | x₀)"),
    tr("variance given x₀"): tr("Of every pixel of q(x_T | x₀): 1 − ᾱ_T"),
    tr("variance of all values"): tr("With x₀'s own spread: ᾱ_T · var(x₀) + 1 − ᾱ_T"),
    LAST_ROW: tr("KL( q(x_T | x₀) ‖ N(0, I) ), in nats for a whole image: the term of the bound that no network can change"),
}


class EndCard(Card):
    """What x_T is: pictures, numbers, and whether it is N(0, I)."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self._tiles = tuple(PictureTile(theme) for _ in range(3))
        tips = (
            tr("The image at T"),
            tr("The mean of q(x_T | x₀): what is left of the image"),
            tr("x_T of twelve test images: can you read them?"),
        )
        self._values: dict[tuple[str, str], QLabel] = {}
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self.verdict)
        right.addLayout(self._table(theme))
        right.addStretch(1)
        self.set_side(112)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 4)
        row.setSpacing(12)
        for tile, tip in zip(self._tiles, tips, strict=True):
            tile.setToolTip(tip)
            row.addWidget(tile, 0, Qt.AlignmentFlag.AlignTop)
        row.addSpacing(4)
        row.addLayout(right, 1)

    def _table(self, theme: Theme) -> QGridLayout:
        """A row for each number, a column for each of what has it."""
        table = QGridLayout()
        table.setHorizontalSpacing(16)
        table.setVerticalSpacing(3)
        table.setColumnStretch(len(ENDS) + 1, 1)
        self._heads = {name: QLabel(name) for name in ENDS}
        for column, label in enumerate(self._heads.values(), 1):
            mark(label, "muted")
            table.addWidget(label, 0, column)
        for row, (name, tip) in enumerate(ROWS.items(), 1):
            what: QWidget = MathLabel(theme, LT, LT_PIXELS) if name == LAST_ROW else QLabel(name)
            what.setToolTip(tip)
            mark(what, "muted")
            table.addWidget(what, row, 0)
            for column, end in enumerate(ENDS, 1):
                value = QLabel()
                value.setToolTip(tip)
                self._values[name, end] = value
                table.addWidget(value, row, column)
        return table

    def set_side(self, side: int) -> None:
        """Width of the pictures."""
        for tile in self._tiles:
            tile.setFixedSize(side, tile.heightForWidth(side))

    def show_end(self, shown: ScheduleShown) -> None:
        """Pictures and numbers of x_T."""
        T = shown.schedule.T
        formulas = (
            (var("x", T),),
            (words(tr("mean of ")), var("x", T)),
            (var("x", T), words(tr(" of {count} images", count=len(shown.examples)))),
        )
        self._heads[ENDS[1]].setText(tr("{count} test images", count=grouped(shown.count)))
        for tile, picture, formula in zip(
            self._tiles, (squared(shown.end), squared(shown.end_mean), _mosaic(shown.examples)), formulas, strict=True
        ):
            tile.show_picture(picture, formula)
        for name, end in ((ENDS[0], shown.image), (ENDS[1], shown.data)):
            for row, text in zip(ROWS, _texts(end), strict=True):
                self._values[row, name].setText(text)
        for row, text in zip(ROWS, ("0", "1", "1", tr("0 nats")), strict=True):
            self._values[row, ENDS[2]].setText(text)
        good = shown.data.kl < GOOD_END
        self.verdict.setText(
            tr("At T the images are N(0, I) to within {kl}: sampling may start from N(0, I).", kl=nats(shown.data.kl))
            if good
            else tr("At T it is not N(0, I): {kl} of the images are left. A chain from N(0, I) starts elsewhere.", kl=nats(shown.data.kl))
        )
        set_warning(self.verdict, not good, self._theme)


def _texts(end: EndOf) -> tuple[str, ...]:
    return _fine(end.mean), _fine(end.variance), _fine(end.total_variance), nats(end.kl)


def _fine(value: float) -> str:
    return short(value, 4) if not math.isclose(value, 1, abs_tol=1e-3) or value == 1 else short(value, 6)


def _mosaic(examples: np.ndarray) -> np.ndarray | None:
    if len(examples) < EXAMPLE_COLUMNS:
        return None
    rows = len(examples) // EXAMPLE_COLUMNS
    _, height, width, _ = examples.shape
    grid = examples[: rows * EXAMPLE_COLUMNS].reshape(rows, EXAMPLE_COLUMNS, height, width, 3).swapaxes(1, 2)
    return np.ascontiguousarray(grid.reshape(rows * height, EXAMPLE_COLUMNS * width, 3))
