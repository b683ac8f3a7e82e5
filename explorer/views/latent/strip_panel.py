"""The card under the plane: the selected stroke, playing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from explorer.recipe import Stroke
from explorer.views.latent.actions import LatentActions
from explorer.widgets.card import Card
from explorer.widgets.icons import icon
from explorer.widgets.stroke_strip import StrokeStrip
from explorer.widgets.style import mark
from explorer.widgets.theme import Theme

SPEEDS = {0.25: "¼×", 0.5: "½×", 1.0: "1×", 2.0: "2×", 4.0: "4×"}
HINT = "Choose the brush (B) and paint a path across the plane: its decodings appear here and play."
SELECT_HINT = "Click a stroke to see its decodings, or paint another with the brush (B)."


class StripPanel(Card):
    """Play button, name, frames, loop and speed.

    Signals
    -------
    speed_chosen(float)
    """

    speed_chosen = Signal(float)

    def __init__(self, theme: Theme, actions: LatentActions, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self._tokens, self._playing = theme, False
        self.strip = StrokeStrip(theme)
        self.play = self._button(actions.play.trigger, "Play or pause")
        self.loop = self._button(actions.loop.trigger, "Loop")
        self._actions = actions
        mark(self.play, "primary")
        self.loop.setCheckable(True)
        self.loop.setToolTip(actions.loop.toolTip())
        self.play.setToolTip(actions.play.toolTip())
        self.name, self.note = QLabel(), QLabel()
        mark(self.note, "faint")
        self.speed = QComboBox()
        self.speed.setAccessibleName("Speed")
        self.speed.setToolTip("Speed of playing; 1× is 16 frames a second")
        for value, word in SPEEDS.items():
            self.speed.addItem(word, value)
        self.speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.speed.setFixedWidth(80)
        self.speed.activated.connect(self._speed_activated)
        self._lay_out()
        theme.changed.connect(self._show_icons)
        self._show_icons()
        self.show_stroke(None, False)

    def _button(self, slot: Callable[[], None], name: str) -> QToolButton:
        button = QToolButton()
        button.setAccessibleName(name)
        button.setIconSize(QSize(16, 16))
        button.setFixedSize(28, 28)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(slot)
        return button

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(self.name)
        words.addWidget(self.note)
        words.addStretch(1)
        self._words = QWidget()
        self._words.setLayout(words)
        words.setContentsMargins(0, 0, 0, 0)
        self._words.setFixedWidth(96)
        ends = QVBoxLayout()
        ends.setSpacing(4)
        ends.addWidget(self.loop, 0, Qt.AlignmentFlag.AlignHCenter)
        ends.addWidget(self.speed)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(self.play)
        row.addWidget(self._words)
        row.addWidget(self.strip, 1)
        row.addLayout(ends)

    def _show_icons(self) -> None:
        tokens = self._tokens.tokens
        self.play.setIcon(icon("ph.pause-fill" if self._playing else "ph.play-fill", tokens, tokens.on_accent))
        self.loop.setIcon(icon("ph.repeat", tokens))

    def show_stroke(self, stroke: Stroke | None, any_stroke: bool) -> None:
        """The selected stroke's name and frames; None: what to do."""
        has = stroke is not None
        self._words.setVisible(has)
        self.play.setEnabled(has)
        self.loop.setVisible(has)
        self.speed.setVisible(has)
        self.name.setText(self.fontMetrics().elidedText(stroke.name, Qt.TextElideMode.ElideRight, 96) if stroke is not None else "")
        self.note.setText(f"{stroke.frames} frames" if stroke is not None else "")
        self.strip.set_message(SELECT_HINT if any_stroke else HINT)
        if not has:
            self.strip.set_tiles(None)

    def show_tiles(self, tiles: np.ndarray | None) -> None:
        """Decodings along the stroke."""
        self.strip.set_tiles(tiles)

    def show_playing(self, playing: bool) -> None:
        """The button says what it does next."""
        self._playing = playing
        self._show_icons()

    def show_settings(self, loop: bool, speed: float) -> None:
        """Loop and speed; does not emit."""
        self.loop.setChecked(loop)
        self.speed.setCurrentIndex(self.speed.findData(min(SPEEDS, key=lambda s: abs(s - speed))))

    def _speed_activated(self, index: int) -> None:
        self.speed_chosen.emit(self.speed.itemData(index))
