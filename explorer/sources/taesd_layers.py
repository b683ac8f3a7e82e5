"""The layers of a TAESD file, by names and shapes of its tensors. No torch."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from pathlib import Path

from explorer.sources.tensor_file import Outline
from explorer.sources.weights_in import Weights, weights_in

_LAYER = re.compile(r"(\d{1,3})\.(weight|bias|(?:conv|pool|skip)\b.*)")
_BLOCK = {"conv.0.weight", "conv.2.weight", "conv.4.weight"}
MOST_LAYERS, MOST_CHANNELS = 200, 4096


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a side, of those that have weights.

    Attributes
    ----------
    number : int
    block : bool
        Three convolutions beside a way around them; else one convolution.
    inputs, outputs : int
        Channels.
    bias : bool
        Of a convolution: those without one halve the picture in the encoder, and follow a doubling in the decoder.
    pool : int
        Channels of what is normalized in a block before its convolutions; 0 for none.
    skip : bool
        The way around is a convolution of one pixel.
    """

    number: int
    block: bool
    inputs: int
    outputs: int
    bias: bool = True
    pool: int = 0
    skip: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """An encoder or a decoder."""

    weights: Weights
    layers: tuple[Layer, ...]

    @property
    def is_decoder(self) -> bool:
        """A decoder begins with a layer that has no weights."""
        return self.layers[0].number == 1

    @property
    def multiple(self) -> int:
        """Pixels of an image along a side of a latent pixel."""
        return int(2 ** sum(not layer.block and not layer.bias for layer in self.layers))

    @property
    def latent_channels(self) -> int:
        """Of the codes."""
        return self.layers[0].inputs if self.is_decoder else self.layers[-1].outputs

    @property
    def channels(self) -> int:
        """Of the images."""
        return self.layers[-1].outputs if self.is_decoder else self.layers[0].inputs


def side_in(path: Path) -> Side | None:
    """The encoder or the decoder in a file; None if it has none."""
    found = weights_in(path)
    if found is None or not all(_LAYER.fullmatch(name) for name in found.tensors):
        return None
    of: dict[int, dict[str, Outline]] = {}
    for name, tensor in found.tensors.items():
        number, _, rest = name.partition(".")
        of.setdefault(int(number), {})[rest] = tensor
    layers = [_layer(number, of[number]) for number in sorted(of)]
    known = [layer for layer in layers if layer is not None]
    good = len(known) == len(layers) <= MOST_LAYERS and len(known) >= 3 and any(layer.block for layer in known)
    if not good or known[0].number not in (0, 1) or known[0].block or known[-1].block:
        return None
    chained = all(before.outputs == after.inputs for before, after in itertools.pairwise(known))
    return Side(found, tuple(known)) if chained else None


def _layer(number: int, parts: dict[str, Outline]) -> Layer | None:
    """What a layer is; None if it is none of such a network."""
    if parts.keys() >= _BLOCK:
        first, last = parts["conv.0.weight"].shape, parts["conv.4.weight"].shape
        if len(first) != 4 or len(last) != 4 or max(*first, *last) > MOST_CHANNELS:
            return None
        pool = parts["pool.0.weight"].shape[0] if "pool.0.weight" in parts else 0
        return Layer(number, True, first[1], last[0], True, pool, any(name.startswith("skip") for name in parts))
    shape = parts["weight"].shape if "weight" in parts else ()
    if len(shape) != 4 or max(shape) > MOST_CHANNELS or not parts.keys() <= {"weight", "bias"}:
        return None
    return Layer(number, False, shape[1], shape[0], "bias" in parts)
