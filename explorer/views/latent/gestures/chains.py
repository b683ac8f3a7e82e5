"""What the person's hands do to the reverse chains of codes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from explorer.state.edits import code_chains as edits
from explorer.state.session import LatentState
from explorer.views.latent.controller import LatentController
from explorer.views.latent.entries import chain_entries, chain_entry
from explorer.views.latent.inspector.chain_section import ChainSection
from explorer.views.latent.plane.plane import Plane
from explorer.views.latent.strip.player import Player
from explorer.views.workspace import Context
from explorer.widgets.controls.actions import Actions
from explorer.widgets.look.language import tr

WORDS = {
    "count": tr("number of chains"), "steps": tr("steps of the chains"), "seed": tr("seed of the chains"), "exact": tr("the exact process"),
}  # fmt: skip
"""What undo calls a change."""


class ChainHands(QObject):
    """Connects the chains' section, their actions and the samples on the plane to the store."""

    def __init__(self, context: Context, controller: LatentController, actions: Actions, player: Player, parent: QObject) -> None:
        super().__init__(parent)
        self._store, self._library, self._controller, self._player = context.store, context.library, controller, player
        slots: dict[str, Callable[[], object]] = {
            "walk_codes": self._walk, "no_chains": self._remove, "arrows": self._toggle_arrows,
            "next_chain": partial(self._step, 1), "last_chain": partial(self._step, -1),
        }  # fmt: skip
        for name, slot in slots.items():
            actions.on(name, slot)

    def take_section(self, section: ChainSection) -> None:
        """Listen to the section."""
        section.ddpm_chosen.connect(self._choose)
        section.changed.connect(self._change)
        section.chain_chosen.connect(self.look_at)

    def take_plane(self, plane: Plane) -> None:
        """Listen to clicks on samples."""
        plane.sample_clicked.connect(self.look_at)

    @property
    def _state(self) -> LatentState:
        return self._store.session.latent

    def _put(self, state: LatentState, label: str = "", merge: str = "") -> None:
        self._player.stop()
        self._store.update(label, merge, latent=state)

    def _walk(self) -> None:
        known = chain_entries(self._library, self._controller.entry)
        ddpm = chain_entry(self._state.recipe, self._library, self._controller.entry) or next(iter(known), None)
        if ddpm is not None:
            self._put(edits.walk(self._state, ddpm), tr("chains of {name}", name=ddpm.name), "latent.chains")

    def _choose(self, sha256: str) -> None:
        ddpm = next((each for each in chain_entries(self._library, self._controller.entry) if each.sha256 == sha256), None)
        if ddpm is not None:
            self._put(edits.choose(self._state, ddpm), tr("chains of {name}", name=ddpm.name))

    def _change(self, field: str, value: object) -> None:
        self._put(edits.change(self._state, **{field: value}), WORDS[field], f"latent.chains.{field}")

    def _remove(self) -> None:
        self._put(edits.remove(self._state), tr("remove the chains"))

    def _toggle_arrows(self) -> None:
        self._store.update_latent(arrows=not self._state.arrows)

    def look_at(self, chain: int) -> None:
        """Show a chain's decodings in the strip."""
        self._store.update(latent=edits.look_at(self._state, chain))

    def _step(self, by: int) -> None:
        self.look_at(self._state.chain + by)
