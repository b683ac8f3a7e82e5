"""The actions of branches, with their keys and icons."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from explorer.widgets.actions import make_action, separated
from explorer.widgets.icons import icon
from explorer.widgets.theme import Theme

ICONS = {
    "fresh": "mdi6.dice-multiple-outline", "paint": "mdi6.brush-outline", "erase": "mdi6.eraser", "back_up": "mdi6.arrow-u-up-left",
    "compare": "mdi6.view-column-outline",
}  # fmt: skip


class BranchActions(QObject):
    """What can be done at a step to go on otherwise.

    Attributes
    ----------
    by_name : dict of QAction
        fresh, again, paint, erase, back_up, compare, parent, delete.
    """

    def __init__(self, theme: Theme, owner: QWidget) -> None:
        super().__init__(owner)
        self._theme, self._owner = theme, owner
        self.by_name: dict[str, QAction] = {}
        self._add("fresh", "New noise from &here", "Z", "Branch: draw another z from this t down")
        self._add(
            "again",
            "The chain's own noise a&gain",
            "Shift+Z",
            "Branch: the chain's own z from this t down: the same again",
        )
        self._add("paint", "P&aint…", "P", "Branch: paint on the selected sample at this t, and go on from there")
        self._add("erase", "&Erase and fill in…", "E", "Branch: make a region anew from this t down, keeping the rest (RePaint)")
        self._add("back_up", "&Back up…", "B", "Branch: noise a finished image up to t and come down again: how much of it survives?")
        self._add("compare", "Open in &Compare beside its parent", "C", "The branch and the lane that it leaves, side by side")
        self._add("parent", "Back to the paren&t", "Backspace", "Show the lane that this branch leaves")
        self._add("delete", "&Delete branch", "Shift+Del", "Take this branch and those that leave it out of the tree")
        theme.changed.connect(self._dress)
        self._dress()

    def _add(self, name: str, text: str, key: str, tip: str) -> None:
        action = self.by_name[name] = make_action(self._owner, text, key, tip)
        action.setObjectName(f"branch-{name}")

    def menu(self) -> list[QAction]:
        """Actions in the order of the menu."""
        groups = (("fresh", "again", "paint", "erase", "back_up"), ("compare", "parent", "delete"))
        return separated(self._owner, ([self.by_name[name] for name in group] for group in groups))

    def _dress(self, _tokens: object = None) -> None:
        for name, glyph in ICONS.items():
            self.by_name[name].setIcon(icon(glyph, self._theme.tokens))
