"""What can be done at a step of Reverse chain to go on otherwise, and to a branch."""

from __future__ import annotations

from explorer.views.chain.actions import LOOKS, groups
from explorer.widgets.controls.actions import Do

ERASE = "Branch: make a region anew from this t down, keeping the rest (RePaint)"
BACK_UP = "Branch: noise a finished image up to t and come down again: how much of it survives?"
BESIDE = "The branch and the lane that it leaves, side by side"
ABOVE_ZERO = "at t = 0 nothing is left to change: go back to an earlier step"
A_LANE = "there is no model: open one"
A_BRANCH = "no branch is shown"
GROUPS = (
    (
        Do(
            "fresh",
            "New noise from &here",
            "Z",
            "Branch: draw another z from this t down",
            icon="mdi6.dice-multiple-outline",
            needs=ABOVE_ZERO,
        ),
        Do(
            "again",
            "The chain's own noise a&gain",
            "Shift+Z",
            "Branch: the chain's own z from this t down: the same again",
            needs=ABOVE_ZERO,
        ),
        Do(
            "paint",
            "P&aint…",
            "P",
            "Branch: paint on the selected sample at this t, and go on from there",
            icon="mdi6.brush-outline",
            needs=ABOVE_ZERO,
        ),
        Do("erase", "&Erase and fill in…", "E", ERASE, icon="mdi6.eraser", needs=ABOVE_ZERO),
        Do("back_up", "&Noise again…", "B", BACK_UP, icon="mdi6.arrow-u-up-left", needs=A_LANE),
        Do(
            "paste", "Paste picture", "Ctrl+V", "Noise the picture in the clipboard, and come down again", icon="ph.clipboard", needs=A_LANE
        ),
    ),
    (
        Do("compare", "Open in &Compare beside its parent", "C", BESIDE, icon="mdi6.view-column-outline", needs=A_BRANCH),
        Do("add", "A&dd to Compare", "Shift+C", "One more lane of Compare; branch after branch can be added", needs=A_LANE),
        Do("parent", "Back to the paren&t", "Backspace", "Show the lane that this branch leaves", needs=A_BRANCH),
        Do("delete", "&Delete branch", "Shift+Del", "Take this branch and those that leave it out of the tree", needs=A_BRANCH),
    ),
)

EVERY = (*groups(several=False), *LOOKS, *GROUPS)
"""With what every chain has."""
