"""A graph of x_t and t in the part of a denoiser."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from explorer.checkpoints.card import Card
from explorer.diffusion import unit_range
from explorer.errors import BadInput
from explorer.models.roles import ImageShape
from explorer.recipe.told import Told
from explorer.sources.graphs.batches import Batched
from explorer.sources.graphs.parts import Graph
from explorer.sources.graphs.runtime import runtime
from explorer.sources.graphs.settings import betas_of, pixels_from_0, time_of


class GraphDenoiser(nn.Module):
    """Asks a graph at its own timesteps, and takes what it says to images in [-1, 1].

    Parameters
    ----------
    path : Path
    graph : Graph
    card : Card
        Its shape, option and schedule are those of the chain.
    told : Told

    Raises
    ------
    BadInput
        If there is nothing that runs it, or it gives something else than an output of x_t's shape.
    """

    is_only_called = True

    def __init__(self, path: Path, graph: Graph, card: Card, told: Told) -> None:
        super().__init__()
        assert card.schedule is not None
        self.shape, self.option, self._values, self._time = card.data.shape, card.option or "C", graph.values, graph.time
        self._first, self._fraction = time_of(graph, told)
        self._T = card.schedule.T
        self._levels: np.ndarray | None = None
        if pixels_from_0(graph, told):
            here = np.concatenate([[1.0], np.cumprod(1 - betas_of(card.schedule))])
            self._levels = unit_range.their_alpha_bar(here)
        self._graph = self._batched(path, graph)
        if self._graph.gives != self.shape:
            raise BadInput(f"{path}: it gives {self._graph.gives} for an image of {self.shape}, so its output is no prediction of a step")

    def _batched(self, path: Path, graph: Graph) -> Batched:
        fixed, x, t = graph.x.side(0), graph.x, graph.t
        for_all = t.rank == 0 or (t.side(0) == 1 and fixed != 1)
        if not for_all and fixed is None:
            fixed = t.side(0)
        time = (t.rank * (1,)) if for_all else None
        samples, shared = [self.shape, (t.rank - 1) * (1,)], [None, time]
        order = (0, 1) if graph.values == 0 else (1, 0)
        kinds = (x.kind, t.kind)
        return Batched(
            path, runtime(path, graph.outline), [samples[i] for i in order], [shared[i] for i in order], [kinds[i] for i in order],
            fixed, graph.output,
        )  # fmt: skip

    def accepts(self, shape: ImageShape) -> bool:
        """Whether images (C, H, W) are of its shape."""
        return tuple(shape) == self.shape

    def forward(self, x_t: Tensor, t: Tensor) -> Tensor:
        """Output of x_t's shape (N, C, H, W), float32, for timesteps t (N,), int64, in 1..T; without derivatives."""
        u, steps = x_t.detach().float().cpu().numpy(), t.cpu().numpy()
        told = steps - 1 + self._first
        time = told / self._T if self._fraction else told
        x, level, before = u, 0.0, 0.0
        if self._levels is not None:
            level, before = (self._levels[at].astype(np.float32).reshape(-1, 1, 1, 1) for at in (steps, steps - 1))
            x = unit_range.to_theirs(u, level)
        output = self._graph([x, time] if self._values == 0 else [time, x])
        if self._levels is not None:
            output = unit_range.output_here(self.option, output, x, level, before)
        return torch.from_numpy(np.ascontiguousarray(output, np.float32)).to(x_t.device)
