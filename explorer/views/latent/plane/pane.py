"""One plane with what lies on it: classes, the field's scale, whose plane it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QToolButton, QVBoxLayout, QWidget

from explorer import sources
from explorer.engine.latent.chain_messages import CodesWalked, ScoresShown
from explorer.engine.latent.field_messages import FieldShown
from explorer.engine.latent.messages import (
    CONFIDENT,
    CodesDecoded,
    CodesDrawn,
    CodesShown,
    GridDecoded,
    ImageShown,
    PictureEncoded,
    PictureOffered,
    StrokeShown,
)
from explorer.engine.latent.posterior_messages import TruePosteriorShown
from explorer.engine.models.messages import LibraryEntry
from explorer.latent.plane import Extent, extent_of, prior_radius
from explorer.latent.strokes import circle, resample
from explorer.recipe import PlaneModel, Stroke
from explorer.state.edits import latent as edits
from explorer.state.session import LatentState
from explorer.views.latent.entries import dimensions, is_variational
from explorer.views.latent.plane.chain_marks import Arrows, Walked
from explorer.views.latent.plane.overlays import PATH_COLOURS
from explorer.views.latent.plane.pane_cards import PaneCards
from explorer.views.latent.plane.pane_header import PaneHeader
from explorer.views.latent.plane.plane import Plane
from explorer.views.latent.plane.viewport import Viewport
from explorer.views.latent.plane_view import Probe
from explorer.views.latent.questions.chains import state_at
from explorer.views.latent.questions.probing import UNDER_POINTER
from explorer.widgets.controls.training_slider import TrainingSlider
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme

NO_MODEL = tr(
    "No VAE or AE with codes of two or more dimensions is known here.\n"
    "Open one with File > Open, or drop its {endings} file on the window.",
    endings=sources.endings(),
)
GONE = tr("is not known here. Open it with File > Open where it is now, or choose another above.")
STARTING = tr("The models are being looked for…")
ENCODING = tr("Encoding the test images…")
FEW = 64
NO_CHAINS = tr("no chains: other codes")
OTHER_CODES = tr("The reverse chains walk the codes that their network has learned; this plane's model has others, where they mean nothing")
POINT = tr("a point: an AE has no q(z|x)")


class PlanePane(QWidget):
    """Shows one model's plane; keeps the last answers for what lies around it.

    Signals
    -------
    told(str)
        Something of this name was shown: "codes", "manifold", "field", "stroke", "paths", "draws", "chains", "scores", "probe",
        "picture", "truth".
    model_chosen(str), close_wanted()
        A plane beside the first: sha256 of the model that shall be shown, or it shall be taken away.
    snapshot_chosen(str, bool), snapshot_released()
        sha256 of the snapshot of its run that shall be shown, and whether it is one of many while the slider is dragged.

    Attributes
    ----------
    plane : Plane
    legend : PlaneLegend
    scale : FieldScale
    codes, grid, field, stroke, draws, probe, picture, truth : what was shown last, or None
    paths : dict of StrokeShown
    """

    told = Signal(str)
    model_chosen = Signal(str)
    close_wanted = Signal()
    snapshot_chosen = Signal(str, bool)
    snapshot_released = Signal()

    def __init__(self, theme: Theme, which: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._which = which
        self.plane = Plane(theme)
        self.plane.set_message(STARTING)
        self.cards = PaneCards(theme, self.plane, self)
        self.legend, self.scale = self.cards.legend, self.cards.scale
        self.header = PaneHeader(which == 0)
        self.header.model_chosen.connect(self.model_chosen)
        self.header.close_wanted.connect(self.close_wanted)
        self.header.snapshot_chosen.connect(self.snapshot_chosen)
        self.header.snapshot_released.connect(self.snapshot_released)
        self.entry: LibraryEntry | None = None
        self.codes: CodesShown | None = None
        self.grid: GridDecoded | None = None
        self.field: FieldShown | None = None
        self.stroke: StrokeShown | None = None
        self.draws: CodesDrawn | None = None
        self.ddpm: LibraryEntry | None = None
        self.chains: CodesWalked | None = None
        self.scores: ScoresShown | None = None
        self.probe: Probe | None = None
        self.picture: PictureEncoded | PictureOffered | None = None
        self.truth: TruePosteriorShown | None = None
        self.paths: Mapping[str, StrokeShown] = {}
        self._state = LatentState()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.header)
        column.addWidget(self.plane, 1)

    @property
    def viewport(self) -> Viewport:
        """What of the plane is visible."""
        return self.plane.view

    @property
    def variational(self) -> bool:
        """Whether it is a VAE's plane."""
        return is_variational(self.entry)

    @property
    def has_prior(self) -> bool:
        """Whether contours of N(0, I) can be drawn: a VAE's; on a slice they are circles about the origin's nearest place."""
        return self.variational

    def _prior_shown(self) -> bool:
        placed = self.codes is not None or (self.entry is not None and dimensions(self.entry) == 2)
        return self._state.prior and self.has_prior and placed

    # --- the row over it

    @property
    def models(self) -> QComboBox:
        """Chooses the model of a plane beside the first."""
        return self.header.models

    @property
    def close_button(self) -> QToolButton:
        """Takes a plane beside the first away."""
        return self.header.close_button

    @property
    def training(self) -> TrainingSlider:
        """Goes through the run of the model."""
        return self.header.training

    @property
    def snapshots(self) -> Sequence[LibraryEntry]:
        """Moments of the model's run."""
        return self.header.snapshots

    # --- what the controller hands over

    def show_state(self, state: LatentState, entry: LibraryEntry | None) -> None:
        """What the person chose."""
        self._state, self.entry = state, entry
        item = edits.item_named(state.recipe, state.selected)
        stroke = item if isinstance(item, Stroke) else None
        self.plane.set_items(state.recipe.points, state.recipe.strokes, state.selected)
        self.plane.set_layers(state.codes, state.manifold, self._prior_shown())
        self.plane.set_hidden_classes(state.hidden_classes)
        self.plane.set_tool(state.tool)
        self.plane.set_marker(self._marker(stroke) if edits.strip_of(state) == "stroke" else None)
        self.cards.show_state(state, entry is not None, self.variational)
        self.cards.show_codes(self.codes, self._data)
        self._show_draws()
        self._show_chains()
        self._say_of_chains()
        if entry is None:
            model = state.recipe.models[self._which] if self._which < len(state.recipe.models) else PlaneModel("", "")
            self.plane.set_message(f"{model.source or 'This model'} {GONE}" if model.checkpoint or model.source else NO_MODEL)

    def _marker(self, stroke: Stroke | None) -> tuple[float, float] | None:
        if stroke is None:
            return None
        if self.stroke is not None and self.stroke.stroke == stroke:
            places = self.stroke.places
        else:
            nodes = circle(stroke.path[0], stroke.path[1]) if stroke.shape == "circle" else stroke.path
            places = resample(nodes, stroke.frames)
        x, y = places[min(self._state.frame, len(places) - 1)].tolist()
        return x, y

    @property
    def _data(self) -> str:
        """Name of the data set whose codes are shown, of the model's until they are; empty if that is not known."""
        if self.codes is not None and self.codes.name:
            return self.codes.name
        return self.entry.card.data.name if self.entry is not None and self.entry.card is not None else ""

    def show_codes(self, codes: CodesShown | None) -> None:
        """Codes of the test images; None while they are computed."""
        before, self.codes = self.codes, codes
        if codes is None:
            self.plane.set_codes(np.zeros((0, 2), np.float32), None)
            self.plane.set_marks(())
            self.plane.set_message(ENCODING)
        else:
            self.plane.set_codes(codes.codes, codes.labels, opacities(codes))
            self.plane.set_prior_centre(codes.origin)
            self.plane.set_marks(codes.marks)
            self.plane.set_layers(self._state.codes, self._state.manifold, self._prior_shown())
            self.plane.set_message("")
            if before is None or codes.distances is None:
                self.plane.set_home(self._home(codes))
        self.cards.show_codes(codes, self._data)
        self.told.emit("codes")

    def _home(self, codes: CodesShown) -> Extent:
        """The codes, and for a VAE most of the prior."""
        extents = [e for e in (extent_of(codes.codes),) if e is not None]
        if self.has_prior:
            r = prior_radius(0.9)
            x, y = codes.origin
            extents.append((x - r, x + r, y - r, y + r))
        if not extents:
            return -3.0, 3.0, -3.0, 3.0
        return min(e[0] for e in extents), max(e[1] for e in extents), min(e[2] for e in extents), max(e[3] for e in extents)

    def show_broken(self, entry: LibraryEntry) -> None:
        """A model whose codes cannot be had."""
        self.plane.set_message(tr("{name} cannot be read. Choose another model above, or open it again.", name=entry.name))

    def show_manifold(self, grid: GridDecoded | None) -> None:
        """The manifold, or a part of it that comes before."""
        if grid is None:
            self.grid = None
            self.plane.set_manifold(None)
        else:
            self.grid = self.grid if grid.partial else grid
            self.plane.set_manifold(grid.picture, grid.extent, grid.columns, grid.partial)
        self.told.emit("manifold")

    def show_field(self, field: FieldShown | None) -> None:
        """The field, or a coarser one that comes before."""
        self.field = field
        if field is None:
            self.plane.set_field(None)
        else:
            self.plane.set_field(field.picture, field.extent, field.columns, field.partial)
        self.cards.show_field(field)
        self.told.emit("field")

    def show_points(self, decoded: CodesDecoded, names: tuple[str, ...]) -> None:
        """Decodings of the points."""
        self.plane.set_tiles(decoded.tiles, names)

    def show_stroke(self, stroke: StrokeShown | None) -> None:
        """The selected stroke, or the one being painted."""
        self.stroke = stroke
        item = edits.item_named(self._state.recipe, self._state.selected)
        self.plane.set_marker(self._marker(item) if isinstance(item, Stroke) and edits.strip_of(self._state) == "stroke" else None)
        self.told.emit("stroke")

    def show_outlines(self, outlines: Mapping[str, np.ndarray]) -> None:
        """Curves of the strokes that a model bends, by name; that of the one being painted has none."""
        self.plane.set_outlines({name: outline for name, outline in outlines.items() if name})
        self.plane.set_growing_outline(outlines.get(""))

    def show_paths(self, paths: Mapping[str, StrokeShown]) -> None:
        """Paths between the two chosen points, by shape."""
        self.paths = paths
        self.plane.set_paths([(shown.outline, PATH_COLOURS[shape]) for shape, shown in paths.items()])
        self.told.emit("paths")

    def show_draws(self, draws: CodesDrawn | None) -> None:
        """Random codes."""
        self.draws = draws
        self._show_draws()
        self.told.emit("draws")

    def _show_draws(self) -> None:
        draws = self.draws
        if draws is None or edits.strip_of(self._state) not in ("samples", "posterior"):
            self.plane.set_samples(np.zeros((0, 2)), np.zeros(0, bool), -1)
            return
        faint = draws.confidence <= CONFIDENT if len(draws.confidence) else np.zeros(len(draws.codes), bool)
        self.plane.set_samples(draws.codes, faint, min(self._state.frame, len(draws.codes) - 1))

    def show_ddpm(self, ddpm: LibraryEntry | None) -> None:
        """The network of the chains; None where there is none of this model's codes."""
        self.ddpm = ddpm
        self._say_of_chains()

    def _say_of_chains(self) -> None:
        """Where chains are shown, and are none of this plane's codes, that is why it has none."""
        wanted = edits.strip_of(self._state) == "chains" and self._state.recipe.chains is not None
        lacks = wanted and self.ddpm is None and self.entry is not None
        self.header.say(NO_CHAINS if lacks else "", OTHER_CODES if lacks else "")

    def show_chains(self, chains: CodesWalked | None) -> None:
        """Reverse chains of codes, or as much of them as there is."""
        self.chains = chains
        self._show_chains()
        self.told.emit("chains")

    def _show_chains(self) -> None:
        walked = self.chains
        if walked is None or edits.strip_of(self._state) != "chains":
            self.plane.set_chains(())
            self.plane.set_arrows(None)
            return
        drawn = [] if walked.exact_places is None else [Walked("exact", walked.exact_places)]
        drawn.append(Walked("learned", walked.places))
        self.plane.set_chains(tuple(drawn), state_at(walked, self._state.frame), min(self._state.chain, walked.chains.count - 1))

    def show_scores(self, scores: ScoresShown | None) -> None:
        """Scores at the cursor's timestep."""
        self.scores = scores
        if scores is None:
            self.plane.set_arrows(None)
            return
        kinds = [("learned", scores.learned), *([] if scores.exact is None else [("exact", scores.exact)])]
        self.plane.set_arrows(Arrows(scores.places, tuple(kinds), scores.cell))
        self.told.emit("scores")

    def show_probe(self, probe: Probe) -> None:
        """What the inspector shows large."""
        self.probe = probe
        if self._which:
            tile = None if probe.decoded is None else probe.decoded.tiles[0]
            self.plane.set_ghost((probe.x, probe.y) if probe.title == UNDER_POINTER else None, tile)
        self.told.emit("probe")

    def show_picture(self, picture: PictureEncoded | PictureOffered | None) -> None:
        """What is encoded."""
        self.picture = picture
        if isinstance(picture, PictureEncoded):
            covariance = None if picture.covariance is None else np.array(picture.covariance)
            self.plane.set_posterior(picture.mean, covariance, POINT if covariance is None else "")
        else:
            self.plane.set_posterior(None)
        self.told.emit("picture")

    def show_truth(self, truth: TruePosteriorShown | None) -> None:
        """The true p(z|x) of what is encoded."""
        self.truth = truth
        if truth is None:
            self.plane.set_truth(None)
        else:
            self.plane.set_truth(truth.density, truth.extent)
        self.told.emit("truth")

    def show_pointed(self, index: int | None, image: ImageShown | None) -> None:
        """The test image whose code is under the pointer."""
        words = "" if image is None else f"#{image.index}" + (f" · {image.called}" if image.called else "")
        self.plane.point_at_code(index, None if image is None else image.tile, words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the cards in their corners."""
        super().resizeEvent(event)
        self.cards.place()


def opacities(codes: CodesShown) -> np.ndarray | None:
    """How strongly codes are drawn by their distance from the plane, (N,) in [0, 1]; None where all are on it."""
    if codes.distances is None or not codes.spread:
        return None
    faintest = 0.06 if codes.dimensions <= FEW else 0.4  # in many dimensions all are about as far
    return np.exp(-0.5 * (codes.distances / (0.7 * codes.spread)) ** 2).clip(faintest, 1)
