"""Watches the session, asks the engine for what the page in front needs, and hands it to the view."""

from __future__ import annotations

from typing import Protocol

import msgspec
import numpy as np
from PySide6.QtCore import QObject

from explorer.engine.forward.messages import PictureTaken, ShowTestImages, TakePicture, TestImagesShown
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.engine.variational.ladder_messages import LadderListed, ListLadder, ProbeShown, Rung, RungShown, ShowProbe, ShowRung
from explorer.engine.variational.messages import BoundShown, FitShown, PosteriorShown, ShowBound, ShowFit, ShowPosterior
from explorer.engine.variational.terms_messages import ShowTerms, ShowTestTerms, ShowUnit, TermsShown, TestTermsShown, UnitShown
from explorer.recipe import Dab
from explorer.recipe.variational import InferenceRecipe
from explorer.state.edits import variational as edits
from explorer.state.session import Session
from explorer.state.variational import VariationalState
from explorer.views.shared.asking_controller import AskingController
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

    def show_terms(self, shown: TermsShown | None, trouble: str) -> None:
        """The terms of the ELBO of an image, or why there are none."""

    def show_test_terms(self, shown: TestTermsShown | None, trouble: str) -> None:
        """Those of the test images so far, or why there are none."""

    def show_unit(self, shown: UnitShown) -> None:
        """What a number of the code does."""

    def show_rungs(self, rungs: tuple[Rung, ...]) -> None:
        """The networks of the ladder."""

    def show_rung(self, shown: RungShown) -> None:
        """What one of them makes of the images and of the prior."""

    def show_probe(self, shown: ProbeShown) -> None:
        """What it decodes the probe to."""

    def take_picture(self, taken: PictureTaken) -> None:
        """A picture that was read."""


class VariationalController(AskingController):
    """Between the store, the client and the view.

    Attributes
    ----------
    total : int
        How many test images there are.
    terms : TermsShown or None
        The last that came.
    """

    def __init__(self, context: Context, view: View, parent: QObject | None = None) -> None:
        super().__init__(context, "variational", parent)
        self._view = view
        self.total = 0
        self._posterior: PosteriorShown | None = None
        self._posterior_of: InferenceRecipe | None = None
        self.terms: TermsShown | None = None
        context.store.changed.connect(self._changed)
        context.library.changed.connect(self.refresh)

    @property
    def state(self) -> VariationalState:
        """What the person chose."""
        return self._context.store.session.variational

    @property
    def entry(self) -> LibraryEntry | None:
        """The model of the posterior, as the library knows it; None for the shipped one, or where it is not known."""
        return self._known(self.state.recipe.inference.checkpoint)

    @property
    def posterior(self) -> PosteriorShown | None:
        """What is known of the image that is chosen; None until something is."""
        return self._posterior if self._posterior_of == _subject(self.state) else None

    @property
    def elbo_entry(self) -> LibraryEntry | None:
        """The model of the ELBO's terms, likewise."""
        return self._known(self.state.recipe.elbo.checkpoint)

    def _known(self, wanted: str) -> LibraryEntry | None:
        return self._context.library.find(wanted) if wanted else None

    @property
    def dataset(self) -> str:
        """Whose test images the page in front may be of."""
        page = self.state.page
        entry = self.elbo_entry if page == "elbo" else None if page == "ladder" else self.entry
        return USUAL if entry is None or entry.card is None else entry.card.data.name

    # --- occasions

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
        start = state.recipe.inference.image.index // CHOICES * CHOICES
        self._ask("choices", ShowTestImages(start, CHOICES, self.dataset), self._take_choices)
        {"inference": self._ask_posterior, "elbo": self._ask_terms, "ladder": self._ask_ladder}[state.page]()

    def _ask_posterior(self) -> None:
        subject = _subject(self.state)
        self._questions.ask("posterior", ShowPosterior(subject), self._take_posterior, once=True, on_failure=self._failed)
        self._ask_bound()

    def _ask_terms(self) -> None:
        state = self.state
        model, image = state.recipe.elbo, state.recipe.inference.image
        self._questions.ask("terms", ShowTerms(model, image), self._take_terms, once=True, on_failure=self._terms_failed)
        self._ask("unit", ShowUnit(model, image, state.unit), self._take_unit)
        if self._questions.asked("test") != ShowTestTerms(model):
            self._view.show_test_terms(None, "")  # those of another model are not left beside this one's
        self._questions.ask("test", ShowTestTerms(model), self._take_test, once=True, on_failure=self._test_failed)

    def _ask_ladder(self) -> None:
        recipe = self.state.recipe
        ladder = recipe.ladder
        self._ask("ladder", ListLadder(), self._take_ladder)
        self._ask("rung", ShowRung(ladder.rung, recipe.inference.image, ladder.seed), self._take_rung)
        self._ask("probe", ShowProbe(ladder.rung, ladder.probe), self._take_probe)

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

    def _take_terms(self, outcome: Outcome) -> None:
        if isinstance(outcome, TermsShown):
            self.terms = outcome
            self._view.show_terms(outcome, "")

    def _terms_failed(self, failed: Failed) -> None:
        self.terms = None
        self._view.show_terms(None, failed.message)
        self._context.client.failed.emit(failed)

    def _take_test(self, outcome: Outcome) -> None:
        if isinstance(outcome, TestTermsShown):
            self._view.show_test_terms(outcome, "")

    def _test_failed(self, failed: Failed) -> None:
        """Said where the bars would be: the image has its terms all the same."""
        self._view.show_test_terms(None, failed.message)

    def _take_unit(self, outcome: Outcome) -> None:
        if isinstance(outcome, UnitShown):
            self._view.show_unit(outcome)

    def _take_ladder(self, outcome: Outcome) -> None:
        if isinstance(outcome, LadderListed):
            self._view.show_rungs(outcome.rungs)

    def _take_rung(self, outcome: Outcome) -> None:
        if isinstance(outcome, RungShown):
            self._view.show_rung(outcome)

    def _take_probe(self, outcome: Outcome) -> None:
        if isinstance(outcome, ProbeShown):
            self._view.show_probe(outcome)


def _subject(state: VariationalState) -> InferenceRecipe:
    """Model and image, whatever q the person has."""
    return msgspec.structs.replace(state.recipe.inference, q=None)
