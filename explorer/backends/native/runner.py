"""A network that the kernel runs: its programs by image size, and the table of what it is told of each timestep and class."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Protocol, cast

import torch
from torch import Tensor

if TYPE_CHECKING:
    from explorer.backends.native.library import Level
    from explorer.backends.native.program import Runnable

ROWS = 128
"""Timesteps whose rows are computed together: always the same ones, so that a row does not depend on who asks."""
OF_A_CLASS = 16
"""The same for each label of a network with classes: a batch may need the rows of many labels at one timestep."""
KEPT_ROWS, KEPT_SIZES = 16 * ROWS, 4


class Walk(Protocol):
    """A network on its way to a program."""

    def lower(self) -> Runnable:
        """The program."""
        ...

    def table(self, t: Tensor, labels: Tensor | None) -> Tensor:
        """What it is told of timesteps (n,), and of labels (n,) where it takes any: (n, table_length), float32."""
        ...


class Lowerer(Protocol):
    """A module that knows one class of networks."""

    def fits(self, network: Any) -> bool:
        """Whether the kernel has all that this one does."""
        ...

    def accepts(self, network: Any, image: tuple[int, int, int]) -> bool:
        """Whether images (C, H, W) fit the network."""
        ...

    def Lowering(self, network: Any, level: Level, bfloat16: bool, image: tuple[int, int, int]) -> Walk:
        """Begin."""
        ...


class Sized:
    """A network for images of one size."""

    def __init__(self, walk: Walk) -> None:
        self.walk, self.program = walk, walk.lower()
        self.rows: OrderedDict[tuple[int, int | None], Tensor] = OrderedDict()

    def row(self, t: int, label: int | None) -> int:
        """Address of the table's row for a timestep (and a label); it stays until so many others were asked for."""
        count = ROWS if label is None else OF_A_CLASS
        key = t // count, label
        if key not in self.rows:
            labels = None if label is None else torch.full((count,), label)
            self.rows[key] = self.walk.table(torch.arange(key[0] * count, (key[0] + 1) * count), labels).contiguous()
        self.rows.move_to_end(key)
        return self.rows[key].data_ptr() + t % count * self.program.table_length * 4

    def forget(self) -> None:
        """Rows not asked for lately, beyond those that are kept."""
        while len(self.rows) > 1 and sum(map(len, self.rows.values())) > KEPT_ROWS:
            self.rows.popitem(last=False)


class Runner:
    """Calls the kernel as the network would be called."""

    def __init__(self, network: Any, lowerer: Lowerer, level: Level, bfloat16: bool) -> None:
        self.network, self.lowerer, self.level, self.bfloat16 = network, lowerer, level, bfloat16
        self.sizes: OrderedDict[tuple[int, int, int], Sized] = OrderedDict()

    def __call__(self, x_t: Tensor, t: Tensor, labels: Tensor | None = None) -> Tensor:
        """Network's output for x_t (N, C, H, W), float32, at timesteps t (N,), int64, of classes (N,), int64; of x_t's shape.

        Raises
        ------
        ValueError
            If the shapes do not fit the network, or it takes labels and there are none.
        """
        with torch.no_grad():
            size = self._size(x_t)
            told = [None] * len(t) if labels is None else labels.tolist()
            rows = [size.row(*each) for each in zip(t.tolist(), told, strict=True)]
            out = size.program.run(x_t, rows, torch.get_num_threads())
            size.forget()
            return out

    def _size(self, x_t: Tensor) -> Sized:
        image = cast(tuple[int, int, int], tuple(x_t.shape[1:]))
        if image not in self.sizes:
            if len(image) != 3 or not self.lowerer.accepts(self.network, image):
                raise ValueError(f"images of shape {image}: this network cannot take them")
            self.sizes[image] = Sized(self.lowerer.Lowering(self.network, self.level, self.bfloat16, image))
        self.sizes.move_to_end(image)
        while len(self.sizes) > KEPT_SIZES:
            self.sizes.popitem(last=False)
        return self.sizes[image]
