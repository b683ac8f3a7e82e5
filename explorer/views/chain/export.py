"""Export of a chain workspace: what is shown, as a picture, a film or arrays, written by the engine."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from explorer.engine.chain.export.messages import ExportChain, Exported, ExportLook, ExportProgress
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.recipe import Shown
from explorer.views.chain.controller import ChainController
from explorer.views.shared.labels import lane_titles, short_titles
from explorer.views.workspace import Status

UNITS = ((2**30, "GB"), (2**20, "MB"), (2**10, "kB"))


class ChainExport(QObject):
    """Asks the engine to write a file; one at a time.

    Signals
    -------
    changed()
        It is further, or over.
    """

    changed = Signal()

    def __init__(self, controller: ChainController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._client = controller.context.client
        self._channel = f"{controller.part.name}.export"
        self._path = ""
        self._progress = ExportProgress("", 0, 0)
        self.active = False
        self.told = ""

    def start(self, path: str) -> None:
        """Write what the person looks at now; the file's ending says as what."""
        state = self._controller.state
        beside = self._controller.exact if self._controller.shown.beside == "data set" else None
        shown = Shown(state.t, state.quantity, self._controller.reference, state.difference_of, state.layout, beside)
        titles = short_titles if state.layout == "grid" else lane_titles
        look = ExportLook(shown, titles(state.recipe.lanes), self._controller.timeline)
        self._path, self._progress, self.active, self.told = path, ExportProgress("", 0, 0), True, ""
        self._client.send(ExportChain(state.recipe, path, look), self._channel, self._take, on_failure=self._fail)
        self.changed.emit()

    def cancel(self) -> None:
        """Stop; nothing is left of the file."""
        if self.active:
            self._client.cancel(self._channel)
            self.active, self.told = False, f"{Path(self._path).name} was not written"
            self.changed.emit()

    @property
    def status(self) -> Status:
        """What the status bar says while it is under way, or at its end."""
        name, progress = Path(self._path).name, self._progress
        if not self.active:
            return Status(self.told)
        return Status(f"exporting {name}", progress.done, max(1, progress.total), progress.words, cancellable=True)

    def _take(self, outcome: Outcome) -> None:
        if isinstance(outcome, ExportProgress):
            self._progress = outcome
        elif isinstance(outcome, Exported):
            self.active, self.told = False, f"exported {os.path.basename(outcome.path)} · {_size(outcome.nbytes)}"
        self.changed.emit()

    def _fail(self, outcome: Outcome) -> None:
        self.active = False
        if isinstance(outcome, Failed):
            self._client.failed.emit(outcome)
        self.changed.emit()


def _size(nbytes: int) -> str:
    return next((f"{nbytes / unit:.1f} {word}" for unit, word in UNITS if nbytes >= unit), f"{nbytes} bytes")
