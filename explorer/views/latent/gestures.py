"""What the person's hands do to the plane: gestures, buttons and keys become changes of the session."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import numpy as np
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QMenu

from explorer.recipe import Point, Spacing, Stroke, StrokeShape
from explorer.state.edits import encoding as encoding_edits
from explorer.state.edits import latent as edits
from explorer.state.session import LatentState
from explorer.views.latent.controller import SHAPES, LatentController
from explorer.views.latent.gestures_encode import EncodeHands
from explorer.views.latent.gestures_models import ModelHands
from explorer.views.latent.inspector.inspector import LatentInspector
from explorer.views.latent.plane.pane import PlanePane
from explorer.views.latent.plane.plane import Plane
from explorer.views.latent.plane.plane_legend import PlaneLegend
from explorer.views.latent.player import Player
from explorer.views.latent.strip.strip_name import strip_of
from explorer.views.latent.strip.strip_panel import StripPanel
from explorer.views.latent.toolbar import LatentToolbar
from explorer.views.workspace import Context
from explorer.widgets.controls.actions import Actions

NUDGE_PIXELS = 2
ZOOM = 1.25
SAMPLES = 64


class Hands(QObject):
    """Connects the workspace's widgets and actions to the store.

    Attributes
    ----------
    player : Player
        Plays the selected stroke.
    """

    def __init__(self, context: Context, plane: Plane, controller: LatentController, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self._controllers = [controller]
        self._store, self._library = context.store, context.library
        self._plane, self._controller, self._actions = plane, controller, actions
        self.player = Player(self)
        self.player.frame_due.connect(self._show_frame)
        self._frames: Callable[[], int] = lambda: 0
        self._models = ModelHands(context, controller, actions, self)
        self._encode = EncodeHands(context, actions, plane, self)
        self._encode.set_controllers([controller])
        self._encode.drawing_wanted.connect(self.player.stop)
        self._take_plane()
        self._take_actions()

    def _take_plane(self) -> None:
        self.take_gestures(self._plane)
        self._plane.play_wanted.connect(self._toggle_play)

    def take_gestures(self, plane: Plane) -> None:
        """Listen to a plane: all that are linked change the same session."""
        plane.hovered.connect(self._hover)
        plane.code_clicked.connect(self._encode.encode_image)
        plane.click_withdrawn.connect(self._encode.withdraw_image)
        plane.point_wanted.connect(self._add_point)
        plane.item_selected.connect(self._select)
        plane.item_carried.connect(self._carry)
        plane.carry_ended.connect(self._store.end_merge)
        plane.stroke_growing.connect(self._stroke_growing)
        plane.stroke_painted.connect(self._stroke_painted)
        plane.menu_wanted.connect(self._show_menu)
        plane.nudged.connect(self._nudge)

    def set_controllers(self, controllers: Sequence[LatentController]) -> None:
        """All planes' controllers, the first one's first."""
        self._controllers = list(controllers)
        self._encode.set_controllers(controllers)
        self._models.set_controllers(controllers)

    def take_pane(self, pane: PlanePane, which: int) -> None:
        """Listen to a plane beside the first."""
        self.take_gestures(pane.plane)
        self._models.take_legend(pane.legend)
        pane.model_chosen.connect(lambda sha256: self._models.choose_linked(which, sha256))
        pane.close_wanted.connect(lambda: self._models.unlink(which))
        self._models.take_pane(pane, which)

    def take_first(self, pane: PlanePane) -> None:
        """Listen to the first plane's slider over training time."""
        self._models.take_pane(pane, 0)

    def _take_actions(self) -> None:
        actions = self._actions
        slots = {
            "add_point": self._add_point_here, "delete": self._delete_selected, "lock": self._toggle_lock, "copy": self._copy,
            "paths": self._toggle_paths, "sample": self._sample, "no_samples": self._remove_samples, "play": self._toggle_play,
            "loop": self._toggle_loop, "back": self._step_back, "on": self._step_on, "fit": self._plane.fit,
            "zoom_in": self._zoom_in, "zoom_out": self._zoom_out,
        }  # fmt: skip
        for name, slot in slots.items():
            actions.on(name, slot)

    def take_widgets(self, toolbar: LatentToolbar, legend: PlaneLegend, panel: StripPanel, inspector: LatentInspector) -> None:
        """Listen to what lies around the plane."""
        self._frames = lambda: panel.strip.count
        self._models.take_widgets(toolbar, inspector.slice_)
        self._models.take_legend(legend)
        self._encode.take_section(inspector.picture)
        panel.frame_chosen.connect(self._choose_frame)
        panel.speed_chosen.connect(self._choose_speed)
        panel.close_wanted.connect(self._close_strip)
        selection = inspector.selection
        selection.renamed.connect(self._rename)
        selection.placed.connect(self._place)
        selection.refused.connect(self._controller.complain)
        selection.frames_chosen.connect(self._set_frames)
        selection.shape_chosen.connect(self._set_shape)
        selection.spacing_chosen.connect(self._set_spacing)
        selection.path_wanted.connect(self._show_paths)

    @property
    def _state(self) -> LatentState:
        return self._store.session.latent

    # --- what the person does

    def _select(self, name: str) -> None:
        edits.select(self._store, name)

    def _add_point(self, x: float, y: float) -> None:
        if self._controller.entry is not None:
            digits = self._plane.view.digits
            edits.add_point(self._store, self._controller.entry, round(x, digits), round(y, digits))

    def _add_point_here(self) -> None:
        at = self._plane.mapFromGlobal(QCursor.pos())
        inside = self._plane.underMouse() and self._plane.rect().contains(at)
        self._add_point(*(self._plane.view.to_plane(at.x(), at.y()) if inside else (self._plane.view.x, self._plane.view.y)))

    def _hover(self, place: tuple[float, float] | None) -> None:
        for controller in self._controllers:
            controller.set_hover(place)

    def _carry(self, item: Point | Stroke) -> None:
        edits.carry(self._store, item)

    def _nudge(self, dx: int, dy: int) -> None:
        """Arrow keys: in steps of pixels, or of frames."""
        item = edits.item_named(self._state.recipe, self._state.selected)
        if isinstance(item, Point) and not item.locked:
            step = NUDGE_PIXELS / self._plane.view.scale
            edits.carry(self._store, msgspec.structs.replace(item, x=item.x + dx * step, y=item.y + dy * step))
        elif isinstance(item, Stroke):
            self._choose_frame(self._state.frame + (1 if dx + dy > 0 else -1))

    def _place(self, name: str, x: float, y: float) -> None:
        point = edits.item_named(self._state.recipe, name)
        if isinstance(point, Point):
            edits.carry(self._store, msgspec.structs.replace(point, x=x, y=y))
        self._store.end_merge()

    def _stroke_growing(self, path: np.ndarray | None) -> None:
        self.player.stop()
        for controller in self._controllers:
            controller.set_growing(path)

    def _stroke_painted(self, path: np.ndarray) -> None:
        if self._controller.entry is not None:
            edits.add_stroke(self._store, self._controller.entry, path, SHAPES.get(self._state.tool, "free"))  # type: ignore[arg-type]
        for controller in self._controllers:
            controller.set_growing(None)
        self._play()

    def _rename(self, name: str, wanted: str) -> None:
        edits.rename(self._store, name, wanted)

    def _set_frames(self, name: str, frames: int) -> None:
        self.player.stop()
        edits.set_frames(self._store, name, frames)

    def _delete_selected(self) -> None:
        edits.delete(self._store, self._state.selected)

    # --- samples and paths

    def _sample(self) -> None:
        self.player.stop()
        edits.sample_prior(self._store, SAMPLES)

    def _remove_samples(self) -> None:
        edits.remove_samples(self._store)

    def _close_strip(self) -> None:
        strip = strip_of(self._state)
        if strip == "samples":
            edits.remove_samples(self._store)
        elif strip == "posterior":
            encoding_edits.remove_draws(self._store)
        else:
            self._store.update_latent(strip="stroke", frame=0)

    def _show_paths(self, first: str, second: str) -> None:
        self.player.stop()
        edits.show_paths(self._store, first, second)

    def _toggle_paths(self) -> None:
        """Between the selected point, or the last, and the one before it."""
        points = [p.name for p in self._state.recipe.points]
        if strip_of(self._state) == "paths" or len(points) < 2:
            self._store.update_latent(strip="stroke", frame=0)
            return
        last = self._state.selected if self._state.selected in points else points[-1]
        first = next(name for name in reversed(points) if name != last)
        self._show_paths(first, last)

    def _toggle_lock(self) -> None:
        edits.toggle_lock(self._store, self._state.selected)

    def _copy(self) -> None:
        text = edits.as_text(self._state.recipe, self._state.selected)
        if text:
            QGuiApplication.clipboard().setText(text)

    def _set_shape(self, name: str, shape: StrokeShape) -> None:
        self.player.stop()
        edits.set_shape(self._store, name, shape)

    def _set_spacing(self, name: str, spacing: Spacing) -> None:
        edits.set_spacing(self._store, name, spacing)

    def _zoom_in(self) -> None:
        self._plane.zoom(ZOOM)

    def _zoom_out(self) -> None:
        self._plane.zoom(1 / ZOOM)

    # --- playing

    def _stroke(self) -> Stroke | None:
        item = edits.item_named(self._state.recipe, self._state.selected)
        return item if isinstance(item, Stroke) else None

    def _toggle_play(self) -> None:
        if self.player.playing:
            self.player.stop()
        else:
            self._play()

    def _play(self) -> None:
        """Play the selected stroke with the settings of now."""
        count = self._count()
        if count and strip_of(self._state) in ("stroke", "paths"):
            self.player.play(self._state.frame, count, self._state.loop, self._state.speed)

    def _replay(self) -> None:
        if self.player.playing:
            self._play()

    def _show_frame(self, frame: int) -> None:
        self._store.update_latent(frame=frame)

    def _choose_frame(self, frame: int) -> None:
        count = self._count()
        if count:
            self.player.stop()
            self._show_frame(min(count - 1, max(0, frame)))

    def _count(self) -> int:
        """Frames of what the strip shows."""
        if strip_of(self._state) == "stroke":
            stroke = self._stroke()
            return 0 if stroke is None else stroke.frames
        return self._frames()

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
            menu.addAction(self._actions["delete"])
            menu.addAction(self._actions["copy"])
            if self._actions["lock"].isEnabled():
                menu.addAction(self._actions["lock"])
            if self._stroke() is not None:
                menu.addAction(self._actions["play"])
        if self._controller.entry is not None:
            add = menu.addAction("Add point here")
            add.triggered.connect(lambda: self._add_point(x, y))
        menu.addSeparator()
        menu.addAction(self._actions["fit"])
        menu.popup(at)
