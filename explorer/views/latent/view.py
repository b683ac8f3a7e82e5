"""The Latent workspace: the plane, the strip under it, the inspector beside it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from statistics import median

import msgspec
import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFileDialog, QMenu, QVBoxLayout, QWidget

from explorer.engine.messages import CodesDecoded, CodesShown, GridDecoded, LibraryEntry, PictureEncoded
from explorer.latent.plane import Extent, extent_of, prior_radius
from explorer.latent.strokes import resample
from explorer.recipe import Point, Stroke
from explorer.state.session import LatentState
from explorer.views.latent import verbs
from explorer.views.latent.actions import LatentActions
from explorer.views.latent.controller import LatentController, Probe, has_plane, plane_entries
from explorer.views.latent.inspector import LatentInspector
from explorer.views.latent.player import Player
from explorer.views.latent.strip_panel import StripPanel
from explorer.views.latent.toolbar import LatentToolbar
from explorer.views.workspace import Context, Status, Workspace
from explorer.widgets.plane import Plane
from explorer.widgets.plane_legend import PlaneLegend
from explorer.widgets.plane_viewport import Viewport

MARGIN, GAP = 14, 10
PICTURES = "Pictures (*.png *.jpg *.jpeg *.bmp *.gif *.webp);;All files (*)"
NUDGE_PIXELS = 2
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
        self.player = Player(self)
        self.controller = LatentController(context, self, self)
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
        self._connect_actions()
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
        store, plane, panel, inspector = self.context.store, self.plane, self.panel, self._inspector
        plane.hovered.connect(self.controller.set_hover)
        plane.view_changed.connect(self._view_changed)
        plane.point_wanted.connect(self._add_point)
        plane.item_selected.connect(self._select)
        plane.item_carried.connect(self._carry)
        plane.carry_ended.connect(store.end_merge)
        plane.stroke_growing.connect(self._stroke_growing)
        plane.stroke_painted.connect(self._stroke_painted)
        plane.menu_wanted.connect(self._show_menu)
        plane.play_wanted.connect(self._toggle_play)
        plane.nudged.connect(self._nudge)
        self.legend.class_toggled.connect(self._toggle_class)
        self.legend.class_alone.connect(self._only_class)
        self.toolbar.entry_chosen.connect(self._choose_hash)
        self.toolbar.kind_chosen.connect(self._choose_kind)
        panel.strip.frame_chosen.connect(self._choose_frame)
        panel.speed_chosen.connect(self._choose_speed)
        self.player.frame_due.connect(self._show_frame)
        self.player.playing_changed.connect(self._playing_changed)
        inspector.renamed.connect(self._rename)
        inspector.placed.connect(self._place)
        inspector.frames_chosen.connect(self._set_frames)
        inspector.delete_wanted.connect(self._delete)
        self.controller.settled.connect(self._say)

    def _connect_actions(self) -> None:
        a = self.actions_
        slots = {
            a.move: self._use_move, a.brush: self._use_brush, a.add_point: self._add_point_here, a.delete: self._delete_selected,
            a.play: self._toggle_play, a.loop: self._toggle_loop, a.back: self._step_back, a.on: self._step_on,
            a.codes: self._toggle_codes, a.manifold: self._toggle_manifold, a.prior: self._toggle_prior,
            a.all_classes: self._all_classes, a.fit: self.plane.fit, a.zoom_in: self._zoom_in, a.zoom_out: self._zoom_out,
            a.encode: self._ask_for_picture, a.no_picture: self._dismiss_picture, a.other_model: self._other_model,
        }  # fmt: skip
        for action, slot in slots.items():
            action.triggered.connect(slot)

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
            speed = f"decode {median(self._milliseconds):.1g} ms"  # of one code, by the decoder alone
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

    # --- what the person does

    def _select(self, name: str) -> None:
        verbs.select(self.context.store, name)

    def _add_point(self, x: float, y: float) -> None:
        if self._entry is not None:
            verbs.add_point(self.context.store, self._entry, x, y)

    def _add_point_here(self) -> None:
        at = self.plane.mapFromGlobal(self.cursor().pos())
        inside = self.plane.underMouse() and self.plane.rect().contains(at)
        self._add_point(*(self.plane.view.to_plane(at.x(), at.y()) if inside else (self.plane.view.x, self.plane.view.y)))

    def _carry(self, item: Point | Stroke) -> None:
        verbs.carry(self.context.store, item)

    def _nudge(self, dx: int, dy: int) -> None:
        """Arrow keys: in steps of pixels, or of frames."""
        item = verbs.item_named(self._state.recipe, self._state.selected)
        if isinstance(item, Point):
            step = NUDGE_PIXELS / self.plane.view.scale
            verbs.carry(self.context.store, msgspec.structs.replace(item, x=item.x + dx * step, y=item.y + dy * step))
        elif isinstance(item, Stroke):
            self._choose_frame(self._state.frame + (1 if dx + dy > 0 else -1))

    def _place(self, name: str, x: float, y: float) -> None:
        verbs.carry(self.context.store, Point(name, x, y))
        self.context.store.end_merge()

    def _stroke_growing(self, path: np.ndarray | None) -> None:
        self.player.stop()
        self.controller.set_growing(path)

    def _stroke_painted(self, path: np.ndarray) -> None:
        if self._entry is not None:
            verbs.add_stroke(self.context.store, self._entry, path)
        self.controller.set_growing(None)
        self._play()

    def _rename(self, name: str, wanted: str) -> None:
        verbs.rename(self.context.store, name, wanted)

    def _set_frames(self, name: str, frames: int) -> None:
        self.player.stop()
        verbs.set_frames(self.context.store, name, frames)

    def _delete(self, name: str) -> None:
        verbs.delete(self.context.store, name)

    def _delete_selected(self) -> None:
        verbs.delete(self.context.store, self._state.selected)

    def _dismiss_picture(self) -> None:
        self.context.store.update_latent(picture="")

    def _ask_for_picture(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Encode image", "", PICTURES)
        if path:
            self.accept_picture(path)

    # --- models, layers, tools

    def _choose_hash(self, sha256: str) -> None:
        entry = self.context.library.find(sha256)
        if entry is not None:
            verbs.choose_checkpoint(self.context.store, entry)

    def _choose_kind(self, kind: str) -> None:
        entries = [e for e in plane_entries(self.context.library) if e.card is not None and e.card.kind == kind]
        if entries and (self._entry not in entries):
            verbs.choose_checkpoint(self.context.store, entries[0])

    def _other_model(self) -> None:
        self._choose_kind("ae" if self._variational else "vae")

    def _toggle_class(self, label: int) -> None:
        verbs.toggle_class(self.context.store, label)

    def _only_class(self, label: int) -> None:
        verbs.only_class(self.context.store, label)

    def _all_classes(self) -> None:
        self.context.store.update_latent(hidden_classes=())

    def _toggle_codes(self) -> None:
        self.context.store.update_latent(codes=not self._state.codes)

    def _toggle_manifold(self) -> None:
        self.context.store.update_latent(manifold=not self._state.manifold)

    def _toggle_prior(self) -> None:
        self.context.store.update_latent(prior=not self._state.prior)

    def _use_move(self) -> None:
        self.context.store.update_latent(tool="move")

    def _use_brush(self) -> None:
        self.context.store.update_latent(tool="stroke")

    def _zoom_in(self) -> None:
        self.plane.zoom(1.25)

    def _zoom_out(self) -> None:
        self.plane.zoom(0.8)

    # --- playing

    def _stroke(self) -> Stroke | None:
        item = verbs.item_named(self._state.recipe, self._state.selected)
        return item if isinstance(item, Stroke) else None

    def _toggle_play(self) -> None:
        if self.player.playing:
            self.player.stop()
        else:
            self._play()

    def _play(self) -> None:
        """Play the selected stroke with the settings of now."""
        stroke = self._stroke()
        if stroke is not None:
            self.player.play(self._state.frame, stroke.frames, self._state.loop, self._state.speed)

    def _replay(self) -> None:
        if self.player.playing:
            self._play()

    def _show_frame(self, frame: int) -> None:
        self.context.store.update_latent(frame=frame)

    def _choose_frame(self, frame: int) -> None:
        stroke = self._stroke()
        if stroke is not None:
            self.player.stop()
            self._show_frame(min(stroke.frames - 1, max(0, frame)))

    def _step_on(self) -> None:
        self._choose_frame(self._state.frame + 1)

    def _step_back(self) -> None:
        self._choose_frame(self._state.frame - 1)

    def _toggle_loop(self) -> None:
        self.context.store.update_latent(loop=not self._state.loop)
        self._replay()

    def _choose_speed(self, speed: float) -> None:
        self.context.store.update_latent(speed=speed)
        self._replay()

    def _playing_changed(self, playing: bool) -> None:
        self.panel.show_playing(playing)
        self.actions_.play.setText("&Pause stroke" if playing else "&Play stroke")
        self._say()

    # --- what is said

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

    def _show_menu(self, at: QPoint, x: float, y: float) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._state.selected:
            menu.addAction(self.actions_.delete)
            if self._stroke() is not None:
                menu.addAction(self.actions_.play)
        if self._entry is not None:
            add = menu.addAction("Add point here")
            add.triggered.connect(lambda: self._add_point(x, y))
        menu.addSeparator()
        menu.addAction(self.actions_.fit)
        menu.popup(at)

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
