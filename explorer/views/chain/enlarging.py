"""Samples as large as they fit: in every lane there is, under the cursor that moves on, step by step and sample by sample."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from explorer.recipe.quantities import QUANTITIES
from explorer.state.edits import chain as edits
from explorer.state.edits import selection
from explorer.views.chain.controller import ChainController
from explorer.views.chain.cursor import Cursor
from explorer.views.chain.display import Display
from explorer.views.chain.lanes.image_grid import ImageGrid
from explorer.views.chain.lanes.lane_grid import LaneGrid
from explorer.views.shared.labels import lane_colours, short_titles
from explorer.widgets.look.language import tr
from explorer.widgets.look.sharp import to_image
from explorer.widgets.pictures.enlarged import Enlarged, Large
from explorer.widgets.pictures.pointed import Pointed

HINT = tr("Left, Right: steps   ·   Up, Down: samples   ·   pointer: values   ·   Esc closes")


class ChainEnlarging:
    """The pictures of the selected samples, for the enlarged view.

    Parameters
    ----------
    view : Enlarged
        Is refreshed whenever what is shown is another.
    """

    def __init__(self, controller: ChainController, display: Display, playback: Cursor, view: Enlarged) -> None:
        self._controller, self._display, self._playback, self._view = controller, display, playback, view

    def open(self, widget: QWidget, pointed: Pointed) -> bool:
        """Enlarge a sample of a grid, in every lane; False for a picture of another widget."""
        if not isinstance(widget, ImageGrid | LaneGrid):
            return False
        state = self._controller.state
        if pointed.index not in self._controller.samples:
            self._controller.part.put(selection.only(state, state.lane, pointed.index))
        self._view.open(self)
        return True

    def refresh(self) -> None:
        """Something is another."""
        if self._view.isVisible():
            self._view.refresh()

    @staticmethod
    def area(page: QWidget, *below: QWidget) -> QRect:
        """All of a page down to the uppermost of these, so that time can still be gone through."""
        tops = [widget.mapTo(page, widget.rect().topLeft()).y() for widget in below if widget.isVisibleTo(page)]
        return QRect(0, 0, page.width(), max(120, min(tops, default=page.height()) - 4))

    # --- what the view asks for ---

    def title(self) -> str:
        """Which samples, and at which step."""
        controller = self._controller
        what = tr(QUANTITIES[controller.state.quantity].label)
        return f"{what}   ·   {selection.words(controller.samples, controller.sample)}   ·   t = {controller.state.t}"

    def hint(self) -> str:
        """What the keys do."""
        return HINT

    def pictures(self) -> Sequence[Large]:
        """The selected samples, each in every lane that has a picture of it."""
        controller, frames = self._controller, self._display.frames
        lanes = controller.state.recipe.lanes
        found = []
        for sample in controller.samples:
            for key, title, colour in zip(controller.keys, short_titles(lanes, controller.called), lane_colours(lanes), strict=True):
                frame = frames.get(key)
                if frame is not None and sample < len(frame.tiles):
                    several = (tr("sample {sample}", sample=sample) if len(controller.samples) > 1 else "", title if len(lanes) > 1 else "")
                    caption = " · ".join(words for words in several if words) or tr("sample {sample}", sample=sample)
                    caption = tr("{text} · coarse", text=caption) if frame.coarse else caption
                    found.append(Large(to_image(frame.tiles[sample]), caption, frame.values[sample], colour if len(lanes) > 1 else ""))
        return found

    def next_sample(self, by: int) -> None:
        """The sample after the selected one, or before it, alone."""
        self._controller.part.put(edits.step_sample(self._controller.state, by))

    def next_step(self, by: int) -> None:
        """So many steps on."""
        self._playback.step(by)
