"""Tiny autoencoders for latents (TAESD, TAEF1, TAEF2) as their author ships them: an encoder's and a decoder's file, layers by number."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from explorer.errors import BadInput
from explorer.recipe.told import NOTHING, Told
from explorer.sources.asking import Question
from explorer.sources.base import AUTOENCODER, Source
from explorer.sources.taesd_layers import Side, side_in

if TYPE_CHECKING:
    from explorer.checkpoints.card import Card
    from explorer.checkpoints.files import Checkpoint

WHAT = "a tiny autoencoder of the TAESD kind"
LARGEST = 256


class Taesd(Source):
    """Reads the two files as one checkpoint, whichever of them is named."""

    name = "taesd"
    title = "a TAESD encoder or decoder"
    hints = ("*.pth", "*.safetensors")
    group = AUTOENCODER

    def recognises(self, path: Path) -> bool:
        """By the names and shapes of its layers."""
        return side_in(path) is not None

    def home(self, path: Path) -> Path:
        """The decoder's file, for the encoder's, too."""
        try:
            return _pair(path)[1].weights.path
        except BadInput:
            return path

    def parts(self, path: Path) -> tuple[Path, ...]:
        """Both files."""
        try:
            return tuple(side.weights.path for side in _pair(path))
        except BadInput:
            return (path,)

    def asks(self, path: Path) -> tuple[Question, ...]:
        """The size of the images of its plane."""
        multiple = _pair(path)[1].multiple
        side = LARGEST // multiple * multiple
        return (Question("image_size", (side, side), f"it takes images of any multiple of {multiple}"),)

    def card(self, path: Path, told: Told = NOTHING) -> Card:
        """What its shapes say."""
        from explorer.checkpoints.card import FORMAT_VERSION, UNSAID, VALUE_RANGE, Card, DataCard, LatentCard, NetworkCard, OriginCard

        encoder, decoder = _pair(path)
        height, width = told.image_size or (LARGEST, LARGEST)
        if height % decoder.multiple or width % decoder.multiple:
            raise BadInput(f"{path}: it takes images whose sides are multiples of {decoder.multiple}, not {height} x {width}")
        images = (decoder.channels, height, width)
        latent = LatentCard((decoder.latent_channels, height // decoder.multiple, width // decoder.multiple), images, "TAESD")
        notes = (
            f"read from {encoder.weights.path.name} and {decoder.weights.path.name}",
            "its codes are points, scaled as diffusion models see them; its decoder keeps them within ±3",
            f"its plane is of images of {height} x {width}; it takes any whose sides are multiples of {decoder.multiple}",
        )
        config = {"blocks": sum(layer.block for layer in (*encoder.layers, *decoder.layers)), "latent_channels": decoder.latent_channels}
        return Card(
            FORMAT_VERSION, "ae", NetworkCard("TAESD", config), DataCard(UNSAID, images, VALUE_RANGE, ""),
            origin=OriginCard(f"{WHAT}, as its author ships it", notes), latent=latent,
        )  # fmt: skip

    def parameters(self, path: Path) -> int:
        """Numbers in both files."""
        return sum(side.weights.size for side in _pair(path))

    def load(self, path: Path, told: Told = NOTHING) -> Checkpoint:
        """Both sides, their weights checked against the layers that their names are of."""
        card, (encoder, decoder) = self.card(path, told), _pair(path)
        assert card.latent is not None

        from explorer.checkpoints.files import Checkpoint
        from explorer.models.spatial import SpatialConfig
        from explorer.sources.taesd_network import TinyAutoencoder, side_of

        there, back = (side_of(side.weights.path, side.layers, side.is_decoder, side.weights.read()) for side in (encoder, decoder))
        network = TinyAutoencoder(there, back, SpatialConfig(card.latent.images, card.latent.shape))
        return Checkpoint(decoder.weights.path, card, network.requires_grad_(False).eval(), self.sha256(path))


def _pair(path: Path) -> tuple[Side, Side]:
    """Encoder and decoder: the file's own side, and the one beside it that fits (BadInput where there is none)."""
    own = side_in(path)
    if own is None:
        raise BadInput(f"{path}: is no longer {WHAT}")
    this, other = ("decoder", "encoder") if own.is_decoder else ("encoder", "decoder")
    for place in _beside(path, this, other):
        found = side_in(place)
        if found is not None and found.is_decoder is not own.is_decoder and _key(found) == _key(own):
            return (found, own) if own.is_decoder else (own, found)
    name = path.name.replace(this, other) if this in path.name else f"the {other}'s file"
    raise BadInput(f"{path}: is the {this} of {WHAT}; put its {other} beside it ({name})")


def _key(side: Side) -> tuple[int, int, int]:
    return side.channels, side.latent_channels, side.multiple


def _beside(path: Path, this: str, other: str) -> list[Path]:
    """Where the other side may be: the file of that name first, then what else lies there."""
    named = [path.with_name(path.name.replace(this, other))] if this in path.name else []
    try:
        others = sorted(each for each in path.parent.iterdir() if each.suffix == path.suffix and each != path)
    except OSError:
        others = []
    return [each for each in dict.fromkeys((*named, *others[:64])) if each.is_file()]
