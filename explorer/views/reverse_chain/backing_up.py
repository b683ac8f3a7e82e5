"""Backing up: from the lane's own image or a picture of one's own, and how much of it survives."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.endings import PICTURE_FILES
from explorer.engine.chain.branching.messages import FitPicture, PictureFitted, ShowSurvival, SurvivalShown
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.recipe import BackUp, Edit
from explorer.state.edits import branches as trees
from explorer.state.session import ChainState
from explorer.views.chain.controller import ChainController
from explorer.views.reverse_chain.back_up_panel import BackUpPanel
from explorer.views.reverse_chain.branch_bar import SurvivalRow
from explorer.views.reverse_chain.panels import Panels
from explorer.views.shared.questions import Questions
from explorer.widgets.controls.clipboard import copied
from explorer.widgets.look.sharp import pixels_of

HALF = 2


class BackingUp(QObject):
    """Between the panel, the row that says what survives, the session and the engine.

    Parameters
    ----------
    own_tile : callable
        The lane's finished picture of the selected sample, as an image of the tree; None before it is there.
    branch, tell : callable
        Get the BackUp, and a Failed where there is no picture.
    """

    def __init__(
        self, panel: BackUpPanel, row: SurvivalRow, panels: Panels, controller: ChainController, questions: Questions,
        own_tile: Callable[[], QImage | None], branch: Callable[[Edit], object], tell: Callable[[Failed], object], parent: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._panel, self._row, self._panels, self._controller, self._questions = panel, row, panels, controller, questions
        self._own_tile, self._branch, self._tell, self._owner = own_tile, branch, tell, parent
        panel.back_up_wanted.connect(self.take)
        panel.cancelled.connect(panels.close)
        panel.open_wanted.connect(self._ask_for_picture)
        panel.paste_wanted.connect(self.paste)

    @property
    def _state(self) -> ChainState:
        return self._controller.state

    # --- the panel ---

    def open(self) -> None:
        """Offer to back up."""
        if not self._state.recipe.lanes:
            return
        t, T, tile = self._state.t, self._controller.T, self._own_tile()
        own = None if tile is None else pixels_of(tile)
        self._panel.start(t if t > 0 else max(1, T // HALF), T, own)
        self._panels.show(self._panel)
        self._panel.setFocus()

    def accept_picture(self, path: str) -> bool:
        """Offer to back up from a picture file."""
        key = self._controller.key
        if key is None:
            return False
        self._offer(FitPicture(key, path))
        return True

    def _offer(self, picture: FitPicture) -> None:
        if self._panels.open is not self._panel:
            self.open()
        self._questions.ask("picture", picture, self._take_picture)

    def paste(self) -> None:
        """Offer to back up from the picture in the clipboard, or from the file that it names."""
        key, picture = self._controller.key, copied()
        if isinstance(picture, str):
            self.accept_picture(picture)
        elif picture is not None and key is not None:
            self._offer(FitPicture(key, pixels=picture))
        elif picture is None:
            self._tell(Failed("there is no picture in the clipboard; copy one, drop a file on the window or open one"))

    def _ask_for_picture(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._owner.window(), "Picture to back up from", "", PICTURE_FILES)
        if path:
            self.accept_picture(path)

    def _take_picture(self, outcome: Outcome) -> None:
        if isinstance(outcome, PictureFitted) and self._panels.open is self._panel:
            self._panel.take(outcome)

    def take(self) -> None:
        """Noise the image, and come down again."""
        panel = self._panel
        if not panel.go.isEnabled():
            return
        picture = None if panel.own else panel.picture
        t, stream = panel.up_to, trees.fork_stream(self._state.recipe)
        self._controller.part.update(t=t)
        self._branch(BackUp(t, picture, stream, panel.fresh.isChecked()))

    # --- what survives ---

    @property
    def _edit(self) -> BackUp | None:
        """The last backing up of the shown lane."""
        lanes = self._state.recipe.lanes
        return next((edit for edit in reversed(lanes[0].edits if lanes else ()) if isinstance(edit, BackUp)), None)

    def show_state(self) -> None:
        """Nothing survives of what was not backed up from."""
        if self._edit is None:
            self._row.show_survival(None)

    def ask(self) -> None:
        """Ask for what survives, as far as the lane has come."""
        key = self._controller.key
        if key is not None and self._edit is not None and self._controller.run.done.get(key, 0) > 0:
            self._questions.ask("survival", ShowSurvival(key, self._controller.sample), self._take_survival)

    def _take_survival(self, outcome: Outcome) -> None:
        edit = self._edit
        if isinstance(outcome, SurvivalShown) and outcome.key == self._controller.key and edit is not None:
            self._row.show_survival(outcome, edit.t)
