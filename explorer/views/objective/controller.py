"""Watches the session, has the engine measure what it names, and hands what comes to the view."""

from __future__ import annotations

import time
from typing import Protocol

import msgspec
from PySide6.QtCore import QObject, Signal

from explorer.datasets.reading import AS_FOUND, Reading
from explorer.engine.objective.likelihood_messages import LikelihoodShown, MeasureLikelihood
from explorer.engine.objective.messages import BoundShown, DenoisedShown, HeldOutShown, LaneBound, MeasureBound, ShowDenoised, ShowHeldOut
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.recipe import BoundRecipe
from explorer.state.edits import objective as edits
from explorer.state.objective import ObjectiveState
from explorer.state.session import Session
from explorer.views.objective.figures import largest_T
from explorer.views.objective.likelihood_section import seconds_beforehand
from explorer.views.shared.questions import Questions, Receiver, When
from explorer.views.workspace import Context
from explorer.widgets.look.language import tr

LIKELIHOOD = "likelihood"
BOUND = "bound"
"""Names of the questions that are measured for long."""
IMAGES_A_VISIT = 4
"""That a batch of the bound's has."""


class View(Protocol):
    """What the controller hands things to."""

    @property
    def slots(self) -> int:
        """How many images the strip has room for."""
        ...

    def show_state(self, state: ObjectiveState) -> None:
        """What the person chose."""

    def show_bound(self, shown: BoundShown | None, trouble: str) -> None:
        """How far the estimate is, or why there is none."""

    def show_likelihood(self, shown: LikelihoodShown | None) -> None:
        """How far log p(x) is."""

    def show_images(self, shown: HeldOutShown | None) -> None:
        """The strip's images."""

    def show_denoised(self, shown: DenoisedShown | None) -> None:
        """The selected image at the cursor."""


class ObjectiveController(QObject):
    """Between the store, the client and the view.

    Signals
    -------
    settled()
        What is under way, or how far, is another.
    """

    settled = Signal()

    def __init__(self, context: Context, view: View, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._view = context, view
        self._questions = Questions(context.client, "objective", self)
        self._active = False
        self._elsewhere: int | None = None
        self._started = (0.0, 0)
        self.stopped = False
        self.bound: BoundShown | None = None
        self.likelihood: LikelihoodShown | None = None
        self._flowing_since = 0.0
        self._per_evaluation = 0.0
        self.images: HeldOutShown | None = None
        context.store.changed.connect(self._changed)

    @property
    def state(self) -> ObjectiveState:
        """What the person chose."""
        return self._context.store.session.objective

    @property
    def running(self) -> bool:
        """Whether it is being measured."""
        return self._questions.is_open(BOUND) or self.flowing

    @property
    def flowing(self) -> bool:
        """Whether the ODE is being followed."""
        return self._questions.is_open(LIKELIHOOD)

    @property
    def flow_left(self) -> float:
        """About how many seconds the ODE still takes: as estimated before it began, then as it goes."""
        shown = self.likelihood
        if not self.flowing or shown is None or not shown.seconds:
            return 0.0
        return max(1.0, shown.seconds - (time.monotonic() - self._flowing_since))

    @property
    def flow_seconds(self) -> float:
        """About how long following the ODE would take, from how long the bound took; 0 where that is not known, or shall not be seen."""
        state = self.state
        if self._context.drawn:
            return 0.0
        images = 1 if state.recipe.image is not None else state.flow.images
        return seconds_beforehand(state.flow, len(state.recipe.lanes), images, self._per_evaluation)

    @property
    def idle(self) -> bool:
        """Whether all that was asked for is shown."""
        return self._active and self._questions.idle

    @property
    def complete(self) -> bool:
        """Whether as many images are measured as are wanted."""
        return self.bound is not None and not self.bound.partial

    @property
    def all_done(self) -> bool:
        """Whether log p(x), too, is measured of as many images as are wanted, where it is."""
        return self.complete and (not self.state.likelihood or (self.likelihood is not None and not self.likelihood.partial))

    @property
    def T(self) -> int:
        """Largest timestep of any lane, 1000 where none is measured yet."""
        return largest_T(self.bound.lanes if self.bound is not None else ())

    @property
    def image(self) -> int | None:
        """Index in the data set of the selected image; None before the strip is known."""
        if self.state.recipe.image is not None:
            return self.state.recipe.image
        if self.images is None or not self.images.indices:
            return None
        return self.images.indices[min(self.state.selected, len(self.images.indices) - 1)]

    @property
    def speed(self) -> float:
        """Batches through the predictors in a second, since the measuring began; 0 if that is not known."""
        since, done = self._started
        seconds = time.monotonic() - since
        if not self._questions.is_open(BOUND) or self.bound is None or seconds < 0.5:
            return 0.0
        return max(0, self.bound.done - done) / seconds

    # --- occasions

    def activate(self) -> None:
        """The workspace is shown: go on measuring."""
        self._active = True
        if self._elsewhere is not None:
            t, self._elsewhere = self._elsewhere, None
            self._context.store.update_objective(t=max(1, t))
        self._refresh()

    def deactivate(self) -> None:
        """Another workspace is shown, and the engine is its own; what is known is kept."""
        self._active = False
        self._questions.forget(BOUND)
        self._questions.forget(LIKELIHOOD)

    def cancel(self) -> None:
        """Stop until the person goes on or wants something else."""
        self.stopped = True
        self._questions.drop()
        self._view.show_bound(self.bound, "")
        self._view.show_likelihood(self.likelihood)
        self.settled.emit()

    def resume(self) -> None:
        """Go on."""
        self.stopped = False
        self._refresh()

    def measure_on(self, dataset: str, split: str, read: Reading = AS_FOUND) -> None:
        """Measure on other images, if the lanes can be measured on them; if not the window says why, and nothing changes."""

        def take(outcome: Outcome) -> None:
            if isinstance(outcome, HeldOutShown):
                state = edits.measured_on(self.state, dataset, split, read)
                self._context.store.update(tr("measure on {name}", name=outcome.name), objective=state)

        recipe = edits.measured_on(self.state, dataset, split, read).recipe
        self._questions.ask("data", ShowHeldOut(recipe, 1), take)

    def slots_changed(self) -> None:
        """The strip has room for another number of images."""
        if self._active:
            self._ask_images()

    def _changed(self, old: Session, new: Session) -> None:
        if not self._active:
            for before, after in ((old.reverse, new.reverse), (old.compare, new.compare)):
                if before.t != after.t and after.t > 0:
                    self._elsewhere = after.t
        elif old.objective != new.objective:
            recipe, other = old.objective.recipe, new.objective.recipe
            flows = [(each.likelihood, each.flow) for each in (old.objective, new.objective)]
            if recipe != other or flows[0] != flows[1]:
                self.stopped = False
            if (recipe.dataset, recipe.split, recipe.read, recipe.lanes[:1]) != (other.dataset, other.split, other.read, other.lanes[:1]):
                self.images = None  # an image of the strip may not be among the new ones
                self._questions.forget("images")
            self._refresh()

    def _refresh(self) -> None:
        self._view.show_state(self.state)
        self._ask_bound()
        self._ask_likelihood()
        self._ask_images()
        self._ask_denoised()
        self.settled.emit()

    # --- questions

    def _ask_bound(self) -> None:
        payload = MeasureBound(self.state.recipe, self.state.curve == "excess")
        if self.stopped or payload == self._questions.asked(BOUND):
            self._view.show_bound(self.bound, "")
            return
        if self.bound is not None and self.bound.recipe.lanes != payload.recipe.lanes:
            kept = tuple(b for lane in payload.recipe.lanes for b in self.bound.lanes if b.lane == lane)
            same = _same_draws(self.bound.recipe, payload.recipe) and len(kept) == len(payload.recipe.lanes)
            self.bound = _of_lanes(self.bound, kept, payload.recipe) if same else None
        elif self.bound is not None and not _same_draws(self.bound.recipe, payload.recipe):
            self.bound = None
        self._started = (time.monotonic(), 0 if self.bound is None else self.bound.done)
        self._questions.ask(BOUND, payload, self._take_bound, When.AT_ONCE, on_failure=self._bound_failed)
        self._view.show_bound(self.bound, "")

    def _ask_likelihood(self) -> None:
        """Follow the ODE, once the bound is there: the two would take the processors from each other."""
        state = self.state
        payload = MeasureLikelihood(msgspec.structs.replace(state.recipe, images=1), state.flow)
        if self.likelihood is not None and (self.likelihood.recipe, self.likelihood.flow) != (payload.recipe, payload.flow):
            self.likelihood = None
        if not state.likelihood or not state.recipe.lanes or payload != self._questions.asked(LIKELIHOOD):
            self._questions.forget(LIKELIHOOD)
        if state.likelihood and state.recipe.lanes and self.complete and not self.stopped and payload != self._questions.asked(LIKELIHOOD):
            self._flowing_since = time.monotonic()
            self._questions.ask(LIKELIHOOD, payload, self._take_likelihood, When.AT_ONCE)
        self._view.show_likelihood(self.likelihood)

    def _take_likelihood(self, outcome: Outcome) -> None:
        if isinstance(outcome, LikelihoodShown):
            if self.likelihood is None:
                self._flowing_since = time.monotonic()  # opening models does not count
            self.likelihood = outcome
            self._view.show_likelihood(outcome)
        self.settled.emit()

    def _ask_images(self) -> None:
        recipe = msgspec.structs.replace(self.state.recipe, image=None, images=1)
        self._ask("images", ShowHeldOut(recipe, max(1, self._view.slots)), self._take_images)

    def _ask_denoised(self) -> None:
        image = self.image
        if image is None or not self.state.recipe.lanes:
            self._questions.forget("denoised")
            self._view.show_denoised(None)
            return
        recipe = msgspec.structs.replace(self.state.recipe, image=None, images=1)
        self._ask("denoised", ShowDenoised(recipe, image, self.state.t), self._take_denoised)

    def _ask(self, name: str, payload: ShowHeldOut | ShowDenoised, receiver: Receiver) -> None:
        if self._active:
            self._questions.ask(name, payload, receiver, once=True)

    # --- answers

    def _take_bound(self, outcome: Outcome) -> None:
        if isinstance(outcome, BoundShown):
            if self.bound is None and (outcome.partial or not outcome.done):
                self._started = (time.monotonic(), outcome.done)  # opening models does not count, where more follows to tell it from
            if outcome.done > self._started[1]:
                seconds = time.monotonic() - self._started[0]
                self._per_evaluation = seconds / (outcome.done - self._started[1]) / IMAGES_A_VISIT
            self.bound = outcome
            self._view.show_bound(outcome, "")
            if self.complete:
                self._view.show_state(self.state)
                self._ask_likelihood()
        self.settled.emit()

    def _bound_failed(self, failed: Failed) -> None:
        self._view.show_bound(None, failed.message)
        self._context.client.failed.emit(failed)
        self.settled.emit()

    def _take_images(self, outcome: Outcome) -> None:
        if isinstance(outcome, HeldOutShown):
            self.images = outcome
            self._view.show_images(outcome)
            self._ask_denoised()

    def _take_denoised(self, outcome: Outcome) -> None:
        if isinstance(outcome, DenoisedShown):
            self._view.show_denoised(outcome)


def _same_draws(one: BoundRecipe, other: BoundRecipe) -> bool:
    """Whether they look at the same images, timesteps and noise, in whatever number."""
    of = [(r.dataset, r.split, r.read, r.seed, r.image, r.strata) for r in (one, other)]
    return of[0] == of[1]


def _of_lanes(shown: BoundShown, lanes: tuple[LaneBound, ...], recipe: BoundRecipe) -> BoundShown:
    """What was shown of lanes that stay."""
    return BoundShown(recipe, lanes, shown.done, shown.total, True)
