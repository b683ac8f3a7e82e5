"""The menus: their actions, keys, and what they show of the session."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QMenuBar

from explorer.state.session import Session
from explorer.state.store import Store
from explorer.views.window.preferences import THEMES
from explorer.views.workspace import Workspace

Key = QKeySequence.StandardKey | str


class Menus(QObject):
    """File, Edit, View, one menu for each workspace (the current one's is shown), Help.

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
    open, library, export, save_session, quit, preferences, inspector, full_screen, cancel, keys, about : QAction
        For the window to connect.
    undo, redo : QAction
        Connected to the store.
    """

    recent_chosen = Signal(str)
    theme_chosen = Signal(str)
    workspace_chosen = Signal(str)

    def __init__(self, bar: QMenuBar, store: Store, workspaces: Sequence[Workspace], parent: QObject) -> None:
        super().__init__(parent)
        self._bar, self._store = bar, store
        self._letters: dict[QMenu, QShortcut] = {}
        self._file_menu()
        self._edit_menu()
        self._view_menu(workspaces)
        self._workspace_menus = {w.workspace_name: self._workspace_menu(w) for w in workspaces}
        self._help_menu()
        store.changed.connect(self._session_changed)
        store.history_changed.connect(self._show_history)
        self._show_history()
        self._show_recent(store.session)
        self._show_theme(store.session)

    def show_workspace(self, name: str) -> None:
        """Show that workspace's menu alone; the keys of the others are out of force."""
        for other, menu in self._workspace_menus.items():
            menu.menuAction().setVisible(other == name)
            if menu in self._letters:
                self._letters[menu].setEnabled(other == name)
        for other, actions in self._view_actions.items():
            for action in actions:
                action.setVisible(other == name)
        if name in self.workspaces:
            self.workspaces[name].setChecked(True)

    def shown(self) -> list[QMenu]:
        """Menus that are in the bar now."""
        menus = (action.menu() for action in self._bar.actions() if action.isVisible())
        return [menu for menu in menus if isinstance(menu, QMenu)]

    def _titled(self, title: str) -> QMenu:
        """A menu in the bar. Its letter opens it with Alt, but is not underlined all the time."""
        menu = self._bar.addMenu(title.replace("&", ""))
        menu.setToolTipsVisible(True)
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
        menu = self._titled("&File")
        self.open = _add(menu, "&Open…", QKeySequence.StandardKey.Open, "Open a checkpoint, a session or a picture")
        self.recent = menu.addMenu("Open &recent")
        self.library = _add(menu, "Checkpoint &library…", "Ctrl+L", "Checkpoints that are known on this machine")
        menu.addSeparator()
        self.export = _add(menu, "&Export…", "Ctrl+E", "Write what is shown as a picture, a film or arrays, with its recipe inside")
        self.save_session = _add(menu, "&Save session as…", QKeySequence.StandardKey.SaveAs, "Keep what is open in a file")
        menu.addSeparator()
        self.quit = _add(menu, "&Quit", "Ctrl+Q", "Close the app; what is open is kept")
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)

    def _edit_menu(self) -> None:
        menu = self._titled("&Edit")
        self.undo = _add(menu, "&Undo", QKeySequence.StandardKey.Undo, "Take back the last change", self._store.undo)
        self.redo = _add(menu, "&Redo", QKeySequence.StandardKey.Redo, "Do again what was taken back", self._store.redo)
        self.redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        menu.addSeparator()
        self.cancel = _add(menu, "&Cancel computation", "Ctrl+.", "Stop what is being computed")
        menu.addSeparator()
        self.preferences = _add(menu, "&Preferences…", "Ctrl+,", "Theme, memory for frames, device")
        self.preferences.setMenuRole(QAction.MenuRole.PreferencesRole)

    def _view_menu(self, workspaces: Sequence[Workspace]) -> None:
        menu = self._titled("&View")
        self.workspaces: dict[str, QAction] = {}
        group = QActionGroup(self)
        for number, workspace in enumerate(workspaces, 1):
            action = _add(menu, workspace.title, f"Ctrl+{number}", workspace.tooltip)
            action.setCheckable(True)
            action.setData(workspace.workspace_name)
            group.addAction(action)
            self.workspaces[workspace.workspace_name] = action
        group.triggered.connect(self._workspace_triggered)
        menu.addSeparator()
        self._theme_menu(menu.addMenu("&Theme"))
        self.inspector = _add(menu, "&Inspector", "F9", "Show or hide the panel to the right")
        self.inspector.setCheckable(True)
        self._view_actions = {w.workspace_name: tuple(w.view_actions()) for w in workspaces}
        for actions in self._view_actions.values():
            menu.addActions(actions)
        self.full_screen = _add(menu, "&Full screen", "F11", "The whole screen, or a window again")
        self.full_screen.setCheckable(True)

    def _theme_menu(self, menu: QMenu) -> None:
        self.themes: dict[str, QAction] = {}
        group = QActionGroup(self)
        for name, word in THEMES.items():
            action = _add(menu, word, None, "")
            action.setCheckable(True)
            action.setData(name)
            group.addAction(action)
            self.themes[name] = action
        group.triggered.connect(self._theme_triggered)

    def _workspace_menu(self, workspace: Workspace) -> QMenu:
        menu = self._titled(workspace.menu_title)
        for action in workspace.menu_actions():
            menu.addAction(action)
        return menu

    def _help_menu(self) -> None:
        menu = self._titled("&Help")
        self.keys = _add(menu, "&Keys", "F1", "All keys on one sheet")
        self.about = _add(menu, "&About Generative Explorer", None, "Versions and device")
        self.about.setMenuRole(QAction.MenuRole.AboutRole)

    def _workspace_triggered(self, action: QAction) -> None:
        self.workspace_chosen.emit(action.data())

    def _theme_triggered(self, action: QAction) -> None:
        self.theme_chosen.emit(action.data())

    def _recent_triggered(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.recent_chosen.emit(action.data())

    def _session_changed(self, old: Session, new: Session) -> None:
        if old.recent != new.recent:
            self._show_recent(new)
        if old.theme != new.theme:
            self._show_theme(new)

    def _show_recent(self, session: Session) -> None:
        self.recent.clear()
        for path in session.recent:
            action = _add(self.recent, _escaped(Path(path).name), None, path, self._recent_triggered)
            action.setData(path)
        self.recent.setToolTipsVisible(True)
        self.recent.setEnabled(bool(session.recent))

    def _show_theme(self, session: Session) -> None:
        self.themes[session.theme].setChecked(True)

    def _show_history(self) -> None:
        for action, word, label in ((self.undo, "&Undo", self._store.undo_label), (self.redo, "&Redo", self._store.redo_label)):
            action.setText(f"{word} {_escaped(label)}".rstrip())
        self.undo.setEnabled(self._store.can_undo)
        self.redo.setEnabled(self._store.can_redo)


def _add(menu: QMenu, text: str, key: Key | None, tooltip: str, slot: Callable[[], object] | None = None) -> QAction:
    action = QAction(text, menu)
    if key is not None:
        action.setShortcut(QKeySequence(key))
    if tooltip:
        action.setToolTip(tooltip)
        action.setStatusTip(tooltip)
    if slot is not None:
        action.triggered.connect(slot)
    menu.addAction(action)
    return action


def _escaped(text: str) -> str:
    return text.replace("&", "&&")
