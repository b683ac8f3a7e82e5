"""The actions of branches, with their keys and icons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from explorer.widgets.controls.actions import NamedActions
from explorer.widgets.look.theme import Theme

ICONS = {
    "fresh": "mdi6.dice-multiple-outline", "paint": "mdi6.brush-outline", "erase": "mdi6.eraser", "back_up": "mdi6.arrow-u-up-left",
    "paste": "ph.clipboard", "compare": "mdi6.view-column-outline",
}  # fmt: skip


class BranchActions(NamedActions):
    """What can be done at a step to go on otherwise.

    Attributes
    ----------
    by_name : dict of QAction
        fresh, again, paint, erase, back_up, paste, compare, add, parent, delete.
    """

    def __init__(self, theme: Theme, owner: QWidget) -> None:
        super().__init__(theme, owner, ICONS)
        self.add("fresh", "New noise from &here", "Z", "Branch: draw another z from this t down")
        self.add(
            "again",
            "The chain's own noise a&gain",
            "Shift+Z",
            "Branch: the chain's own z from this t down: the same again",
        )
        self.add("paint", "P&aint…", "P", "Branch: paint on the selected sample at this t, and go on from there")
        self.add("erase", "&Erase and fill in…", "E", "Branch: make a region anew from this t down, keeping the rest (RePaint)")
        self.add("back_up", "&Back up…", "B", "Branch: noise a finished image up to t and come down again: how much of it survives?")
        self.add("paste", "Paste picture", "Ctrl+V", "Back up from the picture in the clipboard")
        self.add("compare", "Open in &Compare beside its parent", "C", "The branch and the lane that it leaves, side by side")
        self.add("add", "A&dd to Compare", "Shift+C", "One more lane of Compare; branch after branch can be added")
        self.add("parent", "Back to the paren&t", "Backspace", "Show the lane that this branch leaves")
        self.add("delete", "&Delete branch", "Shift+Del", "Take this branch and those that leave it out of the tree")
        theme.changed.connect(self.dress)
        self.dress()

    def add(self, name: str, text: str, keys: str | Sequence[str], tip: str, checkable: bool = False) -> None:
        """As of every action; their objects are called branch-..., apart from those of the chain."""
        super().add(name, text, keys, tip, checkable)
        self.by_name[name].setObjectName(f"branch-{name}")

    def menu(self) -> list[QAction]:
        """Actions in the order of the menu."""
        return self.in_groups((("fresh", "again", "paint", "erase", "back_up", "paste"), ("compare", "add", "parent", "delete")))
