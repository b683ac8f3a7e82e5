"""The colours of a pen: swatches of the usual ones, and a button for any other."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from explorer.widgets.controls.colour_button import Colour, ColourButton
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme

SWATCHES: dict[str, str] = {
    "black": "#000000", "white": "#ffffff", "red": "#e5383b", "orange": "#f4a024", "yellow": "#ffd43b", "green": "#2f9e44",
    "blue": "#2f6fed", "violet": "#8e44ad", "skin": "#f7c99b",
}  # fmt: skip
GREYS = ("black", "white")
SIDE = 18


class Swatch(QAbstractButton):
    """A dot of one colour, ringed while it is the pen's."""

    def __init__(self, theme: Theme, name: str, colour: str) -> None:
        super().__init__()
        self._theme, self._colour = theme, QColor(colour)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setAccessibleName(tr("Draw in {name}", name=name))
        self.setToolTip(tr("Draw in {name}", name=name))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        """A dot and its ring."""
        return QSize(SIDE, SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The dot; a ring around it while it is chosen."""
        painter, tokens = QPainter(self), self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self._colour)
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.drawEllipse(self.rect().adjusted(4, 4, -4, -4) if self.isChecked() else self.rect().adjusted(2, 2, -2, -2))
        if self.isChecked() or self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawEllipse(self.rect().adjusted(1, 1, -1, -1))


class PenColours(QWidget):
    """A row of swatches.

    Signals
    -------
    chosen(object)
        Red, green and blue in [-1, 1].

    Parameters
    ----------
    greys : bool
        With black, which the pen draws in at first, and white; without them there is no colour at first.

    Attributes
    ----------
    colour : tuple of float, or None
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, greys: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.swatches: dict[str, Swatch] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        for name, colour in SWATCHES.items():
            if not greys and name in GREYS:
                continue
            swatch = self.swatches[name] = Swatch(theme, name, colour)
            swatch.clicked.connect(partial(self._take, values_of(QColor(colour))))
            row.addWidget(swatch)
        row.addStretch(1)
        self.more = ColourButton(tr("Draw in a colour of your own"), tr("More…"))
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more.chosen.connect(self.take_own)
        row.addWidget(self.more)
        self.colour: Colour | None = None
        if greys:
            self.colour = values_of(QColor(SWATCHES["black"]))
            self.swatches["black"].setChecked(True)

    def _take(self, colour: Colour, _checked: bool = False) -> None:
        self.colour = colour
        self.more.show_colour(None)
        self.chosen.emit(colour)

    def take_own(self, colour: Colour) -> None:
        """The person chose a colour that is no swatch's."""
        self._uncheck()
        self.colour = colour
        self.more.show_colour(colour)
        self.chosen.emit(colour)

    def clear(self) -> None:
        """No colour; does not emit."""
        self._uncheck()
        self.colour = None
        self.more.show_colour(None)

    def _uncheck(self) -> None:
        for swatch in self.swatches.values():
            swatch.setAutoExclusive(False)
            swatch.setChecked(False)
            swatch.setAutoExclusive(True)


def values_of(colour: QColor) -> Colour:
    """Red, green and blue in [-1, 1]."""
    red, green, blue = (round(value / 127.5 - 1, 4) for value in (colour.red(), colour.green(), colour.blue()))
    return red, green, blue
