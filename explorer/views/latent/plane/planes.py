"""The planes side by side: as many as the recipe links, each with its controller."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from explorer.views.latent.controller import LatentController
from explorer.views.latent.plane.pane import PlanePane
from explorer.views.workspace import Context

GAP = 10


class PlaneRow(QWidget):
    """Adds planes at the right, and takes them away there.

    Signals
    -------
    told(object, str)
        A plane shows something new: the PlanePane, and what it calls it.
    settled()
        A plane has nothing more to ask, or something new.

    Attributes
    ----------
    panes : list of PlanePane
    controllers : list of LatentController
        The first one's is first.
    """

    told = Signal(object, str)
    settled = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.panes: list[PlanePane] = []
        self.controllers: list[LatentController] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GAP)
        self._add()

    def match(self, wanted: int) -> list[int]:
        """Have so many planes, at least one; the numbers of those that are new."""
        while len(self.panes) > wanted:
            self._remove()
        new = list(range(len(self.panes), wanted))
        for _ in new:
            self._add()
        return new

    def _add(self) -> None:
        pane = PlanePane(self._context.theme, len(self.panes))
        controller = LatentController(self._context, pane, len(self.panes), self)
        self.panes.append(pane)
        self.controllers.append(controller)
        pane.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)  # all alike, whatever is over them
        self._row.addWidget(pane, 1)
        pane.plane.view_changed.connect(controller.view_changed)
        pane.plane.code_hovered.connect(controller.set_pointed)
        pane.told.connect(lambda what: self.told.emit(pane, what))
        controller.settled.connect(self.settled)

    def _remove(self) -> None:
        pane, controller = self.panes.pop(), self.controllers.pop()
        controller.deactivate()
        controller.cancel()
        self._row.removeWidget(pane)
        pane.hide()
        pane.setParent(None)
        pane.deleteLater()
        controller.retire()
