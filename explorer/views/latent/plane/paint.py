"""Layers of the latent plane, drawn from the back to the front. Each function draws one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QPixmap, QPolygonF
from shiboken6 import wrapInstance

from explorer.latent.plane import PRIOR_MASSES, Extent, prior_radius
from explorer.latent.posterior import ellipse
from explorer.recipe import Point
from explorer.views.latent.plane.viewport import Viewport, tick_step, tick_text, ticks
from explorer.widgets.look.sharp import draw_sharp
from explorer.widgets.look.theme import CLASSES, NO_CLASS, Tokens, text_pixels
from explorer.widgets.plots.paper_painter import on_paper

MANIFOLD_SHADE = 0.42
"""How much of black lies over the manifold, so that what is drawn on it stands out."""

HALO = 3.0
"""Width of what surrounds words, in pixels."""

RING = 6.0
THUMBNAIL = 56.0
TWO_DEVIATIONS = math.exp(-2.0)
"""Of its largest value a Gaussian density has on the ellipse of two standard deviations."""
LEAST_APART = 12
"""Pixels between the words of two circles."""


def draw_grid_lines(painter: QPainter, view: Viewport, tokens: Tokens, over_picture: bool) -> None:
    """Lines at round coordinates with their numbers along the left and lower edge."""
    step = tick_step(view.scale)
    x_min, x_max, y_min, y_max = view.extent
    line = QColor(tokens.grid_line) if not over_picture else QColor(255, 255, 255, 18)
    axis = QColor(tokens.border) if not over_picture else QColor(255, 255, 255, 44)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for x in ticks(x_min, x_max, step):
        px = round(view.to_screen(x, 0)[0])
        painter.setPen(QPen(axis if abs(x) < step / 2 else line, 1))
        painter.drawLine(px, 0, px, view.height)
    for y in ticks(y_min, y_max, step):
        py = round(view.to_screen(0, y)[1])
        painter.setPen(QPen(axis if abs(y) < step / 2 else line, 1))
        painter.drawLine(0, py, view.width, py)


def draw_tick_numbers(painter: QPainter, view: Viewport, tokens: Tokens, over_picture: bool) -> None:
    """Numbers of the grid lines, small, at the left and lower edge."""
    step = tick_step(view.scale)
    x_min, x_max, y_min, y_max = view.extent
    colour, halo = _quiet_ink(tokens, over_picture)
    for x in ticks(x_min, x_max, step):
        px = view.to_screen(x, 0)[0]
        if 28 < px < view.width - 12:
            draw_words(painter, QPointF(px + 4, view.height - 6), tick_text(x, step), colour, halo)
    for y in ticks(y_min, y_max, step):
        py = view.to_screen(0, y)[1]
        if 12 < py < view.height - 24:
            draw_words(painter, QPointF(6, py - 4), tick_text(y, step), colour, halo)


def _quiet_ink(tokens: Tokens, over_picture: bool) -> tuple[QColor, QColor]:
    """Colour of small words on the plane, and of what surrounds them."""
    if over_picture:
        return QColor(255, 255, 255, 215), QColor(0, 0, 0, 190)
    halo = QColor(tokens.card)
    halo.setAlpha(210)
    return QColor(tokens.muted), halo


def strong_ink(tokens: Tokens, over_picture: bool) -> tuple[QColor, QColor]:
    """Colour of rings and names, and of what surrounds them: they can be seen on codes, pictures and the bare plane."""
    if over_picture or tokens.name == "dark":
        return QColor("white"), QColor(0, 0, 0, 180)
    return QColor(tokens.text), QColor(255, 255, 255, 220)


def draw_words(painter: QPainter, baseline: QPointF, text: str, colour: QColor, halo: QColor, pixels: int = 10) -> None:
    """Small words that can be read on anything."""
    if on_paper(painter):
        font, outline = QFont(painter.font().family()), QPainterPath()
        font.setPixelSize(text_pixels(pixels))
        outline.addText(baseline, font, text)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(halo, HALO, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.drawPath(outline)
        painter.setPen(colour)
        painter.setFont(font)
        painter.drawText(baseline, text)
        return
    device = painter.device()
    ratio = device.devicePixelRatioF() if device is not None else 1.0
    image, offset = _written(text, painter.font().family(), text_pixels(pixels), colour.rgba(), halo.rgba(), ratio)
    at = baseline + offset
    painter.drawImage(QPointF(round(at.x() * ratio) / ratio, round(at.y() * ratio) / ratio), image)


def written_width(painter: QPainter, text: str, pixels: int = 10) -> float:
    """Pixels that small words take."""
    font = QFont(painter.font().family())
    font.setPixelSize(text_pixels(pixels))
    return QFontMetricsF(font).horizontalAdvance(text)


@lru_cache(maxsize=512)
def _written(text: str, family: str, pixels: int, colour: int, halo: int, ratio: float) -> tuple[QImage, QPointF]:
    """Words as a picture, and where it begins from their baseline: the same numbers are drawn in every frame of a drag."""
    font, outline = QFont(family), QPainterPath()
    font.setPixelSize(pixels)
    outline.addText(QPointF(0, 0), font, text)
    area = outline.boundingRect().adjusted(-HALO, -HALO, HALO, HALO).toAlignedRect()
    image = QImage(
        math.ceil(max(1, area.width()) * ratio), math.ceil(max(1, area.height()) * ratio), QImage.Format.Format_ARGB32_Premultiplied
    )
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(-area.x(), -area.y())
    painter.setPen(QPen(QColor.fromRgba(halo), HALO, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.drawPath(outline)
    painter.fillPath(outline, QColor.fromRgba(colour))
    painter.end()
    return image, QPointF(area.topLeft())


def draw_manifold(painter: QPainter, view: Viewport, picture: QImage, extent: Extent) -> None:
    """Decodings of a grid of codes, darkened."""
    left, top = view.to_screen(extent[0], extent[3])
    right, bottom = view.to_screen(extent[1], extent[2])
    target = QRectF(QPointF(left, top), QPointF(right, bottom))
    draw_sharp(painter, target, picture)
    painter.fillRect(target, QColor(0, 0, 0, round(255 * MANIFOLD_SHADE)))


def dot_sprites(radius: float, alpha: float, ratio: float, classes: tuple[str, ...]) -> QPixmap:
    """One row of squares, just large enough, with a dot in each of the `classes`' colours; the last one for codes without a class."""
    colours = (*classes, NO_CLASS)
    cell = 2 * math.ceil((radius + 1) * ratio)
    pixmap = QPixmap(cell * len(colours), cell)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for index, colour in enumerate(colours):
        dot = QColor(colour)
        dot.setAlphaF(alpha)
        painter.setBrush(dot)
        painter.drawEllipse(QPointF((index + 0.5) * cell, cell / 2), radius * ratio, radius * ratio)
    painter.end()
    return pixmap


def draw_codes(
    painter: QPainter, view: Viewport, codes: np.ndarray, classes: np.ndarray, sprites: QPixmap, ratio: float,
    opacities: np.ndarray | None = None,
) -> int:  # fmt: skip
    """Dots at codes (N, 2) in the colours of their classes (N,), one call for all; how many lie in the view.

    `opacities` (N,) in [0, 1] fades what is far from the plane.
    """
    cell = sprites.height()
    x = view.width / 2 + (codes[:, 0] - view.x) * view.scale
    y = view.height / 2 - (codes[:, 1] - view.y) * view.scale
    inside = (x > -cell) & (x < view.width + cell) & (y > -cell) & (y < view.height + cell)
    count = int(inside.sum())
    if not count:
        return 0
    # QPainter.PixmapFragment is ten doubles: x, y, source left, top, width, height, scale x, y, rotation, opacity.
    fragments = np.zeros((count, 10))
    # On whole screen pixels the dots are copied as they are: twice as fast as sampling them in between.
    fragments[:, 0], fragments[:, 1] = np.rint(x[inside] * ratio) / ratio, np.rint(y[inside] * ratio) / ratio
    fragments[:, 2] = classes[inside] * cell
    fragments[:, 4:6] = cell
    fragments[:, 6:8] = 1 / ratio
    fragments[:, 9] = 1 if opacities is None else opacities[inside]
    first: Any = wrapInstance(fragments.ctypes.data, QPainter.PixmapFragment)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawPixmapFragments(first, count, sprites)
    return count


def draw_dots(
    painter: QPainter, view: Viewport, codes: np.ndarray, classes: np.ndarray, radius: float, alpha: float, colours: Sequence[str],
    opacities: np.ndarray | None = None,
) -> None:  # fmt: skip
    """The dots of `draw_codes` as circles, for what is sharper than the screen: slow, and seldom."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    x_min, x_max, y_min, y_max = view.extent
    inside = (codes[:, 0] > x_min) & (codes[:, 0] < x_max) & (codes[:, 1] > y_min) & (codes[:, 1] < y_max)
    for index in np.flatnonzero(inside).tolist():
        dot = QColor((*colours, NO_CLASS)[int(classes[index])])
        dot.setAlphaF(alpha * (1.0 if opacities is None else float(opacities[index])))
        painter.setBrush(dot)
        painter.drawEllipse(QPointF(*view.to_screen(*codes[index].tolist())), radius, radius)


def draw_prior(painter: QPainter, view: Viewport, centre_at: tuple[float, float], tokens: Tokens, over_picture: bool) -> None:
    """Circles that hold 50, 90 and 99 % of the prior N(0, I) on the plane, about the place nearest to the origin."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    colour = QColor(255, 255, 255, 150) if over_picture or tokens.name == "dark" else QColor(0, 0, 0, 120)
    words, halo = _quiet_ink(tokens, over_picture)
    centre = QPointF(*view.to_screen(*centre_at))
    said_at = centre.y() + LEAST_APART
    for mass in PRIOR_MASSES:
        radius = prior_radius(mass) * view.scale
        pen = QPen(colour, 1)
        pen.setDashPattern([4, 4])
        painter.setPen(pen)
        painter.drawEllipse(centre, radius, radius)
        at = QPointF(centre.x() + radius * np.cos(np.pi / 4) + 4, centre.y() - radius * np.sin(np.pi / 4) - 3)
        if said_at - at.y() >= LEAST_APART:  # from far, circles lie closer together than words can
            draw_words(painter, at, f"{100 * mass:.0f} %", words, halo)
            said_at = at.y()
        painter.setBrush(Qt.BrushStyle.NoBrush)


def draw_posterior(
    painter: QPainter, view: Viewport, mean: tuple[float, float], covariance: np.ndarray | None, words: str, ink: QColor, halo: QColor
) -> None:
    """Where an encoded picture lies: its code, the ellipses of one and two standard deviations of q(z|x), words beside it."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    centre = QPointF(*view.to_screen(*mean))
    outlines, outside = [], QPointF(0, 0)
    if covariance is not None:
        # the cross lies outside of the ellipses, which it would hide where they are small
        outside = QPointF(*(2 * view.scale * np.sqrt(np.maximum(np.diag(covariance), 0))).tolist())
        outlines = [stroke_polygon(view, ellipse(np.array(mean), covariance, sigmas).outline()) for sigmas in (1, 2)]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for width, colour in ((3.5, halo), (1.6, ink)):
        painter.setPen(QPen(colour, width))
        for outline in outlines:
            painter.drawPolygon(outline)
        for dx, dy in ((1, 0), (0, 1), (-1, 0), (0, -1)):
            inner = QPointF(dx * (outside.x() + 2), dy * (outside.y() + 2)) if covariance is not None else QPointF(0, 0)
            painter.drawLine(centre + inner, centre + inner + QPointF(7 * dx, 7 * dy))
    if words:
        draw_words(painter, centre + QPointF(12, -10), words, ink, halo, 11)


def stroke_polygon(view: Viewport, path: Sequence[tuple[float, float]] | np.ndarray) -> QPolygonF:
    """A path in pixels."""
    return QPolygonF([QPointF(*view.to_screen(x, y)) for x, y in path])


def draw_stroke(painter: QPainter, polygon: QPolygonF, beads: Sequence[QPointF], tokens: Tokens, selected: bool) -> None:
    """A stroke: a line with its frames as beads; one that is not selected is thinner and pale."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    accent = QColor(tokens.accent)
    if not selected:
        accent.setAlpha(170)
    for width, colour in ((6.5, QColor(0, 0, 0, 110)), (4.0, accent)) if selected else ((4.5, QColor(0, 0, 0, 90)), (2.5, accent)):
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.drawPolyline(polygon)
    painter.setPen(QPen(QColor(0, 0, 0, 160), 1))
    painter.setBrush(accent)
    for bead in beads:
        painter.drawEllipse(bead, 4.5, 4.5)


def draw_marker(painter: QPainter, at: QPointF) -> None:
    """Where the playing frame is on its stroke."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(0, 0, 0, 170), 1.5))
    painter.setBrush(QColor("white"))
    painter.drawEllipse(at, 7, 7)


def thumbnail_rect(view: Viewport, x: float, y: float) -> QRectF:
    """Where the decoding beside a point at (x, y) is: above and to the right, or wherever the view has room."""
    px, py = view.to_screen(x, y)
    gap = RING + 6
    left = px + gap if px + gap + THUMBNAIL <= view.width - 4 else px - gap - THUMBNAIL
    top = py - gap - THUMBNAIL + RING if py - gap - THUMBNAIL + RING >= 4 else py + gap - RING
    return QRectF(left, top, THUMBNAIL, THUMBNAIL)


def draw_point(painter: QPainter, view: Viewport, point: Point, tile: QImage | None, ink: QColor, halo: QColor, frame: QColor) -> None:
    """A ring at its code, its decoding beside it in a frame, its name."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    at = QPointF(*view.to_screen(point.x, point.y))
    if tile is not None:
        rect = thumbnail_rect(view, point.x, point.y)
        outline = QPainterPath()
        outline.addRoundedRect(rect.adjusted(-1.5, -1.5, 1.5, 1.5), 5, 5)
        painter.fillPath(outline, QColor(0, 0, 0))
        draw_sharp(painter, rect, tile)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(frame, 2))
        painter.drawPath(outline)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for width, colour in ((5.0, halo), (2.2, ink)):
        painter.setPen(QPen(colour, width))
        painter.drawEllipse(at, RING, RING)
    if point.locked:
        painter.setPen(QPen(halo, 1))
        painter.setBrush(ink)
        painter.drawRect(QRectF(at.x() - 2.5, at.y() - 2.5, 5, 5))
    draw_words(painter, QPointF(at.x() + RING + 6, at.y() + RING + 8), point.name, ink, halo, 11)


def classes_for_sprites(labels: np.ndarray | None, count: int) -> np.ndarray:
    """Index of each code's sprite."""
    if labels is None:
        return np.full(count, CLASSES)
    return np.where(labels < CLASSES, labels, CLASSES).astype(np.int64)


def tile_images(tiles: np.ndarray, names: Sequence[str]) -> Mapping[str, QImage]:
    """Pictures (N, H, W, 3) by name."""
    from explorer.widgets.look.sharp import to_image

    return {name: to_image(tile) for name, tile in zip(names, tiles, strict=True)}
