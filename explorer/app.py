"""Builds everything, and owns start and shutdown."""

from __future__ import annotations

import gc
import os
import platform
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal, qVersion
from PySide6.QtWidgets import QApplication

from explorer import __version__, log
from explorer.autosave import Autosave, OwnFile
from explorer.backends import TORCH
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.process.child import Child
from explorer.engine.process.link import ProcessLink
from explorer.engine.thread.client import Client
from explorer.engine.thread.link import OwnedLink
from explorer.engine.thread.messages import EngineDown, EngineReady, Failed, StartEngine
from explorer.engine.thread.requests import Outcome
from explorer.engine.thread.worker import Worker
from explorer.paths import APP
from explorer.signals import Application, SignalWatch, report_exceptions_to
from explorer.state.first_run import with_shipped_models
from explorer.state.found_again import relinked
from explorer.state.library import Library
from explorer.state.persistence import Loaded, Saved, session_file
from explorer.state.session import WORKSPACES, Session
from explorer.state.store import Store
from explorer.views.window.ahead import BuildAhead
from explorer.views.window.main_window import MainWindow
from explorer.views.window.python_files import tell
from explorer.views.window.settings import SettingsInForce
from explorer.views.window.unpainted import Unpainted
from explorer.views.workspace import Context, Facts
from explorer.widgets.look.icons import app_icon
from explorer.widgets.look.language import speak_in, tr
from explorer.widgets.look.style import apply_theme
from explorer.widgets.look.theme import Theme

if TYPE_CHECKING:
    from explorer.views.window.window_profile import WindowProfile


Beginning = Callable[[Session, Sequence[LibraryEntry]], tuple[Session, str]]


def standard_workspaces() -> tuple[Facts, ...]:
    """What is known of the workspaces, in the rail's order: of each name what explorer/views has under it."""
    return tuple(import_module(f"explorer.views.{name.replace('-', '_')}.facts").FACTS for name in WORKSPACES)


def make_application() -> QApplication:
    """The Qt application of this process, set up once."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else Application(sys.argv[:1])
    app.setApplicationName(APP)
    app.setApplicationDisplayName("Generative Explorer")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName(APP)
    app.setWindowIcon(app_icon())
    speak_in(app)
    return app


def shipped_beginning(session: Session, entries: Sequence[LibraryEntry]) -> tuple[Session, str]:
    """The kept session with its checkpoints found again and its empty workspaces filled, and what to tell of it."""
    found, replaced = relinked(session, entries)
    told = (
        tr("{list}: another file now than when this session was kept; the new one is shown.", list=", ".join(replaced)) if replaced else ""
    )
    return with_shipped_models(found, entries), told


class Explorer(QObject):
    """The app: one engine, one session, one window.

    Parameters
    ----------
    loaded : Loaded
        The session to begin with.
    file : Path or None
        Where the session is kept; None keeps nothing.
    workspaces : sequence of Facts, optional
        Those of the window; the standard ones if left out.
    beginning : callable
        From the session and the library's entries to the session that is shown, with a notice or "".
    link : OwnedLink, optional
        The engine; a thread of this process if left out.
    measures : bool
        What runs each network is chosen by measuring, once on a machine; not for a window that is soon gone.
    chooses : bool
        It is chosen by what was measured before.

    Signals
    -------
    began()
        The library is known, the session is complete, and the workspace that is shown has started.
    """

    began = Signal()

    def __init__(
        self,
        loaded: Loaded,
        file: Path | None,
        workspaces: Sequence[Facts] | None = None,
        beginning: Beginning = shipped_beginning,
        link: OwnedLink | None = None,
        measures: bool = False,
        chooses: bool = False,
    ) -> None:
        super().__init__()
        app = make_application()
        session = loaded.saved.session
        self._file, self._beginning, self._measures, self._chooses = file, beginning, measures, measures or chooses
        self._has_begun = self._is_down = False
        self._paths: Sequence[str] = ()
        self._document, self._untitled = loaded.saved.document_path, loaded.saved.untitled
        self._is_new = loaded.fresh and not loaded.message and file is not None
        self.theme = Theme(session.theme, self)
        apply_theme(app, self.theme)
        self.worker: OwnedLink = Worker() if link is None else link
        self.client = Client(self.worker, self)
        self.store = Store(session, self)
        self.library = Library(self.client, self)
        place = getattr(self.worker, "place", "")
        self.context = Context(self.store, self.client, self.library, self.theme, place, drawn=chooses and not measures)
        self._settings = SettingsInForce(self.context, self)
        self._ask_engine(session.device)
        self.library.scan(session.recent)
        self.window = MainWindow(self.context, standard_workspaces() if workspaces is None else workspaces)
        self.window.placement.restore(loaded.saved.window)
        if loaded.fresh:
            self.window.engine_news.awaited()
        if loaded.message:
            self.window.banner.say(loaded.message, severity="warning")
        self._autosave: Autosave | None = None
        if file is not None:
            self._autosave = Autosave(file, self._to_keep, self)
            self._autosave.failed.connect(self._not_saved)
        self.store.changed.connect(self._session_changed)
        self.window.documents.changed.connect(self._to_be_kept)
        self.library.scanned.connect(self._library_known)
        self.client.failed.connect(_note_failure)
        self.window.closing.connect(self.shutdown)
        self.window.engine_wanted.connect(self.start_again)
        self.worker.lost.connect(self._engine_lost)

    @property
    def has_begun(self) -> bool:
        """Whether `began` was emitted: the library is known."""
        return self._has_begun

    def show(self, paths: Sequence[str] = ()) -> None:
        """Show the window at once; the engine starts behind it, then `paths` are opened."""
        self._paths = paths
        Unpainted(self.window, self.theme.tokens.window)
        self.window.show()
        QTimer.singleShot(0, self.start)

    def open(self, path: str) -> None:
        """Open a file; one that comes before anything can be opened waits for that."""
        if self._has_begun:
            self.window.open_paths([path])
        else:
            self._paths = [*self._paths, path]

    def start(self) -> None:
        """Start the engine, unless it is there: what it was asked so far waits for it."""
        if self._is_down:
            return
        if not self.worker.running:
            self.worker.start()
        self.window.stalls.start()

    def start_again(self) -> None:
        """Start an engine that was lost for good once more, and ask it for what is shown."""
        if not self._is_down and not self.worker.running:
            self.worker.start()
            self.window.engine_news.starts()
            self._ask_anew()
            if self._has_begun:
                self.window.ask_again()

    def save(self) -> None:
        """Keep the session now; a folder that cannot be written is told of."""
        if self._autosave is not None:
            self._autosave.save()

    def _to_keep(self) -> Saved:
        documents = self.window.documents
        path = str(documents.path or "") if self._has_begun else self._document
        untitled = documents.untitled if self._has_begun else self._untitled
        return Saved(session=self.store.session, window=self.window.placement.state(), document_path=path, untitled=untitled)

    def _not_saved(self, why: str) -> None:
        self.window.banner.say(why, tr("What is open will not be there at the next start."), severity="warning")

    def shutdown(self) -> bool:
        """Keep the session, cancel all, end the engine; False if it did not end. Once."""
        if self._is_down:
            return True
        self._is_down = True
        self.save()
        self.window.hide()
        self.client.close()
        if not self.worker.running:
            return True
        return self.worker.shutdown()

    def end(self) -> bool:
        """Shut down, and delete the window while Qt is still there to do it; False as `shutdown`."""
        is_over = self.shutdown()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(self.window, QEvent.Type.DeferredDelete.value)
        return is_over

    def _ask_engine(self, device: str) -> None:
        held = self.store.session
        chosen = self._chooses and device in TORCH.devices  # another backend is taken by name: nothing is left to choose
        tell(self.client)
        payload = StartEngine(
            device=device, frame_budget=held.frame_budget, kept_budget=held.kept_budget, chosen=chosen, measured=self._measures
        )
        on_failure = self._start_failed if device == "auto" else self._device_failed
        self.client.send(payload, "engine.start", self._engine_ready, on_failure=on_failure)

    def _engine_lost(self, down: EngineDown) -> None:
        log.note(f"{down.message}\n{down.detail}", fault=True)
        self.window.engine_news.lost(down)
        if down.goes_on:
            self._ask_anew()

    def _ask_anew(self) -> None:
        """Another engine is there, and knows nothing."""
        self._ask_engine(self.store.session.device)
        self.library.scan(self.store.session.recent)
        self.client.renewed.emit()

    def _engine_ready(self, outcome: Outcome) -> None:
        if isinstance(outcome, EngineReady):
            log.note(f"engine ready: {outcome.device} {outcome.precision}, torch {outcome.torch_version}")
            self.window.engine_news.ready(outcome)

    def _start_failed(self, outcome: Outcome) -> None:
        if isinstance(outcome, Failed):
            log.note(f"the engine could not start: {outcome.message}\n{outcome.detail}", fault=True)
            self.window.engine_news.failed(outcome)

    def _device_failed(self, outcome: Outcome) -> None:
        """The chosen device is not there: take what is."""
        if isinstance(outcome, Failed):
            self.window.banner.say(
                outcome.message, tr("The app takes the best device there is. Preferences changes the choice."), severity="warning"
            )
            self._ask_engine("auto")

    def _library_known(self) -> None:
        if self._has_begun:
            return
        self._has_begun = True
        session, told = self._beginning(self.store.session, self.library.known)
        self.store.start_from(session)
        self.window.activate()
        if self._document:
            self.window.documents.resume(self._document, self._untitled)
        if told:
            self.window.banner.say(told, severity="notice")
        self.window.opener.begin()
        self.window.open_paths(self._paths)
        if self._is_new and not self._paths:
            self.window.welcome.offer()
        self.began.emit()

    def _session_changed(self, old: Session, new: Session) -> None:
        self._to_be_kept()

    def _to_be_kept(self) -> None:
        if self._autosave is not None and not self._is_down:
            self._autosave.changed()


def _note_failure(failed: Failed) -> None:
    """Faults of ours are in the log; what a person can set right is told in the window."""
    if failed.detail:
        log.note(f"{type(failed.request).__name__}: {failed.message}\n{failed.detail}", fault=True)


def run(paths: Sequence[str], profile: Path | None = None, child: Child | None = None, link: OwnedLink | None = None) -> int:
    """Open the window and stay until it is closed; returns the exit status.

    Parameters
    ----------
    paths : sequence of str
        What to open in it.
    profile : Path, optional
        Where to write, at the end, how quick the window was.
    child : Child, optional
        The engine's process, if it was started already.
    link : OwnedLink, optional
        The way to an engine elsewhere, in the place of one here.
    """
    app = make_application()
    watch = SignalWatch(lambda: explorer.window.leave())  # what comes while it is built waits for it
    log.begin()
    log.note(f"start: {__version__}, Python {platform.python_version()}, Qt {qVersion()}, {platform.platform(terse=True)}")
    link = ProcessLink(child) if link is None else link
    link.start()
    file = OwnFile(session_file())
    explorer = Explorer(file.load(), file.path, link=link, measures=True)
    watched = _profiled(explorer) if profile is not None else None
    # Not only with the last window: another that is up, or a dialog that waits for an answer, keeps nothing open.
    explorer.window.closing.connect(app.quit, Qt.ConnectionType.QueuedConnection)
    report_exceptions_to(explorer.window.banner)
    app.aboutToQuit.connect(explorer.shutdown)
    explorer.show(paths)
    if isinstance(app, Application):
        app.file_asked_for.connect(explorer.open)
    _spare_the_collector()
    ahead = BuildAhead(explorer.window.workspaces, explorer.store, explorer)
    ahead.done.connect(_spare_the_collector)
    explorer.began.connect(ahead.begin)
    app.aboutToQuit.connect(ahead.stop)
    status = app.exec()
    watch.stop()
    if watched is not None and profile is not None:
        watched.write(profile)
    log.note(f"end: {status}")
    ended = explorer.end()
    file.let_go()
    gc.unfreeze()  # a window after this one, as tools open, shall not find all of it there still
    if not ended:
        # A process that ends with a QThread running aborts; everything is saved, so leave without ceremony.
        os._exit(1)
    return status


def _spare_the_collector() -> None:
    """What the window is made of stays: a collection need not look through it. Collecting stays the link's, on this thread alone."""
    gc.freeze()


def _profiled(explorer: Explorer) -> WindowProfile:
    from explorer.views.window.window_profile import WindowProfile

    return WindowProfile(explorer.window, lambda: explorer.window.current.has_picture)
