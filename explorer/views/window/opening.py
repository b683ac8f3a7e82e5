"""Opening: what becomes of a file that was chosen, dropped or named on the command line."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from explorer import sources
from explorer.datasets.idx import dimensions
from explorer.datasets.idx_folder import holds_images
from explorer.endings import DATA_SETS, DOCUMENT, PICTURES, SESSIONS, TABLES, filters, has, patterns
from explorer.engine.models.messages import LibraryEntry, OpenCheckpoint
from explorer.engine.thread.messages import Failed
from explorer.errors import BadInput
from explorer.recipe import Recipe, decode_recipe
from explorer.regular_file import read_whole
from explorer.sources.from_python.permission import ENDING as PYTHON
from explorer.state.found_again import relinked
from explorer.state.persistence import MAX_SESSION_BYTES
from explorer.state.session import RECENT_LIMIT, Session
from explorer.views.window.banner import Banner, Offer
from explorer.views.window.documents.documents import Documents
from explorer.views.window.help.examples import Example, put_into, session_of
from explorer.views.window.opened_pictures import OpenedPictures
from explorer.views.window.opening_card import OpeningCard
from explorer.views.window.python_files import PythonFiles, is_asked_for
from explorer.views.window.workspaces import Workspaces
from explorer.views.workspace import Context, Facts, Workspace
from explorer.widgets.look.language import tr

if TYPE_CHECKING:
    from explorer.state.library import Asking
    from explorer.views.window.opening_exports import ExportOpener
    from explorer.views.window.telling.asking import AsksForFiles

FOLDER_LOOK = 1000


class Opener(QObject):
    """Takes paths; gives checkpoints to the workspace that they are for.

    Signals
    -------
    workspace_wanted(str)
        A workspace has taken something: show it.
    """

    workspace_wanted = Signal(str)

    def __init__(
        self,
        context: Context,
        workspaces: Workspaces,
        current: Callable[[], Workspace],
        documents: Documents,
        banner: Banner,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._documents = documents
        self._context, self._workspaces, self._current, self._banner = context, workspaces, current, banner
        self._asked: set[str] = set()
        self._waiting: list[Callable[[], object]] | None = []
        self._pictures = OpenedPictures(current, banner, self._when_begun, self._offer_pictures_elsewhere)
        self._python = PythonFiles(context.client, banner, banner.window())
        over = banner.parentWidget()
        assert isinstance(over, QWidget)
        self.card = OpeningCard(context.library, context.theme, over)
        context.library.opened.connect(self._opened)
        context.library.asked.connect(self._ask)

    @cached_property
    def _exports(self) -> ExportOpener:
        from explorer.views.window.opening_exports import ExportOpener

        made = ExportOpener(self._context, self._current, self._banner, self._pictures.looked, self)
        made.workspace_wanted.connect(self.workspace_wanted)
        return made

    @cached_property
    def asks(self) -> AsksForFiles:
        """What asks for what files do not say."""
        from explorer.views.window.telling.asking import AsksForFiles

        return AsksForFiles(self._context, self._banner.window())

    def _ask(self, asking: Asking) -> None:
        self.asks.ask(asking)

    def begin(self) -> None:
        """The checkpoints of this machine are known, and the session is complete: do what waited for that."""
        waiting, self._waiting = self._waiting or (), None
        for wish in waiting:
            wish()

    def _when_begun(self, wish: Callable[[], object]) -> None:
        """Now, or as soon as there is something to give it to: earlier, lanes and checkpoints would be missing."""
        if self._waiting is None:
            wish()
        else:
            self._waiting.append(wish)

    def open_paths(self, paths: Iterable[str]) -> None:
        """Open each file for what it is; what is to be given to a workspace waits while the engine starts."""
        found = list(paths)
        self._pictures.expect(len(found))
        for path in found:
            if not self._looked_into(path):
                self._pictures.looked()

    def open_path(self, path: str) -> None:
        """Open a document, a checkpoint, an export or a picture; what cannot be opened is told of in the window."""
        self.open_paths([path])

    def _looked_into(self, path: str) -> bool:
        """Whether it is or may be a picture, which is told when it is known; anything else is opened."""
        from explorer.exports.embedded import may_have_recipe  # with what writes pictures and films: not before it is needed

        absolute = os.path.abspath(os.path.expanduser(path))
        if not os.path.exists(absolute):
            self._banner.say(tr("{path}: no such file", path=path), tr("It may have been moved or renamed."))
        elif has(absolute, (DOCUMENT,)):
            self._documents.open(absolute)
        elif is_asked_for(Path(absolute)):
            self._python.ask(absolute, lambda: self._open_checkpoint(absolute))
        elif sources.source_for(Path(absolute)) is not None:
            self._open_checkpoint(str(sources.home(Path(absolute))))
        elif os.path.isdir(absolute):
            if _holds_images(Path(absolute)):
                self._open_data_set(absolute)
            elif helped := sources.helped(Path(absolute)):
                self._banner.say(tr("{path}: is {what}", path=path, what=helped), tr("Everything that was open still is."))
            else:
                self._banner.say(
                    tr("{path}: is a folder without pictures", path=path),
                    tr("What opens here is {what_opens}.", what_opens=sources.what_opens()),
                )
        elif may_have_recipe(Path(absolute)):
            self._when_begun(partial(self._exports.open, absolute))
            return True
        elif has(absolute, PICTURES):
            self._pictures.looked(absolute)
            return True
        elif has(absolute, SESSIONS):
            self._open_session(absolute)
        elif has(absolute, (*DATA_SETS, *TABLES)) or dimensions(Path(absolute)):
            self._open_data_set(absolute)
        else:
            self._open_checkpoint(absolute)  # which says what it is instead
        return False

    def _open_checkpoint(self, path: str) -> None:
        self._asked.add(path)
        self._context.library.open(path)

    def _open_data_set(self, path: str) -> None:
        """Give it to the workspace that is shown when it can be given; if that has no use for it, say which have."""
        if not self._current().facts.takes_data_sets:
            self._offer_elsewhere(
                tr("{name}: a data set", name=Path(path).name), "open", lambda facts: facts.takes_data_sets, self._open_data_set, path
            )
        elif self._waiting is not None:
            self._when_begun(partial(self._open_data_set, path))  # by then another may be shown
        else:
            self._current().accept_data_set(path)

    def show_failure(self, failed: Failed) -> None:
        """Tell of what the engine could not do."""
        request = failed.request
        if self._python.take(failed):
            return
        if isinstance(request, OpenCheckpoint) and request.path in self._asked:
            self._asked.discard(request.path)
            self._banner.say(failed.message, try_another(), failed.detail)
            return
        if failed.asks and failed.path:
            path = failed.path
            answer: Offer = (tr("Answer…"), lambda: self._open_checkpoint(path))
            self._banner.say(
                tr("{name} does not say everything that is needed", name=Path(path).name), tr("What is shown of it needs it."), offer=answer
            )
            return
        hint = tr("The rest goes on. If it happens again, copy the details into a report.") if failed.detail else ""
        self._banner.say(failed.message, hint, failed.detail)

    def open_entry(self, entry: LibraryEntry, name: str = "") -> bool:
        """Give a checkpoint to a workspace, or to the first that takes it, the current one before the others."""
        current = self._current().workspace_name
        order = [name] if name else [current, *(other for other in self._workspaces if other != current)]
        kind = entry.card.kind if entry.card is not None else ""
        for each in order:  # one that cannot take it is not built to say so
            if kind in self._workspaces.facts[each].kinds and self._workspaces[each].accept_entry(entry):
                self.workspace_wanted.emit(each)
                return True
        return False

    def _opened(self, entry: LibraryEntry) -> None:
        if not entry.shipped:
            self._remember(entry.path)
        path = os.path.abspath(entry.path)
        if path not in self._asked:
            return
        self._asked.discard(path)
        if self.open_entry(entry):
            return
        kind = entry.card.kind if entry.card is not None else tr("file")
        message = tr("{name}: no workspace shows a {kind} of this shape", name=entry.name, kind=kind)
        if kind == "classifier":
            message = tr("{name} is a judge: it reads digits and has no workspace of its own", name=entry.name)
        self._banner.say(message, tr("File > Checkpoint library shows what it is."), severity="notice")

    def _remember(self, path: str) -> None:
        recent = tuple(p for p in self._context.store.session.recent if p != path)
        self._context.store.update(recent=(path, *recent)[:RECENT_LIMIT])

    def _offer_pictures_elsewhere(self, path: str) -> None:
        what = tr("{name}: a picture", name=Path(path).name)
        self._offer_elsewhere(what, "drop", lambda facts: facts.takes_pictures, lambda path: self._pictures.open([path]), path)

    def open_example(self, example: Example) -> None:
        """Put an example into its workspace; nothing is asked, and Undo brings back what was there."""
        self._when_begun(partial(self._put_example, example))

    def _put_example(self, example: Example) -> None:
        try:
            session = _example_session(example, self._context)
        except BadInput as error:
            self._banner.say(str(error), tr("Install the app again."))
            return
        self._context.store.replace(session, tr("open “{title}”", title=tr(example.title)))
        self.workspace_wanted.emit(session.workspace)
        self._banner.say(tr(example.title), f"{tr(example.look)}{_course(session_of(example))}", severity="notice")

    def _offer_elsewhere(self, what: str, then: str, takes: Callable[[Facts], bool], give: Callable[[str], None], path: str) -> None:
        """Say that the workspace in front has no use for a file, and which have: the first of them takes it at a press."""
        others = [facts for facts in self._workspaces.facts.values() if takes(facts)]
        titles = [facts.title for facts in others]
        where = " or ".join(filter(None, (", ".join(titles[:-1]), titles[-1] if titles else "")))
        hint = tr("Choose {where} in the rail, then {then} it again.", where=where, then=then) if where else ""

        def go() -> None:
            self.workspace_wanted.emit(others[0].name)
            give(path)

        offer: Offer | None = (tr("Open in {title}", title=others[0].title), go) if others else None
        self._banner.say(tr("{what} is of no use in {title}", what=what, title=self._current().title), hint, severity="notice", offer=offer)

    def _open_session(self, path: str) -> None:
        """A session of an earlier version, or a recipe as `replay` takes it."""
        recipe = _recipe_in(path)
        if recipe is not None:
            self._when_begun(partial(self._exports.open_recipe, Path(path).name, recipe))
        else:
            self._documents.open(path)


def _example_session(example: Example, context: Context) -> Session:
    """The session with an example's workspace in it, its checkpoints where they are here."""
    found, _ = relinked(session_of(example), context.library.known)
    return put_into(context.store.session, found)


def _course(session: Session) -> str:
    """How to go through the bookmarks of an example; empty where it has none."""
    count = len(session.notes.recipe.bookmarks)
    return tr(" Alt+Right goes through its {count} bookmarks; F8 has the notes.", count=count) if count else ""


def try_another() -> str:
    """What to do after a file that is no checkpoint."""
    return tr(
        "Everything that was open still is. Choose {what_opens}: File > Checkpoint library shows those known here.",
        what_opens=sources.what_opens(),
    )


def open_filter() -> str:
    """What the dialog for all that can be opened shows."""
    from explorer.exports.kinds import KINDS

    endings = (*SESSIONS, *KINDS, *PICTURES, *DATA_SETS)
    names = (*sources.patterns(), *patterns(endings), f"*{PYTHON}")
    return filters([(tr("Documents, checkpoints, exports, pictures and data sets"), names)])


def _recipe_in(path: str) -> Recipe | None:
    """Recipe of a chain, a plane or a training step that a .json file is, as `replay` takes it; None if it is anything else."""
    try:
        recipe = decode_recipe(read_whole(Path(path), MAX_SESSION_BYTES))
    except (BadInput, OSError):
        return None
    return recipe if any(part is not None for part in (recipe.chain, recipe.plane, recipe.step)) else None


def _holds_images(folder: Path) -> bool:
    """Whether there is a picture or, not in a folder of its own, an IDX file of images among the first files in a folder."""
    from explorer.datasets.folders import files_below  # and Pillow with it

    first = itertools.islice(files_below(folder), FOLDER_LOOK)
    return any(has(file, PICTURES) or (file.parent == folder and holds_images(file)) for file in first)
