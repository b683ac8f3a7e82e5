"""The menus, and what they show of the session."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from explorer.state.session import Session
from explorer.state.store import Store
from explorer.views.shared.lane_menu import verb
from explorer.views.window.actions import BOOKMARKS, EDIT, FILE, HELP, THEME, Groups, view
from explorer.views.workspace import Facts, Workspace
from explorer.widgets.controls.actions import Actions, separated
from explorer.widgets.controls.menus import emptied
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme

ROLES = {
    "quit": QAction.MenuRole.QuitRole,
    "preferences": QAction.MenuRole.PreferencesRole,
    "about": QAction.MenuRole.AboutRole,
}
"""Where macOS has them."""


class Menus(QObject):
    """File, Edit, View, one menu for each workspace (the current one's is shown), Bookmarks, Help.

    Signals
    -------
    recent_chosen(str)
        A path of Open recent.
    theme_chosen(str)
        "system", "dark" or "light".
    workspace_chosen(str)
        A workspace's name.

    Attributes
    ----------
    actions : Actions
        Undo and redo are connected to the store, themes and workspaces to the signals; the others are for the window to connect.
    """

    recent_chosen = Signal(str)
    theme_chosen = Signal(str)
    workspace_chosen = Signal(str)

    def __init__(self, bar: QMenuBar, store: Store, theme: Theme, workspaces: Sequence[Facts], window: QWidget) -> None:
        super().__init__(window)
        self._bar, self._store = bar, store
        self._letters: dict[QMenu, QShortcut] = {}
        self._formats: dict[str, str] = {}
        self._workspace_menus: dict[str, QMenu] = {}
        self._view_actions: dict[str, Sequence[QAction]] = {}
        groups = (*FILE, *EDIT, *view(workspaces), *BOOKMARKS, *THEME, *HELP)
        self.actions = Actions(theme, window, groups, "window-", Qt.ShortcutContext.WindowShortcut)
        self._file_menu()
        self._titled(tr("&Edit"), EDIT)
        self._view_menu(workspaces)
        self.bookmarks = self._titled(tr("&Bookmarks"), BOOKMARKS)
        self._help = self._titled(tr("&Help"), HELP)
        self._connect()
        self._show_history()
        self._show_recent(store.session)
        self._show_theme(store.session)
        self.actions["button_labels"].setChecked(store.session.button_labels)

    def _connect(self) -> None:
        actions, store = self.actions, self._store
        for name, role in ROLES.items():
            actions[name].setMenuRole(role)
        actions.on("undo", store.undo)
        actions.on("redo", store.redo)
        for one_of, chosen in (("workspace", self.workspace_chosen), ("theme", self.theme_chosen)):
            for name in actions.choice(one_of):
                actions.on(name, partial(chosen.emit, name))
        actions.on_toggled("button_labels", lambda on: store.update(button_labels=on))
        store.changed.connect(self._session_changed)
        store.history_changed.connect(self._show_history)

    def show_formats(self, formats: Mapping[str, str]) -> None:
        """What the files of Open recent are, in short, by path."""
        if formats != self._formats:
            self._formats = dict(formats)
            self._show_recent(self._store.session)

    def take_in(self, workspace: Workspace) -> None:
        """Have a menu, and entries of the View menu, for a workspace that was built; hidden until it is shown."""
        name = workspace.workspace_name
        menu = self._titled(workspace.facts.menu_title, before=self.bookmarks)
        menu.addActions(list(workspace.menu_actions()))
        menu.menuAction().setVisible(False)
        self._workspace_menus[name] = menu
        self._view_actions[name] = tuple(workspace.view_actions())
        self._view.insertActions(self.actions["full_screen"], self._view_actions[name])
        for action in self._view_actions[name]:
            action.setVisible(False)

    def show_workspace(self, name: str) -> None:
        """Show that workspace's menu alone; the keys of the others are out of force."""
        for other, menu in self._workspace_menus.items():
            menu.menuAction().setVisible(other == name)
            if menu in self._letters:
                self._letters[menu].setEnabled(other == name)
        for other, actions in self._view_actions.items():
            for action in actions:
                action.setVisible(other == name)
        if name in self.actions:
            self.actions[name].setChecked(True)

    def shown(self) -> list[QMenu]:
        """Menus that are in the bar now."""
        menus = (action.menu() for action in self._bar.actions() if action.isVisible())
        return [menu for menu in menus if isinstance(menu, QMenu)]

    def _titled(self, title: str, groups: Groups = (), before: QMenu | None = None) -> QMenu:
        """A menu in the bar, with these actions, at its end or before another.

        Its letter opens it with Alt, but is not underlined all the time.
        """
        menu = QMenu(title.replace("&", ""), self._bar)
        if before is not None:
            self._bar.insertMenu(before.menuAction(), menu)
        else:
            self._bar.addMenu(menu)
        menu.setToolTipsVisible(True)
        menu.addActions(separated(menu, ([self.actions[row.name] for row in group] for group in groups)))
        letter = title.partition("&")[2][:1]
        if letter and sys.platform != "darwin":
            key = QShortcut(QKeySequence(f"Alt+{letter}"), self._bar.window())
            key.setProperty("menu", menu)
            key.activated.connect(self._letter_pressed)
            self._letters[menu] = key
        return menu

    def _letter_pressed(self) -> None:
        self._bar.setActiveAction(self.sender().property("menu").menuAction())

    def _file_menu(self) -> None:
        menu = self._titled(tr("&File"), FILE)
        self.recent = QMenu(tr("Open &recent"), menu)
        menu.insertMenu(self.actions["library"], self.recent)

    def _view_menu(self, workspaces: Sequence[Facts]) -> None:
        menu = self._view = self._titled(tr("&View"), view(workspaces))
        themes = QMenu(tr("&Theme"), menu)
        themes.addActions(list(self.actions.choice("theme").values()))
        menu.insertMenu(self.actions["inspector"], themes)

    def _session_changed(self, old: Session, new: Session) -> None:
        if (old.recent, old.documents) != (new.recent, new.documents):
            self._show_recent(new)
        if old.theme != new.theme:
            self._show_theme(new)
        self.actions["button_labels"].setChecked(new.button_labels)

    def _show_recent(self, session: Session) -> None:
        emptied(self.recent)
        for path in session.documents:
            verb(self.recent, Path(path).name, partial(self.recent_chosen.emit, path), tip=path)
        if session.documents and session.recent:
            self.recent.addSeparator()
        for path in session.recent:
            said = self._formats.get(path, "")
            verb(self.recent, f"{Path(path).name}\t{said}" if said else Path(path).name, partial(self.recent_chosen.emit, path), tip=path)
        self.recent.setToolTipsVisible(True)
        self.recent.setEnabled(bool(session.documents or session.recent))

    def _show_theme(self, session: Session) -> None:
        self.actions[session.theme].setChecked(True)

    def _show_history(self) -> None:
        store, undo, redo = self._store, self.actions["undo"], self.actions["redo"]
        for action, word, label in ((undo, tr("&Undo"), store.undo_label), (redo, tr("&Redo"), store.redo_label)):
            action.setText(f"{word} {_escaped(label)}".rstrip())
        undo.setEnabled(store.can_undo)
        redo.setEnabled(store.can_redo)


def _escaped(text: str) -> str:
    return text.replace("&", "&&")
