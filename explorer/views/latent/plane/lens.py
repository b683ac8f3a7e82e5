"""A lens on what is encoded: its posterior enlarged, where the plane shows it smaller than can be seen."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from explorer.latent.plane import Extent
from explorer.latent.posterior import ellipse
from explorer.views.latent.plane.paint import draw_words
from explorer.views.latent.plane.viewport import Viewport
from explorer.widgets.look.theme import Tokens

SIDE = 132.0
APART = 30.0
"""Pixels from the code to the lens."""
SMALL = 16.0
"""Pixels of two standard deviations below which it is needed."""
SIGMAS = 3.2
"""Standard deviations from its middle to its edge."""
DOTS = 400


def lens_extent(mean: tuple[float, float], covariance: np.ndarray, truth: Extent | None) -> Extent:
    """What of the plane is seen in it: the ellipses, and all of the true posterior where that is drawn."""
    half = SIGMAS * float(np.sqrt(np.linalg.eigvalsh(covariance)[-1]))
    x, y = mean
    if truth is None:
        return x - half, x + half, y - half, y + half
    low, high = np.minimum((x - half, y - half), truth[::2]), np.maximum((x + half, y + half), truth[1::2])
    middle, half = (low + high) / 2, float((high - low).max()) / 2
    return float(middle[0] - half), float(middle[0] + half), float(middle[1] - half), float(middle[1] + half)


def needs_lens(view: Viewport, covariance: np.ndarray) -> bool:
    """Whether the ellipse of two standard deviations is too small on the plane."""
    return 2 * float(np.sqrt(max(np.linalg.eigvalsh(covariance)[-1], 0.0))) * view.scale < SMALL


def lens_rect(view: Viewport, mean: tuple[float, float]) -> QRectF:
    """Where it lies: beside the code, towards the middle of the plane."""
    px, py = view.to_screen(*mean)
    left = px + APART if px < view.width / 2 else px - APART - SIDE
    top = py + APART if py < view.height / 2 else py - APART - SIDE
    left, top = min(max(left, 8.0), view.width - SIDE - 8), min(max(top, 8.0), view.height - SIDE - 8)
    return QRectF(round(left), round(top), SIDE, SIDE)


def draw_lens(
    painter: QPainter, view: Viewport, mean: tuple[float, float], covariance: np.ndarray, codes: np.ndarray,
    truth: tuple[QImage, Extent] | None, tokens: Tokens,
) -> None:  # fmt: skip
    """The neighbourhood of a code, enlarged: codes (N, 2) of test images, the true posterior, ellipses of one and two deviations."""
    rect, (x0, x1, y0, y1) = lens_rect(view, mean), lens_extent(mean, covariance, None if truth is None else truth[1])
    scale = SIDE / (x1 - x0)

    def at(x: float, y: float) -> QPointF:
        return QPointF(rect.left() + (x - x0) * scale, rect.bottom() - (y - y0) * scale)

    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    centre = QPointF(*view.to_screen(*mean))
    for width, colour in ((3.5, QColor(tokens.card)), (1.2, QColor(tokens.accent))):
        painter.setPen(QPen(colour, width))
        painter.drawLine(centre, QPointF(min(max(centre.x(), rect.left()), rect.right()), min(max(centre.y(), rect.top()), rect.bottom())))
    plate = QPainterPath()
    plate.addRoundedRect(rect, 6, 6)
    painter.fillPath(plate, QColor(tokens.card))
    painter.setClipPath(plate)
    if truth is not None:
        image, (left, right, bottom, top) = truth
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        painter.drawImage(QRectF(at(left, top), at(right, bottom)), image)
    near = codes[(codes[:, 0] > x0) & (codes[:, 0] < x1) & (codes[:, 1] > y0) & (codes[:, 1] < y1)][:DOTS]
    painter.setPen(QPen(QColor(tokens.faint), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPoints(QPolygonF([at(x, y) for x, y in near.tolist()]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    ink = QColor(tokens.text)
    for sigmas, width in ((1, 1.8), (2, 1.2)):
        painter.setPen(QPen(ink, width))
        painter.drawPolygon(QPolygonF([at(x, y) for x, y in ellipse(np.array(mean), covariance, sigmas).outline().tolist()]))
    for way in (QPointF(3, 0), QPointF(0, 3)):
        painter.drawLine(at(*mean) - way, at(*mean) + way)
    painter.setClipping(False)
    painter.setPen(QPen(QColor(tokens.accent), 1.5))
    painter.drawPath(plate)
    halo = QColor(tokens.card)
    draw_words(painter, QPointF(rect.left() + 7, rect.bottom() - 7), f"× {scale / view.scale:.0f}", ink, halo, 10)
    painter.restore()
