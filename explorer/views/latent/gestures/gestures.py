"""What the person's hands do to the plane and what lies on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QMenu

from explorer.recipe import Point, Spacing, Stroke, StrokeShape
from explorer.state.edits import latent as edits
from explorer.state.session import LatentState
from explorer.views.latent.controller import LatentController
from explorer.views.latent.gestures.chains import ChainHands
from explorer.views.latent.gestures.encoding import EncodeHands
from explorer.views.latent.gestures.models import ModelHands
from explorer.views.latent.gestures.strip import StripHands
from explorer.views.latent.inspector.inspector import LatentInspector
from explorer.views.latent.plane.legend import PlaneLegend
from explorer.views.latent.plane.pane import PlanePane
from explorer.views.latent.plane.plane import Plane
from explorer.views.latent.strip.panel import StripPanel
from explorer.views.latent.strip.player import Player
from explorer.views.latent.toolbar import LatentToolbar
from explorer.views.paper.menu import offer_paper
from explorer.views.workspace import Context
from explorer.widgets.controls.actions import Actions
from explorer.widgets.look.language import tr

NUDGE_PIXELS = 2
ZOOM = 1.25


class Hands(QObject):
    """Connects the workspace's widgets and actions to the store.

    Attributes
    ----------
    models : ModelHands
    encode : EncodeHands
    """

    def __init__(
        self, context: Context, plane: Plane, controller: LatentController, actions: Actions,
        notice: Callable[[str, str], object], parent: QObject,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._controllers = [controller]
        self._store = context.store
        self._plane, self._controller, self._actions = plane, controller, actions
        self._strip = StripHands(context, actions, self)
        self.models = ModelHands(context, controller, actions, self)
        self._chains = ChainHands(context, controller, actions, self.player, self)
        self.encode = EncodeHands(context, actions, plane, notice, self)
        self.encode.set_controllers([controller])
        self.encode.drawing_wanted.connect(self.player.stop)
        self.take_gestures(plane)
        plane.play_wanted.connect(self._strip.toggle_play)
        slots: dict[str, Callable[[], object]] = {
            "add_point": self._add_point_here, "delete": self._delete, "lock": self._toggle_lock, "copy": self._copy, "fit": plane.fit,
            "zoom_in": partial(plane.zoom, ZOOM), "zoom_out": partial(plane.zoom, 1 / ZOOM),
        }  # fmt: skip
        for name, slot in slots.items():
            actions.on(name, slot)

    @property
    def player(self) -> Player:
        """Plays the selected stroke."""
        return self._strip.player

    # --- what is listened to

    def take_gestures(self, plane: Plane) -> None:
        """Listen to a plane: all that are linked change the same session."""
        plane.hovered.connect(self._hover)
        self._chains.take_plane(plane)
        plane.code_clicked.connect(self.encode.encode_image)
        plane.click_withdrawn.connect(self.encode.withdraw_image)
        plane.point_wanted.connect(self._add_point)
        plane.item_selected.connect(self.select)
        plane.item_carried.connect(self._carry)
        plane.carry_ended.connect(self._store.end_merge)
        plane.stroke_growing.connect(self._stroke_growing)
        plane.stroke_painted.connect(self._stroke_painted)
        plane.menu_wanted.connect(self._show_menu)
        plane.nudged.connect(self._nudge)

    def set_controllers(self, controllers: Sequence[LatentController]) -> None:
        """All planes' controllers, the first one's first."""
        self._controllers = list(controllers)
        self.encode.set_controllers(controllers)
        self.models.set_controllers(controllers)

    def take_pane(self, pane: PlanePane, which: int) -> None:
        """Listen to a plane beside the first."""
        self.take_gestures(pane.plane)
        self.models.take_legend(pane.legend)
        pane.model_chosen.connect(lambda sha256: self.models.choose_linked(which, sha256))
        pane.close_wanted.connect(lambda: self.models.unlink(which))
        self.models.take_pane(pane, which)

    def take_first(self, pane: PlanePane) -> None:
        """Listen to the first plane's slider over training time."""
        self.models.take_pane(pane, 0)

    def take_widgets(self, toolbar: LatentToolbar, legend: PlaneLegend, panel: StripPanel, inspector: LatentInspector) -> None:
        """Listen to what lies around the plane."""
        self._strip.take_panel(panel)
        self.models.take_widgets(toolbar, inspector.slice_)
        self.models.take_legend(legend)
        self.encode.take_section(inspector.picture)
        self._chains.take_section(inspector.chains)
        selection = inspector.selection
        selection.renamed.connect(self._rename)
        selection.placed.connect(self._place)
        selection.refused.connect(self._controller.complain)
        selection.frames_chosen.connect(self._set_frames)
        selection.shape_chosen.connect(self._set_shape)
        selection.spacing_chosen.connect(self._set_spacing)
        selection.path_wanted.connect(self._strip.show_paths)

    @property
    def _state(self) -> LatentState:
        return self._store.session.latent

    def _put(self, state: LatentState, label: str, merge: str = "") -> None:
        self._store.update(label, merge, latent=state)

    # --- what the person does

    def select(self, name: str) -> None:
        """Look at an item, or at none."""
        self._store.update(latent=edits.select(self._state, name))

    def _add_point(self, x: float, y: float) -> None:
        if self._controller.entry is not None:
            digits = self._plane.view.digits
            state = edits.add_point(self._state, self._controller.entry, round(x, digits), round(y, digits))
            self._put(state, tr("add {selected}", selected=state.selected))

    def _add_point_here(self) -> None:
        at = self._plane.mapFromGlobal(QCursor.pos())
        inside = self._plane.underMouse() and self._plane.rect().contains(at)
        self._add_point(*(self._plane.view.to_plane(at.x(), at.y()) if inside else (self._plane.view.x, self._plane.view.y)))

    def _hover(self, place: tuple[float, float] | None) -> None:
        for controller in self._controllers:
            controller.set_hover(place)

    def _carry(self, item: Point | Stroke) -> None:
        self._put_moved(edits.carry(self._state, item), item.name)

    def _nudge(self, dx: int, dy: int) -> None:
        """Arrow keys: in steps of pixels, or of frames."""
        name, step = self._state.selected, NUDGE_PIXELS / self._plane.view.scale
        if isinstance(edits.item_named(self._state.recipe, name), Stroke):
            self._strip.step(1 if dx + dy > 0 else -1)
        else:
            self._put_moved(edits.nudge(self._state, dx * step, dy * step), name)

    def _place(self, name: str, x: float, y: float) -> None:
        self._put_moved(edits.place(self._state, name, x, y), name)
        self._store.end_merge()

    def _put_moved(self, state: LatentState, name: str) -> None:
        """A whole drag is one change, until `Store.end_merge`."""
        self._put(state, tr("move {name}", name=name), f"latent.move.{name}")

    def _stroke_growing(self, path: np.ndarray | None) -> None:
        self.player.stop()
        for controller in self._controllers:
            controller.set_growing(path)

    def _stroke_painted(self, path: np.ndarray) -> None:
        if self._controller.entry is not None:
            state = edits.add_stroke(self._state, self._controller.entry, path)
            self._put(state, tr("paint {selected}", selected=state.selected))
        for controller in self._controllers:
            controller.set_growing(None)
        self._strip.play()

    def _rename(self, name: str, wanted: str) -> None:
        self._put(edits.rename(self._state, name, wanted), tr("rename {name}", name=name))

    def _set_frames(self, name: str, frames: int) -> None:
        self.player.stop()
        self._put(edits.set_frames(self._state, name, frames), tr("frames of {name}", name=name), f"latent.frames.{name}")

    def _set_shape(self, name: str, shape: StrokeShape) -> None:
        self.player.stop()
        self._put(edits.set_shape(self._state, name, shape), tr("shape of {name}", name=name))

    def _set_spacing(self, name: str, spacing: Spacing) -> None:
        self._put(edits.set_spacing(self._state, name, spacing), tr("steps of {name}", name=name))

    def _delete(self) -> None:
        self._put(edits.delete(self._state, self._state.selected), tr("delete {selected}", selected=self._state.selected))

    def _toggle_lock(self) -> None:
        point = edits.item_named(self._state.recipe, self._state.selected)
        if isinstance(point, Point):
            label = tr("unlock {name}", name=point.name) if point.locked else tr("lock {name}", name=point.name)
            self._put(edits.set_locked(self._state, point.name, not point.locked), label)

    def _copy(self) -> None:
        text = edits.as_text(self._state.recipe, self._state.selected)
        if text:
            QGuiApplication.clipboard().setText(text)

    def _show_menu(self, at: QPoint, x: float, y: float) -> None:
        menu, a = QMenu(self._plane), self._actions
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._state.selected:
            menu.addAction(a["delete"])
            menu.addAction(a["copy"])
            if a["lock"].isEnabled():
                menu.addAction(a["lock"])
            if isinstance(edits.item_named(self._state.recipe, self._state.selected), Stroke):
                menu.addAction(a["play"])
        if self._controller.entry is not None:
            add = menu.addAction(tr("Add point here"))
            add.triggered.connect(lambda: self._add_point(x, y))
        menu.addSeparator()
        menu.addAction(a["fit"])
        offer_paper(menu, self._plane)
        menu.popup(at)
