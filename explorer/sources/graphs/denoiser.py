"""A graph of x_t and t in the part of a denoiser."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from explorer.checkpoints.card import Card
from explorer.errors import BadInput
from explorer.models.roles import ImageShape
from explorer.recipe.told import Told
from explorer.sources.graphs.batches import Batched
from explorer.sources.graphs.parts import Graph
from explorer.sources.graphs.runtime import runtime
from explorer.sources.graphs.settings import time_of


class GraphDenoiser(nn.Module):
    """Asks a graph at its own timesteps.

    Parameters
    ----------
    path : Path
    graph : Graph
    card : Card
    told : Told

    Raises
    ------
    BadInput
        If there is nothing that runs it, or it gives something else than an output of x_t's shape.
    """

    only_way = "A graph is run by OpenVINO or ONNX Runtime, on the processor and in float32: whatever the device, no other way is here"

    def __init__(self, path: Path, graph: Graph, card: Card, told: Told) -> None:
        super().__init__()
        assert card.schedule is not None
        self.shape, self._values, self._time, self._labels = card.data.shape, graph.values, graph.time, graph.labels
        self._first, self._fraction = time_of(graph, told)
        self._T, self.label_count = card.schedule.T, 0 if card.classes is None else card.classes.labels
        self._graph = self._batched(path, graph)
        if self._graph.gives != self.shape:
            raise BadInput(f"{path}: it gives {self._graph.gives} for an image of {self.shape}, so its output is no prediction of a step")

    def _batched(self, path: Path, graph: Graph) -> Batched:
        fixed, t = graph.x.side(0), graph.t
        for_all = t.rank == 0 or (t.side(0) == 1 and fixed != 1)
        if not for_all and fixed is None:
            fixed = t.side(0)
        samples = {graph.values: self.shape, graph.time: max(0, t.rank - 1) * (1,), graph.labels: ()}
        shared = {graph.time: t.rank * (1,)} if for_all else {}
        inputs = graph.outline.inputs
        return Batched(
            path, runtime(path, graph.outline), [samples[i] for i in range(len(inputs))], [shared.get(i) for i in range(len(inputs))],
            [port.kind for port in inputs], fixed, graph.output,
        )  # fmt: skip

    @property
    def run_by(self) -> str:
        """For people."""
        return f"{self._graph.run_by} · fp32"

    def accepts(self, shape: ImageShape) -> bool:
        """Whether images (C, H, W) are of its shape."""
        return tuple(shape) == self.shape

    def forward(self, x_t: Tensor, t: Tensor, labels: Tensor | None = None) -> Tensor:
        """Output of x_t's shape (N, C, H, W), float32, for timesteps t (N,), int64, in 1..T; without derivatives."""
        told = t.cpu().numpy() - 1 + self._first
        fed = {self._values: x_t.detach().float().cpu().numpy(), self._time: told / self._T if self._fraction else told}
        if labels is not None:
            fed[self._labels] = labels.cpu().numpy()
        output = self._graph([fed[place] for place in range(len(fed))])
        return torch.from_numpy(output).to(x_t.device)
