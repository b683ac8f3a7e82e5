"""What the paint panel offers, and its words."""

from __future__ import annotations

from explorer.widgets.controls.segments import Segment
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import var

X_T, X0_HAT = (var("x", "t"),), (var("x", "0", "hat"),)

ON = (
    Segment("x_t", "xₜ", tr("Paint on the state of the chain: the network sees it from here on"), X_T),
    Segment("x0_hat", "x̂₀", tr("Paint on the clean image that the network predicts: it takes the prediction's place in this step"), X0_HAT),
)
BRUSHES = (
    Segment("white", tr("white"), tr("Value 1, no noise")),
    Segment("black", tr("black"), tr("Value −1, no noise")),
    Segment("noise", tr("noise"), tr("Fresh noise alone: what is under it is forgotten")),
)
PAINTS = {"white": (1.0, 0.0), "black": (-1.0, 0.0), "noise": (0.0, 1.0)}
ERASERS = (
    Segment("erase", tr("erase"), tr("What the brush covers is made anew")),
    Segment("keep", tr("keep"), tr("What the brush covers stays after all")),
)
KNOWN = (
    Segment(
        "states", tr("its states"), tr("What is kept comes from the states of the chain that is left: in every frame it is the parent's")
    ),
    Segment("image", tr("its x₀, noised"), tr("What is kept comes from x₀, noised anew at every step: RePaint as it was published")),
)
SEEN = (
    Segment("x_t", "xₜ", tr("Show the state of the chain under the mask: what is kept is kept of it"), X_T),
    Segment("x0_hat", "x̂₀", tr("Show the clean image that the network sees in the state: in noise it is easier to hit"), X0_HAT),
)
SEES_TIP = {
    False: tr("x̂₀: the clean image that the network sees in what is painted"),
    True: tr("What is kept of the state; the erased region is made anew"),
}
LEADS_TIP = {
    False: tr("Quick look at where it leads, and how much stays: x₀ after a few deterministic steps; the branch itself walks them all"),
    True: tr("Quick look at where it leads: x₀ after a few steps of RePaint; the branch itself walks them all, with other noise"),
}
ONWARDS_TIP = tr(
    "Paint the same on x̂₀ at every step from here down to this t. At one step alone the network soon takes most of it back: "
    "it sees the painted image only through one step of the chain."
)
AT_ZERO = tr("From t = 0 no step goes on: move the cursor to a larger t. Your marks stay.")
WAITING = tr("The chain has not come down to this t yet. Your marks stay.")
ERASED = (150, 76, 58)
"""What the picture of what is kept shows where nothing is."""
REPEATS_TIP = tr("RePaint's resampling: each step is taken so often, with jumps back in between, so that what is made fits what is kept")
