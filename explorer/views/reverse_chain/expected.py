"""What the network expects of the chain that is being made, beside its states.

Of a branch that has no states yet: where the quick look led when it was painted or erased.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QObject, Signal

from explorer.engine.chain.messages import LaneFrame, LaneKey
from explorer.views.chain import expected
from explorer.views.chain.controller import ChainController
from explorer.views.chain.expected import TIP
from explorer.views.chain.lane_notes import Note, coarse_note
from explorer.views.chain.lanes.lane_panel import LanePanel
from explorer.views.shared.labels import lane_colours
from explorer.widgets.look.language import tr

WORDS = tr("what the network expects so far")
AHEAD_TIP = tr("Where a few steps from what was painted or erased led. The branch itself takes all of them, and may end elsewhere.")


class Expected(expected.Expected):
    """A lane panel of x0_hat.

    Signals
    -------
    chosen(int)
        A sample of it.

    Attributes
    ----------
    panel : LanePanel
    """

    chosen = Signal(int)

    def __init__(self, controller: ChainController, parent: QObject) -> None:
        self.panel = LanePanel(controller.context.theme)
        self.panel.set_menu(None)
        super().__init__(controller, self.panel, parent)
        self._ahead: tuple[LaneKey, np.ndarray, int] | None = None
        self._all_shown = False
        self.panel.grid.sample_chosen.connect(self._choose)

    def keys(self) -> Sequence[LaneKey]:
        """The one lane."""
        return () if self._controller.key is None else (self._controller.key,)

    def look_ahead(self, end: np.ndarray, sample: int) -> None:
        """The shown lane is a new branch: picture (H, W, 3) uint8 of where the quick look of a sample led, until it has states."""
        key = self._controller.key
        self._ahead = None if key is None else (key, end, sample)
        self.look()

    def look(self) -> None:
        """As of every chain; of a branch without states, the quick look."""
        key = self._controller.key
        if self._ahead is not None and self.sampling and self._ahead[0] == key and not self._controller.run.done.get(key, 0):
            self._show_ahead(*self._ahead[1:])
        else:
            super().look()

    def show_frames(self, frames: Mapping[LaneKey, LaneFrame]) -> None:
        """The samples of the lane."""
        frame = next(iter(frames.values()))
        note = coarse_note(Note(f"t = {frame.t}")) if frame.coarse else Note(f"t = {frame.t}")
        self._dress("x̂₀", WORDS, TIP, note.text, note.tip)
        self._show_tiles(frame.tiles, self._controller.sample, frame.coarse)
        self._all_shown = True

    def _choose(self, index: int) -> None:
        if self._all_shown:
            self.chosen.emit(index)

    def _show_ahead(self, end: np.ndarray, sample: int) -> None:
        self._dress(tr("quick look"), tr("sample {sample}, in a few steps", sample=sample), AHEAD_TIP, tr("the branch is being sampled"))
        self._show_tiles(end[None], 0)
        self._all_shown = False
        self.set_shown(True)

    def _dress(self, title: str, words: str, tip: str, note: str, note_tip: str = "") -> None:
        lanes = self._controller.state.recipe.lanes
        self.panel.set_lane(title, words, lane_colours(lanes)[self._controller.lane], tip)
        self.panel.set_note(note, note_tip, short="")

    def _show_tiles(self, tiles: np.ndarray, selected: int, coarse: bool = False) -> None:
        grid = self.panel.grid
        grid.set_shape(len(tiles), (tiles.shape[1], tiles.shape[2]))
        grid.set_tiles(tiles, coarse)
        grid.set_selected(selected)
