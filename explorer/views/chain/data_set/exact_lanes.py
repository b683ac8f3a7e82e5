"""Lanes of the exact reverse process of a data set: what a person can do to them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import msgspec
from PySide6.QtWidgets import QMenu

from explorer.engine.chain.data_set.messages import DataSetOpened
from explorer.recipe import OptionName
from explorer.state.edits import exact_lanes as edits
from explorer.state.edits.lanes import with_samples_for
from explorer.views.chain.data_set.data_sets import Chosen, DataSets
from explorer.views.chain.looked_at import LookedAt
from explorer.views.shared.labels import option_words
from explorer.views.shared.lane_menu import verb
from explorer.widgets.look.language import tr

EXACT_TIP = tr("The exact reverse process of a data set: no network, every image weighed by how well it explains x_t")
THROUGH_LABEL = tr("same predictor through A, B, C")


class ExactLanes:
    """Puts them into the session.

    Parameters
    ----------
    looked : LookedAt
    data_sets : DataSets
        Opens what they are of.
    """

    def __init__(self, looked: LookedAt, data_sets: DataSets) -> None:
        self._looked, self._part, self._data_sets = looked, looked.part, data_sets

    def put(self, index: int, opened: DataSetOpened) -> None:
        """An exact lane in the place of another, with that one's sampler."""
        state = self._part.state
        label = change_label(opened) if index < len(state.recipe.lanes) else add_label(opened)
        self._part.put(with_samples_for(edits.put_exact(state, index, opened.exact), opened.image_shape), label)

    def add(self, opened: DataSetOpened) -> None:
        """One more lane, with the sampler of the last."""
        self._part.put(with_samples_for(edits.add_exact(self._part.state, opened.exact), opened.image_shape), add_label(opened))

    def compare_options(self) -> None:
        """Three lanes of the same predictor, through Options A, B and C; done again, back to the lanes before."""
        if edits.is_through_options(self._part.state):
            if self._looked.context.store.undo_label == THROUGH_LABEL:
                self._looked.context.store.undo()
            return

        def take(opened: DataSetOpened) -> None:
            self._part.put(edits.through_options(self._part.state, opened.exact), THROUGH_LABEL)

        exact = self._looked.exact
        if exact is None:
            self._data_sets.open("mnist", take)
        else:
            self._data_sets.open(exact.dataset, take, exact.read)

    def _change(self, index: int, follow: str, option: OptionName | None) -> None:
        self._part.put(edits.set_exact(self._part.state, index, follow, option), tr("change the exact process"))

    def _take_again(self, index: int, opened: DataSetOpened) -> None:
        """The same file, its images taken in another way; all else of the process stays."""
        lane = self._part.recipe.lanes[index]
        if lane.exact is not None:
            exact = msgspec.structs.replace(opened.exact, follow=lane.exact.follow, images=lane.exact.images, label=lane.exact.label)
            state = edits.put_exact(self._part.state, index, exact)
            self._part.put(
                with_samples_for(state, opened.image_shape),
                tr("take {name} as {taken}", name=_name(exact.dataset), taken=opened.taken or tr("told")),
            )

    # --- menus ---

    def fill_menu(self, menu: QMenu, chosen: Chosen) -> None:
        """The data sets that a lane can be made of; `chosen` gets the one that was opened."""
        exact = menu.addMenu(tr("Exact"))
        exact.setToolTipsVisible(True)
        self._data_sets.add_to(exact, chosen, EXACT_TIP)

    def fill_lane_menu(self, menu: QMenu, index: int) -> None:
        """What can be changed of an exact lane."""
        lane = self._part.recipe.lanes[index]
        if lane.exact is None:
            return
        menu.addSection(tr("Exact process"))
        self._data_sets.add_reading(menu, lane.exact, partial(self._take_again, index))
        for follow, text in (("draw", tr("Draw from q(x_{t−1} | x_t)")), ("mean", tr("Follow its mean"))):
            action = verb(menu, text, partial(self._change, index, follow, lane.option))
            action.setCheckable(True)
            action.setChecked(lane.exact.follow == follow)
        through = menu.addMenu(tr("Through the output of"))
        choices: tuple[OptionName | None, ...] = (None, *edits.THROUGH)
        for option in choices:
            text = tr("no option: as it is") if option is None else option_words(option)
            action = verb(through, text, partial(self._change, index, lane.exact.follow, option))
            action.setCheckable(True)
            action.setChecked(lane.option == option)


def add_label(opened: DataSetOpened) -> str:
    """What undoing calls it that a lane of a data set is there."""
    return tr("add exact {name}", name=_name(opened.exact.dataset))


def change_label(opened: DataSetOpened) -> str:
    """What undoing calls it that a lane is of a data set now."""
    return tr("change to exact {name}", name=_name(opened.exact.dataset))


def _name(dataset: str) -> str:
    return Path(dataset).stem
