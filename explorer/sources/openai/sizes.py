"""What names and shapes say of a U-Net of improved-diffusion or guided-diffusion. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from explorer.sources.tensor_file import Outline
from explorer.sources.weights_in import last_of, shape_of

MARKS = ("time_embed.0.weight", "input_blocks.0.0.weight", "middle_block.0.in_layers.0.weight")
"""Names that every network of the family has."""
PUBLISHED = {(1, 2, 2, 2): 32, (1, 2, 3, 4): 64, (1, 1, 2, 3, 4): 128, (1, 1, 2, 2, 4, 4): 256, (0.5, 1, 1, 2, 2, 4, 4): 512}
"""Side of the images by how the levels widen, as both programs choose it unless they are told otherwise."""
ATTENDED = 16
"""Side at which published networks begin to attend."""
MOST_LEVELS = 16

_shape = partial(shape_of, whose="networks of its family do")


@dataclass(frozen=True)
class Sizes:
    """Sizes of a network.

    Attributes
    ----------
    time_width, time_hidden : int
        Of what it is told of t, before its two layers and after.
    widths : tuple of int
        Channels of each level, the finest first.
    blocks : int
        Residual blocks of a level, on the way down.
    attends : tuple of bool
        Which levels have attention.
    channels, makes : int
        In and out.
    scale_shift : bool
        Whether t scales and shifts, or is added.
    resampler : "convolution", "block" or "average"
        What halves and doubles: a convolution, a residual block, or nothing that learns.
    classes : int
        0 for an unconditional one.
    """

    time_width: int
    time_hidden: int
    widths: tuple[int, ...]
    blocks: int
    attends: tuple[bool, ...]
    channels: int
    makes: int
    scale_shift: bool
    resampler: str
    classes: int

    @property
    def levels(self) -> int:
        """How many."""
        return len(self.widths)

    @property
    def multiple(self) -> int:
        """What the sides of its images are multiples of."""
        return int(2 ** (self.levels - 1))

    @property
    def likely_side(self) -> int:
        """Of the images: that of published networks that widen alike, else such that it begins to attend at `ATTENDED`."""
        published = PUBLISHED.get(tuple(width / self.time_width for width in self.widths))
        first = next((level for level, attends in enumerate(self.attends) if attends), None)
        return published or (32 if first is None else ATTENDED * 2**first)

    @property
    def attended(self) -> tuple[int, ...]:
        """Channels of its attention, each number once; the middle always attends."""
        return tuple(sorted({width for width, attends in zip(self.widths, self.attends, strict=True) if attends} | {self.widths[-1]}))


def is_of_family(tensors: Mapping[str, Outline]) -> bool:
    """Whether names are those of the family: a U-Net, a super-resolution one, or a classifier of noisy images."""
    return all(name in tensors for name in MARKS) and not any(".transformer_blocks." in name for name in tensors)


def sizes_of(tensors: Mapping[str, Outline]) -> Sizes:
    """Sizes of a network of the family.

    Raises
    ------
    ValueError
        If it is another kind of network, or its blocks are in no order that the family has.
    """
    if not any(name.startswith("output_blocks.") for name in tensors):
        raise ValueError("is a classifier of noisy images, which guides a diffusion model and makes no image itself")
    hidden, width = _shape(tensors, "time_embed.0.weight", 2)
    channels, makes = _shape(tensors, "input_blocks.0.0.weight", 4)[1], _shape(tensors, "out.2.weight", 4)[0]
    last = last_of(tensors, "input_blocks")
    if last_of(tensors, "output_blocks") != last:
        raise ValueError("has other blocks on its way up than on its way down")
    group, resampler = _group(tensors, last + 1)
    if group < 2 or (last + 1) % group or (last + 1) // group > MOST_LEVELS:
        raise ValueError("has blocks in an order that no network of its family has")
    first = range(1, last + 1, group)
    widths = tuple(_shape(tensors, f"input_blocks.{index}.0.in_layers.2.weight", 4)[0] for index in first)
    told = _shape(tensors, "input_blocks.1.0.emb_layers.1.weight", 2)[0]
    return Sizes(
        width, hidden, widths, group - 1, tuple(f"input_blocks.{index}.1.qkv.weight" in tensors for index in first),
        channels, makes, told == 2 * widths[0], resampler,
        _shape(tensors, "label_emb.weight", 2)[0] if "label_emb.weight" in tensors else 0,
    )  # fmt: skip


def _group(tensors: Mapping[str, Outline], count: int) -> tuple[int, str]:
    """Blocks from one halving to the next, that one included, and what halves: seen in what it has, or that it has nothing."""
    names = set(tensors)
    for index in range(1, count):
        if f"input_blocks.{index}.0.op.weight" in names:
            return index, "convolution"
        if f"input_blocks.{index}.0.in_layers.0.weight" not in names:
            return index, "average"
        # a halving block is like any other by its names: the doubling one stands last in its group on the way up
        if any(f"output_blocks.{index - 1}.{place}.in_layers.0.weight" in names for place in (1, 2)):
            return index, "block"
    return count, "convolution"
