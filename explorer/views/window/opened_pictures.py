"""Pictures that were opened together go to the workspace together, once each file has been looked at for a recipe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from explorer.views.window.banner import Banner
from explorer.views.workspace import Facts, Workspace


class OpenedPictures:
    """Gathers them.

    Parameters
    ----------
    current : callable
        The workspace that is shown.
    banner : Banner
    choose : callable
        What to do with a picture that it has no use for, from what takes one.
    """

    def __init__(self, current: Callable[[], Workspace], banner: Banner, choose: Callable[[Callable[[Facts], bool], str], str]) -> None:
        self._current, self._banner, self._choose = current, banner, choose
        self._left = 0
        self._found: list[str] = []

    def expect(self, files: int) -> None:
        """So many files are being looked at; `looked` is told of each."""
        self._left += files

    def looked(self, picture: str = "") -> None:
        """One of them is a picture, or something else; after the last of them the pictures are opened."""
        self._left -= 1
        if picture:
            self._found.append(picture)
        if self._left <= 0:
            found, self._left, self._found = self._found, 0, []
            if found:
                self._open(found)

    def _open(self, paths: list[str]) -> None:
        workspace, name = self._current(), Path(paths[0]).name
        if len(paths) > 1 and workspace.accept_pictures(paths):
            return
        if not workspace.accept_picture(paths[0]):
            hint = self._choose(lambda facts: facts.takes_pictures, "drop")
            self._banner.say(f"{name}: a picture is of no use in {workspace.title}", hint, severity="notice")
        elif len(paths) > 1:
            hint = "Latent encodes several at once."
            self._banner.say(f"{name}: the first of {len(paths)} pictures; {workspace.title} takes one", hint, severity="notice")
