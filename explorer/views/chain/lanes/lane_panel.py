"""A lane: coloured top edge, what it is, its menu, and its grid of samples."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from explorer.views.chain.lanes.image_grid import ImageGrid
from explorer.views.chain.lanes.marker_chip import MarkerChip
from explorer.views.paper.menu import offer_paper
from explorer.widgets.look.card import EDGE, Card
from explorer.widgets.look.eliding_label import ElidingLabel
from explorer.widgets.look.fonts import wear
from explorer.widgets.look.icons import icon
from explorer.widgets.look.language import tr
from explorer.widgets.look.steady_label import SteadyLabel
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme
from explorer.widgets.look.warning import set_warning
from explorer.widgets.plots.markers import Marker

HEADER = 32
SIDE_MARGIN = 2
GAP = 6
SLACK = 8
"""Of a note: one number or another, the header is as it was."""
LEAST_TITLE = 20
"""Pixels below which a title is a mark of what is left out, and a note has its room."""
LEAST_SUBTITLE = 84
"""Pixels below which a subtitle says nothing."""


class LanePanel(Card):
    """One column of Compare, or the only one of Reverse chain.

    Signals
    -------
    chosen()
        The person clicked into the lane.
    """

    chosen = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self.grid = ImageGrid(theme)
        self._title = ElidingLabel()
        wear(self._title, 13, QFont.Weight.DemiBold)
        self._subtitle = ElidingLabel()
        self._subtitle.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        mark(self._subtitle, "muted")
        self._note = SteadyLabel(slack=SLACK)
        mark(self._note, "faint")
        self.menu_button = QToolButton()
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu_button.setToolTip(tr("What this lane is: checkpoint, sampler, order"))
        self.menu_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        mark(self.menu_button, "quiet")
        header = QHBoxLayout()
        header.setContentsMargins(8, EDGE, 2, 0)
        header.setSpacing(GAP)
        self.chip = MarkerChip(theme)
        self._titles = ("", "")
        self._said = ""
        self._notes = ("", "")
        self._space = QWidget()
        self._space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        for widget in (self.chip, self._title, self._subtitle, self._space, self._note, self.menu_button):
            header.addWidget(widget)
        head = QWidget()
        head.setFixedHeight(HEADER)
        head.setLayout(header)
        column = QVBoxLayout(self)
        column.setContentsMargins(SIDE_MARGIN, 0, SIDE_MARGIN, SIDE_MARGIN)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.grid, 1)
        theme.changed.connect(self._dress)
        self._dress()

    def set_lane(self, title: str, subtitle: str, colour: str, tip: str, short: str = "") -> None:
        """Say what the lane is; `short` is its title where there is no room for the whole."""
        self._titles = (title, short or title)
        self._said = subtitle
        self._share()
        self._subtitle.setToolTip(tip)
        self._title.setToolTip(tip)
        self.set_edge(colour)
        self.grid.setAccessibleName(tr("Samples of {title}", title=title))
        self.menu_button.setAccessibleName(tr("Menu of {title}", title=title))
        self.setAccessibleName(title)

    def set_marker(self, marker: Marker, colour: str) -> None:
        """The shape that its curves have, too; none where its colour alone tells it from the others."""
        self.chip.set_marker(marker, colour)
        self._share()

    def set_note(self, text: str, tip: str = "", warning: bool = False, short: str | None = None) -> None:
        """A word at the right of the header, such as the state that is shown instead of the cursor's.

        `short` is what is said where there is no room for it; without it the number of "t = 400" alone.
        """
        notes = (text, text.removeprefix("t = ") if short is None else short)
        if notes != self._notes:
            self._notes = notes
            self._note.setVisible(bool(text))
            self._share()
        self._note.setToolTip(f"{text}: {tip}" if text and tip else tip)
        set_warning(self._note, warning, self._theme)

    def set_menu(self, menu: QMenu | None) -> None:
        """The "..." menu; without one there is no button."""
        self.menu_button.setMenu(menu)  # type: ignore[arg-type]  # None is taken, whatever the stubs say
        self.menu_button.setVisible(menu is not None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the header anew."""
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        """The title as whole as it fits; the subtitle only where there is room for a word of it."""
        metrics = self._title.fontMetrics()
        room = self.width() - 2 * SIDE_MARGIN - 10 - (0 if self.menu_button.isHidden() else self.menu_button.sizeHint().width() + GAP)
        if not self.chip.isHidden():
            room -= self.chip.width() + GAP
        long, short = self._titles
        note, brief = self._notes
        if metrics.horizontalAdvance(short) + 6 > room - self._beside(note):
            note = brief
        if self._beside(note) > room:
            of_note, left = self._note.fontMetrics(), room - SLACK - GAP
            note = of_note.elidedText(_whole_parts(note, left, of_note), Qt.TextElideMode.ElideRight, left)
        room -= self._beside(note)
        self._title.setVisible(room >= LEAST_TITLE)
        self._note.setText(note)
        shown = long if metrics.horizontalAdvance(long) + 6 <= room else short
        self._title.setText(shown)
        width = metrics.horizontalAdvance(shown) + 6
        left = room - width - GAP
        self._title.setFixedWidth(max(8, min(width, room)))
        self._subtitle.setText(_whole_parts(self._said, left, self._subtitle.fontMetrics()))
        self._subtitle.setVisible(left >= LEAST_SUBTITLE)
        self._space.setVisible(left < LEAST_SUBTITLE)

    def _beside(self, note: str) -> int:
        """Width that a note takes from the title."""
        return self._note.fontMetrics().horizontalAdvance(note) + SLACK + GAP if note else 0

    @property
    def title(self) -> str:
        """Title, whole."""
        return self._titles[0]

    @property
    def subtitle(self) -> str:
        """Subtitle shown, whole."""
        return self._said

    @property
    def note(self) -> str:
        """Note shown, whole."""
        return self._notes[0]

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The lane's menu, where the mouse is, and what can be done with its panel."""
        menu = self.menu_button.menu()
        if menu is not None:
            # after what fills it
            menu.aboutToShow.connect(lambda: offer_paper(menu, self), Qt.ConnectionType.SingleShotConnection)
            menu.popup(event.globalPos())

    def mousePressEvent(self, event: QEvent) -> None:
        """Choose the lane."""
        self.chosen.emit()

    def _dress(self, _tokens: object = None) -> None:
        self.menu_button.setIcon(icon("mdi6.dots-horizontal", self._theme.tokens))
        QTimer.singleShot(0, self, self._share)  # once the labels wear their new size of text


def _whole_parts(said: str, room: int, metrics: QFontMetrics) -> str:
    """As many of the parts of "a · b · c" as there is room for, the first in any case."""
    parts = said.split(" · ")
    while len(parts) > 1 and metrics.horizontalAdvance(" · ".join(parts)) > room:
        parts.pop()
    return " · ".join(parts)
