"""A network as a list of operations for the kernel: what is written where, in which order, with its constants.

Tensors are (channels, height, width) of one sample, in blocks of 16 channels; the last block is filled up with channels of
zeros. Memory that a tensor does not need any more is the next one's, so that a sample stays within the processor's cache.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from explorer.backends.native.library import BLOCK, Level, OpStruct, ProgramStruct, TensorStruct, library

GATHER, NORM, CONV, SCATTER, KEYS, ATTENTION = range(6)
ACTIVATIONS = {"none": 0, "relu": 1, "silu": 2}
ALIGNMENT = 64


@dataclass(eq=False)
class Place:
    """A tensor in the kernel's memory.

    Attributes
    ----------
    channels : list of int
        Which channel of the network each is; -1 for those that fill a block up.
    border : int
        Rows and columns of zeros around it.
    bfloat16 : bool
        Of bfloat16, not float32.
    split : bool
        Even columns of each row come first, then the odd.
    slots : int
        Partial sums over its pixels, for a normalization; 0 without.
    """

    channels: list[int]
    height: int
    width: int
    border: int = 0
    bfloat16: bool = False
    split: bool = False
    slots: int = 0
    offset: int = 0
    sums: int = -1
    lives: list[int] = field(default_factory=list)

    @property
    def row(self) -> int:
        """Pixels of a row with its border."""
        return self.width + 2 * self.border

    @property
    def bytes(self) -> int:
        """Of its values."""
        return self.row * (self.height + 2 * self.border) * len(self.channels) * (2 if self.bfloat16 else 4)

    @property
    def sums_bytes(self) -> int:
        """Of its partial sums."""
        return self.slots * 2 * len(self.channels) * 4

    def struct(self) -> TensorStruct:
        """As the kernel knows it."""
        blocks, sums = len(self.channels) // BLOCK, self.sums if self.slots else -1
        shape = (blocks, self.height, self.width, self.border)
        return TensorStruct(self.offset, sums, *shape, int(self.bfloat16), self.slots, int(self.split))


Tap = tuple[Place, int, Tensor]
"""Source, offset in its pixels, weights (output channels, its channels)."""


def filled(channels: int) -> list[int]:
    """0..channels-1, and -1 up to a whole block."""
    return list(range(channels)) + [-1] * (-channels % BLOCK)


def spread(values: Tensor, channels: Sequence[int]) -> Tensor:
    """Values (..., channels of the network) in the kernel's order: (..., channels), 0 for those that fill up."""
    index = torch.tensor(channels, device=values.device)
    return torch.where(index >= 0, values[..., index.clamp(min=0)], 0)


class Program:
    """Operations are added in order; `finish` gives them their memory, and `run` runs them.

    Parameters
    ----------
    level : Level
        Whose tiles the weights are laid out for.
    bfloat16 : bool
        Convolutions multiply bfloat16, the first and the last excepted.
    image : tuple of int
        (C, H, W).
    """

    def __init__(self, level: Level, bfloat16: bool, image: tuple[int, int, int]) -> None:
        self.level, self.bfloat16, self.image = level, bfloat16, image
        self.table_length = 0
        self._ops: list[tuple[OpStruct, list[Place], Place | None, Place | None]] = []
        self._constants: list[Tensor] = []
        self._constant_bytes = self._scratch = 0

    def in_table(self, length: int) -> int:
        """Index of so many more values that differ from timestep to timestep."""
        self.table_length += length
        return self.table_length - length

    def gather(self, plane: int | None) -> Place:
        """The image's 3x3 neighbourhoods as channels, for a first convolution that is one of single pixels.

        Parameters
        ----------
        plane : int or None
            Index in the table of the value of one more, constant channel.
        """
        channels, height, width = self.image
        planes = channels + (plane is not None)
        target = Place(filled(9 * planes), height, width)
        self._add(OpStruct(kind=GATHER, channels=channels, plane=-1 if plane is None else plane), [], target)
        return target

    def norm(
        self, sources: Sequence[Place], norm: nn.Module | None = None, activation: str = "none", film: int | None = None,
        border: int = 1, split: bool = False, exact: bool = False, copy: bool = False,
    ) -> tuple[Place, Place | None]:  # fmt: skip
        """Normalized, scaled and shifted by t, activated, and as the next convolution takes it.

        Parameters
        ----------
        sources : sequence of Place
            One or two, whose channels are concatenated.
        norm : GroupNorm, Identity or None
            Which groups, and their factors.
        film : int or None
            Index in the table of scales and then shifts, each in the kernel's order of channels.
        exact : bool
            float32 in any arithmetic.
        copy : bool
            Also the sources as they are, laid out alike.
        """
        channels: list[int] = []
        for source in sources:
            start = 1 + max(channels, default=-1)
            channels += [start + channel if channel >= 0 else -1 for channel in source.channels]
        height, width = sources[0].height, sources[0].width
        places = [Place(channels, height, width, border, self.bfloat16 and not exact, split) for _ in range(1 + copy)]
        op = OpStruct(kind=NORM, activation=ACTIVATIONS[activation], film=-1 if film is None else film)
        if isinstance(norm, nn.GroupNorm):
            size = norm.num_channels // norm.num_groups
            op.group_count, op.eps = norm.num_groups, norm.eps
            op.groups = self._constant(torch.tensor([c // size if c >= 0 else -1 for c in channels], dtype=torch.int32))
            op.gamma, op.beta = (self._constant(spread(each.detach().float(), channels)) for each in (norm.weight, norm.bias))
        self._scratch = max(self._scratch, 24 * len(channels) + 24 * op.group_count)
        second = places[1] if copy else None
        self._add(op, list(sources), places[0], second)
        return places[0], second

    def conv(
        self, taps: Sequence[Tap], bias: Tensor, row_step: int, size: tuple[int, int], into: Place | None = None,
        corner: tuple[int, int] | None = None, added: Place | None = None, channels: list[int] | None = None,
        table_bias: int | None = None, sums: bool = True, joined: bool = False,
    ) -> Place:  # fmt: skip
        """Sum over taps of weights times the source's pixel at `y * row_step + x + offset`, for y and x of a grid of that size.

        Parameters
        ----------
        bias : Tensor
            (output channels).
        into, corner : Place, (row, column), or None
            The result is written to every second row and column of that one, from the corner on.
        added : Place
            Of the result's shape, added to it.
        channels : list of int
            Order of the output channels, where they are not filled up at the end alone.
        table_bias : int
            Index in the table of one more bias.
        sums : bool
            The result will be normalized.
        joined : bool
            The next one writes to the same place, and does not read what this one writes.
        """
        channels = filled(len(bias)) if channels is None else channels
        sources = list(dict.fromkeys(source for source, _, _ in taps))
        step = 1 if corner is None else 2
        target = into or Place(channels, size[0] * step, size[1] * step)
        slots, first = self._tiles(*size), target.slots
        target.slots += slots if sums else 0
        op = OpStruct(
            kind=CONV, joined=int(joined), tap_count=len(taps), row_step=row_step, rows=size[0], columns=size[1], out_step=step,
            first_slot=first, table_bias=-1 if table_bias is None else table_bias,
        )  # fmt: skip
        op.out_row, op.out_column = corner or (0, 0)
        op.taps = self._constant(torch.tensor([[sources.index(source), offset] for source, offset, _ in taps], dtype=torch.int32))
        op.weights = self._constant(self._packed(taps, channels))
        op.bias = self._constant(spread(bias.detach().float(), channels))
        self._add(op, sources, target, added)
        return target

    def scatter(self, source: Place, bias: Tensor, scale: int, skip: int | None) -> None:
        """The last convolution: channels 9 c + tap of each pixel added to the neighbours' channel c; with x_t, out."""
        op = OpStruct(kind=SCATTER, channels=self.image[0], scale=scale, skip=-1 if skip is None else skip)
        op.bias = self._constant(bias.detach().float())
        self._add(op, [source], None)

    def attention(self, qkv: Place, heads: int, head_size: int) -> Place:
        """softmax(q k^T / sqrt(head_size)) v; queries, keys and values are each a third of the source's channels."""
        pixels = qkv.height * qkv.width
        keys = Place(filled(heads * head_size), 1, pixels + -pixels % BLOCK)
        target = Place(filled(heads * head_size), qkv.height, qkv.width)
        shape = {"heads": heads, "head_size": head_size, "factor": head_size**-0.5}
        self._scratch = max(self._scratch, keys.width * 4)
        self._add(OpStruct(kind=KEYS, **shape), [qkv], keys)
        self._add(OpStruct(kind=ATTENTION, **shape), [qkv, keys], target)
        return target

    def finish(self) -> Runnable:
        """Give everything its memory.

        Raises
        ------
        ValueError
            If the kernel refuses it: a fault of whoever made the program.
        """
        arena = _lay_out(self._ops)
        ops = (OpStruct * len(self._ops))()
        for index, (op, sources, target, copy) in enumerate(self._ops):
            op.sources, op.has_copy = len(sources), int(copy is not None)
            for number, source in enumerate(sources):
                op.source[number] = source.struct()
            if target is not None:
                op.target = target.struct()
            if copy is not None:
                op.copy = copy.struct()
            ops[index] = op
        constants = torch.zeros(self._constant_bytes + ALIGNMENT, dtype=torch.uint8)
        start, at = -constants.data_ptr() % ALIGNMENT, 0
        for constant in self._constants:
            size = constant.numel() * constant.element_size()
            constants[start + at : start + at + size] = constant.contiguous().view(-1).view(torch.uint8)
            at += _aligned(size)
        sizes = (self._constant_bytes, arena, _aligned(self._scratch), len(ops), self.table_length)
        struct = ProgramStruct(ops, constants.data_ptr() + start, *sizes, *self.image, self.level.index)
        return Runnable(struct, constants, self.image, self.table_length)

    def _add(self, op: OpStruct, sources: list[Place], target: Place | None, copy: Place | None = None) -> None:
        for place in (*sources, target, copy):
            if place is not None:
                place.lives.append(len(self._ops))
        self._ops.append((op, sources, target, copy))

    def _constant(self, values: Tensor) -> int:
        offset = self._constant_bytes
        self._constants.append(values)
        self._constant_bytes += _aligned(values.numel() * values.element_size())
        return offset

    def _tiles(self, rows: int, columns: int) -> int:
        across = -(-columns // self.level.pixels)
        return across * -(-rows // (self.level.pixels // columns if across == 1 else 1))

    def _packed(self, taps: Sequence[Tap], channels: Sequence[int]) -> Tensor:
        """Weights as the kernel walks through them: tiles of output channels, taps, blocks and channels of the source."""
        spread_taps = [spread(spread(weight.detach().float(), source.channels).T, channels) for source, _, weight in taps]
        matrix = torch.cat(spread_taps)
        if taps[0][0].bfloat16:
            matrix = matrix.bfloat16()
        width = self.level.out_blocks * BLOCK
        tiles = [matrix[:, start : start + width] for start in range(0, len(channels), width)]
        if taps[0][0].bfloat16:
            tiles = [tile.unflatten(0, (-1, 2)).transpose(1, 2) for tile in tiles]
        return torch.cat([tile.reshape(-1) for tile in tiles])


@dataclass(frozen=True, eq=False)
class Runnable:
    """A finished program.

    Attributes
    ----------
    table_length : int
        Values that the network is told of each sample's timestep.
    """

    struct: ProgramStruct
    constants: Tensor
    image: tuple[int, int, int]
    table_length: int

    def __post_init__(self) -> None:
        """Have the kernel look whether the program stays within its memory."""
        at = ctypes.c_int32()
        if fault := self._library.ge_check(ctypes.byref(self.struct), ctypes.byref(at)):
            raise ValueError(f"native kernel: operation {at.value}: {fault.decode()}")

    @property
    def _library(self) -> ctypes.CDLL:
        loaded = library()
        assert loaded is not None
        return loaded

    def run(self, x_t: Tensor, rows: Sequence[int], threads: int) -> Tensor:
        """One evaluation.

        Parameters
        ----------
        x_t : Tensor
            (N, C, H, W), float32, on the CPU.
        rows : sequence of int
            Address of each sample's row of `table_length` float32.
        threads : int
            To share the work; the result does not depend on them.
        """
        if x_t.shape[1:] != self.image or len(rows) != len(x_t) or x_t.dtype != torch.float32 or x_t.device.type != "cpu":
            raise ValueError(f"native kernel: {x_t.dtype} of {tuple(x_t.shape)} on {x_t.device} for {len(rows)} timesteps")
        x_t = x_t.contiguous()
        out = torch.empty_like(x_t)
        tables = (ctypes.c_void_p * len(rows))(*rows)
        if self._library.ge_run(ctypes.byref(self.struct), x_t.data_ptr(), out.data_ptr(), tables, len(rows), threads):
            raise MemoryError("native kernel: not enough memory")
        return out


def _aligned(size: int) -> int:
    return size + -size % ALIGNMENT


def _lay_out(ops: Sequence[tuple[OpStruct, list[Place], Place | None, Place | None]]) -> int:
    """Offsets of all places, each free again once nobody reads it: the first gap that is large enough. Bytes of it all."""
    places = dict.fromkeys(place for _, sources, target, copy in ops for place in (target, copy, *sources) if place is not None)
    taken: list[tuple[int, int, Place]] = []
    for place in sorted(places, key=lambda place: -place.bytes):
        size, at = _aligned(place.bytes) + _aligned(place.sums_bytes), 0
        for begin, end, other in sorted(taken, key=lambda each: each[:2]):
            if min(place.lives) <= max(other.lives) and min(other.lives) <= max(place.lives):
                if begin >= at + size:
                    break
                at = max(at, end)
        place.offset, place.sums = at, at + _aligned(place.bytes)
        taken.append((at, at + size, place))
    return max(end for _, end, _ in taken)
