"""What controllers of workspaces with pages have in common: they ask for what the page in front needs, while it is looked at."""

from __future__ import annotations

from PySide6.QtCore import QObject

from explorer.engine.thread.requests import Payload
from explorer.views.shared.questions import Questions, Receiver
from explorer.views.workspace import Context


class AskingController(QObject):
    """Between the store, the client and a view. It asks nothing while another workspace is shown.

    Parameters
    ----------
    context : Context
    name : str
        The first word of the channels on which it asks.
    """

    def __init__(self, context: Context, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._questions = Questions(context.client, name, self)
        self._active = False

    @property
    def idle(self) -> bool:
        """Whether all that was asked for is shown."""
        return self._active and self._questions.idle

    def activate(self) -> None:
        """The workspace is shown."""
        self._active = True
        self.refresh()

    def deactivate(self) -> None:
        """Another workspace is shown."""
        self._active = False

    def cancel(self) -> None:
        """Stop what is computed."""
        self._questions.drop()

    def refresh(self) -> None:
        """Show the state, and ask for what the page in front needs."""
        raise NotImplementedError

    def _ask(self, name: str, payload: Payload, receiver: Receiver) -> None:
        if self._active:
            self._questions.ask(name, payload, receiver, once=True)
