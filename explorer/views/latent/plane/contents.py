"""What a latent plane shows, as it is told: codes, manifold, fields, prior, points, strokes, samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.latent.plane import Extent
from explorer.latent.strokes import circle
from explorer.recipe import Point, Stroke
from explorer.views.latent.plane import paint
from explorer.views.latent.plane.chain_marks import Arrows, Walked
from explorer.views.latent.plane.lens import filled
from explorer.views.latent.plane.picture_stack import PictureStack
from explorer.widgets.look.language import tr
from explorer.widgets.look.sharp import to_image
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.plot import Plot
from explorer.widgets.plots.table import Column

NOWHERE: Extent = (-3.0, 3.0, -3.0, 3.0)


class PlaneContents(Plot):
    """Keeps what is shown; each change asks for another drawing."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
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
        self._chains: tuple[tuple[Walked, ...], int, int] = ((), 0, 0)
        self._arrows: Arrows | None = None
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
        self._truth: tuple[np.ndarray, Extent] | None = None
        self._core = NOWHERE
        self._marks: tuple[tuple[str, tuple[float, float]], ...] = ()
        self._message = ""
        self._editable = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(160, 160))
        theme.changed.connect(self.update)

    def set_codes(self, codes: np.ndarray, labels: np.ndarray | None, opacities: np.ndarray | None = None) -> None:
        """Codes (N, 2) of the test images, with their classes (N,), and how strongly each is drawn (N,) in [0, 1]."""
        self._codes, self._labels, self._opacities = codes, labels, opacities
        self._pointed = None
        self._classes = paint.classes_for_sprites(labels, len(codes))
        self._mask()

    def columns(self) -> Sequence[Column]:
        """The two numbers of each code that is drawn, and its class."""
        codes = self._codes[self._visible]
        if not len(codes) or not self._codes_shown:
            return ()
        found = [Column("z_1", codes[:, 0]), Column("z_2", codes[:, 1])]
        return found if self._labels is None else [*found, Column(tr("class"), self._labels[self._visible])]

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

    def set_marks(self, marks: tuple[tuple[str, tuple[float, float]], ...]) -> None:
        """Names and places of what the plane was laid through."""
        if marks != self._marks:
            self._marks = marks
            self.update()

    @property
    def marks(self) -> tuple[tuple[str, tuple[float, float]], ...]:
        """Names and places of what the plane was laid through."""
        return self._marks

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

    def set_chains(self, walked: tuple[Walked, ...], state: int = 0, chosen: int = 0) -> None:
        """Reverse chains, at a state, one of them chosen; none takes them away."""
        self._chains = (walked, state, chosen)
        self.update()

    @property
    def chains(self) -> tuple[tuple[Walked, ...], int, int]:
        """Reverse chains that are drawn, the state at which they are, and the chosen sample."""
        return self._chains

    def set_arrows(self, arrows: Arrows | None) -> None:
        """Scores over the plane."""
        self._arrows = arrows
        self.update()

    @property
    def arrows(self) -> Arrows | None:
        """Scores that are drawn."""
        return self._arrows

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
        self.setAccessibleDescription(
            tr(
                "{count} points, {count2} strokes; {selected} selected",
                count=len(points),
                count2=len(strokes),
                selected=selected or tr("nothing"),
            )
        )
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

    def set_truth(self, density: np.ndarray | None, extent: Extent = NOWHERE) -> None:
        """p(z|x) of what is encoded over its largest value, (M, M), rows upwards in y, over a square; None takes it away."""
        self._truth = None if density is None else (density, extent)
        self._core = NOWHERE if density is None else filled(density, extent)
        self.update()

    @property
    def truth(self) -> tuple[np.ndarray, Extent] | None:
        """p(z|x) that is drawn, and where."""
        return self._truth

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
    def codes_drawn(self) -> np.ndarray:
        """Codes (M, 2) that are not hidden."""
        return self._codes[self._visible] if self._codes_shown else self._codes[:0]

    @property
    def count_drawn(self) -> int:
        """How many those are."""
        return int(np.count_nonzero(self._visible)) if self._codes_shown else 0

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

    @property
    def tiles(self) -> Mapping[str, QImage]:
        """Pictures beside the points, by name."""
        return self._tiles

    @property
    def marker(self) -> tuple[float, float] | None:
        """Where the playing frame is."""
        return self._marker
