"""The card over the timeline: what can be done at this t, the tree of branches, and how much of an image survived."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction, QFont, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QScrollArea, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from explorer.engine.chain.branching.messages import SurvivalShown
from explorer.state.edits.branches import Node
from explorer.views.reverse_chain.branch_tree import ROW, BranchTree
from explorer.views.reverse_chain.tree_rows import rows_drawn
from explorer.widgets.controls.actions import Actions
from explorer.widgets.controls.timeline import HANDLE, Timeline
from explorer.widgets.look.card import Card
from explorer.widgets.look.eliding_label import ElidingLabel
from explorer.widgets.look.fonts import wear
from explorer.widgets.look.language import tr
from explorer.widgets.look.sharp import to_image
from explorer.widgets.look.steady_label import SteadyLabel
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme

MOST_ROWS = 8
"""Lines of the tree that are shown at once unless the person gives it more room; the others are scrolled to."""
SMALL = 40
HINT = tr("Every change is kept, as a branch.")
HINT_TIP = tr("Change something at this step and go on from there: every branch is kept, beside the chain that it leaves.")


class BranchBar(Card):
    """Tools, tree, survival.

    Attributes
    ----------
    tree : BranchTree
    change : QToolButton
        Its menu changes the sampler or the model from here.
    """

    def __init__(self, theme: Theme, actions: Actions, timeline: Timeline, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self._timeline, self._T = timeline, 1000
        self.title = SteadyLabel()
        wear(self.title, 12, QFont.Weight.DemiBold)
        self.hint = ElidingLabel(HINT)
        self.hint.setToolTip(HINT_TIP)
        mark(self.hint, "faint")
        self.change = QToolButton()
        self.change.setText(tr("Change"))
        self.change.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.change.setToolTip(tr("Branch: go on with another η, another clipping or another model"))
        self.change.setAccessibleName(tr("Change the sampler or the model from here"))
        self.change.setMenu(QMenu(self.change))
        self.change.menu().setToolTipsVisible(True)
        self.tree = BranchTree(theme)
        self.survival = SurvivalRow()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self.tree)
        self._scroll.verticalScrollBar().setSingleStep(ROW)
        self._scroll.viewport().setAutoFillBackground(False)
        self.tree.setAutoFillBackground(False)
        tools = QHBoxLayout()
        tools.setContentsMargins(10, 4, 8, 4)
        tools.setSpacing(4)
        tools.addWidget(self.title)
        words = {"fresh": tr("New noise"), "paint": tr("Paint"), "erase": tr("Erase"), "back_up": tr("Noise again"), "start": tr("Start")}
        self.buttons: dict[str, QToolButton] = {}
        for name in ("fresh", "paint", "erase", "back_up", "start"):
            self.buttons[name] = _button(actions[name], words[name])
        for name in ("fresh", "paint", "erase"):
            tools.addWidget(self.buttons[name])
        tools.addWidget(self.change)
        tools.addWidget(self.buttons["back_up"])
        tools.addWidget(self.buttons["start"])
        tools.addSpacing(8)
        tools.addWidget(self.hint, 100)
        tools.addStretch(1)
        self.compare = _button(actions["compare"], tr("Compare"))
        tools.addWidget(self.compare)
        self.change.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.change.setMinimumHeight(self.buttons["fresh"].sizeHint().height())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._tools = QWidget()
        self._tools.setLayout(tools)
        column.addWidget(self._tools)
        column.addWidget(self._scroll, 1)
        column.addWidget(self.survival)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._fit_tree()
        self.survival.hide()

    @property
    def lines(self) -> int:
        """Lines of the tree; 0 while there is no branch."""
        return len(self.tree.rows) if len(self.tree.rows) > 1 else 0

    def height_with(self, lines: int) -> int:
        """Height with so many lines of the tree in view."""
        rest = self.survival.sizeHint().height() if not self.survival.isHidden() else 0
        return self._tools.sizeHint().height() + ROW * lines + rest

    def show_cursor(self, t: int) -> None:
        """What is changed is changed at this t."""
        self.title.setText(tr("Branch at t = {t}", t=t))
        self.tree.set_cursor(t)

    def show_tree(self, nodes: Sequence[Node], current: int, T: int) -> None:
        """The tree, the row of the shown lane, and the largest timestep."""
        self._set_range(T)
        self.tree.set_rows(rows_drawn(nodes, T), current)
        self._fit_tree()
        if current > 0:
            self._reveal(current)

    def show_tile(self, row: int, tile: np.ndarray, t: int) -> None:
        """Picture (H, W, 3) of a row's newest state, at t."""
        self.tree.set_tile(row, to_image(tile), t)

    def show_survival(self, shown: SurvivalShown | None, t: int = 0) -> None:
        """What survives of what was noised to t; None where nothing was."""
        self.survival.show_survival(shown, t)
        self._fit_tree()

    def _fit_tree(self) -> None:
        """As many lines as there is room for, none while there is no branch; no more room than they need."""
        lines = self.lines
        self._scroll.setVisible(lines > 0)
        self._scroll.setMinimumHeight(ROW * min(lines, 2))
        self.setMinimumHeight(self.height_with(min(lines, 2)))
        self.setMaximumHeight(self.height_with(lines))
        self.hint.setVisible(not lines)
        self.place_axis()

    def place_axis(self) -> None:
        """Draw T and 0 where the timeline has them."""
        timeline = self._timeline
        if timeline.window() is not self.window():
            return
        left = self.tree.mapFromGlobal(timeline.mapToGlobal(QPoint(HANDLE, 0))).x()
        right = self.tree.mapFromGlobal(timeline.mapToGlobal(QPoint(timeline.width() - HANDLE, 0))).x()
        self.tree.set_axis(left, right, self._T)

    def _set_range(self, T: int) -> None:
        """Largest timestep."""
        if T != self._T:
            self._T = T
            self.place_axis()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The timeline may be elsewhere."""
        self.place_axis()

    def _reveal(self, row: int) -> None:
        """Scroll to a line, by whole lines."""
        bar, top = self._scroll.verticalScrollBar(), self._scroll.verticalScrollBar().value() / ROW
        shown = max(1, self._scroll.viewport().height() // ROW)
        first = min(row, max(math.floor(top), row - shown + 1))
        bar.setValue(ROW * first)


class SurvivalRow(QWidget):
    """The image that was noised, what became of it, and the distance between the two."""

    def __init__(self) -> None:
        super().__init__()
        self._start, self._now = QLabel(), QLabel()
        for label, name in ((self._start, tr("The image that was noised")), (self._now, tr("What became of it"))):
            label.setFixedSize(SMALL, SMALL)
            label.setScaledContents(False)
            label.setAccessibleName(name)
            label.setToolTip(name)
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setToolTip(
            tr(
                "L2 distance between the image that was noised and what came down, over all pixels in [−1, 1]; "
                "for comparison, the distance between images that have nothing to do with each other"
            )
        )
        arrow = QLabel("→")
        mark(arrow, "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 10, 6)
        row.setSpacing(8)
        for widget in (self._start, arrow, self._now, self._words):
            row.addWidget(widget)
        row.addStretch(1)
        self.shown: SurvivalShown | None = None

    def show_survival(self, shown: SurvivalShown | None, t: int = 0) -> None:
        """What survives of what was noised to t; None hides the row."""
        self.shown = shown
        self.setVisible(shown is not None)
        if shown is None:
            return
        for label, tile in ((self._start, shown.start), (self._now, shown.now)):
            pixmap = to_image(tile).scaled(
                QSize(SMALL, SMALL), Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.FastTransformation
            )
            label.setPixmap(QPixmap.fromImage(pixmap))
        name = "x₀" if shown.t == 0 else tr("x̂₀ at t = {t}", t=shown.t)
        unrelated = tr("   ·   unrelated images {between:.1f}", between=shown.between) if shown.between == shown.between else ""
        self._words.setText(
            tr(
                "How much survives from t = {t}?   ‖{name} − image‖ = {distance:.1f}   ·   mean of all samples "
                "{mean_distance:.1f}{unrelated}",
                t=t,
                name=name,
                distance=shown.distance,
                mean_distance=shown.mean_distance,
                unrelated=unrelated,
            )
        )

    @property
    def text(self) -> str:
        """Words shown."""
        return self._words.text()


def _button(action: QAction, words: str) -> QToolButton:
    """A button with icon and word of what an action does."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setText(words)
    button.setObjectName(f"{action.objectName()}Button")
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setIconSize(QSize(16, 16))
    button.setAccessibleName(action.text().replace("&", "").removesuffix("…"))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    action.changed.connect(lambda: button.setText(words))
    return button
