"""What lies over a plane's codes: fields, random samples, paths, nodes, the hovered image, the scale bar."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from explorer.views.latent.plane.paint import THUMBNAIL, TWO_DEVIATIONS, draw_words, written_width
from explorer.views.latent.plane.picture_stack import Placed
from explorer.views.latent.plane.viewport import Viewport, tick_step
from explorer.widgets.look.language import tr
from explorer.widgets.look.sharp import draw_sharp
from explorer.widgets.look.theme import Tokens

FIELD_OPACITY = 0.72
PATH_COLOURS = {"line": "#E69F00", "spherical": "#56B4E9", "geodesic": "#CC79A7"}
"""Okabe and Ito's, as the lanes'."""
SCALE_BAR = 110.0
"""Greatest length of the scale bar, in pixels."""


def target_of(view: Viewport, placed: Placed) -> QRectF:
    """Where a picture lies, in pixels."""
    left, top = view.to_screen(placed.extent[0], placed.extent[3])
    right, bottom = view.to_screen(placed.extent[1], placed.extent[2])
    return QRectF(QPointF(left, top), QPointF(right, bottom))


def draw_field(painter: QPainter, view: Viewport, parts: Sequence[Placed], over_picture: bool) -> None:
    """Fields, smooth between their values, so that what is under them is seen."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
    painter.setOpacity(0.55 if over_picture else FIELD_OPACITY)
    for placed in parts[-1:]:
        painter.drawImage(target_of(view, placed), placed.image)
    painter.setOpacity(1.0)


def truth_picture(density: np.ndarray, tokens: Tokens) -> QImage:
    """p(z|x) over its largest value, (M, M), rows upwards in y: the accent colour, that shows through where there is little of it.

    A line goes round where it is over exp(-2) of that, as the ellipse of two deviations does of a Gaussian: codes hide colours.
    """
    accent, ink = QColor(tokens.accent), QColor(tokens.text)
    inside = density[::-1] > TWO_DEVIATIONS
    core = inside.copy()
    for axis in (0, 1):
        for shift in (1, -1):
            core &= np.roll(inside, shift, axis)
    line = inside & ~core
    pixels = np.zeros((*density.shape, 4), np.uint8)
    pixels[..., :3] = accent.red(), accent.green(), accent.blue()
    pixels[..., 3] = np.rint(230 * np.sqrt(np.clip(density[::-1], 0, 1)))
    pixels[line] = ink.red(), ink.green(), ink.blue(), 255
    height, width = density.shape
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()


def draw_truth(painter: QPainter, view: Viewport, image: QImage, extent: tuple[float, float, float, float]) -> None:
    """The true posterior over its part of the plane."""
    left, top = view.to_screen(extent[0], extent[3])
    right, bottom = view.to_screen(extent[1], extent[2])
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
    painter.drawImage(QRectF(QPointF(left, top), QPointF(right, bottom)), image)


def draw_samples(painter: QPainter, view: Viewport, places: np.ndarray, faint: np.ndarray, chosen: int, tokens: Tokens) -> None:
    """Small diamonds at places (N, 2); those that are `faint` (N,) bool are hollow; the chosen one is larger."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ink, halo = QColor("#ffffff"), QColor(0, 0, 0, 190)
    for index, (x, y) in enumerate(places.tolist()):
        at, size = QPointF(*view.to_screen(x, y)), 7.0 if index == chosen else 4.0
        shape = QPolygonF([at + QPointF(0, -size), at + QPointF(size, 0), at + QPointF(0, size), at + QPointF(-size, 0)])
        painter.setPen(QPen(halo, 3.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(shape)
        painter.setPen(QPen(QColor(tokens.accent) if index == chosen else ink, 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush if faint[index] else QColor(tokens.accent) if index == chosen else ink)
        painter.drawPolygon(shape)


def draw_path(painter: QPainter, polygon: QPolygonF, colour: str) -> None:
    """A path between two points."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for width, ink in ((5.0, QColor(0, 0, 0, 110)), (2.6, QColor(colour))):
        painter.setPen(QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.drawPolyline(polygon)


def draw_nodes(painter: QPainter, view: Viewport, nodes: Sequence[tuple[float, float]], tokens: Tokens) -> None:
    """Squares to drag, at a stroke's nodes."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(tokens.accent), 1.5))
    painter.setBrush(QColor("#ffffff"))
    for x, y in nodes:
        px, py = view.to_screen(x, y)
        painter.drawRect(QRectF(px - 3.5, py - 3.5, 7, 7))


def draw_code(painter: QPainter, view: Viewport, place: tuple[float, float], image: QImage | None, words: str, frame: QColor) -> None:
    """A ring round a test image's code, with the image beside it."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    at = QPointF(*view.to_screen(*place))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for width, colour in ((4.0, QColor(0, 0, 0, 170)), (2.0, QColor("#ffffff"))):
        painter.setPen(QPen(colour, width))
        painter.drawEllipse(at, 6, 6)
    if image is None:
        return
    width = max(THUMBNAIL, 6 + written_width(painter, words))
    left = at.x() + 14 if at.x() + 18 + width <= view.width else at.x() - 14 - width
    top = min(max(at.y() + 12, 4), view.height - THUMBNAIL - 22)
    plate = QPainterPath()
    plate.addRoundedRect(QRectF(left, top, width, THUMBNAIL).adjusted(-2, -2, 2, 18 if words else 2), 5, 5)
    painter.fillPath(plate, QColor(0, 0, 0, 225))
    draw_sharp(painter, QRectF(left + (width - THUMBNAIL) / 2, top, THUMBNAIL, THUMBNAIL), image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(frame, 2))
    painter.drawPath(plate)
    draw_words(painter, QPointF(left + 3, top + THUMBNAIL + 12), words, QColor("#ffffff"), QColor(0, 0, 0, 0), 10)


def draw_mark(painter: QPainter, view: Viewport, place: tuple[float, float], name: str, ink: QColor, halo: QColor) -> None:
    """A cross in a ring where a picture's code is that the plane was laid through, with its name."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    at = QPointF(*view.to_screen(*place))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for width, colour in ((4.0, halo), (1.6, ink)):
        painter.setPen(QPen(colour, width))
        painter.drawEllipse(at, 7, 7)
        painter.drawLine(at - QPointF(3.5, 0), at + QPointF(3.5, 0))
        painter.drawLine(at - QPointF(0, 3.5), at + QPointF(0, 3.5))
    draw_words(painter, at + QPointF(11, 4), name[:24], ink, halo, 11)


def draw_plate(painter: QPainter, around: QRectF, tokens: Tokens, alpha: int) -> None:
    """The ground of what lies on the plane with words in it; alpha in 0..255."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    plate = QPainterPath()
    plate.addRoundedRect(around.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    ground = QColor(tokens.panel)
    ground.setAlpha(alpha)
    painter.fillPath(plate, ground)
    painter.setPen(QPen(QColor(tokens.border), 1))
    painter.drawPath(plate)


def draw_scale_bar(painter: QPainter, view: Viewport, ink: QColor, halo: QColor) -> None:
    """A length at the lower right, with its number of latent units."""
    step = tick_step(view.scale)
    while step * view.scale > SCALE_BAR:
        step /= 2
    width = step * view.scale
    right, y = view.width - 14.0, view.height - 26.0
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for thickness, colour in ((4, halo), (2, ink)):
        painter.setPen(QPen(colour, thickness))
        painter.drawLine(QPointF(right - width, y), QPointF(right, y))
        for x in (right - width, right):
            painter.drawLine(QPointF(x, y - 4), QPointF(x, y + 1))
    text = tr("1 unit") if step == 1 else tr("{step:g} units", step=step)
    draw_words(painter, QPointF(right - width, y - 9), text, ink, halo, 10)
