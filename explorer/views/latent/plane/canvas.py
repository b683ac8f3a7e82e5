"""A latent plane as it is drawn, in a view that pans and zooms."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from explorer.latent.plane import Extent
from explorer.latent.strokes import resample
from explorer.views.latent.plane import chain_marks, overlays, paint
from explorer.views.latent.plane.contents import NOWHERE, PlaneContents
from explorer.views.latent.plane.ground import Ground
from explorer.views.latent.plane.lens import Lens, draw_lens, lenses
from explorer.views.latent.plane.nodes import handles
from explorer.views.latent.plane.viewport import Viewport
from explorer.widgets.look.sharp import device_scale
from explorer.widgets.look.theme import Theme, Tokens
from explorer.widgets.plots.paper_painter import on_paper

BEADS = 14
CORNER = 8
BEHIND = 0.4
"""How strongly codes are drawn behind reverse chains."""
FIT_PADDING = 16.0


class PlaneCanvas(PlaneContents):
    """Draws a plane; knows nothing of the pointer.

    Signals
    -------
    view_changed()
        Panned, zoomed or resized.
    """

    view_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._view = Viewport(640, 480)
        self._home: Extent = NOWHERE
        self._fitted = True
        self._ground = Ground()
        theme.changed.connect(self._forget_ground)
        self._sprites: tuple[tuple[float, float, float, tuple[str, ...]], QPixmap] | None = None

    @property
    def view(self) -> Viewport:
        """What is visible."""
        return self._view

    def code_at(self, px: float, py: float, reach: float = 6.0) -> int | None:
        """Number of the visible code nearest to a pixel, within `reach` pixels."""
        if not self._codes_shown or not len(self._codes):
            return None
        x, y = self._view.to_plane(px, py)
        squared = ((self._codes - np.array([x, y])) ** 2).sum(1)
        squared[~self._visible] = np.inf
        nearest = int(squared.argmin())
        return nearest if squared[nearest] <= (reach / self._view.scale) ** 2 else None

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
        """Every layer, from the back, the ground as it was drawn."""
        painter, ratio = QPainter(self), self.devicePixelRatioF()
        if device_scale(painter) == ratio:
            self._ground.draw(painter, self.size(), ratio, self._ground_of(), self._draw_ground)
        else:  # a picture is made of its panel, larger than on the screen
            self._draw_ground(painter)
        self._draw_over(painter)
        self._draw_edge(painter, self._theme.tokens)

    def draw(self, painter: QPainter) -> None:
        """Every layer, from the back."""
        self._draw_ground(painter)
        self._draw_over(painter)

    def _draw_over(self, painter: QPainter) -> None:
        """What is drawn anew each time."""
        tokens = self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink, view = paint.strong_ink(tokens, self._is_busy), self._view
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

    @property
    def _has_picture(self) -> bool:
        return bool(self._manifold) and self._manifold_shown

    @property
    def _is_busy(self) -> bool:
        """Whether what lies over the ground needs a halo to be seen."""
        return self._has_picture or (bool(self._field) and self._theme.tokens.name == "dark")

    def _forget_ground(self) -> None:
        self._ground.forget()

    def _ground_of(self) -> tuple[object, ...]:
        """All that the ground depends on, but for the look."""
        of_codes = (self._codes, self._classes, self._visible, self._opacities, self._codes_shown, bool(self._chains[0]), self._dots())
        of_pictures = (*self._manifold.parts, self._manifold_shown, *self._field.parts)
        return (self._view, self._prior_shown, self._prior_centre, *of_codes, *of_pictures)

    def _draw_ground(self, painter: QPainter) -> None:
        """Pictures, grid, codes and prior, from the back."""
        tokens, view, picture, busy = self._theme.tokens, self._view, self._has_picture, self._is_busy
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(tokens.card))
        if picture:
            for placed in self._manifold.parts:
                paint.draw_manifold(painter, view, placed.image, placed.extent)
        if self._field:
            overlays.draw_field(painter, view, self._field.parts, picture)
        paint.draw_grid_lines(painter, view, tokens, picture or bool(self._field))
        if self._codes_shown and len(self._codes):
            codes, classes = self._codes[self._visible], self._classes[self._visible]
            strength = None if self._opacities is None else self._opacities[self._visible]
            if self._chains[0]:  # what walks over them stands out
                strength = np.full(len(codes), BEHIND) if strength is None else BEHIND * strength
            if on_paper(painter) or device_scale(painter) > self.devicePixelRatioF():
                paint.draw_dots(painter, view, codes, classes, *self._dot, self._theme.class_colours, strength)
            else:
                paint.draw_codes(painter, view, codes, classes, self._dots(), self.devicePixelRatioF(), strength)
        if self._prior_shown:
            paint.draw_prior(painter, view, self._prior_centre, tokens, busy)
        paint.draw_tick_numbers(painter, view, tokens, busy)
        overlays.draw_scale_bar(painter, view, *paint.strong_ink(tokens, busy))

    def _draw_edge(self, painter: QPainter, tokens: Tokens) -> None:
        """The card's round corners, over what was drawn: twice as fast as drawing all of it through a round clip."""
        card, corners = QPainterPath(), QPainterPath()
        card.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), CORNER, CORNER)
        for x in (0, self.width() - CORNER):
            for y in (0, self.height() - CORNER):
                corners.addRect(QRectF(x, y, CORNER, CORNER))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(corners.subtracted(card), QColor(tokens.window))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.drawPath(card)

    def _draw_items(self, painter: QPainter, tokens: Tokens, ink: tuple[QColor, QColor]) -> None:
        view = self._view
        if self._arrows is not None:
            chain_marks.draw_arrows(painter, view, self._arrows)
        walked, state, chosen = self._chains
        for each in walked:
            chain_marks.draw_walked(painter, view, each, state, chosen)
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
        named = {point.name for point in self._points}
        for name, place in self._marks:
            if name in named:  # a point says it
                continue
            overlays.draw_mark(painter, view, place, name, *ink)
        truth = None if self._truth is None else (overlays.truth_picture(self._truth[0], tokens), self._truth[1])
        if truth is not None:
            overlays.draw_truth(painter, view, *truth)
        if self._posterior is not None:
            paint.draw_posterior(painter, view, *self._posterior, *ink)
        for point in sorted(self._points, key=lambda p: p.name == self._selected):
            accent = QColor(tokens.accent)
            selected = point.name == self._selected
            colour, frame = (accent, accent) if selected else (ink[0], QColor(tokens.muted))
            paint.draw_point(painter, view, point, self._tiles.get(point.name), colour, ink[1], frame)
        if self._marker is not None:
            paint.draw_marker(painter, QPointF(*view.to_screen(*self._marker)))
        if self._posterior is not None and self._posterior[1] is not None:
            for lens in self.lenses:
                draw_lens(painter, view, lens, (self._posterior[0], self._posterior[1]), self.codes_drawn, truth, tokens)

    @property
    def lenses(self) -> tuple[Lens, ...]:
        """On what is encoded, where its posterior would be too small to be seen on the plane."""
        if self._posterior is None or self._posterior[1] is None:
            return ()
        return lenses(self._view, self._posterior[0], self._posterior[1], None if self._truth is None else self._core)

    @property
    def _dot(self) -> tuple[float, float]:
        """Radius and opacity of the dots, which grow as they spread, and are paler over the manifold."""
        fitted = self._view.fitted(self._home, FIT_PADDING).scale
        radius = round(min(5.0, max(1.4, 1.8 * (self._view.scale / fitted) ** 0.45)), 1)
        return radius, 0.7 if self._manifold_shown or self._field else 0.85

    def _dots(self) -> QPixmap:
        """Pictures of the dots."""
        look = (*self._dot, self.devicePixelRatioF(), self._theme.class_colours)
        if self._sprites is None or self._sprites[0] != look:
            self._sprites = (look, paint.dot_sprites(*look))
        return self._sprites[1]
