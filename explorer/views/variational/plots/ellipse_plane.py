"""A density over a plane as brightness, and Gaussians over it as ellipses that can be dragged, widened and turned."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from explorer.latent.posterior import ellipse
from explorer.views.variational.plots.square_plane import Extent, SquarePlane
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.brightness import brightness
from explorer.widgets.plots.table import Cell, Column

HOLD = 12.0
SIGMAS = (1.0, 2.0)
Part = Literal["centre", "long", "short"]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A Gaussian over the plane.

    Attributes
    ----------
    name : str
        In the legend; empty for none.
    mean : ndarray, shape (2,)
    covariance : ndarray, shape (2, 2)
    colour : str
    draggable : bool
    dashed : bool
    """

    name: str
    mean: np.ndarray
    covariance: np.ndarray
    colour: str
    draggable: bool = False
    dashed: bool = False


def covariance_of(sd: Sequence[float], correlation: float) -> np.ndarray:
    """Of two standard deviations and their correlation."""
    between = correlation * sd[0] * sd[1]
    return np.array([[sd[0] ** 2, between], [between, sd[1] ** 2]])


class EllipsePlane(SquarePlane):
    """Draws; reports what is dragged.

    Signals
    -------
    moved(int, float, float)
        A shape, with the mean that is wanted.
    reshaped(int, object)
        A shape, with the covariance (2, 2) that is wanted.
    selected(int)
    added(float, float)
        The person double-clicked where nothing is.
    removed(int)
        The person double-clicked the middle of a shape.
    released()
    """

    moved = Signal(int, float, float)
    reshaped = Signal(int, object)
    selected = Signal(int)
    added = Signal(float, float)
    removed = Signal(int)
    released = Signal()

    def __init__(self, theme: Theme, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, tip, parent)
        self._density = np.zeros((0, 0), np.float32)
        self._image: tuple[np.ndarray, str, QImage] | None = None
        self._extent = (-5.0, 5.0, -5.0, 5.0)
        self._shapes: tuple[Shape, ...] = ()
        self._track = np.zeros((0, 2))
        self._selected = 0
        self._held: tuple[int, Part] | None = None
        theme.changed.connect(self.update)

    # --- what is shown

    def set_density(self, density: np.ndarray, extent: tuple[float, float, float, float]) -> None:
        """Show a density (rows upwards in y, columns in x) over its largest value; an empty one leaves the plane blank."""
        self._density = density
        self.set_extent(extent)

    def set_extent(self, extent: tuple[float, float, float, float]) -> None:
        """Part of the plane that is seen: (x0, x1, y0, y1)."""
        self._extent = extent
        self.update()

    def set_shapes(self, shapes: Sequence[Shape], selected: int = 0) -> None:
        """Put the ellipses, one of them selected; does not emit."""
        self._shapes, self._selected = tuple(shapes), selected
        self.update()

    def set_track(self, track: np.ndarray) -> None:
        """A path (N, 2) that a mean went."""
        self._track = track
        self.update()

    @property
    def extent(self) -> Extent:
        """Part of the plane that is seen."""
        return self._extent

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """Ellipses shown."""
        return self._shapes

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(420, 420)

    def minimumSizeHint(self) -> QSize:
        """May be small."""
        return QSize(220, 200)

    def tip_of(self, index: int, part: Part) -> QPointF:
        """Where a handle is: the middle, or the end of a half axis at one standard deviation."""
        shape = self._shapes[index]
        if part == "centre":
            return self.point_of(*shape.mean.tolist())
        axis = _axes(shape.covariance)[0 if part == "long" else 1]
        return self.point_of(*(shape.mean + axis).tolist())

    def _brightness(self) -> QImage:
        """The density, from the card's colour to the accent; kept until either is another."""
        density, tokens = self._density, self._theme.tokens
        if self._image is None or self._image[0] is not density or self._image[1] != tokens.name:
            self._image = (density, tokens.name, brightness(density[::-1], tokens, 0.8))
        return self._image[2]

    def columns(self) -> Sequence[Column]:
        """Each Gaussian by its mean and covariance, the path of a mean, the density over its largest value on its grid."""
        rows: list[tuple[Cell, ...]] = []
        for shape in self._shapes:
            (xx, xy), (_, yy) = shape.covariance.tolist()
            rows.append((*shape.mean.tolist(), shape.name or tr("Gaussian"), xx, xy, yy))
        rows += [(x, y, tr("path"), step, "", "") for step, (x, y) in enumerate(self._track.tolist())]
        if self._density.size:
            x0, x1, y0, y1 = self._extent
            xs, ys = np.linspace(x0, x1, self._density.shape[1]), np.linspace(y0, y1, self._density.shape[0])
            for y, line in zip(ys.tolist(), self._density.tolist(), strict=True):
                rows += [(x, y, tr("density"), value, "", "") for x, value in zip(xs.tolist(), line, strict=True)]
        heads = ("x", "y", tr("what"), tr("variance of x, step or density"), tr("covariance"), tr("variance of y"))
        return [Column(head, values) for head, values in zip(heads, zip(*rows, strict=True), strict=True)] if rows else ()

    # --- drawing

    def draw(self, painter: QPainter) -> None:
        """Density, axes, path, ellipses, legend."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area, tokens = self.area, self._theme.tokens
        if self._density.size:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(area, self._brightness())
        self.draw_axes(painter)
        painter.setClipRect(area)
        if len(self._track) > 1:
            painter.setPen(QPen(QColor(tokens.text), 1, Qt.PenStyle.DotLine))
            painter.drawPolyline(QPolygonF([self.point_of(*place) for place in self._track.tolist()]))
        for index in range(len(self._shapes)):
            self._draw_shape(painter, index)
        painter.setClipping(False)
        self._draw_legend(painter)

    def _draw_shape(self, painter: QPainter, index: int) -> None:
        shape = self._shapes[index]
        style = Qt.PenStyle.DashLine if shape.dashed else Qt.PenStyle.SolidLine
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for sigmas in SIGMAS:
            soft = QColor(shape.colour)
            soft.setAlpha(255 if sigmas == 1 else 140)
            painter.setPen(QPen(soft, 2 if sigmas == 1 else 1.2, style))
            outline = ellipse(shape.mean, shape.covariance, sigmas).outline()
            painter.drawPolygon(QPolygonF([self.point_of(*place) for place in outline.tolist()]))
        chosen = index == self._selected and shape.draggable
        painter.setPen(QPen(QColor(shape.colour), 2))
        painter.setBrush(QColor(shape.colour if chosen else self._theme.tokens.card))
        painter.drawEllipse(self.tip_of(index, "centre"), 5, 5)
        if chosen:
            painter.setBrush(QColor(self._theme.tokens.card))
            for part in ("long", "short"):
                at = self.tip_of(index, part)
                painter.drawRect(QRectF(at.x() - 4, at.y() - 4, 8, 8))

    def _draw_legend(self, painter: QPainter) -> None:
        tokens, area = self._theme.tokens, self.area
        painter.setFont(text_font(11))
        named = [shape for shape in self._shapes if shape.name]
        if not named:
            return
        metrics: QFontMetrics = painter.fontMetrics()
        width = max(metrics.horizontalAdvance(shape.name) for shape in named) + 38
        ground = QColor(tokens.card)
        ground.setAlpha(190)
        painter.fillRect(QRectF(area.right() - width - 4, area.top() + 4, width, 18 * len(named) + 4), ground)
        for row, shape in enumerate(named):
            y = area.top() + 15 + 18 * row
            x = area.right() - width + 2
            painter.setPen(QPen(QColor(shape.colour), 2, Qt.PenStyle.DashLine if shape.dashed else Qt.PenStyle.SolidLine))
            painter.drawLine(QPointF(x, y), QPointF(x + 18, y))
            painter.setPen(QColor(tokens.text))
            painter.drawText(QRectF(x + 24, y - 9, width, 18), Qt.AlignmentFlag.AlignVCenter, shape.name)

    # --- gestures

    def _near(self, point: QPointF) -> tuple[int, Part] | None:
        found: list[tuple[float, int, Part]] = []
        for index, shape in enumerate(self._shapes):
            if not shape.draggable:
                continue
            parts: tuple[Part, ...] = ("centre", "long", "short") if index == self._selected else ("centre",)
            found += [((self.tip_of(index, part) - point).manhattanLength(), index, part) for part in parts]
        near = min(found, default=(HOLD + 1, -1, "centre"))
        return (near[1], near[2]) if near[0] <= HOLD else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take a handle."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = self._near(event.position())
            if self._held is not None:
                self.selected.emit(self._held[0])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what is held."""
        if self._held is None:
            return
        index, part = self._held
        place = np.array(self.place_of(event.position()))
        if part == "centre":
            self.moved.emit(index, *place.tolist())
        else:
            self.reshaped.emit(index, _with_axis(self._shapes[index], part, place))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._held is not None:
            self._held = None
            self.released.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """One more, or less."""
        if event.button() != Qt.MouseButton.LeftButton or not self.area.contains(event.position()):
            return
        near, self._held = self._near(event.position()), None
        if near is None:
            self.added.emit(*self.place_of(event.position()))
        elif near[1] == "centre":
            self.removed.emit(near[0])


def _axes(covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Half axes at one standard deviation, the longer first, each pointing right or up."""
    values, vectors = np.linalg.eigh(covariance)
    found = []
    for k in (1, 0):
        axis = vectors[:, k] * math.sqrt(max(float(values[k]), 1e-12))
        found.append(-axis if axis[0] + 1e-3 * axis[1] < 0 else axis)
    return found[0], found[1]


def _with_axis(shape: Shape, part: Part, place: np.ndarray) -> np.ndarray:
    """Covariance whose half axis ends at a place, the other as long as it was, at a right angle."""
    long, short = _axes(shape.covariance)
    other = float(np.linalg.norm(short if part == "long" else long))
    axis = place - shape.mean
    length = max(float(np.linalg.norm(axis)), 1e-6)
    across = np.array([-axis[1], axis[0]]) / length * other
    return np.outer(axis, axis) + np.outer(across, across)
