"""How plausible the answers are: a line that the person understands, and better answers with one click."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from explorer.engine.models.checking.messages import CheckNoise, NoiseChecked
from explorer.engine.models.checking.words import Verdict, advice, proposed, sentence, verdict
from explorer.engine.thread.client import Client
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.recipe.told import Told
from explorer.views.shared.questions import Questions, When
from explorer.widgets.look.card import Card
from explorer.widgets.look.icons import icon
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID, Theme, Tokens

REST_MS = 300
"""How long answers stay as they are before they are checked."""
ICONS: dict[Verdict, str] = {"plausible": "ph.check-circle", "doubtful": "ph.question", "hardly": "ph.warning", "nothing": "ph.info"}
WAITING = tr("Seeing whether the network denoises under these answers…")
TRYING = tr("Other answers are tried…")
ICON_PIXELS = 18


class CheckCard(Card):
    """Asks the engine, and says what it says.

    Signals
    -------
    use_wanted(object)
        A Told: the person wants these answers.
    """

    use_wanted = Signal(object)

    def __init__(self, client: Client, theme: Theme, path: str, pictures: Sequence[str]) -> None:
        super().__init__(theme)
        self._questions = Questions(client, "library.check", self)
        self._path, self._pictures = path, tuple(pictures)
        self._told: Told | None = None
        self._checked: NoiseChecked | None = None
        self._verdict: Verdict = "nothing"
        self._icon, self.says, self.adds = QLabel(), QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.says.setAccessibleName(tr("How plausible these answers are"))
        self.adds.setAccessibleName(tr("What else was tried"))
        mark(self.adds, "muted")
        self.use = QPushButton(tr("Use these"))
        self.use.setToolTip(tr("Give the answers under which the network finds the most noise"))
        self.use.clicked.connect(self._use)
        self._lay_out()
        self._later = QTimer(self, singleShot=True, interval=REST_MS)
        self._later.timeout.connect(self._ask)
        theme.changed.connect(self._dress)

    @property
    def idle(self) -> bool:
        """Whether all that was asked is answered."""
        return self._questions.idle and not self._later.isActive()

    def check(self, told: Told) -> None:
        """See how plausible these are, when they have stayed for a moment; what is under way is given up."""
        if told == self._told:
            return
        self._told = told
        self._questions.drop()
        self._say("nothing", WAITING, "")
        self._later.start()

    def drop(self) -> None:
        """Ask nothing more."""
        self._later.stop()
        self._questions.drop()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(GRID)
        words.addWidget(self.says)
        words.addWidget(self.adds)
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
        row.setSpacing(3 * GRID)
        row.addWidget(self._icon)
        row.addLayout(words, 1)
        row.addWidget(self.use)

    def _ask(self) -> None:
        payload = CheckNoise(self._path, self._told, self._pictures)
        self._questions.ask("noise", payload, self._take, When.AT_ONCE, on_failure=self._failed)

    def _take(self, outcome: Outcome) -> None:
        if isinstance(outcome, NoiseChecked):
            self._checked = outcome
            self._say(verdict(outcome), sentence(outcome), TRYING if outcome.partial else advice(outcome))

    def _failed(self, failed: Failed) -> None:
        self._checked = None
        self._say("hardly", failed.message, tr("It would not open so."))

    def _use(self) -> None:
        told = proposed(self._checked) if self._checked is not None else None
        if told is not None:
            self.use_wanted.emit(told)

    def _say(self, found: Verdict, says: str, adds: str) -> None:
        self._verdict = found
        self.says.setText(says)
        self.adds.setText(adds)
        self.adds.setVisible(bool(adds))
        offered = self._checked is not None and not self._checked.partial and proposed(self._checked) is not None and says != WAITING
        self.use.setVisible(offered)
        self._dress(self._theme.tokens)

    def _dress(self, tokens: Tokens) -> None:
        colours = {"plausible": tokens.ok, "doubtful": tokens.warning, "hardly": tokens.error, "nothing": tokens.muted}
        self._icon.setPixmap(icon(ICONS[self._verdict], tokens, colours[self._verdict]).pixmap(ICON_PIXELS, ICON_PIXELS))
