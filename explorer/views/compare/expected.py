"""What the networks expect of the chains that are being made, lane under lane, sample beside sample."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout

from explorer.engine.chain.messages import LaneFrame, LaneKey
from explorer.views.chain import expected
from explorer.views.chain.controller import ChainController
from explorer.views.chain.expected import TIP
from explorer.views.chain.lane_notes import Note, coarse_note
from explorer.views.chain.lanes.lane_grid import LaneGrid, LaneLabel
from explorer.views.shared.labels import lane_colours, lane_markers, narrow_titles
from explorer.widgets.look.card import Card
from explorer.widgets.look.eliding_label import ElidingLabel
from explorer.widgets.look.fonts import wear
from explorer.widgets.look.language import tr
from explorer.widgets.look.steady_label import SteadyLabel
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme

WORDS = tr("what the networks expect so far")
SMALLEST = 28
"""Side of the pictures, in logical pixels, below which fewer samples are shown instead."""
HEADER = 28


class ExpectedCard(Card):
    """Lanes against samples, as many of these as can be seen, under a line that says what they are.

    Attributes
    ----------
    grid : LaneGrid
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setObjectName("expected")
        self._tiles: Sequence[np.ndarray | None] = ()
        self._coarse: frozenset[int] = frozenset()
        self._labels: Sequence[LaneLabel] = ()
        self._samples, self._selected = 1, (0, 0)
        self._also: Sequence[int] = ()
        self.grid = LaneGrid(
            theme, lambda lane: self._tiles[lane] if lane < len(self._tiles) else None, lambda lane: lane in self._coarse, scrolls=False
        )
        self.grid.setAccessibleName(tr("What the networks expect"))
        title = QLabel("x̂₀")
        wear(title, 13, QFont.Weight.DemiBold)
        self._words = ElidingLabel()
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        mark(self._words, "muted")
        self.note = SteadyLabel()
        mark(self.note, "faint")
        for label in (title, self._words):
            label.setToolTip(TIP)
        header = QHBoxLayout()
        header.setContentsMargins(6, 2, 6, 0)
        header.setSpacing(8)
        for label in (title, self._words, self.note):
            label.setFixedHeight(HEADER)
            header.addWidget(label)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 0, 4, 2)
        column.setSpacing(0)
        column.addLayout(header)
        column.addWidget(self.grid, 1)

    @property
    def words(self) -> str:
        """What is said above the pictures."""
        return self._words.text()

    def show_lanes(
        self, labels: Sequence[LaneLabel], tiles: Sequence[np.ndarray | None], t: int, samples: int, coarse: Iterable[int] = ()
    ) -> None:
        """Show x0_hat of each lane, (N, H, W, 3) uint8 or None, at the cursor's t, where lanes have so many samples.

        Those of the `coarse` lanes are a look in few shades.
        """
        self._labels, self._tiles, self._samples, self._coarse = labels, tiles, samples, frozenset(coarse)
        note = coarse_note(Note(f"t = {t}")) if self._coarse else Note(f"t = {t}")
        self.note.setText(note.text)
        self.note.setToolTip(note.tip)
        self._share()
        self.grid.update()

    def set_selected(self, lane: int, sample: int, also: Sequence[int]) -> None:
        """Frame the sample that is looked at, and those that are selected beside it."""
        self._selected, self._also = (lane, sample), also
        self._share()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another number of samples may fit."""
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        """Show the selected sample, and as many beside it as are large enough to be seen."""
        known = next((tiles for tiles in self._tiles if tiles is not None), None)
        if known is None:
            return
        image, (lane, sample) = (known.shape[1], known.shape[2]), self._selected
        count = self.grid.most_samples(self._labels, self._samples, image, SMALLEST)
        first = max(0, min(sample - count // 2, self._samples - count)) if sample >= count else 0
        last, whole = first + count - 1, self._samples
        part = (
            tr("sample {first} of {count}", first=first, count=whole)
            if first == last
            else tr("samples {first} to {last} of {count}", first=first, last=last, count=whole)
        )
        self._words.setText(WORDS if count == self._samples else f"{WORDS} · {part}")
        self.grid.set_lanes(self._labels, count, image, first)
        self.grid.set_selected(lane, sample, self._also)


class Expected(expected.Expected):
    """A card of x0_hat in every lane, so that it can be seen where they part.

    Attributes
    ----------
    card : ExpectedCard
    """

    def __init__(self, controller: ChainController, parent: QObject) -> None:
        self.card = ExpectedCard(controller.context.theme)
        super().__init__(controller, self.card, parent)

    def keys(self) -> Sequence[LaneKey]:
        """All lanes."""
        return self._controller.keys

    def show_frames(self, frames: Mapping[LaneKey, LaneFrame]) -> None:
        """Each lane has a row or a column, with pictures or without."""
        controller = self._controller
        lanes, keys, t = controller.state.recipe.lanes, controller.keys, controller.state.t
        notes = [tr("finished") if controller.t_of(key) != t else "" for key in keys]
        words = zip(narrow_titles(lanes, controller.called), notes, lane_colours(lanes), lane_markers(lanes), strict=True)
        labels = [LaneLabel(*label) for label in words]
        tiles = [frames[key].tiles if key in frames else None for key in keys]
        coarse = [lane for lane, key in enumerate(keys) if key in frames and frames[key].coarse]
        self.card.show_lanes(labels, tiles, t, controller.state.recipe.samples, coarse)
        self.card.set_selected(controller.lane, controller.sample, [each for each in controller.samples if each != controller.sample])
