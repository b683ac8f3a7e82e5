"""Between the panel "Inside the U-Net" and the engine: asks for the selected sample at the cursor, only while it is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec
import numpy as np
from PySide6.QtCore import QObject

from explorer import sources
from explorer.engine.chain.messages import LanePlanned, ShowTerms, TermsShown
from explorer.engine.chain.network.messages import InspectUNet, UNetAbsent, UNetShown
from explorer.engine.thread.requests import Outcome
from explorer.state.session import ChainState, UNetLook
from explorer.views.chain.chain_part import changed_fields
from explorer.views.chain.controller import ChainController
from explorer.views.chain.network.steps import describe, plan_at
from explorer.views.chain.panel_controller import PanelController
from explorer.views.chain.timeline import own_timestep
from explorer.views.shared.labels import lane_titles, option_name
from explorer.widgets.look.language import tr

NO_LANE = tr("Open a checkpoint to look into its network: File > Checkpoint library, or drop {a_file} here.", a_file=sources.a_file())
NOT_YET = tr("This lane has no state yet: its network is shown as soon as the first step is sampled.")


class View(Protocol):
    """What the controller hands things to."""

    def show_choice(self, look: UNetLook, lanes: Sequence[str], lane: int, sample: int, samples: int) -> None:
        """What the person chose, and whether it is open."""

    def show_network(self, shown: UNetShown, whose: str) -> None:
        """What the engine found; `whose` is told where the network is not the lane's own."""

    def say(self, message: str) -> None:
        """There is nothing to look into: why."""

    def show_step(self, plan: LanePlanned, k: int, tiles: Mapping[str, np.ndarray]) -> None:
        """Step k of a plan, and pictures of its quantities."""

    def show_no_step(self) -> None:
        """There is no step to show."""


class UNetController(PanelController):
    """Between the panel "Inside the U-Net" of one chain workspace and the engine."""

    def __init__(self, chain: ChainController, view: View, parent: QObject | None = None) -> None:
        super().__init__(chain, parent)
        self._view = view
        self._shown: UNetShown | None = None
        self._terms: TermsShown | None = None

    @property
    def look(self) -> UNetLook:
        """What the person chose."""
        return self._part.state.unet

    def show_state(self) -> None:
        """Show all that the person chose."""
        chain = self._chain
        recipe = chain.state.recipe
        self._view.show_choice(self.look, lane_titles(recipe.lanes, chain.called), chain.lane, chain.sample, recipe.samples)

    # --- changes ---

    def _state_changed(self, before: ChainState, after: ChainState) -> None:
        changed = changed_fields(before, after) & {"recipe", "lane", "selected", "t", "unet"}
        if changed - {"t"}:
            self.show_state()
        if not after.unet.open:
            self._questions.drop()
        elif changed - {"unet"} or _asks(before.unet) != _asks(after.unet):
            self._ask()

    # --- questions and answers ---

    def _ask(self, _tokens: object = None) -> None:
        """Ask for what is on show; nothing while the panel is closed."""
        chain, look = self._chain, self.look
        if not (look.open and self._active):
            return
        key = chain.key
        self._short_of_cursor = chain.is_short_of_cursor(key)
        if key is None or key not in chain.run.done:
            self._say(NO_LANE if key is None else chain.run.failed.get(key, NOT_YET))
            self._view.show_no_step()
            return
        if lost := chain.run.lost(key):
            self._say(lost)
            self._view.show_no_step()
            return
        plan, t = chain.run.plans.get(key), chain.state.t
        own = t if plan is None else own_timestep(plan, t, chain.run.timeline())
        question = InspectUNet(key, own, chain.sample, look.block, look.off, look.instead, look.summary, self._theme.palette)
        self._questions.ask("unet", question, self._take)
        self._show_step()

    def _take(self, outcome: Outcome) -> None:
        if not self.look.open:
            return
        if isinstance(outcome, UNetShown) and outcome.key == self._chain.key:
            self._shown = outcome
            self._view.show_network(outcome, self._whose(outcome))
            self._ask_terms(outcome)
        elif isinstance(outcome, UNetAbsent) and outcome.key == self._chain.key:
            self._say(outcome.reason)
        self._show_step()

    def _say(self, message: str) -> None:
        self._shown = None
        self._view.say(message)

    def _whose(self, shown: UNetShown) -> str:
        """The network of this step, where a branch went on with another than its lane's."""
        plan = self._chain.run.plans.get(shown.key)
        here = shown.key.lane if plan is None else plan_at(plan, shown.k).key.lane
        return "" if here.checkpoint == shown.key.lane.checkpoint else tr("here {option_name}", option_name=option_name(here))

    def _ask_terms(self, shown: UNetShown) -> None:
        """The pictures of the step that the network was asked in, where the workspace shows others: at t = 0."""
        terms = self._terms
        if terms is None or (terms.key, terms.k, terms.sample) != (shown.key, shown.k, shown.sample):
            self._questions.ask("unet terms", ShowTerms(shown.key, shown.t, shown.sample, self._theme.palette), self._take_own_terms)

    def _take_own_terms(self, outcome: Outcome) -> None:
        if isinstance(outcome, TermsShown) and self._shown is not None and outcome.k == self._shown.k:
            self.show_terms(outcome)

    def show_terms(self, terms: TermsShown) -> None:
        """The terms of the step at the cursor, for the graph of it."""
        self._terms = terms
        if self.look.open:
            self._show_step()

    def _show_step(self) -> None:
        """The step, with the pictures of its terms."""
        terms = self._terms
        plan = None if terms is None else self._chain.run.plans.get(terms.key)
        if terms is None or plan is None or terms.key != self._chain.key:
            self._view.show_no_step()
            return
        if terms.k >= len(plan.sigma):
            return  # no step starts at t = 0: the last one stays
        plan = plan_at(plan, terms.k)
        tiles, shown = dict(terms.tiles), self._shown
        if shown is not None and shown.t == terms.t:
            tiles.setdefault(describe(plan, shown.k).output, shown.outputs[0].whole)  # what terms have not: v, and Option A's own mean
        self._view.show_step(plan, terms.k, tiles)


def _asks(look: UNetLook) -> UNetLook:
    """The look without what the engine is not asked for."""
    return msgspec.structs.replace(look, output="network")
