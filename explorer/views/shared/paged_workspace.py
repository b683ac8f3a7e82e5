"""A workspace of several pages over one transport: Forward and Variational."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from explorer.endings import PICTURE_FILES
from explorer.views.shared.asking_controller import AskingController
from explorer.views.shared.cursor_player import CursorPlayer
from explorer.views.shared.playing_actions import PlayingActions
from explorer.views.shared.space_keeper import SpaceKeeper
from explorer.views.workspace import Context, Status, Workspace
from explorer.widgets.controls.actions import segment
from explorer.widgets.controls.clipboard import copied
from explorer.widgets.controls.page_stack import PageStack
from explorer.widgets.controls.segments import SegmentBar
from explorer.widgets.look.language import tr

MARGIN, SPACING = 12, 8


class PagedWorkspace(Workspace):
    """Segments, the page in front, the transport under it; an image that can be opened, dropped or pasted.

    What is derived from it makes `actions_`, `player`, `controller` and `inspector_panel`, then calls `put_together`.
    """

    actions_: PlayingActions
    player: CursorPlayer
    controller: AskingController
    inspector_panel: QWidget

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def put_together(self, labels: Mapping[str, str], pages: Mapping[str, QWidget], transport: QWidget, *between: QWidget) -> None:
        """Lay the pages out.

        Parameters
        ----------
        labels : mapping
            What is written on the segment of each page, by the page's name, which is its action's.
        pages : mapping
        transport : QWidget
            Under the page in front.
        between : QWidget
            Over it.
        """
        a = self.actions_
        self.pages = dict(pages)
        self.segments = SegmentBar([segment(name, a[name], label) for name, label in labels.items()], tr("What is shown"))
        self._stack = PageStack()
        for page in self.pages.values():
            self._stack.addWidget(page)
        top = QHBoxLayout()
        top.addWidget(self.segments)
        top.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, SPACING)
        column.setSpacing(SPACING)
        column.addLayout(top)
        for widget in between:
            column.addWidget(widget)
        column.addWidget(self._stack, 1)
        column.addWidget(transport)
        self._keeper = SpaceKeeper(self)
        a.add_to(self.inspector_panel)
        for widget in (self, self.inspector_panel):
            self._keeper.guard(widget)
        self.player.playing_changed.connect(a.show_playing)

    def show_page(self, page: str) -> None:
        """Bring a page to the front, if it is not there."""
        self.segments.set_current(page)
        self.actions_[page].setChecked(True)
        if self._stack.currentWidget() is not self.pages[page]:
            self.take_focus()  # else it goes to whatever comes next, and arrow keys would change that
            self._stack.setCurrentWidget(self.pages[page])

    def take_focus(self) -> None:
        """Have the keys go where they move the cursor."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- the contract of a workspace

    @property
    def idle(self) -> bool:
        """Whether all that the person asked for is shown."""
        return self.controller.idle and not self.player.playing

    def menu_actions(self) -> Sequence[QAction]:
        """Its menu."""
        return self.actions_.menu()

    def activate(self) -> None:
        """The workspace is shown."""
        self.controller.activate()
        self.take_focus()

    def stay(self) -> None:
        """Stop playing."""
        self.player.pause()

    def deactivate(self) -> None:
        """Another is shown: stop playing."""
        self.player.pause()
        self.controller.deactivate()

    def cancel(self) -> None:
        """Stop what is computed."""
        self.player.pause()
        self.controller.cancel()

    # --- a picture of the person's

    def read_picture(self, path: str = "", pixels: np.ndarray | None = None) -> None:
        """Take a picture: of a file, or from the clipboard."""
        raise NotImplementedError

    def paste(self) -> None:
        """Take the picture in the clipboard."""
        picture = copied()
        if isinstance(picture, str):
            self.read_picture(picture)
        elif picture is not None:
            self.read_picture(pixels=picture)
        else:
            self.status_changed.emit(Status(tr("there is no picture in the clipboard: copy one, then paste it here")))

    def ask_for_picture(self, title: str) -> None:
        """Ask for a picture file, and take it."""
        path, _ = QFileDialog.getOpenFileName(self, title, "", PICTURE_FILES)
        if path:
            self.read_picture(path)
