"""What the main window knows of a workspace, and what a workspace is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QWidget

from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.client import Client
from explorer.state.library import Library
from explorer.state.session import Session
from explorer.state.store import Store
from explorer.views.pictures.picture_menu import PictureMenu, Verb
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import Formula
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.pointed import Pointed

if TYPE_CHECKING:
    from explorer.views.export_offer import ExportOffer
    from explorer.widgets.controls.actions import Do


@dataclass(frozen=True, slots=True)
class Context:
    """What every workspace works with.

    Attributes
    ----------
    elsewhere : str
        Name of the engine's machine where that is another; empty where it is this one.
    drawn : bool
        A picture is made of the window, in which nothing shall depend on how quick the machine is.
    """

    store: Store
    client: Client
    library: Library
    theme: Theme
    elsewhere: str = ""
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """What a workspace says in the status bar.

    Attributes
    ----------
    text : str
        For example "sampling Option C".
    done, total : int
        Progress; total 0 shows no bar.
    detail : str
        Beside the bar: "720 / 1000 · 0:12 left".
    right : str or Formula
        At the right edge: "frames 212 of 512 MB".
    speed : str
        In the top bar: "1 740 img·step/s" or "decode 0.03 ms".
    cancellable : bool
        Show Cancel, which calls `Workspace.cancel`.
    """

    text: str = ""
    done: int = 0
    total: int = 0
    detail: str = ""
    right: str | Formula = ""
    speed: str = ""
    cancellable: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a workspace that has not been looked at yet: it is built when it first is.

    Each lies in `facts.py` beside its workspace, and importing that imports nothing of the workspace.

    Attributes
    ----------
    name : str
        One of WORKSPACES.
    title, icon_name, tooltip : str
        Label in the rail, qtawesome icon, and what it is for.
    menu_title : str
        Title of its menu in the menu bar.
    built_by : str
        "module:class" of it. A name and no class: its module is imported when it is first looked at.
    actions : str
        "module:table" of all that can be done in it, of which its own actions are made.
    gestures : tuple of (str, str)
        Keys and gestures that are in no menu, for the sheet of keys: ("Wheel", "one step on").
    kinds : tuple of str
        Kinds of checkpoints that it may take; no other is offered to it.
    takes_pictures, takes_data_sets : bool
        Whether `accept_picture` and `accept_data_set` can be true.
    minds_closing : callable
        Whether `may_close` has to be asked, though it was never looked at, of a session.
    """

    name: str
    title: str
    icon_name: str
    tooltip: str
    menu_title: str
    built_by: str
    actions: str = ""
    gestures: tuple[tuple[str, str], ...] = ()
    kinds: tuple[str, ...] = ()
    takes_pictures: bool = False
    takes_data_sets: bool = False
    minds_closing: Callable[[Session], bool] = lambda _session: False

    @property
    def package(self) -> str:
        """Where its modules lie, for whoever imports them ahead."""
        return self.built_by.partition(":")[0].rpartition(".")[0]

    def groups(self) -> Sequence[Sequence[Do]]:
        """The rows of that table, for whoever lists actions by their words; none of a workspace that has no table."""
        module, _, table = self.actions.partition(":")
        found: Sequence[Sequence[Do]] = getattr(import_module(module), table) if module else ()
        return found

    def make(self, context: Context, parent: QWidget) -> Workspace:
        """Build it, as a child of a widget."""
        module, _, kind = self.built_by.partition(":")
        made: Workspace = getattr(import_module(module), kind)(context, parent)
        return made


class Workspace(QWidget):
    """One page of the window: its tools and pictures; its inspector is shown to the right of it.

    Signals
    -------
    status_changed(object)
        A Status.
    open_wanted(object, str)
        The person wants this LibraryEntry in the workspace of that name.
    noticed(str, str)
        What the person should know, and a hint: for the banner.

    Attributes
    ----------
    facts : Facts
        What the window knows of it anyway.
    pictures : PictureMenu
        Of every picture in it and in its inspector.
    """

    facts: Facts

    @property
    def asks_as(self) -> str:
        """The first word of the channels on which it asks the engine."""
        return self.workspace_name

    status_changed = Signal(object)
    open_wanted = Signal(object, str)
    noticed = Signal(str, str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.pictures = PictureMenu(context.store, context.client, context.theme, self, self.picture_verbs, self.enlarge)

    def picture_verbs(self, widget: QWidget, pointed: Pointed) -> Sequence[Verb]:
        """What else can be done with a picture of a widget: rows of its menu."""
        return ()

    def enlarge(self, widget: QWidget, pointed: Pointed) -> bool:
        """Show a picture large in the workspace's own way; False for one that has none."""
        return False

    def showEvent(self, event: QShowEvent) -> None:
        """Its pictures have their menu from now on."""
        super().showEvent(event)
        self.pictures.offer_in(self, self.inspector)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The letter of something that cannot be done now says why: without it, a key that does nothing looks broken."""
        pressed = QKeySequence(event.keyCombination())
        is_letter = Qt.Key.Key_A <= event.key() <= Qt.Key.Key_Z and not event.isAutoRepeat()
        for row in (row for group in self.facts.groups() for row in group if row.needs and is_letter):
            action = self.action(row.name)
            if action is not None and not action.isEnabled() and pressed in action.shortcuts():
                words = row.text.replace("&", "").rstrip("…")
                self.noticed.emit(tr("{words}: not now", words=words), row.needs[:1].upper() + row.needs[1:] + ".")
                return
        super().keyPressEvent(event)

    @property
    def workspace_name(self) -> str:
        """One of WORKSPACES."""
        return self.facts.name

    @property
    def title(self) -> str:
        """Its label in the rail."""
        return self.facts.title

    @property
    def inspector(self) -> QWidget:
        """What is shown in the panel to the right; made once."""
        raise NotImplementedError

    @property
    def idle(self) -> bool:
        """Whether all that the person asked for is shown.

        `render` asks again and again until it stays so: one answer leads to the next question.
        """
        raise NotImplementedError

    @property
    def has_picture(self) -> bool:
        """Whether there is something to look at that was computed."""
        return self.idle

    def action(self, name: str) -> QAction | None:
        """The action of a row of the table."""
        return self.findChild(QAction, name)

    def menu_actions(self) -> Sequence[QAction]:
        """Actions of this workspace's menu; a separator is a QAction that says it is one."""
        return ()

    def view_actions(self) -> Sequence[QAction]:
        """Actions of this workspace in the View menu, while it is shown."""
        return ()

    def present(self, on: bool) -> None:
        """Show only what is talked about, for a lecture hall; or all again."""

    def activate(self) -> None:
        """The workspace is shown: start what it needs."""

    def deactivate(self) -> None:
        """Another workspace is shown: stop playing."""

    def stay(self) -> None:
        """The person went to this place: nothing moves the cursor on, neither playing nor sampling."""

    def cancel(self) -> None:
        """Stop what is computed for this workspace."""

    def may_close(self) -> bool:
        """Whether the window may close; may ask the person what becomes of work that goes on."""
        return True

    def layout_sizes(self) -> Mapping[str, tuple[int, ...]]:
        """What the person chose with handles between parts, by name; of what is as it comes, nothing."""
        return {}

    def restore_layout(self, sizes: Mapping[str, tuple[int, ...]]) -> None:
        """Parts as the person had them; nothing for all as it comes."""

    @property
    def nothing_to_export(self) -> str:
        """What is said where `export_offer` is None."""
        return tr("There is nothing to export in {title}", title=self.title)

    def export_offer(self) -> ExportOffer | None:
        """What can be exported now, for the one dialog that asks how and where; None for nothing."""
        return None

    def accept_picture(self, path: str) -> bool:
        """Take a picture file that the person dropped or opened; False if it is of no use here."""
        return False

    def accept_pictures(self, paths: Sequence[str]) -> bool:
        """Take several at once; False if one is taken at a time here, or none."""
        return False

    def accept_data_set(self, path: str) -> bool:
        """Take an array or IDX file, or a folder of pictures; False if it is of no use here."""
        return False

    def accept_entry(self, entry: LibraryEntry) -> bool:
        """Take a checkpoint that the person opened; False if it is not for this workspace."""
        return False
