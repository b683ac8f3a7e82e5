"""A picture as it is, as it is with something switched off, and the difference."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.sharp import draw_sharp, fitted, sharp_scale, to_image
from explorer.widgets.look.theme import Theme

COUNT = 3
GAP = 8
LINE = 15
LARGEST = 196


class OutputTiles(QWidget):
    """Up to three pictures side by side, each with two lines under it; words where one is missing."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._images: list[QImage | None] = [None] * COUNT
        self._captions: list[tuple[str, str]] = [("", "")] * COUNT
        self._hint = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Output with and without skips"))
        theme.changed.connect(self.update)

    def show_tiles(self, tiles: list[np.ndarray | None], captions: list[tuple[str, str]], hint: str = "") -> None:
        """Pictures (H, W, 3) uint8, two lines for each, and what is said in the place of those that are missing."""
        self._images = [None if tile is None else to_image(tile) for tile in tiles]
        self._captions, self._hint = captions, hint
        said = [f"{a} {b}".strip() for a, b in captions if a]
        self.setAccessibleDescription("; ".join(said) + (f". {hint}" if hint else ""))
        self._take_height()
        self.update()

    @property
    def images(self) -> list[QImage | None]:
        """Pictures shown."""
        return self._images

    @property
    def captions(self) -> list[tuple[str, str]]:
        """Lines under them."""
        return self._captions

    @property
    def hint(self) -> str:
        """What is said where pictures are missing."""
        return self._hint

    def _side(self, width: int) -> float:
        first = self._images[0]
        pixels = max(first.width(), first.height()) if first is not None else 28
        fit = min(LARGEST, (width - GAP * (COUNT - 1)) / COUNT)
        return round(sharp_scale(fit / pixels, self.devicePixelRatioF()) * pixels, 3)

    def _take_height(self) -> None:
        self.setFixedHeight(round(self._side(self.width())) + 2 * LINE + 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As high as a picture and two lines."""
        self._take_height()

    def sizeHint(self) -> QSize:
        """Pictures of three times their size."""
        return QSize(COUNT * 84 + 2 * GAP, 84 + 2 * LINE + 4)

    def minimumSizeHint(self) -> QSize:
        """Pictures of their own size."""
        return QSize(COUNT * 56 + 2 * GAP, 56 + 2 * LINE + 4)

    def rect_of(self, index: int) -> QRectF:
        """Where a picture is."""
        side = self._side(self.width())
        step = (self.width() - side) / (COUNT - 1)
        step = min(step, side + max(GAP, 24))
        return QRectF(round(index * step), 0, side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Pictures, their lines, and the words where they are missing."""
        painter = QPainter(self)
        tokens = self._theme.tokens
        for index, image in enumerate(self._images):
            rect = self.rect_of(index)
            if image is not None:
                draw_sharp(painter, fitted(rect, image, self.devicePixelRatioF()), image)
                if tokens.name == "light":
                    painter.setPen(QPen(QColor(tokens.border), 1))
                    painter.drawRect(rect.adjusted(-0.5, -0.5, 0, 0))
            for line, (text, colour) in enumerate(zip(self._captions[index], (tokens.text, tokens.muted), strict=True)):
                painter.setFont(text_font(12 if line == 0 else 11))
                painter.setPen(QColor(colour))
                area = QRectF(rect.left(), rect.bottom() + 3 + line * LINE, rect.width() + 22, LINE)
                painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        self._draw_hint(painter)

    def _draw_hint(self, painter: QPainter) -> None:
        missing = [index for index, image in enumerate(self._images) if image is None]
        if not missing or not self._hint:
            return
        area = self.rect_of(missing[0]).united(self.rect_of(missing[-1]))
        painter.setPen(QPen(QColor(self._theme.tokens.border), 1, Qt.PenStyle.DashLine))
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setFont(text_font(12))
        painter.setPen(QColor(self._theme.tokens.muted))
        painter.drawText(area.adjusted(10, 4, -10, -4), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._hint)
