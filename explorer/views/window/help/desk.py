"""The help of the window: opens its windows, and what is chosen in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from explorer.views.window.help.documents import FIRST
from explorer.views.window.help.examples import Example, examples
from explorer.widgets.look.theme import Theme

if TYPE_CHECKING:  # each is imported when it is first wanted: the window opens without them
    from explorer.views.window.help.glossary_page import GlossaryDialog
    from explorer.views.window.help.guide import GuideDialog


class HelpDesk(QObject):
    """Guide and glossary lie beside the window and stay; each is there once.

    Parameters
    ----------
    versions : callable
        What a report says of the app and the machine.

    Signals
    -------
    example_wanted(object)
        The person chose this Example.
    """

    example_wanted = Signal(object)

    def __init__(self, theme: Theme, versions: Callable[[], Mapping[str, str]], window: QWidget) -> None:
        super().__init__(window)
        self._theme, self._versions, self._window = theme, versions, window
        self._guide: GuideDialog | None = None
        self._glossary: GlossaryDialog | None = None

    def show_guide(self, heading: str = "") -> None:
        """The guide, at a heading."""
        from explorer.views.window.help.guide import GuideDialog

        self._guide = self._guide or GuideDialog(self._theme, self._window)
        _bring(self._guide)
        if heading:
            self._guide.show_page(FIRST, heading)

    def show_glossary(self, key: str = "") -> None:
        """The glossary, at a term."""
        from explorer.views.window.help.glossary_page import GlossaryDialog

        self._glossary = self._glossary or GlossaryDialog(self._theme, self._window)
        _bring(self._glossary)
        if key:
            self._glossary.go_to(key)

    def show_examples(self) -> None:
        """The examples."""
        from explorer.views.window.help.examples_dialog import ExamplesDialog

        dialog = ExamplesDialog(self._theme, examples(), self._window)
        dialog.chosen.connect(self.open_example)
        _open(dialog)

    def open_example(self, example: Example) -> None:
        """Ask for an example to be opened."""
        self.example_wanted.emit(example)

    def show_report(self) -> None:
        """What a report of a problem would say."""
        from explorer.views.window.help.report import ReportDialog

        _open(ReportDialog(self._versions(), self._window))


def _bring(dialog: QDialog) -> None:
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()


def _open(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
