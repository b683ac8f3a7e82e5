"""Asks the engine for the training step that is laid open, and hands it to the view."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject, Signal

from explorer.datasets.shipped import shipped
from explorer.engine.forward.messages import PictureTaken, ShowTestImages, TakePicture, TestImagesShown
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.engine.training.messages import ShowTrainingStep, TrainingStepShown, TrainingStepWalked
from explorer.state.training import TrainingState
from explorer.views.shared.questions import Questions
from explorer.views.workspace import Context

CHOICES = 24
USUAL = "mnist"
"""Whose test images there are before a network is chosen."""


class View(Protocol):
    """What the controller hands things to."""

    def show_step(self, shown: TrainingStepShown | None, trouble: str) -> None:
        """The step, or why there is none."""

    def say(self) -> None:
        """How far what is computed is."""

    def show_choices(self, choices: TestImagesShown) -> None:
        """Test images to choose from."""

    def take_picture(self, taken: PictureTaken) -> None:
        """A picture that was read."""


class StepController(QObject):
    """Between the store, the client and the view; asks nothing while another page is in front.

    Signals
    -------
    settled()
        What is under way is another.

    Attributes
    ----------
    total : int
        How many test images there are.
    shown : TrainingStepShown or None
        The last that came.
    walked : TrainingStepWalked or None
        How far the one is that there is nothing to show of yet.
    """

    settled = Signal()

    def __init__(self, context: Context, view: View, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._view = context, view
        self._questions = Questions(context.client, "training", self)
        self.total = 0
        self.shown: TrainingStepShown | None = None
        self.walked: TrainingStepWalked | None = None
        self._questions.settled.connect(self.settled)

    @property
    def _state(self) -> TrainingState:
        return self._context.store.session.training

    @property
    def idle(self) -> bool:
        """Whether all that was asked for is shown."""
        return self._questions.idle

    @property
    def entries(self) -> tuple[LibraryEntry, ...]:
        """Networks to choose from."""
        return self._context.library.of_kind("ddpm")

    @property
    def entry(self) -> LibraryEntry | None:
        """The chosen network, as the library knows it."""
        wanted = self._state.recipe.checkpoint
        return self._context.library.find(wanted) if wanted else self._context.library.named("mnist-ddpm-c")

    @property
    def dataset(self) -> str:
        """Whose test images the step may be of."""
        entry = self.entry
        own = USUAL if entry is None or entry.card is None else entry.card.data.name
        return own if shipped(own) is not None else self._state.recipe.image.dataset

    def refresh(self) -> None:
        """Ask for what the page needs."""
        recipe = self._state.recipe
        palette = self._context.theme.tokens.name
        start = recipe.image.index // CHOICES * CHOICES
        self._questions.ask("choices", ShowTestImages(start, CHOICES, self.dataset), self._take_choices, once=True, on_failure=_quiet)
        question = ShowTrainingStep(recipe, palette)
        self._questions.ask("step", question, self._take_step, once=True, on_failure=self._failed)
        self.settled.emit()

    def cancel(self) -> None:
        """Stop what is computed."""
        self._questions.drop()
        self.walked = None
        self._view.say()
        self.settled.emit()

    def read_picture(self, path: str = "", pixels: np.ndarray | None = None) -> None:
        """Read a picture of the person's; the view gets it."""
        question = TakePicture(path, pixels, (), self.dataset, paper=self._context.store.session.background)
        self._questions.ask("picture", question, self._take_picture)

    # --- answers

    def _take_step(self, outcome: Outcome) -> None:
        self.walked = outcome if isinstance(outcome, TrainingStepWalked) else None
        if isinstance(outcome, TrainingStepShown):
            self.shown = outcome
            self._view.show_step(outcome, "")
        else:
            self._view.say()

    def _take_choices(self, outcome: Outcome) -> None:
        if isinstance(outcome, TestImagesShown):
            self.total = outcome.total
            self._view.show_choices(outcome)

    def _take_picture(self, outcome: Outcome) -> None:
        if isinstance(outcome, PictureTaken):
            self._view.take_picture(outcome)

    def _failed(self, failed: Failed) -> None:
        self.shown = self.walked = None
        self._view.show_step(None, failed.message)
        self._context.client.failed.emit(failed)


def _quiet(_failed: Failed) -> None:
    """Of a data set of the person's there are no test images to choose from: the step itself says so."""
