"""What the page of two dimensions asks the engine: densities at once, particles and the network in the background."""

from __future__ import annotations

from collections.abc import Callable

from explorer.engine.forward.chain2d_messages import (
    Chain2DExported,
    Chain2DShown,
    Chain2DWalked,
    ExportChain2D,
    Learn2D,
    Learning2D,
    Learnt2DShown,
    PointsTaken,
    ShowChain2D,
    ShowLearnt2D,
    TakePoints,
    WalkChain2D,
)
from explorer.engine.thread.requests import Outcome
from explorer.recipe import ForwardRecipe
from explorer.state.edits.chain2d import has_points
from explorer.state.forward import ForwardState
from explorer.views.forward.plane_controls import PlaneControls
from explorer.views.forward.plane_page import PlanePage
from explorer.views.shared.questions import Questions

NAMES = ("plane", "plane walk", "plane learn", "plane learnt", "plane learnt walk")


class PlaneQuestions:
    """Asks for what the page needs, and hands it over.

    Parameters
    ----------
    questions : Questions
        Of the workspace.
    page, controls
        What is shown.
    changed : callable
        Called when the network is further, or when it is not asked for any more.
    say : callable
        Tells the person, with a hint.
    """

    def __init__(
        self, questions: Questions, page: PlanePage, controls: PlaneControls, changed: Callable[[], None], say: Callable[[str, str], None]
    ) -> None:
        self._questions, self._page, self._controls, self._changed, self.say = questions, page, controls, changed, say
        self._state = ForwardState()
        self._t = 0
        self._learning: Learn2D | None = None
        self._walks: dict[str, WalkChain2D] = {}

    @property
    def busy(self) -> Learning2D | None:
        """How far the network is while it learns; None while none does."""
        return self._page.learning if self._questions.is_open("plane learn") else None

    def refresh(self, state: ForwardState, t: int) -> None:
        """Ask for what is not known of this state."""
        self._state, self._t = state, t
        recipe = state.recipe
        points, walk = recipe.plane.points, recipe.plane.walk
        learning = Learn2D(points, recipe.schedule, recipe.seed, recipe.plane.network)
        if not has_points(points):
            self._forget()
            return
        self._ask("plane", ShowChain2D(points, recipe.schedule, t), self._take_shown)
        if learning != self._learning:
            self._begin(learning)
        self._walk("exact", WalkChain2D(points, recipe.schedule, recipe.seed, walk))
        if not state.learn:
            self._questions.forget("plane learn")
            self._questions.forget("plane learnt walk")
        elif self._page.walked["exact"] is not None or self._questions.asked("plane learn") == learning:  # what is exact comes first
            self._ask("plane learn", learning, self._take_learning)
            if self._is_learnt:
                self._walk("learnt", WalkChain2D(points, recipe.schedule, recipe.seed, walk, learning))
        self._show_learnt()

    @property
    def _is_learnt(self) -> bool:
        learning = self._page.learning
        return learning is not None and learning.updates >= learning.total

    def _ask(self, name: str, payload: object, receiver: Callable[[Outcome], None]) -> None:
        self._questions.ask(name, payload, receiver, once=True)  # type: ignore[arg-type]

    def _begin(self, learning: Learn2D) -> None:
        """Another network: what was known is of the one before."""
        self._learning = learning
        for name in NAMES[2:]:
            self._questions.forget(name)
        self._walks.pop("learnt", None)
        self._page.show_walked("learnt", None)
        self._page.show_learnt(None)
        self._page.show_learning(None)

    def _forget(self) -> None:
        """There is nothing to ask about."""
        for name in NAMES:
            self._questions.forget(name)
        self._learning = None
        self._walks.clear()
        for who in ("exact", "learnt"):
            self._page.show_walked(who, None)
        self._page.show_learnt(None)
        self._page.show_learning(None)

    def _walk(self, who: str, payload: WalkChain2D) -> None:
        """Particles; those of another recipe are not shown any more."""
        if self._walks.get(who) != payload:
            self._walks[who] = payload
            self._page.show_walked(who, None)
        name = "plane walk" if who == "exact" else "plane learnt walk"

        def take(outcome: Outcome) -> None:
            if isinstance(outcome, Chain2DWalked) and self._walks.get(who) == payload:
                self._page.show_walked(who, outcome)
                self.refresh(self._state, self._t)

        self._ask(name, payload, take)

    def _show_learnt(self) -> None:
        learning = self._page.learning
        if learning is not None and self._learning is not None:
            self._ask("plane learnt", ShowLearnt2D(self._learning, self._t, learning.updates), self._take_learnt)

    # --- answers ---

    def _take_shown(self, outcome: Outcome) -> None:
        if isinstance(outcome, Chain2DShown) and has_points(self._state.recipe.plane.points):
            self._page.show_chain(outcome)
            self._controls.show_chain(outcome)

    def _take_learning(self, outcome: Outcome) -> None:
        if isinstance(outcome, Learning2D) and self._questions.asked("plane learn") == self._learning:
            self._page.show_learning(outcome)
            self.refresh(self._state, self._t)
            self._changed()

    def _take_learnt(self, outcome: Outcome) -> None:
        if isinstance(outcome, Learnt2DShown) and self._page.learning is not None:
            self._page.show_learnt(outcome)

    # --- files ---

    def take_points(self, path: str, chosen: Callable[[PointsTaken], None]) -> None:
        """Read points of a file."""

        def take(outcome: Outcome) -> None:
            if isinstance(outcome, PointsTaken):
                chosen(outcome)

        self._questions.ask("plane points", TakePoints(path), take)

    def export(self, path: str) -> None:
        """Write points and paths; the network's where it has learnt."""
        recipe: ForwardRecipe = self._state.recipe

        def take(outcome: Outcome) -> None:
            if isinstance(outcome, Chain2DExported):
                self._changed()

        self._questions.ask("plane export", ExportChain2D(path, recipe, self._is_learnt), take)
