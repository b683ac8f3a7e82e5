"""Models that a recipe names and this machine has not seen: opened where the recipe says that they lie."""

from __future__ import annotations

from collections.abc import Callable

from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.messages import Failed
from explorer.recipe import ChainRecipe, PlaneRecipe
from explorer.state.found_again import Unopened, unopened
from explorer.state.library import Library
from explorer.widgets.look.language import tr


class UnopenedModels:
    """Opens each once; the library, which has them then, tells who shows them.

    Parameters
    ----------
    library : Library
    complain : callable
        Told in a sentence what cannot be opened, or is another checkpoint now.
    """

    def __init__(self, library: Library, complain: Callable[[str], None]) -> None:
        self._library, self._complain = library, complain
        self._tried: set[tuple[str, str]] = set()

    def open(self, recipe: ChainRecipe | PlaneRecipe) -> None:
        """Open what a recipe needs, as far as it was not tried."""
        for model in unopened(recipe, self._library.known):
            if (model.checkpoint, model.source) not in self._tried:
                self._tried.add((model.checkpoint, model.source))
                self._open(model)

    def _open(self, model: Unopened) -> None:
        def look(entry: LibraryEntry) -> None:
            if entry.sha256 != model.checkpoint:
                self._complain(tr("{source}: is another checkpoint now than when it was kept", source=model.source))

        def fail(failed: Failed) -> None:
            self._complain(failed.message)

        self._library.open(model.source, look, model.told, on_failure=fail)
