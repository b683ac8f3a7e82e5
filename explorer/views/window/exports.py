"""What the window writes for others: what a workspace shows, and checkpoints for other programs. Dialogs are made when they are wanted."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, SignalInstance
from PySide6.QtWidgets import QWidget

from explorer.engine.models.messages import LibraryEntry
from explorer.views.paper.menu import PaperMenu
from explorer.views.window.banner import Banner
from explorer.views.workspace import Context, Workspace
from explorer.widgets.look.language import tr


class Exports(QObject):
    """Asks how and where, and has it written.

    Parameters
    ----------
    current : callable
        The workspace that is shown.
    closing : signal
        The window is about to close: what is being written is stopped.
    window : QWidget
        Parent of the dialogs.

    Attributes
    ----------
    paper : PaperMenu
        Of the window.
    """

    def __init__(
        self, context: Context, current: Callable[[], Workspace], banner: Banner, closing: SignalInstance, window: QWidget
    ) -> None:
        super().__init__(window)
        self._context, self._current, self._banner, self._closing, self._window = context, current, banner, closing, window
        self.paper = PaperMenu(context.store, context.client, context.theme, window)

    def ask(self) -> None:
        """Let the person say how and where what is shown shall be written, and write it."""
        workspace = self._current()
        offer = workspace.export_offer()
        if offer is None:
            self._banner.say(workspace.nothing_to_export, severity="notice")
            return
        from explorer.views.shared.export_dialog import ExportDialog

        dialog = ExportDialog(offer, self._context.client, self._context.store, self._context.theme, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def ask_for_plot(self) -> None:
        """Let the person say where a plot that is shown shall be written, and which where there are several."""
        workspace = self._current()
        if not self.paper.ask_for_plot(workspace, workspace.inspector):
            self._banner.say(tr("There is no plot in {title} now", title=workspace.title), severity="notice")

    def ask_for_model(self, entry: LibraryEntry, over: QWidget) -> bool:
        """Let the person say where a checkpoint shall be written for other programs, and have it written; whether it is.

        Parameters
        ----------
        over : QWidget
            What the dialog lies over.
        """
        from explorer.views.window.exporting_models import ModelExporter, ask_where

        where = ask_where(entry, over)
        if where:
            exporter = ModelExporter(entry, where, self._banner, self)
            self._closing.connect(exporter.end)
            exporter.start()
        return bool(where)
