"""What the settings in the session do: theme, frame memory and kept chains take effect as they change."""

from __future__ import annotations

from PySide6.QtCore import QObject

from explorer.engine.thread.messages import SetFrameBudget, SetKeptBudget
from explorer.state.session import Session
from explorer.views.workspace import Context


class SettingsInForce(QObject):
    """Watches the store; undoing nothing, asking nobody."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        context.store.changed.connect(self._changed)
        context.theme.choose(context.store.session.theme)

    def _changed(self, old: Session, new: Session) -> None:
        if new.theme != old.theme:
            self._context.theme.choose(new.theme)
        if new.frame_budget != old.frame_budget:
            self._context.client.send(SetFrameBudget(new.frame_budget), "settings.frames")
        if new.kept_budget != old.kept_budget:
            self._context.client.send(SetKeptBudget(new.kept_budget), "settings.kept")
