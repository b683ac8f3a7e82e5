"""The tour through the steps: watches the store for what the person does, and goes on when they wish."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from explorer.state.session import Session
from explorer.state.store import Store
from explorer.views.window.help.welcome.card import Card
from explorer.views.window.help.welcome.ring import Ring
from explorer.views.window.help.welcome.steps import STEPS, Step, begun
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme

FOLLOW_MS = 200
"""How often ring and card look where what they are about is now: a widget is not told when its parents move."""
BY_HAND = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.Wheel, QEvent.Type.KeyPress, QEvent.Type.Shortcut)
HELLO = (
    tr("Welcome"),
    tr(
        "Five things to do, in about two minutes: scrub a chain, see what the network expects, compare three networks, paint, "
        "and drag through a latent plane."
    ),
)
GOODBYE = (
    tr("That is the window"),
    tr("Examples are sessions worth a look. F1 has all keys, Ctrl+K finds anything, and any symbol says what it is."),
)


class Tour(QObject):
    """Offers the welcome, and goes through it.

    Parameters
    ----------
    page_of : callable
        From a workspace's name to its widget.

    Signals
    -------
    examples_wanted(), guide_wanted()
    """

    examples_wanted = Signal()
    guide_wanted = Signal()

    def __init__(self, store: Store, theme: Theme, page_of: Callable[[str], QWidget], window: QWidget) -> None:
        super().__init__(window)
        self._store, self._page_of, self._window = store, page_of, window
        self._here, self._amount = -1, 0.0
        self._done = [False] * len(STEPS)
        self._timer = QTimer(self, interval=FOLLOW_MS)
        self._timer.timeout.connect(self.place)
        self.ring, self.card = Ring(theme, window), Card(theme, window)
        self.card.next_wanted.connect(self._next)
        self.card.skipped.connect(self._next)
        self.card.put_off.connect(self.close)
        self.card.examples_wanted.connect(self._end_with(self.examples_wanted))
        self.card.guide_wanted.connect(self._end_with(self.guide_wanted))
        theme.changed.connect(lambda _tokens: self.place())  # the card has another size
        store.changed.connect(self._changed)
        self._hand = False
        window.installEventFilter(self)

    def offer(self) -> None:
        """Say hello; nothing begins before the person says so, and the keys stay where they are."""
        self._here, self._done = -1, [False] * len(STEPS)
        self.ring.hide()
        self.card.show_words(*HELLO, self._done, -1, tr("Start"), skip=False)
        self.place()

    def start(self) -> None:
        """Begin at the first step."""
        self._done = [False] * len(STEPS)
        self._begin(0)

    def close(self) -> None:
        """Take it all away."""
        self._stop_watching()
        self._here = -1
        had_keys = self.card.isAncestorOf(self._window.focusWidget()) if self._window.focusWidget() is not None else False
        self.ring.hide()
        self.card.hide()
        if had_keys:
            self._page_of(self._store.session.workspace).setFocus()

    @property
    def step(self) -> Step | None:
        """The step that it is at; None before, after, and while it is closed."""
        return STEPS[self._here] if 0 <= self._here < len(STEPS) else None

    @property
    def done(self) -> tuple[bool, ...]:
        """Which steps were done."""
        return tuple(self._done)

    @property
    def is_open(self) -> bool:
        """Whether its card is shown."""
        return not self.card.isHidden()

    def place(self) -> None:
        """Put ring and card where what they are about is now."""
        step = self.step
        if step is None:
            self.card.put_beside(None)
            return
        away = self._store.session.workspace != step.workspace  # by a key: the way back is shown
        page = None if away else self._page_of(step.workspace)
        target = f"rail-{step.workspace}" if away else step.target
        self.ring.surround((self._window if page is None else page).findChild(QWidget, target))
        watched = None if page is None or not step.watched else page.findChild(QWidget, step.watched)
        keep = None if watched is None or not watched.isVisible() else watched.rect().translated(watched.mapTo(self._window, QPoint()))
        self.card.put_beside(self.ring.geometry() if not self.ring.isHidden() else None, keep)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window has another size; the person presses or turns something, and what follows at once is their doing."""
        if event.type() in BY_HAND and not self._hand:
            self._hand = True
            QTimer.singleShot(0, self, self._let_go)
        if watched is self._window and event.type() == QEvent.Type.Resize and self.is_open:
            self.place()
        return super().eventFilter(watched, event)

    def _let_go(self) -> None:
        self._hand = False

    def _watch(self) -> None:
        self._timer.start()
        if (app := QApplication.instance()) is not None:
            app.installEventFilter(self)

    def _stop_watching(self) -> None:
        self._timer.stop()
        if (app := QApplication.instance()) is not None:
            app.removeEventFilter(self)

    # --- steps

    def _begin(self, index: int) -> None:
        self._here, self._amount = index, 0.0
        step = STEPS[index]
        self._store.replace(begun(self._store.session, step))
        self.card.show_words(step.title, step.words, self._done, index, "", skip=True)
        self.place()
        self._watch()

    def _next(self) -> None:
        if self._here + 1 < len(STEPS):
            self._begin(self._here + 1)
        elif self.step is not None:
            self._here = len(STEPS)
            self._stop_watching()
            self.ring.hide()
            self.card.show_words(*GOODBYE, self._done, len(STEPS) - 1, tr("Close"), skip=False, ends=True)
            self.place()
            self.card.next_button.setFocus()
        else:
            self.close()

    def _end_with(self, signal: object) -> Callable[[], None]:
        def end() -> None:
            self.close()
            signal.emit()  # type: ignore[attr-defined]

        return end

    def _changed(self, old: Session, new: Session) -> None:
        step = self.step
        if step is None or self._done[self._here]:
            return
        self._amount += step.amount(old, new) if self._hand or not step.by_hand else 0.0
        if self._amount >= 1:
            self._done[self._here] = True
            self.card.show_words(step.title, step.seen, self._done, self._here, tr("Next"), skip=False)
            self.place()
