"""Painting and erasing: the draft goes to the engine as it grows, and becomes a branch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

import numpy as np
from PySide6.QtCore import QObject, Signal

from explorer.engine.chain.branching.messages import ErasedShown, PaintShown, PreviewErase, PreviewPaint
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.recipe import Edit, mask_of
from explorer.state.edits import branches as edits
from explorer.state.edits.selection import words
from explorer.state.session import ChainState
from explorer.views.chain.controller import ChainController
from explorer.views.reverse_chain.paint_choices import AT_ZERO, WAITING
from explorer.views.reverse_chain.paint_draft import PaintDraft
from explorer.views.shared.questions import Questions


class View(Protocol):
    """What the controller hands things to, and where it finds what is painted."""

    @property
    def is_open(self) -> bool:
        """Whether it is in front."""
        ...

    @property
    def possible(self) -> bool:
        """Whether there is something to paint on at this t."""
        ...

    @property
    def draft(self) -> PaintDraft:
        """Marks, and whose."""
        ...

    @property
    def painted_on(self) -> Literal["x_t", "x0_hat"]:
        """What is painted on."""
        ...

    @property
    def kept_from(self) -> Literal["states", "image"]:
        """Where what is kept comes from."""
        ...

    @property
    def until(self) -> int | None:
        """Down to which t marks on x0_hat are painted; None at this step alone."""
        ...

    @property
    def times(self) -> int:
        """How often each step is taken."""
        ...

    def start(self, inpainting: bool, on: str, everyone: bool, shape: tuple[int, int, int]) -> None:
        """Come to the front, anew or with the marks that are there, on images of that shape (C, H, W)."""

    def put_away(self) -> None:
        """Close; the marks stay."""

    def forget(self) -> None:
        """Without the marks."""

    def show_words(self, t: int, samples: str, impossible: str = "") -> None:
        """What is painted on, or why nothing can be for now."""

    def show_painted(self, shown: PaintShown) -> None:
        """What the engine made of the draft."""

    def show_erased(self, shown: ErasedShown, finished: bool) -> None:
        """What the engine made of the region; `finished` says whether the chain has reached x_0."""


class Painting(QObject):
    """Between the paint panel, the session and the engine.

    Parameters
    ----------
    branch : callable
        Gets the Edit that is painted, and says whether there is a branch of it.

    Signals
    -------
    opened()
        The panel is in front: what is painted on had better stay.
    branched(object, int)
        The shown lane is a branch now. Where the quick look of it led, (H, W, 3) uint8, and of which sample.
    """

    opened = Signal()
    branched = Signal(object, int)

    def __init__(self, chain: ChainController, questions: Questions, view: View, branch: Callable[[Edit], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._chain, self._questions, self._view, self._branch = chain, questions, view, branch
        self._awaited: int | None = None
        self._wished: bool | None = None
        self._end: np.ndarray | None = None
        chain.progressed.connect(self._progressed)
        chain.planned.connect(self._planned)
        chain.state_changed.connect(self._forget_wish)

    @property
    def _state(self) -> ChainState:
        return self._chain.state

    def open(self, erasing: bool) -> None:
        """Paint on the selected sample at this t, or erase in it."""
        state = self._state
        if not state.recipe.lanes or state.t == 0:
            return
        self._chain.following, self._end = False, None
        self.opened.emit()
        everyone = state.recipe.samples == 1 or erasing
        key = self._chain.key
        plan = self._chain.run.plans.get(key) if key is not None else None
        if plan is None:
            self._wished = erasing  # until it is known what images the lane has
            return
        self._view.start(erasing, "x0_hat" if state.quantity == "x0_hat" else "x_t", everyone, plan.image_shape)
        self.ask()

    def _planned(self) -> None:
        key, wished = self._chain.key, self._wished
        if wished is not None and key in self._chain.run.plans:
            self._wished = None
            self.open(wished)

    def _forget_wish(self, before: ChainState, after: ChainState) -> None:
        """Another chain or another step: it was not asked for there."""
        if (before.recipe, before.t) != (after.recipe, after.t):
            self._wished = None

    def follow(self, recipe_changed: bool) -> None:
        """The cursor, the selection or the recipe is another; the marks stay, though the panel is closed over another chain."""
        if not self._view.is_open:
            return
        if recipe_changed:
            self._view.put_away()
        else:
            self.ask()

    def _reached(self, t: int) -> bool:
        """Whether the chain has come down to t."""
        key = self._chain.key
        reached = self._chain.run.reached(key) if key is not None else None
        return reached is not None and reached <= t

    def _progressed(self) -> None:
        if self._awaited is not None and self._reached(self._awaited):
            self.ask()

    def ask(self) -> None:
        """Ask for what follows from the draft."""
        key, state, view = self._chain.key, self._state, self._view
        if key is None or not view.is_open:
            return
        sample, stream = self._chain.sample, edits.fork_stream(state.recipe)
        self._awaited = None
        if state.t == 0 or not self._reached(state.t):
            self._awaited = state.t or None
            view.show_words(state.t, words(self._chain.samples, sample), WAITING if state.t else AT_ZERO)
            return
        view.show_words(state.t, words(self._chain.samples, sample))
        if view.draft.inpainting and not self._reached(0):
            self._awaited = 0  # where it leads needs what is kept to the end
        if view.draft.inpainting:
            mask, repeats, known = mask_of(view.draft.region), view.times, view.kept_from
            erased = PreviewErase(key, state.t, sample, mask, repeats, known, stream)
            self._questions.ask("paint", erased, self._take_preview)
        else:
            palette = self._chain.context.theme.palette
            painted = PreviewPaint(key, state.t, sample, view.painted_on, view.draft.marks, stream, palette, view.until)
            self._questions.ask("paint", painted, self._take_preview)

    def _take_preview(self, outcome: Outcome) -> None:
        view = self._view
        if not isinstance(outcome, PaintShown | ErasedShown) or outcome.key != self._chain.key:
            return
        if not (view.is_open and view.possible) or isinstance(outcome, ErasedShown) != view.draft.inpainting:
            return
        self._end = self._end if outcome.end is None else outcome.end
        if isinstance(outcome, PaintShown):
            view.show_painted(outcome)
            return
        view.show_erased(outcome, self._chain.run.reached(outcome.key) == 0)

    def take(self) -> None:
        """Branch with what is painted, or erased."""
        view, state, draft = self._view, self._state, self._view.draft
        samples = () if draft.everyone else self._chain.samples
        try:
            if draft.inpainting:
                edit: Edit = edits.erased(state, draft.region, view.times, view.kept_from, samples)
            else:
                edit = edits.painted(state, draft.dabs, view.painted_on, samples, view.until)
        except ValueError as error:
            self._chain.context.client.failed.emit(Failed(str(error)))
            return
        sample = self._chain.sample
        if self._branch(edit):
            view.forget()
            if self._end is not None:
                self.branched.emit(self._end, sample)
