"""One sampling run: what has been planned and how far every lane is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import msgspec
import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from explorer.engine.chain.messages import (
    ChainFinished,
    ChainProgress,
    LaneFailed,
    LaneKey,
    LanePlanned,
    MeasureNetworks,
    SampleChain,
    lane_keys,
)
from explorer.engine.thread.client import Client
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.recipe import ChainRecipe
from explorer.views.chain.pace import Pace
from explorer.views.chain.timeline import on_timeline
from explorer.views.shared.labels import OPTION, lane_titles
from explorer.views.shared.questions import Questions, When
from explorer.views.workspace import Status
from explorer.widgets.look.language import tr
from explorer.widgets.look.number_words import grouped

MEGABYTE = 2**20
CHAIN, MEASURE = "chain", "measure"
"""Names of the questions."""


class ChainRun(QObject):
    """Asks the engine to sample a recipe and keeps what it tells.

    Signals
    -------
    planned(object)
        The LanePlanned of one lane, or its LaneFailed.
    progressed()
        More states can be shown.
    ended()
        Finished, stopped or failed.

    Attributes
    ----------
    recipe : ChainRecipe
        What was asked for last.
    plans : dict of LaneKey to LanePlanned
    done : dict of LaneKey to int
        States 0..done can be shown.
    gone : set of LaneKey
        Lanes of which a state is still seen that was lost with its engine.
    preparing : dict of LaneKey to (int, int)
        States made, of how many, before a lane has one of its own.
    failed : dict of LaneKey to str
        Lanes that cannot be sampled, and why.
    stopped : bool
        Cancelled or failed before the end.
    timeline : callable
        The plan of the lane on whose schedule the cursor is.
    """

    planned = Signal(object)
    progressed = Signal()
    ended = Signal()

    def __init__(self, client: Client, prefix: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._questions = Questions(client, prefix, self)
        self._last: ChainProgress | ChainFinished | None = None
        self._waiting: ChainProgress | None = None
        self._pace, self._pause = Pace(), QTimer(self, singleShot=True)
        self._pause.timeout.connect(self._tell_progress)
        self.recipe = ChainRecipe()
        self.plans: dict[LaneKey, LanePlanned] = {}
        self.done: dict[LaneKey, int] = {}
        self.gone: set[LaneKey] = set()
        self.preparing: dict[LaneKey, tuple[int, int]] = {}
        self.failed: dict[LaneKey, str] = {}
        self.stopped = False
        self._broke_off = False
        self.timeline: Callable[[], LanePlanned | None] = lambda: None

    @property
    def sampling(self) -> bool:
        """Whether it is under way."""
        return self._questions.is_open(CHAIN)

    def start(self, recipe: ChainRecipe) -> None:
        """Sample; what is computed already is kept by the engine."""
        self.recipe = recipe
        keys = lane_keys(recipe)
        # the steps of a lane do not depend on seed and samples: they are known at once
        known = {plan.key.lane: plan for plan in self.plans.values()}
        kept = (*keys, *(older for key in keys for older in ancestors(key)))
        self.plans = {key: replace(known[key.lane], key=key) for key in kept if key.lane in known}
        self.done = {key: k for key, k in self.done.items() if key in kept}
        self.preparing = {}
        refused = {key.lane: why for key, why in self.failed.items()}
        self.failed = {key: refused[key.lane] for key in keys if key.lane in refused}
        self._hold_nothing()
        self._pace.begin()
        self._last = None
        self.stopped = self._broke_off = False
        self._questions.forget(MEASURE)
        if recipe.lanes:
            self._questions.ask(CHAIN, SampleChain(recipe), self._take, When.AT_ONCE, on_failure=self._failed)
        else:
            self._questions.forget(CHAIN)
            self.ended.emit()

    def stop(self) -> None:
        """Cancel; what is computed stays."""
        if self.sampling:
            self._tell_progress()
            self._hold_nothing()
            self._questions.forget(CHAIN)
            self.stopped = True
            self.ended.emit()

    def lose(self) -> bool:
        """The engine has lost every state. Whether they are missed: not where the person had stopped it."""
        missed = bool(self.recipe.lanes) and (not self.stopped or self._broke_off)
        self.gone |= set(self.done)
        self.done.clear()
        return missed

    def saw(self, key: LaneKey, k: int) -> None:
        """State k of a lane has been shown: it was computed before the run stopped, whatever progress said last."""
        if k > self.done.get(key, k):
            self.done[key] = k
            self.progressed.emit()

    def lost(self, key: LaneKey) -> str:
        """Why a lane's network, or data set, is not to be had, where what is kept of it is shown all the same; empty else."""
        plan = self.plans.get(key)
        return "" if plan is None else plan.lost

    def reached(self, key: LaneKey) -> int | None:
        """Where the newest state of a lane is on the timeline; None before it is planned or has a state."""
        plan, done = self.plans.get(key), self.done.get(key)
        if plan is None or done is None:
            return None
        return int(on_timeline(plan, plan.timesteps[done : done + 1], self.timeline())[0])

    @property
    def newest(self) -> int | None:
        """The timestep that all unfinished lanes have reached; 0 if there is none such, None before any state."""
        behind = []
        for key in lane_keys(self.recipe):
            if key in self.failed:
                continue
            reached = self.reached(key)
            if reached is None:
                return None
            behind.append(reached)
        return max(behind, default=None)

    @property
    def timesteps(self) -> np.ndarray:
        """Every t of the timeline at which some lane has a state, ascending; empty before the first is planned."""
        plans = [self.plans[key] for key in lane_keys(self.recipe) if key in self.plans]
        if not plans:
            return np.zeros(0, np.int64)
        return np.unique(np.concatenate([on_timeline(plan, plan.timesteps, self.timeline()) for plan in plans]))

    @property
    def status(self) -> Status:
        """What the status bar says."""
        right = ""
        if self._last is not None and self._last.frame_bytes:  # what lies on disk takes no memory
            right = tr(
                "frames {frame_bytes:.0f} of {frame_budget:.0f} MB",
                frame_bytes=self._last.frame_bytes / MEGABYTE,
                frame_budget=self._last.frame_budget / MEGABYTE,
            )
        keys = [key for key in dict.fromkeys(lane_keys(self.recipe)) if key in self.plans]
        total = sum(len(self.plans[key].sigma) + self.preparing.get(key, (0, 0))[1] for key in keys)
        done = sum(self.done.get(key, 0) + self.preparing.get(key, (0, 0))[0] for key in keys)
        if self.stopped:
            return Status(tr("stopped after {done} of {total} steps", done=done, total=total), right=right)
        if not self.sampling:
            return Status(self._summary() if self._last is not None else "", right=right)
        text = tr("sampling {names}", names=_names(self.recipe))
        if not isinstance(self._last, ChainProgress):
            return Status(text, detail=tr("starting"), right=right, cancellable=True)
        left = max(0, round(self._last.seconds_left))
        detail = tr("{done} / {total} · {left}:{left2:02d} left", done=done, total=total, left=left // 60, left2=left % 60)
        speed = tr("{rate} img·step/s", rate=grouped(self._last.rate))
        return Status(text, done, total, detail, right, speed, cancellable=True)

    def _summary(self) -> str:
        bad = sum(key in self.failed for key in lane_keys(self.recipe))
        lanes, samples = len(self.recipe.lanes) - bad, self.recipe.samples
        what = tr("{samples} sample", samples=samples) if samples == 1 else tr("{samples} samples", samples=samples)
        besides = (
            (tr(" · {bad} lane cannot be sampled", bad=bad) if bad == 1 else tr(" · {bad} lanes cannot be sampled", bad=bad)) if bad else ""
        )
        lost = [key for key in lane_keys(self.recipe) if self.lost(key)]
        if any(key.lane.exact is None for key in lost):
            besides += tr(" · as kept: a checkpoint is missing")
        if any(key.lane.exact is not None for key in lost):
            besides += tr(" · as kept: a data set is missing")
        if lanes > 1:
            return tr("{lanes} lanes of {what}{besides}", lanes=lanes, what=what, besides=besides)
        steps = next((len(plan.sigma) for plan in self.plans.values()), 0)
        return tr("{what} in {steps} steps{besides}", what=what, steps=steps, besides=besides) if lanes else ""

    def _take(self, outcome: Outcome) -> None:
        if isinstance(outcome, LanePlanned):
            self.plans[outcome.key] = outcome
            self.failed.pop(outcome.key, None)
            self.planned.emit(outcome)
        elif isinstance(outcome, LaneFailed):
            self._refuse(outcome)
        elif isinstance(outcome, ChainProgress):
            self._waiting = outcome
            if not self._pause.isActive():
                self._tell_progress()
        elif isinstance(outcome, ChainFinished):
            self._hold_nothing()
            self._reached(outcome)
            self._questions.ask(MEASURE, MeasureNetworks(self.recipe), self._measured, on_failure=self._measured)
            self.ended.emit()

    def _tell_progress(self) -> None:
        """Tell of the newest; what comes within the pause after it waits for its end."""
        if self._waiting is not None:
            newest, self._waiting = self._waiting, None
            self._pause.start(self._pace.looks())
            self._reached(newest)

    def _hold_nothing(self) -> None:
        self._pause.stop()
        self._waiting = None

    def _reached(self, outcome: ChainProgress | ChainFinished) -> None:
        self._last = outcome
        self.done |= {lane.key: lane.done for lane in outcome.lanes if lane.done > 0}
        self.preparing |= {lane.key: (lane.prepared, lane.to_prepare) for lane in outcome.lanes if lane.to_prepare}
        self.progressed.emit()

    def _measured(self, outcome: Outcome) -> None:
        """The engine knows now how to run the networks faster, or does not: the next chain shows it."""

    def _refuse(self, refused: LaneFailed) -> None:
        """The others go on; that a lane is refused again, such as under another seed, is no news."""
        key, news = refused.key, self.failed.get(refused.key) != refused.message
        self.plans.pop(key, None)
        self.done.pop(key, None)
        self.failed[key] = refused.message
        self.planned.emit(refused)
        if news:
            self._client.failed.emit(Failed(refused.message, path=key.lane.source))

    def _failed(self, failed: Failed) -> None:
        self._hold_nothing()
        self.stopped = self._broke_off = True
        self.ended.emit()
        self._client.failed.emit(failed)


def ancestors(key: LaneKey) -> tuple[LaneKey, ...]:
    """The lanes that a branch comes from, the one that it leaves first."""
    edits = key.lane.edits
    return tuple(replace(key, lane=msgspec.structs.replace(key.lane, edits=edits[:count])) for count in reversed(range(len(edits))))


def _names(recipe: ChainRecipe) -> str:
    titles = lane_titles(recipe.lanes)
    if len(titles) == 1:
        return titles[0]
    if len(titles) <= 4 and all(t.startswith(OPTION) and " · " not in t for t in titles):
        return tr("Options ") + ", ".join(t.removeprefix(OPTION) for t in titles)
    return tr("{count} lanes", count=len(titles))
