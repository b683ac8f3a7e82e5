"""The Forward workspace's actions: its menu, its keys and its buttons."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from explorer.widgets.controls.actions import Actions, Do
from explorer.widgets.look.icons import icon
from explorer.widgets.look.theme import Theme

PAGES = {
    "noise": "Noise", "schedule": "Schedule", "pixels": "Pixels", "posterior": "Posterior", "gaussians": "Gaussians",
    "chain": "One dimension",
}  # fmt: skip
"""What is written on the segment of each page."""
BACK = "One step back: with x₀ known, with the data set known, and as a network has learnt it"
CHAIN = "A chain of one number, both ways, and why small steps back are nearly Gaussian"
GROUPS = (
    (
        Do("play", "&Play", "Space", "Play from x₀ to noise, or pause"),
        Do("loop", "&Loop", "L", "Play again from x₀ when T is reached", "mdi6.repeat", checkable=True),
        Do("back", "Step towards &noise", "Left", "One timestep on, towards T", "mdi6.step-backward", label="Noise"),
        Do("forward", "Step towards the &image", "Right", "One timestep back, towards 0", "mdi6.step-forward", label="Image"),
        Do("leap_back", "Ten steps towards noise", ("PgUp", "Shift+Left"), "Ten timesteps on, towards T"),
        Do("leap_forward", "Ten steps towards the image", ("PgDown", "Shift+Right"), "Ten timesteps back, towards 0"),
        Do("start", "Go to T", "Home", "Go to x_T, noise", "mdi6.skip-backward", label="To T"),
        Do("type", "Go to t&imestep…", "Ctrl+G", "Type the timestep to go to"),
        Do("end", "Go to 0", "End", "Go to x₀, the image", "mdi6.skip-forward", label="To 0"),
    ),
    (
        Do("noise", "Show Noise", "1", "x_t at once by Property 1, and step by step with the same noise", one_of="page"),
        Do("schedule", "Show Schedule", "2", "beta, alpha_bar and log SNR; bend them, and see what x_T is then", one_of="page"),
        Do("pixels", "Show Pixels", "3", "Two pixels over many images, as they turn into N(0, I)", one_of="page"),
        Do("posterior", "Show Posterior", "4", BACK, one_of="page"),
        Do("gaussians", "Show Gaussians", "5", "Sums, differences, and Gaussians with a Gaussian mean", one_of="page"),
        Do("chain", "Show One dimension", "6", CHAIN, one_of="page"),
    ),
    (
        Do("random", "&Random image", "R", "Noise any of the test images", "mdi6.shuffle-variant", label="Random"),
        Do("open", "Open &image…", "E", "Noise a picture file; dropping it on the window does the same", "ph.image", label="Open"),
        Do("paste", "&Paste image", "Ctrl+V", "Noise the picture in the clipboard", "ph.clipboard", label="Paste"),
        Do(
            "draw",
            "&Draw an image",
            "P",
            "Draw with the mouse, on a pad in place of the test images",
            "ph.pencil-simple",
            checkable=True,
            label="Draw",
        ),
        Do("seed", "New &seed", "N", "Other noise", "mdi6.dice-5-outline", label="New"),
    ),
    (
        Do(
            "use",
            "&Use this schedule in Reverse chain",
            "U",
            "Sample Reverse chain's model over this schedule",
            needs="Reverse chain has no model",
        ),
        Do("train", "Use this schedule in &Training", "Shift+U", "Begin a new run of training with this schedule"),
    ),
)
TRANSPORT = ("start", "back", "play", "forward", "end", "loop")
"""In the order of their buttons, beside the timeline."""


class ForwardActions(Actions):
    """The actions, of which one says whether it plays."""

    _playing = False

    def __init__(self, theme: Theme, owner: QWidget) -> None:
        super().__init__(theme, owner, GROUPS)

    def show_playing(self, playing: bool) -> None:
        """Play or pause."""
        self._playing = playing
        self["play"].setText("&Pause" if playing else "&Play")
        self.dress()

    def dress(self, _tokens: object = None) -> None:
        """Icons in the theme's colours; that of playing points left, where the forward process runs on every t axis of the app."""
        super().dress()
        tokens, glyph = self._theme.tokens, "mdi6.pause" if self._playing else "mdi6.play"
        self["play"].setIcon(icon(glyph, tokens, tokens.on_accent, mirrored=True))
