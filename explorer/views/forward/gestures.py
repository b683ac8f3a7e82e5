"""What the person's hands do in the Forward workspace: each gesture is one edit of the session, with its words for undo."""

from __future__ import annotations

import secrets
from functools import partial

from PySide6.QtCore import QObject

from explorer.datasets.reading import AS_FOUND, Reading
from explorer.datasets.shipped import shipped, title_of
from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import Picture
from explorer.state.edits import forward as edits
from explorer.state.forward import ForwardState
from explorer.state.store import Store
from explorer.views.forward.chain_page import ChainPage1D
from explorer.views.forward.controller import ForwardController
from explorer.views.forward.gaussians_page import GaussiansPage
from explorer.views.forward.inspector import ForwardInspector
from explorer.views.forward.pixels_page import PixelsPage
from explorer.views.forward.posterior_page import PosteriorPage
from explorer.views.forward.schedule_page import SchedulePage
from explorer.widgets.look.language import tr

SEED_BITS = 31


class Gestures(QObject):
    """Connects pages and the inspector to the store."""

    def __init__(self, store: Store, controller: ForwardController, parent: QObject) -> None:
        super().__init__(parent)
        self._store, self._controller = store, controller

    @property
    def _state(self) -> ForwardState:
        return self._store.session.forward

    def _put(self, state: ForwardState, label: str, merge: str = "") -> None:
        self._store.update(label, merge, forward=state)

    # --- the image ---

    def take_inspector(self, inspector: ForwardInspector) -> None:
        """The image and the seed of the noise."""
        inspector.data.chosen.connect(self.choose_data)
        inspector.index_chosen.connect(self.choose_image)
        inspector.seed_committed.connect(lambda seed: self._put(edits.with_recipe(self._state, seed=seed), tr("change seed")))
        inspector.drawn.connect(lambda marks: self._controller.take_picture(drawing=marks))

    def choose_image(self, index: int) -> None:
        """Noise a test image."""
        state = edits.choose_image(self._state, index, self._controller.total)
        self._put(state, tr("test image {index}", index=state.recipe.image.index))

    def choose_data(self, dataset: str, read: Reading = AS_FOUND) -> None:
        """Noise the images of another data set, once they are read."""
        self._controller.open_data(dataset, read, self._take_data)

    def _take_data(self, dataset: str, read: Reading, height: int, width: int) -> None:
        self._put(edits.choose_data(self._state, dataset, read, height, width), tr("images of {title_of}", title_of=title_of(dataset)))

    def random_image(self) -> None:
        """Noise any test image."""
        if self._controller.total:
            self.choose_image(secrets.randbelow(self._controller.total))

    def take_picture(self, picture: Picture) -> None:
        """Noise a picture of the person's."""
        self._put(edits.take_picture(self._state, picture), tr("noise {name}", name=picture.name or tr("a picture")))

    def new_seed(self) -> None:
        """Other noise."""
        self._put(edits.with_recipe(self._state, seed=secrets.randbits(SEED_BITS)), tr("new seed"))

    # --- the schedule ---

    def take_schedule(self, page: SchedulePage) -> None:
        """The schedule, its number of timesteps, and its control points; a whole drag is one change."""
        bend, put = page.bend, self._put
        page.shape_chosen.connect(
            lambda shape: put(edits.choose_shape(self._state, shape, bend.knots), tr("{shape} schedule", shape=shape))
        )
        page.T_committed.connect(lambda T: put(edits.set_T(self._state, T), f"T = {T}"))
        bend.knot_dragged.connect(
            lambda index, u, level: put(edits.drag_knot(self._state, bend.base, index, u, level), tr("bend the schedule"), "forward.bend")
        )
        bend.knot_released.connect(self._store.end_merge)
        bend.knot_added.connect(lambda u: put(edits.add_knot(self._state, bend.knots, u), tr("add a control point")))
        bend.knot_removed.connect(lambda index: put(edits.remove_knot(self._state, bend.knots, index), tr("remove a control point")))

    def use_in_reverse_chain(self) -> None:
        """Sample Reverse chain's model over the schedule."""
        self._store.replace(edits.use_in_reverse_chain(self._store.session), tr("use this schedule"))

    def use_in_training(self) -> None:
        """Begin a new run with the schedule."""
        self._store.replace(edits.use_in_training(self._store.session))

    # --- the other pages ---

    def take_pixels(self, page: PixelsPage) -> None:
        """Which two pixels, over how many images."""
        page.picker.picked.connect(self._pick_pixel)
        page.picker.released.connect(self._store.end_merge)
        page.channel_chosen.connect(lambda channel: self._put(edits.with_recipe(self._state, channel=channel), tr("channel of the pixels")))
        page.batch_committed.connect(
            lambda batch: self._put(edits.with_recipe(self._state, batch=batch), tr("images of the joint picture"))
        )

    def _pick_pixel(self, which: int, row: int, column: int) -> None:
        state = edits.pick_pixel(self._state, which, row, column, *self._controller.shape[1:])
        self._put(state, tr("pixel {value}", value="ab"[which]), f"forward.pixel.{which}")

    def take_posterior(self, page: PosteriorPage) -> None:
        """Whose step back is shown."""
        page.network_chosen.connect(self._choose_network)

    def _choose_network(self, sha256: str) -> None:
        entry = next((e for e in self._controller.entries if e.sha256 == sha256), None)
        if entry is not None:
            self.take_network(entry)

    def take_network(self, entry: LibraryEntry) -> None:
        """Show the step back of a network, and the images that it learned where those noised are of another shape."""
        state = edits.with_recipe(self._state, checkpoint=entry.sha256, source=entry.path)
        learned = None if entry.card is None else shipped(entry.card.data.name)
        if learned is not None and learned.shape != self._controller.shape:
            state = edits.choose_data(state, learned.name, AS_FOUND, *learned.shape[1:])
        self._put(state, tr("network {name}", name=entry.name))

    def take_gaussians(self, page: GaussiansPage) -> None:
        """The numbers of the asides."""
        page.changed.connect(self._set_aside)
        page.released.connect(self._store.end_merge)

    def _set_aside(self, name: str, value: object) -> None:
        self._put(edits.with_asides(self._state, **{name: value}), tr("Gaussian asides"), f"forward.aside.{name}")

    def take_chain(self, page: ChainPage1D) -> None:
        """The chain's numbers, the modes of q(x_0), and which paths are drawn."""
        page.changed.connect(self._set_chain)
        page.released.connect(self._store.end_merge)
        page.paths_chosen.connect(lambda paths: self._store.update_forward(paths=paths))
        page.map.mode_dragged.connect(
            lambda index, x: self._put(edits.drag_mode(self._state, index, x), tr("one-dimensional chain"), "forward.chain.modes")
        )
        page.map.mode_added.connect(lambda x: self._put(edits.add_mode(self._state, x), tr("add a mode")))
        page.map.mode_removed.connect(lambda index: self._put(edits.remove_mode(self._state, index), tr("remove a mode")))
        page.map.x_dragged.connect(partial(self._set_chain, "x"))
        page.map.released.connect(self._store.end_merge)

    def _set_chain(self, name: str, value: object) -> None:
        self._put(edits.with_chain(self._state, **{name: value}), tr("one-dimensional chain"), f"forward.chain.{name}")
