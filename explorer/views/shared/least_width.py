"""Fields as wide as their place, but never too narrow for a word."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.widgets.look.theme import text_pixels

FRAME = 50
"""Pixels of a field that hold no words: padding and arrows, the same at every size of text."""


class LeastWidth(QObject):
    """Keeps a field from being narrower than what it says, at every size of text; it never widens what it is in for more.

    Parameters
    ----------
    pixels : int
        Least width at the ordinary size of text.
    """

    def __init__(self, field: QWidget, pixels: int) -> None:
        super().__init__(field)
        self._field, self._pixels = field, pixels
        field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        field.installEventFilter(self)
        self._fit()

    def _fit(self) -> None:
        self._field.setMinimumWidth(FRAME + text_pixels(self._pixels - FRAME))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Its text has another size."""
        if event.type() == QEvent.Type.FontChange:
            self._fit()
        return False
