"""The actions of the Forward workspace, with their keys and icons."""

from __future__ import annotations

import qtawesome
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QWidget

from explorer.widgets.controls.actions import NamedActions
from explorer.widgets.controls.segments import Segment
from explorer.widgets.look.theme import Theme

PAGES = (
    Segment("noise", "Noise", "x_t at once by Property 1, and step by step with the same noise  (1)"),
    Segment("schedule", "Schedule", "beta, alpha_bar and log SNR; bend them, and see what x_T is then  (2)"),
    Segment("pixels", "Pixels", "Two pixels over many images, as they turn into N(0, I)  (3)"),
    Segment("posterior", "Posterior", "One step back: with x₀ known, with the data set known, and as a network has learnt it  (4)"),
    Segment("gaussians", "Gaussians", "Sums, differences, and Gaussians with a Gaussian mean  (5)"),
    Segment("chain", "One dimension", "A chain of one number, both ways, and why small steps back are nearly Gaussian  (6)"),
)
ICONS = {
    "start": "mdi6.skip-backward", "back": "mdi6.step-backward", "forward": "mdi6.step-forward", "end": "mdi6.skip-forward",
    "loop": "mdi6.repeat", "random": "mdi6.shuffle-variant", "seed": "mdi6.dice-5-outline", "open": "ph.image", "paste": "ph.clipboard",
    "draw": "ph.pencil-simple",
}  # fmt: skip
TRANSPORT = ("start", "back", "play", "forward", "end", "loop")


class ForwardActions(NamedActions):
    """What can be done from the keyboard, the menu and the buttons.

    Attributes
    ----------
    by_name : dict of QAction
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent, ICONS)
        self.add("play", "&Play", ["Space"], "Play from x₀ to noise, or pause")
        self.add("back", "Step towards &noise", ["Left"], "One timestep on, towards T")
        self.add("forward", "Step towards the &image", ["Right"], "One timestep back, towards 0")
        self.add("leap_back", "Ten steps towards noise", ["PgUp", "Shift+Left"], "Ten timesteps on, towards T")
        self.add("leap_forward", "Ten steps towards the image", ["PgDown", "Shift+Right"], "Ten timesteps back, towards 0")
        self.add("start", "Go to &T", ["Home"], "Go to x_T, noise")
        self.add("end", "Go to &0", ["End"], "Go to x₀, the image")
        self.add("loop", "&Loop", ["L"], "Play again from x₀ when T is reached")
        self.by_name["loop"].setCheckable(True)
        for number, segment in enumerate(PAGES, 1):
            self.add(f"page {segment.name}", f"Show {segment.label}", [str(number)], segment.tip)
            self.by_name[f"page {segment.name}"].setCheckable(True)
        self.add("random", "&Random image", ["R"], "Noise any of the 10,000 test images")
        self.add("seed", "New &seed", ["N"], "Other noise")
        self.add("open", "Open &image…", ["E"], "Noise a picture file; dropping it on the window does the same")
        self.add("paste", "&Paste image", ["Ctrl+V"], "Noise the picture in the clipboard")
        self.add("draw", "&Draw an image", ["P"], "Draw with the mouse, on a pad in place of the test images")
        self.by_name["draw"].setCheckable(True)
        self.add("use", "&Use this schedule in Reverse chain", ["U"], "Sample Reverse chain's model over this schedule")
        self.add("train", "Use this schedule in &Training", ["Shift+U"], "Begin a new run of training with this schedule")
        theme.changed.connect(self._dress)
        self._dress()

    def menu(self) -> list[QAction]:
        """Actions in the order of the menu."""
        groups = (
            ("play", "loop", "back", "forward", "leap_back", "leap_forward", "start", "end"),
            tuple(f"page {segment.name}" for segment in PAGES), ("random", "open", "paste", "draw", "seed"),
            ("use", "train"),
        )  # fmt: skip
        return self.in_groups(groups)

    def show_page(self, page: str) -> None:
        """Check the page in front."""
        for segment in PAGES:
            self.by_name[f"page {segment.name}"].setChecked(segment.name == page)

    def show_playing(self, playing: bool) -> None:
        """Play or pause."""
        self.by_name["play"].setText("&Pause" if playing else "&Play")
        self._dress_play(playing)

    def _dress_play(self, playing: bool) -> None:
        colour = self._theme.tokens.on_accent
        name = "mdi6.pause" if playing else "mdi6.play"
        # the forward process runs to the left, as on every t axis of the app
        shown: QIcon = qtawesome.icon(name, color=colour, color_disabled=self._theme.tokens.disabled, hflip=True)
        self.by_name["play"].setIcon(shown)

    def _dress(self, _tokens: object = None) -> None:
        self.dress()
        self._dress_play(self.by_name["play"].text() == "&Pause")
