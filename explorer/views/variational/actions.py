"""The Variational workspace's actions: its menu, its keys and its buttons."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from explorer.views.shared.playing_actions import PlayingActions
from explorer.widgets.controls.actions import Do
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme

PAGES = {"kl": tr("KL"), "inference": tr("Inference")}
"""What is written on the segment of each page."""
NO_PART = tr("select a part of p first: click its handle")
NOT_YET = tr("the best Gaussian is not known yet")
GROUPS = (
    (
        Do("play", tr("&Play the fit"), "Space", tr("Follow the gradient step by step, or pause")),
        Do("loop", tr("&Loop"), "L", tr("Play again from the start when the fit is done"), "mdi6.repeat", checkable=True),
        Do("back", tr("One step &back"), "Left", tr("One step of the fit back"), "mdi6.step-backward", label=tr("Back")),
        Do("forward", tr("One step &on"), "Right", tr("One gradient step on"), "mdi6.step-forward", label=tr("On")),
        Do("start", tr("To the &start"), "Home", tr("q as it was put there"), "mdi6.skip-backward", label=tr("Start")),
        Do("end", tr("To the &end"), "End", tr("q after 200 steps"), "mdi6.skip-forward", label=tr("End")),
    ),
    (
        Do("kl", tr("Show &KL"), "1", tr("Two densities, and a Gaussian fitted to the other"), one_of="page"),
        Do("inference", tr("Show &Inference"), "2", tr("The true p(z|x) of an image, beside the encoder's q(z|x)"), one_of="page"),
    ),
    (
        Do("line", tr("Over a &line"), "3", tr("Densities of one dimension"), one_of="dimensions"),
        Do("plane", tr("Over a pl&ane"), "4", tr("Densities of two dimensions"), one_of="dimensions"),
        Do("seek", tr("Follow KL(&q ‖ p)"), "Q", tr("Gradient steps on KL(q ‖ p): q seeks a mode of p"), one_of="direction"),
        Do("cover", tr("Follow KL(&p ‖ q)"), "P", tr("Gradient steps on KL(p ‖ q): q covers all of p"), one_of="direction"),
        Do("next", tr("&Next density"), "]", tr("Select the next density: q, and the parts of p"), "mdi6.chevron-right", label=tr("Next")),
        Do("before", tr("Density &before"), "[", tr("Select the density before"), "mdi6.chevron-left", label=tr("Before")),
        Do("add", tr("Add a part to p"), "A", tr("One more Gaussian in the mixture p"), "ph.plus", label=tr("Part")),
        Do("remove", tr("&Take the part away"), "Del", tr("Take the selected part of p away"), "ph.trash", label=tr("Remove"),
        needs=NO_PART),
        Do("begin", tr("Begin the fit &here"), "B", tr("q as it is at this step is where the fit begins"), "mdi6.flag-outline",
        label=tr("Begin")),
    ),
    (
        Do("random", tr("&Random image"), "R", tr("The posterior of any of the test images"), "mdi6.shuffle-variant", label=tr("Random")),
        Do("open", tr("Open &image…"), "E", tr("The posterior of a picture file; dropping it does the same"), "ph.image", label=tr("Open")),
        Do("paste", tr("Paste i&mage"), "Ctrl+V", tr("The posterior of the picture in the clipboard"), "ph.clipboard", label=tr("Paste")),
        Do("draw", tr("&Draw an image"), "D", tr("Draw on a pad in place of the test images"), "ph.pencil-simple", checkable=True,
        label=tr("Draw")),
        Do("encoder", tr("q of the en&coder"), "C", tr("Your q(z) is the encoder's again"), "ph.arrow-counter-clockwise",
        label=tr("Encoder")),
        Do("best", tr("The best q"), "Shift+C", tr("Your q(z) is the best Gaussian"), "ph.target", label=tr("Best"), needs=NOT_YET),
    ),
)  # fmt: skip
FIT = ("start", "back", "play", "forward", "end", "loop")
"""In the order of their buttons, beside the steps."""


class VariationalActions(PlayingActions):
    """Its actions."""

    def __init__(self, theme: Theme, owner: QWidget) -> None:
        super().__init__(theme, owner, GROUPS, tr("&Play the fit"), tr("&Pause the fit"))
