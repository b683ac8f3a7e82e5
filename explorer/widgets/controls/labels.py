"""Labels on buttons: one switch, and all that have an icon also say what they do."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QSizePolicy, QToolButton

from explorer.widgets.look.theme import text_pixels

LARGEST = (1 << 24) - 1  # QWIDGETSIZE_MAX, which the binding lacks
LINE = 16
"""Height of a line of words under an icon, at the ordinary size of text."""


class ButtonLabels(QObject):
    """Whether buttons with an icon have their words beside it.

    Signals
    -------
    changed(bool)
    """

    changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.on = False

    def show(self, on: bool) -> None:
        """Icons with words, or alone."""
        if on != self.on:
            self.on = on
            self.changed.emit(on)


labels = ButtonLabels()
"""Of this process, as the size of text is."""


class Labelled(QObject):
    """Has a button follow the switch; its words are its text.

    Parameters
    ----------
    size : QSize
        In pixels, of the button without words.
    under : bool
        The words are below the icon: for narrow places.
    """

    def __init__(self, button: QToolButton, size: QSize, under: bool = False) -> None:
        super().__init__(button)
        self._button, self._size, self._under = button, size, under
        policy = QSizePolicy.Policy.Fixed
        button.setSizePolicy(policy, policy)
        button.installEventFilter(self)
        labels.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        button, style = self._button, Qt.ToolButtonStyle
        words = style.ToolButtonTextUnderIcon if self._under else style.ToolButtonTextBesideIcon
        button.setToolButtonStyle(words if labels.on else style.ToolButtonIconOnly)
        button.setProperty("labelled", labels.on and not self._under)
        button.style().polish(button)
        self._fit()

    def _fit(self) -> None:
        button = self._button
        if labels.on:
            button.setMinimumSize(self._size)
            button.setMaximumSize(LARGEST, LARGEST)
            button.setFixedHeight(self._size.height() + (text_pixels(LINE) if self._under else 0))
            self._keep_width()
        else:
            button.setFixedSize(self._size)

    def _keep_width(self) -> None:
        """Other words ("Pause" for "Play") push nobody aside: it does not get narrower again."""
        if labels.on:
            self._button.setMinimumWidth(max(self._button.minimumWidth(), self._button.sizeHint().width()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Its action has other words, or its text another size: the button itself learns it after this."""
        if event.type() == QEvent.Type.ActionChanged:
            QTimer.singleShot(0, self, self._keep_width)
        elif event.type() == QEvent.Type.FontChange:
            QTimer.singleShot(0, self, self._fit)
        return False
