"""What the settings in the session do: look, size of text, labels, frame memory and kept chains take effect as they change."""

from __future__ import annotations

from PySide6.QtCore import QObject

from explorer.engine.thread.messages import SetFrameBudget, SetKeptBudget
from explorer.state.session import Session
from explorer.views.workspace import Context
from explorer.widgets.controls.labels import labels


class SettingsInForce(QObject):
    """Watches the store; undoing nothing, asking nobody."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        context.store.changed.connect(self._changed)
        self._dress(context.store.session)

    def _dress(self, session: Session) -> None:
        """What is already so is left as it is."""
        theme = self._context.theme
        theme.choose(session.theme)
        theme.choose_text(session.text_size)
        theme.choose_classes(session.class_colours)
        labels.show(session.button_labels)

    def _changed(self, old: Session, new: Session) -> None:
        self._dress(new)
        if new.frame_budget != old.frame_budget:
            self._context.client.send(SetFrameBudget(new.frame_budget), "settings.frames")
        if new.kept_budget != old.kept_budget:
            self._context.client.send(SetKeptBudget(new.kept_budget), "settings.kept")
