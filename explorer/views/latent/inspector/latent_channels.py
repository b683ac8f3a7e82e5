"""A code that is an image of latent pixels, as what it is: its channels side by side."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.engine.pictures.latents import latent_tiles
from explorer.exports.latent_channels import side_by_side
from explorer.widgets.look.language import tr
from explorer.widgets.look.number_words import number
from explorer.widgets.look.sharp import draw_sharp, to_image
from explorer.widgets.look.theme import Theme

SIDE = 112


class LatentChannels(QWidget):
    """Shows the channels of one code; its tip says the value under the pointer."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._values: np.ndarray | None = None
        self._reach = 1.0
        self._image: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Latent channels"))
        theme.changed.connect(self._draw)

    def set_code(self, code: np.ndarray | None, reach: float = 1.0) -> None:
        """Show a code (C, h, w), the colours from -reach to reach; None empties the place."""
        self._values = None if code is None else side_by_side(code[None])
        self._reach = reach
        words = tr(
            "Channels of the code, from {reach:.3g} (blue) to {reach2:.3g} (orange), in raw latent units", reach=-reach, reach2=reach
        )
        self.setToolTip("" if code is None else words)
        self._draw()

    @property
    def image(self) -> QImage | None:
        """What is shown."""
        return self._image

    def _draw(self) -> None:
        self._image = None if self._values is None else to_image(latent_tiles(self._values, self._reach, self._theme.palette)[0])
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as a small picture, as high as its channels are then."""
        if self._image is None:
            return QSize(SIDE, SIDE)
        return QSize(SIDE, round(SIDE * self._image.height() / self._image.width()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The channels, sharp."""
        if self._image is not None:
            draw_sharp(QPainter(self), QRectF(self.rect()), self._image)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say the value under the pointer."""
        if self._values is None:
            return
        _, _, height, width = self._values.shape
        row = min(height - 1, int(event.position().y() / max(1, self.height()) * height))
        column = min(width - 1, int(event.position().x() / max(1, self.width()) * width))
        value = float(self._values[0, 0, row, column])
        if np.isfinite(value):
            QToolTip.showText(event.globalPosition().toPoint(), f"z = {number(value, 3)}", self)
