"""What names and shapes say of pytorch-ddpm's U-Net. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from explorer.sources.tensor_file import Outline
from explorer.sources.weights_in import last_of, shape_of

MARKS = ("time_embedding.timembedding.0.weight", "head.weight", "tail.2.weight", "downblocks.0.block1.0.weight")
MOST_LEVELS = 16

_shape = partial(shape_of, whose="networks of pytorch-ddpm do")


@dataclass(frozen=True)
class Sizes:
    """Sizes of a network.

    Attributes
    ----------
    timesteps : int
        Rows of its table: T.
    hidden : int
        What t is told as to its blocks.
    widths : tuple of int
        Channels of each level, the finest first.
    blocks : int
        Residual blocks of a level, on the way down.
    attends : tuple of bool
        Which levels have attention.
    channels : int
        Of the images.
    """

    timesteps: int
    hidden: int
    widths: tuple[int, ...]
    blocks: int
    attends: tuple[bool, ...]
    channels: int

    @property
    def multiple(self) -> int:
        """What the sides of its images are multiples of."""
        return int(2 ** (len(self.widths) - 1))


def is_of_family(tensors: Mapping[str, Outline]) -> bool:
    """Whether names are those of its network."""
    return all(name in tensors for name in MARKS)


def sizes_of(tensors: Mapping[str, Outline]) -> Sizes:
    """Sizes of its network.

    Raises
    ------
    ValueError
        If they are none that it has.
    """
    timesteps, width = _shape(tensors, MARKS[0], 2)
    hidden = _shape(tensors, "time_embedding.timembedding.1.weight", 2)[0]
    first, channels = _shape(tensors, "head.weight", 4)[:2]
    count = 1 + last_of(tensors, "downblocks")
    halving = next((index for index in range(count) if f"downblocks.{index}.main.weight" in tensors), count)
    if first != width or width % 2 or halving < 1 or (count + 1) % (halving + 1) or (count + 1) // (halving + 1) > MOST_LEVELS:
        raise ValueError("has blocks in an order or of widths that no network of pytorch-ddpm has")
    starts = range(0, count, halving + 1)
    return Sizes(
        timesteps, hidden, tuple(_shape(tensors, f"downblocks.{index}.block1.2.weight", 4)[0] for index in starts), halving,
        tuple(f"downblocks.{index}.attn.proj_q.weight" in tensors for index in starts), channels,
    )  # fmt: skip
