"""A button that shows a colour and asks for another."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QColorDialog, QPushButton, QWidget

from explorer.widgets.look.language import tr

SWATCH = QSize(16, 16)
Colour = tuple[float, float, float]


class ColourButton(QPushButton):
    """Colours are red, green and blue in [-1, 1], as an image's values.

    Signals
    -------
    chosen(object)
        The person chose a colour.
    """

    chosen = Signal(object)

    def __init__(self, tip: str, words: str = "Colour…", parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self.setToolTip(tip)
        self.setAccessibleName(tr("Another colour"))
        self.setIconSize(SWATCH)
        self.colour: Colour | None = None
        self.clicked.connect(self._ask)

    def show_colour(self, colour: Colour | None) -> None:
        """Show a colour; None for none."""
        self.colour = colour
        if colour is None:
            self.setIcon(QIcon())
            return
        swatch = QPixmap(SWATCH)
        swatch.fill(QColor(*(round((value + 1) * 127.5) for value in colour)))
        self.setIcon(QIcon(swatch))

    def take(self, chosen: QColor) -> None:
        """The person chose this."""
        if chosen.isValid():
            red, green, blue = (round(value / 127.5 - 1, 4) for value in (chosen.red(), chosen.green(), chosen.blue()))
            self.show_colour((red, green, blue))
            self.chosen.emit(self.colour)

    def _ask(self) -> None:
        now = QColor(*(round((value + 1) * 127.5) for value in self.colour)) if self.colour is not None else QColor("white")
        self.take(QColorDialog.getColor(now, self.window(), tr("Colour")))
