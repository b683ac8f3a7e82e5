"""The window: rail, workspaces, inspector, bars; it knows workspaces only by their contract."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QKeyEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QMainWindow, QSplitter, QVBoxLayout, QWidget

from explorer.endings import SESSIONS, filters, patterns
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.messages import EngineDown, EngineReady, Failed
from explorer.errors import BadInput
from explorer.state.persistence import Saved, WindowState, write
from explorer.state.session import Session
from explorer.views.shared.export_dialog import ask_for_export
from explorer.views.window.about import About, versions
from explorer.views.window.banner import Banner
from explorer.views.window.checkpoint_library import CheckpointLibrary
from explorer.views.window.drop_overlay import DropOverlay, dropped_files
from explorer.views.window.finder.finder import Finder
from explorer.views.window.finder.gathering import Gathering
from explorer.views.window.help.desk import HelpDesk
from explorer.views.window.help.welcome.tour import Tour
from explorer.views.window.inspector import INSPECTOR_WIDTH, Inspector
from explorer.views.window.key_sheet import KeySheet, keys_of_menus, keys_of_workspaces
from explorer.views.window.menus import Menus
from explorer.views.window.opening import Opener, open_filter
from explorer.views.window.preferences import Preferences
from explorer.views.window.presenting.presentation import Presentation
from explorer.views.window.presenting.screens import Screens
from explorer.views.window.rail import RAIL_WIDTH, Rail
from explorer.views.window.status_bar import StatusBar
from explorer.views.window.top_bar import TopBar
from explorer.views.window.veil import Veil
from explorer.views.workspace import Context, Status, Workspace
from explorer.widgets.controls.page_stack import PageStack
from explorer.widgets.look.icons import app_icon
from explorer.widgets.look.style import inset_numbers
from explorer.widgets.look.theme import GRID

DEFAULT_SIZE = (1440, 900)
TITLE_BAR = 40
NO_START = "Install the app again, or choose another device in Preferences."


class MainWindow(QMainWindow):
    """One window, one session.

    Signals
    -------
    closing()
        It is about to close: keep the session, stop the engine.

    Attributes
    ----------
    workspaces : dict of Workspace
        By name.
    banner, inspector, library, menus, opener, rail, status_bar, top_bar, veil
        Its parts.
    """

    closing = Signal()

    def __init__(self, context: Context, workspaces: Sequence[Workspace], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._engine: EngineReady | None = None
        self._statuses: dict[str, Status] = {w.workspace_name: Status() for w in workspaces}
        self._activated = False
        self._shown = ""
        self._unasked = False
        self.workspaces: dict[str, Workspace] = {w.workspace_name: w for w in workspaces}
        self.setWindowTitle("Generative Explorer")
        self.setWindowIcon(app_icon())
        self.setAcceptDrops(True)
        self._build(workspaces)
        self._connect(workspaces)
        self._show_workspace(self.current.workspace_name)
        self.resize(_fitting(self.screen().availableGeometry().size()))
        self._splitter.setSizes([self.width() - RAIL_WIDTH - INSPECTOR_WIDTH, INSPECTOR_WIDTH])

    # --- parts

    def _build(self, workspaces: Sequence[Workspace]) -> None:
        theme = self._context.theme
        self.top_bar = TopBar(theme)
        self.setMenuWidget(self.top_bar)
        self.rail = Rail(workspaces, theme)
        self.status_bar = StatusBar(theme)
        self.inspector = Inspector()
        self._stack = PageStack()
        self._splitter = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self._splitter.setObjectName("mainSplitter")
        self._splitter.setHandleWidth(GRID // 4)
        page = QWidget()
        self.setCentralWidget(page)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        column.addLayout(middle, 1)
        middle.addWidget(self.rail)
        middle.addWidget(self._splitter, 1)
        framed = _framed(self._stack)
        self._splitter.addWidget(framed)
        self._splitter.addWidget(self.inspector)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 0)
        for workspace in workspaces:  # into the window as it stands: Qt styles all of a tree anew whenever it is moved
            self._stack.addWidget(workspace)
            self.inspector.add(workspace.workspace_name, workspace.inspector)
        column.addWidget(self.status_bar)
        self.veil = Veil(framed)
        self.banner = Banner(theme, page)
        self._overlay = DropOverlay(theme, self)
        self.menus = Menus(self.top_bar.menu_bar, self._context.store, theme, workspaces, self)
        self.opener = Opener(self._context, workspaces, self._current, self.banner, self)
        self.library = CheckpointLibrary(self._context.library, theme, self)
        self.help = HelpDesk(theme, lambda: versions(self._engine), self)
        self.welcome = Tour(self._context.store, theme, lambda name: self.workspaces[name], self)
        self.finder = Finder(theme, Gathering(self, self._context), self)
        around = (self.top_bar, self.rail, self.inspector, self.status_bar)
        self.presentation = Presentation(theme, self, around, self._current)
        inset_numbers(self)

    def _connect(self, workspaces: Sequence[Workspace]) -> None:
        store, client, menus = self._context.store, self._context.client, self.menus
        for workspace in workspaces:
            workspace.status_changed.connect(self._status_changed)
            workspace.open_wanted.connect(self._open_entry)
            workspace.noticed.connect(self._notice)
        store.changed.connect(self._session_changed)
        client.busy_changed.connect(self.top_bar.show_busy)
        client.failed.connect(self._failed)
        self.rail.chosen.connect(self.choose)
        self.rail.library_wanted.connect(self.show_library)
        self.opener.workspace_wanted.connect(self.choose)
        self.welcome.examples_wanted.connect(self.help.show_examples)
        self.welcome.guide_wanted.connect(self.help.show_guide)
        self.help.example_wanted.connect(self.opener.open_example)
        self.status_bar.cancelled.connect(self.cancel)
        self._overlay.dropped.connect(self.open_paths)
        self.library.file_wanted.connect(self.ask_for_file)
        self.library.open_wanted.connect(self._open_entry)
        menus.workspace_chosen.connect(self.choose)
        menus.recent_chosen.connect(self.opener.open_path)
        menus.theme_chosen.connect(self._choose_theme)
        slots = {
            "open": self.ask_for_file, "library": self.show_library, "export": self.ask_for_export,
            "save_session": self._ask_for_session_file, "quit": self.close, "preferences": self._show_preferences, "cancel": self.cancel,
            "keys": self._show_keys, "about": self._show_about, "find": self.finder.open, "guide": self.help.show_guide,
            "glossary": self.help.show_glossary, "examples": self.help.show_examples, "report": self.help.show_report,
            "welcome": self.welcome.offer,
        }  # fmt: skip
        for name, slot in slots.items():
            menus.actions.on(name, slot)
        menus.actions["inspector"].setChecked(True)
        menus.actions["inspector"].toggled.connect(self.inspector.setVisible)
        self.screens = Screens(self, self.presentation, menus.actions["full_screen"], menus.actions["presentation"])

    # --- workspaces

    @property
    def current(self) -> Workspace:
        """The workspace that the session names."""
        return self._current()

    def _current(self) -> Workspace:
        return self.workspaces.get(self._context.store.session.workspace) or next(iter(self.workspaces.values()))

    def choose(self, name: str) -> None:
        """Show a workspace."""
        self._context.store.update(workspace=name)

    def await_engine(self) -> None:
        """There is nothing to show before the library is known: say so."""
        self.veil.cover("Starting the engine…", "PyTorch is loaded and the checkpoints are read; the first start takes longest.")

    def activate(self) -> None:
        """The library is known: let the workspace that is shown start."""
        if not self._activated:
            self._activated = True
            self.veil.lift()
            self.current.activate()

    def cancel(self) -> None:
        """Stop what the status bar tells of."""
        self._speaker().cancel()

    def _session_changed(self, old: Session, new: Session) -> None:
        if old.workspace != new.workspace:
            self._show_workspace(new.workspace)

    def _show_workspace(self, name: str) -> None:
        workspace = self.workspaces[name]
        before = self.workspaces.get(self._shown)
        self._shown = name
        if before is not None and before is not workspace:
            before.deactivate()
        self._stack.setCurrentWidget(workspace)
        workspace.setFocus()
        self.inspector.show_page(name)
        self.rail.show_chosen(name)
        self.menus.show_workspace(name)
        self.presentation.follow()
        self._show_status()
        if self._activated:
            workspace.activate()

    # --- status

    def engine_ready(self, ready: EngineReady) -> None:
        """The engine is up."""
        self._engine = ready
        self.top_bar.show_device(ready.device, ready.precision)

    def engine_failed(self, failed: Failed) -> None:
        """The engine could not start, or has stopped."""
        stopped = isinstance(failed, EngineDown) and failed.has_started
        self.top_bar.show_failed()
        if self.veil.title:
            title = "The engine stopped" if stopped else "The engine could not start"
            self.veil.cover(title, "Nothing can be computed; the message above says why.")
        hint = "If it happens again, copy the details into a report." if stopped else NO_START
        self.banner.say(failed.message, hint, failed.detail)

    def _failed(self, failed: Failed) -> None:
        """A request failed that nobody else tells of."""
        if isinstance(failed, EngineDown):
            self.engine_failed(failed)
        else:
            self.opener.show_failure(failed)

    def _notice(self, message: str, hint: str) -> None:
        self.banner.say(message, hint, severity="notice")

    def _status_changed(self, status: Status) -> None:
        workspace = self.sender()
        if isinstance(workspace, Workspace):
            self._statuses[workspace.workspace_name] = status
            self._show_status()

    def _speaker(self) -> Workspace:
        """The current workspace; another one if only that one is at work."""
        shown = self.workspaces[self._shown]
        if self._statuses[self._shown].total:
            return shown
        return next((w for name, w in self.workspaces.items() if self._statuses[name].total), shown)

    def _show_status(self) -> None:
        own = self._statuses[self._shown]
        self.top_bar.show_speed(own.speed)
        speaker = self._speaker()
        status = self._statuses[speaker.workspace_name]
        if speaker is not self.workspaces[self._shown]:
            status = Status(f"{speaker.title}: {status.text}", status.done, status.total, status.detail, own.right, "", status.cancellable)
        self.status_bar.show_status(status)
        self.menus.actions["cancel"].setEnabled(status.cancellable)

    def do(self, workspace: str, name: str) -> None:
        """Do what a row of a workspace's table says, there."""
        self.choose(workspace)
        action = self.workspaces[workspace].action(name)
        if action is not None and action.isEnabled():
            action.trigger()

    # --- opening

    def open_paths(self, paths: Iterable[str]) -> None:
        """Open files: checkpoints, sessions, pictures."""
        self.opener.open_paths(paths)

    def ask_for_file(self) -> None:
        """Let the person choose files, and open them."""
        paths, _ = QFileDialog.getOpenFileNames(self, "Open", "", open_filter())
        self.open_paths(paths)

    def show_library(self) -> None:
        """Show the checkpoint library."""
        self._context.library.scan(self._context.store.session.recent)
        self.library.show()
        self.library.raise_()
        self.library.activateWindow()

    def open_entry(self, entry: LibraryEntry) -> None:
        """Show a checkpoint of the library in the workspace that it is for."""
        self.opener.open_entry(entry)

    def _open_entry(self, entry: LibraryEntry, name: str) -> None:
        if self.opener.open_entry(entry, name):
            self.library.hide()
        else:
            self.banner.say(f"{entry.name} cannot be shown in {self.workspaces[name].title}", severity="notice")

    def _ask_for_session_file(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, "Save session as", "session.json", filters([("Sessions", patterns(SESSIONS))], others=False)
        )
        if path:
            self.save_session(path)

    def save_session(self, path: str) -> None:
        """Write what is open to a file that can be opened again."""
        try:
            write(Path(path), Saved(session=self._context.store.session))
        except BadInput as error:
            self.banner.say(str(error), "Choose a folder that you may write to.")

    def ask_for_export(self) -> None:
        """Let the person say where what is shown shall be written, and write it."""
        kinds = self.current.export_kinds
        if not kinds:
            self.banner.say(f"There is nothing to export in {self.current.title}", severity="notice")
            return
        path = ask_for_export(self, kinds, self.current.workspace_name)
        if path:
            self.current.export_to(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files above the window: say what dropping them does."""
        if dropped_files(event.mimeData()):
            event.acceptProposedAction()
            self._overlay.invite()

    # --- dialogs

    def _choose_theme(self, name: str) -> None:
        self._context.store.update(theme=name)

    def _show_preferences(self) -> None:
        self._open_dialog(Preferences(self._context.store, self._device_words(), self))

    def _show_keys(self) -> None:
        groups = keys_of_menus(self.menus.shown()) + keys_of_workspaces(self.workspaces.values())
        self._open_dialog(KeySheet(groups, self))

    def _show_about(self) -> None:
        self._open_dialog(About(self._engine, self))

    def _open_dialog(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _device_words(self) -> str:
        return f"{self._engine.device} · {self._engine.precision}" if self._engine else ""

    # --- the window itself

    def leave(self) -> None:
        """Close without asking: the system wants the app to end, and what goes on by itself goes on."""
        self._unasked = True
        self.close()

    def window_state(self) -> WindowState:
        """Where the window is, to be kept."""
        geometry = bytes(self.saveGeometry().toBase64().data()).decode()
        sizes = tuple(self._splitter.sizes()) if self.menus.actions["inspector"].isChecked() else ()
        return WindowState(geometry, sizes, self.menus.actions["inspector"].isChecked())

    def restore_window(self, state: WindowState) -> None:
        """Go back to where the window was; nonsense is passed over."""
        if state.geometry:
            with contextlib.suppress(ValueError):
                self.restoreGeometry(QByteArray.fromBase64(state.geometry.encode()))
        if len(state.splitter) == 2 and all(0 < size < 1 << 15 for size in state.splitter):
            self._splitter.setSizes(list(state.splitter))
        self.menus.actions["inspector"].setChecked(state.inspector)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape takes the message away, and leaves the full screen."""
        if event.key() == Qt.Key.Key_Escape and self.banner.isVisible():
            self.banner.dismiss()
        elif event.key() == Qt.Key.Key_Escape and self.isFullScreen():
            self.screens.leave()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell the app, which keeps the session and stops the engine; unless the person thinks better of it."""
        if not self._unasked and not all(workspace.may_close() for workspace in self.workspaces.values()):
            event.ignore()
            return
        self.library.hide()
        self.closing.emit()
        super().closeEvent(event)


def _framed(stack: QWidget) -> QWidget:
    """The stack in a plain widget, so that something can lie over whatever page is in front."""
    frame = QWidget()
    column = QVBoxLayout(frame)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(stack)
    return frame


def _fitting(screen: QSize) -> QSize:
    """Size of a new window: the usual one where it fits, with room for a title bar."""
    return QSize(*DEFAULT_SIZE).boundedTo(screen - QSize(0, TITLE_BAR))
