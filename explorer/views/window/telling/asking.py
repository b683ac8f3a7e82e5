"""Asks what files do not say, one form after the other, and opens them as they are answered."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import Lane
from explorer.state.library import Asking
from explorer.state.session import Session
from explorer.views.shared.labels import checkpoint_name
from explorer.views.window.telling.form import TellingForm
from explorer.views.workspace import Context


class AsksForFiles(QObject):
    """Shows a form for each file that asks; a second waits until the first is answered or given up.

    Parameters
    ----------
    over : QWidget
        What the forms lie over.

    Attributes
    ----------
    form : TellingForm or None
        The one that is shown.
    """

    def __init__(self, context: Context, over: QWidget) -> None:
        super().__init__(over)
        self._context, self._over = context, over
        self._waiting: deque[Asking] = deque()
        self._path = ""
        self.form: TellingForm | None = None
        context.library.opened.connect(self._opened)

    def ask(self, asking: Asking) -> None:
        """Have the person answer."""
        self._waiting.append(asking)
        self._show_next()

    def _show_next(self) -> None:
        if self.form is not None or not self._waiting:
            return
        asking, context = self._waiting.popleft(), self._context
        session = context.store.session
        form = TellingForm(asking.asks, context.client, context.theme, open_lanes(session), own_data_sets(session), self._over)
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.form = form

        self._path = asking.asks.path
        form.answered.connect(lambda told: asking.answer(told=told, on_failure=form.show_problem))
        form.finished.connect(self._over_with)
        form.open()

    def _opened(self, entry: LibraryEntry) -> None:
        if self.form is not None and entry.path == self._path:
            self.form.accept()

    def _over_with(self) -> None:
        if self.form is not None and self.form.is_opening:
            self._context.library.cancel_opening()
        self.form = None
        self._show_next()


def open_lanes(session: Session) -> Mapping[str, Lane]:
    """Lanes with a network that are open, by what they are called; each once."""
    lanes = (*session.reverse.recipe.lanes, *session.compare.recipe.lanes)
    found: dict[str, Lane] = {}
    for lane in lanes:
        if lane.exact is None:
            found.setdefault(checkpoint_name(lane), lane)
    return found


def own_data_sets(session: Session) -> tuple[str, ...]:
    """Data sets whose exact process is open."""
    lanes = (*session.reverse.recipe.lanes, *session.compare.recipe.lanes)
    return tuple(dict.fromkeys(lane.exact.dataset for lane in lanes if lane.exact is not None))
