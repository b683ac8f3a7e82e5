"""What a latent plane shows: codes, manifold, prior, points and strokes, in a view that pans and zooms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.latent.plane import Extent
from explorer.latent.strokes import resample
from explorer.recipe import Point, Stroke
from explorer.widgets import plane_paint as paint
from explorer.widgets.pictures import to_image
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
        self._manifold: tuple[QImage, Extent] | None = None
        self._points: tuple[Point, ...] = ()
        self._tiles: Mapping[str, QImage] = {}
        self._strokes: tuple[Stroke, ...] = ()
        self._growing: np.ndarray | None = None
        self._selected = ""
        self._marker: tuple[float, float] | None = None
        self._posterior: tuple[tuple[float, float], tuple[float, float] | None] | None = None
        self._message = ""
        self._sprites: tuple[tuple[float, float, float], QPixmap] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(240, 200))
        theme.changed.connect(self.update)

    # --- what is shown ---

    def set_codes(self, codes: np.ndarray, labels: np.ndarray | None) -> None:
        """Codes (N, 2) of the test images, with their classes (N,)."""
        self._codes, self._labels = codes, labels
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

    def set_manifold(self, picture: np.ndarray | None, extent: Extent = NOWHERE) -> None:
        """Picture (H, W, 3) of the decodings over a rectangle; None takes it away."""
        self._manifold = None if picture is None else (to_image(picture), extent)
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

    def set_posterior(self, mean: tuple[float, float] | None, sigma: tuple[float, float] | None = None) -> None:
        """Code of an encoded picture, with its standard deviations where it has some."""
        self._posterior = None if mean is None else (mean, sigma)
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
        return None if self._manifold is None else self._manifold[1]

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
        picture = self._manifold if self._manifold_shown else None
        if picture is not None:
            paint.draw_manifold(painter, view, *picture)
        paint.draw_grid_lines(painter, view, tokens, picture is not None)
        if self._codes_shown and len(self._codes):
            codes, classes = self._codes[self._visible], self._classes[self._visible]
            paint.draw_codes(painter, view, codes, classes, self._dots(), self.devicePixelRatioF())
        if self._prior_shown:
            paint.draw_prior(painter, view, tokens, picture is not None)
        paint.draw_tick_numbers(painter, view, tokens, picture is not None)
        self._draw_items(painter, tokens, paint.strong_ink(tokens, picture is not None))
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
        for stroke in sorted(self._strokes, key=lambda s: s.name == self._selected):
            selected = stroke.name == self._selected
            beads = resample(stroke.path, min(BEADS, stroke.frames)) if selected else ()
            paint.draw_stroke(
                painter, paint.stroke_polygon(view, stroke.path), [QPointF(*view.to_screen(x, y)) for x, y in beads], tokens, selected
            )
        if self._growing is not None:
            paint.draw_stroke(painter, paint.stroke_polygon(view, self._growing), (), tokens, True)
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
        alpha = 0.7 if self._manifold_shown else 0.85
        look = (radius, alpha, ratio)
        if self._sprites is None or self._sprites[0] != look:
            self._sprites = (look, paint.dot_sprites(*look))
        return self._sprites[1]
