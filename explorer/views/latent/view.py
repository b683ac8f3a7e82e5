"""The Latent workspace: the plane, the strip under it, the inspector beside it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from statistics import median

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.engine.messages import CodesDecoded, CodesShown, GridDecoded, LibraryEntry, PictureEncoded
from explorer.latent.plane import Extent, extent_of, prior_radius
from explorer.latent.strokes import resample
from explorer.recipe import Point, Stroke
from explorer.state.session import LatentState
from explorer.views.latent import verbs
from explorer.views.latent.actions import LatentActions
from explorer.views.latent.controller import LatentController, Probe, has_plane, plane_entries
from explorer.views.latent.facts import milliseconds
from explorer.views.latent.hands import Hands
from explorer.views.latent.inspector import LatentInspector
from explorer.views.latent.player import Player
from explorer.views.latent.strip_panel import StripPanel
from explorer.views.latent.toolbar import LatentToolbar
from explorer.views.workspace import Context, Status, Workspace
from explorer.widgets.plane import Plane
from explorer.widgets.plane_legend import PlaneLegend
from explorer.widgets.plane_viewport import Viewport

MARGIN, GAP = 14, 10
NO_MODEL = "No VAE or AE with two-dimensional codes is known here.\nOpen one with File > Open, or drop its .safetensors file on the window."
ENCODING = "Encoding the test images…"


class LatentWorkspace(Workspace):
    """Drag in a real latent plane."""

    workspace_name = "latent"
    title = "Latent"
    icon_name = "ph.share-network"
    tooltip = "Latent plane: drag points, paint strokes and encode pictures in the 2-D codes of a VAE or an AE"
    menu_title = "&Plane"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        self.setObjectName("page")
        self.actions_ = LatentActions(self)
        self.plane = Plane(theme)
        self.legend = PlaneLegend(theme, self.plane)
        self.toolbar = LatentToolbar(theme, self.actions_)
        self.panel = StripPanel(theme, self.actions_)
        self._inspector = LatentInspector(theme, self.actions_)
        self.controller = LatentController(context, self, self)
        self.hands = Hands(context, self.plane, self.controller, self.actions_, self)
        self._entry: LibraryEntry | None = None
        self._codes: CodesShown | None = None
        self._grid: GridDecoded | None = None
        self._speed = ""
        self._measured: CodesDecoded | None = None
        self._milliseconds: deque[float] = deque(maxlen=15)
        self._selected = ""
        self._was_idle = False
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN - 2, MARGIN, MARGIN - 2)
        column.setSpacing(GAP)
        column.addWidget(self.toolbar)
        column.addWidget(self.plane, 1)
        column.addWidget(self.panel)
        self._connect()
        self.legend.adjustSize()

    # --- the contract of a workspace

    @property
    def inspector(self) -> LatentInspector:
        """Decoding, selection, encoded picture and checkpoint."""
        return self._inspector

    @property
    def idle(self) -> bool:
        """Whether all that the person asked for is shown."""
        return self.controller.idle and not self.player.playing

    def menu_actions(self) -> Sequence[QAction]:
        """The Plane menu."""
        return self.actions_.menu()

    def keys(self) -> Sequence[tuple[str, str]]:
        """Gestures on the plane."""
        return (
            ("Double-click", "add a point"),
            ("Drag", "move a point or a stroke; paint with the brush"),
            ("Shift+drag", "paint a straight line"),
            ("Middle or right drag", "pan"),
            ("Space+drag", "pan"),
            ("Wheel", "zoom towards the pointer"),
            ("Arrow keys", "nudge the selected point; step along the stroke"),
            ("Alt+click on a class", "this class alone"),
            ("Esc", "give up; select nothing"),
        )

    def activate(self) -> None:
        """Show the plane of the chosen model."""
        self.controller.activate()
        self.plane.setFocus()

    def deactivate(self) -> None:
        """Stop playing."""
        self.player.stop()
        self.controller.deactivate()
        self._say()

    def cancel(self) -> None:
        """Stop what is computed."""
        self.player.stop()
        self.controller.cancel()

    def accept_entry(self, entry: LibraryEntry) -> bool:
        """Show a VAE's or an AE's plane, if its codes have two dimensions."""
        if not has_plane(entry):
            return False
        verbs.choose_checkpoint(self.context.store, entry)
        return True

    def accept_picture(self, path: str) -> bool:
        """Encode a picture."""
        self.context.store.update_latent(picture=path)
        return True

    # --- wiring

    def _connect(self) -> None:
        self.hands.take_widgets(self.toolbar, self.legend, self.panel, self._inspector)
        self.plane.view_changed.connect(self._view_changed)
        self.player.playing_changed.connect(self._playing_changed)
        self.controller.settled.connect(self._say)

    @property
    def player(self) -> Player:
        """Plays the selected stroke."""
        return self.hands.player

    @property
    def _state(self) -> LatentState:
        return self.context.store.session.latent

    # --- what the controller hands over

    @property
    def viewport(self) -> Viewport:
        """What of the plane is visible."""
        return self.plane.view

    def show_state(self, state: LatentState, entry: LibraryEntry | None) -> None:
        """What the person chose."""
        self._entry = entry
        variational = self._variational
        item = verbs.item_named(state.recipe, state.selected)
        stroke = item if isinstance(item, Stroke) else None
        self.toolbar.show_entries(plane_entries(self.context.library), entry)
        self.plane.set_items(state.recipe.points, state.recipe.strokes, state.selected)
        self.plane.set_layers(state.codes, state.manifold, state.prior and variational)
        self.plane.set_hidden_classes(state.hidden_classes)
        self.plane.set_brush(state.tool == "stroke")
        self.plane.set_marker(_frame_of(stroke, state.frame))
        self.legend.set_hidden(state.hidden_classes)
        self.legend.setVisible(state.codes and self._codes is not None and self._codes.labels is not None)
        self.panel.show_stroke(stroke, bool(state.recipe.strokes))
        self.panel.strip.set_frame(state.frame)
        self.panel.show_settings(state.loop, state.speed)
        self._inspector.selection.show_item(item)
        self._inspector.card.show_entry(entry)
        self._inspector.show_hint(entry is not None and not (state.recipe.points or state.recipe.strokes or state.picture))
        self._show_actions(state, item)
        if entry is None:
            self.plane.set_message(NO_MODEL)
        if stroke is None or state.selected != self._selected:
            self.player.stop()
        self._selected = state.selected

    def _show_actions(self, state: LatentState, item: Point | Stroke | None) -> None:
        a, stroke = self.actions_, isinstance(item, Stroke)
        checked = {
            a.move: state.tool == "move", a.brush: state.tool == "stroke", a.codes: state.codes, a.manifold: state.manifold,
            a.prior: state.prior and self._variational, a.loop: state.loop,
        }  # fmt: skip
        enabled = {
            a.delete: item is not None, a.play: stroke, a.back: stroke, a.on: stroke, a.prior: self._variational,
            a.no_picture: bool(state.picture), a.all_classes: bool(state.hidden_classes), a.add_point: self._entry is not None,
        }  # fmt: skip
        for action, on in checked.items():
            action.setChecked(on)
        for action, on in enabled.items():
            action.setEnabled(on)

    def show_codes(self, codes: CodesShown | None) -> None:
        """Codes of the test images; None while they are computed."""
        self._codes = codes
        if codes is None:
            self.plane.set_codes(np.zeros((0, 2), np.float32), None)
            self.plane.set_message(ENCODING)
            return
        self.plane.set_codes(codes.codes, codes.labels)
        self.plane.set_message("")
        self.plane.set_home(self._home(codes))
        self.legend.setVisible(self._state.codes and codes.labels is not None)
        self._say()

    def show_broken(self, entry: LibraryEntry) -> None:
        """A model whose codes cannot be had."""
        self.plane.set_message(f"{entry.name} cannot be read. Choose another model above, or open it again.")

    def show_manifold(self, grid: GridDecoded | None) -> None:
        """The manifold, once it has come."""
        self._grid = grid
        self.plane.set_manifold(None if grid is None else grid.picture, *(() if grid is None else (grid.extent,)))
        self._say()

    def show_points(self, decoded: CodesDecoded, names: tuple[str, ...]) -> None:
        """Decodings of the points."""
        self.plane.set_tiles(decoded.tiles, names)

    def show_stroke(self, decoded: CodesDecoded | None) -> None:
        """Decodings along the selected stroke, or the one being painted."""
        self.panel.show_tiles(None if decoded is None else decoded.tiles)

    def show_probe(self, probe: Probe) -> None:
        """What the inspector shows large."""
        self._inspector.probe.show_probe(probe, self._variational)
        if probe.decoded is not None:
            if probe.decoded is not self._measured:
                self._measured = probe.decoded
                self._milliseconds.append(probe.decoded.milliseconds)
            speed = f"decode {milliseconds(median(self._milliseconds))}"  # of one code, by the decoder alone
            if speed != self._speed:
                self._speed = speed
                self._say()

    def show_picture(self, picture: PictureEncoded | None) -> None:
        """The encoded picture."""
        self._inspector.picture.show_picture(picture)
        self.plane.set_posterior(None if picture is None else picture.mean, None if picture is None else picture.sigma)

    @property
    def _variational(self) -> bool:
        return self._entry is not None and self._entry.card is not None and self._entry.card.kind == "vae"

    def _home(self, codes: CodesShown) -> Extent:
        """The codes, and for a VAE most of the prior."""
        extents = [e for e in (extent_of(codes.codes),) if e is not None]
        if self._variational:
            r = prior_radius(0.9)
            extents.append((-r, r, -r, r))
        if not extents:
            return -3.0, 3.0, -3.0, 3.0
        return min(e[0] for e in extents), max(e[1] for e in extents), min(e[2] for e in extents), max(e[3] for e in extents)

    # --- what is said

    def _playing_changed(self, playing: bool) -> None:
        self.panel.show_playing(playing)
        self.actions_.play.setText("&Pause stroke" if playing else "&Play stroke")
        self._say()

    def _view_changed(self) -> None:
        self.legend.move(self.plane.width() - self.legend.width() - 8, 8)
        self.controller.view_changed()

    def _say(self) -> None:
        """Status and idleness, whenever either may be another."""
        self.status_changed.emit(self._status())
        if self.idle != self._was_idle:
            self._was_idle = self.idle
            self.idle_changed.emit(self._was_idle)

    def _status(self) -> Status:
        state, said = self._state, []
        if self._entry is None:
            return Status("no latent plane to show")
        if self._codes is None:
            said.append("encoding the test images")
        elif len(self._codes.codes) == 0:
            said.append("no test images of this model's data here")
        else:
            shown, total = len(self.plane.codes_drawn), len(self._codes.codes)
            said.append(f"{_grouped(total)} codes" if shown == total else f"{_grouped(shown)} of {_grouped(total)} codes shown")
        if state.manifold and self._grid is not None:
            said.append(f"manifold {self._grid.columns} × {self._grid.rows}")
        counts = ((len(state.recipe.points), "point"), (len(state.recipe.strokes), "stroke"))
        right = " · ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in counts if n)
        return Status(" · ".join(said), right=right, speed=self._speed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc selects nothing."""
        if event.key() == Qt.Key.Key_Escape and self._state.selected:
            verbs.select(self.context.store, "")
            return
        super().keyPressEvent(event)


def _frame_of(stroke: Stroke | None, frame: int) -> tuple[float, float] | None:
    if stroke is None:
        return None
    x, y = resample(stroke.path, stroke.frames)[min(frame, stroke.frames - 1)].tolist()
    return x, y


def _grouped(count: int) -> str:
    return f"{count:,}".replace(",", " ")
