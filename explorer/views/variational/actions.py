"""The Variational workspace's actions: its menu, its keys and its buttons."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from explorer.widgets.controls.actions import Actions, Do
from explorer.widgets.look.icons import icon
from explorer.widgets.look.theme import Theme

PAGES = {"kl": "KL", "inference": "Inference"}
"""What is written on the segment of each page."""
NO_PART = "select a part of p first: click its handle"
NOT_YET = "the best Gaussian is not known yet"
GROUPS = (
    (
        Do("play", "&Play the fit", "Space", "Follow the gradient step by step, or pause"),
        Do("loop", "&Loop", "L", "Play again from the start when the fit is done", "mdi6.repeat", checkable=True),
        Do("back", "One step &back", "Left", "One step of the fit back", "mdi6.step-backward", label="Back"),
        Do("forward", "One step &on", "Right", "One gradient step on", "mdi6.step-forward", label="On"),
        Do("start", "To the &start", "Home", "q as it was put there", "mdi6.skip-backward", label="Start"),
        Do("end", "To the &end", "End", "q after 200 steps", "mdi6.skip-forward", label="End"),
    ),
    (
        Do("kl", "Show &KL", "1", "Two densities, and a Gaussian fitted to the other", one_of="page"),
        Do("inference", "Show &Inference", "2", "The true p(z|x) of an image, beside the encoder's q(z|x)", one_of="page"),
    ),
    (
        Do("line", "Over a &line", "3", "Densities of one dimension", one_of="dimensions"),
        Do("plane", "Over a pl&ane", "4", "Densities of two dimensions", one_of="dimensions"),
        Do("seek", "Follow KL(&q ‖ p)", "Q", "Gradient steps on KL(q ‖ p): q seeks a mode of p", one_of="direction"),
        Do("cover", "Follow KL(&p ‖ q)", "P", "Gradient steps on KL(p ‖ q): q covers all of p", one_of="direction"),
        Do("next", "&Next density", "]", "Select the next density: q, and the parts of p", "mdi6.chevron-right", label="Next"),
        Do("before", "Density &before", "[", "Select the density before", "mdi6.chevron-left", label="Before"),
        Do("add", "Add a part to p", "A", "One more Gaussian in the mixture p", "ph.plus", label="Part"),
        Do("remove", "&Take the part away", "Del", "Take the selected part of p away", "ph.trash", label="Remove", needs=NO_PART),
        Do("begin", "Begin the fit &here", "B", "q as it is at this step is where the fit begins", "mdi6.flag-outline", label="Begin"),
    ),
    (
        Do("random", "&Random image", "R", "The posterior of any of the test images", "mdi6.shuffle-variant", label="Random"),
        Do("open", "Open &image…", "E", "The posterior of a picture file; dropping it does the same", "ph.image", label="Open"),
        Do("paste", "Paste i&mage", "Ctrl+V", "The posterior of the picture in the clipboard", "ph.clipboard", label="Paste"),
        Do("draw", "&Draw an image", "D", "Draw on a pad in place of the test images", "ph.pencil-simple", checkable=True, label="Draw"),
        Do("encoder", "q of the en&coder", "C", "Your q(z) is the encoder's again", "ph.arrow-counter-clockwise", label="Encoder"),
        Do("best", "The best q", "Shift+C", "Your q(z) is the best Gaussian", "ph.target", label="Best", needs=NOT_YET),
    ),
)  # fmt: skip
FIT = ("start", "back", "play", "forward", "end", "loop")
"""In the order of their buttons, beside the steps."""


class VariationalActions(Actions):
    """The actions, of which one says whether it plays."""

    _playing = False

    def __init__(self, theme: Theme, owner: QWidget) -> None:
        super().__init__(theme, owner, GROUPS)

    def show_playing(self, playing: bool) -> None:
        """Play or pause."""
        self._playing = playing
        self["play"].setText("&Pause the fit" if playing else "&Play the fit")
        self.dress()

    def dress(self, _tokens: object = None) -> None:
        """Icons in the theme's colours."""
        super().dress()
        tokens, glyph = self._theme.tokens, "mdi6.pause" if self._playing else "mdi6.play"
        self["play"].setIcon(icon(glyph, tokens, tokens.on_accent))
