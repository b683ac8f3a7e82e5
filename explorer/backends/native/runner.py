"""A network that the kernel runs: its programs by image size, and the table of what it is told of each timestep."""

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
KEPT_ROWS, KEPT_SIZES = 16 * ROWS, 4


class Walk(Protocol):
    """A network on its way to a program."""

    def lower(self) -> Runnable:
        """The program."""
        ...

    def table(self, t: Tensor) -> Tensor:
        """What it is told of timesteps (n,): (n, table_length), float32."""
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
        self.rows: OrderedDict[int, Tensor] = OrderedDict()

    def row(self, t: int) -> int:
        """Address of the table's row for a timestep; it stays until so many others were asked for."""
        number = t // ROWS
        if number not in self.rows:
            self.rows[number] = self.walk.table(torch.arange(number * ROWS, (number + 1) * ROWS)).contiguous()
        self.rows.move_to_end(number)
        return self.rows[number].data_ptr() + t % ROWS * self.program.table_length * 4

    def forget(self) -> None:
        """Rows not asked for lately, beyond those that are kept."""
        while len(self.rows) > KEPT_ROWS // ROWS:
            self.rows.popitem(last=False)


class Runner:
    """Calls the kernel as the network would be called."""

    def __init__(self, network: Any, lowerer: Lowerer, level: Level, bfloat16: bool) -> None:
        self.network, self.lowerer, self.level, self.bfloat16 = network, lowerer, level, bfloat16
        self.sizes: OrderedDict[tuple[int, int, int], Sized] = OrderedDict()

    def __call__(self, x_t: Tensor, t: Tensor) -> Tensor:
        """Network's output for x_t (N, C, H, W), float32, at timesteps t (N,), int64; of x_t's shape.

        Raises
        ------
        ValueError
            If the shapes do not fit the network.
        """
        with torch.no_grad():
            size = self._size(x_t)
            rows = [size.row(each) for each in t.tolist()]
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
