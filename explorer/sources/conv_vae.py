"""Convolutional VAEs of teaching code: encoder.N, fc_mu, fc_var, decoder_input, decoder.N, as PyTorch-VAE and many modules name them.

Two kinds: plain convolutions, and PyTorch-VAE's blocks with batch normalization, a leaky ReLU and a final layer.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from explorer.errors import BadInput
from explorer.recipe.told import NOTHING, Told
from explorer.sources.base import AUTOENCODER, Source
from explorer.sources.conv_vae_layers import Convolutional, layers_of
from explorer.sources.weights_in import Weights, weights_in

if TYPE_CHECKING:
    from explorer.checkpoints.card import Card
    from explorer.checkpoints.files import Checkpoint

WHAT = "a convolutional VAE"
PLAIN = (
    "assumed, as its file does not say it: strides of 2 with padding 1, ReLU between its layers, a sigmoid at its end, pixels in [0, 1] "
    "with a Bernoulli likelihood"
)
BLOCKS = "as PyTorch-VAE builds it: strides of 2, leaky ReLU, tanh at its end, pixels in [-1, 1]; nothing is said of p(x|z)"


class ConvVae(Source):
    """Reads them."""

    name = "conv-vae"
    title = "the weights of a convolutional VAE"
    hints = ("*.ckpt", "*.pt", "*.pth")
    group = AUTOENCODER

    def recognises(self, path: Path) -> bool:
        """By the names and shapes of its layers."""
        return _found(path) is not None

    def card(self, path: Path, told: Told = NOTHING) -> Card:
        """What its shapes say, and what was assumed."""
        from explorer.checkpoints.card import FORMAT_VERSION, UNSAID, VALUE_RANGE, Card, DataCard, NetworkCard, OriginCard

        weights, found = _must(path)
        config = {
            "code": found.code, "channels": [conv.outputs for conv in found.encoder], "likelihood": "" if found.last else "bernoulli",
            "architecture": "conv",
        }  # fmt: skip
        origin = OriginCard(f"{WHAT}{' in a training dictionary' if weights.where else ''}", (BLOCKS if found.last else PLAIN,))
        data = DataCard(UNSAID, found.image, VALUE_RANGE, "")
        return Card(FORMAT_VERSION, "vae", NetworkCard("convolutional VAE", config), data, origin=origin)

    def parameters(self, path: Path) -> int:
        """Numbers in its weights."""
        return _must(path)[0].size

    def load(self, path: Path, told: Told = NOTHING) -> Checkpoint:
        """The network of its shapes with its weights."""
        card, (weights, found) = self.card(path), _must(path)

        from explorer.checkpoints.files import Checkpoint
        from explorer.sources.conv_vae_network import network_of

        return Checkpoint(path, card, network_of(path, found, weights.read()), self.sha256(path))


def _must(path: Path) -> tuple[Weights, Convolutional]:
    found = _found(path)
    if found is None:
        raise BadInput(f"{path}: is no longer {WHAT}")
    return found


def _found(path: Path) -> tuple[Weights, Convolutional] | None:
    weights = weights_in(path)
    if weights is None:
        return None
    found = layers_of(weights)
    return None if found is None else (weights, found)
