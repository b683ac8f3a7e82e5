"""Where the window and its parts are: kept for the next start, and put back."""

from __future__ import annotations

import contextlib

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSplitter, QWidget

from explorer.state.persistence import WindowState
from explorer.views.window.inspector import usual_width
from explorer.views.window.notes.desk import LEAST, USUAL, NotesPlace
from explorer.views.window.rail import RAIL_WIDTH
from explorer.views.window.workspaces import Workspaces
from explorer.views.workspace import Workspace


class Placement:
    """Geometry of the window, the inspector beside the workspace, and what the person chose within workspaces.

    Parameters
    ----------
    splitter : QSplitter
        Between workspace and inspector.
    inspector : QAction
        Whether that is open.
    notes : NotesPlace
    """

    def __init__(self, window: QWidget, splitter: QSplitter, workspaces: Workspaces, inspector: QAction, notes: NotesPlace) -> None:
        self._window, self._splitter, self._workspaces, self._inspector, self._notes = window, splitter, workspaces, inspector, notes
        self._parts: dict[str, tuple[int, ...]] = {}

    def state(self) -> WindowState:
        """To be kept; what was never built stays as it was kept before."""
        geometry = bytes(self._window.saveGeometry().toBase64().data()).decode()
        sizes = tuple(self._splitter.sizes()) if self._inspector.isChecked() else ()
        built = self._workspaces.built
        parts = {split: sizes for split, sizes in self._parts.items() if split.partition(".")[0] not in built}
        parts |= {f"{name}.{split}": sizes for name, each in built.items() for split, sizes in each.layout_sizes().items()}
        return WindowState(geometry, sizes, self._inspector.isChecked(), self._notes.wanted_height, parts)

    def restore(self, state: WindowState) -> None:
        """Go back to where the window was; nonsense is passed over."""
        if state.geometry:
            with contextlib.suppress(ValueError):
                self._window.restoreGeometry(QByteArray.fromBase64(state.geometry.encode()))
        if len(state.splitter) == 2 and all(0 < size < 1 << 15 for size in state.splitter):
            self._splitter.setSizes(list(state.splitter))
        self._inspector.setChecked(state.inspector)
        if LEAST <= state.notes < 1 << 15:
            self._notes.set_height(state.notes)
        self._parts = dict(state.parts)
        for workspace in self._workspaces.built.values():
            self.put_back(workspace)

    def put_back(self, workspace: Workspace) -> None:
        """The parts of one workspace, as they were kept."""
        begins = f"{workspace.workspace_name}."
        workspace.restore_layout({split.removeprefix(begins): sizes for split, sizes in self._parts.items() if split.startswith(begins)})

    def reset(self) -> None:
        """Everything at its usual size and place again."""
        self._inspector.setChecked(True)
        self._splitter.setSizes([self._window.width() - RAIL_WIDTH - usual_width(), usual_width()])
        self._notes.set_height(USUAL)
        self._parts.clear()
        for workspace in self._workspaces.built.values():
            workspace.restore_layout({})
