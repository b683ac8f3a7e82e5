"""Branches in Reverse chain: gestures become edits in the session, and the engine's answers are shown beside the timeline."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, QPoint, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QMenu, QPushButton, QStackedWidget, QWidget, QWidgetAction

from explorer.engine.messages import (
    Failed,
    FitPicture,
    LaneKey,
    Outcome,
    PaintShown,
    PictureFitted,
    PreviewPaint,
    ShowSurvival,
    ShowTree,
    SurvivalShown,
    TreeShown,
    lane_key,
)
from explorer.recipe import BackUp, Change, Edit, FreshNoise, Inpaint, Lane, Paint, mask_of
from explorer.state.session import ChainState, Session
from explorer.views.chain.controller import ChainController
from explorer.views.chain.edit_words import edit_words, edits_words
from explorer.views.chain.inquiry import Inquiry
from explorer.views.chain.labels import option_name
from explorer.views.chain.lane_menu import verb
from explorer.views.reverse_chain import tree as trees
from explorer.views.reverse_chain.back_up_panel import BackUpPanel
from explorer.views.reverse_chain.branch_actions import BranchActions
from explorer.views.reverse_chain.branch_bar import BranchBar
from explorer.views.reverse_chain.paint_panel import PaintPanel
from explorer.views.reverse_chain.tree import Node
from explorer.widgets.branch_tree import TreeRow
from explorer.widgets.number_fields import FloatField
from explorer.widgets.pictures import to_image
from explorer.widgets.theme import OPTION_COLOURS
from explorer.widgets.timeline import Timeline

PICTURES = "Pictures (*.png *.jpg *.jpeg *.bmp *.gif *.webp);;All files (*)"
TREE_EVERY = 0.4
"""Seconds between two pictures of the tree while sampling."""
HALF = 2


class Branching(QObject):
    """The branch bar, the panels over the samples, and what they do.

    Attributes
    ----------
    bar : BranchBar
    paint : PaintPanel
    back_up : BackUpPanel
    actions : BranchActions

    Signals
    -------
    told(object)
        A Failed for the window's banner.
    idle_changed(bool)
    """

    told = Signal(object)
    idle_changed = Signal(bool)

    def __init__(self, controller: ChainController, timeline: Timeline, owner: QWidget) -> None:
        super().__init__(owner)
        self._controller, self._part, self._owner = controller, controller.part, owner
        self._context = controller.context
        theme = self._context.theme
        self.actions = BranchActions(theme, owner)
        self.bar = BranchBar(theme, self.actions, timeline)
        self.paint, self.back_up = PaintPanel(theme), BackUpPanel(theme)
        self._pages: QStackedWidget | None = None
        self._inquiry = Inquiry(self._context.client, f"{self._part.name}.branches", self)
        self._inquiry.settled.connect(lambda: self.idle_changed.emit(self.idle))
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.ask_tree)
        self._asked = 0.0
        self._rows: tuple[Node, ...] = ()
        self._active = False
        self._connect()

    # --- for the page ---

    def over(self, widget: QWidget) -> QWidget:
        """The widget and the panels in one place: a panel is in front while it is open."""
        self._pages = QStackedWidget()
        for page in (widget, self.paint, self.back_up):
            self._pages.addWidget(page)
        return self._pages

    @property
    def idle(self) -> bool:
        """Whether all that was asked for is shown."""
        return self._inquiry.idle and not self._timer.isActive()

    @property
    def open_panel(self) -> QWidget | None:
        """The panel in front, if any."""
        page = self._pages.currentWidget() if self._pages is not None else None
        return page if page in (self.paint, self.back_up) else None

    def set_active(self, active: bool) -> None:
        """The workspace is shown, or another."""
        self._active = active
        if active:
            self.ask_tree()
        else:
            self._timer.stop()
            self._inquiry.drop()

    def show_state(self) -> None:
        """Show all of the state."""
        state, recipe = self._state, self._state.recipe
        self._rows = trees.rows_of(recipe)
        depth = [0] * len(self._rows)
        rows = []
        for index, node in enumerate(self._rows):
            depth[index] = depth[node.parent] + 1 if node.parent >= 0 else 0
            t = self._controller.T if node.t is None else min(node.t, self._controller.T)
            label = option_name(node.lane) if node.parent < 0 else node.label
            tip = edits_words(node.lane) or "The chain that nothing was changed in"
            hint = "\nClick: show it. F2 or double-click: rename. Shift+Del: delete." if node.parent >= 0 else "\nClick: show it."
            rows.append(TreeRow(label, tip + hint, node.parent, t, depth[index], colour_of(node.lane)))
        current = self.current
        self.bar.set_range(self._controller.T)
        self.bar.tree.set_rows(rows, max(0, current))
        self.bar.show_tree_height()
        if current > 0:
            self.bar.reveal(current)
        branch = current > 0
        for name in ("compare", "parent", "delete"):
            self.actions.by_name[name].setEnabled(branch)
        self.bar.compare.setVisible(branch)
        self.show_cursor()
        if not self._backed_up(state):
            self.bar.survival.show_survival(None)

    def show_cursor(self) -> None:
        """What can be done at this t."""
        t, has_lane = self._state.t, bool(self._state.recipe.lanes)
        self.bar.title.setText(f"Branch at t = {t}")
        self.bar.tree.set_cursor(t)
        for name in ("fresh", "again", "paint", "erase"):
            self.actions.by_name[name].setEnabled(has_lane and t > 0)
        self.bar.change.setEnabled(has_lane and t > 0)
        self.actions.by_name["back_up"].setEnabled(has_lane)
        if self.open_panel is self.paint:
            if t == 0:
                self.close()
            else:
                self._ask_paint()

    @property
    def current(self) -> int:
        """Row of the shown lane; -1 without lanes."""
        lanes = self._state.recipe.lanes
        return next((i for i, node in enumerate(self._rows) if lanes and node.lane == lanes[0]), -1)

    # --- wiring ---

    def _connect(self) -> None:
        controller, bar = self._controller, self.bar
        controller.state_changed.connect(self._state_changed)
        controller.planned.connect(self.show_state)
        controller.progressed.connect(self._progressed)
        self._context.theme.changed.connect(lambda _t: self.show_state())
        slots: dict[str, Callable[[], object]] = {
            "fresh": self.draw_fresh,
            "again": self.draw_again,
            "paint": partial(self.open_paint, False),
            "erase": partial(self.open_paint, True),
            "back_up": self.open_back_up,
            "compare": self.compare,
            "parent": self.show_parent,
            "delete": self.delete,
        }
        for name, slot in slots.items():
            self.actions.by_name[name].triggered.connect(lambda _checked=False, slot=slot: slot())
        bar.change.menu().aboutToShow.connect(self._fill_change)
        bar.tree.chosen.connect(self.choose)
        bar.tree.delete_wanted.connect(self.delete)
        bar.tree.renamed.connect(self.rename)
        bar.tree.menu_wanted.connect(self._show_menu)
        self.paint.changed.connect(self._ask_paint)
        self.paint.branch_wanted.connect(self.take_paint)
        self.paint.cancelled.connect(self.close)
        self.back_up.back_up_wanted.connect(self.take_back_up)
        self.back_up.cancelled.connect(self.close)
        self.back_up.open_wanted.connect(self._ask_for_picture)
        self.back_up.paste_wanted.connect(self.paste)

    @property
    def _state(self) -> ChainState:
        return self._part.state

    def _state_changed(self, before: ChainState, after: ChainState) -> None:
        if before.recipe != after.recipe:
            self.show_state()
        if before.t != after.t:
            self.show_cursor()
        if (before.recipe, before.selected) != (after.recipe, after.selected):
            self.ask_tree()
            if self.open_panel is self.paint:
                if before.recipe != after.recipe:
                    self.close()
                else:
                    self._ask_paint()

    def _progressed(self) -> None:
        if self._active and len(self._rows) > 1 and not self._timer.isActive():
            wait = self._asked + TREE_EVERY - time.monotonic()
            self._timer.start(max(0, int(wait * 1000)))

    # --- gestures: one step ---

    def branch(self, edit: Edit) -> bool:
        """Go on from here with an edit; False if it cannot be."""
        if not self._state.recipe.lanes:
            return False
        try:
            state = trees.with_branch(self._state, edit)
        except ValueError as error:
            self.told.emit(Failed(str(error)))
            return False
        self.close()
        self._controller.following = True  # see where it leads
        self._part.put(state, f"branch: {edit_words(edit)}")
        return True

    def draw_fresh(self) -> None:
        """Another z from here down."""
        if self._deterministic():
            self.told.emit(Failed("with η = 0 no noise is drawn: other noise would change nothing; raise η with Change first"))
            return
        self.branch(FreshNoise(self._state.t, trees.next_stream(self._state.recipe)))

    def draw_again(self) -> None:
        """The chain's own z from here down."""
        self.branch(FreshNoise(self._state.t, 0))

    def _deterministic(self) -> bool:
        key = self._controller.key
        plan = self._controller.run.plans.get(key) if key is not None else None
        if plan is None:
            return False
        below = plan.sigma[np.asarray(plan.timesteps[:-1]) <= self._state.t]
        return bool(len(below)) and not below.any()

    def change(self, **fields: object) -> None:
        """Another sampler or network from here down."""
        self.branch(Change(self._state.t, **fields))  # type: ignore[arg-type]

    # --- gestures: the tree ---

    def choose(self, row: int) -> None:
        """Show a lane of the tree."""
        node = self._rows[row]
        if node.lane != self._state.recipe.lanes[0]:
            self._part.update("show branch", "branch.show", recipe=trees.showing(self._state, node.lane).recipe, lane=0)

    def show_parent(self) -> None:
        """Show the lane that this one leaves."""
        if self.current > 0:
            self.choose(self._rows[self.current].parent)

    def delete(self, row: int | None = None) -> None:
        """Take a branch, and those that leave it, out of the tree."""
        index = self.current if row is None else row
        if index > 0:
            node = self._rows[index]
            self._part.put(trees.without(self._state, node.lane), f"delete branch {node.label}")

    def rename(self, row: int, name: str) -> None:
        """Another name for a branch."""
        if 0 < row < len(self._rows):
            self._part.put(trees.renamed(self._state, self._rows[row].lane, name), "rename branch")

    def compare(self, row: int | None = None) -> None:
        """A branch and its parent side by side, in Compare."""
        index = self.current if row is None else row
        if index <= 0:
            return
        node, store = self._rows[index], self._context.store
        session: Session = store.session
        parent = self._rows[node.parent].lane
        store.update(
            "open branch in Compare", compare=trees.beside_parent(self._state, parent, node.lane, session.compare), workspace="compare"
        )

    def _show_menu(self, row: int, where: QPoint) -> None:
        menu = QMenu(self.bar)
        self._fill_row_menu(menu, row)
        menu.popup(where)

    def _fill_row_menu(self, menu: QMenu, row: int) -> None:
        branch = row > 0
        verb(menu, "Show", partial(self.choose, row), row != self.current)
        verb(menu, "Back to its parent", lambda: self.choose(self._rows[row].parent), branch)
        verb(menu, "Open in Compare beside its parent", partial(self.compare, row), branch)
        menu.addSeparator()
        verb(menu, "Rename…", partial(self.bar.tree.rename, row), branch)
        verb(menu, "Delete", partial(self.delete, row), branch, "With the branches that leave it; undo brings them back")

    def _fill_change(self) -> None:
        menu = self.bar.change.menu()
        menu.clear()
        menu.addSection(f"From t = {self._state.t} on")
        for eta, words in ((0.0, "deterministic"), (0.5, "half the noise"), (1.0, "ancestral")):
            verb(menu, f"η = {eta:g}\t{words}", partial(self.change, eta=eta))
        menu.addAction(eta_entry(menu, lambda eta: self.change(eta=eta)))
        menu.addSeparator()
        verb(menu, "Clip x̂₀ to [−1, 1]", partial(self.change, clip=True))
        verb(menu, "Do not clip x̂₀", partial(self.change, clip=False))
        menu.addSection("Go on with another model")
        lane = self._state.recipe.lanes[0]
        for entry in self._context.library.of_kind("ddpm"):
            option = entry.card.option if entry.card is not None else None
            change = partial(self.change, checkpoint=entry.sha256, source=entry.path, option=option)
            verb(menu, f"{entry.name}\tOption {option}", change, entry.sha256 != lane.checkpoint or bool(lane.edits), entry.path)

    # --- painting ---

    def open_paint(self, erasing: bool) -> None:
        """Paint on the selected sample at this t, or erase in it."""
        if self._pages is None or not self._state.recipe.lanes or self._state.t == 0:
            return
        everyone = self._state.recipe.samples == 1 or erasing
        self.paint.start(erasing, "x0_hat" if self._state.quantity == "x0_hat" else "x_t", everyone)
        self._pages.setCurrentWidget(self.paint)
        self.paint.canvas.setFocus()
        self._ask_paint()

    def close(self) -> None:
        """Close the panel."""
        if self._pages is not None and self.open_panel is not None:
            self._pages.setCurrentIndex(0)
            self._owner.setFocus()

    def _ask_paint(self) -> None:
        key, state, panel = self._controller.key, self._state, self.paint
        if key is None or self.open_panel is not panel:
            return
        panel.show_words(state.t, self._controller.sample)
        on = "x0_hat" if panel.inpainting else panel.on.current
        dabs = () if panel.inpainting else panel.marks
        question = PreviewPaint(
            key, state.t, self._controller.sample, on, dabs, trees.fork_stream(state.recipe), self._context.theme.palette  # type: ignore[arg-type]
        )  # fmt: skip
        self._inquiry.ask("paint", question, self._take_paint)

    def _take_paint(self, outcome: Outcome) -> None:
        if isinstance(outcome, PaintShown) and outcome.key == self._controller.key and self.open_panel is self.paint:
            self.paint.take(outcome)

    def take_paint(self) -> None:
        """Branch with what is painted, or erased."""
        panel, state = self.paint, self._state
        if not panel.ready:
            return
        samples = () if panel.everyone.isChecked() else (self._controller.sample,)
        stream = trees.fork_stream(state.recipe)
        panel.repeats.take()
        try:
            if panel.inpainting:
                known = "image" if panel.known.current == "image" else "states"
                edit: Edit = Inpaint(state.t, mask_of(panel.region), panel.repeats.value(), known, samples, stream)  # type: ignore[arg-type]
            else:
                edit = Paint(state.t, panel.dabs, panel.on.current, samples, stream)  # type: ignore[arg-type]
        except ValueError as error:
            self.told.emit(Failed(str(error)))
            return
        self.branch(edit)

    # --- backing up ---

    def open_back_up(self) -> None:
        """Offer to back up."""
        if self._pages is None or not self._state.recipe.lanes:
            return
        t, T = self._state.t, self._controller.T
        self.back_up.start(t if t > 0 else max(1, T // HALF), T, self._own_tile())
        self._pages.setCurrentWidget(self.back_up)
        self.back_up.setFocus()

    def _own_tile(self) -> np.ndarray | None:
        found = self.bar.tree.tiles.get(max(0, self.current))
        if found is None or found[1] != 0:
            return None
        image = found[0].convertToFormat(QImage.Format.Format_RGB888)
        return pixels_of(image)

    def accept_picture(self, path: str) -> bool:
        """Offer to back up from a picture file."""
        if not self._state.recipe.lanes or self._controller.key is None:
            return False
        if self.open_panel is not self.back_up:
            self.open_back_up()
        self._inquiry.ask("picture", FitPicture(self._controller.key, path), self._take_picture)
        return True

    def paste(self) -> None:
        """Offer to back up from the picture in the clipboard."""
        image = QGuiApplication.clipboard().image()
        if image.isNull():
            self.told.emit(Failed("there is no picture in the clipboard; copy one, drop a file on the window or open one"))
        elif self._controller.key is not None:
            pixels = pixels_of(image.convertToFormat(QImage.Format.Format_RGB888))
            self._inquiry.ask("picture", FitPicture(self._controller.key, pixels=pixels), self._take_picture)

    def _ask_for_picture(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._owner.window(), "Picture to back up from", "", PICTURES)
        if path:
            self.accept_picture(path)

    def _take_picture(self, outcome: Outcome) -> None:
        if isinstance(outcome, PictureFitted) and self.open_panel is self.back_up:
            self.back_up.take(outcome)

    def take_back_up(self) -> None:
        """Noise the image, and come down again."""
        panel = self.back_up
        if not panel.go.isEnabled():
            return
        picture = None if panel.own else panel.picture
        t, stream = panel.up_to, trees.fork_stream(self._state.recipe)
        self._part.update(t=t)
        self.branch(BackUp(t, picture, stream, panel.fresh.isChecked()))

    # --- answers ---

    def ask_tree(self) -> None:
        """Ask for the tree's pictures, and for what survives."""
        self._timer.stop()
        recipe = self._state.recipe
        if not self._active or not self._rows:
            return
        self._asked = time.monotonic()
        keys = tuple(lane_key(node.lane, recipe) for node in self._rows)
        self._inquiry.ask("tree", ShowTree(keys, self._controller.sample), self._take_tree)
        key = self._controller.key
        if key is not None and self._backed_up(self._state) and self._controller.run.done.get(key, 0) > 0:
            self._inquiry.ask("survival", ShowSurvival(key, self._controller.sample), self._take_survival)
        self.idle_changed.emit(self.idle)

    @staticmethod
    def _backed_up(state: ChainState) -> BackUp | None:
        lanes = state.recipe.lanes
        edits = lanes[0].edits if lanes else ()
        return next((edit for edit in reversed(edits) if isinstance(edit, BackUp)), None)

    def _take_tree(self, outcome: Outcome) -> None:
        if not isinstance(outcome, TreeShown):
            return
        recipe = self._state.recipe
        rows: dict[LaneKey, int] = {lane_key(node.lane, recipe): i for i, node in enumerate(self._rows)}
        for tile in outcome.tiles:
            if tile.key in rows:
                self.bar.tree.set_tile(rows[tile.key], to_image(tile.tile), tile.t)

    def _take_survival(self, outcome: Outcome) -> None:
        edit = self._backed_up(self._state)
        if isinstance(outcome, SurvivalShown) and outcome.key == self._controller.key and edit is not None:
            self.bar.survival.show_survival(outcome, edit.t)

    @property
    def rows(self) -> tuple[Node, ...]:
        """The tree shown."""
        return self._rows

    def lane_of(self, row: int) -> Lane:
        """Lane of a row."""
        return self._rows[row].lane


def eta_entry(menu: QMenu, take: Callable[[float], object]) -> QWidgetAction:
    """Any η, as an entry of a menu: a field and a button."""
    entry, box = QWidgetAction(menu), QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(12, 4, 12, 4)
    row.setSpacing(8)
    field = FloatField(0.0, 1.0, 0.1, "Eta from here", "η from here on: 1 is ancestral sampling, 0 is deterministic DDIM")
    field.show_value(0.2)
    go = QPushButton("Go on")
    go.setToolTip("Branch with this η")
    go.setAccessibleName("Go on with this eta")
    for widget in (QLabel("η ="), field, go):
        row.addWidget(widget)

    def taken() -> None:
        menu.close()
        take(round(field.value(), 4))

    go.clicked.connect(taken)
    entry.setDefaultWidget(box)
    return entry


def colour_of(lane: Lane) -> str:
    """Colour of the option that makes its x_0."""
    options = [edit.option for edit in lane.edits if isinstance(edit, Change) and edit.checkpoint]
    return OPTION_COLOURS[(options[-1] if options else lane.option) or "exact"]


def pixels_of(image: QImage) -> np.ndarray:
    """Pixels (H, W, 3) uint8 of an RGB888 image."""
    width, height, stride = image.width(), image.height(), image.bytesPerLine()
    flat = np.frombuffer(image.constBits(), np.uint8, count=stride * height).reshape(height, stride)
    return np.ascontiguousarray(flat[:, : 3 * width].reshape(height, width, 3))
