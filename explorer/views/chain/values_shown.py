"""The values of what is shown: the pixel under the mouse, and how those of the selected sample are spread."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from explorer.engine.chain.messages import LaneFrame, LaneKey
from explorer.recipe.quantities import QUANTITIES
from explorer.views.chain.controller import ChainController
from explorer.views.chain.inspector import ChainInspector
from explorer.views.chain.lanes.grid_geometry import Pixel


class ValuesShown:
    """Says them in the inspector.

    Parameters
    ----------
    frames : mapping of LaneKey to LaneFrame
        What each lane shows; looked at anew each time.
    """

    def __init__(self, controller: ChainController, inspector: ChainInspector, frames: Mapping[LaneKey, LaneFrame]) -> None:
        self._controller, self._inspector, self._frames = controller, inspector, frames
        self._pixel: tuple[int, Pixel] | None = None

    def hover(self, lane: int, pixel: Pixel | None) -> None:
        """The mouse is over a pixel of a lane, or over none."""
        self._pixel = None if pixel is None else (lane, pixel)
        self.show_pixel()

    def _label(self, lane: int) -> str:
        """What a lane shows."""
        controller, state = self._controller, self._controller.state
        shown, of = QUANTITIES[state.quantity], QUANTITIES[state.difference_of]
        if shown.beside != "lane":
            return shown.label
        return of.label if lane == controller.reference else f"Δ{of.label}"

    def _frame(self, lane: int) -> LaneFrame | None:
        keys = self._controller.keys
        return self._frames.get(keys[lane]) if lane < len(keys) else None

    def show_pixel(self) -> None:
        """The pixel under the mouse."""
        if self._pixel is None:
            self._inspector.show_pixel(None, None, "")
            return
        lane, pixel = self._pixel
        frame, values = self._frame(lane), None
        if frame is not None and pixel.index < len(frame.values):
            found = frame.values[pixel.index, :, pixel.row, pixel.column]
            values = found if np.isfinite(found).all() else None  # between the channels of codes, or still to come
        self._inspector.show_pixel(pixel, values, self._label(lane))

    def show_histogram(self) -> None:
        """How the values of the selected sample are spread."""
        controller = self._controller
        frame = self._frame(controller.lane)
        values: np.ndarray | None = None
        if frame is not None and controller.sample < len(frame.values):
            sample = frame.values[controller.sample]
            values = sample[np.isfinite(sample)] if np.isfinite(sample).any() else None  # those of an engine elsewhere may come later
        self._inspector.show_histogram(values, self._label(controller.lane))
