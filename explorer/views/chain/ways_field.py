"""What runs a lane's network: words, and beside them the ways that were measured on this machine, to choose from."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from explorer.engine.chain.way_messages import Way, WaysShown
from explorer.views.shared.rows import NOTHING
from explorer.widgets.controls.menus import emptied
from explorer.widgets.look.language import tr

SAYS = tr(
    "What runs the network, in which arithmetic, and how many times as fast as plain PyTorch it was when it was measured on this machine"
)
CHOICES = tr("Other ways to run the network: kept for this machine and about so many samples; the lane is sampled anew")
BUSY = tr("Measured while this machine did much else")


class WaysField(QWidget):
    """Words, in two lines where one has no room, with a menu.

    Signals
    -------
    opened()
        The menu is open, and wants to know what there is.
    chosen(str)
        The person wants a way; "" for the fastest.
    again()
        The person wants them measured again.
    released()
        Keys go back to the pictures.

    Attributes
    ----------
    words : QLabel
    choices : QToolButton
    menu : QMenu
    """

    opened = Signal()
    chosen = Signal(str)
    again = Signal()
    released = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run, self._is_measuring = "", False
        self._shown: WaysShown | None = None
        self.words, self.choices = QLabel(NOTHING, wordWrap=True, textFormat=Qt.TextFormat.PlainText), QToolButton()
        self.words.setToolTip(SAYS)
        self.choices.setArrowType(Qt.ArrowType.DownArrow)
        self.choices.setFixedSize(28, 26)
        self.choices.setAccessibleName(tr("What runs the network"))
        self.choices.setToolTip(CHOICES)
        self.choices.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.choices.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.choices)
        self.menu.setToolTipsVisible(True)
        self.menu.aboutToShow.connect(self._open)
        self.choices.setMenu(self.menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.words, 1)
        row.addWidget(self.choices)
        self.show_run("")

    def show_run(self, run: str) -> None:
        """What ran the lane that is shown; empty where that is not known, or nothing does."""
        self._run = run
        self.choices.setEnabled(bool(run))
        self._say()

    def show_measuring(self, is_under_way: bool) -> None:
        """They are being measured, or not any more."""
        self._is_measuring = is_under_way
        self._say()

    def _say(self) -> None:
        text = tr("measuring …") if self._is_measuring else self._run or NOTHING
        self.words.setText(text)
        self.words.setToolTip(f"{self._run}\n{SAYS}" if self._run else SAYS)

    def show_ways(self, shown: WaysShown | None) -> None:
        """What there is to choose from; None while that is not known."""
        self._shown = shown
        if self.menu.isVisible():
            self._fill()
            self._place()

    def _place(self) -> None:
        """Filled while it is open the menu is another size, and would hang out of the screen: its right edge is the button's."""
        menu, button = self.menu, self.choices
        size, room = menu.sizeHint(), button.screen().availableGeometry()
        corner = button.mapToGlobal(button.rect().bottomRight())
        below = corner.y() + 1 + size.height() <= room.bottom()
        top = corner.y() + 1 if below else button.mapToGlobal(button.rect().topRight()).y() - size.height()
        left = min(corner.x() + 1, room.right() + 1) - size.width()
        menu.setGeometry(max(left, room.left()), max(top, room.top()), size.width(), size.height())

    def _open(self) -> None:
        self._fill()
        self.opened.emit()

    def _fill(self) -> None:
        shown, menu = self._shown, self.menu
        emptied(menu)
        if shown is None:
            menu.addAction("…").setEnabled(False)
            return
        if shown.only:
            menu.addAction(shown.only).setEnabled(False)
            return
        if not shown.is_open:
            menu.addAction(tr("Preferences, Device: chosen there")).setEnabled(False)
            return
        group = QActionGroup(menu)
        best = tr("Fastest ({words})", words=_words(shown.fastest)) if shown.fastest is not None else tr("Fastest (not measured yet)")
        for wish, text, tip in (("", best, BUSY if shown.busy else ""), *((way.wish, _words(way), _tip(way)) for way in shown.ways)):
            action = menu.addAction(text)
            action.setToolTip(tip)
            action.setCheckable(True)
            action.setChecked(wish == shown.wish)
            action.triggered.connect(partial(self._choose, wish))
            group.addAction(action)
            if not wish:
                menu.addSeparator()
        if shown.ways:
            menu.addSeparator()
        measure = menu.addAction(tr("Measure again") if shown.ways else tr("Measure now"))
        measure.setToolTip(
            tr("{busy}: worth it now", busy=BUSY) if shown.busy else tr("Takes some seconds; the next chain takes what is then the fastest")
        )
        measure.setEnabled(not self._is_measuring)
        measure.triggered.connect(self.again)

    def _choose(self, wish: str, _checked: bool = True) -> None:
        if self._shown is not None and wish != self._shown.wish:
            self.chosen.emit(wish)
        self.released.emit()


def _words(way: Way) -> str:
    """With its figure: Native kernel · bf16 · 4.6×."""
    return f"{tr(way.title)} · {way.gain:.1f}×" if way.gain else tr(way.title)


def _tip(way: Way) -> str:
    if way.up_to == way.T:
        return tr("As close to fp32 as can be seen at every timestep")
    return tr("Up to t = {up_to}; above that it is not close enough, and the fastest exact way runs the network", up_to=way.up_to)
