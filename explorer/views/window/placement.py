"""Where the window and its parts are: kept for the next start, and put back."""

from __future__ import annotations

import contextlib

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSplitter, QWidget

from explorer.state.persistence import WindowState
from explorer.views.window.inspector import INSPECTOR_WIDTH
from explorer.views.window.notes.desk import LEAST, MOST, NOTES_WIDTH, NotesPlace
from explorer.views.window.rail import RAIL_WIDTH
from explorer.views.window.workspaces import Workspaces
from explorer.views.workspace import Workspace


class Placement:
    """Geometry of the window, the inspector beside the workspace, and what the person chose within workspaces.

    Parameters
    ----------
    splitter : QSplitter
        Between notes, workspace and inspector.
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
        sizes = tuple(self._splitter.sizes()[1:]) if self._inspector.isChecked() else ()
        notes = self._notes.chosen_width if self._notes.isHidden() else self._notes.width()
        built = self._workspaces.built
        parts = {split: sizes for split, sizes in self._parts.items() if split.partition(".")[0] not in built}
        parts |= {f"{name}.{split}": sizes for name, each in built.items() for split, sizes in each.layout_sizes().items()}
        return WindowState(geometry, sizes, self._inspector.isChecked(), notes, parts)

    def restore(self, state: WindowState) -> None:
        """Go back to where the window was; nonsense is passed over."""
        if state.geometry:
            with contextlib.suppress(ValueError):
                self._window.restoreGeometry(QByteArray.fromBase64(state.geometry.encode()))
        if len(state.splitter) == 2 and all(0 < size < 1 << 15 for size in state.splitter):
            self._set_sizes(*state.splitter)
        if LEAST <= state.notes <= MOST:
            self._notes.chosen_width = state.notes
            self._set_sizes(*self._splitter.sizes()[1:])
        self._inspector.setChecked(state.inspector)
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
        self._notes.chosen_width = NOTES_WIDTH
        taken = 0 if self._notes.isHidden() else NOTES_WIDTH
        self._set_sizes(self._window.width() - RAIL_WIDTH - INSPECTOR_WIDTH - taken, INSPECTOR_WIDTH)
        self._parts.clear()
        for workspace in self._workspaces.built.values():
            workspace.restore_layout({})

    def _set_sizes(self, workspace: int, inspector: int) -> None:
        self._splitter.setSizes([0 if self._notes.isHidden() else self._notes.chosen_width, workspace, inspector])
