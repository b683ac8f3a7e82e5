"""Pictures that were opened together go to the workspace together, once each file has been looked at for a recipe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from explorer.views.window.banner import Banner
from explorer.views.workspace import Workspace
from explorer.widgets.look.language import tr


class OpenedPictures:
    """Gathers them.

    Parameters
    ----------
    current : callable
        The workspace that is shown.
    banner : Banner
    when_begun : callable
        Does something as soon as there is something to give pictures to.
    elsewhere : callable
        Offers a picture that the workspace in front has no use for to another.
    """

    def __init__(
        self,
        current: Callable[[], Workspace],
        banner: Banner,
        when_begun: Callable[[Callable[[], object]], None],
        elsewhere: Callable[[str], None],
    ) -> None:
        self._current, self._banner, self._when_begun, self._elsewhere = current, banner, when_begun, elsewhere
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
                self.open(found)

    def open(self, paths: list[str]) -> None:
        """Give pictures to the workspace that is shown, as soon as it has something to do with them; or offer them to another."""
        workspace = self._current()  # what is opened with them may lead to another
        if workspace.facts.takes_pictures:
            self._when_begun(lambda: self._give(workspace, paths))
        else:
            self._elsewhere(paths[0])

    def _give(self, workspace: Workspace, paths: list[str]) -> None:
        name = Path(paths[0]).name
        if len(paths) > 1 and workspace.accept_pictures(paths):
            return
        if not workspace.accept_picture(paths[0]):
            self._banner.say(tr("{name}: a picture is of no use in {title} now", name=name, title=workspace.title), severity="notice")
        elif len(paths) > 1:
            hint = tr("Latent encodes several at once.")
            self._banner.say(
                tr("{name}: the first of {count} pictures; {title} takes one", name=name, count=len(paths), title=workspace.title),
                hint,
                severity="notice",
            )
