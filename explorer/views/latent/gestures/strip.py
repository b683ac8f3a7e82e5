"""What the person's hands do to the strip: what it shows, which frame, and whether it plays."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from explorer.recipe import Stroke
from explorer.state.edits import latent as edits
from explorer.state.edits.latent import item_named, strip_of
from explorer.state.session import LatentState
from explorer.views.latent.strip.panel import StripPanel
from explorer.views.latent.strip.player import Player
from explorer.views.workspace import Context
from explorer.widgets.controls.actions import Actions
from explorer.widgets.look.language import tr

CLOSED = {"samples": tr("remove samples"), "posterior": tr("remove the draws"), "chains": tr("remove the chains")}
"""What undo calls it when a strip is closed."""


class StripHands(QObject):
    """Connects the strip, its actions and the player to the store.

    Attributes
    ----------
    player : Player
        Plays the selected stroke.
    """

    def __init__(self, context: Context, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self._store = context.store
        self.player = Player(self)
        self.player.frame_due.connect(self._show_frame)
        self._frames: Callable[[], int] = lambda: 0
        slots: dict[str, Callable[[], object]] = {
            "paths": self._toggle_paths, "sample": self._sample, "no_samples": self._remove_samples, "play": self.toggle_play,
            "loop": self._toggle_loop, "back": partial(self.step, -1), "on": partial(self.step, 1),
        }  # fmt: skip
        for name, slot in slots.items():
            actions.on(name, slot)

    def take_panel(self, panel: StripPanel) -> None:
        """Listen to the strip."""
        self._frames = lambda: panel.strip.count
        panel.frame_chosen.connect(self._choose_frame)
        panel.speed_chosen.connect(self._choose_speed)
        panel.close_wanted.connect(self._close)

    @property
    def _state(self) -> LatentState:
        return self._store.session.latent

    def _put(self, state: LatentState, label: str = "", merge: str = "") -> None:
        self._store.update(label, merge, latent=state)

    # --- what it shows

    def _sample(self) -> None:
        self.player.stop()
        self._put(edits.sample_prior(self._state), tr("sample the prior"), "latent.prior")

    def _remove_samples(self) -> None:
        self._put(edits.remove_samples(self._state), CLOSED["samples"])

    def _close(self) -> None:
        self._put(edits.close_strip(self._state), CLOSED.get(strip_of(self._state), ""))

    def show_paths(self, first: str, second: str) -> None:
        """The paths between two points."""
        self.player.stop()
        self._put(edits.show_paths(self._state, first, second))

    def _toggle_paths(self) -> None:
        self.player.stop()
        self._put(edits.toggle_paths(self._state))

    # --- playing

    def toggle_play(self) -> None:
        """Play, or pause."""
        if self.player.playing:
            self.player.stop()
        else:
            self.play()

    def play(self) -> None:
        """Play the selected stroke, or the paths, with the settings of now."""
        count = self._count()
        if count and strip_of(self._state) in ("stroke", "paths", "chains"):
            self.player.play(self._state.frame, count, self._state.loop, self._state.speed)

    def step(self, by: int) -> None:
        """So many frames on."""
        self._choose_frame(self._state.frame + by)

    def _choose_frame(self, frame: int) -> None:
        count = self._count()
        if count:
            self.player.stop()
            self._show_frame(min(count - 1, max(0, frame)))

    def _show_frame(self, frame: int) -> None:
        self._store.update_latent(frame=frame)

    def _count(self) -> int:
        """Frames of what the strip shows."""
        if strip_of(self._state) == "stroke":
            stroke = item_named(self._state.recipe, self._state.selected)
            return stroke.frames if isinstance(stroke, Stroke) else 0
        return self._frames()

    def _toggle_loop(self) -> None:
        self._store.update_latent(loop=not self._state.loop)
        self._replay()

    def _choose_speed(self, speed: float) -> None:
        self._store.update_latent(speed=speed)
        self._replay()

    def _replay(self) -> None:
        if self.player.playing:
            self.play()
