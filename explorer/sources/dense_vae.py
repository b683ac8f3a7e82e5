"""VAEs of linear layers, as lectures and PyTorch's own example have them: fc1, fc21, fc22, fc3, fc4, and what is like it.

Their sizes are in the shapes. Bare, in a dictionary of a training run, in a Lightning .ckpt, in the form of torch before 1.6.
"""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.errors import BadInput
from explorer.recipe.told import NOTHING, Told
from explorer.sources.base import AUTOENCODER, Source
from explorer.sources.weights_in import Weights, weights_in

if TYPE_CHECKING:
    from explorer.checkpoints.card import Card
    from explorer.checkpoints.files import Checkpoint

MOST_LAYERS, MOST_WIDTH, MOST_CODE = 16, 16384, 4096
WHAT = "a VAE of linear layers"
NOTES = (
    "assumed, as its file does not say it: ReLU between its layers, a sigmoid at its end, pixels in [0, 1] with a Bernoulli likelihood",
)
_LATER = re.compile(r"var|sigma|std|scale|(?<![a-z])ls|2$", re.IGNORECASE)
"""In the name of a head: it is the log variance's."""
_PLACES = (re.compile("enc"), re.compile("(?!enc|dec|out)"), re.compile("dec"), re.compile("out"))
"""How names of layers begin, from the image to the image."""


@dataclass(frozen=True, slots=True)
class Dense:
    """Its layers by name.

    Attributes
    ----------
    encoder, decoder : tuple of str
        From the image to the heads, from the code to the image.
    mean, log_variance : str
        The heads.
    widths : tuple of int
        Of the encoder's hidden layers.
    code : int
    image : (C, H, W)
    """

    encoder: tuple[str, ...]
    mean: str
    log_variance: str
    decoder: tuple[str, ...]
    widths: tuple[int, ...]
    code: int
    image: tuple[int, int, int]

    @property
    def config(self) -> dict[str, Any]:
        """Of the app's own autoencoder, which is the same network."""
        channels, side, _ = self.image
        return {
            "variational": True, "architecture": "mlp", "channels": channels, "size": side, "code": self.code, "hidden": list(self.widths),
            "activation": "relu", "likelihood": "bernoulli",
        }  # fmt: skip


class DenseVae(Source):
    """Reads them into the app's own fully connected VAE."""

    name = "dense-vae"
    title = "the weights of a VAE of linear layers"
    hints = ("*.pt", "*.pth", "*.ckpt")
    group = AUTOENCODER

    def recognises(self, path: Path) -> bool:
        """By the shapes of its layers: two heads of one shape, a way to them and a way back."""
        return _found(path) is not None

    def card(self, path: Path, told: Told = NOTHING) -> Card:
        """What its shapes say, and what was assumed."""
        from explorer.checkpoints.card import FORMAT_VERSION, UNSAID, VALUE_RANGE, Card, DataCard, NetworkCard, OriginCard

        weights, dense = _must(path)
        layers = f"layers {', '.join((*dense.encoder, dense.mean, dense.log_variance, *dense.decoder))}"
        origin = OriginCard(f"{WHAT}{' in a training dictionary' if weights.where else ''}", (layers, *NOTES))
        data = DataCard(UNSAID, dense.image, VALUE_RANGE, "")
        return Card(FORMAT_VERSION, "vae", NetworkCard("autoencoder", dense.config), data, origin=origin)

    def parameters(self, path: Path) -> int:
        """Numbers in its weights."""
        return _must(path)[0].size

    def load(self, path: Path, told: Told = NOTHING) -> Checkpoint:
        """The app's network with its weights: the heads as one layer, the first layer for images in [-1, 1]."""
        card, (weights, dense) = self.card(path), _must(path)

        import torch

        from explorer.checkpoints.files import Checkpoint
        from explorer.models.registry import build, expected_tensors, parse_config
        from explorer.sources.tensor_reading import check

        config, read = parse_config("autoencoder", dense.config), weights.read()
        tensors: dict[str, torch.Tensor] = {}
        for number, name in enumerate(dense.encoder):
            weight, bias = read[f"{name}.weight"], read[f"{name}.bias"]
            if number == 0:  # its pixels are in [0, 1], the app's in [-1, 1]: W (x + 1) / 2 + b
                weight, bias = weight / 2, bias + weight.sum(1) / 2
            tensors |= {f"encoder.{1 + 2 * number}.weight": weight, f"encoder.{1 + 2 * number}.bias": bias}
        at = f"encoder.{1 + 2 * len(dense.encoder)}"
        for part in ("weight", "bias"):
            tensors[f"{at}.{part}"] = torch.cat([read[f"{dense.mean}.{part}"], read[f"{dense.log_variance}.{part}"]])
            tensors |= {f"decoder.{2 * number}.{part}": read[f"{name}.{part}"] for number, name in enumerate(dense.decoder)}
        check(path, tensors, expected_tensors("autoencoder", config), "the network of its shapes")
        with torch.device("meta"):
            network = build("autoencoder", config)
        network.load_state_dict(tensors, assign=True)
        return Checkpoint(path, card, network.requires_grad_(False).eval(), self.sha256(path))


def _must(path: Path) -> tuple[Weights, Dense]:
    found = _found(path)
    if found is None:
        raise BadInput(f"{path}: is no longer {WHAT}")
    return found


def _found(path: Path) -> tuple[Weights, Dense] | None:
    weights = weights_in(path)
    if weights is None:
        return None
    shapes = {name.removesuffix(".weight"): each.shape for name, each in weights.tensors.items() if name.endswith(".weight")}
    biases = {name.removesuffix(".bias"): each.shape for name, each in weights.tensors.items() if name.endswith(".bias")}
    linear = all(len(shape) == 2 and biases.get(name) == (shape[0],) for name, shape in shapes.items())
    whole = len(shapes) + len(biases) == len(weights.tensors) and len(shapes) == len(biases)
    if not (linear and whole and 5 <= len(shapes) <= MOST_LAYERS and max(max(shape) for shape in shapes.values()) <= MOST_WIDTH):
        return None
    dense = chained(shapes) or chained(dict(sorted(shapes.items(), key=lambda each: _place(each[0]))))
    return None if dense is None else (weights, dense)


def _place(name: str) -> tuple[int, list[tuple[int, str]]]:
    """Where a layer stands by its name: safetensors has all in the order of the alphabet, the decoder before the encoder."""
    parts = [(int(part), "") if part.isdecimal() and len(part) < 5 else (-1, part) for part in name.split(".")]
    return next(place for place, begins in enumerate(_PLACES) if begins.match(name)), parts


def chained(shapes: dict[str, tuple[int, ...]]) -> Dense | None:
    """The layers (outputs, inputs) of a VAE in their order; None if they are none of one."""
    names = list(shapes)
    for one, other in itertools.pairwise(names):
        code, width = shapes[one]
        if shapes[other] != (code, width) or not 1 <= code <= MOST_CODE or shapes[names[-1]] == shapes[one]:
            continue
        index = names.index(one)
        encoder, decoder = names[:index], names[index + 2 :]
        way = [shapes[name] for name in encoder]
        back = [shapes[name] for name in decoder]
        if not way or not back or not _fit([*way, (code, width)]) or not _fit(back) or back[0][1] != code or back[-1][0] != way[0][1]:
            continue
        image, widths = _image(way[0][1]), tuple(outputs for outputs, _ in way)
        if image is None or tuple(outputs for outputs, _ in back[:-1]) != widths[::-1]:
            continue
        mean, variance = (other, one) if _LATER.search(one) and not _LATER.search(other) else (one, other)
        return Dense(tuple(encoder), mean, variance, tuple(decoder), widths, code, image)
    return None


def _fit(way: list[tuple[int, ...]]) -> bool:
    """Whether each layer takes what the one before it gives."""
    return all(before[0] == after[1] for before, after in itertools.pairwise(way))


def _image(pixels: int) -> tuple[int, int, int] | None:
    """(C, H, W) of square images, grey or colour."""
    for channels in (1, 3):
        side = math.isqrt(pixels // channels)
        if channels * side * side == pixels and side >= 4:
            return channels, side, side
    return None
