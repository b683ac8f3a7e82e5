"""What the person's hands do to models, slices and layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QFileDialog

from explorer.endings import PICTURE_FILES
from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import Slice
from explorer.state.edits import latent as latent_edits
from explorer.state.edits import planes as edits
from explorer.state.session import FieldName, LatentState
from explorer.views.latent.controller import LatentController
from explorer.views.latent.entries import dimensions, is_variational, plane_entries, steered
from explorer.views.latent.inspector.slice_section import SliceSection
from explorer.views.latent.plane.legend import PlaneLegend
from explorer.views.latent.plane.pane import PlanePane
from explorer.views.latent.toolbar import LatentToolbar
from explorer.views.workspace import Context
from explorer.widgets.controls.actions import Actions
from explorer.widgets.look.language import tr

DIGITS = 4
"""Of a point's coordinates where a picture's code is."""


class ModelHands(QObject):
    """Connects the toolbar, the classes, the slice section and their actions to the store."""

    def __init__(self, context: Context, controller: LatentController, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self._store, self._library, self._controller = context.store, context.library, controller
        self._controllers = [controller]
        slots: dict[str, Callable[[], object]] = {
            **{layer: partial(self._toggle, layer) for layer in ("codes", "manifold", "prior", "truth")},
            "all_classes": partial(self._store.update_latent, hidden_classes=()),
            "other_model": self._other_model, "beside": self._link,
            "another_plane": self._another_plane, "through_code": self._through_code, "reset_offsets": self._to_the_middle,
            "pictures": self._choose_pictures, "walk": self._walk,
            "less_trained": partial(self._step_training, -1), "more_trained": partial(self._step_training, 1),
            **{tool: partial(self._store.update_latent, tool=tool) for tool in actions.choice("tool")},
        }  # fmt: skip
        for name, slot in slots.items():
            actions.on(name, slot)

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
        legend.class_toggled.connect(lambda label: self._put(latent_edits.toggle_class(self._state, label)))
        legend.class_alone.connect(lambda label: self._put(latent_edits.only_class(self._state, label)))

    def take_pane(self, pane: PlanePane, which: int) -> None:
        """Listen to a plane's slider over training time."""
        pane.snapshot_chosen.connect(lambda sha256, dragged: self._choose_snapshot(which, sha256, dragged))
        pane.snapshot_released.connect(self._store.end_merge)

    @property
    def _state(self) -> LatentState:
        return self._store.session.latent

    def _put(self, state: LatentState, label: str = "", merge: str = "") -> None:
        self._store.update(label, merge, latent=state)

    # --- layers

    def _toggle(self, layer: str) -> None:
        self._put(latent_edits.toggle_layer(self._state, layer))

    def _choose_field(self, field: FieldName) -> None:
        self._store.update_latent(field=field)

    # --- models

    def choose(self, entry: LibraryEntry) -> None:
        """Show another model on the first plane."""
        self._put(edits.choose_checkpoint(self._state, entry), tr("show {name}", name=entry.name))

    def _choose_hash(self, sha256: str) -> None:
        entry = self._library.find(sha256)
        if entry is not None:
            self.choose(entry)

    def _choose_kind(self, kind: str) -> None:
        entries = [e for e in plane_entries(self._library) if e.card is not None and e.card.kind == kind]
        if entries and (self._controller.entry not in entries):
            self.choose(min(entries, key=dimensions))  # a plane that is the whole space first

    def _other_model(self) -> None:
        self._choose_kind("ae" if is_variational(self._controller.entry) else "vae")

    def _link(self) -> None:
        """Another plane beside: of the other kind of model, or of one that is not shown yet."""
        shown = {self._state.recipe.checkpoint, *(model.checkpoint for model in self._state.recipe.beside)}
        entry = self._controller.entry
        others = [e for e in plane_entries(self._library) if e != entry and e.sha256 not in shown] or list(plane_entries(self._library))
        if others and entry is not None:
            self._put_linked(next((e for e in others if is_variational(e) != is_variational(entry)), others[0]))

    def choose_linked(self, which: int, sha256: str) -> None:
        """Show another model on the `which`th plane beside the first."""
        entry = self._library.find(sha256)
        if entry is not None:
            self._put_linked(entry, which)

    def _put_linked(self, entry: LibraryEntry, which: int = 0) -> None:
        self._put(edits.link_plane(self._state, entry, which), tr("{name} beside", name=entry.name))

    def unlink(self, which: int) -> None:
        """Take the `which`th plane beside the first away."""
        self._put(edits.unlink_plane(self._state, which), tr("one plane less"))

    # --- training time

    def _choose_snapshot(self, which: int, sha256: str, dragged: bool) -> None:
        entry = self._library.find(sha256)
        if entry is not None:
            self._put_snapshot(entry, which, f"latent.training.{which}" if dragged else "")

    def _step_training(self, by: int) -> None:
        """The first plane at an earlier or later moment of its run; stay at the ends."""
        entry = self._controller.resolved
        known = self._library.snapshots_of(entry)
        place = next((i for i, each in enumerate(known) if entry is not None and each.images == entry.images), None)
        if place is not None and 0 <= place + by < len(known):
            self._put_snapshot(known[place + by], 0)

    def _put_snapshot(self, entry: LibraryEntry, which: int, merge: str = "") -> None:
        self._put(edits.show_snapshot(self._state, entry, which), tr("show {name}", name=entry.name), merge)

    # --- slices

    @property
    def _steered(self) -> int:
        return steered(self._state, self._library)

    def _steer(self, which: int) -> None:
        self._store.update_latent(sliced=which)

    def _choose_slice(self, slice_: Slice, dragged: bool) -> None:
        which = self._steered
        self._put_sliced(edits.set_slice(self._state, slice_, which), f"latent.slice.{which}" if dragged else "")

    def _another_plane(self) -> None:
        self._put_sliced(edits.another_random(self._state, self._steered))

    def _through_code(self) -> None:
        """Move the steered plane to the code of what is encoded there."""
        encoded = self._controllers[self._steered].encoded
        if encoded is not None and encoded.latent is not None:  # in a space of so many dimensions it is not moved along each
            self._put_sliced(edits.through_encoded(self._state, self._steered))
        elif encoded is not None and encoded.off:
            self._put_sliced(edits.move_off(self._state, encoded.off, self._steered))

    def _to_the_middle(self) -> None:
        self._put_sliced(edits.to_the_middle(self._state, self._steered))

    def _choose_pictures(self) -> None:
        """A plane through the codes of two or three pictures."""
        title = tr("Pictures that the plane goes through: two or three")
        paths, _ = QFileDialog.getOpenFileNames(QApplication.activeWindow(), title, "", PICTURE_FILES)
        self.lay_through(paths)

    def lay_through(self, paths: Sequence[str]) -> bool:
        """A plane through the codes of these pictures; whether it can be."""
        entry = self._controllers[self._steered].resolved
        if not 2 <= len(paths) <= 3 or entry is None or dimensions(entry) <= 2:
            return False
        through = Slice("pictures", pictures=tuple(paths), background=self._store.session.background)
        self._put_sliced(edits.set_slice(self._state, through, self._steered))
        return True

    def _walk(self) -> None:
        """Points at the two pictures that the plane was laid through, and the ways between them."""
        controller = self._controllers[self._steered]
        marks, state = () if controller.codes is None else controller.codes.marks[:2], self._state
        if len(marks) == 2 and controller.entry is not None:
            names = []
            for name, (x, y) in marks:
                state = latent_edits.add_point(state, controller.entry, round(x, DIGITS), round(y, DIGITS))
                state = latent_edits.rename(state, state.selected, name)
                names.append(state.selected)
            self._put(latent_edits.show_paths(state, names[0], names[1]), tr("walk between the pictures"))

    def _put_sliced(self, state: LatentState, merge: str = "") -> None:
        self._put(state, tr("another slice"), merge)
