"""Actions of a workspace with a cursor, of which "play" says whether it plays."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from explorer.widgets.controls.actions import Actions, Do
from explorer.widgets.look.icons import icon
from explorer.widgets.look.theme import Theme


class PlayingActions(Actions):
    """Among them one of the name "play".

    Parameters
    ----------
    groups : sequence of sequences of Do
    play, pause : str
        What "play" is called while nothing moves, and while it plays.
    mirrored : bool
        Its triangle points left.
    """

    def __init__(self, theme: Theme, owner: QWidget, groups: Sequence[Sequence[Do]], play: str, pause: str, mirrored: bool = False) -> None:
        self._playing, self._words, self._mirrored = False, {False: play, True: pause}, mirrored
        super().__init__(theme, owner, groups)

    def show_playing(self, playing: bool) -> None:
        """Play or pause."""
        self._playing = playing
        self["play"].setText(self._words[playing])
        self.dress()

    def mirror(self, mirrored: bool) -> None:
        """Have the triangle point left, or right."""
        if mirrored != self._mirrored:
            self._mirrored = mirrored
            self.dress()

    def dress(self, _tokens: object = None) -> None:
        """Icons in the theme's colours."""
        super().dress()
        tokens, glyph = self._theme.tokens, "mdi6.pause" if self._playing else "mdi6.play"
        self["play"].setIcon(icon(glyph, tokens, tokens.on_accent, mirrored=self._mirrored))
