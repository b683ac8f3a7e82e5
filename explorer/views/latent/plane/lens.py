"""Lenses on what is encoded: its posterior enlarged, where the plane shows it smaller than can be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from explorer.latent.plane import Extent
from explorer.latent.posterior import ellipse
from explorer.views.latent.plane.paint import TWO_DEVIATIONS, draw_words
from explorer.views.latent.plane.viewport import Viewport
from explorer.widgets.look.theme import Tokens

SIDE = 132.0
APART = 30.0
"""Pixels from the code to the lens."""
SMALL = 12.0
"""Pixels of two standard deviations below which it is needed."""
SMALL_TRUTH = 90.0
"""Pixels of the square of a true posterior below which it has a lens of its own: its shape shall be seen, among codes."""
SIGMAS = 3.2
"""Standard deviations from its middle to its edge."""
TOGETHER = 3.0
"""A lens that is so many times as wide as the smaller of both still shows it; else each has a lens of its own."""
ROOM = 1.6
"""So many times as wide as where a true posterior is over exp(-2) of its largest value is the square that it fills."""
DOTS = 400


@dataclass(frozen=True, slots=True)
class Lens:
    """One of them.

    Attributes
    ----------
    at : (float, float)
        Code that it is of.
    extent : Extent
        A square of the plane that is seen in it.
    rect : QRectF
        Where it lies, pixels.
    """

    at: tuple[float, float]
    extent: Extent
    rect: QRectF

    def point_of(self, x: float, y: float) -> QPointF:
        """Where a place of the plane is in it."""
        scale = self.rect.width() / (self.extent[1] - self.extent[0])
        return QPointF(self.rect.left() + (x - self.extent[0]) * scale, self.rect.bottom() - (y - self.extent[2]) * scale)


def lenses(view: Viewport, mean: tuple[float, float], covariance: np.ndarray, truth: Extent | None) -> tuple[Lens, ...]:
    """One on q(z|x), which shows the true posterior too, or two where they lie apart; none where the plane shows them well.

    Parameters
    ----------
    view : Viewport
    mean, covariance
        Of q(z|x) on the plane.
    truth : Extent or None
        A square about the mean of the true posterior that it fills, where it is drawn.
    """
    deviation = float(np.sqrt(max(np.linalg.eigvalsh(covariance)[-1], 0.0)))
    own = _about(mean, SIGMAS * deviation)
    small = 2 * deviation * view.scale < SMALL
    if truth is None:
        return (Lens(mean, own, _beside(view, mean)),) if small else ()
    unseen = (truth[1] - truth[0]) * view.scale < SMALL_TRUTH
    both = _union(own, truth)
    if both[1] - both[0] <= TOGETHER * min(own[1] - own[0], truth[1] - truth[0]):
        return (Lens(mean, both, _beside(view, mean)),) if small or unseen else ()
    found = [Lens(mean, own, _beside(view, mean))] if small else []
    if unseen:
        middle = ((truth[0] + truth[1]) / 2, (truth[2] + truth[3]) / 2)
        found.append(Lens(middle, truth, _beside(view, middle, (_marker(view, mean), *(lens.rect for lens in found)))))
    return tuple(found)


def filled(density: np.ndarray, extent: Extent) -> Extent:
    """The square that a true posterior fills: all of its modes, with room about them.

    Parameters
    ----------
    density : ndarray, shape (M, M)
        Over its largest value, rows upwards in y.
    extent : Extent
        A square.
    """
    rows, columns = np.nonzero(density > TWO_DEVIATIONS)
    cell = (extent[1] - extent[0]) / density.shape[1]
    low = np.array([extent[0] + columns.min() * cell, extent[2] + rows.min() * cell])
    high = np.array([extent[0] + (columns.max() + 1) * cell, extent[2] + (rows.max() + 1) * cell])
    middle, half = (low + high) / 2, ROOM * float((high - low).max()) / 2 + cell
    return _about((float(middle[0]), float(middle[1])), half)


def _about(place: tuple[float, float], half: float) -> Extent:
    return place[0] - half, place[0] + half, place[1] - half, place[1] + half


def _union(first: Extent, second: Extent) -> Extent:
    """A square about both."""
    low, high = np.minimum(first[::2], second[::2]), np.maximum(first[1::2], second[1::2])
    middle, half = (low + high) / 2, float((high - low).max()) / 2
    return _about((float(middle[0]), float(middle[1])), half)


def _marker(view: Viewport, mean: tuple[float, float]) -> QRectF:
    """Where the code of what is encoded is drawn."""
    px, py = view.to_screen(*mean)
    return QRectF(px - APART, py - APART, 2 * APART, 2 * APART)


def _beside(view: Viewport, place: tuple[float, float], taken: Sequence[QRectF] = ()) -> QRectF:
    """Beside a code, towards the middle of the plane unless something is there."""
    px, py = view.to_screen(*place)
    left, right = px - APART - SIDE, px + APART
    above, below = py - APART - SIDE, py + APART
    across = (right, left) if px < view.width / 2 else (left, right)
    down = (below, above) if py < view.height / 2 else (above, below)
    rects = [QRectF(round(x), round(y), SIDE, SIDE) for x in across for y in down]
    within = QRectF(0, 0, view.width, view.height)
    free = [rect for rect in rects if within.contains(rect) and not any(rect.intersects(each) for each in taken)]
    return free[0] if free else rects[0]


def draw_lens(
    painter: QPainter, view: Viewport, lens: Lens, q: tuple[tuple[float, float], np.ndarray], codes: np.ndarray,
    truth: tuple[QImage, Extent] | None, tokens: Tokens,
) -> None:  # fmt: skip
    """The neighbourhood of a code, enlarged: codes (N, 2) of test images, the true posterior, ellipses of one and two deviations of q."""
    rect, (x0, x1, y0, y1), at = lens.rect, lens.extent, lens.point_of
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    centre = QPointF(*view.to_screen(*lens.at))
    nearest = QPointF(min(max(centre.x(), rect.left()), rect.right()), min(max(centre.y(), rect.top()), rect.bottom()))
    for width, colour in ((3.5, QColor(tokens.card)), (1.2, QColor(tokens.accent))):
        painter.setPen(QPen(colour, width))
        painter.drawLine(centre, nearest)
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
    (mean, covariance), ink = q, QColor(tokens.text)
    for sigmas, width in ((1, 1.8), (2, 1.2)):
        painter.setPen(QPen(ink, width))
        painter.drawPolygon(QPolygonF([at(x, y) for x, y in ellipse(np.array(mean), covariance, sigmas).outline().tolist()]))
    for way in (QPointF(3, 0), QPointF(0, 3)):
        painter.drawLine(at(*mean) - way, at(*mean) + way)
    painter.setClipping(False)
    painter.setPen(QPen(QColor(tokens.accent), 1.5))
    painter.drawPath(plate)
    times = SIDE / (x1 - x0) / view.scale
    draw_words(painter, QPointF(rect.left() + 7, rect.bottom() - 7), f"× {times:.3g}", ink, QColor(tokens.card), 10)
    painter.restore()
