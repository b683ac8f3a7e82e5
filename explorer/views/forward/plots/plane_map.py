"""The two-dimensional chain as a map: q(x_t) as brightness, points that can be moved and drawn, arrows of a score, particles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPen, QPixmap, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.widgets.controls.wheel import WheelSteps
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.brightness import brightness
from explorer.widgets.plots.plot import Plot
from explorer.widgets.plots.polyline import polyline
from explorer.widgets.plots.table import Column

LIMIT = 3.0
LEFT, FOOT, EDGE = 26, 20, 6
HOLD = 9.0
HEAD = 3.5
TICKS = (-3, -2, -1, 0, 1, 2, 3)
TRAILS, JITTERY = 32, 6
"""So many particles leave a line behind them, and so many of those whose lines jitter: more would hide all else."""
DOT = 2.5
PEN_STEP = 0.1
"""Between two points of a stroke of the pen."""


@dataclass(frozen=True, slots=True, eq=False)
class Cloud:
    """Particles of one sampler: where they have been, down to the cursor.

    Attributes
    ----------
    name : str
        In the legend; empty where there is one cloud alone.
    states : ndarray, shape (k + 1, N, 2)
        From x_T to x_t.
    colour : str
    hollow : bool
    jittery : bool
        Each step has fresh noise.
    """

    name: str
    states: np.ndarray
    colour: str
    hollow: bool = False
    jittery: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class PlaneScene:
    """What a map shows; what is empty is not drawn.

    Attributes
    ----------
    density : ndarray, shape (R, R)
        In [0, 1], rows upwards.
    points : ndarray, shape (n, 2)
    places, arrows : ndarray, shape (G, 2)
    scale : float
        Length on the axes of an arrow of length 1.
    clouds : tuple of Cloud
    trails : bool
        Their ways are drawn.
    dots : bool
        They themselves are.
    colour : str
        Of the arrows.
    """

    density: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    points: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), np.float32))
    places: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), np.float32))
    arrows: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), np.float32))
    scale: float = 0.1
    clouds: tuple[Cloud, ...] = ()
    trails: bool = True
    dots: bool = True
    colour: str = "#808080"


class PlaneMap(Plot):
    """Draws a PlaneScene; reports what is drawn and dragged.

    Signals
    -------
    point_dragged(int, float, float)
        A point's index and where it is wanted.
    drawn(object)
        The pen went over these places, a tuple of (x, y).
    rubbed(float, float)
        The rubber is there: the pen with Shift.
    point_added(float, float)
        The person double-clicked there, without the pen.
    released()
        The drag or the stroke is over.
    wheel_stepped(int)
    """

    point_dragged = Signal(int, float, float)
    drawn = Signal(object)
    rubbed = Signal(float, float)
    point_added = Signal(float, float)
    released = Signal()
    wheel_stepped = Signal(int)

    def __init__(self, theme: Theme, name: str, tip: str, editable: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._editable = theme, editable
        self._scene, self._message, self._pen = PlaneScene(), "", False
        self._image: tuple[np.ndarray, str, QImage] | None = None
        self._held: int | None = None
        self._stroke = ""
        self._last: tuple[float, float] | None = None
        self._wheel = WheelSteps()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        theme.changed.connect(self.update)

    # --- what is shown ---

    def show_scene(self, scene: PlaneScene) -> None:
        """Draw another scene."""
        self._scene = scene
        self.update()

    @property
    def scene(self) -> PlaneScene:
        """What is shown."""
        return self._scene

    def say(self, message: str) -> None:
        """Words in the middle, in the place of what is not there yet; empty for none."""
        if message != self._message:
            self._message = message
            self.update()

    @property
    def message(self) -> str:
        """Words in the middle."""
        return self._message

    def set_pen(self, on: bool) -> None:
        """Whether the mouse draws points, or moves them."""
        self._pen = on and self._editable
        self.setCursor(Qt.CursorShape.CrossCursor if self._pen else Qt.CursorShape.ArrowCursor)

    def columns(self) -> Sequence[Column]:
        """Everything with a place: points, arrows with their two parts, every particle from x_T on, the density on its grid."""
        scene, rows = self._scene, list[tuple[float, float, str, int | str, float | str, float | str]]()
        rows += [(x, y, tr("point"), i, "", "") for i, (x, y) in enumerate(scene.points.tolist())]
        arrows = zip(scene.places.tolist(), scene.arrows.tolist(), strict=True) if len(scene.arrows) else ()
        rows += [(*place, tr("score"), i, *arrow) for i, (place, arrow) in enumerate(arrows)]
        for cloud in scene.clouds:
            for step, states in enumerate(cloud.states.tolist()):
                rows += [(x, y, cloud.name or tr("particle"), i, step, "") for i, (x, y) in enumerate(states)]
        side = len(scene.density)
        axis = np.linspace(-LIMIT, LIMIT, side).tolist() if side else []
        rows += [
            (x, y, tr("density"), "", value, "")
            for y, line in zip(axis, scene.density.tolist(), strict=True) for x, value in zip(axis, line, strict=True)
        ]  # fmt: skip
        heads = ("x", "y", tr("what"), tr("number"), tr("value, step or arrow's x"), tr("arrow's y"))
        return [Column(head, values) for head, values in zip(heads, zip(*rows, strict=True), strict=True)] if rows else ()

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(400, 400)

    def minimumSizeHint(self) -> QSize:
        """May be small."""
        return QSize(180, 180)

    @property
    def area(self) -> QRectF:
        """The square of the axes."""
        side = max(10.0, min(self.width() - LEFT - EDGE, self.height() - FOOT - EDGE))
        return QRectF(
            round(LEFT + (self.width() - LEFT - EDGE - side) / 2), EDGE + round((self.height() - FOOT - EDGE - side) / 2), side, side
        )

    def point_of(self, x: float, y: float) -> QPointF:
        """Where a place of the plane is."""
        area = self.area
        return QPointF(area.center().x() + x / (2 * LIMIT) * area.width(), area.center().y() - y / (2 * LIMIT) * area.height())

    def place_of(self, point: QPointF) -> tuple[float, float]:
        """Which place of the plane is there, within the axes."""
        area = self.area
        x, y = ((point.x() - area.center().x()) / area.width(), (area.center().y() - point.y()) / area.height())
        return min(max(2 * LIMIT * x, -LIMIT), LIMIT), min(max(2 * LIMIT * y, -LIMIT), LIMIT)

    def picture(self, scale: float = 2.0) -> QImage:
        """The map as a picture, larger than on the screen."""
        found = QPixmap(round(self.width() * scale), round(self.height() * scale))
        found.setDevicePixelRatio(scale)
        found.fill(QColor(self._theme.tokens.card))
        self.render(found)
        return found.toImage()

    # --- drawing ---

    def draw(self, painter: QPainter) -> None:
        """Every layer, from the back."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scene, area, tokens = self._scene, self.area, self._theme.tokens
        if scene.density.size:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(area, self._brightness())
        self._draw_axes(painter)
        painter.setClipRect(area)
        if len(scene.points):
            ink = QColor(tokens.text)
            ink.setAlpha(210 if self._pen else 120)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            radius = 2.4 if self._pen else 1.5
            for x, y in self._pixels(scene.points).tolist():
                painter.drawEllipse(QPointF(x, y), radius, radius)
        self._draw_arrows(painter)
        for cloud in scene.clouds:
            self._draw_cloud(painter, cloud)
        painter.setClipping(False)
        self._draw_legend(painter)
        if self._message:
            self._draw_message(painter, area)

    def _draw_message(self, painter: QPainter, area: QRectF) -> None:
        """On a ground of its own: there may be points under it."""
        tokens, inside = self._theme.tokens, area.adjusted(24, 24, -24, -24)
        how = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.setFont(text_font(12))
        painter.setPen(QColor(tokens.border))
        painter.setBrush(QColor(tokens.card))
        painter.drawRoundedRect(painter.boundingRect(inside, how, self._message).adjusted(-10, -6, 10, 6), 6, 6)
        painter.setPen(QColor(tokens.muted))
        painter.drawText(inside, how, self._message)

    def _brightness(self) -> QImage:
        """The density, from the card's colour to the accent; kept until either is another."""
        density, tokens = self._scene.density, self._theme.tokens
        if self._image is None or self._image[0] is not density or self._image[1] != tokens.name:
            self._image = (density, tokens.name, brightness(density[::-1], tokens, 0.6))
        return self._image[2]

    def _pixels(self, places: np.ndarray) -> np.ndarray:
        """Places (…, 2) of the plane to pixels."""
        area = self.area
        centre, side = np.array([area.center().x(), area.center().y()]), area.width()
        found: np.ndarray = centre + places.astype(np.float64) * np.array([1.0, -1.0]) * (side / (2 * LIMIT))
        return found

    def _draw_axes(self, painter: QPainter) -> None:
        tokens, area = self._theme.tokens, self.area
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)
        painter.setFont(text_font(10))
        painter.setPen(QColor(tokens.muted))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for tick in TICKS[1:-1]:
            at, said = self.point_of(tick, tick), str(tick).replace("-", "−")
            painter.drawText(QRectF(at.x() - 20, area.bottom() + 2, 40, 16), Qt.AlignmentFlag.AlignCenter, said)
            painter.drawText(QRectF(area.left() - 34, at.y() - 8, 28, 16), right, said)

    def _draw_arrows(self, painter: QPainter) -> None:
        scene = self._scene
        if not len(scene.arrows):
            return
        begin, way = self._pixels(scene.places), scene.arrows.astype(np.float64) * np.array([1.0, -1.0])
        way = way * (scene.scale * self.area.width() / (2 * LIMIT))
        length = np.linalg.norm(way, axis=1, keepdims=True)
        end, unit = begin + way, way / np.maximum(length, 1e-9)
        across, head = unit[:, ::-1] * np.array([-1.0, 1.0]), np.minimum(HEAD, 0.5 * length)
        lines = []
        for start, tip in ((begin, end), (end, end - head * (unit + 0.6 * across)), (end, end - head * (unit - 0.6 * across))):
            lines += [QLineF(*row) for row in np.concatenate([start, tip], 1)[length[:, 0] > 0.7].tolist()]
        ink = QColor(scene.colour)
        ink.setAlpha(200)
        painter.setPen(QPen(ink, 1.1))
        painter.drawLines(lines)

    def _draw_cloud(self, painter: QPainter, cloud: Cloud) -> None:
        if not len(cloud.states):
            return
        colour = QColor(cloud.colour)
        if self._scene.trails and len(cloud.states) > 1:
            soft = QColor(colour)
            soft.setAlpha(110)
            painter.setPen(QPen(soft, 1, Qt.PenStyle.DashLine if cloud.hollow else Qt.PenStyle.SolidLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ways = self._pixels(cloud.states[:, : JITTERY if cloud.jittery else TRAILS])
            for i in range(ways.shape[1]):
                painter.drawPolyline(polyline(ways[:, i, 0], ways[:, i, 1]))
        if self._scene.dots:
            card = QColor(self._theme.tokens.card)
            painter.setPen(QPen(colour, 1.2) if cloud.hollow else QPen(card, 0.6))
            painter.setBrush(Qt.BrushStyle.NoBrush if cloud.hollow else colour)
            for x, y in self._pixels(cloud.states[-1]).tolist():
                painter.drawEllipse(QPointF(x, y), DOT + 0.4, DOT + 0.4)

    def _draw_legend(self, painter: QPainter) -> None:
        named = [cloud for cloud in self._scene.clouds if cloud.name]
        if not named:
            return
        tokens, area = self._theme.tokens, self.area
        painter.setFont(text_font(11))
        width = max(painter.fontMetrics().horizontalAdvance(cloud.name) for cloud in named) + 26
        ground = QColor(tokens.card)
        ground.setAlpha(200)
        plate = QRectF(area.right() - width - 6, area.top() + 6, width, 18 * len(named) + 4)
        painter.fillRect(plate, ground)
        for row, cloud in enumerate(named):
            y = plate.top() + 11 + 18 * row
            painter.setPen(QPen(QColor(cloud.colour), 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush if cloud.hollow else QColor(cloud.colour))
            painter.drawEllipse(QPointF(plate.left() + 10, y), 3, 3)
            painter.setPen(QColor(tokens.text))
            painter.drawText(QRectF(plate.left() + 20, y - 9, width, 18), Qt.AlignmentFlag.AlignVCenter, cloud.name)

    # --- gestures ---

    def _point_at(self, point: QPointF) -> int | None:
        points = self._scene.points
        if not len(points):
            return None
        apart = np.abs(self._pixels(points) - np.array([point.x(), point.y()])).sum(1)
        nearest = int(apart.argmin())
        return nearest if apart[nearest] <= HOLD else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take a point, or begin a stroke."""
        if event.button() != Qt.MouseButton.LeftButton or not self._editable or not self.area.contains(event.position()):
            return
        if self._pen:
            self._stroke = "rub" if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else "draw"
            self._last = None
            self._go_on(event.position())
        else:
            self._held = self._point_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what is held; go on with the stroke."""
        if self._stroke:
            self._go_on(event.position())
        elif self._held is not None:
            self.point_dragged.emit(self._held, *self.place_of(event.position()))

    def _go_on(self, point: QPointF) -> None:
        """Along the line from where the mouse was last: a quick hand leaves as many points as a slow one."""
        here = self.place_of(point)
        if self._stroke == "rub":
            self.rubbed.emit(*here)
            return
        before = self._last or here
        count = max(1, int(math.dist(before, here) / PEN_STEP))
        self.drawn.emit(
            tuple(
                (before[0] + (here[0] - before[0]) * k / count, before[1] + (here[1] - before[1]) * k / count) for k in range(1, count + 1)
            )
        )
        self._last = here

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._stroke or self._held is not None:
            self._stroke, self._held = "", None
            self.released.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """One point more; on a point, one less."""
        if event.button() != Qt.MouseButton.LeftButton or not self._editable or not self.area.contains(event.position()):
            return
        if self._pen:
            self.mousePressEvent(event)
        elif self._point_at(event.position()) is None:
            self.point_added.emit(*self.place_of(event.position()))
        else:
            self._held = None
            self.rubbed.emit(*self.place_of(event.position()))
        self.released.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrub."""
        if steps := self._wheel.take(event):
            self.wheel_stepped.emit(steps)
        event.accept()


def down_to(states: np.ndarray, timesteps: np.ndarray, t: int) -> np.ndarray:
    """States from x_T to the last one that is not beyond t, (k + 1, N, 2)."""
    return states[: max(1, int((timesteps >= t).sum()))]


def arrow_scale(arrows: np.ndarray, cells: int, share: float = 0.9) -> float:
    """Length on the axes of an arrow of length 1, such that nearly all of these stay within their cells."""
    if not len(arrows):
        return 0.1
    usual = float(np.quantile(np.linalg.norm(arrows, axis=1), 0.95))
    return share * 2 * LIMIT / cells / max(usual, 1e-9)
