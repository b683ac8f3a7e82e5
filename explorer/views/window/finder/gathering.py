"""All that the finder finds in a window, gathered when it opens."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import chain
from typing import Protocol

from PySide6.QtGui import QAction

from explorer.engine.models.messages import LibraryEntry
from explorer.views.window.actions import BOOKMARKS, EDIT, FILE, HELP, THEME, view
from explorer.views.window.finder.found import Found
from explorer.views.window.finder.sources import (
    of_bookmarks,
    of_documents,
    of_examples,
    of_glossary,
    of_guide,
    of_library,
    of_table,
    of_workspace,
    words_of,
)
from explorer.views.window.help.desk import HelpDesk
from explorer.views.window.help.examples import examples
from explorer.views.window.menus import Menus
from explorer.views.window.notes.desk import NotesDesk
from explorer.views.window.opening import Opener
from explorer.views.window.workspaces import Workspaces
from explorer.views.workspace import Context, Workspace
from explorer.widgets.look.language import tr

MENUS = {tr("File"): FILE, tr("Edit"): EDIT, tr("View > Theme"): THEME, tr("Bookmarks"): BOOKMARKS, tr("Help"): HELP}


class Window(Protocol):
    """What the finder has of the window."""

    help: HelpDesk
    menus: Menus
    notes: NotesDesk
    opener: Opener
    workspaces: Workspaces

    @property
    def current(self) -> Workspace:
        """The workspace on show."""
        ...

    def do(self, workspace: str, name: str) -> None:
        """Do what a row of a workspace's table says, there."""

    def open_entry(self, entry: LibraryEntry) -> None:
        """Show a checkpoint."""


class Gathering:
    """Called, it gives every line: the workspace on show first, then the others, then the window's own."""

    def __init__(self, window: Window, context: Context) -> None:
        self._window, self._context = window, context

    def __call__(self) -> list[Found]:
        """Every line that can be found now."""
        window, help_ = self._window, self._window.help
        entries, session = self._context.library.entries, self._context.store.session
        return [
            *of_bookmarks(session.notes.recipe.bookmarks, window.notes.bookmarks.go), *self._of_workspaces(), *self._of_window(),
            *of_documents(session.documents, window.opener.open_path), *of_examples(examples(), help_.open_example),
            *of_glossary(help_.show_glossary), *of_guide(help_.show_guide), *of_library(entries, window.open_entry),
        ]  # fmt: skip

    def _of_workspaces(self) -> list[Found]:
        window, known = self._window, self._window.workspaces
        here = window.current.workspace_name
        order = sorted(known, key=lambda name: name != here)
        lines = (of_workspace(known.facts[name], self._actions(name), partial(window.do, name), name == here) for name in order)
        return list(chain.from_iterable(lines))

    def _actions(self, name: str) -> Mapping[str, QAction]:
        """Of a workspace that is built; one that was not looked at yet has none, and is not built for this."""
        built = self._window.workspaces.built.get(name)
        return {} if built is None else actions_of(built)

    def _of_window(self) -> list[Found]:
        actions = self._window.menus.actions
        menus = {**MENUS, tr("View"): view(list(self._window.workspaces.facts.values()))}
        lines = (of_table(chain(*groups), where, actions.by_name, self._do, False) for where, groups in menus.items())
        return [found for found in chain.from_iterable(lines) if found.title != words_of(actions["find"])]

    def _do(self, name: str) -> None:
        self._window.menus.actions[name].trigger()


def actions_of(workspace: Workspace) -> Mapping[str, QAction]:
    """The actions that a workspace has, by the names of its table."""
    found = {row.name: workspace.action(row.name) for group in workspace.facts.groups() for row in group}
    return {name: action for name, action in found.items() if action is not None}
