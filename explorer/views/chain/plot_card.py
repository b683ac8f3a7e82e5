"""The plot against t with the choice of its curves and its legend."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.views.chain.lanes.choice_menu import ChoiceMenu
from explorer.widgets.controls.segments import Segment, SegmentBar
from explorer.widgets.look.card import Card
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.curve_plot import CurvePlot
from explorer.widgets.plots.figure import Figure
from explorer.widgets.plots.legend import Legend

OF = (
    Segment("sample", tr("sample"), tr("Curves of the selected sample")),
    Segment("all", tr("all"), tr("Mean of the curves of all samples")),
)
LOG = Segment("log", tr("log"), tr("Logarithmic scale: small distances show beside large ones"))


class PlotCard(Card):
    """Segments, legend, plot.

    Parameters
    ----------
    narrow : bool
        The legend has a line of its own, and the plots are segments; else they are in a menu.
    """

    def __init__(self, theme: Theme, plots: Sequence[Segment], narrow: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self.plots = SegmentBar(plots, tr("Curves")) if narrow else ChoiceMenu(plots, tr("Curves"))
        self.of = SegmentBar(OF, tr("Curves of"))
        self.plot = CurvePlot(theme)
        self.log = SegmentBar((LOG,), tr("Scale"), exclusive=False)
        self._legend = Legend(theme)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.plots)
        top.addWidget(self.of)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 12, 4)
        column.setSpacing(4)
        column.addLayout(top)
        self._below = QHBoxLayout() if narrow else top
        if narrow:
            column.addLayout(self._below)
        self._top = top
        top.addWidget(self.log)
        if narrow:
            top.addStretch(1)
        self._below.addWidget(self._legend, 1)
        column.addWidget(self.plot, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What has no room beside the curves' names goes before the legend."""
        self._share()

    def _share(self) -> None:
        if self._below is self._top:
            return
        margins, spacing = self.layout().contentsMargins(), self._top.spacing()
        room = self.width() - margins.left() - margins.right() - self.plots.sizeHint().width()
        beside = [part for part in (self.of, self.log) if (room := room - spacing - part.sizeHint().width()) >= 0]
        for row, parts in ((self._top, beside), (self._below, [part for part in (self.of, self.log) if part not in beside])):
            for place, part in enumerate(parts, start=row is self._top):
                if row.indexOf(part) != place:
                    row.insertWidget(place, part)

    def show_choice(self, plot: str, of: str, log: bool, by_sample: bool) -> None:
        """Put the segments down; curves of the plan are the same for every sample."""
        self.plots.set_current(plot)
        self.of.set_current(of)
        self.of.setVisible(by_sample)
        self.log.button("log").setChecked(log)
        self.log.setVisible(by_sample)

    def show_selection(self, count: int) -> None:
        """Of how many samples the curves are the mean, unless they are of all."""
        tip = tr("Curves of the selected sample") if count == 1 else tr("Mean of the curves of the {count} selected samples", count=count)
        self.of.set_label("sample", tr("sample") if count == 1 else tr("of {count}", count=count), tip)

    def show_figure(self, figure: Figure, t: int) -> None:
        """Show curves and their values at t."""
        self.plot.set_figure(figure)
        self.plot.set_cursor(t)
        self._legend.set_series(figure.named, t)

    def set_cursor(self, t: int) -> None:
        """Move the cursor."""
        self.plot.set_cursor(t)
        self._legend.set_series(self.plot.figure.named, t)
