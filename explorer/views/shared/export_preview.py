"""The look at an export before it is written: its picture, as large as there is room, and what it is."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.sharp import to_image
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID, Theme

LEAST = 320
NO_PICTURE = tr("no picture")


class _Picture(QWidget):
    """Kept in its proportions, never enlarged by less than whole pixels."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.image: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(LEAST, LEAST // 2)
        self.setAccessibleName(tr("One look at the export"))
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(LEAST, LEAST)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._theme.tokens
        painter.fillRect(self.rect(), QColor(tokens.image_empty))
        if self.image is None:
            painter.setFont(text_font(12))
            painter.setPen(QColor(tokens.muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, NO_PICTURE)
            return
        ratio = self.devicePixelRatioF()
        room = QSize(round((self.width() - 2 * GRID) * ratio), round((self.height() - 2 * GRID) * ratio))
        size = self.image.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        if size.width() > self.image.width():
            size = self.image.size() * max(1, size.width() // self.image.width())
        smooth = size.width() < self.image.width()
        mode = Qt.TransformationMode.SmoothTransformation if smooth else Qt.TransformationMode.FastTransformation
        shown = self.image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, mode)
        width, height = shown.width() / ratio, shown.height() / ratio
        painter.drawImage(QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height), shown)


class ExportPreview(QWidget):
    """Picture and words."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._picture = _Picture(theme)
        self._words = QLabel(wordWrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        mark(self._words, "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addWidget(self._picture, 1)
        column.addWidget(self._words)

    def show_picture(self, picture: np.ndarray | None, words: str) -> None:
        """A picture (H, W, 3) uint8, or none, and what is said of it."""
        self._picture.image = None if picture is None else to_image(picture)
        self._words.setText(words)
        self._picture.update()

    @property
    def image(self) -> QImage | None:
        """What is shown."""
        return self._picture.image

    @property
    def words(self) -> str:
        """What is said of it."""
        return self._words.text()
