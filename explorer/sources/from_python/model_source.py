"""What all sources of Python networks have in common: a model becomes a card and a checkpoint."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.recipe.told import NOTHING, Told
from explorer.sources.base import Source
from explorer.sources.from_python.model import Model, card_of

if TYPE_CHECKING:
    from explorer.checkpoints.card import Card
    from explorer.checkpoints.files import Checkpoint

KEPT = 8


class ModelSource(Source):
    """Gives a network and what a chain must know of it: what a source of one's own derives from, as `explorer.Source`.

    A subclass sets `name`, `title` and `hints`, and has two methods: `recognises(path)`, which looks at the first bytes of a file or
    into a folder and is asked in the window's process, too, so that it imports nothing heavy; and `model(path)`, which reads it.
    Whatever these raise is told as one line that names the source.

    Attributes
    ----------
    name : str
        A word, told apart from every other source's.
    title : str
        For people, after "what opens here is": "a checkpoint of mylab".
    hints : tuple of str
        Patterns of file names for dialogs: "*.mylab". A file is never known by them.
    """

    hints: tuple[str, ...] = ()
    owned = True
    """Whether the app may move its modules."""

    def __init__(self) -> None:
        self._models: OrderedDict[tuple[object, ...], tuple[Model, str]] = OrderedDict()

    def model(self, path: Path) -> Model:
        """The network in a file or folder that `recognises` said yes to."""
        raise NotImplementedError

    def text(self, path: Path) -> bytes:
        """What tells it from another one beside its weights."""
        return b""

    def card(self, path: Path, told: Told = NOTHING) -> Card:
        """What the model says of itself."""
        return card_of(self._known(path)[0], self.title)

    def parameters(self, path: Path) -> int:
        """Numbers in its weights."""
        from explorer.sources.from_python.network import parameters_of

        return parameters_of(self._known(path)[0].network)

    def sha256(self, path: Path) -> str:
        """Of its weights, of the source of its classes and of what is told of it."""
        return self._known(path)[1]

    def load(self, path: Path, told: Told = NOTHING) -> Checkpoint:
        """The network behind the seam of a lane."""
        from explorer.checkpoints.files import Checkpoint
        from explorer.sources.from_python.network import PythonNetwork

        model, digest = self._known(path)
        return Checkpoint(path, card_of(model, self.title), PythonNetwork(model, self.owned).eval(), digest)

    def _known(self, path: Path) -> tuple[Model, str]:
        """The model and its hash, made once while the file stays as it is."""
        from explorer.sources.from_python.network import identity

        stat = path.stat()
        key = (str(path), stat.st_mtime_ns, stat.st_size)
        if key not in self._models:
            model = self.model(path)
            card_of(model, self.title)  # what is wrong with it is told before its weights are gone through
            self._models[key] = (model, identity(model, self.text(path)))
            while len(self._models) > KEPT:
                self._models.popitem(last=False)
        return self._models[key]
