"""The Variational workspace's actions: its menu, its keys and its buttons."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from explorer.views.shared.playing_actions import PlayingActions
from explorer.widgets.controls.actions import Do, Under
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme

PAGES = {"kl": tr("KL"), "inference": tr("Inference"), "elbo": tr("ELBO"), "ladder": tr("From AE to VAE")}
"""What is written on the segment of each page."""
NO_PART = tr("select a part of p first: click its handle")
NOT_YET = tr("the best Gaussian is not known yet")
GROUPS = (
    (
        Do("play", tr("&Play"), "Space", tr("Follow the gradient step by step, or go up the ladder; or pause")),
        Do("loop", tr("&Loop"), "L", tr("Play again from the start at the end"), "mdi6.repeat", checkable=True),
        Do("back", tr("One step &back"), "Left", tr("One step of the fit back, or the network before"), "mdi6.step-backward",
        label=tr("Back")),
        Do("forward", tr("One step &on"), "Right", tr("One gradient step on, or the next network"), "mdi6.step-forward", label=tr("On")),
        Do("start", tr("To the &start"), "Home", tr("q as it was put there, or the first network"), "mdi6.skip-backward",
        label=tr("Start")),
        Do("end", tr("To the &end"), "End", tr("q after 200 steps, or the last network"), "mdi6.skip-forward", label=tr("End")),
    ),
    Under(
        tr("Pa&ge"),
        Do("kl", tr("Show &KL"), "1", tr("Two densities, and a Gaussian fitted to the other"), one_of="page"),
        Do("inference", tr("Show &Inference"), "2", tr("The true p(z|x) of an image, beside the encoder's q(z|x)"), one_of="page"),
        Do("elbo", tr("Show EL&BO"), "3", tr("Reconstruction and the KL of each number of the code"), one_of="page"),
        Do("ladder", tr("Show &From AE to VAE"), "4", tr("The steps from an autoencoder to a VAE, under the same points"), one_of="page"),
    ),
    Under(
        tr("&KL"),
        Do("line", tr("Over a &line"), "5", tr("Densities of one dimension"), one_of="dimensions"),
        Do("plane", tr("Over a pl&ane"), "6", tr("Densities of two dimensions"), one_of="dimensions"),
        Do("seek", tr("Follow KL(&q ‖ p)"), "Q", tr("Gradient steps on KL(q ‖ p): q seeks a mode of p"), one_of="direction"),
        Do("cover", tr("Follow KL(&p ‖ q)"), "P", tr("Gradient steps on KL(p ‖ q): q covers all of p"), one_of="direction"),
        Do("next", tr("&Next density"), "]", tr("Select the next density, q or a part of p; the next number of the code"),
        "mdi6.chevron-right", label=tr("Next")),
        Do("before", tr("Density &before"), "[", tr("Select the density before, or the number of the code"),
        "mdi6.chevron-left", label=tr("Before")),
        Do("add", tr("Add a part to p"), "A", tr("One more Gaussian in the mixture p"), "ph.plus", label=tr("Part")),
        Do("remove", tr("&Take the part away"), "Del", tr("Take the selected part of p away"), "ph.trash", label=tr("Remove"),
        needs=NO_PART),
        Do("begin", tr("Begin the fit &here"), "B", tr("q as it is at this step is where the fit begins"), "mdi6.flag-outline",
        label=tr("Begin")),
    ),
    Under(
        tr("&Inference"),
        Do("random", tr("&Random image"), "R", tr("The posterior of any of the test images"), "mdi6.shuffle-variant", label=tr("Random")),
        Do("open", tr("Open &image…"), "E", tr("The posterior of a picture file; dropping it does the same"), "ph.image", label=tr("Open")),
        Do("paste", tr("Paste i&mage"), "Ctrl+V", tr("The posterior of the picture in the clipboard"), "ph.clipboard", label=tr("Paste")),
        Do("draw", tr("&Draw an image"), "D", tr("Draw on a pad in place of the test images"), "ph.pencil-simple", checkable=True,
        label=tr("Draw")),
        Do("encoder", tr("q of the en&coder"), "C", tr("Your q(z) is the encoder's again"), "ph.arrow-counter-clockwise",
        label=tr("Encoder")),
        Do("best", tr("The best q"), "Shift+C", tr("Your q(z) is the best Gaussian"), "ph.target", label=tr("Best"), needs=NOT_YET),
    ),
    (
        Do("seed", tr("New &samples of the prior"), "N", tr("Other codes z ~ N(0, I), the same for every network"), "ph.dice-five",
        label=tr("Samples")),
        Do("same_scale", tr("The prior's sc&ale"), "S", tr("See every network where the prior is, wherever its codes are"),
        "ph.magnifying-glass", checkable=True, label=tr("Scale")),
        Do("copy", tr("Copy the &figures"), "Ctrl+C", tr("The figures of the page in front as text, for a spreadsheet"), "ph.copy",
        label=tr("Copy")),
        Do("centre", tr("Probe at the &origin"), "O", tr("Decode the middle of the prior"), "ph.crosshair-simple", label=tr("Origin")),
    ),
)  # fmt: skip
TRANSPORT = ("start", "back", "play", "forward", "end", "loop")
"""In the order of their buttons, beside the slider."""


class VariationalActions(PlayingActions):
    """Its actions."""

    def __init__(self, theme: Theme, owner: QWidget) -> None:
        super().__init__(theme, owner, GROUPS, tr("&Play"), tr("&Pause"))
