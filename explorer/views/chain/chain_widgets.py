"""The widgets that every chain workspace is laid out from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from explorer.recipe.quantities import offered
from explorer.views.chain.actions import TRANSPORT
from explorer.views.chain.inspector import ChainInspector
from explorer.views.chain.lanes.colour_scale import ColourScale
from explorer.views.chain.plot_card import PlotCard
from explorer.views.shared.labels import formula
from explorer.widgets.controls.actions import Actions, segment
from explorer.widgets.controls.segments import Segment, SegmentBar
from explorer.widgets.controls.transport import Transport
from explorer.widgets.look.card import Card
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.equation_strip import EquationStrip, Layout
from explorer.widgets.pictures.film_strip import FilmStrip


class ChainWidgets:
    """Widgets, made and named, not yet placed.

    Parameters
    ----------
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
        actions: Actions,
        plots: Sequence[Segment],
        layout: Layout,
        several_lanes: bool,
    ) -> None:
        self._theme = theme
        quantities = [segment(row.name, actions[row.name], tr(row.label), formula(row.name), row.name) for row in offered(several_lanes)]
        self.quantities = SegmentBar(quantities, tr("Quantity shown"))
        self.scale = ColourScale(theme)
        self.decoding: QWidget = QWidget()
        self.resume = QPushButton(tr("Resume"))
        self.resume.setToolTip(actions["resume"].toolTip())
        self.resume.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        mark(self.resume, "primary")
        self.resume.hide()
        self.locate = QPushButton(tr("Locate checkpoint…"))
        self.locate.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        mark(self.locate, "primary")
        self.locate.hide()
        self.equation = EquationStrip(theme, layout)
        self.film = FilmStrip(theme)
        self.plot = PlotCard(theme, plots, narrow=not several_lanes)
        self.transport = Transport(theme, [actions[name] for name in TRANSPORT])
        self.inspector = ChainInspector(theme, actions["seed"], several_lanes)
        self.equation_card, self.film_card = self._on_card(self.equation), self._on_card(self.film)

    def _on_card(self, widget: QWidget) -> Card:
        card = Card(self._theme)
        row = QHBoxLayout(card)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(widget)
        return card

    def put_decoding(self, button: QWidget) -> None:
        """What chooses whether codes are decoded; hidden until a lane has any."""
        self.decoding = button
        button.hide()

    def toolbar(self, *right: QWidget) -> QHBoxLayout:
        """Quantities and scale to the left; the rest to the right."""
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.quantities)
        row.addWidget(self.decoding)
        row.addWidget(self.scale)
        row.addStretch(1)
        for widget in (self.locate, self.resume, *right):
            row.addWidget(widget)
        return row
