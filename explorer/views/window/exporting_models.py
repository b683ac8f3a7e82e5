"""A checkpoint written for other programs: by the command line's `export`, in a process of its own, as tracing a network takes seconds."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QProcess
from PySide6.QtWidgets import QMessageBox, QWidget

from explorer.endings import filters
from explorer.engine.models.messages import LibraryEntry
from explorer.model_exports.ways import ways_of
from explorer.own_process import own_command
from explorer.sources.from_python import permission
from explorer.views.window.banner import Banner
from explorer.widgets.controls.save_file import ask_where as ask_for_file
from explorer.widgets.look.language import tr

GRAPH = tr("ONNX graphs")
FOLDER = tr("A folder of diffusers (*)")


def ask_where(entry: LibraryEntry, parent: QWidget) -> str:
    """The file or folder that the person chose; empty if none."""
    assert entry.card is not None
    ways = ways_of(entry.card)
    kinds = filters([(GRAPH, ("*.onnx",))], others=False) + (f";;{FOLDER}" if ways.folder else "")
    path, kind = ask_for_file(parent, tr("Export {name}", name=entry.name), f"{entry.name}.onnx", kinds, ".onnx")
    if not path:
        return ""
    where = named(path, folder=kind == FOLDER)
    asked_about = where == path and len(ways.onnx) == 1
    return where if asked_about or may_replace(entry, where, parent) else ""


def may_replace(entry: LibraryEntry, where: str, parent: QWidget) -> bool:
    """Whether nothing is there yet, or the person agrees: the dialog asked about the name that was typed, and others are written."""
    assert entry.card is not None
    is_graph = Path(where).suffix.lower() == ".onnx"
    files = ways_of(entry.card).graphs(Path(where)).values() if is_graph else (Path(where),)
    there = [file.name for file in files if file.exists() and not (file.is_dir() and not any(file.iterdir()))]
    if not there:
        return True
    said = tr("{list} {value} there already. Replace?", list=" and ".join(there), value=tr("are") if len(there) > 1 else tr("is"))
    return QMessageBox.question(parent, tr("Export {name}", name=entry.name), said) == QMessageBox.StandardButton.Yes


def named(path: str, folder: bool) -> str:
    """The path with the ending that says what is written."""
    chosen = Path(path)
    if folder:
        return str(chosen.with_suffix("")) if chosen.suffix.lower() == ".onnx" else path
    return path if chosen.suffix.lower() == ".onnx" else f"{path}.onnx"


class ModelExporter(QObject):
    """Runs `export` and tells of its end in the banner.

    Parameters
    ----------
    where : str
        FILE.onnx, or a folder.
    """

    def __init__(self, entry: LibraryEntry, where: str, banner: Banner, parent: QObject) -> None:
        super().__init__(parent)
        self._entry, self._where, self._banner = entry, where, banner
        self.process = QProcess(self)
        self.process.finished.connect(self._ended)
        self.process.errorOccurred.connect(self._not_started)

    def start(self) -> None:
        """Begin; the banner says so."""
        words = ["export", self._entry.path, "--out", self._where, "--force", "--json"]  # the person was asked
        if permission.looks_like_python(Path(self._entry.path)) and permission.is_allowed(Path(self._entry.path)):
            words.append("--run-python")
        program, *arguments = own_command(*words)
        self._banner.say(
            tr("{name} is being written to {where}", name=self._entry.name, where=self._where),
            tr("It takes some seconds."),
            severity="notice",
        )
        self.process.start(program, arguments)

    def end(self) -> None:
        """Stop it, with the window."""
        if self.process.state() != QProcess.ProcessState.NotRunning:
            self.process.kill()
            self.process.waitForFinished()

    def _not_started(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._banner.say(tr("{where}: cannot be written: {executable} does not start", where=self._where, executable=sys.executable))
            self.deleteLater()

    def _ended(self, status: int) -> None:
        if status == 0:
            self._banner.say(*told(self._entry.name, bytes(self.process.readAllStandardOutput().data())), severity="notice")
        else:
            lines = bytes(self.process.readAllStandardError().data()).decode(errors="replace").strip().splitlines()
            why = lines[-1].removeprefix("generative-explorer: ") if lines else tr("{where}: cannot be written", where=self._where)
            self._banner.say(why, tr("Everything else is as it was."))
        self.deleteLater()


def told(name: str, said: bytes) -> tuple[str, str]:
    """Message and hint of what was written, from what `export --json` said."""
    written = json.loads(said)["written"]
    paths = " and ".join(each["path"] for each in written)
    moved = [each["largest_difference"] for each in written if each["largest_difference"] is not None]
    return tr("{name} is written to {paths}", name=name, paths=paths), tr(
        "It agrees with the network to {max:.1g} of its largest output.", max=max(moved)
    ) if moved else ""
