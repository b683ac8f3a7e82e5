"""Painting and erasing: the draft goes to the engine as it grows, and becomes a branch."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from explorer.engine.chain.branching.messages import ErasedShown, PaintShown, PreviewErase, PreviewPaint
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.recipe import Edit, Inpaint, Paint, mask_of
from explorer.state.edits import branches as trees
from explorer.state.session import ChainState
from explorer.views.chain.controller import ChainController
from explorer.views.reverse_chain.paint_choices import AT_ZERO, WAITING
from explorer.views.reverse_chain.paint_panel import PaintPanel
from explorer.views.reverse_chain.panels import Panels
from explorer.views.shared.questions import Questions

COLOURS = 3
"""Channels of an image that colours can be painted on."""


class Painting(QObject):
    """Between the paint panel, the session and the engine.

    Parameters
    ----------
    branch, tell : callable
        Get the Edit that is painted, and a Failed where there can be none.

    Signals
    -------
    opened()
        The panel is in front: what is painted on had better stay.
    """

    opened = Signal()

    def __init__(
        self, panel: PaintPanel, panels: Panels, controller: ChainController, questions: Questions,
        branch: Callable[[Edit], bool], tell: Callable[[Failed], object], parent: QObject,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._panel, self._panels, self._controller, self._questions = panel, panels, controller, questions
        self._branch, self._tell = branch, tell
        self._awaited: int | None = None
        controller.progressed.connect(self._progressed)
        panel.changed.connect(self.ask)
        panel.branch_wanted.connect(self.take)
        panel.cancelled.connect(self._give_up)

    @property
    def _state(self) -> ChainState:
        return self._controller.state

    def open(self, erasing: bool) -> None:
        """Paint on the selected sample at this t, or erase in it."""
        state = self._state
        if not state.recipe.lanes or state.t == 0:
            return
        self._controller.following = False
        self.opened.emit()
        everyone = state.recipe.samples == 1 or erasing
        key = self._controller.key
        plan = self._controller.run.plans.get(key) if key is not None else None
        coloured = plan is not None and plan.image_shape[0] == COLOURS
        self._panel.start(erasing, "x0_hat" if state.quantity == "x0_hat" else "x_t", everyone, coloured)
        self._panels.show(self._panel)
        self._panel.canvas.setFocus()
        self.ask()

    def follow(self, recipe_changed: bool) -> None:
        """The cursor, the selection or the recipe is another; the marks stay, though the panel is closed over another chain."""
        if self._panels.open is not self._panel:
            return
        if recipe_changed:
            self._panels.close()
        else:
            self.ask()

    def _give_up(self) -> None:
        self._panel.forget()
        self._panels.close()

    def _reached(self, t: int) -> bool:
        """Whether the chain has come down to t."""
        key = self._controller.key
        reached = self._controller.run.reached(key) if key is not None else None
        return reached is not None and reached <= t

    def _progressed(self) -> None:
        if self._awaited is not None and self._reached(self._awaited):
            self.ask()

    def ask(self) -> None:
        """Ask for what follows from the draft."""
        key, state, panel = self._controller.key, self._state, self._panel
        if key is None or self._panels.open is not panel:
            return
        sample, stream = self._controller.sample, trees.fork_stream(state.recipe)
        self._awaited = None
        if state.t == 0 or not self._reached(state.t):
            self._awaited = state.t or None
            panel.show_words(state.t, sample, WAITING if state.t else AT_ZERO)
            return
        panel.show_words(state.t, sample)
        if panel.draft.inpainting and not self._reached(0):
            self._awaited = 0  # where it leads needs what is kept to the end
        if panel.draft.inpainting:
            mask, repeats, known = mask_of(panel.draft.region), panel.repeats.value(), panel.kept_from
            erased = PreviewErase(key, state.t, sample, mask, repeats, known, stream)
            self._questions.ask("paint", erased, self._take_preview)
        else:
            palette = self._controller.context.theme.palette
            painted = PreviewPaint(key, state.t, sample, panel.painted_on, panel.draft.marks, stream, palette)
            self._questions.ask("paint", painted, self._take_preview)

    def _take_preview(self, outcome: Outcome) -> None:
        if not isinstance(outcome, PaintShown | ErasedShown) or outcome.key != self._controller.key:
            return
        if self._panels.open is not self._panel or not self._panel.possible:
            return
        if isinstance(outcome, ErasedShown) != self._panel.draft.inpainting:
            return
        if isinstance(outcome, ErasedShown):
            finished = self._controller.run.reached(outcome.key) == 0
            if self._panel.draft.shape != outcome.state.shape[:2]:  # the first answer says how large the pictures are
                self._panel.take_erased(outcome, finished)
                self.ask()
            else:
                self._panel.take_erased(outcome, finished)
        else:
            self._panel.take(outcome)

    def take(self) -> None:
        """Branch with what is painted, or erased."""
        panel, state = self._panel, self._state
        if not panel.go.isEnabled():
            return
        samples = () if panel.everyone.isChecked() else (self._controller.sample,)
        stream = trees.fork_stream(state.recipe)
        panel.repeats.take()
        try:
            if panel.draft.inpainting:
                mask, repeats = mask_of(panel.draft.region), panel.repeats.value()
                edit: Edit = Inpaint(state.t, mask, repeats, panel.kept_from, samples, stream, anew=True)
            else:
                edit = Paint(state.t, panel.draft.dabs, panel.painted_on, samples, stream)
        except ValueError as error:
            self._tell(Failed(str(error)))
            return
        if self._branch(edit):
            panel.forget()
