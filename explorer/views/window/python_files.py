"""Python files in the window: asked for before they are run, and again where a session or a change needs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from explorer.engine.models.messages import AllowPython
from explorer.engine.thread.client import Client
from explorer.engine.thread.messages import Failed
from explorer.errors import BadInput
from explorer.sources.from_python import permission
from explorer.views.window.banner import Banner, Offer
from explorer.widgets.look.fonts import mono_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID

WARNING = tr(
    "It is a Python program. To open it, its code is run with your rights, and can read, change and delete your files. "
    "Run it only if you wrote it, or trust who did."
)


def is_asked_for(path: Path) -> bool:
    """Whether a file is Python that the person has not agreed to run as it is now."""
    try:
        return permission.looks_like_python(path) and not permission.is_allowed(path)
    except (BadInput, OSError, ValueError):  # what opens it says what is wrong
        return False


def tell(client: Client) -> None:
    """Have an engine know what was agreed to: one that starts knows of nothing."""
    for path, digest in permission.all_allowed():
        client.send(AllowPython(path, digest), "library.allow", queued=True)


class PythonFiles(QObject):
    """Asks, and tells the engine of what was agreed to.

    Parameters
    ----------
    parent : QWidget
        What the dialog lies over.
    """

    def __init__(self, client: Client, banner: Banner, parent: QWidget) -> None:
        super().__init__(parent)
        self._client, self._banner, self._over = client, banner, parent

    def ask(self, path: str, then: Callable[[], object]) -> None:
        """Show a file with what running it means; if the person agrees, go on."""
        try:
            text = permission.text_of(Path(path)).decode(errors="replace")
        except BadInput as error:
            self._banner.say(str(error))
            return
        dialog = RunPython(path, text, self._over)
        dialog.accepted.connect(lambda: self._agreed(path, then))
        dialog.open()

    def take(self, failed: Failed) -> bool:
        """Whether a failure is that a file was not run: then it is asked for in the banner, and all goes on where the person agrees."""
        if not failed.path or not is_asked_for(Path(failed.path)):
            return False
        path = failed.path
        run: Offer = (tr("Run it…"), lambda: self.ask(path, self._client.renewed.emit))
        words = (
            tr("has changed since you agreed to run it") if permission.was_allowed(Path(path)) else tr("is a Python file, and was not run")
        )
        self._banner.say(f"{Path(path).name} {words}", tr("What is shown of it needs it. Everything else is as it was."), "", "notice", run)
        return True

    def _agreed(self, path: str, then: Callable[[], object]) -> None:
        try:
            digest = permission.allow(Path(path))
        except BadInput as error:
            self._banner.say(str(error))
            return
        self._client.send(AllowPython(path, digest), "library.allow", queued=True)
        then()


class RunPython(QDialog):
    """What is in the file, what running it means, and two buttons; the careful one has the Return key."""

    def __init__(self, path: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Run a Python file?"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        heading = QLabel(tr("Run {name}?", name=Path(path).name))
        mark(heading, "title")
        words = QLabel(WARNING, wordWrap=True)
        place = QLabel(path, wordWrap=True)
        mark(place, "muted")
        shown = QPlainTextEdit(text, readOnly=True)
        shown.setAccessibleName(tr("What is in the file"))
        shown.setFont(mono_font(12))
        shown.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        shown.setTabChangesFocus(True)
        buttons = QDialogButtonBox()
        self.run = buttons.addButton(tr("Run it"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.leave = buttons.addButton(tr("Do not run it"), QDialogButtonBox.ButtonRole.RejectRole)
        self.run.setAutoDefault(False)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        column.setSpacing(3 * GRID)
        for widget in (heading, words, place):
            column.addWidget(widget)
        column.addWidget(shown, 1)
        column.addWidget(buttons)
        self.leave.setDefault(True)  # only what lies in the dialog can be
        self.resize(680, 480)
        self.leave.setFocus()
