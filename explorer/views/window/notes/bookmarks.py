"""What the person does with bookmarks, as the menu, the panel, the finder and a presentation ask for it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from explorer.recipe.notes import MAX_BOOKMARKS, Bookmark
from explorer.state.edits import bookmarks as edits
from explorer.state.session import Session
from explorer.state.store import Store
from explorer.views.window.banner import Banner
from explorer.widgets.look.language import tr


class Bookmarks(QObject):
    """Gestures; each is one change of the store.

    Parameters
    ----------
    stay : callable
        Has the cursor of the workspace on show stay where it was put.

    Signals
    -------
    was_set(int)
        Number of a bookmark that was set now.
    """

    was_set = Signal(int)

    def __init__(self, store: Store, banner: Banner, stay: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._store, self._banner, self._stay = store, banner, stay

    @property
    def all(self) -> tuple[Bookmark, ...]:
        """In their order."""
        return self._store.session.notes.recipe.bookmarks

    def set_here(self) -> None:
        """One for where the person looks, after the one where they went last."""
        session = self._store.session
        place = edits.here(session)
        made = edits.with_bookmark(session, place)
        if made is session:
            self._banner.say(
                tr("There are {max_bookmarks} bookmarks, as many as there can be", max_bookmarks=MAX_BOOKMARKS),
                tr("Remove some first."),
                severity="notice",
            )
            return
        number = made.notes.recipe.bookmarks.index(place)
        self._store.replace(edits.at(made, number), tr("bookmark “{name}”", name=place.name))
        self.was_set.emit(number)

    def go(self, number: int) -> None:
        """Look where a bookmark says."""
        session = self._store.session
        if not 0 <= number < len(self.all):
            return
        self._store.replace(edits.gone_to(session, number), tr("go to “{name}”", name=self.all[number].name))
        self._stay()
        if why := edits.not_there(session, number):
            self._banner.say(why, tr("The nearest that there is, is shown."), severity="notice")

    def step(self, by: int) -> None:
        """To the next one (1), or the one before (-1)."""
        number = edits.beside(self._store.session, by)
        if number is not None:
            self.go(number)

    def can_step(self, by: int) -> bool:
        """Whether there is such a one."""
        return edits.beside(self._store.session, by) is not None

    def rename(self, number: int, name: str) -> None:
        """Another name."""
        self._change(edits.renamed(self._store.session, number, name), tr("rename bookmark"))

    def remove(self, number: int) -> None:
        """Away with it."""
        self._change(edits.removed(self._store.session, number), tr("remove “{name}”", name=self.all[number].name))

    def move(self, number: int, to: int) -> None:
        """To another place of the order."""
        self._change(edits.moved(self._store.session, number, to), tr("move “{name}”", name=self.all[number].name))

    def write(self, text: str) -> None:
        """Other notes; what is typed in one go is one entry of the history."""
        self._change(edits.with_text(self._store.session, text), tr("write notes"), "notes")

    def write_note(self, number: int, text: str) -> None:
        """Another note on a bookmark."""
        if 0 <= number < len(self.all):
            self._change(edits.noted(self._store.session, number, text), tr("write a note"), tr("note {number}", number=number))

    def show_panel(self, on: bool) -> None:
        """Whether the panel is open."""
        self._store.replace(edits.opened(self._store.session, on))

    def _change(self, session: Session, label: str, merge: str = "") -> None:
        self._store.replace(session, label, merge)
