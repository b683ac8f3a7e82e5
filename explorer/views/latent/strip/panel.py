"""The card under the plane: the selected stroke, random samples, or the paths between two points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from explorer.views.latent.strip.stroke_strip import StrokeStrip
from explorer.widgets.controls.actions import Actions
from explorer.widgets.controls.buttons import IconButton
from explorer.widgets.controls.labels import Labelled
from explorer.widgets.look.card import Card
from explorer.widgets.look.icons import icon
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme

SPEEDS = {0.25: "¼×", 0.5: "½×", 1.0: "1×", 2.0: "2×", 4.0: "4×"}
HINT = tr("Choose the brush (B) and paint a path across the plane: its decodings appear here and play.")
SELECT_HINT = tr("Click a stroke to see its decodings, or paint another with the brush (B).")
WORDS_WIDTH, LABEL_WIDTH = 108, 148
SIDES = {1: 60, 2: 44}
SMALL = 36


@dataclass(frozen=True, eq=False)
class StripRow:
    """One strip.

    Attributes
    ----------
    title, note : str
        Beside it, where there are several.
    tiles : ndarray, shape (M, H, W, 3), uint8, or None
    colour : str
        #rrggbb of its path; empty for none.
    """

    title: str = ""
    note: str = ""
    tiles: np.ndarray | None = None
    colour: str = ""


@dataclass(frozen=True, eq=False)
class StripContent:
    """What the card shows.

    Attributes
    ----------
    title, note : str
        What it is: a stroke's name and frames.
    rows : tuple of StripRow
        At least one.
    playable : bool
        It can be played.
    closable : bool
        It can be taken away.
    message : str
        Where there are no pictures.
    tip : str
        What the notes mean.
    """

    title: str = ""
    note: str = ""
    rows: tuple[StripRow, ...] = (StripRow(),)
    playable: bool = False
    closable: bool = False
    message: str = HINT
    tip: str = ""


class _Row(QWidget):
    """A label and a strip."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._colour = ""
        self.strip = StrokeStrip(theme)
        self.title, self.note = QLabel(), QLabel()
        mark(self.note, "faint")
        self._label = QWidget()
        self._label.setFixedWidth(LABEL_WIDTH)
        words = QVBoxLayout(self._label)
        words.setContentsMargins(10, 0, 0, 0)
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(self.title)
        words.addWidget(self.note)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._label)
        row.addWidget(self.strip, 1)

    def show_row(self, row: StripRow, side: int, labelled: bool) -> None:
        self._colour = row.colour
        self._label.setVisible(labelled)
        self.title.setText(self.fontMetrics().elidedText(row.title, Qt.TextElideMode.ElideMiddle, LABEL_WIDTH - 14))
        self.title.setToolTip(row.title)
        self.note.setText(row.note)
        self.strip.set_tile_side(side)
        self.strip.set_tiles(row.tiles)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The path's colour, at the left."""
        if self._colour:
            QPainter(self).fillRect(0, 4, 4, self.height() - 12, QColor(self._colour))


class StripPanel(Card):
    """Play button, name, frames, loop and speed; a strip for each model or path.

    Signals
    -------
    speed_chosen(float)
    frame_chosen(int)
    close_wanted()
    """

    speed_chosen = Signal(float)
    frame_chosen = Signal(int)
    close_wanted = Signal()

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self._tokens, self._playing, self._frame = theme, False, 0
        self.content = StripContent()
        self._rows = [_Row(theme)]
        self._rows[0].strip.frame_chosen.connect(self.frame_chosen)
        self.play = self._button(actions["play"].trigger, tr("Play or pause"))
        self.loop = IconButton(actions["loop"])
        self.export = IconButton(actions["export"])
        self.close_button = self._button(self.close_wanted.emit, tr("Close"))
        self.close_button.setToolTip(tr("Show the strokes again"))
        mark(self.close_button, "quiet")
        mark(self.play, "primary")
        self.play.setText(tr("Play"))
        self._labelled = Labelled(self.play, QSize(28, 28))
        self.play.setToolTip(actions["play"].toolTip())
        self.name, self.note = QLabel(), QLabel()
        self.note.setWordWrap(True)
        mark(self.note, "faint")
        self.speed = QComboBox()
        self.speed.setAccessibleName(tr("Speed"))
        self.speed.setToolTip(tr("Speed of playing; 1× is 16 frames a second"))
        for value, word in SPEEDS.items():
            self.speed.addItem(word, value)
        self.speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.speed.setFixedWidth(80)
        self.speed.activated.connect(self._speed_activated)
        self._lay_out()
        theme.changed.connect(self._show_icons)
        self._show_icons()
        self.show_content(self.content)

    @property
    def strip(self) -> StrokeStrip:
        """The first strip."""
        return self._rows[0].strip

    @property
    def strips(self) -> tuple[StrokeStrip, ...]:
        """Those that are shown."""
        return tuple(row.strip for row in self._rows[: len(self.content.rows)])

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
        words.setContentsMargins(0, 0, 0, 0)
        words.addStretch(1)
        words.addWidget(self.name)
        words.addWidget(self.note)
        words.addStretch(1)
        self._words = QWidget()
        self._words.setLayout(words)
        self._words.setFixedWidth(WORDS_WIDTH)
        self._column = QVBoxLayout()
        self._column.setSpacing(4)
        self._column.addWidget(self._rows[0])
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        for button in (self.loop, self.export, self.close_button):
            buttons.addWidget(button)
        ends = QVBoxLayout()
        ends.setSpacing(4)
        ends.addStretch(1)
        ends.addLayout(buttons)
        ends.addWidget(self.speed, 0, Qt.AlignmentFlag.AlignRight)
        ends.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(self.play)
        row.addWidget(self._words)
        row.addLayout(self._column, 1)
        row.addLayout(ends)

    def _show_icons(self) -> None:
        tokens = self._tokens.tokens
        self.play.setIcon(icon("ph.pause-fill" if self._playing else "ph.play-fill", tokens, tokens.on_accent))
        self.close_button.setIcon(icon("ph.x", tokens))

    def show_content(self, content: StripContent) -> None:
        """A stroke, samples or paths; what to do where there is nothing."""
        self.content = content
        has = bool(content.title)
        while len(self._rows) < len(content.rows):
            row = _Row(self._tokens)
            row.strip.frame_chosen.connect(self.frame_chosen)
            self._rows.append(row)
            self._column.addWidget(row)
        side = SIDES.get(len(content.rows), SMALL)
        for index, row in enumerate(self._rows):
            row.setVisible(index < len(content.rows))
            if index < len(content.rows):
                row.show_row(content.rows[index], side, len(content.rows) > 1)
                row.strip.set_frame(self._frame)
        self._words.setVisible(has)
        self.play.setEnabled(content.playable)
        for widget, shown in ((self.play, content.playable or not has), (self.loop, content.playable), (self.speed, content.playable)):
            widget.setVisible(shown)
        self.export.setVisible(has)
        self.close_button.setVisible(content.closable)
        self.name.setText(self.fontMetrics().elidedText(content.title, Qt.TextElideMode.ElideRight, WORDS_WIDTH))
        self.note.setText(content.note)
        for note in (self.note, *(row.note for row in self._rows)):
            note.setToolTip(content.tip)
        self.strip.set_message(content.message)

    def show_frame(self, frame: int) -> None:
        """The frame that is looked at."""
        self._frame = frame
        for strip in self.strips:
            strip.set_frame(frame)

    def show_playing(self, playing: bool) -> None:
        """The button says what it does next."""
        self._playing = playing
        self.play.setText(tr("Pause") if playing else tr("Play"))
        self._show_icons()

    def show_speed(self, speed: float) -> None:
        """Speed of playing; does not emit."""
        self.speed.setCurrentIndex(self.speed.findData(min(SPEEDS, key=lambda s: abs(s - speed))))

    def _speed_activated(self, index: int) -> None:
        self.speed_chosen.emit(self.speed.itemData(index))
