"""Opening what this app exported: the recipe in the file becomes what is open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from explorer import sources
from explorer.checkpoints.snapshots import name_of
from explorer.engine.chain.export.messages import ExportRead, ReadExport
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.recipe import PlaneRecipe, Recipe, Shown, StepRecipe
from explorer.state.found_again import relinked_plane, relinked_recipe, unopened
from explorer.state.opened_plane import with_opened
from explorer.state.session import ChainState
from explorer.views.window.banner import Banner
from explorer.views.workspace import Context, Workspace
from explorer.widgets.look.language import tr

STILL_OPEN = tr("Everything that was open still is. File > Export… writes files with a recipe.")


class ExportOpener(QObject):
    """Reads recipes on the engine thread, and sets lanes.

    Parameters
    ----------
    looked : callable
        Told of each file once it was read: the path of a picture without a recipe; "" of what was something else.

    Signals
    -------
    workspace_wanted(str)
        A workspace has taken the recipe: show it.
    """

    workspace_wanted = Signal(str)

    def __init__(
        self, context: Context, current: Callable[[], Workspace], banner: Banner, looked: Callable[[str], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._context, self._current, self._banner, self._looked = context, current, banner, looked

    def open(self, path: str) -> None:
        """Read a file's recipe and open it; a picture without one is opened as a picture."""

        def fail(outcome: Outcome) -> None:
            if isinstance(outcome, Failed):
                self._banner.say(outcome.message, STILL_OPEN, outcome.detail)
            self._looked("")

        self._context.client.send(ReadExport(path), "open.export", self._take, queued=True, on_failure=fail)

    def _take(self, outcome: Outcome) -> None:
        if not isinstance(outcome, ExportRead):
            return
        from explorer.exports.kinds import Drawn, kind_of

        path = Path(outcome.path)
        plain = outcome.recipe is None and isinstance(kind := kind_of(path), Drawn) and kind.plain
        if outcome.recipe is not None:
            self.open_recipe(path.name, outcome.recipe)
        elif not plain:
            self._banner.say(outcome.why, STILL_OPEN)
        self._looked(outcome.path if plain else "")

    def open_recipe(self, name: str, recipe: Recipe) -> None:
        """Set the lanes or the plane of a recipe; `name` is the file that messages name."""
        if recipe.chain is not None and recipe.chain.lanes:
            self._open_chain(name, recipe)
        elif recipe.plane is not None:
            self._open_plane(name, recipe.plane)
        elif recipe.step is not None:
            self._open_step(name, recipe.step)
        else:
            self._banner.say(tr("{name}: its recipe has no lanes", name=name), severity="notice")

    def _open_plane(self, name: str, recipe: PlaneRecipe) -> None:
        """Set a plane; models of it that lie where it says, and were never opened here, are opened first."""
        waiting = unopened(recipe, self._context.library.known)
        if not waiting:
            self._set_plane(name, recipe)
            return

        def opened(entry: LibraryEntry) -> None:
            if entry.sha256 == waiting[0].checkpoint:
                self._open_plane(name, recipe)
            else:
                self._banner.say(
                    tr("{source}: is another checkpoint than {name} was made with", source=waiting[0].source, name=name), STILL_OPEN
                )

        def fail(failed: Failed) -> None:
            self._banner.say(failed.message, STILL_OPEN, failed.detail)

        self._context.library.open(waiting[0].source, opened, waiting[0].told, on_failure=fail)

    def _set_plane(self, name: str, recipe: PlaneRecipe) -> None:
        plane, replaced, missing = relinked_plane(recipe, self._context.library.known)
        if missing:
            self._say_missing(name, missing)
            return
        store = self._context.store
        store.update_latent(tr("open {name}", name=name), **msgspec.structs.asdict(with_opened(store.session.latent, plane)))
        self.workspace_wanted.emit("latent")
        self._say_replaced(name, replaced)

    def _open_step(self, name: str, recipe: StepRecipe) -> None:
        """Lay a training step open; its network is found by its hash, or where the recipe says."""
        known = self._context.library.find(recipe.checkpoint) if recipe.checkpoint else None
        if known is not None:
            recipe = msgspec.structs.replace(recipe, source=known.path)
        elif recipe.source and not Path(recipe.source).exists():
            self._say_missing(name, (name_of(recipe.source),))
            return
        self._context.store.update_training(tr("open {name}", name=name), recipe=recipe, page="step")
        self.workspace_wanted.emit("training")

    def _say_missing(self, name: str, missing: tuple[str, ...]) -> None:
        message = tr("{name}: its checkpoint {list} is not on this machine", name=name, list=", ".join(missing))
        self._banner.say(
            message, tr("Open that {endings} file, then this one again. Everything that was open still is.", endings=sources.endings())
        )

    def _say_replaced(self, name: str, replaced: tuple[str, ...]) -> None:
        if replaced:
            told = tr("{list}: another file now than when {name} was made; its picture may differ.", list=", ".join(replaced), name=name)
            self._banner.say(told, severity="warning")

    def _open_chain(self, name: str, recipe: Recipe) -> None:
        assert recipe.chain is not None
        chain, replaced, missing = relinked_recipe(recipe.chain, self._context.library.known)
        if missing:
            self._say_missing(name, missing)
            return
        store = self._context.store
        compare = len(chain.lanes) > 1 or self._current().workspace_name == "compare"
        state = store.session.compare if compare else store.session.reverse
        state = with_recipe(msgspec.structs.replace(state, recipe=chain), recipe.shown or Shown())
        update = store.update_compare if compare else store.update_reverse
        update(tr("open {name}", name=name), **msgspec.structs.asdict(state))
        self.workspace_wanted.emit("compare" if compare else "reverse-chain")
        self._say_replaced(name, replaced)


def with_recipe(state: ChainState, shown: Shown) -> ChainState:
    """A state that shows what the picture showed."""
    last = len(state.recipe.lanes) - 1
    return msgspec.structs.replace(
        state, t=shown.t, quantity=shown.quantity, difference_of=shown.of, reference=min(shown.reference, last),
        layout=shown.layout, beside=shown.beside, lane=0, selected=0,
    )  # fmt: skip
