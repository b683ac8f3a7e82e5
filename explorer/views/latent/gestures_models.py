"""What the person's hands do to models, slices and layers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec
from PySide6.QtCore import QObject

from explorer.recipe import Slice
from explorer.state.edits import latent as edits
from explorer.state.session import FieldName, LatentState
from explorer.views.latent.controller import LatentController
from explorer.views.latent.entries import dimensions, is_variational, plane_entries, slice_of, steered
from explorer.views.latent.inspector.slice_section import SliceSection
from explorer.views.latent.plane.pane import PlanePane
from explorer.views.latent.plane.plane_legend import PlaneLegend
from explorer.views.latent.toolbar import LatentToolbar
from explorer.views.workspace import Context
from explorer.widgets.controls.actions import Actions


class ModelHands(QObject):
    """Connects the toolbar, the classes, the slice section and their actions to the store."""

    def __init__(self, context: Context, controller: LatentController, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self._store, self._library, self._controller = context.store, context.library, controller
        self._controllers = [controller]
        slots = {
            "codes": self._toggle_codes, "manifold": self._toggle_manifold, "prior": self._toggle_prior,
            "all_classes": self._all_classes, "other_model": self._other_model, "beside": self._link,
            "another_plane": self._another_plane, "through_code": self._through_code, "reset_offsets": self._reset_offsets,
            "less_trained": lambda: self._step_training(-1), "more_trained": lambda: self._step_training(1),
        }  # fmt: skip
        for name, slot in slots.items():
            actions.on(name, slot)
        for tool in actions.choice("tool"):
            actions.on(tool, partial(self._store.update_latent, tool=tool))

    def take_widgets(self, toolbar: LatentToolbar, section: SliceSection) -> None:
        """Listen to what chooses models, fields and slices."""
        toolbar.entry_chosen.connect(self._choose_hash)
        toolbar.kind_chosen.connect(self._choose_kind)
        toolbar.field_chosen.connect(self._choose_field)
        section.slice_chosen.connect(self._choose_slice)
        section.plane_chosen.connect(self._steer)
        section.slider_released.connect(self._store.end_merge)

    def set_controllers(self, controllers: Sequence[LatentController]) -> None:
        """All planes' controllers, the first one's first."""
        self._controllers = list(controllers)

    def take_legend(self, legend: PlaneLegend) -> None:
        """Listen to a plane's classes."""
        legend.class_toggled.connect(self._toggle_class)
        legend.class_alone.connect(self._only_class)

    def take_pane(self, pane: PlanePane, which: int) -> None:
        """Listen to a plane's slider over training time."""
        pane.snapshot_chosen.connect(lambda sha256, dragged: self._choose_snapshot(which, sha256, dragged))
        pane.snapshot_released.connect(self._store.end_merge)

    def _choose_snapshot(self, which: int, sha256: str, dragged: bool) -> None:
        entry = self._library.find(sha256)
        if entry is not None:
            edits.show_snapshot(self._store, entry, which, f"latent.training.{which}" if dragged else "")

    def _step_training(self, by: int) -> None:
        """The first plane at an earlier or later moment of its run; stay at the ends."""
        entry = self._controller.resolved
        known = self._library.snapshots_of(entry)
        place = next((i for i, each in enumerate(known) if entry is not None and each.images == entry.images), None)
        if place is not None and 0 <= place + by < len(known):
            edits.show_snapshot(self._store, known[place + by], 0)

    @property
    def _state(self) -> LatentState:
        return self._store.session.latent

    def _link(self) -> None:
        """Another plane beside: of the other kind of model, or of one that is not shown yet."""
        shown = {self._state.recipe.checkpoint, *(model.checkpoint for model in self._state.recipe.beside)}
        entry = self._controller.entry
        others = [e for e in plane_entries(self._library) if e != entry and e.sha256 not in shown] or list(plane_entries(self._library))
        if others and entry is not None:
            edits.link_plane(self._store, next((e for e in others if is_variational(e) != is_variational(entry)), others[0]))

    def choose_linked(self, which: int, sha256: str) -> None:
        """Show another model on the `which`th plane beside the first."""
        entry = self._library.find(sha256)
        if entry is not None:
            edits.link_plane(self._store, entry, which)

    def unlink(self, which: int) -> None:
        """Take the `which`th plane beside the first away."""
        edits.unlink_plane(self._store, which)

    def _choose_slice(self, slice_: Slice, dragged: bool) -> None:
        edits.set_slice(self._store, slice_, self._steered, "latent.slice" if dragged else "")

    @property
    def _steered(self) -> int:
        return steered(self._state, self._library)

    def _steer(self, which: int) -> None:
        self._store.update_latent(sliced=which)

    def _another_plane(self) -> None:
        slice_ = slice_of(self._state.recipe, self._steered)
        edits.set_slice(self._store, Slice("random", seed=0 if slice_ is None else slice_.seed + 1), self._steered)

    def _through_code(self) -> None:
        """Move the steered plane to the code of what is encoded there."""
        which = self._steered
        encoded, slice_ = self._controllers[which].encoded, slice_of(self._state.recipe, which) or Slice()
        if encoded is not None and encoded.off:
            now = (*slice_.offsets, *(0.0,) * (len(encoded.off) - len(slice_.offsets)))
            offsets = tuple(before + off for before, off in zip(now, encoded.off, strict=True))
            edits.set_slice(self._store, msgspec.structs.replace(slice_, offsets=offsets), which)

    def _reset_offsets(self) -> None:
        slice_ = slice_of(self._state.recipe, self._steered)
        if slice_ is not None:
            edits.set_slice(self._store, msgspec.structs.replace(slice_, offsets=()), self._steered)

    def _choose_field(self, field: FieldName) -> None:
        self._store.update_latent(field=field)

    def _choose_hash(self, sha256: str) -> None:
        entry = self._library.find(sha256)
        if entry is not None:
            edits.choose_checkpoint(self._store, entry)

    def _choose_kind(self, kind: str) -> None:
        entries = [e for e in plane_entries(self._library) if e.card is not None and e.card.kind == kind]
        if entries and (self._controller.entry not in entries):
            edits.choose_checkpoint(self._store, min(entries, key=dimensions))  # a plane that is the whole space first

    def _other_model(self) -> None:
        entry = self._controller.entry
        self._choose_kind("ae" if entry is not None and entry.card is not None and entry.card.kind == "vae" else "vae")

    def _toggle_class(self, label: int) -> None:
        """Hide a class, or show it again."""
        edits.toggle_class(self._store, label)

    def _only_class(self, label: int) -> None:
        """Show one class alone."""
        edits.only_class(self._store, label)

    def _all_classes(self) -> None:
        self._store.update_latent(hidden_classes=())

    def _toggle_codes(self) -> None:
        self._store.update_latent(codes=not self._state.codes)

    def _toggle_manifold(self) -> None:
        self._store.update_latent(manifold=not self._state.manifold)

    def _toggle_prior(self) -> None:
        self._store.update_latent(prior=not self._state.prior)
