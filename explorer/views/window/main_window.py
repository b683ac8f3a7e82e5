"""The window: rail, workspaces, inspector, bars; it knows workspaces only by their contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QKeyEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QMainWindow, QSplitter, QVBoxLayout, QWidget

from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.messages import EngineDown, Failed
from explorer.state.session import Session
from explorer.views.window.banner import Banner
from explorer.views.window.card_words import format_words, kind_words
from explorer.views.window.documents.documents import Documents
from explorer.views.window.drop_overlay import DropOverlay, dropped_files
from explorer.views.window.engine_news import EngineNews
from explorer.views.window.exports import Exports
from explorer.views.window.help.desk import HelpDesk
from explorer.views.window.inspector import Inspector, usual_width
from explorer.views.window.menus import Menus
from explorer.views.window.notes.desk import NotesDesk
from explorer.views.window.opening import Opener, open_filter
from explorer.views.window.placement import Placement
from explorer.views.window.presenting.presentation import Presentation
from explorer.views.window.presenting.screens import Screens
from explorer.views.window.rail import RAIL_WIDTH, Rail
from explorer.views.window.side_column import SideColumn
from explorer.views.window.stalls import StallMeter
from explorer.views.window.status_bar import StatusBar
from explorer.views.window.top_bar import TopBar
from explorer.views.window.veil import Veil
from explorer.views.window.workspaces import Workspaces
from explorer.views.workspace import Context, Facts, Status, Workspace
from explorer.widgets.controls.page_stack import PageStack
from explorer.widgets.look.icons import app_icon
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import inset_numbers
from explorer.widgets.look.theme import GRID

if TYPE_CHECKING:
    from explorer.views.window.checkpoint_library import CheckpointLibrary
    from explorer.views.window.finder.finder import Finder
    from explorer.views.window.help.welcome.tour import Tour

DEFAULT_SIZE = (1440, 900)
TITLE_BAR = 40


class MainWindow(QMainWindow):
    """One window, one session, which may be a document.

    Signals
    -------
    closing()
        It is about to close: keep the session, stop the engine.
    engine_wanted()
        The person wants the engine started, which has stopped for good.

    Attributes
    ----------
    workspaces : Workspaces
        By name; each is built when it is first looked at.
    banner, documents, engine_news, exports, inspector, library, menus, notes, opener, placement, rail, status_bar, top_bar, veil
        Its parts.
    stalls : StallMeter
        How long it lets its person wait.
    """

    closing = Signal()
    engine_wanted = Signal()

    def __init__(self, context: Context, workspaces: Sequence[Facts], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._statuses: dict[str, Status] = {each.name: Status() for each in workspaces}
        self.stalls = StallMeter(self)
        self._activated = False
        self._shown = ""
        self._unasked = False
        self.setWindowIcon(app_icon())
        self.setAcceptDrops(True)
        self._build(workspaces)
        self._connect()
        self._show_workspace(self._current_name())
        self.resize(_fitting(self.screen().availableGeometry().size()))
        self._splitter.setSizes([self.width() - RAIL_WIDTH - usual_width(), usual_width()])
        self.notes.wire(self.menus, self.presentation)

    # --- parts

    def _build(self, workspaces: Sequence[Facts]) -> None:
        theme = self._context.theme
        self.top_bar = TopBar(theme)
        self.setMenuWidget(self.top_bar)
        self.rail = Rail(workspaces, theme)
        self.status_bar = StatusBar(theme)
        self.inspector = Inspector()
        self._stack = PageStack()
        self.workspaces = Workspaces(workspaces, self._context, self._stack, self._take_in)
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
        self.banner = Banner(theme, page)
        self.notes = NotesDesk(self._context, self.banner, self._stay, self._current, self)
        self._splitter.addWidget(framed)
        self._splitter.addWidget(SideColumn(self.inspector, self.notes.place))
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 0)
        column.addWidget(self.status_bar)
        column.addWidget(self.notes.course)
        self.veil = Veil(framed)
        self.engine_news = EngineNews(self.top_bar, self.banner, self.veil, self.engine_wanted.emit)
        self.exports = Exports(self._context, self._current, self.banner, self.closing, self)
        self._overlay = DropOverlay(theme, self)
        self.menus = Menus(self.top_bar.menu_bar, self._context.store, theme, workspaces, self)
        self.placement = Placement(self, self._splitter, self.workspaces, self.menus.actions["inspector"], self.notes.place)
        self.documents = Documents(self._context, self.banner, self._stay, self)
        self.opener = Opener(self._context, self.workspaces, self._current, self.documents, self.banner, self)
        self.help = HelpDesk(theme, self._versions, self)
        around = (self.top_bar, self.rail, self.inspector, self.notes.place, self.status_bar)
        self.presentation = Presentation(theme, self, around, self._current)
        inset_numbers(self)

    def _connect(self) -> None:
        store, client, menus = self._context.store, self._context.client, self.menus
        store.changed.connect(self._session_changed)
        client.busy_changed.connect(self.top_bar.show_busy)
        client.failed.connect(self._failed)
        self.rail.chosen.connect(self.choose)
        self.rail.library_wanted.connect(self.show_library)
        self.opener.workspace_wanted.connect(self.choose)
        self.help.example_wanted.connect(self.opener.open_example)
        self.status_bar.cancelled.connect(self.cancel)
        self._overlay.dropped.connect(self.open_paths)
        menus.workspace_chosen.connect(self.choose)
        menus.recent_chosen.connect(self.opener.open_path)
        self._context.library.changed.connect(self._show_formats)
        menus.theme_chosen.connect(self._choose_theme)
        slots = {
            "open": self.ask_for_file, "open_folder": self._ask_for_folder, "library": self.show_library, "export": self.exports.ask,
            "save_plot": self.exports.ask_for_plot,
            "new_session": self.documents.new, "save": self.documents.save, "save_as": self.documents.save_as,
            "close_document": self.documents.close, "quit": self.close, "preferences": self._show_preferences, "cancel": self.cancel,
            "keys": self._show_keys, "about": self._show_about, "reset_layout": self.placement.reset, "find": lambda: self.finder.open(),
            "guide": self.help.show_guide, "glossary": self.help.show_glossary, "examples": self.help.show_examples,
            "report": self.help.show_report, "welcome": lambda: self.welcome.offer(),
        }  # fmt: skip
        for name, slot in slots.items():
            menus.actions.on(name, slot)
        self.documents.changed.connect(self._show_document)
        self._show_document()
        menus.actions["inspector"].setChecked(True)
        menus.actions["inspector"].toggled.connect(self.inspector.setVisible)
        self.screens = Screens(self, self.presentation, menus.actions["full_screen"], menus.actions["presentation"])

    # --- workspaces

    @property
    def current(self) -> Workspace:
        """The workspace that the session names."""
        return self._current()

    def _current(self) -> Workspace:
        return self.workspaces[self._current_name()]

    def _current_name(self) -> str:
        name = self._context.store.session.workspace
        return name if name in self.workspaces else next(iter(self.workspaces))

    def _take_in(self, workspace: Workspace) -> Iterator[None]:
        """A workspace was built: give it its places and hear it."""
        self._stack.addWidget(workspace)
        yield
        self.inspector.add(workspace.workspace_name, workspace.inspector)
        yield
        self.menus.take_in(workspace)
        for part in (workspace, workspace.inspector):
            inset_numbers(part)
        workspace.status_changed.connect(self._status_changed)
        workspace.open_wanted.connect(self._open_entry)
        workspace.noticed.connect(self._notice)
        self.placement.put_back(workspace)

    def choose(self, name: str) -> None:
        """Show a workspace."""
        self._context.store.update(workspace=name)

    def activate(self) -> None:
        """The library is known: let the workspace that is shown start."""
        if not self._activated:
            self._activated = True
            self.veil.lift()
            self.current.activate()

    def _stay(self) -> None:
        """The cursor was put where it is."""
        if self._activated:
            self.current.stay()

    def cancel(self) -> None:
        """Stop what the status bar tells of."""
        self._speaker().cancel()

    def _session_changed(self, old: Session, new: Session) -> None:
        if old.workspace != new.workspace:
            self._show_workspace(new.workspace)

    def _show_workspace(self, name: str) -> None:
        workspace = self.workspaces[name]
        before = self.workspaces.built.get(self._shown)
        self._shown = name
        if before is not None and before is not workspace:
            before.deactivate()
        self._stack.setCurrentWidget(workspace)
        workspace.setFocus()
        self._context.client.hide(other.asks_as for other in self.workspaces.built.values() if other is not workspace)
        self.inspector.show_page(name)
        self.rail.show_chosen(name)
        self.menus.show_workspace(name)
        self.presentation.follow()
        self._show_status()
        if self._activated:
            workspace.activate()

    # --- status

    def ask_again(self) -> None:
        """Have the workspace that is shown ask for all that it shows."""
        self.current.deactivate()
        self.current.activate()

    def _failed(self, failed: Failed) -> None:
        """A request failed that nobody else tells of."""
        if isinstance(failed, EngineDown):
            self.engine_news.failed(failed)
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
        return next((w for name, w in self.workspaces.built.items() if self._statuses[name].total), shown)

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

    def _show_formats(self) -> None:
        """Of what is in Open recent."""
        self.menus.show_formats({entry.path: format_words(entry) or kind_words(entry) for entry in self._context.library.entries})

    def ask_for_file(self) -> None:
        """Let the person choose files, and open them."""
        paths, _ = QFileDialog.getOpenFileNames(self, tr("Open"), "", open_filter())
        self.open_paths(paths)

    def _ask_for_folder(self) -> None:
        """Let the person choose a folder, and open it."""
        path = QFileDialog.getExistingDirectory(self, tr("Open a folder"))
        if path:
            self.open_paths([path])

    @cached_property
    def library(self) -> CheckpointLibrary:
        """The checkpoint library, made when it is first wanted, as every dialog is."""
        from explorer.views.window.checkpoint_library import CheckpointLibrary

        made = CheckpointLibrary(self._context.library, self._context.theme, self)
        inset_numbers(made)
        made.file_wanted.connect(self.ask_for_file)
        made.folder_wanted.connect(self._ask_for_folder)
        made.open_wanted.connect(self._open_entry)
        made.export_wanted.connect(self._export_model)
        return made

    def _export_model(self, entry: LibraryEntry) -> None:
        if self.exports.ask_for_model(entry, self.library):
            self._hide_library()

    @cached_property
    def finder(self) -> Finder:
        """What finds anything."""
        from explorer.views.window.finder.finder import Finder
        from explorer.views.window.finder.gathering import Gathering

        return Finder(self._context.theme, Gathering(self, self._context), self)

    @cached_property
    def welcome(self) -> Tour:
        """The tour of a first start."""
        from explorer.views.window.help.welcome.tour import Tour

        made = Tour(self._context.store, self._context.theme, lambda name: self.workspaces[name], self)
        made.examples_wanted.connect(self.help.show_examples)
        made.guide_wanted.connect(self.help.show_guide)
        return made

    def _hide_library(self) -> None:
        if "library" in self.__dict__:
            self.library.hide()

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
            self._hide_library()
        else:
            self.banner.say(
                tr("{name} cannot be shown in {title}", name=entry.name, title=self.workspaces.facts[name].title), severity="notice"
            )

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files above the window: say what dropping them does."""
        if dropped_files(event.mimeData()):
            event.acceptProposedAction()
            self._overlay.invite(dropped_files(event.mimeData()))

    # --- dialogs

    def _choose_theme(self, name: str) -> None:
        self._context.store.update(theme=name)

    def _show_preferences(self) -> None:
        from explorer.views.window.preferences import Preferences

        self._open_dialog(Preferences(self._context.store, self._context.theme, self.engine_news.device_words, self))

    def _show_keys(self) -> None:
        from explorer.views.window.key_sheet import KeySheet, keys_of_menus, keys_of_workspaces

        groups = keys_of_menus(self.menus.shown()) + keys_of_workspaces(self.workspaces.facts.values())
        self._open_dialog(KeySheet(groups, self))

    def _versions(self) -> Mapping[str, str]:
        from explorer.views.window.about import versions

        return versions(self.engine_news.engine, self.stalls.waits)

    def _show_about(self) -> None:
        from explorer.views.window.about import About

        self._open_dialog(About(self.engine_news.engine, self.stalls.waits, self))

    def _open_dialog(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    # --- the window itself

    def _show_document(self) -> None:
        """In the title, in the bar, and in what can be done."""
        documents = self.documents
        self.setWindowTitle(f"{documents.name}[*]" if documents.path is not None else tr("Generative Explorer"))
        self.setWindowModified(documents.modified)
        self.top_bar.show_document(documents.name, documents.modified)
        self.menus.actions["close_document"].setEnabled(documents.path is not None)

    def leave(self) -> None:
        """Close without asking: the system wants the app to end, and what goes on by itself goes on."""
        self._unasked = True
        self.close()

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
        if not self._unasked and not self._may_close():
            event.ignore()
            return
        self._hide_library()
        self.documents.let_go()
        self.closing.emit()
        super().closeEvent(event)

    def _may_close(self) -> bool:
        session = self._context.store.session
        asked = [name for name, facts in self.workspaces.facts.items() if name in self.workspaces.built or facts.minds_closing(session)]
        return all(self.workspaces[name].may_close() for name in asked) and self.documents.may_close()


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
