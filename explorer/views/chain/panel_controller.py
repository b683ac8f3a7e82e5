"""What the controllers of a chain workspace's panels have in common: what they ask of the engine, and when."""

from __future__ import annotations

from PySide6.QtCore import QObject

from explorer.state.session import ChainState
from explorer.views.chain.controller import ChainController
from explorer.views.shared.questions import Questions


class PanelController(QObject):
    """Asks while its workspace is shown; what it asks for depends on the chain's state, on how far it is, and on the theme."""

    def __init__(self, chain: ChainController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._chain, self._part, self._theme = chain, chain.part, chain.context.theme
        self._questions = Questions(chain.context.client, chain.part.name, self)
        self._active = False
        self._short_of_cursor = False
        chain.state_changed.connect(self._state_changed)
        chain.progressed.connect(self._progressed)
        self._theme.changed.connect(self._ask)
        chain.context.client.renewed.connect(self._engine_renewed)

    @property
    def idle(self) -> bool:
        """Whether all that was asked for is shown."""
        return self._questions.idle

    def set_active(self, active: bool) -> None:
        """The workspace is shown, or another."""
        self._active = active
        if active:
            self._ask()
        else:
            self._questions.drop()

    def _ask(self, _tokens: object = None) -> None:
        raise NotImplementedError

    def _state_changed(self, before: ChainState, after: ChainState) -> None:
        raise NotImplementedError

    def _engine_renewed(self) -> None:
        """Another engine has no states to look at yet."""
        self._questions.drop()
        self._short_of_cursor = True

    def _progressed(self) -> None:
        """The chain has gone on: what was shown fell short of the cursor, and may be nearer now."""
        if self._short_of_cursor:
            self._ask()
