"""What the person's hands do to the plane: gestures, buttons and keys become changes of the session."""

from __future__ import annotations

import msgspec
import numpy as np
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QFileDialog, QMenu

from explorer.recipe import Point, Stroke
from explorer.state.session import LatentState
from explorer.views.latent import verbs
from explorer.views.latent.actions import LatentActions
from explorer.views.latent.controller import LatentController, plane_entries
from explorer.views.latent.inspector import LatentInspector
from explorer.views.latent.player import Player
from explorer.views.latent.strip_panel import StripPanel
from explorer.views.latent.toolbar import LatentToolbar
from explorer.views.workspace import Context
from explorer.widgets.plane import Plane
from explorer.widgets.plane_legend import PlaneLegend

PICTURES = "Pictures (*.png *.jpg *.jpeg *.bmp *.gif *.webp);;All files (*)"
NUDGE_PIXELS = 2
ZOOM = 1.25


class Hands(QObject):
    """Connects the workspace's widgets and actions to the store.

    Attributes
    ----------
    player : Player
        Plays the selected stroke.
    """

    def __init__(self, context: Context, plane: Plane, controller: LatentController, actions: LatentActions, parent: QObject) -> None:
        super().__init__(parent)
        self._store, self._library = context.store, context.library
        self._plane, self._controller, self._actions = plane, controller, actions
        self.player = Player(self)
        self.player.frame_due.connect(self._show_frame)
        self._take_plane()
        self._take_actions()

    def _take_plane(self) -> None:
        plane = self._plane
        plane.hovered.connect(self._controller.set_hover)
        plane.point_wanted.connect(self._add_point)
        plane.item_selected.connect(self._select)
        plane.item_carried.connect(self._carry)
        plane.carry_ended.connect(self._store.end_merge)
        plane.stroke_growing.connect(self._stroke_growing)
        plane.stroke_painted.connect(self._stroke_painted)
        plane.menu_wanted.connect(self._show_menu)
        plane.play_wanted.connect(self._toggle_play)
        plane.nudged.connect(self._nudge)

    def _take_actions(self) -> None:
        a = self._actions
        slots = {
            a.move: self._use_move, a.brush: self._use_brush, a.add_point: self._add_point_here, a.delete: self._delete_selected,
            a.play: self._toggle_play, a.loop: self._toggle_loop, a.back: self._step_back, a.on: self._step_on,
            a.codes: self._toggle_codes, a.manifold: self._toggle_manifold, a.prior: self._toggle_prior,
            a.all_classes: self._all_classes, a.fit: self._plane.fit, a.zoom_in: self._zoom_in, a.zoom_out: self._zoom_out,
            a.encode: self._ask_for_picture, a.no_picture: self._dismiss_picture, a.other_model: self._other_model,
        }  # fmt: skip
        for action, slot in slots.items():
            action.triggered.connect(slot)

    def take_widgets(self, toolbar: LatentToolbar, legend: PlaneLegend, panel: StripPanel, inspector: LatentInspector) -> None:
        """Listen to what lies around the plane."""
        toolbar.entry_chosen.connect(self._choose_hash)
        toolbar.kind_chosen.connect(self._choose_kind)
        legend.class_toggled.connect(self._toggle_class)
        legend.class_alone.connect(self._only_class)
        panel.strip.frame_chosen.connect(self._choose_frame)
        panel.speed_chosen.connect(self._choose_speed)
        inspector.renamed.connect(self._rename)
        inspector.placed.connect(self._place)
        inspector.frames_chosen.connect(self._set_frames)
        inspector.delete_wanted.connect(self._delete)

    @property
    def _state(self) -> LatentState:
        return self._store.session.latent

    # --- what the person does

    def _select(self, name: str) -> None:
        verbs.select(self._store, name)

    def _add_point(self, x: float, y: float) -> None:
        if self._controller.entry is not None:
            verbs.add_point(self._store, self._controller.entry, x, y)

    def _add_point_here(self) -> None:
        at = self._plane.mapFromGlobal(QCursor.pos())
        inside = self._plane.underMouse() and self._plane.rect().contains(at)
        self._add_point(*(self._plane.view.to_plane(at.x(), at.y()) if inside else (self._plane.view.x, self._plane.view.y)))

    def _carry(self, item: Point | Stroke) -> None:
        verbs.carry(self._store, item)

    def _nudge(self, dx: int, dy: int) -> None:
        """Arrow keys: in steps of pixels, or of frames."""
        item = verbs.item_named(self._state.recipe, self._state.selected)
        if isinstance(item, Point):
            step = NUDGE_PIXELS / self._plane.view.scale
            verbs.carry(self._store, msgspec.structs.replace(item, x=item.x + dx * step, y=item.y + dy * step))
        elif isinstance(item, Stroke):
            self._choose_frame(self._state.frame + (1 if dx + dy > 0 else -1))

    def _place(self, name: str, x: float, y: float) -> None:
        verbs.carry(self._store, Point(name, x, y))
        self._store.end_merge()

    def _stroke_growing(self, path: np.ndarray | None) -> None:
        self.player.stop()
        self._controller.set_growing(path)

    def _stroke_painted(self, path: np.ndarray) -> None:
        if self._controller.entry is not None:
            verbs.add_stroke(self._store, self._controller.entry, path)
        self._controller.set_growing(None)
        self._play()

    def _rename(self, name: str, wanted: str) -> None:
        verbs.rename(self._store, name, wanted)

    def _set_frames(self, name: str, frames: int) -> None:
        self.player.stop()
        verbs.set_frames(self._store, name, frames)

    def _delete(self, name: str) -> None:
        verbs.delete(self._store, name)

    def _delete_selected(self) -> None:
        verbs.delete(self._store, self._state.selected)

    def _dismiss_picture(self) -> None:
        self._store.update_latent(picture="")

    def _ask_for_picture(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._plane.window(), "Encode image", "", PICTURES)
        if path:
            self._store.update_latent(picture=path)

    # --- models, layers, tools

    def _choose_hash(self, sha256: str) -> None:
        entry = self._library.find(sha256)
        if entry is not None:
            verbs.choose_checkpoint(self._store, entry)

    def _choose_kind(self, kind: str) -> None:
        entries = [e for e in plane_entries(self._library) if e.card is not None and e.card.kind == kind]
        if entries and (self._controller.entry not in entries):
            verbs.choose_checkpoint(self._store, entries[0])

    def _other_model(self) -> None:
        entry = self._controller.entry
        self._choose_kind("ae" if entry is not None and entry.card is not None and entry.card.kind == "vae" else "vae")

    def _toggle_class(self, label: int) -> None:
        verbs.toggle_class(self._store, label)

    def _only_class(self, label: int) -> None:
        verbs.only_class(self._store, label)

    def _all_classes(self) -> None:
        self._store.update_latent(hidden_classes=())

    def _toggle_codes(self) -> None:
        self._store.update_latent(codes=not self._state.codes)

    def _toggle_manifold(self) -> None:
        self._store.update_latent(manifold=not self._state.manifold)

    def _toggle_prior(self) -> None:
        self._store.update_latent(prior=not self._state.prior)

    def _use_move(self) -> None:
        self._store.update_latent(tool="move")

    def _use_brush(self) -> None:
        self._store.update_latent(tool="stroke")

    def _zoom_in(self) -> None:
        self._plane.zoom(ZOOM)

    def _zoom_out(self) -> None:
        self._plane.zoom(1 / ZOOM)

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
        self._store.update_latent(frame=frame)

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
        self._store.update_latent(loop=not self._state.loop)
        self._replay()

    def _choose_speed(self, speed: float) -> None:
        self._store.update_latent(speed=speed)
        self._replay()

    def _show_menu(self, at: QPoint, x: float, y: float) -> None:
        menu = QMenu(self._plane)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._state.selected:
            menu.addAction(self._actions.delete)
            if self._stroke() is not None:
                menu.addAction(self._actions.play)
        if self._controller.entry is not None:
            add = menu.addAction("Add point here")
            add.triggered.connect(lambda: self._add_point(x, y))
        menu.addSeparator()
        menu.addAction(self._actions.fit)
        menu.popup(at)
