"""What a U-Net is made of, from its configuration: blocks, shapes, arrows and skips, for drawing it and looking inside.

No torch here, so that the window can read it too; explorer.models.trace takes the activations.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Kind = Literal["input", "stem", "down", "downsample", "middle", "up", "upsample", "head", "output"]
Shape = tuple[int, int, int]

INPUT, OUTPUT = "input", "output"


class Configuration(Protocol):
    """What the anatomy needs of explorer.models.unet.UNetConfig."""

    @property
    def channels(self) -> int:
        """Channels of the image."""
        ...

    @property
    def width(self) -> int:
        """Channels of the first level."""
        ...

    @property
    def multipliers(self) -> tuple[int, ...]:
        """Channels of each level in units of `width`."""
        ...

    @property
    def attention(self) -> tuple[int, ...]:
        """Levels with self-attention."""
        ...

    @property
    def time(self) -> Literal["film", "channel"]:
        """How t comes in."""
        ...

    @property
    def outer_skip(self) -> bool:
        """Whether x_t is added to the output."""
        ...

    @property
    def downsample(self) -> Literal["conv", "max-pool"]:
        """How a level is halved."""
        ...

    @property
    def size_multiple(self) -> int:
        """Sides of an image must be multiples of this."""
        ...


@dataclass(frozen=True, slots=True)
class Node:
    """One block.

    Attributes
    ----------
    name : str
        Path of its module in the network, such as "down.0"; "input" and "output" are the network's own.
    kind : Kind
    level : int
        0 is the finest; that of its output.
    shape : (C, H, W)
        Of its output.
    attention : bool
        Its convolutions are followed by self-attention.
    """

    name: str
    kind: Kind
    level: int
    shape: Shape
    attention: bool = False

    @property
    def title(self) -> str:
        """Such as "down 1": levels are counted from 1, as people do."""
        if self.kind in ("down", "up", "downsample", "upsample"):
            return f"{self.kind} {self.level + 1}"
        return self.kind

    @property
    def shape_text(self) -> str:
        """C × H × W."""
        return "×".join(str(n) for n in self.shape)


@dataclass(frozen=True, slots=True)
class Skip:
    """Output of a contracting block that is concatenated to the input of the expanding block of its level.

    Attributes
    ----------
    level : int
    source, target : str
        Names of the two blocks.
    channels : int
        The last so many channels of the target's input are the skip.
    """

    level: int
    source: str
    target: str
    channels: int


@dataclass(frozen=True, slots=True)
class Anatomy:
    """A network as it is drawn.

    Attributes
    ----------
    nodes : tuple of Node
        In the order in which they are computed.
    edges : tuple of (str, str)
        Names: output of the first into the second, skips left out.
    skips : tuple of Skip
        Finest first.
    levels : int
    time : "film" or "channel"
        t scales and shifts in every block, or is one more channel of the input.
    outer_skip : bool
        x_t is added to what the head puts out.
    pooled : bool
        Levels are halved by max-pooling, which has no weights.
    """

    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]
    skips: tuple[Skip, ...]
    levels: int
    time: Literal["film", "channel"]
    outer_skip: bool
    pooled: bool = False

    def node(self, name: str) -> Node | None:
        """Block of that name, None if there is none."""
        return next((node for node in self.nodes if node.name == name), None)

    def skip(self, level: int) -> Skip | None:
        """Skip of that level, None if there is none."""
        return next((skip for skip in self.skips if skip.level == level), None)


def anatomy(config: Configuration, height: int, width: int) -> Anatomy:
    """Describe the U-Net of a configuration, for images of a size.

    Parameters
    ----------
    config : UNetConfig
    height, width : int
        Of the image; multiples of `config.size_multiple`.

    Raises
    ------
    ValueError
        If the image's size does not halve evenly at every level.
    """
    if height % config.size_multiple or width % config.size_multiple or height < 1 or width < 1:
        raise ValueError(f"images of {height}x{width}: sides must be multiples of {config.size_multiple}")
    widths = [config.width * m for m in config.multipliers]
    levels = len(widths)

    def node(name: str, kind: Kind, level: int, channels: int, attention: bool = False) -> Node:
        return Node(name, kind, level, (channels, height >> level, width >> level), attention)

    nodes = [node(INPUT, "input", 0, config.channels), node("stem", "stem", 0, widths[0])]
    for level, channels in enumerate(widths):
        if level:
            nodes.append(node(f"downsample.{level - 1}", "downsample", level, widths[level - 1]))
        nodes.append(node(f"down.{level}", "down", level, channels, level in config.attention))
    nodes.append(node("middle", "middle", levels - 1, widths[-1], bool(config.attention)))
    for index, level in enumerate(reversed(range(levels))):
        if index:
            nodes.append(node(f"upsample.{index - 1}", "upsample", level, widths[level]))
        nodes.append(node(f"up.{index}", "up", level, widths[level], level in config.attention))
    nodes += [node("head", "head", 0, config.channels), node(OUTPUT, "output", 0, config.channels)]
    skips = tuple(Skip(level, f"down.{level}", f"up.{levels - 1 - level}", widths[level]) for level in range(levels))
    return Anatomy(tuple(nodes), _chain(nodes), skips, levels, config.time, config.outer_skip, config.downsample == "max-pool")


def _chain(nodes: Sequence[Node]) -> tuple[tuple[str, str], ...]:
    """Every block leads to the next."""
    return tuple((a.name, b.name) for a, b in itertools.pairwise(nodes))
