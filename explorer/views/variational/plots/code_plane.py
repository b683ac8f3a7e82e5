"""Codes of the same test images under one network: points, ellipses, the prior, and a code that is dragged."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from explorer.engine.variational.ladder_messages import RungShown
from explorer.latent.plane import prior_radius
from explorer.latent.posterior import ellipse
from explorer.views.variational.plots.square_plane import Extent, SquarePlane
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.plot import classes_of
from explorer.widgets.plots.table import Column

HOLD = 14.0
ELLIPSES = 150
"""Of so many codes two standard deviations are drawn."""
LEAST_RADIUS = 1.5
"""Pixels, below which an ellipse is a point."""
CLASSES = 10
MASSES = (0.5, 0.99)
PRIOR_EXTENT = (-3.6, 3.6, -3.6, 3.6)
"""Seen where every network is seen alike."""
TIP = tr(
    "Codes of the same 2,000 test images, in the colours of their classes; ellipses are two standard deviations of q(z|x).\n"
    "Dashed circles hold 50 and 99 % of the prior N(0, I), squares are the samples of it at the right. Click or drag: the\n"
    "probe is decoded there. Double-click a code: its image is looked at."
)


class CodePlane(SquarePlane):
    """Draws; reports where the probe is dragged, and which code is clicked.

    Signals
    -------
    probed(float, float)
    released()
    chosen(int)
        The test image whose code was double-clicked.
    """

    probed = Signal(float, float)
    released = Signal()
    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, tr("Codes of the test images"), TIP, parent)
        self._shown: RungShown | None = None
        self._probe = (0.0, 0.0)
        self._same_scale = False
        self._held = False
        theme.changed.connect(self.update)

    # --- what is shown

    def show_rung(self, shown: RungShown) -> None:
        """Another network, or the same."""
        self._shown = shown
        self.update()

    def set_probe(self, x: float, y: float) -> None:
        """Put the probe; does not emit."""
        self._probe = (x, y)
        self.setAccessibleDescription(f"({x:.2f}, {y:.2f})")
        self.update()

    def set_same_scale(self, same: bool) -> None:
        """Whether all networks are seen where the prior is, whatever their codes."""
        self._same_scale = same
        self.update()

    @property
    def shown(self) -> RungShown | None:
        """The network that is shown."""
        return self._shown

    @property
    def extent(self) -> Extent:
        """Part of the plane that is seen."""
        return PRIOR_EXTENT if self._same_scale or self._shown is None else self._shown.extent

    def columns(self) -> Sequence[Column]:
        """The two numbers of each code, those of its standard deviation, and its class; nothing where a network has none."""
        shown = self._shown
        if shown is None or not len(shown.codes):
            return ()
        found = [Column("z_1", shown.codes[:, 0]), Column("z_2", shown.codes[:, 1])]
        if len(shown.sigmas) == len(shown.codes):
            found += [Column("σ_1", shown.sigmas[:, 0]), Column("σ_2", shown.sigmas[:, 1])]
        return [*found, Column(tr("class"), shown.labels)] if len(shown.labels) else found

    def classes(self) -> Sequence[int]:
        """Those of the images."""
        return classes_of(self._shown.labels) if self.columns() and self._shown is not None else ()

    # --- geometry

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(300, 300)

    def minimumSizeHint(self) -> QSize:
        """May be small."""
        return QSize(240, 220)

    # --- drawing

    def draw(self, painter: QPainter) -> None:
        """Axes, prior, codes, ellipses, samples, image, probe."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.draw_axes(painter)
        painter.setClipRect(self.area)
        if self._shown is not None:
            self._draw_codes(painter, self._shown)
            self._draw_prior(painter)
            self._draw_samples(painter, self._shown)
            self._draw_image(painter, self._shown)
        self._draw_probe(painter)

    def _draw_codes(self, painter: QPainter, shown: RungShown) -> None:
        colours = [QColor(colour) for colour in self._theme.class_colours] + [QColor(self._theme.tokens.muted)]
        labels = shown.labels if len(shown.labels) else np.full(len(shown.codes), CLASSES)
        points = [self.point_of(x, y) for x, y in shown.codes.tolist()]
        for label in np.unique(labels).tolist():
            colour = QColor(colours[min(label, CLASSES)])
            colour.setAlpha(170)
            painter.setPen(QPen(colour, 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPoints(QPolygonF([points[index] for index in np.flatnonzero(labels == label).tolist()]))
        for index in range(min(ELLIPSES, len(shown.sigmas))):
            colour = QColor(colours[min(int(labels[index]), CLASSES)])
            self._draw_ellipse(painter, shown.codes[index], shown.sigmas[index], QPen(colour, 1.1))

    def _draw_ellipse(self, painter: QPainter, mean: np.ndarray, sigma: np.ndarray, pen: QPen) -> None:
        x0, x1, _, _ = self.extent
        if 2 * float(np.max(sigma)) / (x1 - x0) * self.area.width() < LEAST_RADIUS:
            return
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        outline = ellipse(mean, np.asarray(sigma, np.float64) ** 2, 2.0).outline(48)
        painter.drawPolygon(QPolygonF([self.point_of(x, y) for x, y in outline.tolist()]))

    def _draw_prior(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        pen = QPen(QColor(tokens.text), 1)
        pen.setDashPattern([4, 4])
        centre = self.point_of(0.0, 0.0)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for mass in MASSES:
            radius = prior_radius(mass)
            edge = self.point_of(radius, 0.0).x() - centre.x()
            painter.setPen(pen)
            painter.drawEllipse(centre, edge, edge)

    def _draw_samples(self, painter: QPainter, shown: RungShown) -> None:
        """Where the samples of the prior are: filled where what they decode to is read as a digit."""
        tokens = self._theme.tokens
        for index, (x, y) in enumerate(shown.prior.tolist()):
            at = self.point_of(x, y)
            read = index < len(shown.confidences) and shown.confidences[index] > 0.9
            painter.setPen(QPen(QColor(tokens.card), 1))
            square = QRectF(at.x() - 3, at.y() - 3, 6, 6)
            painter.setBrush(QColor(tokens.text) if read else Qt.BrushStyle.NoBrush)
            painter.drawRect(square)
            painter.setPen(QPen(QColor(tokens.text), 1))
            painter.drawRect(square)

    def _draw_image(self, painter: QPainter, shown: RungShown) -> None:
        """The code of the image that is looked at, with its ellipse: the cross lies outside of it."""
        tokens = self._theme.tokens
        mean, sigma = np.array(shown.code), np.array(shown.sigma)
        at = self.point_of(*shown.code)
        x0, x1, _, _ = self.extent
        scale = self.area.width() / (x1 - x0)
        for width, colour in ((4.5, QColor(tokens.card)), (2.0, QColor(tokens.text))):
            pen = QPen(colour, width)
            self._draw_ellipse(painter, mean, sigma, pen)
            painter.setPen(pen)
            for way in (QPointF(1, 0), QPointF(0, 1), QPointF(-1, 0), QPointF(0, -1)):
                inner = 2 * scale * float(sigma[0] if way.x() else sigma[1]) + 4
                painter.drawLine(at + way * inner, at + way * (inner + 8))

    def _draw_probe(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        at = self.point_of(*self._probe)
        area = self.area
        at = QPointF(min(max(at.x(), area.left() + 7), area.right() - 7), min(max(at.y(), area.top() + 7), area.bottom() - 7))
        painter.setBrush(QColor(tokens.accent))
        painter.setPen(QPen(QColor(tokens.card), 2))
        painter.drawEllipse(at, 7, 7)
        painter.setPen(QPen(QColor(tokens.accent), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(at, 10, 10)

    # --- gestures

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the probe, or put it there."""
        if event.button() == Qt.MouseButton.LeftButton and self.area.contains(event.position()):
            self._held = True
            self._move(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it."""
        if self._held:
            self._move(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._held:
            self._held = False
            self.released.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Look at the image whose code is there."""
        if event.button() != Qt.MouseButton.LeftButton or self._shown is None or not len(self._shown.codes):
            return
        places = [self.point_of(x, y) - event.position() for x, y in self._shown.codes.tolist()]
        apart = [math.hypot(place.x(), place.y()) for place in places]
        nearest = int(np.argmin(apart))
        if apart[nearest] <= HOLD:
            self.chosen.emit(nearest)

    def _move(self, point: QPointF) -> None:
        area = self.area
        within = QPointF(min(max(point.x(), area.left()), area.right()), min(max(point.y(), area.top()), area.bottom()))
        self.probed.emit(*self.place_of(within))
