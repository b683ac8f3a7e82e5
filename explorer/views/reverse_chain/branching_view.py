"""What Reverse chain has for branches: the bar with the tree, the panels over the samples, and their gestures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from explorer.endings import PICTURE_FILES
from explorer.engine.thread.messages import Failed
from explorer.views.chain.controller import ChainController
from explorer.views.reverse_chain.actions import GROUPS
from explorer.views.reverse_chain.back_up_panel import BackUpPanel
from explorer.views.reverse_chain.branch_bar import BranchBar
from explorer.views.reverse_chain.branching import Branching
from explorer.views.reverse_chain.change_menu import fill_change_menu
from explorer.views.reverse_chain.paint_panel import PaintPanel
from explorer.views.reverse_chain.panels import Panels
from explorer.views.reverse_chain.start_panel import StartPanel
from explorer.views.reverse_chain.starting import NO_COPY, Starting
from explorer.views.shared.lane_menu import verb
from explorer.widgets.controls.actions import Actions
from explorer.widgets.controls.clipboard import copied
from explorer.widgets.controls.timeline import Timeline
from explorer.widgets.look.language import tr


class BranchingView(QObject):
    """For the page to lay out.

    Attributes
    ----------
    controller : Branching
    actions : Actions
    bar : BranchBar
    panels : Panels
        In front of the samples.
    """

    def __init__(self, chain: ChainController, timeline: Timeline, owner: QWidget) -> None:
        super().__init__(owner)
        self._chain, self._context, self._owner = chain, chain.context, owner
        theme = self._context.theme
        self.actions = Actions(theme, owner, GROUPS, prefix="branch-")
        self.bar = BranchBar(theme, self.actions, timeline)
        self.panels = Panels(owner)
        self._paint, self._back_up = PaintPanel(theme, self.panels), BackUpPanel(theme, self.panels, self.actions["paste"])
        self.start = StartPanel(theme, self.panels)
        self.controller = Branching(chain, self, self)
        self.starting = Starting(chain, self.start, self.controller.tree.own_tile, owner)
        self._connect_actions()
        self._connect_bar()
        self._connect_panels()

    @property
    def paint(self) -> PaintPanel:
        """Where one paints and erases."""
        return self._paint

    @property
    def back_up(self) -> BackUpPanel:
        """What is noised again."""
        return self._back_up

    # --- what the controller hands over ---

    def show_cursor(self, t: int, has_lane: bool, has_network: bool) -> None:
        """What can be done at this t."""
        self.bar.show_cursor(t)
        for name in ("fresh", "again", "paint", "erase"):
            self.actions[name].setEnabled(has_lane and has_network and t > 0)
        self.bar.change.setEnabled(has_lane and has_network and t > 0)
        for name in ("back_up", "paste", "start"):
            self.actions[name].setEnabled(has_lane and has_network)
        self.actions["add"].setEnabled(has_lane)

    def show_branch(self, is_branch: bool) -> None:
        """What can be done to a branch, if one is shown."""
        for name in ("compare", "parent", "delete"):
            self.actions[name].setEnabled(is_branch)
        self.bar.compare.setVisible(is_branch)

    def put_away(self) -> None:
        """Without the panel in front."""
        self.panels.put_away()

    # --- gestures ---

    def _connect_actions(self) -> None:
        controller, tree = self.controller, self.controller.tree
        slots: dict[str, Callable[[], object]] = {
            "fresh": controller.draw_fresh,
            "again": controller.draw_again,
            "paint": partial(controller.painting.open, False),
            "erase": partial(controller.painting.open, True),
            "back_up": controller.backing_up.open,
            "paste": self.paste,
            "start": self.starting.open,
            "compare": tree.compare,
            "add": tree.add_to_compare,
            "parent": tree.show_parent,
            "delete": tree.delete,
        }
        for name, slot in slots.items():
            self.actions.on(name, slot)

    def _connect_bar(self) -> None:
        drawn, tree = self.bar.tree, self.controller.tree
        drawn.chosen.connect(tree.choose)
        drawn.delete_wanted.connect(tree.delete)
        drawn.renamed.connect(tree.rename)
        drawn.menu_wanted.connect(self._show_row_menu)
        self.bar.change.menu().aboutToShow.connect(self._fill_change)

    def _connect_panels(self) -> None:
        painting, backing_up = self.controller.painting, self.controller.backing_up
        self.paint.changed.connect(painting.ask)
        self.paint.branch_wanted.connect(painting.take)
        self.back_up.back_up_wanted.connect(backing_up.take)
        self.back_up.open_wanted.connect(self._choose_picture)

    def _fill_change(self) -> None:
        entries = self._context.library.of_kind("ddpm")
        fill_change_menu(self.bar.change.menu(), self._chain.state, entries, self.controller.change)

    def _show_row_menu(self, row: int, where: QPoint) -> None:
        menu = QMenu(self.bar)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill_row_menu(menu, row)
        menu.popup(where)

    def _fill_row_menu(self, menu: QMenu, row: int) -> None:
        tree, branch = self.controller.tree, row > 0
        verb(menu, tr("Show"), partial(tree.choose, row), row != tree.current)
        verb(menu, tr("Back to its parent"), partial(tree.show_parent, row), branch)
        verb(menu, tr("Open in Compare beside its parent"), partial(tree.compare, row), branch)
        verb(menu, tr("Add to Compare"), partial(tree.add_to_compare, row))
        menu.addSeparator()
        verb(menu, tr("Rename…"), partial(self.bar.tree.rename, row), branch)
        verb(menu, tr("Delete"), partial(tree.delete, row), branch, tr("With the branches that leave it; undo brings them back"))

    def paste(self) -> None:
        """Offer to noise the picture in the clipboard, or from the file that it names; to start from it, where that is asked."""
        picture = copied()
        if picture is None:
            self._context.client.failed.emit(Failed(NO_COPY))
        elif not self.starting.accept_picture(picture):
            self.controller.backing_up.accept_picture(picture)

    def _choose_picture(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._owner.window(), tr("Picture to noise"), "", PICTURE_FILES)
        if path:
            self.controller.backing_up.accept_picture(path)
