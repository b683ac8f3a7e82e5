"""The colour scale of what is shown, with its numbers; of coloured images a stripe for each channel."""

from __future__ import annotations

from typing import Literal

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.engine.pictures.tiles import diverging_map
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.sharp import draw_frame, to_image
from explorer.widgets.look.theme import Theme

BAR, LEAST_BAR, NUMBERS = QSize(96, 10), 24, 56
"""The bar, how short it becomes where a row is full, and the room of both numbers, in pixels."""
Channels = Literal["grey", "each", "mean"]
"""Whether the images are grey, or in colour and signed quantities are shown of each channel by itself, or of their mean."""

IMAGES = {"grey": tr("black to white"), "each": tr("each channel from none of it to all of it")}
SIGNED = {
    "grey": tr("blue is negative, orange positive"),
    "each": tr(
        "each channel by itself: grey is 0, red, green and blue are above it, cyan, magenta and yellow below.\n"
        "Click: the mean of the channels instead"
    ),
    "mean": tr("the mean of the channels: blue is negative, orange positive.\nClick: each channel by itself instead"),
}


class ColourScale(QWidget):
    """A bar from -scale to scale, or from -1 (black) to 1 (white) for images.

    Signals
    -------
    clicked()
        The person wants the other way to show signed quantities of coloured images; where there are two.
    """

    clicked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scale = 1.0
        self._diverging = False
        self._channels: Channels = "grey"
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Colour scale"))
        theme.changed.connect(self.update)
        self.set_scale(1.0, False)

    def set_scale(self, scale: float, diverging: bool, channels: Channels = "grey") -> None:
        """Half width of the map, which map it is, and what it does with channels."""
        self._scale, self._diverging, self._channels = scale, diverging, channels
        kind = SIGNED[channels] if diverging else IMAGES["grey" if channels == "grey" else "each"]
        beyond = "" if self._has_choice else tr("; what is beyond takes the end's colour")
        self.setToolTip(tr("Values from {scale:g} to {scale2:g}, {kind}{beyond}.", scale=-scale, scale2=scale, kind=kind, beyond=beyond))
        self.setAccessibleDescription(tr("{scale:g} to {scale2:g}", scale=-scale, scale2=scale))
        self.setCursor(Qt.CursorShape.PointingHandCursor if self._has_choice else Qt.CursorShape.ArrowCursor)
        self.update()

    @property
    def _has_choice(self) -> bool:
        return self._diverging and self._channels != "grey"

    @property
    def scale(self) -> float:
        """Half width of the map."""
        return self._scale

    @property
    def diverging(self) -> bool:
        """Whether it is of a signed quantity."""
        return self._diverging

    @property
    def channels(self) -> Channels:
        """What it does with channels."""
        return self._channels

    def sizeHint(self) -> QSize:
        """Bar and two numbers."""
        return QSize(BAR.width() + NUMBERS, 24)

    def minimumSizeHint(self) -> QSize:
        """A shorter bar: the names of what is shown need their room more."""
        return QSize(LEAST_BAR + NUMBERS, 24)

    def _bar(self) -> QImage:
        if self._diverging and self._channels != "each":
            return to_image(diverging_map(self._theme.palette)[None])
        ramp = np.arange(256, dtype=np.uint8)
        if self._channels == "grey":
            return to_image(np.repeat(ramp[None, :, None], 3, axis=2))
        rows = np.full((3, 256, 3), 128 if self._diverging else 0, np.uint8)  # a channel alone, the others at 0
        for channel in range(3):
            rows[channel, :, channel] = ramp
        return to_image(rows)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ask for the other way, where there is one."""
        if self._has_choice and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Number, bar, number."""
        painter = QPainter(self)
        painter.setFont(text_font(11))
        painter.setPen(QColor(self._theme.tokens.muted))
        middle = self.height() / 2
        painter.drawText(QRectF(0, 0, 24, self.height()), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"−{self._scale:g}")
        bar = QRectF(NUMBERS / 2, middle - BAR.height() / 2, self.width() - NUMBERS, BAR.height())
        if self._channels == "each":
            bar.adjust(0, -1, 0, 1)  # three stripes of four pixels
        painter.drawImage(bar, self._bar())
        draw_frame(painter, bar, QColor(self._theme.tokens.border))
        painter.setPen(QColor(self._theme.tokens.border))
        if self._diverging:
            painter.drawLine(bar.center().toPoint().x(), int(bar.top()) - 2, bar.center().toPoint().x(), int(bar.top()) - 1)
        painter.setPen(QColor(self._theme.tokens.muted))
        painter.drawText(QRectF(bar.right() + 4, 0, 24, self.height()), Qt.AlignmentFlag.AlignVCenter, f"{self._scale:g}")
