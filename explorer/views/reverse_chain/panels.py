"""The panels that may be in front of the samples: painting, backing up."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QWidget


class Panels:
    """A widget and panels in one place; at most one panel is open.

    Parameters
    ----------
    owner : QWidget
        Gets the keys back when a panel is closed.
    """

    def __init__(self, owner: QWidget, *panels: QWidget) -> None:
        self._owner, self._panels = owner, panels
        self._pages: QStackedWidget | None = None

    def over(self, widget: QWidget) -> QWidget:
        """The widget and the panels in one place."""
        self._pages = QStackedWidget()
        for page in (widget, *self._panels):
            self._pages.addWidget(page)
        return self._pages

    @property
    def open(self) -> QWidget | None:
        """The panel in front, if any."""
        page = self._pages.currentWidget() if self._pages is not None else None
        return page if page in self._panels else None

    def show(self, panel: QWidget) -> None:
        """Bring a panel to the front."""
        if self._pages is not None:
            self._pages.setCurrentWidget(panel)

    def close(self) -> None:
        """Close the panel in front."""
        if self._pages is not None and self.open is not None:
            self._pages.setCurrentIndex(0)
            self._owner.setFocus()
