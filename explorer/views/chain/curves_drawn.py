"""The curves against t: those of the steps, those the engine measured, each where its noise level is on the timeline."""

from __future__ import annotations

from dataclasses import replace

from explorer.engine.chain.curve_messages import CurvesShown
from explorer.engine.chain.messages import LanePlanned
from explorer.views.chain.controller import ChainController
from explorer.views.chain.figures import FigureMaker
from explorer.views.chain.plot_card import PlotCard
from explorer.views.chain.timeline import on_timeline
from explorer.widgets.look.theme import Theme

OF_THE_PLAN = ("levels", "coefficients")


class CurvesDrawn:
    """Shows them in the plot's card.

    Attributes
    ----------
    measured, ideal : CurvesShown or None
        What the engine said last: norms and distances, and distances to the ideal x0_hat.
    """

    def __init__(self, controller: ChainController, card: PlotCard, theme: Theme) -> None:
        self._controller, self._card, self._theme = controller, card, theme
        self._figures = FigureMaker(controller.called)
        self.measured: CurvesShown | None = None
        self.ideal: CurvesShown | None = None

    def show(self) -> None:
        """Draw the chosen curves."""
        controller, state = self._controller, self._controller.state
        self._card.show_selection(len(controller.samples))
        self._card.show_choice(state.plot, state.curves_of, state.log_curves, state.plot not in OF_THE_PLAN)
        self._card.log.setVisible(state.plot not in OF_THE_PLAN and not state.plot.startswith("ssim"))
        seen = [controller.seen_of(key) for key in controller.keys]
        figure = self._figures.make(
            state.plot, controller.T, seen, controller.lane, self._plan_on_timeline(), self._curves_on_timeline(), state.log_curves,
            self._theme.tokens,
        )  # fmt: skip
        self._card.show_figure(figure, state.t)

    def _plan_on_timeline(self) -> LanePlanned | None:
        key = self._controller.seen_key
        plan = self._controller.run.plans.get(key) if key is not None else None
        return None if plan is None else replace(plan, timesteps=on_timeline(plan, plan.timesteps, self._controller.run.timeline()))

    def _curves_on_timeline(self) -> CurvesShown | None:
        known = self.ideal if self._controller.state.plot == "ideal" else self.measured
        if known is None:
            return None
        run, lanes = self._controller.run, []
        for curves in known.lanes:
            plan = run.plans.get(curves.key)
            t = curves.timesteps if plan is None else on_timeline(plan, curves.timesteps, run.timeline())
            lanes.append(replace(curves, timesteps=t))
        return replace(known, lanes=tuple(lanes))
