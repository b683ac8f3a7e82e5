"""What can be done at a step of Reverse chain to go on otherwise, and to a branch."""

from __future__ import annotations

from explorer.views.chain.actions import LOOKS, groups
from explorer.widgets.controls.actions import Do, Under
from explorer.widgets.look.language import tr

ERASE = tr("Branch: make a region anew from this t down, keeping the rest (RePaint)")
BACK_UP = tr("Branch: noise a finished image up to t and come down again: how much of it survives?")
START = tr("What the chain starts from: the noise of a picture (DDIM inversion), of another sample, or a way between two (slerp)")
BESIDE = tr("The branch and the lane that it leaves, side by side")
ABOVE_ZERO = tr("at t = 0 nothing is left to change: go back to an earlier step; without its checkpoint a chain goes nowhere")
A_LANE = tr("there is no model, or its checkpoint is missing: open one")
A_BRANCH = tr("no branch is shown")
BRANCH = tr("Branc&h")
GROUPS = (
    Under(
        BRANCH,
        Do(
            "fresh",
            tr("New noise from &here"),
            "Z",
            tr("Branch: draw another z from this t down"),
            icon="mdi6.dice-multiple-outline",
            needs=ABOVE_ZERO,
        ),
        Do(
            "again",
            tr("The chain's own noise a&gain"),
            "Shift+Z",
            tr("Branch: the chain's own z from this t down: the same again"),
            needs=ABOVE_ZERO,
        ),
        Do(
            "paint",
            tr("P&aint…"),
            "P",
            tr("Branch: paint on the selected sample at this t, and go on from there"),
            icon="mdi6.brush-outline",
            needs=ABOVE_ZERO,
        ),
        Do("erase", tr("&Erase and fill in…"), "E", ERASE, icon="mdi6.eraser", needs=ABOVE_ZERO),
        Do("back_up", tr("&Noise again…"), "B", BACK_UP, icon="mdi6.arrow-u-up-left", needs=A_LANE),
        Do("start", tr("Start &from…"), "I", START, icon="mdi6.ray-start-arrow", needs=A_LANE),
        Do(
            "paste",
            tr("Paste picture"),
            "Ctrl+V",
            tr("Noise the picture in the clipboard, and come down again"),
            icon="ph.clipboard",
            needs=A_LANE,
        ),
    ),
    Under(
        BRANCH,
        Do("compare", tr("Open in &Compare beside its parent"), "C", BESIDE, icon="mdi6.view-column-outline", needs=A_BRANCH),
        Do("add", tr("A&dd to Compare"), "Shift+C", tr("One more lane of Compare; branch after branch can be added"), needs=A_LANE),
        Do("parent", tr("Back to the paren&t"), "Backspace", tr("Show the lane that this branch leaves"), needs=A_BRANCH),
        Do("delete", tr("&Delete branch"), "Shift+Del", tr("Take this branch and those that leave it out of the tree"), needs=A_BRANCH),
    ),
)

EVERY = (*groups(several=False), *LOOKS, *GROUPS)
"""With what every chain has."""
