"""A label of one line that ends in an ellipsis where there is no room for all of it."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget


class ElidingLabel(QLabel):
    """`text` is the whole text, whatever is shown of it."""

    _whole, _mode = "", Qt.TextElideMode.ElideRight  # asked for while Qt still makes the label

    def __init__(self, text: str = "", parent: QWidget | None = None, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__(parent)
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._whole = ""
        self.setText(text)

    def text(self) -> str:
        """The whole text."""
        return self._whole

    def setText(self, text: str) -> None:
        """Show as much of it as there is room for."""
        if text != self._whole:
            self._whole = text
            self.updateGeometry()
            self._fit()

    def sizeHint(self) -> QSize:
        """Room for the whole text."""
        return QSize(self._advance(self._whole) + self._margins(), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Room for the ellipsis."""
        return QSize(self._advance("…") + self._margins(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has room for another part."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Another size of text takes another width."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
            self._fit()

    def _advance(self, text: str) -> int:
        """Pixels that are enough: QFontMetrics rounds to the nearest one, and would then cut what it measured."""
        return math.ceil(QFontMetricsF(self.fontMetrics()).horizontalAdvance(text))

    def _margins(self) -> int:
        return self.width() - self.contentsRect().width() + 2 * self.margin()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, self._mode, self.contentsRect().width())
        if shown != super().text():
            super().setText(shown)
