"""What can be done at a step of Reverse chain to go on otherwise, and to a branch."""

from __future__ import annotations

from explorer.widgets.controls.actions import Do

ERASE = "Branch: make a region anew from this t down, keeping the rest (RePaint)"
BACK_UP = "Branch: noise a finished image up to t and come down again: how much of it survives?"
BESIDE = "The branch and the lane that it leaves, side by side"
GROUPS = (
    (
        Do("fresh", "New noise from &here", "Z", "Branch: draw another z from this t down", icon="mdi6.dice-multiple-outline"),
        Do("again", "The chain's own noise a&gain", "Shift+Z", "Branch: the chain's own z from this t down: the same again"),
        Do("paint", "P&aint…", "P", "Branch: paint on the selected sample at this t, and go on from there", icon="mdi6.brush-outline"),
        Do("erase", "&Erase and fill in…", "E", ERASE, icon="mdi6.eraser"),
        Do("back_up", "&Noise again…", "B", BACK_UP, icon="mdi6.arrow-u-up-left"),
        Do("paste", "Paste picture", "Ctrl+V", "Noise the picture in the clipboard, and come down again", icon="ph.clipboard"),
    ),
    (
        Do("compare", "Open in &Compare beside its parent", "C", BESIDE, icon="mdi6.view-column-outline"),
        Do("add", "A&dd to Compare", "Shift+C", "One more lane of Compare; branch after branch can be added"),
        Do("parent", "Back to the paren&t", "Backspace", "Show the lane that this branch leaves"),
        Do("delete", "&Delete branch", "Shift+Del", "Take this branch and those that leave it out of the tree"),
    ),
)
