"""What the Trainer of denoising-diffusion-pytorch writes: `model-N.pt`, with averaged weights, the schedule and what is predicted.

`finding.py` finds the weights, `shapes.py` tells the network by names and shapes, `buffers.py` the process by the buffers, `network.py`
is the network. The library itself is not needed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.errors import BadInput
from explorer.recipe.told import NOTHING, Told
from explorer.sources.asking import Question
from explorer.sources.base import DENOISER, Source
from explorer.sources.lucidrains.finding import Found, find, found_in

if TYPE_CHECKING:
    from explorer.checkpoints.card import Card
    from explorer.checkpoints.files import Checkpoint
    from explorer.sources.lucidrains.shapes import NetworkShape


class Lucidrains(Source):
    """Reads what denoising-diffusion-pytorch writes."""

    name = "lucidrains"
    title = "a model-N.pt of denoising-diffusion-pytorch"
    hints = ("*.pt",)
    group = DENOISER

    def recognises(self, path: Path) -> bool:
        """A file of tensors with the names of that library's U-Net."""
        return path.is_file() and find(path) is not None

    def asks(self, path: Path) -> tuple[Question, ...]:
        """The size of images; of old files and of a U-Net alone, what no buffer says."""
        found = found_in(path)
        shape = _shape(path, found, NOTHING)
        asked = []
        if "betas" not in found.tensors:
            asked = [Question("predicts", "V", "there is a network without its process"), Question("schedule", "linear"),
                     Question("timesteps", 1000)]  # fmt: skip
        elif "loss_weight" not in found.tensors:
            asked = [Question("predicts", "C", "a file from before March 2023 does not say it")]
        if not shape.says_heads:
            asked.append(Question("heads", 4, "any number of heads fits the same weights"))
        return (*asked, Question("image_size", _usual_size(shape), "the file does not say how large its images are"))

    def card(self, path: Path, told: Told = NOTHING) -> Card:
        """What its shapes and its buffers say, and what was told."""
        from explorer.sources.lucidrains.settings import card_of

        found = found_in(path)
        return card_of(path, found, _shape(path, found, told), told)

    def parameters(self, path: Path) -> int:
        """Numbers in the U-Net's weights."""
        return sum(each.size for each in found_in(path).network.values())

    def load(self, path: Path, told: Told = NOTHING) -> Checkpoint:
        """The network with the averaged weights, which are checked against it before memory is taken."""
        card, found = self.card(path, told), found_in(path)
        shape = _shape(path, found, told)

        import torch

        from explorer.checkpoints.files import Checkpoint
        from explorer.sources.lucidrains.network import LucidrainsUNet
        from explorer.sources.tensor_reading import check, tensors

        try:
            with torch.device("meta"):
                network = LucidrainsUNet(shape)
        except (ValueError, RuntimeError) as error:
            raise BadInput(f"{path}: no network can be built of its shapes: {error}") from None
        expected: Any = network.state_dict()
        check(path, found.network, expected, "the U-Net that its other weights tell")
        network.load_state_dict(tensors(path, found.where, found.prefix + found.unet), assign=True)
        return Checkpoint(path, card, network.requires_grad_(False).eval(), self.sha256(path))


def _shape(path: Path, found: Found, told: Told) -> NetworkShape:
    from explorer.sources.lucidrains.shapes import network_shape

    try:
        return network_shape(found.network, told.heads)
    except ValueError as error:
        raise BadInput(f"{path}: {error}") from None


def _usual_size(shape: NetworkShape) -> tuple[int, int]:
    """Of MNIST, or of CIFAR-10, where the network takes it."""
    side = 28 if shape.channels == 1 and 28 % shape.multiple == 0 else max(32, shape.multiple)
    return side, side
