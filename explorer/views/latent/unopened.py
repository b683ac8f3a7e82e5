"""Models that planes name and this machine has not seen: opened where the recipe says that they lie."""

from __future__ import annotations

from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.messages import Failed
from explorer.recipe import PlaneModel, PlaneRecipe
from explorer.state.found_again import unopened
from explorer.views.workspace import Context


class UnopenedModels:
    """Opens each once; the library, which has them then, tells the planes."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._tried: set[tuple[str, str]] = set()

    def open(self, recipe: PlaneRecipe) -> None:
        """Open what the planes of a recipe need, as far as it was not tried."""
        for model in unopened(recipe, self._context.library.known):
            if (model.checkpoint, model.source) not in self._tried:
                self._tried.add((model.checkpoint, model.source))
                self._open(model)

    def _open(self, model: PlaneModel) -> None:
        def look(entry: LibraryEntry) -> None:
            if model.checkpoint and entry.sha256 != model.checkpoint:
                said = f"{model.source}: is another checkpoint now than when this plane was kept; its own plane is shown"
                self._context.client.failed.emit(Failed(said))

        self._context.library.open(model.source, look, model.told)
