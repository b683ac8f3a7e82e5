"""The actions of a chain workspace, with their keys and icons."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from explorer.recipe.quantities import offered
from explorer.widgets.controls.actions import NamedActions
from explorer.widgets.look.icons import icon
from explorer.widgets.look.theme import Theme

ICONS = {
    "start": "mdi6.skip-backward", "back": "mdi6.step-backward", "play": "mdi6.play", "forward": "mdi6.step-forward",
    "end": "mdi6.skip-forward", "loop": "mdi6.repeat", "seed": "mdi6.dice-5-outline", "resume": "mdi6.play-circle-outline",
    "stop": "mdi6.stop-circle-outline",
}  # fmt: skip
TRANSPORT = ("start", "back", "play", "forward", "end", "loop")


class ChainActions(NamedActions):
    """What can be done to a chain from the keyboard, the menu and the buttons.

    Attributes
    ----------
    by_name : dict of QAction
    quantities : tuple of str
        Names of the actions that choose a quantity.
    """

    def __init__(self, theme: Theme, several: bool, parent: QObject) -> None:
        super().__init__(theme, parent, ICONS)
        self.add("play", "&Play", "Space", "Play from T to 0, or pause")
        self.add("back", "Step &back", "Left", "One step back, towards T")
        self.add("forward", "Step &on", "Right", "One step on, towards 0")
        self.add("leap_back", "Ten steps b&ack", ["PgUp", "Shift+Left"], "Ten steps back, towards T")
        self.add("leap_forward", "Ten steps o&n", ["PgDown", "Shift+Right"], "Ten steps on, towards 0")
        self.add("start", "Go to &T", "Home", "Go to x_T, pure noise")
        self.add("end", "Go to &0", "End", "Go to x₀, the sample")
        self.add("loop", "&Loop", "L", "Play again from T when t = 0 is reached")
        self.by_name["loop"].setCheckable(True)
        self.quantities = tuple(row.name for row in offered(several))
        for row in offered(several):
            self.add(row.name, f"Show {row.title or row.label}", row.key, row.tip, checkable=True)
        self.add("less_trained", "&Earlier in training", "[", "The same noise through the run's snapshot before this one")
        self.add("more_trained", "La&ter in training", "]", "The same noise through the run's next snapshot")
        self.add("seed", "&New seed", "N", "Sample from new noise")
        self.add("resume", "&Resume sampling", "R", "Go on sampling from what is computed")
        self.add("stop", "&Stop sampling", "Esc", "Stop sampling; what is computed can still be scrubbed")
        self.add("unet", "Inside the &U-Net", "U", "What every block of the network puts out for the selected sample at this step")
        self.by_name["unet"].setCheckable(True)
        self.add("data_set", "&Data set", "D", "Which images of the data set the selected sample could have come from at this step")
        self.by_name["data_set"].setCheckable(True)
        self.by_name["resume"].setEnabled(False)
        self.by_name["stop"].setEnabled(False)
        theme.changed.connect(self._dress)
        self._dress()

    def menu(self) -> list[QAction]:
        """Actions in the order of the menu."""
        groups = (
            ("play", "loop", "back", "forward", "leap_back", "leap_forward", "start", "end"),
            self.quantities, ("less_trained", "more_trained"), ("seed", "resume", "stop"),
        )  # fmt: skip
        return self.in_groups(groups)

    def show_playing(self, playing: bool) -> None:
        """Play or pause."""
        action = self.by_name["play"]
        action.setText("&Pause" if playing else "&Play")
        self._dress_play(playing)

    def _dress_play(self, playing: bool) -> None:
        colour = self._theme.tokens.on_accent
        self.by_name["play"].setIcon(icon("mdi6.pause" if playing else "mdi6.play", self._theme.tokens, colour))

    def _dress(self, _tokens: object = None) -> None:
        self.dress()
        self._dress_play(self.by_name["play"].text() == "&Pause")
