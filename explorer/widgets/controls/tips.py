"""Tooltips that leave the neighbours of their control to be seen: below it, not under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtWidgets import QToolTip, QWidget

GAP = 4
OFFSET = QPoint(2, 16)
"""By which Qt moves a tip away from the place that it is asked for."""


class TipBelow:
    """Mixed into a button: its tip comes up below it, at its left edge."""

    def event(self, event: QEvent) -> bool:
        """Place the tip; all else as usual."""
        if event.type() == QEvent.Type.ToolTip and isinstance(self, QWidget) and self.toolTip():
            QToolTip.showText(tip_place(self), self.toolTip(), self, self.rect())
            return True
        return bool(super().event(event))  # type: ignore[misc]


def tip_place(widget: QWidget) -> QPoint:
    """What to ask QToolTip for, in global pixels."""
    return widget.mapToGlobal(QPoint(0, widget.height() + GAP)) - OFFSET
