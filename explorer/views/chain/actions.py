"""The actions of a chain workspace: its menu, its keys, and what it adds to the View menu."""

from __future__ import annotations

from PySide6.QtCore import QObject

from explorer.recipe.quantities import offered
from explorer.widgets.controls.actions import Actions, Do, Under
from explorer.widgets.look.icons import icon
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme

TRANSPORT = ("start", "back", "play", "forward", "end", "loop")
UNET = tr("What every block of the network puts out for the selected sample at this step")
DATA_SET = tr("Which images of the data set the selected sample could have come from at this step")
BY_MEAN = tr("Noise and differences of coloured images as the mean of their channels, not each channel by itself")
DECODED = tr("Of a chain of codes: x_t and the mean as what they decode to, as x̂₀ always is; else the channels of the codes")
EARLIER, LATER = tr("no earlier snapshot of its training is known"), tr("no later snapshot of its training is known")
NO_CODES = tr("no lane's states are codes")
NEEDS = {"no class": tr("no lane is of a network that is told classes and has a label for none")}
TIME = (
    Do("play", tr("&Play"), "Space", tr("Play from T to 0, or pause")),
    Do("loop", tr("&Loop"), "L", tr("Play again from T when t = 0 is reached"), icon="mdi6.repeat", checkable=True),
    Do("back", tr("Step &back"), "Left", tr("One step back, towards T"), icon="mdi6.step-backward", label=tr("Back")),
    Do("forward", tr("Step &on"), "Right", tr("One step on, towards 0"), icon="mdi6.step-forward", label=tr("On")),
    Do("leap_back", tr("Ten steps b&ack"), ("PgUp", "Shift+Left"), tr("Ten steps back, towards T")),
    Do("leap_forward", tr("Ten steps o&n"), ("PgDown", "Shift+Right"), tr("Ten steps on, towards 0")),
    Do("start", tr("Go to T"), "Home", tr("Go to x_T, pure noise"), icon="mdi6.skip-backward", label=tr("To T")),
    Do("type", tr("Go to t&imestep…"), "Ctrl+G", tr("Type the timestep to go to")),
    Do("end", tr("Go to 0"), "End", tr("Go to x₀, the sample"), icon="mdi6.skip-forward", label=tr("To 0")),
)
TRAINED = (
    Do("less_trained", tr("&Earlier in training"), "[", tr("The same noise through the run's snapshot before this one"), needs=EARLIER),
    Do("more_trained", tr("La&ter in training"), "]", tr("The same noise through the run's next snapshot"), needs=LATER),
)
CHECKING = (
    Do(
        "check_noise", tr("Check that it &denoises"), "", tr("Put noise into known pictures, and see how much of it the lane's network "
        "finds"),
        needs=tr("the lane is of a data set: there is no network"),
    ),
)  # fmt: skip
SAMPLING = (
    Do("seed", tr("&New seed"), "N", tr("Sample from new noise"), icon="mdi6.dice-5-outline", label=tr("New")),
    Do(
        "resume",
        tr("&Resume sampling"),
        "R",
        tr("Go on sampling from what is computed"),
        icon="mdi6.play-circle-outline",
        needs=tr("sampling has nothing left to do"),
    ),
    Do(
        "stop",
        tr("&Stop sampling"),
        "Esc",
        tr("Stop sampling; what is computed can still be scrubbed"),
        icon="mdi6.stop-circle-outline",
        needs=tr("nothing is being sampled"),
    ),
)
LOOKS = (
    (
        Do("unet", tr("Inside the &U-Net"), "U", UNET, checkable=True),
        Do("data_set", tr("&Data set"), "D", DATA_SET, checkable=True),
        Do("by_mean", tr("&Mean of the channels"), "H", BY_MEAN, checkable=True),
        Do("decoded", tr("States through the d&ecoder"), "Shift+D", DECODED, checkable=True, needs=NO_CODES),
    ),
)
"""Of the View menu."""


def groups(several: bool) -> tuple[tuple[Do, ...], ...]:
    """The menu of a workspace of one lane, or of several."""
    quantities = (
        Do(
            row.name,
            tr("Show {title}", title=tr(row.title or row.label)),
            row.key,
            tr(row.tip),
            one_of="quantity",
            needs=NEEDS.get(row.beside, ""),
        )
        for row in offered(several)
    )
    return TIME, Under(tr("&Quantity"), *quantities), TRAINED, CHECKING, SAMPLING


class PlayLook(QObject):
    """Has Play say Pause while it plays, in the colours of its button."""

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__(actions)
        self._theme, self._play, self._playing = theme, actions["play"], False
        theme.changed.connect(self._dress)
        self._dress()

    def show(self, playing: bool) -> None:
        """Play, or pause."""
        self._playing = playing
        self._play.setText(tr("&Pause") if playing else tr("&Play"))
        self._dress()

    def _dress(self, _tokens: object = None) -> None:
        tokens = self._theme.tokens
        self._play.setIcon(icon("mdi6.pause" if self._playing else "mdi6.play", tokens, tokens.on_accent))
