"""The Latent workspace: the planes, the strip under them, the inspector beside them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.engine.latent.export_messages import ExportPlane, ExportStrip, PlaneExported, PreviewPlane, PreviewStrip, StripExported
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe import Recipe, Shown, Stroke
from explorer.state.edits.encoding import something
from explorer.state.edits.latent import item_named, strip_of
from explorer.state.edits.planes import slice_of
from explorer.state.session import LatentState, Session
from explorer.views.latent.action_state import show_actions
from explorer.views.latent.actions import GROUPS
from explorer.views.latent.controller import LatentController
from explorer.views.latent.entries import (
    chain_entries,
    chain_entry,
    decodes_only,
    dimensions,
    has_exact_posterior,
    has_plane,
    plane_entries,
    sliced_planes,
    steered,
)
from explorer.views.latent.facts import FACTS
from explorer.views.latent.gestures.gestures import Hands
from explorer.views.latent.inspector.inspector import LatentInspector
from explorer.views.latent.paged_planes import paged_planes
from explorer.views.latent.plane.legend import PlaneLegend
from explorer.views.latent.plane.pane import PlanePane
from explorer.views.latent.plane.plane import Plane
from explorer.views.latent.plane.planes import PlaneRow
from explorer.views.latent.status import DecodeSpeed, status_of
from explorer.views.latent.strip.content import strip_content, strip_recipe
from explorer.views.latent.strip.panel import StripPanel
from explorer.views.latent.strip.player import FRAMES_PER_SECOND, Player
from explorer.views.latent.toolbar import LatentToolbar
from explorer.views.shared.unopened import UnopenedModels
from explorer.views.workspace import Context, Workspace
from explorer.widgets.controls.actions import Actions
from explorer.widgets.look.language import tr

if TYPE_CHECKING:
    from explorer.views.export_offer import ExportChoice, ExportOffer

MARGIN, GAP = 14, 10
TALL = 900
"""Height in pixels from which on there is room for the decoding in full width and the pad's figures below it."""
OFF = 1e-3
"""Distance from which on a code is off the plane."""


class LatentWorkspace(Workspace):
    """Drag in a real latent plane."""

    facts = FACTS

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        self.setObjectName("page")
        self.actions_ = Actions(theme, self, GROUPS)
        self.toolbar = LatentToolbar(self.actions_)
        self.panel = StripPanel(theme, self.actions_)
        self._inspector = LatentInspector(theme, self.actions_)
        self.actions_.add_to(self._inspector)
        self.planes = PlaneRow(context)
        self.hands = Hands(context, self.plane, self.controller, self.actions_, self.noticed.emit, self)
        self._speed = DecodeSpeed()
        self._unopened = UnopenedModels(context.library, self.controller.complain)
        self._written = ""
        self._selected = ""
        self._presenting = False
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN - 2, MARGIN, MARGIN - 2)
        column.setSpacing(GAP)
        column.addWidget(self.toolbar)
        column.addWidget(self.planes, 1)
        column.addWidget(self.panel)
        self.hands.take_widgets(self.toolbar, self.legend, self.panel, self._inspector)
        self.hands.take_first(self.panes[0])
        self.planes.told.connect(self._told)
        self.planes.settled.connect(self._say)
        self.player.playing_changed.connect(self._playing_changed)
        self.actions_.on("export", self._ask_for_export)
        context.store.changed.connect(self._session_changed)
        context.library.changed.connect(self._show_state)

    @property
    def panes(self) -> list[PlanePane]:
        """The planes, the first one first."""
        return self.planes.panes

    @property
    def controllers(self) -> list[LatentController]:
        """Their controllers."""
        return self.planes.controllers

    @property
    def controller(self) -> LatentController:
        """The first plane's."""
        return self.planes.controllers[0]

    @property
    def plane(self) -> Plane:
        """The first plane."""
        return self.panes[0].plane

    @property
    def legend(self) -> PlaneLegend:
        """The first plane's classes."""
        return self.panes[0].legend

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the inspector is closer set."""
        super().resizeEvent(event)
        self._inspector.probe.show_small(self.height() < TALL)

    # --- the contract of a workspace

    @property
    def inspector(self) -> LatentInspector:
        """Decoding, selection, encoded picture and checkpoint."""
        return self._inspector

    @property
    def idle(self) -> bool:
        """Whether all that the person asked for is shown."""
        return all(c.idle for c in self.controllers) and not self.player.playing

    def menu_actions(self) -> Sequence[QAction]:
        """The Plane menu."""
        return self.actions_.menu()

    def present(self, on: bool) -> None:
        """The planes alone; the strip under them while it has pictures."""
        self._presenting = on
        self.toolbar.present(on)
        self._show_strip()

    def activate(self) -> None:
        """Show the plane of the chosen model."""
        self._match_panes()
        for controller in self.controllers:
            controller.activate()
        self._show_state()
        self.plane.setFocus()

    def stay(self) -> None:
        """Stop playing."""
        self.player.stop()

    def deactivate(self) -> None:
        """Stop playing."""
        self.player.stop()
        for controller in self.controllers:
            controller.deactivate()
        self._say()

    def cancel(self) -> None:
        """Stop what is computed."""
        self.player.stop()
        for controller in self.controllers:
            controller.cancel()

    def accept_entry(self, entry: LibraryEntry) -> bool:
        """Show a VAE's or an AE's plane."""
        if not has_plane(entry):
            return False
        self.hands.models.choose(entry)
        return True

    def accept_picture(self, path: str) -> bool:
        """Encode a picture."""
        self.hands.encode.encode_file(path)
        return True

    def accept_pictures(self, paths: Sequence[str]) -> bool:
        """Encode each: points of their names."""
        return self.hands.encode.several.encode(paths)

    def export_offer(self) -> ExportOffer | None:
        """What the strip and the planes can be written as; the plane that is steered comes first to mind."""
        planes = {plane.which: plane for plane in paged_planes(self._state, self.context.library)}
        if 0 not in planes:
            return None
        from explorer.exports.kinds import pages
        from explorer.views.export_offer import ExportOffer  # with all kinds of files: not before it is wanted

        tiles = tuple(row.tiles for row in self.panel.content.rows if row.tiles is not None)
        recipe, fps = strip_recipe(self._state), FRAMES_PER_SECOND * self._state.speed
        steered = self._state.sliced if self._state.sliced in planes else 0

        def preview(choice: ExportChoice) -> PreviewStrip | PreviewPlane:
            if choice.ending in pages():
                plane = planes[choice.plane]
                return PreviewPlane(plane.path, plane.recipe.slice, plane.recipe.told)
            return PreviewStrip(tiles, choice.ending, choice.scale)

        def write(out: str, choice: ExportChoice) -> None:
            chosen = Shown(scale=choice.scale, fps=0.0 if choice.fps == FRAMES_PER_SECOND else choice.fps)
            made = msgspec.structs.replace(recipe, shown=None if chosen == Shown() else chosen)
            payload: Payload = ExportStrip(out, tiles, made, choice.fps, choice.scale)
            if choice.ending in pages():
                plane = planes[choice.plane]
                payload = ExportPlane(out, plane.path, Recipe(plane=plane.recipe))
            self.context.client.send(payload, "latent.export", self._exported, queued=True)

        titles = {which: plane.title for which, plane in planes.items()}
        pictures = min(map(len, tiles), default=0)
        return ExportOffer("strip", self.workspace_name, pictures, preview, write, fps=fps, planes=titles, plane=steered)

    def _exported(self, outcome: Outcome) -> None:
        if isinstance(outcome, StripExported | PlaneExported):
            self._written = Path(outcome.out).name
            self._say()

    def _ask_for_export(self) -> None:
        offer = self.export_offer()
        if offer is not None:
            from explorer.views.shared.export_dialog import ExportDialog

            dialog = ExportDialog(offer, self.context.client, self.context.store, self.context.theme, self.window())
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    # --- planes

    def _match_panes(self) -> None:
        """As many planes as the recipe links."""
        for which in self.planes.match(1 + len(self._state.recipe.beside)):
            self.hands.take_pane(self.panes[which], which)
        self.hands.set_controllers(self.controllers)

    def _session_changed(self, old: Session, new: Session) -> None:
        if old.latent == new.latent:
            return
        if old.latent.recipe.beside != new.latent.recipe.beside and self.controller.active:
            self._match_panes()
            for controller in self.controllers[1:]:
                controller.activate()
        self._show_state()

    @property
    def player(self) -> Player:
        """Plays the selected stroke."""
        return self.hands.player

    @property
    def _state(self) -> LatentState:
        return self.context.store.session.latent

    # --- what lies around the planes

    def _show_state(self) -> None:
        """What the person chose, around the planes; the planes' controllers show it on them."""
        state, entry, first = self._state, self.controller.resolved, self.panes[0]
        item = item_named(state.recipe, state.selected)
        stroke = item if isinstance(item, Stroke) else None
        library = self.context.library
        if self.controller.active:
            self._unopened.open(state.recipe)
        self.toolbar.show_entries(plane_entries(library), library.listed(entry))
        self.toolbar.show_field(state.field, first.variational)
        moments = [library.snapshots_of(controller.resolved) for controller in self.controllers]
        several, timed = len(self.panes) > 1, any(len(each) > 1 for each in moments)
        for pane, controller, each in zip(self.panes, self.controllers, moments, strict=True):
            pane.header.show_models(plane_entries(library), controller.resolved, several, each, timed)
        library.follow(tuple(controller.resolved.path for controller in self.controllers if controller.resolved is not None))
        self.panel.show_frame(state.frame)
        self._show_strip()
        self.panel.show_speed(state.speed)
        self._inspector.selection.show_item(item, state.recipe.points, first.stroke)
        self._show_slices(state)
        if entry is not None and entry.card is not None:
            self._inspector.picture.show_data(entry.card.data.shape, entry.card.data.name)
        self._inspector.picture.show_state(state)
        self._inspector.card.show_entry(entry)
        self._inspector.chains.show_ddpms(chain_entries(library, entry), chain_entry(state.recipe, library, entry))
        self._inspector.chains.show_chains(state.recipe.chains, state.chain)
        touched = state.recipe.points or state.recipe.strokes or something(state)
        self._inspector.show_hint(entry is not None and not touched, not decodes_only(entry))
        self._show_actions()
        if (stroke is None or state.selected != self._selected) and strip_of(state) == "stroke":
            self.player.stop()
        self._selected = state.selected
        self._say()

    def _show_slices(self, state: LatentState) -> None:
        section, library = self._inspector.slice_, self.context.library
        planes, which = sliced_planes(state.recipe, library), steered(state, library)
        section.show_planes([(number, found.name) for number, found in planes], which)
        section.show_slice(slice_of(state.recipe, which), next((dimensions(found) for number, found in planes if number == which), 2))

    def _show_strip(self) -> None:
        self.panel.show_content(strip_content(self._state, self.panes))
        self.panel.setVisible(not self._presenting or self.panel.strip.count > 0)

    def _show_actions(self) -> None:
        known, has_prior = self.controller.resolved is not None, self.panes[0].has_prior
        controller = self.controllers[min(steered(self._state, self.context.library), len(self.controllers) - 1)]
        off = controller.encoded is not None and controller.encoded.distance > OFF
        sliced = controller.entry is not None and dimensions(controller.entry) > 2
        coded = bool(chain_entries(self.context.library, self.controller.resolved))
        exact = self.controller.entry is not None and has_exact_posterior(self.controller.entry)
        marked = controller.codes is not None and len(controller.codes.marks) > 1
        show_actions(self.actions_, self._state, known, has_prior, off, sliced, marked, coded, exact)

    def _told(self, pane: PlanePane, what: str) -> None:
        """A plane shows something new."""
        first = pane is self.panes[0]
        if what in ("stroke", "paths", "draws", "chains", "codes"):
            self._show_strip()
        if what == "stroke" and first:
            state = self._state
            self._inspector.selection.show_item(item_named(state.recipe, state.selected), state.recipe.points, self.panes[0].stroke)
        elif what in ("probe", "codes") and first:
            self._show_probe()
        elif what == "chains" and first:
            self._inspector.chains.show_walked(pane.chains)
        elif what == "picture" and first:
            self._inspector.show_picture(self.panes[0].picture)
        elif what == "truth" and first:
            self._inspector.show_truth(self.panes[0].truth)
        if what in ("codes", "manifold"):
            self._say()
        if what in ("picture", "codes"):  # a plane that was laid through pictures says so with its codes
            self._show_actions()

    def _show_probe(self) -> None:
        probe = self.panes[0].probe
        if probe is None:
            return
        first = self.panes[0]
        digits = min(9, max(3, first.viewport.digits - 1))  # as many as tell pixels of this view apart
        card = None if first.entry is None or first.entry.card is None else first.entry.card.latent
        self._inspector.probe.show_probe(probe, first.variational, first.codes, digits, card)
        if self._speed.take(probe.decoded):
            self._say()

    # --- what is said

    def _playing_changed(self, playing: bool) -> None:
        self.panel.show_playing(playing)
        self.actions_["play"].setText(tr("&Pause stroke") if playing else tr("&Play stroke"))
        self._say()

    def _say(self) -> None:
        """The status, whenever it may be another."""
        self.status_changed.emit(status_of(self._state, self.panes[0], self._written, self._speed.words))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc selects nothing."""
        if event.key() == Qt.Key.Key_Escape and self._state.selected:
            self.hands.select("")
            return
        super().keyPressEvent(event)
