"""The layers of a convolutional VAE of teaching code, by names and shapes of its tensors. No torch."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass

from explorer.sources.weights_in import Weights

HEADS = (("fc_mu", "fc_var"), ("fc_mu", "fc_logvar"), ("fc_mean", "fc_log_var"), ("fc_mean", "fc_logvar"), ("mu", "logvar"), ("fc1", "fc2"))
INPUTS = ("decoder_input", "fc_decode", "decoder_fc", "fc3")
MOST_LAYERS, MOST_CHANNELS, MOST_CODE = 8, 4096, 4096


@dataclass(frozen=True, slots=True)
class Conv:
    """One convolution, by where its weights are, halving or doubling sides.

    Attributes
    ----------
    name : str
    inputs, outputs, kernel : int
    norm : str
        Where the batch normalization after it is; empty if there is none.
    """

    name: str
    inputs: int
    outputs: int
    kernel: int
    norm: str


@dataclass(frozen=True, slots=True)
class Convolutional:
    """What the shapes say.

    Attributes
    ----------
    encoder, decoder : tuple of Conv
        The decoder's are transposed.
    mean, log_variance, start : str
        The linear layers: the heads, and the first of the decoder.
    code, side : int
        Of the code; of the image.
    last : str
        A final convolution that keeps the size, of the blocks' kind; else empty.
    """

    encoder: tuple[Conv, ...]
    mean: str
    log_variance: str
    start: str
    decoder: tuple[Conv, ...]
    code: int
    side: int
    last: str = ""

    @property
    def image(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        return self.encoder[0].inputs, self.side, self.side


def layers_of(weights: Weights) -> Convolutional | None:
    """The layers in their order; None if they are none of such a VAE."""
    encoder, decoder = _convs(weights, "encoder", transposed=False), _convs(weights, "decoder", transposed=True)
    heads = next((pair for pair in HEADS if all(len(weights.shape(f"{name}.weight")) == 2 for name in pair)), None)
    start = next((name for name in INPUTS if len(weights.shape(f"{name}.weight")) == 2), "")
    if not encoder or not decoder or heads is None or not start:
        return None
    last = "final_layer" if "final_layer.3.weight" in weights.tensors else ""
    if last:
        shape = weights.shape("final_layer.0.weight")
        if len(shape) != 4:
            return None
        decoder = (*decoder, Conv("final_layer.0", shape[0], shape[1], shape[2], "final_layer.1"))
    code, flat = weights.shape(f"{heads[0]}.weight")
    wide, from_code = weights.shape(f"{start}.weight")
    small, grown = _side(flat, encoder[-1].outputs), _side(wide, decoder[0].inputs)
    side = small * 2 ** len(encoder)
    good = weights.shape(f"{heads[1]}.weight") == (code, flat) and from_code == code and 1 <= code <= MOST_CODE
    images = encoder[0].inputs in (1, 3) and 4 <= side <= 1024 and grown * 2 ** len(decoder) == side
    ends = weights.shape("final_layer.3.weight")[:1] if last else (decoder[-1].outputs,)
    if not (good and images and ends == (encoder[0].inputs,) and bool(last) == bool(encoder[0].norm)):
        return None
    return Convolutional(encoder, heads[0], heads[1], start, decoder, code, side, last)


def _convs(weights: Weights, part: str, transposed: bool) -> tuple[Conv, ...]:
    """Convolutions of a side in their order, each of which takes what the one before gives; none where they do not."""
    found = []
    for name, tensor in weights.tensors.items():
        named = re.fullmatch(rf"{part}\.(\d{{1,3}})(\.0)?\.weight", name)
        square = len(tensor.shape) == 4 and tensor.shape[2] == tensor.shape[3] and tensor.shape[2] in (3, 4)
        if named and square and max(tensor.shape) <= MOST_CHANNELS:
            inputs, outputs = tensor.shape[:2] if transposed else tensor.shape[1::-1]
            norm = f"{part}.{named[1]}.1" if named[2] and f"{part}.{named[1]}.1.running_mean" in weights.tensors else ""
            found.append((int(named[1]), Conv(name.removesuffix(".weight"), inputs, outputs, tensor.shape[2], norm)))
    convs = tuple(conv for _, conv in sorted(found, key=lambda each: each[0]))
    chained = all(before.outputs == after.inputs for before, after in itertools.pairwise(convs))
    return convs if chained and len(convs) <= MOST_LAYERS and len({bool(conv.norm) for conv in convs}) == 1 else ()


def _side(numbers: int, channels: int) -> int:
    """Side of a square of so many channels; 0 if it is none."""
    side = math.isqrt(numbers // channels) if channels else 0
    return side if channels * side * side == numbers else 0
