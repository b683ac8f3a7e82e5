"""The bound's parts of every lane, in nats and in bits/dim."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from explorer.engine.objective.likelihood_messages import LaneLikelihood
from explorer.engine.objective.messages import LaneBound
from explorer.recipe import Lane
from explorer.views.objective.figures import with_error
from explorer.views.objective.likelihood_section import error_words
from explorer.views.shared.labels import checkpoint_name, lane_colours, lane_tip, lane_titles, predicts
from explorer.widgets.controls.menus import emptied
from explorer.widgets.look.card import Card
from explorer.widgets.look.eliding_label import ElidingLabel
from explorer.widgets.look.fonts import wear
from explorer.widgets.look.icons import icon
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_label import MathLabel
from explorer.widgets.look.math_text import Formula, var, words
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme

COLUMNS = (
    ("", ""),
    ("L_T", tr("KL( q(x_T | x₀) ‖ N(0, I) ), closed form for each image, nats")),
    ("Σ Lₜ₋₁", tr("Sum over t > 1 of KL( q(xₜ₋₁ | xₜ, x₀) ‖ p(xₜ₋₁ | xₜ) ), nats")),
    ("L₀", tr("−log p(x₀ | x₁) of 8-bit pixels, nats; its variance is σ₂², since σ₁ = 0")),
    ("L", tr("L_T + Σ Lₜ₋₁ + L₀: an upper bound of −log p(x₀), nats per image ± one standard error")),
    ("bits/dim", tr("The same over ln 2 and the number of pixels")),
    ("", ""),
    ("ODE", tr("−log p(x₀) by the probability-flow ODE, bits/dim, on the first of the images: compare with L in bits/dim")),
)
ODE_WIDTH = 94
TO_LAST, ODE = 5, 7
UNPAIRED = tr(
    "This lane has T = {}, the last T = {}: they are measured at other timesteps, so there are no common draws to take a difference "
    "over. Their L can be compared, each with its own error."
)
ROW = 26
WIDTHS = (96, 104, 92, 92, 104, 104, 104)
"""Least widths of the columns, so that they stay where they are while figures come."""
NARROW = (64, 104, 92, 92, 92, 94, 94)
"""Those beside the figures of the ODE: a window of 1280 has no room for more."""
HEADS: dict[str, Formula] = {
    "L_T": (var("L", "T"),), "Σ Lₜ₋₁": (words("Σ "), var("L", "t−1")), "L₀": (var("L", "0"),), "L": (var("L"), words(tr("  nats"))),
}  # fmt: skip


class _Swatch(QWidget):
    """The lane's colour."""

    def __init__(self, colour: str) -> None:
        super().__init__()
        self._colour = colour
        self.setFixedSize(QSize(12, ROW))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._colour))
        painter.drawRoundedRect(QRectF(0, ROW / 2 - 5, 10, 10), 3, 3)


class BoundTable(Card):
    """A row a lane.

    Parameters
    ----------
    fill_menu : callable
        Fills the "..." menu of the lane of that index.
    """

    def __init__(self, theme: Theme, fill_menu: Callable[[QMenu, int], None], parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self._theme, self._fill_menu = theme, fill_menu
        self._lanes: tuple[Lane, ...] | None = None
        self._cells: list[list[QLabel]] = []
        self._buttons: list[QToolButton] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(14, 8, 8, 8)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Totals of the objective"))
        theme.changed.connect(self._dress)

    def set_lanes(self, lanes: tuple[Lane, ...]) -> None:
        """One row for each."""
        if lanes == self._lanes:
            return
        self._lanes = lanes
        while self._grid.count():
            item = self._grid.takeAt(0)
            if item.widget() is not None:
                item.widget().hide()
                item.widget().deleteLater()
        self._cells, self._buttons = [], []
        titles, colours = lane_titles(lanes), lane_colours(lanes)
        self._add_head(titles)
        for row, (lane, title, colour) in enumerate(zip(lanes, titles, colours, strict=True), 1):
            self._add_row(row, lane, title, colour)
        self._grid.setColumnStretch(1, 1)
        for column, width in enumerate(WIDTHS, 1):
            self._grid.setColumnMinimumWidth(column, width)
        self._dress()
        self.setFixedHeight(16 + ROW * (len(lanes) + 1))

    def _add_head(self, titles: Sequence[str]) -> None:
        for column, (name, tip) in enumerate(COLUMNS):
            if name in HEADS:
                head = MathLabel(self._theme, HEADS[name])
                head.setToolTip(tip)
                self._grid.addWidget(head, 0, column + 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                continue
            label = ElidingLabel(name)
            if column == TO_LAST + 1 and len(titles) > 1:
                label.setText(tr("to {titles}", titles=titles[-1]))
                tip = tr(
                    "L minus that of {titles}, nats: over the same images, timesteps and noise, so most of the spread goes away",
                    titles=titles[-1],
                )
            if column == ODE:
                label.setText(tr("ODE, bits/dim"))
                self._ode_head = label
            label.setToolTip(tip)
            label.setFixedHeight(ROW)
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            mark(label, "muted")
            self._grid.addWidget(label, 0, column + 1)

    def _add_row(self, row: int, lane: Lane, title: str, colour: str) -> None:
        self._grid.addWidget(_Swatch(colour), row, 0)
        said = " · ".join(part for part in (title, predicts(lane), checkpoint_name(lane)) if part)
        name = ElidingLabel(said + (tr(" · clipped") if lane.sampler.clip else ""))
        wear(name, 13)
        name.setToolTip(lane_tip(lane))
        name.setFixedHeight(ROW)
        self._grid.addWidget(name, row, 1)
        cells = []
        for column in range(2, 9):
            cell = QLabel("–")
            wear(cell, 13)
            cell.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            cell.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            cell.setAccessibleName(tr("{columns} of {title}", columns=COLUMNS[column - 1][0] or tr("difference"), title=title))
            self._grid.addWidget(cell, row, column)
            cells.append(cell)
        self._cells.append(cells)
        button = QToolButton()
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolTip(tr("Clip, compare with, or take this lane away"))
        button.setAccessibleName(tr("Menu of {title}", title=title))
        button.setFixedSize(24, 22)
        mark(button, "quiet")
        menu = QMenu(button)
        menu.aboutToShow.connect(lambda: self._fill(menu, row - 1))
        button.setMenu(menu)
        self._grid.addWidget(button, row, 9)
        self._buttons.append(button)

    def _fill(self, menu: QMenu, index: int) -> None:
        emptied(menu)
        self._fill_menu(menu, index)

    def show_bounds(self, bounds: Sequence[LaneBound]) -> None:
        """Figures of the lanes, in their order; those that are not there are dashes."""
        by_lane, lanes = {bound.lane: bound for bound in bounds}, self._lanes or ()
        last = by_lane.get(lanes[-1]) if lanes else None
        for lane, cells in zip(lanes, self._cells, strict=True):
            bound = by_lane.get(lane)
            for cell, said in zip(cells[:-1], _words(bound, last), strict=True):
                if cell.text() != said:
                    cell.setText(said)
            unpaired = "" if bound is None or last is None or bound.T == last.T else UNPAIRED.format(bound.T, last.T)
            cells[-2].setToolTip(unpaired)

    def show_likelihoods(self, on: bool, found: Sequence[LaneLikelihood]) -> None:
        """The ODE's figures beside those of the bound; no such column where they are not wanted."""
        by_lane, lanes = {each.lane: each for each in found}, self._lanes or ()
        self._ode_head.setVisible(on)
        for column, width in enumerate(NARROW if on else WIDTHS, 1):
            self._grid.setColumnMinimumWidth(column, width)
        self._grid.setColumnMinimumWidth(ODE + 1, ODE_WIDTH if on else 0)
        if on and len(lanes) == 1:  # a lane alone has no difference to another
            self._grid.setColumnMinimumWidth(ODE, 0)
        for lane, cells in zip(lanes, self._cells, strict=True):
            own, cell = by_lane.get(lane), cells[-1]
            cell.setVisible(on)
            known = own is not None and own.images > 0
            cell.setText(with_error(own.total, 1 / (math.log(2) * own.values), 3) if own is not None and known else "–")
            cell.setToolTip(error_words(own) if own is not None and known else "")

    def text(self, row: int, column: str) -> str:
        """What stands in a cell, by the name of its column."""
        return self._cells[row][[name for name, _ in COLUMNS].index(column) - 1].text()

    def menu_of(self, row: int) -> QMenu:
        """The "..." menu of a lane, filled."""
        menu = self._buttons[row].menu()
        self._fill(menu, row)
        return menu

    @property
    def rows(self) -> int:
        """Number of lanes."""
        return len(self._cells)

    def _dress(self, _tokens: object = None) -> None:
        for button in self._buttons:
            button.setIcon(icon("mdi6.dots-horizontal", self._theme.tokens))


def _words(bound: LaneBound | None, last: LaneBound | None) -> list[str]:
    if bound is None:
        return ["–"] * 6
    bits = 1 / (math.log(2) * bound.values)
    parts = [with_error(part) for part in (bound.prior, bound.steps, bound.decoder, bound.total)]
    return [*parts, with_error(bound.total, bits, 3), _gap_words(bound, last)]


def _gap_words(bound: LaneBound, last: LaneBound | None) -> str:
    if last is not None and bound.T != last.T:
        return tr("T differs")
    gap = with_error(bound.gap, digits=1)
    if not math.isfinite(bound.gap.value):
        return ""
    return f"+{gap}" if bound.gap.value > 0 else gap
