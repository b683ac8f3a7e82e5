"""The colour scale of a diverging map, with its numbers."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.engine.pictures.tiles import diverging_map
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.sharp import to_image
from explorer.widgets.look.theme import Theme

BAR = QSize(96, 10)


class ColourScale(QWidget):
    """A bar from -scale to scale, or from -1 (black) to 1 (white) for images."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scale = 1.0
        self._diverging = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Colour scale")
        theme.changed.connect(self.update)
        self.set_scale(1.0, False)

    def set_scale(self, scale: float, diverging: bool) -> None:
        """Half width of the map, and which map it is."""
        self._scale, self._diverging = scale, diverging
        kind = "blue is negative, orange positive" if diverging else "black to white"
        self.setToolTip(f"Values from {-scale:g} to {scale:g}, {kind}; what is beyond takes the end's colour.")
        self.setAccessibleDescription(f"{-scale:g} to {scale:g}")
        self.update()

    @property
    def scale(self) -> float:
        """Half width of the map."""
        return self._scale

    @property
    def diverging(self) -> bool:
        """Whether it is the diverging map."""
        return self._diverging

    def sizeHint(self) -> QSize:
        """Bar and two numbers."""
        return QSize(BAR.width() + 56, 24)

    def _bar(self) -> QImage:
        if self._diverging:
            return to_image(diverging_map(self._theme.palette)[None])
        grey = QImage(256, 1, QImage.Format.Format_RGB888)
        for i in range(256):
            grey.setPixelColor(i, 0, QColor(i, i, i))
        return grey

    def paintEvent(self, event: QPaintEvent) -> None:
        """Number, bar, number."""
        painter = QPainter(self)
        painter.setFont(text_font(11))
        painter.setPen(QColor(self._theme.tokens.muted))
        middle = self.height() / 2
        painter.drawText(QRectF(0, 0, 24, self.height()), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"−{self._scale:g}")
        bar = QRectF(28, middle - BAR.height() / 2, BAR.width(), BAR.height())
        painter.drawImage(bar, self._bar())
        painter.setPen(QColor(self._theme.tokens.border))
        painter.drawRect(bar.adjusted(0, 0, -1, -1))
        if self._diverging:
            painter.drawLine(bar.center().toPoint().x(), int(bar.top()) - 2, bar.center().toPoint().x(), int(bar.top()) - 1)
        painter.setPen(QColor(self._theme.tokens.muted))
        painter.drawText(QRectF(bar.right() + 4, 0, 24, self.height()), Qt.AlignmentFlag.AlignVCenter, f"{self._scale:g}")
