"""Exported graphs (ONNX): any network that takes x_t and t, whoever wrote it and in what.

`wire.py` and `outline.py` tell what a file is without running anything, `parts.py` which part it takes, `settings.py` what it leaves open and
its card; `runtime.py` and `batches.py` run it, `denoiser.py` asks it as a lane asks.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from explorer.errors import BadInput
from explorer.recipe.told import NOTHING, Told
from explorer.sources.asking import Question
from explorer.sources.base import Source
from explorer.sources.graphs.outline import begins_like_one, external_files

if TYPE_CHECKING:
    from explorer.checkpoints.card import Card
    from explorer.checkpoints.files import Checkpoint


class Graphs(Source):
    """Reads what torch.onnx.export and its like write."""

    name = "onnx"
    title = "an ONNX graph of a denoiser"
    hints = ("*.onnx",)

    def recognises(self, path: Path) -> bool:
        """A file that begins as an ONNX graph; whole or cut short, which `card` says."""
        return path.is_file() and begins_like_one(path)

    def asks(self, path: Path) -> tuple[Question, ...]:
        """All that its graph and its metadata leave open."""
        from explorer.sources.graphs.parts import graph_of
        from explorer.sources.graphs.settings import asked

        return asked(path, graph_of(path))

    def card(self, path: Path, told: Told = NOTHING) -> Card:
        """What the graph says, and what was told."""
        from explorer.sources.graphs.parts import graph_of
        from explorer.sources.graphs.settings import card_of_denoiser

        external_files(path)
        return card_of_denoiser(path, graph_of(path), told)

    def parameters(self, path: Path) -> int:
        """Numbers in its weights."""
        from explorer.sources.graphs.outline import outline

        return outline(path).weights

    def parts(self, path: Path) -> tuple[Path, ...]:
        """The graph, and the files in which its weights are."""
        try:
            return path, *external_files(path)
        except BadInput:
            return (path,)  # `card` says what is wrong

    def load(self, path: Path, told: Told = NOTHING) -> Checkpoint:
        """The graph, ready to be run."""
        from explorer.sources.graphs.parts import graph_of

        card, graph = self.card(path, told), graph_of(path)

        from explorer.checkpoints.files import Checkpoint
        from explorer.sources.graphs.denoiser import GraphDenoiser

        return Checkpoint(path, card, GraphDenoiser(path, graph, card, told).eval(), self.sha256(path))
