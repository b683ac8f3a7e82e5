"""Between the panel "Inside the U-Net" and the engine: asks for the selected sample at the cursor, only while it is open."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QStackedWidget, QWidget

from explorer import sources
from explorer.engine.chain.messages import ShowTerms, TermsShown
from explorer.engine.chain.network.messages import InspectUNet, UNetAbsent, UNetShown
from explorer.engine.thread.requests import Outcome
from explorer.state.edits import chain as edits
from explorer.state.session import ChainState, UNetLook
from explorer.views.chain.chain_part import changed_fields
from explorer.views.chain.controller import ChainController
from explorer.views.chain.network.steps import describe, graph_of, plan_at
from explorer.views.chain.network.unet_panel import UNetPanel
from explorer.views.chain.timeline import own_timestep
from explorer.views.shared.labels import lane_titles, option_name
from explorer.views.shared.questions import Questions

NO_LANE = f"Open a checkpoint to look into its network: File > Checkpoint library, or drop {sources.a_file()} here."
NOT_YET = "This lane has no state yet: its network is shown as soon as the first step is sampled."


class UNetInspection(QObject):
    """The panel of one chain workspace.

    Parameters
    ----------
    controller : ChainController
    action : QAction
        Opens and closes the panel; checkable.

    Attributes
    ----------
    panel : UNetPanel
    button : QPushButton
        Opens and closes it too; for the tool bar.
    """

    def __init__(self, controller: ChainController, action: QAction, parent: QObject | None = None) -> None:
        super().__init__(parent)
        context = controller.context
        self._controller, self._part, self._theme, self._action = controller, controller.part, context.theme, action
        self._questions = Questions(context.client, controller.part.name, self)
        self._active = False
        self._short_of_cursor = False
        self._pages: QStackedWidget | None = None
        self._terms: TermsShown | None = None
        self.panel = UNetPanel(context.theme)
        self.button = QPushButton("U-Net")
        self.button.setCheckable(True)
        self.button.setToolTip(action.toolTip())
        self.button.setAccessibleName("Look inside the U-Net")
        self._connect()
        self._show_choice()

    def over(self, widget: QWidget) -> QWidget:
        """The widget and the panel in one place: the panel is in front while it is open."""
        self._pages = QStackedWidget()
        self._pages.addWidget(widget)
        self._pages.addWidget(self.panel)
        self._show_choice()
        return self._pages

    @property
    def look(self) -> UNetLook:
        """What the person chose."""
        return self._part.state.unet

    @property
    def idle(self) -> bool:
        """Whether all that was asked for is shown."""
        return self._questions.idle

    def set_active(self, active: bool) -> None:
        """The workspace is shown, or another."""
        self._active = active
        if active:
            self._ask()
        else:
            self._questions.drop()

    # --- wiring ---

    def _connect(self) -> None:
        controller, panel = self._controller, self.panel
        controller.state_changed.connect(self._state_changed)
        controller.progressed.connect(self._progressed)
        self._theme.changed.connect(self._ask)
        self._action.triggered.connect(self.set_open)
        self.button.clicked.connect(self.set_open)
        panel.closed.connect(lambda: self.set_open(False))
        panel.block_chosen.connect(lambda name: self.choose(block=name))
        panel.skip_toggled.connect(self.toggle_skip)
        panel.all_on.connect(lambda: self.choose(off=()))
        panel.summary_chosen.connect(lambda name: self.choose(summary=name))
        panel.instead_chosen.connect(lambda name: self.choose(instead=name))
        panel.output_chosen.connect(lambda name: self.choose(output=name))
        panel.lane_chosen.connect(lambda index: self._part.update(lane=index))
        panel.sample_stepped.connect(self._step_sample)

    # --- gestures ---

    def set_open(self, is_open: bool) -> None:
        """Open or close the panel."""
        self.choose(open=is_open)

    def choose(self, **fields: object) -> None:
        """Replace fields of the look."""
        self._part.put(edits.look_inside(self._part.state, **fields))

    def toggle_skip(self, level: int) -> None:
        """Switch a skip off, or on again."""
        self._part.put(edits.toggle_skip(self._part.state, level))

    def _step_sample(self, by: int) -> None:
        self._part.put(edits.step_sample(self._part.state, by))

    # --- changes ---

    def _state_changed(self, before: ChainState, after: ChainState) -> None:
        changed = changed_fields(before, after) & {"recipe", "lane", "selected", "t", "unet"}
        if changed - {"t"}:
            self._show_choice()
        if not after.unet.open:
            self._questions.drop()
        elif changed - {"unet"} or _asks(before.unet) != _asks(after.unet):
            self._ask()

    def _show_choice(self) -> None:
        look, controller = self.look, self._controller
        for widget in (self._action, self.button):
            widget.setChecked(look.open)
        titles = lane_titles(controller.state.recipe.lanes)
        self.panel.show_choice(look, titles, controller.lane, controller.sample, controller.state.recipe.samples)
        if self._pages is not None:
            self._pages.setCurrentIndex(1 if look.open else 0)

    def _progressed(self) -> None:
        if self._short_of_cursor:
            self._ask()

    # --- questions and answers ---

    def _ask(self, _tokens: object = None) -> None:
        """Ask for what is on show; nothing while the panel is closed."""
        controller, look = self._controller, self.look
        if not (look.open and self._active):
            return
        key = controller.key
        self._short_of_cursor = controller.is_short_of_cursor(key)
        if key is None or key not in controller.run.done:
            self.panel.say(NO_LANE if key is None else controller.run.failed.get(key, NOT_YET))
            self.panel.graph.clear()
            return
        plan, t = controller.run.plans.get(key), controller.state.t
        own = t if plan is None else own_timestep(plan, t, controller.run.timeline())
        question = InspectUNet(key, own, controller.sample, look.block, look.off, look.instead, look.summary, self._theme.palette)
        self._questions.ask("unet", question, self._take)
        self._show_graph()

    def _take(self, outcome: Outcome) -> None:
        if not self.look.open:
            return
        if isinstance(outcome, UNetShown) and outcome.key == self._controller.key:
            self.panel.show_network(outcome, self._whose(outcome))
            self._ask_terms(outcome)
        elif isinstance(outcome, UNetAbsent) and outcome.key == self._controller.key:
            self.panel.say(outcome.reason)
        self._show_graph()

    def _whose(self, shown: UNetShown) -> str:
        """The network of this step, where a branch went on with another than its lane's."""
        plan = self._controller.run.plans.get(shown.key)
        here = shown.key.lane if plan is None else plan_at(plan, shown.k).key.lane
        return "" if here.checkpoint == shown.key.lane.checkpoint else f"here {option_name(here)}"

    def _ask_terms(self, shown: UNetShown) -> None:
        """The pictures of the step that the network was asked in, where the workspace shows others: at t = 0."""
        terms = self._terms
        if terms is None or (terms.key, terms.k, terms.sample) != (shown.key, shown.k, shown.sample):
            self._questions.ask("unet terms", ShowTerms(shown.key, shown.t, shown.sample, self._theme.palette), self._take_own_terms)

    def _take_own_terms(self, outcome: Outcome) -> None:
        if isinstance(outcome, TermsShown) and self.panel.shown is not None and outcome.k == self.panel.shown.k:
            self.show_terms(outcome)

    def show_terms(self, terms: TermsShown) -> None:
        """The terms of the step at the cursor, for the graph of it."""
        self._terms = terms
        if self.look.open:
            self._show_graph()

    def _show_graph(self) -> None:
        """The step as a graph, with the pictures of its terms."""
        terms = self._terms
        plan = None if terms is None else self._controller.run.plans.get(terms.key)
        if terms is None or plan is None or terms.key != self._controller.key:
            self.panel.graph.clear()
            return
        if terms.k >= len(plan.sigma):
            return  # no step starts at t = 0: the last one stays
        plan = plan_at(plan, terms.k)
        tiles, shown = dict(terms.tiles), self.panel.shown
        if shown is not None and shown.t == terms.t:
            tiles.setdefault(describe(plan).output, shown.outputs[0].whole)  # what terms have not: v, and Option A's own mean
        self.panel.graph.show_graph(graph_of(plan, terms.k, self._theme.tokens), tiles)


def _asks(look: UNetLook) -> UNetLook:
    """The look without what the engine is not asked for."""
    return msgspec.structs.replace(look, output="network")
