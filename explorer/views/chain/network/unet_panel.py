"""The panel "Inside the U-Net": the network drawn, the chosen block's channels, and the output with and without skips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFont, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from explorer.engine.chain.messages import LanePlanned
from explorer.engine.chain.network.messages import OutputShown, UNetShown
from explorer.recipe.quantities import QUANTITIES
from explorer.state.session import UNetLook
from explorer.views.chain.network.channel_sheet import ChannelSheet
from explorer.views.chain.network.output_tiles import OutputTiles
from explorer.views.chain.network.step_graph import StepGraph
from explorer.views.chain.network.steps import graph_of
from explorer.views.chain.network.unet_diagram import UNetDiagram
from explorer.views.shared.labels import formula
from explorer.widgets.controls.actions import with_keys
from explorer.widgets.controls.segments import Segment, SegmentBar
from explorer.widgets.look.card import Card
from explorer.widgets.look.fonts import wear
from explorer.widgets.look.icons import icon
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme

SPACING = 8
SIDE = (240, 0.36, 620)
"""Width of the right column: at least, share, at most."""
WORDS_LEAST = 840
"""Width from which on the header has room for all its words."""
GRAPH_LEAST = 448
"""Height from which on there is room for the graph of the step."""
SUMMARIES = (
    Segment("strongest", tr("strongest"), tr("Each block's picture is its channel of the largest spread over the pixels")),
    Segment("mean", tr("mean"), tr("Each block's picture is the mean over its channels")),
)
INSTEADS = (
    Segment("zero", tr("zeros"), tr("In the place of a skip that is off: zeros")),
    Segment("mean", tr("means"), tr("In the place of a skip that is off: each channel's mean over the pixels; where things are is lost")),
)
OUTPUTS = (
    Segment("network", tr("output"), tr("What the network itself puts out")),
    Segment("x0_hat", "x̂₀", tr("The clean image that the output implies"), formula("x0_hat")),
)
HINT = tr("Click a skip in the drawing to switch it off: the output without it, and the difference, appear here.")


class UNetPanel(QWidget):
    """Shows what it is given and says what the person does.

    Parameters
    ----------
    closes : QAction
        Does so too: its keys are told.

    Signals
    -------
    closed(), step_wanted()
        The panel shall close; the training step of this network shall be laid open.
    lane_chosen(int), sample_stepped(int)
        Another lane; the sample after (1) or before (-1).
    block_chosen(str), skip_toggled(int), all_on()
    summary_chosen(str), instead_chosen(str), output_chosen(str)
    """

    closed = Signal()
    step_wanted = Signal()
    lane_chosen = Signal(int)
    sample_stepped = Signal(int)
    block_chosen = Signal(str)
    skip_toggled = Signal(int)
    all_on = Signal()
    summary_chosen = Signal(str)
    instead_chosen = Signal(str)
    output_chosen = Signal(str)

    def __init__(self, theme: Theme, closes: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._closes = theme, closes
        self._shown: UNetShown | None = None
        self._look = UNetLook()
        self.diagram, self.channels = UNetDiagram(theme), ChannelSheet(theme)
        self.outputs, self.graph = OutputTiles(theme), StepGraph(theme)
        self.summary = SegmentBar(SUMMARIES, tr("What a block's picture shows"))
        self.instead = SegmentBar(INSTEADS, tr("In the place of a skip that is off"))
        self.output = SegmentBar(OUTPUTS, tr("Output compared"))
        self._heading, self._range, self._output_heading = QLabel(), QLabel(), QLabel(tr("OUTPUT"))
        self._build()
        self._connect()
        theme.changed.connect(self._dress)
        self._dress()

    # --- parts ---

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addLayout(self._header())
        middle = QHBoxLayout()
        middle.setSpacing(SPACING)
        self._drawing, self._side = Card(self._theme), Card(self._theme)
        inner = QVBoxLayout(self._drawing)
        inner.setContentsMargins(4, 8, 4, 4)
        inner.addWidget(self.diagram)
        self._fill_side()
        middle.addWidget(self._drawing, 1)
        middle.addWidget(self._side)
        column.addLayout(middle, 1)
        self._graph_card = Card(self._theme)
        inner = QVBoxLayout(self._graph_card)
        inner.setContentsMargins(8, 4, 8, 4)
        inner.addWidget(self.graph)
        column.addWidget(self._graph_card)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)

    def minimumSizeHint(self) -> QSize:
        """No more than what it covers; what does not fit is left out."""
        return QSize(560, 300)

    def _header(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        self._title = QLabel(tr("Inside the U-Net"))
        wear(self._title, 13, QFont.Weight.DemiBold)
        self._where = QLabel()
        mark(self._where, "muted")
        self.lanes = QComboBox()
        self.lanes.setAccessibleName(tr("Lane"))
        self.lanes.setToolTip(tr("Whose network is looked into"))
        self.lanes.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._before = self._button(tr("Sample before"), tr("The sample before this one"))
        self._after = self._button(tr("Next sample"), tr("The next sample"))
        self.on = QPushButton(tr("All skips on"))
        self.on.setToolTip(tr("Switch every skip connection on again"))
        self.on.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.learning = QPushButton(tr("Training step"))
        self.learning.setToolTip(tr("One training step of this network at this t, laid open in Training"))
        self.learning.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button = self._button(tr("Close"), with_keys(tr("Close this panel"), self._closes))
        left: tuple[QWidget, ...] = (self._title, self.lanes, self._before, self._after, self._where)
        right: tuple[QWidget, ...] = (self.on, self.instead, self.summary, self.learning, self.close_button)
        for widget in left:
            row.addWidget(widget)
        row.addStretch(1)
        for widget in right:
            row.addWidget(widget)
        return row

    def _button(self, name: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setAccessibleName(name)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        mark(button, "quiet")
        return button

    def _fill_side(self) -> None:
        column = QVBoxLayout(self._side)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        for label in (self._heading, self._output_heading):
            mark(label, "heading")
        mark(self._range, "muted")
        self._range.setToolTip(tr("Scale of every channel: blue is negative, orange positive; what is beyond takes the end's colour"))
        for left, right in ((self._heading, self._range), (self._output_heading, self.output)):
            row = QHBoxLayout()
            row.addWidget(left)
            row.addStretch(1)
            row.addWidget(right)
            column.addLayout(row)
            if left is self._heading:
                column.addWidget(self.channels, 1)
        column.addWidget(self.outputs)

    def _connect(self) -> None:
        self.diagram.block_chosen.connect(self.block_chosen)
        self.diagram.skip_toggled.connect(self.skip_toggled)
        self.summary.chosen.connect(self.summary_chosen)
        self.instead.chosen.connect(self.instead_chosen)
        self.output.chosen.connect(self.output_chosen)
        self.on.clicked.connect(self.all_on)
        self.close_button.clicked.connect(self.closed)
        self.learning.clicked.connect(self.step_wanted)
        self.lanes.activated.connect(self.lane_chosen)
        self._before.clicked.connect(self._step_back)
        self._after.clicked.connect(self._step_on)

    def _step_back(self) -> None:
        self.sample_stepped.emit(-1)

    def _step_on(self) -> None:
        self.sample_stepped.emit(1)

    def _dress(self, _tokens: object = None) -> None:
        for button, name in ((self._before, "chevron-left"), (self._after, "chevron-right"), (self.close_button, "close")):
            button.setIcon(icon(f"mdi6.{name}", self._theme.tokens))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width; the graph needs height."""
        least, share, most = SIDE
        self._side.setFixedWidth(round(min(max(least, share * self.width()), most)))
        self._graph_card.setVisible(self.height() >= GRAPH_LEAST)
        for label in (self._title, self._where):
            label.setVisible(self.width() >= WORDS_LEAST)

    # --- what is shown ---

    def show_choice(self, look: UNetLook, lanes: Sequence[str], lane: int, sample: int, samples: int) -> None:
        """What the person chose."""
        self._look = look
        with QSignalBlocker(self.lanes):
            if [self.lanes.itemText(i) for i in range(self.lanes.count())] != list(lanes):
                self.lanes.clear()
                self.lanes.addItems(list(lanes))
            self.lanes.setCurrentIndex(lane)
        self.lanes.setVisible(len(lanes) > 1)
        self._before.setEnabled(sample > 0)
        self._after.setEnabled(sample + 1 < samples)
        self.diagram.show_choice(look.block, look.off)
        self.summary.set_current(look.summary)
        self.instead.set_current(look.instead)
        self.output.set_current(look.output)
        self.on.setVisible(bool(look.off))
        self.instead.setVisible(bool(look.off))
        self._show_outputs()

    def say(self, message: str) -> None:
        """There is nothing to look into: say why."""
        self._shown = None
        self.learning.setEnabled(False)
        self.diagram.show_network(None, message)
        self.channels.clear()
        self._heading.setText(tr("CHANNELS"))
        self._range.setText("")
        self._where.setText("")
        self._show_outputs()

    def show_network(self, shown: UNetShown, whose: str = "") -> None:
        """What the engine found; `whose` is told where the network is not the lane's own."""
        self._shown = shown
        self.learning.setEnabled(True)
        self.diagram.show_network(shown.anatomy)
        self.diagram.show_blocks(shown.blocks, shown.asked, (shown.skip, shown.scale))
        self.diagram.show_choice(shown.channels.block, self._look.off)
        found, block = shown.channels, shown.blocks[shown.channels.block]
        node = shown.anatomy.node(found.block)
        title = "" if node is None else node.title
        some = tr("{count} OF {count2}", count=len(found.tiles), count2=found.count) if len(found.tiles) < found.count else f"{found.count}"
        self._heading.setText(
            (
                tr("{title} · {some} CHANNEL", title=title, some=some)
                if found.count == 1
                else tr("{title} · {some} CHANNELS", title=title, some=some)
            ).upper()
        )
        self._range.setText(tr("−{scale:g} to {scale:g}", scale=found.scale))
        self.channels.show_channels(found.tiles, found.low, found.high, block.channel)
        lane = f"{self.lanes.currentText()} · " if self.lanes.count() == 1 else ""
        self._where.setText(
            tr("{lane}{whose}sample {sample} · t = {t}", lane=lane, whose=whose + " · " if whose else "", sample=shown.sample, t=shown.t)
        )
        self._show_outputs()

    def show_step(self, plan: LanePlanned, k: int, tiles: Mapping[str, np.ndarray]) -> None:
        """Step k of a plan as a graph, with pictures of its quantities."""
        self.graph.show_graph(graph_of(plan, k, self._theme.tokens), tiles)

    @property
    def shown(self) -> UNetShown | None:
        """What the engine found last."""
        return self._shown

    def _show_outputs(self) -> None:
        outputs = () if self._shown is None else self._shown.outputs
        self.output.setVisible(len(outputs) > 1)
        if not outputs or self._shown is None:
            self.outputs.show_tiles([None] * 3, [("", "")] * 3)
            return
        self.output.set_label("network", _label(outputs[0]))
        wanted = outputs[-1] if self._look.output == "x0_hat" else outputs[0]
        self.outputs.show_tiles(*self._tiles(wanted, self._shown.off))

    @staticmethod
    def _tiles(output: OutputShown, off: Sequence[int]) -> tuple[list, list[tuple[str, str]], str]:
        name = _label(output)
        levels = ", ".join(str(level + 1) for level in off)
        captions = [
            (name, tr("every skip")),
            (name, tr("without {levels}", levels=levels)) if output.switched is not None else ("", ""),
            (f"Δ ±{output.difference_scale:g}", tr("norm {distance:.3g}", distance=output.distance))
            if output.difference is not None
            else ("", ""),
        ]
        return [output.whole, output.switched, output.difference], captions, "" if output.switched is not None else HINT


def _label(output: OutputShown) -> str:
    """Its quantity's label; of what is no quantity, such as a velocity, its own name."""
    return tr(QUANTITIES[output.name].label) if output.name in QUANTITIES else output.name
