"""Which samples are selected: gestures on pictures of lanes."""

from __future__ import annotations

from explorer.state.edits import selection
from explorer.views.chain.controller import ChainController
from explorer.widgets.pictures.pointed import Pointed


class Selecting:
    """Puts what a gesture selects into the session."""

    def __init__(self, chain: ChainController) -> None:
        self._chain, self._part = chain, chain.part

    def only(self, lane: int, sample: int) -> None:
        """Select a sample in a lane."""
        self._part.put(selection.only(self._part.state, lane, sample))

    def toggle(self, lane: int, sample: int) -> None:
        """Select one sample more, or one less."""
        self._part.put(selection.toggled(self._part.state, lane, sample))

    def through(self, lane: int, sample: int) -> None:
        """Select all samples up to this one."""
        self._part.put(selection.through(self._part.state, lane, sample))

    def all(self) -> None:
        """Select every sample."""
        self._part.put(selection.all_of_them(self._part.state))

    def pick(self, pointed: Pointed) -> None:
        """Select the sample that a picture is of, unless it is selected already."""
        lane, samples = pointed.lane if pointed.lane >= 0 else self._part.state.lane, self._chain.samples
        if pointed.index not in samples:
            self.only(lane, pointed.index)
        else:
            self._part.update(lane=lane, selected=pointed.index, also=tuple(s for s in samples if s != pointed.index))
