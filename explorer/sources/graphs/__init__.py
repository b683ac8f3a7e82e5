"""Exported graphs (ONNX): any network that takes x_t and t, whoever wrote it and in what.

`wire.py` and `outline.py` tell what a file is without running anything, `parts.py` which part it takes, `settings.py` what it leaves
open and its card; `runtime.py` and `batches.py` run it, `denoiser.py` asks it as a lane asks, `autoencoder.py` as a latent plane does.
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
    from explorer.sources.graphs.parts import Graph


class Graphs(Source):
    """Reads what torch.onnx.export and its like write."""

    name = "onnx"
    title = "an ONNX graph of a denoiser or a decoder"
    hints = ("*.onnx",)

    def recognises(self, path: Path) -> bool:
        """A file that begins as an ONNX graph; whole or cut short, which `card` says."""
        return path.is_file() and begins_like_one(path)

    def asks(self, path: Path) -> tuple[Question, ...]:
        """All that its graph and its metadata leave open."""
        from explorer.sources.graphs.settings import asked

        return asked(path, _with_a_part(path))

    def home(self, path: Path) -> Path:
        """The decoder, for the encoder that was exported with it."""
        if "encoder" not in path.name:
            return path
        from explorer.sources.graphs.parts import decoder_beside

        return decoder_beside(path) or path

    def card(self, path: Path, told: Told = NOTHING) -> Card:
        """What the graph says, and what was told."""
        from explorer.sources.graphs.settings import card_of_decoder, card_of_denoiser

        external_files(path)
        graph = _with_a_part(path)
        return (card_of_decoder if graph.part == "decoder" else card_of_denoiser)(path, graph, told)

    def parameters(self, path: Path) -> int:
        """Numbers in its weights."""
        from explorer.sources.graphs.outline import outline

        return outline(path).weights

    def parts(self, path: Path) -> tuple[Path, ...]:
        """The graph, the files in which its weights are, and the encoder of a decoder."""
        from explorer.sources.graphs.parts import encoder_beside, graph_of

        try:
            graph = graph_of(path)
            encoder = encoder_beside(path, graph) if graph.part == "decoder" else None
            more = () if encoder is None else (encoder, *external_files(encoder))
            return path, *external_files(path), *more
        except BadInput:
            return (path,)  # `card` says what is wrong

    def load(self, path: Path, told: Told = NOTHING) -> Checkpoint:
        """The graph, ready to be run."""
        card, graph = self.card(path, told), _with_a_part(path)

        from explorer.checkpoints.files import Checkpoint
        from explorer.sources.graphs.autoencoder import GraphAutoencoder
        from explorer.sources.graphs.denoiser import GraphDenoiser
        from explorer.sources.graphs.settings import decoded_pixels

        if graph.part == "decoder":
            plane = GraphAutoencoder(path, graph, card, decoded_pixels(graph, told))
            return Checkpoint(path, card, plane.eval(), self.sha256(path))
        return Checkpoint(path, card, GraphDenoiser(path, graph, card, told).eval(), self.sha256(path))


def _with_a_part(path: Path) -> Graph:
    """The graph (BadInput if it is an encoder, which is nothing by itself)."""
    from explorer.sources.graphs.parts import graph_of

    graph = graph_of(path)
    if graph.part == "encoder":
        raise BadInput(f"{path}: is an encoder alone: what is seen of a latent space needs a decoder, of the same name beside it")
    return graph
