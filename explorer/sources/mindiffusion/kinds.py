"""Which of the networks a state dict of minDiffusion holds, by its names and shapes. No torch until one is made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from explorer.recipe.told import PixelRange
from explorer.sources.tensor_file import Outline

if TYPE_CHECKING:
    from torch import nn

MOST_LAYERS = 64


class Kind(Protocol):
    """One network.

    Attributes
    ----------
    title : str
    prefix : str
        Of its weights' names.
    mark : str
        A name, without the prefix, that it alone has.
    pixels : str
        Values of the images that its author trains it on.
    side : int
        Of its images, where the file does not say it; 0 where it does.
    """

    title: str
    prefix: str
    mark: str
    pixels: PixelRange
    side: int

    def config(self, found: Mapping[str, Outline]) -> dict[str, Any]:
        """Sizes by their shapes, "channels" among them (ValueError if there are none such)."""
        ...

    def make(self, config: dict[str, Any], T: int) -> nn.Module:
        """The network."""
        ...

    def multiple(self, config: dict[str, Any]) -> int:
        """What the sides of its images are multiples of."""
        ...


class Context(Kind):
    """TeaPearce's conditional MNIST."""

    title, prefix, mark = "class-conditional U-Net of conditional MNIST", "nn_model.", "contextembed1.model.0.weight"
    pixels, side = "0,1", 0

    def config(self, found: Mapping[str, Outline]) -> dict[str, Any]:
        """Width, classes, and the window in its middle, which says how large its images are."""
        width, channels = shape(found, "init_conv.conv1.0.weight", 4)[:2]
        return {
            "channels": channels, "width": width, "classes": shape(found, self.mark, 2)[1], "window": shape(found, "up0.0.weight", 4)[2],
        }  # fmt: skip

    def make(self, config: dict[str, Any], T: int) -> nn.Module:
        """As said above."""
        from explorer.sources.mindiffusion.context_unet import ContextUNet

        return ContextUNet(**config, T=T)

    def multiple(self, config: dict[str, Any]) -> int:
        """Two halvings, and the window."""
        return 4 * int(config["window"])


class Naive(Kind):
    """minDiffusion's U-Net."""

    title, prefix, mark = "U-Net of minDiffusion", "eps_model.", "timeembed.lin1.weight"
    pixels, side = "-1,1", 32

    def config(self, found: Mapping[str, Outline]) -> dict[str, Any]:
        """Its width."""
        width, channels = shape(found, "init_conv.main.0.weight", 4)[:2]
        return {"channels": channels, "width": width}

    def make(self, config: dict[str, Any], T: int) -> nn.Module:
        """As said above."""
        from explorer.sources.mindiffusion.naive_unet import NaiveUNet

        return NaiveUNet(**config, T=T)

    def multiple(self, config: dict[str, Any]) -> int:
        """Three halvings, and the window in its middle."""
        return 32


class Stack(Kind):
    """The convolutions of minDiffusion's shortest script."""

    title, prefix, mark = "convolutions of minDiffusion", "eps_model.", "conv.0.0.weight"
    pixels, side = "-0.5,0.5", 28

    def config(self, found: Mapping[str, Outline]) -> dict[str, Any]:
        """Widths and windows of its layers, of which the last has no norm."""
        count = 1 + max((int(seen[1]) for name in found if (seen := re.match(r"conv\.(\d{1,3})\.", name))), default=0)
        if not 2 <= count <= MOST_LAYERS:
            raise ValueError(f"has {count} layers")
        shapes = [shape(found, f"conv.{index}.0.weight", 4) for index in range(count - 1)] + [shape(found, f"conv.{count - 1}.weight", 4)]
        return {"channels": shapes[0][1], "widths": [shapes[0][1], *(each[0] for each in shapes)], "sides": [each[2] for each in shapes]}

    def make(self, config: dict[str, Any], T: int) -> nn.Module:
        """As said above."""
        from explorer.sources.mindiffusion.naive_unet import ConvolutionStack

        return ConvolutionStack(config["widths"], config["sides"], 0.01)

    def multiple(self, config: dict[str, Any]) -> int:
        """Any size."""
        return 1


KINDS: tuple[Kind, ...] = (Context(), Naive(), Stack())


def kind_of(found: Mapping[str, Outline]) -> Kind:
    """The network whose weights are among these (ValueError if it is none that is known)."""
    for kind in KINDS:
        if kind.prefix + kind.mark in found:
            return kind
    others = sorted(name for name in found if "." in name)
    raise ValueError(
        "has the tables of minDiffusion, and a network that is not known here"
        + (f" (its names begin {others[0].rpartition('.')[0]})" if others else "")
        + ": export it with torch.onnx.export"
    )


def shape(found: Mapping[str, Outline], name: str, sides: int) -> tuple[int, ...]:
    """Shape of some weights (ValueError if they are missing or have another number of sides)."""
    each = found.get(name)
    if each is None or len(each.shape) != sides or 0 in each.shape:
        raise ValueError(f"has no weights {name} of {sides} sides, as its network does")
    return each.shape
