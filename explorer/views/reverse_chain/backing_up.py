"""Noising again ("back up" in recipes): from the lane's own image or a picture of one's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject

from explorer.datasets.reading import Background
from explorer.engine.chain.branching.messages import FitPicture, PictureFitted
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.recipe import Edit, Picture
from explorer.state.edits import branches as edits
from explorer.state.session import ChainState
from explorer.views.chain.controller import ChainController
from explorer.views.shared.questions import Questions
from explorer.widgets.look.language import tr

HALF = 2
NO_LANE = tr("there is no lane yet to noise it in: choose a model, and it is offered")
PASTED = tr("The pasted picture")


class View(Protocol):
    """What the controller hands things to."""

    @property
    def is_open(self) -> bool:
        """Whether it is in front."""
        ...

    def start(self, t: int, T: int, own: np.ndarray | None) -> None:
        """Come to the front, with the lane's own x_0 (H, W, 3), once it is there."""

    def show_own(self, own: np.ndarray | None) -> None:
        """The lane's own x_0 (H, W, 3), as far as it is there."""

    def await_picture(self, name: str) -> None:
        """A picture is being read; an empty name: it could not be."""

    def show_picture(self, fitted: PictureFitted) -> None:
        """Offer a picture, as it was and as it would be taken."""


class BackingUp(QObject):
    """Between the panel, the session and the engine.

    Parameters
    ----------
    own_tile : callable
        The lane's finished picture (H, W, 3) of the selected sample; None before it is there.
    branch : callable
        Gets the BackUp.
    """

    def __init__(
        self, chain: ChainController, questions: Questions, view: View, own_tile: Callable[[], np.ndarray | None],
        branch: Callable[[Edit], object], parent: QObject,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._chain, self._questions, self._view, self._own_tile, self._branch = chain, questions, view, own_tile, branch
        self._wish: str | np.ndarray | None = None
        chain.state_changed.connect(self._lane_came)

    def open(self) -> None:
        """Offer to noise again."""
        state, T = self._chain.state, self._chain.T
        if state.recipe.lanes:
            self._view.start(state.t if 0 < state.t < T else max(1, T // HALF), T, self._own_tile())

    def own_came(self) -> None:
        """The tree's pictures are there, and the lane's own among them."""
        if self._view.is_open:
            self._view.show_own(self._own_tile())

    def accept_picture(self, picture: str | np.ndarray) -> bool:
        """Offer to noise a picture file, or pixels (H, W, 3)."""
        key = self._chain.key
        if key is None:
            self._wish = picture
            self._chain.context.client.failed.emit(Failed(f"{_name(picture)}: {NO_LANE}"))
            return True
        if not self._view.is_open:
            self.open()
        question = FitPicture(key, picture, paper=self._paper) if isinstance(picture, str) else FitPicture(key, pixels=picture)
        self._view.await_picture(_name(picture))
        self._questions.ask("picture", question, self._take_picture, on_failure=self._not_read)
        return True

    def _not_read(self, outcome: Failed) -> None:
        if self._view.is_open:
            self._view.await_picture("")
        self._chain.context.client.failed.emit(outcome)

    def _lane_came(self, _before: ChainState, _after: ChainState) -> None:
        """There is something to noise it in now."""
        wish = self._wish
        if wish is not None and self._chain.key is not None:
            self._wish = None
            self.accept_picture(wish)

    @property
    def _paper(self) -> Background:
        return self._chain.context.store.session.background

    def _take_picture(self, outcome: Outcome) -> None:
        if isinstance(outcome, PictureFitted) and self._view.is_open:
            self._view.show_picture(outcome)

    def take(self, t: int, picture: Picture | None, fresh: bool) -> None:
        """Noise the image, or each sample's own, up to t, and come down again."""
        edit = edits.backed_up(self._chain.state, t, picture, fresh)
        self._chain.part.update(t=t)
        self._branch(edit)


def _name(picture: str | np.ndarray) -> str:
    return Path(picture).name if isinstance(picture, str) else PASTED
