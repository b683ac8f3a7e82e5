"""The grid of Compare: lanes against samples, under the same cursor as the sheets."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from explorer.views.chain.controller import ChainController
from explorer.views.chain.display import Display
from explorer.views.chain.lanes.lane_grid import LaneGrid, LaneLabel
from explorer.views.compare.lanes_row import LanesRow
from explorer.views.shared.labels import lane_colours, lane_markers, narrow_titles


class SmallMultiples(QScrollArea):
    """Shows what the panels of the lanes show, cell by cell.

    Parameters
    ----------
    controller : ChainController
    display : Display
        Puts the engine's pictures into the panels first.
    lanes : LanesRow
        Has the panels.

    Signals
    -------
    fits_anew()
        The cells need another height.
    """

    fits_anew = Signal()

    def __init__(self, controller: ChainController, display: Display, lanes: LanesRow, parent: QWidget) -> None:
        super().__init__(parent)
        self._controller, self._display, self._lanes = controller, display, lanes
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self.grid = LaneGrid(controller.context.theme, self._tiles, self._is_coarse)
        self.setWidget(self.grid)
        self.grid.setAutoFillBackground(False)
        controller.planned.connect(self.show_lanes)
        controller.progressed.connect(self.show_lanes)

    def _tiles(self, lane: int):  # type: ignore[no-untyped-def]
        panels = self._lanes.panels
        return panels[lane].grid.tiles if lane < len(panels) else None

    def _is_coarse(self, lane: int) -> bool:
        panels = self._lanes.panels
        return lane < len(panels) and panels[lane].grid.is_coarse

    def show_lanes(self, _outcome: object = None) -> None:
        """Labels, notes and pictures of the lanes there are."""
        if self._controller.state.layout != "grid":
            return
        recipe, panels = self._controller.state.recipe, self._lanes.panels
        if len(panels) != len(recipe.lanes) or not panels:
            return
        titles = narrow_titles(recipe.lanes, self._controller.called)
        words = zip(titles, panels, lane_colours(recipe.lanes), lane_markers(recipe.lanes), strict=True)
        labels = [LaneLabel(title, panel.note, colour, marker) for title, panel, colour, marker in words]
        image = panels[0].grid.grid
        if self.grid.set_lanes(labels, recipe.samples, (image.image_height, image.image_width)):
            self.fits_anew.emit()
        self.show_selected()
        self.grid.update()

    def show_selected(self) -> None:
        """Frame the selected sample of the lane that is looked at."""
        controller = self._controller
        also = [sample for sample in controller.samples if sample != controller.sample]
        self.grid.set_selected(controller.lane, controller.sample, also)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The cells fill another space."""
        super().resizeEvent(event)
        self.show_lanes()
