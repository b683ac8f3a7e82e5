"""Small pictures drawn sharp: from arrays to QImage, and the scale at which their pixels are even."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

INTEGER_WORTH = 0.75
"""A whole scale is taken where it fills at least this share of the length that a broken one would."""


def to_image(tile: np.ndarray) -> QImage:
    """Picture (H, W, 3) uint8 as a QImage that owns its pixels, in the format that Qt draws fastest."""
    pixels = np.ascontiguousarray(tile)
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).convertToFormat(QImage.Format.Format_RGB32)


def pixels_of(image: QImage) -> np.ndarray:
    """Pixels (H, W, 3) uint8 of a QImage; what is transparent becomes white, as on paper."""
    flat = QImage(image.size(), QImage.Format.Format_RGB888)
    flat.fill(Qt.GlobalColor.white)
    painter = QPainter(flat)
    painter.drawImage(0, 0, image)
    painter.end()
    rows = np.frombuffer(flat.constBits(), np.uint8).reshape(flat.height(), flat.bytesPerLine())
    # a copy: the rows are the QImage's own memory
    return rows[:, : 3 * flat.width()].reshape(flat.height(), flat.width(), 3).copy()


def squared(tile: np.ndarray) -> np.ndarray:
    """Picture (H, W, 3) uint8 in the middle of a black square."""
    height, width = tile.shape[:2]
    side = max(height, width)
    square = np.zeros((side, side, 3), np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = tile
    return square


def mosaic(tiles: np.ndarray, columns: int) -> QImage:
    """Tiles (N, H, W, 3) uint8 as one picture, row by row, without gaps; missing ones are black."""
    count, height, width, _ = tiles.shape
    rows = max(1, math.ceil(count / columns))
    whole = np.zeros((rows * columns, height, width, 3), np.uint8)
    whole[:count] = tiles
    flat = whole.reshape(rows, columns, height, width, 3).swapaxes(1, 2)
    return to_image(flat.reshape(rows * height, columns * width, 3))


def sharp_scale(fit: float, ratio: float = 1.0) -> float:
    """Scale at most `fit` at which image pixels are whole screen pixels, unless too much space were lost.

    Parameters
    ----------
    fit : float
        Largest scale that fits, in logical pixels for each image pixel.
    ratio : float
        Screen pixels in a logical pixel.
    """
    device = fit * ratio
    whole = math.floor(device + 1e-9)
    if whole >= 1 and whole >= INTEGER_WORTH * device:
        return whole / ratio
    return fit


def draw_sharp(painter: QPainter, target: QRectF, image: QImage, source: QRectF | None = None) -> None:
    """Draw a picture with nearest neighbours when it is enlarged, smoothly when it is made smaller."""
    part = QRectF(image.rect()) if source is None else source
    smaller = target.width() * painter.device().devicePixelRatioF() < part.width() - 1e-6
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smaller)
    painter.drawImage(target, image, part)


def draw_frame(painter: QPainter, area: QRectF, colour: QColor) -> None:
    """The outermost pixels of a picture. A pen would leave a line of it outside where a logical pixel is one and a half of the screen's."""
    for side in (
        QRectF(area.left(), area.top(), area.width(), 1), QRectF(area.left(), area.bottom() - 1, area.width(), 1),
        QRectF(area.left(), area.top(), 1, area.height()), QRectF(area.right() - 1, area.top(), 1, area.height()),
    ):  # fmt: skip
        painter.fillRect(side, colour)


def device_scale(painter: QPainter) -> float:
    """Pixels of what is drawn on in one unit of the painter: more than the screen's in a picture that is sharper than it."""
    return painter.deviceTransform().m11()


def fitted(rect: QRectF, image: QImage, ratio: float = 1.0, sharp: bool = False) -> QRectF:
    """The largest rectangle of the picture's shape in the middle of `rect`; with even pixels if `sharp`."""
    scale = min(rect.width() / image.width(), rect.height() / image.height())
    if sharp:
        scale = sharp_scale(scale, ratio)
    width, height = image.width() * scale, image.height() * scale
    return QRectF(round(rect.center().x() - width / 2), round(rect.center().y() - height / 2), width, height)
