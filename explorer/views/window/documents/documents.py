"""The document that a window has open, or none: opening, saving and leaving it."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from explorer.endings import DOCUMENT, filters, patterns
from explorer.errors import BadInput
from explorer.recipe.told import Told
from explorer.state.document import Document, decode_document, document_path, read_text, write_document
from explorer.state.first_run import with_shipped_models
from explorer.state.placing import Placed, placed
from explorer.state.session import RECENT_LIMIT, Session, with_settings_of
from explorer.state.store import NO_HISTORY, History
from explorer.state.unsaved import has_changes
from explorer.views.window.banner import Banner
from explorer.views.window.documents.asking import ask_before_leaving, ask_before_overwriting
from explorer.views.window.documents.lock import DocumentLock
from explorer.views.workspace import Context
from explorer.widgets.controls.save_file import ask_where
from explorer.widgets.look.language import tr

if TYPE_CHECKING:
    from explorer.views.window.documents.missing import MissingFiles

UNTITLED = "untitled"
KINDS = filters([(tr("Documents of Generative Explorer"), patterns([DOCUMENT]))], others=False)


class Documents(QObject):
    """Which file the session is, and whether it is saved there.

    A session that is no file's is kept by itself, so it is never asked about; while a document is open it is put aside.

    Parameters
    ----------
    stay : callable
        Has the cursor of the workspace on show stay where the document says.

    Signals
    -------
    changed()
        The document is another, or is saved, or is not any more.

    Attributes
    ----------
    path : Path or None
        Of the document; None for the untitled session.
    modified : bool
        It has changes that are not saved.
    untitled : Session or None
        What was open before the document.
    """

    changed = Signal()

    def __init__(self, context: Context, banner: Banner, stay: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._banner, self._stay = context, banner, stay
        self.path: Path | None = None
        self.modified = False
        self.untitled: Session | None = None
        self._history: History = NO_HISTORY
        self._saved: Session | None = None
        self._text = b""
        self._is_old = False
        self._lock = DocumentLock()
        self._emitted: tuple[Path | None, bool] = (None, False)
        context.store.changed.connect(self._session_changed)

    @property
    def name(self) -> str:
        """What it is called; empty for the untitled session."""
        return "" if self.path is None else self.path.name

    @cached_property
    def missing(self) -> MissingFiles:
        """What asks for files that are not where the document says."""
        from explorer.views.window.documents.missing import MissingFiles

        return MissingFiles(self._context, self._over)

    @property
    def _over(self) -> QWidget:
        window: QWidget = self._banner.window()
        return window

    # --- opening ---

    def open(self, path: str) -> bool:
        """Open a document in the place of what is open; False if it cannot be, or the person thinks better of it."""
        place = Path(path)
        try:
            text = read_text(place)
            document = decode_document(text, str(place))
        except BadInput as error:
            self._banner.say(str(error), tr("Everything that was open still is. File > Save as… writes a document."))
            return False
        if self.path is not None and os.path.realpath(place) == os.path.realpath(self.path) and (self.modified or text == self._text):
            offer = (tr("Open it as it was saved"), lambda: self._open_document(document, place, text)) if self.modified else None
            self._banner.say(tr("{name} is open in this window already", name=place.name), severity="notice", offer=offer)
            return True
        if not self.may_leave():
            return False
        self._open_document(document, place, text)
        return True

    def _open_document(self, document: Document, path: Path, text: bytes) -> None:
        store = self._context.store
        found = placed(document, path.absolute().parent, self._context.library.known)
        session = self._filled(found.session)
        if self.path is None:
            self.untitled, self._history = store.session, store.history
        self._is(path.absolute(), session, text, document.is_old)
        store.start_from(with_settings_of(session, store.session))
        self._stay()
        self._remember(path.absolute())
        self._tell(found)
        self._show_modified()

    def _filled(self, session: Session) -> Session:
        """A session may be of one workspace alone."""
        return with_shipped_models(with_settings_of(session, self._context.store.session), self._context.library.known)

    def resume(self, path: str, untitled: Session | None) -> None:
        """What is open is this document, as it was kept with its changes."""
        self.untitled = untitled
        place = Path(path)
        try:
            text = read_text(place)
            document = decode_document(text, str(place))
        except BadInput as error:
            self._is(place, None, b"", False)
            self._banner.say(str(error), tr("What was open of it is still here: File > Save writes it again."), severity="warning")
            self._show_modified()
            return
        found = placed(document, place.parent, self._context.library.known)
        self._is(place, self._filled(found.session), text, document.is_old)
        self._tell(found)
        self._show_modified()

    def _is(self, path: Path, saved: Session | None, text: bytes, is_old: bool) -> None:
        """What is open is this file's, and was saved so."""
        is_alone = self._lock.take(path)
        self.path, self._saved, self._text, self._is_old = path, saved, text, is_old
        if not is_alone:
            hint = tr("What is saved here and there replaces one another. File > Save as… gives this window a file of its own.")
            self._banner.say(tr("{name} is open in another window, too", name=path.name), hint, severity="warning")

    def _tell(self, found: Placed) -> None:
        if found.replaced:
            told = tr(
                "{list}: another file now than when {name} was saved; the new one is shown.", list=", ".join(found.replaced), name=self.name
            )
            self._banner.say(told, severity="warning")
        known = {(entry.path, entry.card.told) for entry in self._context.library.known if entry.card is not None}
        for file in found.told:
            if (file.source, file.told) not in known:  # so that what needs it without saying so, such as a plane, is not asked
                self._context.library.open(file.source, told=file.told, on_failure=lambda _failed: None)
        if found.missing or "missing" in self.__dict__:
            self.missing.ask_for(self.name, found.missing)

    # --- saving ---

    def save(self) -> bool:
        """Write it where it is; one that has no file, or one of an earlier format, is asked for a place. Whether it is written."""
        if self.path is None or self._is_old:
            return self.save_as()
        if self._is_another_on_disk():
            answer = ask_before_overwriting(self.name, self._over)
            if answer != "replace":
                return answer == "elsewhere" and self.save_as()
        return self._write(self.path)

    def _is_another_on_disk(self) -> bool:
        assert self.path is not None
        try:
            return os.path.lexists(self.path) and read_text(self.path) != self._text
        except BadInput:
            return True

    def save_as(self) -> bool:
        """Let the person choose a place, and write it there; whether it is written."""
        name = f"{UNTITLED if self.path is None else self.path.stem}{DOCUMENT}"
        folder = "" if self.path is None else f"{self.path.parent}{os.sep}"
        path, _ = ask_where(self._over, tr("Save as"), f"{folder}{name}", KINDS, DOCUMENT)
        return bool(path) and self.save_to(path)

    def save_to(self, path: str) -> bool:
        """Write it there, and be that document; whether it is written."""
        return self._write(document_path(os.path.abspath(path)))

    def _write(self, path: Path) -> bool:
        session = self._context.store.session
        try:
            text = write_document(path, session, self._told_of)
        except BadInput as error:
            self._banner.say(str(error), tr("Choose a folder that you may write to: File > Save as…"))
            return False
        if self.path is None:
            self.untitled, self._history = None, NO_HISTORY
        if path == self.path:
            self._saved, self._text = session, text
        else:
            self._is(path, session, text, False)
        self._remember(path)
        self._show_modified()
        return True

    def _told_of(self, checkpoint: str) -> Told | None:
        entry = self._context.library.find(checkpoint)
        return entry.card.told if entry is not None and entry.card is not None else None

    def _remember(self, path: Path) -> None:
        store = self._context.store
        others = (other for other in store.session.documents if other != str(path))
        store.update(documents=(str(path), *others)[:RECENT_LIMIT])

    # --- leaving ---

    def may_leave(self) -> bool:
        """Whether something else may be opened in its place; asks what becomes of changes that are not saved."""
        if self.path is None or not self.modified:
            return True
        answer = ask_before_leaving(self.name, self._over)
        return self.save() if answer == "save" else answer == "discard"

    def may_close(self) -> bool:
        """Whether the window may close, as `may_leave`; changes that are not saved are not there at the next start."""
        if not self.may_leave():
            return False
        if self.modified and self._saved is not None:
            self._context.store.start_from(with_settings_of(self._saved, self._context.store.session))
        return True

    def let_go(self) -> None:
        """The window is closing: another may have the document."""
        self._lock.let_go()

    def close(self) -> bool:
        """Go back to the untitled session, as it was; False if the person thinks better of it."""
        if self.path is None or not self.may_leave():
            return False
        session, history = self.untitled or Session(), self._history
        self._lock.let_go()
        self.path = self._saved = self.untitled = None
        self._history, self._text = NO_HISTORY, b""
        self._context.store.start_from(self._filled(session), history)
        if "missing" in self.__dict__:
            self.missing.ask_for("", ())
        self._show_modified()
        return True

    def new(self) -> None:
        """Begin anew, untitled; Undo brings back what was there."""
        if self.path is None or self.close():
            self._context.store.replace(self._filled(Session()), tr("new session"))
            self._show_modified()

    # --- what it is ---

    def _session_changed(self, _old: Session, _new: Session) -> None:
        if self.path is not None:
            self._show_modified()

    def _show_modified(self) -> None:
        session = self._context.store.session
        self.modified = self.path is not None and (self._saved is None or has_changes(self._saved, session))
        if (self.path, self.modified) != self._emitted:
            self._emitted = self.path, self.modified
            self.changed.emit()
