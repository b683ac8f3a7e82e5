"""Watches the store, asks the engine, and hands what comes to the view."""

from __future__ import annotations

import time
from typing import Literal

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from explorer.engine.chain.messages import (
    CurvesShown,
    FilmShown,
    LaneFailed,
    LaneKey,
    LanePlanned,
    MeasureSimilarity,
    ShowCurves,
    ShowFilm,
    ShowStep,
    ShowTerms,
    SimilarityMeasured,
    StepShown,
    TermsShown,
    lane_keys,
)
from explorer.engine.thread.requests import Outcome
from explorer.recipe import ExactProcess
from explorer.recipe.quantities import QUANTITIES, Quantity
from explorer.state.edits.exact_lanes import data_set_of
from explorer.state.edits.lanes import schedule_length
from explorer.state.session import ChainState, Session
from explorer.views.chain.chain_part import ChainPart
from explorer.views.chain.run import ChainRun
from explorer.views.chain.timeline import plan_of, timeline_of
from explorer.views.shared.questions import Questions
from explorer.views.workspace import Context

CURVES_EVERY = 0.3
"""Seconds between two requests for curves while sampling."""
WEIGHED_EVERY = 1.0
"""Seconds between two requests for what is weighed against a whole data set, while the cursor follows the sampling."""


class ChainController(QObject):
    """Between one chain workspace and the engine.

    Signals
    -------
    state_changed(object, object)
        The ChainState before and after.
    planned(), progressed()
        As of the run.
    step_shown(object), terms_shown(object), film_shown(object), curves_shown(object)
        Answers that fit what is on show.

    Attributes
    ----------
    following : bool
        The cursor stays at the newest state while sampling, until the person moves it.
    """

    state_changed = Signal(object, object)
    planned = Signal()
    progressed = Signal()
    step_shown = Signal(object)
    terms_shown = Signal(object)
    film_shown = Signal(object)
    curves_shown = Signal(object)

    def __init__(self, context: Context, part: ChainPart, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context, self.part = context, part
        self.run = ChainRun(context.client, f"{part.name}.chain", self)
        self.run.planned.connect(self._take_plan)
        self.run.progressed.connect(self._progressed)
        self.run.ended.connect(self._ended)
        self.run.timeline = lambda: plan_of(self.timeline, self.run.plans)
        self._questions = Questions(context.client, part.name, self)
        self._curves_timer = QTimer(self, singleShot=True)
        self._curves_timer.timeout.connect(self._ask_curves)
        self._weighed_timer = QTimer(self, singleShot=True, interval=round(1000 * WEIGHED_EVERY))
        self._weighed_timer.timeout.connect(self._ask_step)
        self._active = False
        self._moving = False
        self._short_of_cursor = False
        self._film_slots = 0
        self._film_shown = 0
        self._curves_asked = 0.0
        self.following = False
        context.store.changed.connect(self._session_changed)
        context.theme.changed.connect(self._theme_changed)

    # --- what others ask ---

    @property
    def state(self) -> ChainState:
        """What the person chose."""
        return self.part.state

    @property
    def shown(self) -> Quantity:
        """Row of the quantity that the lanes show."""
        return QUANTITIES[self.state.quantity]

    @property
    def keys(self) -> tuple[LaneKey, ...]:
        """Keys of the lanes, in their order."""
        return lane_keys(self.state.recipe)

    @property
    def lane(self) -> int:
        """Index of the lane whose equation and film strip are shown."""
        return max(0, min(self.state.lane, len(self.keys) - 1))

    @property
    def key(self) -> LaneKey | None:
        """Key of that lane; None without lanes."""
        return self.keys[self.lane] if self.keys else None

    @property
    def reference(self) -> int:
        """Index of the lane that differences refer to."""
        return max(0, min(self.state.reference, len(self.keys) - 1))

    @property
    def sample(self) -> int:
        """Index of the selected sample."""
        return max(0, min(self.state.selected, self.state.recipe.samples - 1))

    @property
    def T(self) -> int:
        """Largest timestep of any lane."""
        return max((self._length(key) for key in self._sound), default=1000)

    @property
    def lengths(self) -> tuple[int, ...]:
        """T of each lane's schedule."""
        return tuple(self._length(key) for key in self.keys)

    @property
    def _sound(self) -> tuple[LaneKey, ...]:
        """Keys of the lanes that can be sampled, or of all if none can."""
        return tuple(key for key in self.keys if key not in self.run.failed) or self.keys

    def _length(self, key: LaneKey) -> int:
        """T of a lane's schedule, 1000 where it is not known yet."""
        plan = self.run.plans.get(key)
        if plan is not None:
            return len(plan.levels) - 1
        if key.lane.schedule is not None:
            return key.lane.schedule.T
        return schedule_length(self.context.library.find(key.lane.checkpoint)) or 1000

    @property
    def timeline(self) -> LaneKey | None:
        """The lane on whose schedule the cursor is; the others show the states of the same noise level."""
        keys = self._sound
        reference = keys.index(self.keys[self.reference]) if keys and self.keys[self.reference] in keys else 0
        return timeline_of(keys, [self._length(key) for key in keys], reference)

    @property
    def exact(self) -> ExactProcess | None:
        """The data set that the lane is seen beside, as far as it is known."""
        key = self.key
        entry = self.context.library.find(key.lane.checkpoint) if key is not None else None
        return data_set_of(self.state, self.lane, entry)

    @property
    def idle(self) -> bool:
        """Whether all that was asked for is shown and sampling has ended."""
        return not self.run.sampling and self._questions.idle and not self._curves_timer.isActive()

    # --- life ---

    def activate(self) -> None:
        """The workspace is shown: sample what is not sampled."""
        if not self._active:
            self._active = True
            if self.run.recipe != self.state.recipe or (not self.run.sampling and not self.run.stopped and not self.run.done):
                self.sample_chain()
            else:
                self.refresh()

    def deactivate(self) -> None:
        """Another workspace is shown; sampling goes on."""
        self._active = False

    def sample_chain(self) -> None:
        """Have the engine sample the recipe, or what is missing of it."""
        self.following = self.following or self.state.t in (0, self.T) or self.state.t > self.T
        self._film_shown = 0
        self._short_of_cursor = True  # a kept cursor waits in the middle of what is not computed yet
        self.run.start(self.state.recipe)
        self.progressed.emit()

    def stop(self) -> None:
        """Stop sampling; what is computed stays."""
        self.following = False
        self.run.stop()

    def set_film_slots(self, slots: int) -> None:
        """Number of pictures that fit in the film strip."""
        if slots != self._film_slots:
            self._film_slots = slots
            self._ask_film()

    # --- what happens ---

    def _session_changed(self, old: Session, new: Session) -> None:
        before, after = self.part.of(old), self.part.of(new)
        if before == after:
            return
        if after.t != before.t and not self._moving:
            self.following = False
        self.state_changed.emit(before, after)
        if not self._active:
            return
        if lane_keys(after.recipe) != lane_keys(before.recipe):
            self.sample_chain()
        self._refresh(before, after)

    def _theme_changed(self, _tokens: object) -> None:
        if self._active:
            self.refresh()

    def _take_plan(self, _plan: LanePlanned | LaneFailed) -> None:
        if self.state.t > self.T:
            self._move(self.T)
        self.planned.emit()

    def _progressed(self) -> None:
        newest = self.run.newest
        if self.following and newest is not None:
            self._move(newest)
        self.progressed.emit()
        if not self._active:
            return
        if self._short_of_cursor:
            self._ask_step()
            self._ask_terms()
        if self._film_pictures() != self._film_shown or not self.run.sampling:
            self._ask_film()
        self._curves_soon()

    def _ended(self) -> None:
        if not self.run.stopped and self.following:
            self._move(0)
            self.following = False
        self.progressed.emit()
        if self._active:
            self.refresh()

    def _move(self, t: int) -> None:
        self._moving = True
        try:
            self.part.update(t=t)
        finally:
            self._moving = False

    # --- questions ---

    def refresh(self) -> None:
        """Ask for everything that is on show."""
        self._ask_step()
        self._ask_terms()
        self._ask_film()
        self._ask_curves()

    def _refresh(self, before: ChainState, after: ChainState) -> None:
        """Ask for what differs."""
        changed = {name for name in after.__struct_fields__ if getattr(before, name) != getattr(after, name)}
        beside = {"lane", "beside"} if QUANTITIES[after.quantity].beside == "data set" else set()
        if changed & {"recipe", "t", "quantity", "reference", "difference_of", *beside}:
            self._ask_step()
        if changed & {"recipe", "t", "selected", "lane"}:
            self._ask_terms()
        if changed & {"recipe", "selected", "lane", "quantity", "difference_of"}:
            self._ask_film()
        if changed & {"recipe", "selected", "reference", "plot", "curves_of"}:
            self._ask_curves()

    def _shown_keys(self) -> tuple[LaneKey, ...]:
        return tuple(key for key in dict.fromkeys(self.keys) if key in self.run.done)

    def _ask_step(self) -> None:
        keys, state = self._shown_keys(), self.state
        reached = [self.run.reached(key) for key in self._sound]
        self._short_of_cursor = any(t is None or t >= max(state.t, 1) for t in reached)
        if not keys or self._waits_for_sampling():
            return
        reference = self.keys[self.reference] if self.shown.beside == "lane" else None
        palette, timeline = self.context.theme.palette, self.timeline
        exact = self.exact if self.shown.beside == "data set" else None
        question = ShowStep(keys, state.t, state.quantity, reference, state.difference_of, palette, timeline, exact)
        self._questions.ask("step", question, self._take_step)
        if reference is not None:
            own = ShowStep((reference,), state.t, state.difference_of, palette=palette, timeline=timeline)
            self._questions.ask("reference", own, self._take_reference)

    def _waits_for_sampling(self) -> bool:
        """Whether what is shown can wait: each of these pictures takes as long as many steps, and the chain shall go on."""
        if self.shown.beside != "data set" or not (self.following and self.run.sampling):
            self._weighed_timer.stop()
            return False
        waits = self._weighed_timer.isActive()
        if not waits:
            self._weighed_timer.start()
        return waits

    def _ask_terms(self) -> None:
        key = self.key
        if key is not None and key in self.run.done:
            question = ShowTerms(key, self.state.t, self.sample, self.context.theme.palette, self.timeline)
            self._questions.ask("terms", question, self._take_terms)

    def film_quantity(self) -> str:
        """What the film strip shows: for a difference, the quantity that it is of."""
        return self.state.difference_of if self.shown.beside == "lane" else self.shown.of or self.shown.name

    def _film_pictures(self) -> int:
        """Number of pictures of the film strip that can be shown."""
        key = self.key
        if key is None or key not in self.run.done or key not in self.run.plans or self._film_slots < 2:
            return 0
        K = len(self.run.plans[key].sigma)
        wanted = np.unique(np.linspace(0, K, self._film_slots).round().astype(int))
        return int((wanted <= self.run.done[key]).sum())

    def _ask_film(self) -> None:
        key, pictures = self.key, self._film_pictures()
        if key is not None and pictures:
            self._film_shown = pictures
            quantity = self.film_quantity()
            question = ShowFilm(key, self.sample, quantity, self._film_slots, self.context.theme.palette)
            self._questions.ask("film", question, self._take_film)

    def _curves_soon(self) -> None:
        wait = self._curves_asked + CURVES_EVERY - time.monotonic()
        if not self._curves_timer.isActive():
            self._curves_timer.start(max(0, int(wait * 1000)))

    def _ask_curves(self) -> None:
        self._curves_timer.stop()
        keys = self._shown_keys()
        if keys and self._active:
            self._curves_asked = time.monotonic()
            sample = None if self.state.curves_of == "all" else self.sample
            reference = self.keys[self.reference] if len(self.keys) > 1 else None
            self._questions.ask("curves", ShowCurves(keys, sample, reference), self._take_curves)
            self._ask_similarity()

    def _ask_similarity(self) -> None:
        """Have similarities measured while they are the plot; the engine does it in stretches, coarsely first."""
        keys, plot = self._shown_keys(), self.state.plot
        if self._active and len(self.keys) > 1 and keys and plot.startswith("ssim"):
            quantity: Literal["x_t", "x0_hat"] = "x_t" if plot == "ssim x_t" else "x0_hat"
            self._questions.ask("similarity", MeasureSimilarity(keys, self.keys[self.reference], quantity), self._take_similarity)

    # --- answers ---

    def _take_step(self, outcome: Outcome) -> None:
        if isinstance(outcome, StepShown) and outcome.quantity == self.state.quantity:
            if not self.run.sampling:
                for frame in outcome.frames:
                    self.run.saw(frame.key, frame.k)
            self.step_shown.emit(outcome)

    def _take_reference(self, outcome: Outcome) -> None:
        if isinstance(outcome, StepShown) and self.shown.beside == "lane":
            self.step_shown.emit(outcome)

    def _take_terms(self, outcome: Outcome) -> None:
        if isinstance(outcome, TermsShown) and outcome.key == self.key:
            self.terms_shown.emit(outcome)

    def _take_film(self, outcome: Outcome) -> None:
        if isinstance(outcome, FilmShown) and outcome.key == self.key:
            self.film_shown.emit(outcome)

    def _take_similarity(self, outcome: Outcome) -> None:
        if isinstance(outcome, SimilarityMeasured) and self.state.plot.startswith("ssim"):
            keys, sample = self._shown_keys(), None if self.state.curves_of == "all" else self.sample
            if keys and len(self.keys) > 1:
                self._questions.ask("curves", ShowCurves(keys, sample, self.keys[self.reference]), self._take_curves)
            if not outcome.complete:
                self._ask_similarity()

    def _take_curves(self, outcome: Outcome) -> None:
        if isinstance(outcome, CurvesShown):
            self.curves_shown.emit(outcome)
