"""The notes' part of the session."""

from __future__ import annotations

import msgspec

from explorer.recipe.notes import Notes


class NotesState(msgspec.Struct, frozen=True):
    """Notes and bookmarks.

    Attributes
    ----------
    recipe : Notes
        What undo goes over, as of every part.
    open : bool
        Whether their panel is.
    at : int
        Number of the bookmark where the person went last, from 0; -1 before any.
    """

    recipe: Notes = Notes()
    open: bool = False
    at: int = -1

    @property
    def current(self) -> int:
        """`at`, where there still is such a bookmark; -1 else."""
        return self.at if 0 <= self.at < len(self.recipe.bookmarks) else -1
