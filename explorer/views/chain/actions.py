"""The actions of a chain workspace, with their keys and icons."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from explorer.views.chain.labels import QUANTITY_SEGMENTS
from explorer.widgets.actions import make_action, separated
from explorer.widgets.icons import icon
from explorer.widgets.theme import Theme

ICONS = {
    "start": "mdi6.skip-backward", "back": "mdi6.step-backward", "play": "mdi6.play", "forward": "mdi6.step-forward",
    "end": "mdi6.skip-forward", "loop": "mdi6.repeat", "seed": "mdi6.dice-5-outline", "resume": "mdi6.play-circle-outline",
    "stop": "mdi6.stop-circle-outline",
}  # fmt: skip
TRANSPORT = ("start", "back", "play", "forward", "end", "loop")


class ChainActions(QObject):
    """What can be done to a chain from the keyboard, the menu and the buttons.

    Attributes
    ----------
    by_name : dict of QAction
    """

    def __init__(self, theme: Theme, difference: bool, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._owner = parent
        self.by_name: dict[str, QAction] = {}
        self._add("play", "&Play", "Space", "Play from T to 0, or pause")
        self._add("back", "Step &back", "Left", "One step back, towards T")
        self._add("forward", "Step &on", "Right", "One step on, towards 0")
        self._add("leap_back", "Ten steps b&ack", ["PgUp", "Shift+Left"], "Ten steps back, towards T")
        self._add("leap_forward", "Ten steps o&n", ["PgDown", "Shift+Right"], "Ten steps on, towards 0")
        self._add("start", "Go to &T", "Home", "Go to x_T, pure noise")
        self._add("end", "Go to &0", "End", "Go to x_0, the sample")
        self._add("loop", "&Loop", "L", "Play again from T when t = 0 is reached")
        self.by_name["loop"].setCheckable(True)
        for number, segment in enumerate(QUANTITY_SEGMENTS, 1):
            self._add(segment.name, f"Show {segment.label}", str(number), segment.tip)
        if difference:
            self._add("difference", "Show difference to the reference lane", "6", "How far each lane is from the reference lane")
        for name in self.quantities:
            self.by_name[name].setCheckable(True)
        self._add("less_trained", "&Earlier in training", "[", "The same noise through the run's snapshot before this one")
        self._add("more_trained", "La&ter in training", "]", "The same noise through the run's next snapshot")
        self._add("seed", "&New seed", "N", "Sample from new noise")
        self._add("resume", "&Resume sampling", "R", "Go on sampling from what is computed")
        self._add("stop", "&Stop sampling", "Esc", "Stop sampling; what is computed can still be scrubbed")
        self._add("unet", "Inside the &U-Net", "U", "What every block of the network puts out for the selected sample at this step")
        self.by_name["unet"].setCheckable(True)
        self._add("data_set", "&Data set", "D", "Which images of the data set the selected sample could have come from at this step")
        self.by_name["data_set"].setCheckable(True)
        self.by_name["resume"].setEnabled(False)
        self.by_name["stop"].setEnabled(False)
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def quantities(self) -> tuple[str, ...]:
        """Names of the actions that choose a quantity."""
        return tuple(name for name in (*(s.name for s in QUANTITY_SEGMENTS), "difference") if name in self.by_name)

    def _add(self, name: str, text: str, keys: str | list[str], tip: str) -> None:
        action = self.by_name[name] = make_action(self._owner, text, keys, tip)
        action.setObjectName(name)

    def on(self, name: str, slot: Callable[[], object]) -> None:
        """Call `slot` when the action is triggered."""
        self.by_name[name].triggered.connect(lambda _checked=False: slot())

    def add_to(self, widget: QWidget) -> None:
        """Let the keys act while the focus is in a widget."""
        widget.addActions(list(self.by_name.values()))

    def menu(self) -> list[QAction]:
        """Actions in the order of the menu."""
        groups = (
            ("play", "loop", "back", "forward", "leap_back", "leap_forward", "start", "end"),
            self.quantities, ("less_trained", "more_trained"), ("seed", "resume", "stop"),
        )  # fmt: skip
        return separated(self, ([self.by_name[name] for name in group] for group in groups))

    def show_playing(self, playing: bool) -> None:
        """Play or pause."""
        action = self.by_name["play"]
        action.setText("&Pause" if playing else "&Play")
        self._dress_play(playing)

    def _dress_play(self, playing: bool) -> None:
        colour = self._theme.tokens.on_accent
        self.by_name["play"].setIcon(icon("mdi6.pause" if playing else "mdi6.play", self._theme.tokens, colour))

    def _dress(self, _tokens: object = None) -> None:
        for name, glyph in ICONS.items():
            self.by_name[name].setIcon(icon(glyph, self._theme.tokens))
        self._dress_play(self.by_name["play"].text() == "&Pause")
