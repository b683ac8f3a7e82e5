"""`explorer.show`: the window, from a script or a notebook, on a checkpoint or on a network in memory."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from explorer.errors import BadInput
from explorer.python.checked import checked
from explorer.python.given import model_given
from explorer.sources import plugins
from explorer.sources.from_python.model import Model, OptionLetter

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from explorer.engine.models.messages import LibraryEntry
    from explorer.engine.thread.link import OwnedLink
    from explorer.state.session import Session

_application: QApplication | None = None
"""Qt's application of this process, if it was made here: there can be one, and a second `show` needs it, too."""


@checked
def show(
    source: str | Path | Model | None = None,
    *,
    network: Callable[..., Any] | None = None,
    option: OptionLetter | None = None,
    betas: Sequence[float] | str | None = None,
    shape: Sequence[int] | None = None,
    first_timestep: int | None = None,
    name: str | None = None,
) -> None:
    """Open the window on a checkpoint, or on a network in memory, and return when it is closed.

    It begins with a session of its own, in the person's theme and settings, which is not kept: File > Save session as… does. A network in
    memory is run by this process, on a thread of its own, in evaluation mode until the window is closed; a checkpoint by a process of the
    app's, unless sources were registered here. Where a Qt application exists already, its loop goes on meanwhile and its look is given
    back at the end. In a notebook the cell runs until the window is closed.

    Parameters
    ----------
    source : str, Path or Model, optional
        What `generative-explorer open` takes, or a model in memory; the window alone if nothing is given.
    network, option, betas, shape, first_timestep, name
        In its place a network in memory: the fields of `explorer.Model`.

    Raises
    ------
    BadInput
        If no window can be opened here, this is not the main thread, the file is missing, or a field is none that can be.
    """
    fields = {"option": option, "betas": betas, "shape": shape, "first_timestep": first_timestep, "name": name}
    alone = source is None and network is None
    model = None if alone and not any(value is not None for value in fields.values()) else model_given(source, network, fields)
    if threading.current_thread() is not threading.main_thread():
        raise BadInput("show: a window can be opened by the main thread alone")
    from explorer.cli.display import require_qt, require_window_system

    require_window_system()
    require_qt(beside_torch=model is not None or bool(plugins.registered()))
    if model is None:
        paths = [] if source is None else [_existing(str(source))]
        _open_window(paths, in_process=bool(plugins.registered()))
        return
    from explorer.sources.from_python import in_memory
    from explorer.sources.from_python.network import in_evaluation_mode

    path = in_memory.put(model)
    try:
        with in_evaluation_mode(model.network):
            _open_window([str(path)], in_process=True)
    finally:
        in_memory.forget(model.name)


def _existing(source: str) -> str:
    from explorer import sources
    from explorer.paths import exists, expanded

    path = expanded(source)
    return str(path) if exists(path) else str(sources.located(source))


def _open_window(paths: Sequence[str], in_process: bool) -> None:
    from PySide6.QtCore import QEventLoop, Qt

    from explorer.app import Explorer
    from explorer.engine.process.link import ProcessLink
    from explorer.engine.thread.worker import Worker
    from explorer.signals import SignalWatch, report_exceptions_to
    from explorer.state.persistence import Loaded, Saved, load, session_file

    with _application_given_back():
        own = load(session_file()).saved.session
        link: OwnedLink = Worker() if in_process else ProcessLink()
        loaded = Loaded(Saved(session=_session_like(own)), fresh=False)
        explorer = Explorer(loaded, None, link=link, beginning=_beginning, measures=not in_process)
        watch, hook = SignalWatch(explorer.window.leave), sys.excepthook
        loop = QEventLoop()
        explorer.window.closing.connect(loop.quit, Qt.ConnectionType.QueuedConnection)
        report_exceptions_to(explorer.window.banner)
        try:
            explorer.show(paths)
            loop.exec()
        finally:
            watch.stop()
            sys.excepthook = hook
            is_over = explorer.end()
        if not is_over:
            raise RuntimeError("the engine's thread does not end: restart this process before it ends by itself")


def _session_like(own: Session) -> Session:
    """With the settings of the person's own session; it changes nothing in that."""
    from explorer.state.session import Session, with_settings_of

    return with_settings_of(Session(), own)


def _beginning(session: Session, entries: Sequence[LibraryEntry]) -> tuple[Session, str]:
    """The shipped models where they are not in the way: the chain is for what is shown."""
    from explorer.state.first_run import with_shipped_models

    filled = with_shipped_models(session, entries)
    return msgspec.structs.replace(filled, reverse=session.reverse), ""


@contextlib.contextmanager
def _application_given_back() -> Iterator[None]:
    """Qt's application, whose it is: one that was there before looks as before at the end, and does not quit with this window."""
    global _application
    from PySide6.QtCore import QCoreApplication
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance()
    if app is None:
        from explorer.app import make_application

        app = _application = make_application()
    if not isinstance(app, QApplication):
        raise BadInput("show: this process has a Qt application without windows (QCoreApplication): a window needs a QApplication")
    looks, words = (app.styleSheet(), app.palette(), app.font(), app.style().name()), _words(app)
    quits = app.quitOnLastWindowClosed()
    app.setQuitOnLastWindowClosed(False)
    try:
        yield
    finally:
        QCoreApplication.sendPostedEvents()
        app.setQuitOnLastWindowClosed(quits)
        if app is not _application:
            sheet, palette, font, style = looks
            app.setStyleSheet(sheet)
            app.setStyle(style)
            app.setPalette(palette)
            app.setFont(font)
            for put, word in zip((app.setApplicationName, app.setApplicationDisplayName, app.setApplicationVersion), words, strict=True):
                put(word)


def _words(app: QApplication) -> tuple[str, str, str]:
    return app.applicationName(), app.applicationDisplayName(), app.applicationVersion()
