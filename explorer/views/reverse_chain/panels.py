"""The panels that may be in front of the samples: painting, noising again, what the chain starts from."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.widgets.controls.page_stack import PageStack
from explorer.widgets.look.card import Card
from explorer.widgets.look.fonts import wear
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme


class Panels(PageStack):
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


class FrontPanel(Card):
    """A panel that offers one thing: a button or Enter does it, another button or Esc gives it up.

    Parameters
    ----------
    panels : Panels
        In which it comes to the front.
    does, tip : str
        On the button that does it, and what that is.
    """

    def __init__(self, theme: Theme, panels: Panels, does: str, tip: str) -> None:
        super().__init__(theme)
        self._panels = panels
        self.go, self.stop = QPushButton(does), QPushButton(tr("Cancel"))
        self.go.setToolTip(tr("{tip}  (Enter)", tip=tip))
        self.stop.setToolTip(tr("Change nothing  (Esc)"))
        mark(self.go, "primary")
        for button in (self.go, self.stop):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.go.clicked.connect(lambda _checked=False: self.do())
        self.stop.clicked.connect(lambda _checked=False: self.give_up())
        panels.addWidget(self)

    def explain(self, title: str, explanation: str) -> QVBoxLayout:
        """Say at the top what it is for, and take the keys by itself; what it is made of follows in the layout."""
        head, words = QLabel(title), QLabel(explanation)
        wear(head, 14, QFont.Weight.DemiBold)
        words.setWordWrap(True)
        mark(words, "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(head)
        column.addWidget(words)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return column

    @property
    def is_open(self) -> bool:
        """Whether it is in front."""
        return self._panels.in_front is self

    def bring(self) -> None:
        """Come to the front."""
        self._panels.bring(self)

    def put_away(self) -> None:
        """Leave the front; what was chosen in it stays."""
        self._panels.put_away()

    def do(self) -> None:
        """What it offers."""
        raise NotImplementedError

    def give_up(self) -> None:
        """Change nothing."""
        self.put_away()

    def is_own(self, event: QKeyEvent) -> bool:
        """Whether a key is this panel's own while it is open, whatever it does elsewhere."""
        return event.key() == Qt.Key.Key_Escape

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter does it, Esc gives up."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.go.isEnabled():
            self.do()
        elif event.key() == Qt.Key.Key_Escape:
            self.give_up()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Its own keys come here before any action has them."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self.is_own(event):
            event.accept()
            return True
        return super().event(event)
