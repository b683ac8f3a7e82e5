"""The panels that may be in front of the samples: painting, backing up."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QWidget


class Panels(QStackedWidget):
    """A widget, and panels in front of it; at most one of them is open.

    Parameters
    ----------
    owner : QWidget
        Gets the keys back when a panel is put away.
    """

    def __init__(self, owner: QWidget) -> None:
        super().__init__()
        self._owner = owner

    def put_behind(self, widget: QWidget) -> None:
        """What the panels are in front of."""
        self.insertWidget(0, widget)
        self.setCurrentIndex(0)

    @property
    def in_front(self) -> QWidget | None:
        """The panel that is open, if any."""
        return self.currentWidget() if self.currentIndex() > 0 else None

    def bring(self, panel: QWidget) -> None:
        """Bring a panel to the front."""
        self.setCurrentWidget(panel)

    def put_away(self) -> None:
        """Close the panel in front."""
        if self.in_front is not None:
            self.setCurrentIndex(0)
            self._owner.setFocus()
