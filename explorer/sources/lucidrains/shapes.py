"""What a file's names and shapes say of its network. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.sources.tensor_file import Outline

MOST_LEVELS = 16
HEADS = 4
"""Heads of the library's default, for files in which no shape tells them."""


@dataclass(frozen=True)
class BlockShape:
    """Channels of a block; `projects`: what is added to its output is brought to as many channels."""

    inputs: int
    outputs: int
    projects: bool


@dataclass(frozen=True)
class AttentionShape:
    """Channels, heads, channels of a head, and learned pairs of keys and values."""

    channels: int
    heads: int
    size: int
    pairs: int
    linear: bool


@dataclass(frozen=True)
class LevelShape:
    """A stage of either path; `next` are the channels of the following one."""

    first: BlockShape
    second: BlockShape
    attention: AttentionShape
    next: int
    changes_size: bool


@dataclass(frozen=True)
class NetworkShape:
    """All of it.

    Attributes
    ----------
    channels : int
        Of the images.
    dim, time, first : int
        Sizes of the timestep's embedding and of what is made of it; channels of the first convolution.
    self_conditioned, learned_variance : bool
    grouped : bool
        Blocks have group normalization, as before May 2024.
    """

    channels: int
    dim: int
    time: int
    first: int
    self_conditioned: bool
    learned_variance: bool
    grouped: bool
    downs: tuple[LevelShape, ...]
    middle: tuple[BlockShape, BlockShape]
    middle_attention: AttentionShape
    ups: tuple[LevelShape, ...]
    final: BlockShape

    @property
    def inputs(self) -> int:
        """Channels that go in."""
        return self.channels * (2 if self.self_conditioned else 1)

    @property
    def outputs(self) -> int:
        """Channels that come out."""
        return self.channels * (2 if self.learned_variance else 1)

    @property
    def multiple(self) -> int:
        """Sides of images are multiples of this."""
        return 2 ** sum(level.changes_size for level in self.downs)

    @property
    def says_heads(self) -> bool:
        """Whether the heads of its attention are told by its shapes."""
        return all(level.attention.pairs for level in (*self.downs, *self.ups)) and bool(self.middle_attention.pairs)


def network_shape(found: Mapping[str, Outline], heads: int | None = None) -> NetworkShape:
    """Of the weights of a U-Net.

    Parameters
    ----------
    found : mapping
        By their names in the U-Net.
    heads : int or None
        Of its attention, where no shape tells them.

    Raises
    ------
    ValueError
        If it is none of those that are known here; the message says what it is.
    """
    _refuse(found)
    reader = _Reader(found, heads or HEADS)
    inputs, outputs = reader.side("init_conv.weight", 1), reader.side("final_conv.weight", 0)
    channels = min(inputs, outputs)
    if inputs == outputs and inputs in (2, 6):
        channels //= 2  # both the x0_hat before and a variance
    if channels not in (1, 3) or inputs not in (channels, 2 * channels) or outputs not in (channels, 2 * channels):
        raise ValueError(f"its network makes {outputs} channels of {inputs}; pictures have 1 or 3 here")
    levels = reader.levels("downs")
    if not levels or reader.levels("ups") != levels:
        raise ValueError("its two paths have not as many levels")
    return NetworkShape(
        channels, reader.side("time_mlp.1.weight", 1), reader.side("time_mlp.3.weight", 0), reader.side("init_conv.weight", 0),
        inputs == 2 * channels, outputs == 2 * channels, "mid_block1.block1.norm.weight" in found,
        tuple(reader.level(f"downs.{i}") for i in range(levels)), (reader.block("mid_block1"), reader.block("mid_block2")),
        reader.attention("mid_attn"), tuple(reader.level(f"ups.{i}") for i in range(levels)), reader.block("final_res_block"),
    )  # fmt: skip


def _refuse(found: Mapping[str, Outline]) -> None:
    """What has the same names in part, and is something else."""
    if any("classes" in name or "null_" in name for name in found):
        raise ValueError("its network is told classes, which is another one than that of the library's image trainer")
    if "time_mlp.0.weights" in found:
        raise ValueError("its network is told the noise level by random features, as those of continuous time are, and no timestep")
    if len(found["init_conv.weight"].shape) != 4:
        raise ValueError("its network is one of sequences, and not of images")
    if any(".fn.fn." in name or ".fn.norm." in name for name in found):
        raise ValueError(
            "it was written before 18 June 2023, when the library's network had other normalizations: convert it with that version"
        )


class _Reader:
    def __init__(self, found: Mapping[str, Outline], heads: int) -> None:
        self._found, self._heads = found, heads

    def side(self, name: str, place: int) -> int:
        """A side of a tensor (ValueError without it)."""
        shape = self._found[name].shape if name in self._found else ()
        if len(shape) <= place or not shape[place]:
            raise ValueError(f"it has no weights {name}")
        return shape[place]

    def levels(self, path: str) -> int:
        """How many there are on a path."""
        count = 0
        while count <= MOST_LEVELS and f"{path}.{count}.0.block1.proj.weight" in self._found:
            count += 1
        return count if count <= MOST_LEVELS else 0

    def block(self, name: str) -> BlockShape:
        """Of a block."""
        weights = f"{name}.block1.proj.weight"
        return BlockShape(self.side(weights, 1), self.side(weights, 0), f"{name}.res_conv.weight" in self._found)

    def attention(self, name: str) -> AttentionShape:
        """Of an attention: heads by the learned pairs, where it has some."""
        linear = f"{name}.to_out.0.weight" in self._found
        hidden, channels = self.side(f"{name}.to_qkv.weight", 0) // 3, self.side(f"{name}.to_qkv.weight", 1)
        if f"{name}.mem_kv" in self._found:
            heads, *last = (self.side(f"{name}.mem_kv", place) for place in (1, 2, 3))
            size, pairs = last if linear else reversed(last)
            return AttentionShape(channels, heads, size, pairs, linear)
        if hidden % self._heads:
            raise ValueError(f"its attention cannot have {self._heads} heads: they share {hidden} channels")
        return AttentionShape(channels, self._heads, hidden // self._heads, 0, linear)

    def level(self, name: str) -> LevelShape:
        """Of a stage."""
        changes = f"{name}.3.1.weight" in self._found
        wide = self.side(f"{name}.3.1.weight" if changes else f"{name}.3.weight", 0)
        return LevelShape(self.block(f"{name}.0"), self.block(f"{name}.1"), self.attention(f"{name}.2"), wide, changes)
