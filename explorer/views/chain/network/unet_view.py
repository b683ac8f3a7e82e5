"""What is looked at in a chain workspace, and the panel "Inside the U-Net" in front of it while that is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QStackedWidget, QWidget

from explorer.engine.chain.messages import LanePlanned
from explorer.engine.chain.network.messages import UNetShown
from explorer.state.edits import chain as edits
from explorer.state.edits import training_step
from explorer.state.edits.words import lane_at
from explorer.state.session import UNetLook
from explorer.views.chain.controller import ChainController
from explorer.views.chain.network.unet_controller import UNetController
from explorer.views.chain.network.unet_panel import UNetPanel
from explorer.widgets.look.language import tr


class UNetView(QStackedWidget):
    """The panel of one chain workspace, and its gestures.

    Parameters
    ----------
    chain : ChainController
    action : QAction
        Opens and closes the panel; checkable.

    Attributes
    ----------
    controller : UNetController
    panel : UNetPanel
    button : QPushButton
        Opens and closes it too; for the tool bar.
    """

    def __init__(self, chain: ChainController, action: QAction) -> None:
        super().__init__()
        self._part, self._action = chain.part, action
        self.panel = UNetPanel(chain.context.theme, action)
        self.button = QPushButton(tr("U-Net"))
        self.button.setCheckable(True)
        self.button.setToolTip(action.toolTip())
        self.button.setAccessibleName(tr("Look inside the U-Net"))
        self.addWidget(self.panel)
        self._connect()
        self.controller = UNetController(chain, self, self)
        self.controller.show_state()

    def put_behind(self, widget: QWidget) -> None:
        """What the panel is in front of."""
        self.insertWidget(0, widget)
        self.controller.show_state()

    def _connect(self) -> None:
        panel, part = self.panel, self._part
        self._action.triggered.connect(self.set_open)
        self.button.clicked.connect(self.set_open)
        panel.closed.connect(lambda: self.set_open(False))
        panel.step_wanted.connect(self.lay_step_open)
        panel.block_chosen.connect(lambda name: self.choose(block=name))
        panel.skip_toggled.connect(lambda level: part.put(edits.toggle_skip(part.state, level)))
        panel.all_on.connect(lambda: self.choose(off=()))
        panel.summary_chosen.connect(lambda name: self.choose(summary=name))
        panel.instead_chosen.connect(lambda name: self.choose(instead=name))
        panel.output_chosen.connect(lambda name: self.choose(output=name))
        panel.lane_chosen.connect(lambda index: part.update(lane=index))
        panel.sample_stepped.connect(lambda by: part.put(edits.step_sample(part.state, by)))

    # --- gestures ---

    def set_open(self, is_open: bool) -> None:
        """Open or close the panel."""
        self.choose(open=is_open)

    def choose(self, **fields: object) -> None:
        """Replace fields of the look."""
        self._part.put(edits.look_inside(self._part.state, **fields))

    def lay_step_open(self) -> None:
        """Show one training step of the network that makes this step, at its timestep, in Training."""
        shown, store, state = self.panel.shown, self._part.store, self._part.state
        if shown is None or state.lane >= len(state.recipe.lanes):
            return
        lane = shown.key.lane
        first = max([shown.t, *(edit.t for edit in lane.edits)])
        lane = lane_at(lane, range(first, -1, -1), first - shown.t)
        training = training_step.of_lane(store.session.training, lane, shown.asked)
        store.update(tr("lay a training step open"), workspace="training", training=training)

    # --- what the controller hands over ---

    def show_choice(self, look: UNetLook, lanes: Sequence[str], lane: int, sample: int, samples: int) -> None:
        """What the person chose; the panel is in front while it is open."""
        self._action.setChecked(look.open)
        self.button.setChecked(look.open)
        self.panel.show_choice(look, lanes, lane, sample, samples)
        if self.count() > 1:
            self.setCurrentIndex(1 if look.open else 0)

    def show_network(self, shown: UNetShown, whose: str) -> None:
        """What the engine found."""
        self.panel.show_network(shown, whose)

    def say(self, message: str) -> None:
        """There is nothing to look into: why."""
        self.panel.say(message)

    def show_step(self, plan: LanePlanned, k: int, tiles: Mapping[str, np.ndarray]) -> None:
        """Step k of a plan, and pictures of its quantities."""
        self.panel.show_step(plan, k, tiles)

    def show_no_step(self) -> None:
        """There is no step to show."""
        self.panel.graph.clear()
