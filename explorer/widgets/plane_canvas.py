"""What a latent plane shows: codes, manifold, fields, prior, points, strokes, samples, in a view that pans and zooms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.latent.plane import Extent
from explorer.latent.strokes import circle, resample
from explorer.recipe import Point, Stroke
from explorer.widgets import plane_overlays as overlays
from explorer.widgets import plane_paint as paint
from explorer.widgets.pictures import to_image
from explorer.widgets.plane_nodes import handles
from explorer.widgets.plane_stack import PictureStack
from explorer.widgets.plane_viewport import Viewport
from explorer.widgets.theme import Theme, Tokens

BEADS = 14
CORNER = 8
FIT_PADDING = 16.0
NOWHERE: Extent = (-3.0, 3.0, -3.0, 3.0)


class PlaneCanvas(QWidget):
    """Draws a plane; knows nothing of the pointer.

    Signals
    -------
    view_changed()
        Panned, zoomed or resized.
    """

    view_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._view = Viewport(640, 480)
        self._home: Extent = NOWHERE
        self._fitted = True
        self._codes = np.zeros((0, 2), np.float32)
        self._labels: np.ndarray | None = None
        self._classes = np.zeros(0, np.int64)
        self._visible = np.zeros(0, bool)
        self._hidden: tuple[int, ...] = ()
        self._codes_shown, self._prior_shown, self._manifold_shown = True, False, False
        self._prior_centre = (0.0, 0.0)
        self._manifold = PictureStack()
        self._field = PictureStack()
        self._opacities: np.ndarray | None = None
        self._samples: tuple[np.ndarray, np.ndarray, int] = (np.zeros((0, 2)), np.zeros(0, bool), -1)
        self._paths: tuple[tuple[np.ndarray, str], ...] = ()
        self._outlines: Mapping[str, np.ndarray] = {}
        self._pointed: tuple[int, QImage | None, str] | None = None
        self._growing_outline: np.ndarray | None = None
        self._ghost: tuple[tuple[float, float], QImage | None] | None = None
        self._points: tuple[Point, ...] = ()
        self._tiles: Mapping[str, QImage] = {}
        self._strokes: tuple[Stroke, ...] = ()
        self._growing: np.ndarray | None = None
        self._selected = ""
        self._marker: tuple[float, float] | None = None
        self._posterior: tuple[tuple[float, float], np.ndarray | None, str] | None = None
        self._message = ""
        self._editable = False
        self._sprites: tuple[tuple[float, float, float], QPixmap] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(240, 200))
        theme.changed.connect(self.update)

    # --- what is shown ---

    def set_codes(self, codes: np.ndarray, labels: np.ndarray | None, opacities: np.ndarray | None = None) -> None:
        """Codes (N, 2) of the test images, with their classes (N,), and how strongly each is drawn (N,) in [0, 1]."""
        self._codes, self._labels, self._opacities = codes, labels, opacities
        self._pointed = None
        self._classes = paint.classes_for_sprites(labels, len(codes))
        self._mask()

    def set_hidden_classes(self, hidden: tuple[int, ...]) -> None:
        """Classes whose codes are not drawn."""
        if hidden != self._hidden:
            self._hidden = hidden
            self._mask()

    def _mask(self) -> None:
        hidden = np.array(self._hidden, np.int64)
        self._visible = ~np.isin(self._classes, hidden) if self._labels is not None else np.ones(len(self._codes), bool)
        self.update()

    def set_layers(self, codes: bool, manifold: bool, prior: bool) -> None:
        """Which layers are drawn."""
        self._codes_shown, self._manifold_shown, self._prior_shown = codes, manifold, prior
        self.update()

    def set_prior_centre(self, place: tuple[float, float]) -> None:
        """Where the prior's density on the plane is greatest."""
        if place != self._prior_centre:
            self._prior_centre = place
            self.update()

    def set_manifold(self, picture: np.ndarray | None, extent: Extent = NOWHERE, columns: int = 1, partial: bool = False) -> None:
        """Picture (H, W, 3) of the decodings over a rectangle; None takes it away. A `partial` one is followed by a finer one."""
        self._manifold.clear() if picture is None else self._manifold.add(picture, extent, columns, partial)
        self.update()

    def set_field(self, picture: np.ndarray | None, extent: Extent = NOWHERE, columns: int = 1, partial: bool = False) -> None:
        """Colours (rows, columns, 3) of a field over a rectangle; None takes them away."""
        self._field.clear() if picture is None else self._field.add(picture, extent, columns, partial)
        self.update()

    def set_samples(self, places: np.ndarray, faint: np.ndarray, chosen: int) -> None:
        """Random codes at (N, 2); `faint` (N,) bool are hollow; `chosen` is larger, -1 for none."""
        self._samples = (places, faint, chosen)
        self.update()

    def set_paths(self, paths: Sequence[tuple[np.ndarray, str]]) -> None:
        """Paths (M, 2) between two points, each with its colour #rrggbb."""
        self._paths = tuple(paths)
        self.update()

    def set_outlines(self, outlines: Mapping[str, np.ndarray]) -> None:
        """Curves (M, 2) of those strokes, by name, whose nodes alone do not say where they go."""
        self._outlines = outlines
        self.update()

    def set_growing_outline(self, outline: np.ndarray | None) -> None:
        """Curve (M, 2) of the stroke that is being painted, where its nodes alone do not say it."""
        self._growing_outline = outline
        self.update()

    def set_ghost(self, place: tuple[float, float] | None, tile: np.ndarray | None = None) -> None:
        """Where the pointer is on a linked plane, with this plane's decoding (H, W, 3) there."""
        self._ghost = None if place is None else (place, None if tile is None else to_image(tile))
        self.update()

    def point_at_code(self, index: int | None, tile: np.ndarray | None = None, words: str = "") -> None:
        """Ring a code, with its image (H, W, 3) beside it once it has come; None for none."""
        self._pointed = None if index is None else (index, None if tile is None else to_image(tile), words)
        self.update()

    def set_items(self, points: tuple[Point, ...], strokes: tuple[Stroke, ...], selected: str) -> None:
        """Points and strokes, and which of them is selected."""
        self._points, self._strokes, self._selected = points, strokes, selected
        self.setAccessibleDescription(f"{len(points)} points, {len(strokes)} strokes; {selected or 'nothing'} selected")
        self.update()

    def set_tiles(self, tiles: np.ndarray, names: Sequence[str]) -> None:
        """Decodings (N, H, W, 3) of points by name."""
        self._tiles = paint.tile_images(tiles, names)
        self.update()

    def set_marker(self, at: tuple[float, float] | None) -> None:
        """Where the playing frame is on its stroke."""
        if at != self._marker:
            self._marker = at
            self.update()

    def set_posterior(self, mean: tuple[float, float] | None, covariance: np.ndarray | None = None, words: str = "") -> None:
        """Code of an encoded picture, with its covariance (2, 2) where it has one, and words beside it."""
        self._posterior = None if mean is None else (mean, covariance, words)
        self.update()

    def set_message(self, text: str) -> None:
        """Words over an empty plane."""
        if text != self._message:
            self._message = text
            self.update()

    @property
    def message(self) -> str:
        """Words over the plane."""
        return self._message

    @property
    def view(self) -> Viewport:
        """What is visible."""
        return self._view

    @property
    def codes_drawn(self) -> np.ndarray:
        """Codes (M, 2) that are not hidden."""
        return self._codes[self._visible] if self._codes_shown else self._codes[:0]

    @property
    def manifold_extent(self) -> Extent | None:
        """Rectangle of the manifold's picture."""
        return self._manifold.extent

    @property
    def field_extent(self) -> Extent | None:
        """Rectangle of the field's picture."""
        return self._field.extent

    @property
    def pointed(self) -> int | None:
        """Number of the test image whose code is ringed."""
        return None if self._pointed is None else self._pointed[0]

    @property
    def samples_drawn(self) -> np.ndarray:
        """Places (N, 2) of the random codes."""
        return self._samples[0]

    @property
    def posterior(self) -> tuple[tuple[float, float], np.ndarray | None, str] | None:
        """Place, covariance and words of what is encoded."""
        return self._posterior

    def outline(self, stroke: Stroke) -> np.ndarray | Sequence[tuple[float, float]]:
        """Corners (M, 2) of a stroke's curve, as far as it is known."""
        if stroke.shape == "circle":
            return circle(stroke.path[0], stroke.path[1])
        return self._outlines.get(stroke.name, stroke.path)

    def code_at(self, px: float, py: float, reach: float = 6.0) -> int | None:
        """Number of the visible code nearest to a pixel, within `reach` pixels."""
        if not self._codes_shown or not len(self._codes):
            return None
        x, y = self._view.to_plane(px, py)
        squared = ((self._codes - np.array([x, y])) ** 2).sum(1)
        squared[~self._visible] = np.inf
        nearest = int(squared.argmin())
        return nearest if squared[nearest] <= (reach / self._view.scale) ** 2 else None

    @property
    def tiles(self) -> Mapping[str, QImage]:
        """Pictures beside the points, by name."""
        return self._tiles

    @property
    def marker(self) -> tuple[float, float] | None:
        """Where the playing frame is."""
        return self._marker

    # --- view ---

    def set_home(self, extent: Extent) -> None:
        """What `fit` shows; a view that was fitted follows."""
        self._home = extent
        if self._fitted:
            self.fit()

    def fit(self) -> None:
        """Show everything."""
        self._take_view(self._view.fitted(self._home, FIT_PADDING), fitted=True)

    def zoom(self, factor: float) -> None:
        """Enlarge about the middle."""
        self._take_view(self._view.zoomed(factor, self.width() / 2, self.height() / 2))

    def _take_view(self, view: Viewport, fitted: bool = False) -> None:
        self._fitted = fitted
        if view != self._view:
            self._view = view
            self.view_changed.emit()
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what is shown."""
        view = self._view.resized(self.width(), self.height())
        self._take_view(view.fitted(self._home, FIT_PADDING) if self._fitted else view, self._fitted)

    # --- drawing ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """Every layer, from the back."""
        tokens, view = self._theme.tokens, self._view
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QPainterPath()
        card.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), CORNER, CORNER)
        painter.setClipPath(card)
        painter.fillPath(card, QColor(tokens.card))
        picture = bool(self._manifold) and self._manifold_shown
        if picture:
            for placed in self._manifold.parts:
                paint.draw_manifold(painter, view, placed.image, placed.extent)
        if self._field:
            overlays.draw_field(painter, view, self._field.parts, picture)
        busy = picture or (bool(self._field) and tokens.name == "dark")
        paint.draw_grid_lines(painter, view, tokens, picture or bool(self._field))
        if self._codes_shown and len(self._codes):
            codes, classes = self._codes[self._visible], self._classes[self._visible]
            strength = None if self._opacities is None else self._opacities[self._visible]
            paint.draw_codes(painter, view, codes, classes, self._dots(), self.devicePixelRatioF(), strength)
        if self._prior_shown:
            paint.draw_prior(painter, view, self._prior_centre, tokens, busy)
        paint.draw_tick_numbers(painter, view, tokens, busy)
        ink = paint.strong_ink(tokens, busy)
        overlays.draw_scale_bar(painter, view, *ink)
        self._draw_items(painter, tokens, ink)
        if self._pointed is not None and self._pointed[0] < len(self._codes):
            index, image, words = self._pointed
            x, y = self._codes[index].tolist()
            overlays.draw_code(painter, view, (x, y), image, words, QColor(tokens.border))
        if self._ghost is not None:
            overlays.draw_code(painter, view, *self._ghost, "", QColor(tokens.accent))
        if self._message:
            painter.setPen(QColor(tokens.muted))
            painter.setFont(self.font())
            place = QRectF(self.rect()).adjusted(32, 32, -32, -32)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._message)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipping(False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.drawPath(card)

    def _draw_items(self, painter: QPainter, tokens: Tokens, ink: tuple[QColor, QColor]) -> None:
        view = self._view
        for polyline, path_colour in self._paths:
            overlays.draw_path(painter, paint.stroke_polygon(view, polyline), path_colour)
        for stroke in sorted(self._strokes, key=lambda s: s.name == self._selected):
            selected = stroke.name == self._selected
            outline = self.outline(stroke)
            beads = resample(outline, min(BEADS, stroke.frames)) if selected and not self._editable else ()
            paint.draw_stroke(
                painter, paint.stroke_polygon(view, outline), [QPointF(*view.to_screen(x, y)) for x, y in beads], tokens, selected
            )
            if selected and self._editable:
                overlays.draw_nodes(painter, view, [stroke.path[index] for index in handles(view, stroke)], tokens)
        if self._growing is not None:
            growing = self._growing if self._growing_outline is None else self._growing_outline
            paint.draw_stroke(painter, paint.stroke_polygon(view, growing), (), tokens, True)
        if len(self._samples[0]):
            overlays.draw_samples(painter, view, *self._samples, tokens)
        if self._posterior is not None:
            paint.draw_posterior(painter, view, *self._posterior, *ink)
        for point in sorted(self._points, key=lambda p: p.name == self._selected):
            accent = QColor(tokens.accent)
            selected = point.name == self._selected
            colour, frame = (accent, accent) if selected else (ink[0], QColor(tokens.muted))
            paint.draw_point(painter, view, point, self._tiles.get(point.name), colour, ink[1], frame)
        if self._marker is not None:
            paint.draw_marker(painter, QPointF(*view.to_screen(*self._marker)))

    def _dots(self) -> QPixmap:
        """Dots that grow as they spread, paler over the manifold."""
        ratio = self.devicePixelRatioF()
        fitted = self._view.fitted(self._home, FIT_PADDING).scale
        radius = round(min(5.0, max(1.4, 1.8 * (self._view.scale / fitted) ** 0.45)), 1)
        alpha = 0.7 if self._manifold_shown or self._field else 0.85
        look = (radius, alpha, ratio)
        if self._sprites is None or self._sprites[0] != look:
            self._sprites = (look, paint.dot_sprites(*look))
        return self._sprites[1]
