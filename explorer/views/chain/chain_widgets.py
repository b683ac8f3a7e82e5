"""The parts that every chain workspace is laid out from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from explorer.views.chain.actions import TRANSPORT, ChainActions
from explorer.views.chain.inspector import ChainInspector
from explorer.views.chain.lanes.colour_scale import ColourScale
from explorer.views.chain.plot_card import PlotCard
from explorer.widgets.controls.segments import Segment, SegmentBar
from explorer.widgets.controls.transport import Transport
from explorer.widgets.look.card import Card
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.equation_strip import EquationStrip, Layout
from explorer.widgets.pictures.film_strip import FilmStrip


class ChainParts:
    """Widgets, made and named, not yet placed.

    Parameters
    ----------
    segments : sequence of Segment
        Quantities that can be shown.
    plots : sequence of Segment
        Curves that can be shown.
    layout : Layout
        Of the equation.
    several_lanes : bool
        Whether there can be more than one lane.
    """

    def __init__(
        self,
        theme: Theme,
        actions: ChainActions,
        segments: Sequence[Segment],
        plots: Sequence[Segment],
        layout: Layout,
        several_lanes: bool,
    ) -> None:
        self._theme = theme
        self.quantities = SegmentBar(segments, "Quantity shown")
        self.scale = ColourScale(theme)
        self.resume = QPushButton("Resume")
        self.resume.setToolTip("Go on sampling from what is computed  (R)")
        self.resume.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        mark(self.resume, "primary")
        self.resume.hide()
        self.equation = EquationStrip(theme, layout)
        self.film = FilmStrip(theme)
        self.plot = PlotCard(theme, plots, narrow=not several_lanes)
        self.transport = Transport(theme, [actions.by_name[name] for name in TRANSPORT])
        self.inspector = ChainInspector(theme, actions.by_name["seed"], several_lanes)
        self.equation_card, self.film_card = self._on_card(self.equation), self._on_card(self.film)

    def _on_card(self, widget: QWidget) -> Card:
        card = Card(self._theme)
        row = QHBoxLayout(card)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(widget)
        return card

    def toolbar(self, *right: QWidget) -> QHBoxLayout:
        """Quantities and scale to the left; the rest to the right."""
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.quantities)
        row.addWidget(self.scale)
        row.addStretch(1)
        for widget in (self.resume, *right):
            row.addWidget(widget)
        return row
