"""Watches the session, asks the engine for what the page in front needs, and hands it to the view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject

from explorer.datasets.reading import Reading
from explorer.datasets.shipped import SHIPPED
from explorer.engine.forward.asides_messages import AsidesShown, ShowAsides
from explorer.engine.forward.chain1d_messages import Chain1DShown, ShowChain1D
from explorer.engine.forward.chain2d_messages import Learning2D
from explorer.engine.forward.messages import (
    JointShown,
    NoisedFilmShown,
    NoisedShown,
    PictureTaken,
    ScheduleShown,
    ShowJoint,
    ShowNoised,
    ShowNoisedFilm,
    ShowSchedule,
    ShowStepBack,
    ShowTestImages,
    StepBackShown,
    TakePicture,
    TestImagesShown,
)
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.requests import Outcome
from explorer.recipe import Lane
from explorer.state.forward import ForwardState
from explorer.state.session import Session
from explorer.views.forward.plane_controls import PlaneControls
from explorer.views.forward.plane_page import PlanePage
from explorer.views.forward.plane_questions import PlaneQuestions
from explorer.views.shared.asking_controller import AskingController
from explorer.views.workspace import Context

DEFAULTS = {"mnist": "mnist-ddpm-c", "emoji": "emoji-ddpm-c"}
"""The network that is shown first, by the data set."""
CHOICES = 24


class View(Protocol):
    """What the controller hands things to."""

    def show_state(self, state: ForwardState) -> None:
        """What the person chose."""

    def show_choices(self, choices: TestImagesShown) -> None:
        """Test images to choose from."""

    def show_noised(self, noised: NoisedShown) -> None:
        """x_t."""

    def show_film(self, film: NoisedFilmShown) -> None:
        """The image at timesteps of the film strip."""

    def show_schedule(self, schedule: ScheduleShown) -> None:
        """The schedule against t."""

    def show_joint(self, joint: JointShown) -> None:
        """Two pixels."""

    def show_step_back(self, step: StepBackShown) -> None:
        """The posterior."""

    def show_asides(self, asides: AsidesShown) -> None:
        """The Gaussian asides."""

    def show_chain(self, chain: Chain1DShown) -> None:
        """The one-dimensional chain."""

    def offer_picture(self, taken: PictureTaken) -> None:
        """A picture, which may be resized."""


class ForwardController(AskingController):
    """Between the store, the client and the view.

    Attributes
    ----------
    schedule : ScheduleShown or None
        The last that came.
    total : int
        How many test images there are.
    shape : (C, H, W)
        Of the data set's images.
    """

    def __init__(self, context: Context, view: View, parent: QObject | None = None) -> None:
        super().__init__(context, "forward", parent)
        self._view = view
        self._slots = 0
        self._plane: PlaneQuestions | None = None
        self.schedule: ScheduleShown | None = None
        self.total, self.shape = 0, SHIPPED["mnist"].shape
        context.store.changed.connect(self._changed)
        context.library.changed.connect(self.refresh)
        context.theme.changed.connect(self._recolour)

    @property
    def state(self) -> ForwardState:
        """What the person chose."""
        return self._context.store.session.forward

    @property
    def T(self) -> int:
        """Number of timesteps."""
        return self.state.recipe.schedule.T

    @property
    def t(self) -> int:
        """The cursor."""
        return self.state.cursor

    @property
    def entries(self) -> tuple[LibraryEntry, ...]:
        """Networks that p_theta can be of."""
        return tuple(e for e in self._context.library.of_kind("ddpm") if e.card is not None and not e.problem)

    @property
    def network(self) -> Lane | None:
        """The network of p_theta on this schedule: the chosen one, wherever it is; before one is chosen, shipped C or the first that fits.

        One that is chosen is never replaced by another: where it cannot be opened, the engine says why in its column.
        """
        recipe, entries = self.state.recipe, self.entries
        if recipe.checkpoint:
            entry = self._context.library.find(recipe.checkpoint)
        else:
            fitting = [e for e in entries if e.card is not None and e.card.data.shape == self.shape] or list(entries)
            default = DEFAULTS.get(recipe.image.dataset)
            entry = next((e for e in fitting if e.name == default), fitting[0] if fitting else None)
        if entry is not None and entry.card is not None:
            return Lane(entry.sha256, entry.path, entry.card.option, schedule=recipe.schedule.choice, told=entry.card.told)
        return Lane(recipe.checkpoint, recipe.source, schedule=recipe.schedule.choice) if recipe.checkpoint else None

    def plane_questions(
        self, page: PlanePage, controls: PlaneControls, changed: Callable[[], None], say: Callable[[str, str], None]
    ) -> PlaneQuestions:
        """Who asks for what the page of two dimensions needs, from now on."""
        self._plane = PlaneQuestions(self._questions, page, controls, changed, say)
        return self._plane

    @property
    def learning(self) -> Learning2D | None:
        """How far the small network of two dimensions is, while it learns."""
        return None if self._plane is None else self._plane.busy

    # --- occasions ---

    def set_slots(self, slots: int) -> None:
        """So many pictures fit into the film strip."""
        self._slots = slots
        self._ask_film()

    def take_picture(self, path: str = "", pixels: np.ndarray | None = None, drawing: tuple[object, ...] = ()) -> None:
        """Read a picture of the person's; the view is offered what comes."""
        image = self.state.recipe.image
        background = self._context.store.session.background
        payload = TakePicture(path, pixels, drawing, image.dataset, image.read, background)  # type: ignore[arg-type]
        self._questions.ask("picture", payload, self._take_picture)

    def open_data(self, dataset: str, read: Reading, chosen: Callable[[str, Reading, int, int], object]) -> None:
        """Have the engine read a data set; `chosen` gets it with the height and the width of its images, if it can be read."""

        def take(outcome: Outcome) -> None:
            if isinstance(outcome, TestImagesShown):
                chosen(dataset, read, *outcome.shape[1:])

        self._questions.ask("data", ShowTestImages(0, 1, dataset, read), take)

    def _changed(self, old: Session, new: Session) -> None:
        if self._active and (old.forward != new.forward or bool(old.reverse.recipe.lanes) != bool(new.reverse.recipe.lanes)):
            self.refresh()  # without lanes there is nothing to use a schedule for

    def _recolour(self, _tokens: object) -> None:
        """Curves and pictures have the theme's colours: ask for all of them again."""
        self._questions.expire()
        self.refresh()

    def refresh(self) -> None:
        """Show the state, and ask for what the page in front needs."""
        if not self._active:
            return
        state, recipe = self.state, self.state.recipe
        self._view.show_state(state)
        start = recipe.image.index // CHOICES * CHOICES
        self._ask("choices", ShowTestImages(start, CHOICES, recipe.image.dataset, recipe.image.read), self._take_choices)
        self._ask("schedule", ShowSchedule(recipe.schedule, recipe.image, recipe.seed), self._take_schedule)
        self._ask_noised()
        {"noise": self._ask_film, "schedule": _nothing, "pixels": self._ask_joint, "posterior": self._ask_step_back,
         "gaussians": self._ask_asides, "chain": self._ask_chain, "plane": self._ask_plane}[state.page]()  # fmt: skip

    # --- questions ---

    def _ask_noised(self) -> None:
        recipe = self.state.recipe
        payload = ShowNoised(recipe.image, recipe.schedule, recipe.seed, self.t, self._context.theme.palette)
        self._ask("noised", payload, self._take_noised)

    def _ask_film(self) -> None:
        if self.state.page == "noise" and self._slots > 0:
            recipe = self.state.recipe
            times = tuple(round(self.T * (1 - i / max(1, self._slots - 1))) for i in range(min(self._slots, self.T + 1)))
            self._ask("film", ShowNoisedFilm(recipe.image, recipe.schedule, recipe.seed, times), self._take_film)

    def _ask_joint(self) -> None:
        recipe = self.state.recipe
        image = recipe.image
        payload = ShowJoint(recipe.pixels, recipe.batch, recipe.schedule, recipe.seed, self.t, image.dataset, recipe.channel, image.read)
        self._ask("joint", payload, self._take_joint)

    def _ask_step_back(self) -> None:
        if self.t == 0:
            self._questions.forget("step back")
            return
        recipe = self.state.recipe
        payload = ShowStepBack(recipe.image, recipe.schedule, recipe.seed, self.t, self.network, self._context.theme.palette)
        self._ask("step back", payload, self._take_step_back)

    def _ask_asides(self) -> None:
        self._ask("asides", ShowAsides(self.state.recipe.asides), self._take_asides)

    def _ask_chain(self) -> None:
        recipe = self.state.recipe
        self._ask("chain", ShowChain1D(recipe.chain, recipe.schedule, recipe.seed, self.t), self._take_chain)

    def _ask_plane(self) -> None:
        if self._plane is not None:
            self._plane.refresh(self.state, self.t)

    # --- answers ---

    def _take_choices(self, outcome: Outcome) -> None:
        if isinstance(outcome, TestImagesShown):
            another = outcome.shape != self.shape
            self.total, self.shape = outcome.total, outcome.shape
            if another:
                self.refresh()  # another network may fit now
            self._view.show_choices(outcome)

    def _take_schedule(self, outcome: Outcome) -> None:
        if isinstance(outcome, ScheduleShown):
            self.schedule = outcome
            self._view.show_schedule(outcome)

    def _take_noised(self, outcome: Outcome) -> None:
        if isinstance(outcome, NoisedShown):
            self._view.show_noised(outcome)

    def _take_film(self, outcome: Outcome) -> None:
        if isinstance(outcome, NoisedFilmShown):
            self._view.show_film(outcome)

    def _take_joint(self, outcome: Outcome) -> None:
        if isinstance(outcome, JointShown):
            self._view.show_joint(outcome)

    def _take_step_back(self, outcome: Outcome) -> None:
        if isinstance(outcome, StepBackShown):
            self._view.show_step_back(outcome)

    def _take_asides(self, outcome: Outcome) -> None:
        if isinstance(outcome, AsidesShown):
            self._view.show_asides(outcome)

    def _take_chain(self, outcome: Outcome) -> None:
        if isinstance(outcome, Chain1DShown):
            self._view.show_chain(outcome)

    def _take_picture(self, outcome: Outcome) -> None:
        if isinstance(outcome, PictureTaken):
            self._view.offer_picture(outcome)


def _nothing() -> None:
    """The page needs what is always asked for."""
