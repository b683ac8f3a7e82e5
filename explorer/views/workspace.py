"""What the main window knows of a workspace, and what a workspace is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.client import Client
from explorer.state.library import Library
from explorer.state.store import Store
from explorer.widgets.controls.actions import Do
from explorer.widgets.look.math_text import Formula
from explorer.widgets.look.theme import Theme


@dataclass(frozen=True, slots=True)
class Context:
    """What every workspace works with."""

    store: Store
    client: Client
    library: Library
    theme: Theme


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
    workspace_name, title, icon_name, tooltip : str
        One of WORKSPACES, label in the rail, qtawesome icon, and what it is for.
    menu_title : str
        Title of its menu in the menu bar.
    """

    workspace_name: str
    title: str
    icon_name: str
    tooltip: str
    menu_title: str

    status_changed = Signal(object)
    open_wanted = Signal(object, str)
    noticed = Signal(str, str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context

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

    @classmethod
    def action_groups(cls) -> Sequence[Sequence[Do]]:
        """All that can be done here, known without building the workspace: the finder lists it. Names are those of `action`."""
        return ()

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

    def cancel(self) -> None:
        """Stop what is computed for this workspace."""

    def may_close(self) -> bool:
        """Whether the window may close; may ask the person what becomes of work that goes on."""
        return True

    def keys(self) -> Sequence[tuple[str, str]]:
        """Keys and gestures that are in no menu, for the sheet of keys: ("Wheel", "one step on")."""
        return ()

    @property
    def export_kinds(self) -> str:
        """Filters of the file dialog for what this workspace can export, the usual one first; empty for nothing."""
        return ""

    def export_to(self, path: str) -> None:
        """Write what is shown to a file of one of these kinds."""

    def accept_picture(self, path: str) -> bool:
        """Take a picture file that the person dropped or opened; False if it is of no use here."""
        return False

    def accept_data_set(self, path: str) -> bool:
        """Take an array or IDX file, or a folder of pictures; False if it is of no use here."""
        return False

    def accept_entry(self, entry: LibraryEntry) -> bool:
        """Take a checkpoint that the person opened; False if it is not for this workspace."""
        return False
