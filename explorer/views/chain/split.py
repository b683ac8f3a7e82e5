"""Parts of a workspace with handles between them: shared out by the workspace until the person drags a handle."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QWidget

from explorer.widgets.look.language import tr

HANDLE = 8
"""Width of a handle: the gap between two cards."""


class Split(QSplitter):
    """Side by side or under one another.

    Parameters
    ----------
    name : str
        By which its sizes are remembered.

    Signals
    -------
    dragged()
        The person moved a handle.
    """

    dragged = Signal()

    def __init__(self, orientation: Qt.Orientation, name: str, *parts: QWidget) -> None:
        super().__init__(orientation, childrenCollapsible=False)
        self.setObjectName(name)
        self.setHandleWidth(HANDLE)
        for index, part in enumerate(parts):
            self.addWidget(part)
            self.setStretchFactor(index, 1 if index == 0 else 0)
        self.chosen: tuple[int, ...] = ()
        for index in range(1, len(parts)):
            self.handle(index).setToolTip(tr("Drag to share the room otherwise. View > Reset layout has it as it was."))
        self.splitterMoved.connect(self._moved)

    @property
    def room(self) -> int:
        """What the parts share, in pixels."""
        whole = self.width() if self.orientation() == Qt.Orientation.Horizontal else self.height()
        return whole - self.handleWidth() * (sum(not self.widget(i).isHidden() for i in range(self.count())) - 1)

    def share(self, sizes: Sequence[int]) -> None:
        """Give the parts these sizes, unless the person chose others: then those, as shares of the room."""
        wanted = list(self.chosen) if len(self.chosen) == self.count() and sum(self.chosen) > 0 else list(sizes)
        if self.chosen and wanted == list(self.chosen):
            scale = self.room / sum(wanted)
            wanted = [round(size * scale) for size in wanted]
        if wanted != self.sizes():
            self.setSizes(wanted)

    def restore(self, sizes: Sequence[int]) -> None:
        """Sizes that the person chose another time; nonsense is passed over, and none is the workspace's own sharing."""
        sensible = len(sizes) == self.count() and all(0 <= size < 1 << 15 for size in sizes) and sum(sizes) > 0
        self.chosen = tuple(sizes) if sensible else ()

    def _moved(self, _place: int, _index: int) -> None:
        self.chosen = tuple(self.sizes())
        self.dragged.emit()
