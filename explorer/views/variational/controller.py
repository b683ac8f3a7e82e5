"""Watches the session, asks the engine for what the page in front needs, and hands it to the view."""

from __future__ import annotations

from typing import Protocol

import msgspec
import numpy as np
from PySide6.QtCore import QObject

from explorer.engine.forward.messages import PictureTaken, ShowTestImages, TakePicture, TestImagesShown
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome, Payload
from explorer.engine.variational.messages import BoundShown, FitShown, PosteriorShown, ShowBound, ShowFit, ShowPosterior
from explorer.recipe import Dab
from explorer.recipe.variational import InferenceRecipe
from explorer.state.edits import variational as edits
from explorer.state.session import Session
from explorer.state.variational import VariationalState
from explorer.views.shared.questions import Questions, Receiver
from explorer.views.workspace import Context

CHOICES = 24
USUAL = "mnist"
"""Whose test images there are before a model is chosen."""


class View(Protocol):
    """What the controller hands things to."""

    def show_state(self, state: VariationalState) -> None:
        """What the person chose."""

    def show_fit(self, shown: FitShown) -> None:
        """Two densities at a step."""

    def show_choices(self, choices: TestImagesShown) -> None:
        """Test images to choose from."""

    def show_posterior(self, shown: PosteriorShown | None, trouble: str) -> None:
        """What is known of p(z|x), or why there is none."""

    def show_bound(self, shown: BoundShown) -> None:
        """What is left by the person's q."""

    def take_picture(self, taken: PictureTaken) -> None:
        """A picture that was read."""


class VariationalController(QObject):
    """Between the store, the client and the view.

    Attributes
    ----------
    total : int
        How many test images there are.
    posterior : PosteriorShown or None
        The last that came.
    """

    def __init__(self, context: Context, view: View, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._view = context, view
        self._questions = Questions(context.client, "variational", self)
        self._active = False
        self.total = 0
        self._posterior: PosteriorShown | None = None
        self._posterior_of: InferenceRecipe | None = None
        context.store.changed.connect(self._changed)
        context.library.changed.connect(self.refresh)

    @property
    def state(self) -> VariationalState:
        """What the person chose."""
        return self._context.store.session.variational

    @property
    def idle(self) -> bool:
        """Whether all that was asked for is shown."""
        return self._active and self._questions.idle

    @property
    def posterior(self) -> PosteriorShown | None:
        """What is known of the image that is chosen; None until something is."""
        return self._posterior if self._posterior_of == _subject(self.state) else None

    @property
    def entry(self) -> LibraryEntry | None:
        """The chosen model, as the library knows it; None for the shipped one, or where it is not known."""
        wanted = self.state.recipe.inference.checkpoint
        return self._context.library.find(wanted) if wanted else None

    @property
    def dataset(self) -> str:
        """Whose test images the posterior may be of."""
        entry = self.entry
        return USUAL if entry is None or entry.card is None else entry.card.data.name

    # --- occasions

    def activate(self) -> None:
        """The workspace is shown."""
        self._active = True
        self.refresh()

    def deactivate(self) -> None:
        """Another workspace is shown."""
        self._active = False

    def cancel(self) -> None:
        """Stop what is computed."""
        self._questions.drop()

    def read_picture(self, path: str = "", pixels: np.ndarray | None = None, drawing: tuple[Dab, ...] = ()) -> None:
        """Read a picture of the person's; the view gets it."""
        question = TakePicture(path, pixels, drawing, self.dataset, paper=self._context.store.session.background)
        self._questions.ask("picture", question, self._take_picture)

    def _changed(self, old: Session, new: Session) -> None:
        if self._active and old.variational != new.variational:
            self.refresh()

    def refresh(self) -> None:
        """Show the state, and ask for what the page in front needs."""
        if not self._active:
            return
        state = self.state
        self._view.show_state(state)
        if state.page == "kl":
            self._ask("fit", ShowFit(edits.fit_of(state), state.step), self._take_fit)
            return
        recipe = state.recipe.inference
        start = recipe.image.index // CHOICES * CHOICES
        self._ask("choices", ShowTestImages(start, CHOICES, self.dataset), self._take_choices)
        self._questions.ask("posterior", ShowPosterior(_subject(state)), self._take_posterior, once=True, on_failure=self._failed)
        self._ask_bound()

    def _ask(self, name: str, payload: Payload, receiver: Receiver) -> None:
        self._questions.ask(name, payload, receiver, once=True)

    def _ask_bound(self) -> None:
        """Of the person's q, or of the encoder's where that is theirs."""
        recipe = self.state.recipe.inference
        q = recipe.q or (self.posterior.encoder.q if self.posterior is not None else None)
        if q is not None:
            self._ask("bound", ShowBound(_subject(self.state), q), self._take_bound)

    # --- answers

    def _take_fit(self, outcome: Outcome) -> None:
        if isinstance(outcome, FitShown):
            self._view.show_fit(outcome)

    def _take_choices(self, outcome: Outcome) -> None:
        if isinstance(outcome, TestImagesShown):
            self.total = outcome.total
            self._view.show_choices(outcome)

    def _take_posterior(self, outcome: Outcome) -> None:
        if isinstance(outcome, PosteriorShown):
            self._posterior, self._posterior_of = outcome, _subject(self.state)
            self._view.show_posterior(outcome, "")
            self._ask_bound()

    def _failed(self, failed: Failed) -> None:
        self._posterior = None
        self._view.show_posterior(None, failed.message)
        self._context.client.failed.emit(failed)

    def _take_bound(self, outcome: Outcome) -> None:
        if isinstance(outcome, BoundShown):
            self._view.show_bound(outcome)

    def _take_picture(self, outcome: Outcome) -> None:
        if isinstance(outcome, PictureTaken):
            self._view.take_picture(outcome)


def _subject(state: VariationalState) -> InferenceRecipe:
    """Model and image, whatever q the person has."""
    return msgspec.structs.replace(state.recipe.inference, q=None)
