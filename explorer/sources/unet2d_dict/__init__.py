"""`torch.save(model.state_dict())` of diffusers' UNet2DModel, alone or told a class as the Hugging Face course does it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.recipe.told import NOTHING, Told
from explorer.sources.asking import Question
from explorer.sources.base import DENOISER, Source
from explorer.sources.refusing import or_refused
from explorer.sources.tensor_file import Outline, bare, under
from explorer.sources.unet2d_dict.sizes import attended, is_of_class, settings_of
from explorer.sources.weights_in import named_in

if TYPE_CHECKING:
    from explorer.checkpoints.card import Card
    from explorer.checkpoints.files import Checkpoint

VECTORS = "class_emb.weight"
INSIDE = "model."
"""Where the network is in one that has `VECTORS`."""


class UNet2DDict(Source):
    """Reads the weights of the class where its settings are not there."""

    name = "unet2d-dict"
    title = "the state dict of a UNet2DModel"
    hints = ("*.pt", "*.pth", "*.bin")
    group = DENOISER

    def recognises(self, path: Path) -> bool:
        """The names of its parts."""
        return is_of_class(_found(path)[2])

    def asks(self, path: Path) -> tuple[Question, ...]:
        """The process, the size of images, and its heads."""
        from explorer.sources.unet2d_dict.card import asked

        return or_refused(path, lambda: asked(settings_of(_found(path)[2]), *_classes(path)))

    def card(self, path: Path, told: Told = NOTHING) -> Card:
        """What its shapes say, and what was told where they are silent."""
        from explorer.sources.unet2d_dict.card import card_of, heads_of

        def made() -> Card:
            settings = settings_of(_found(path)[2])
            for channels in attended(settings):
                heads_of(told, channels)
            return card_of(settings, *_classes(path), told)

        return or_refused(path, made)

    def parameters(self, path: Path) -> int:
        """Numbers in its weights."""
        _, vectors, tensors = _found(path)
        return sum(each.size for each in tensors.values()) + (vectors.size if vectors is not None else 0)

    def load(self, path: Path, told: Told = NOTHING) -> Checkpoint:
        """The network, its weights checked against its shapes' settings before it takes them."""
        card = self.card(path, told)
        where, vectors, outlines = _found(path)

        from explorer.checkpoints.files import Checkpoint
        from explorer.sources.diffusers.network import UNet2D, without_weights
        from explorer.sources.diffusers.weights import new_name
        from explorer.sources.renamed import Taken, put_into, with_heads
        from explorer.sources.tensor_reading import tensors
        from explorer.sources.unet2d_dict.card import heads_of, heads_told
        from explorer.sources.unet2d_dict.network import ClassAsChannels

        found = bare(tensors(path, where))
        inside = under(found, INSIDE) if vectors is not None else found
        unet = without_weights(path, settings_of(outlines) | heads_told(told))
        if told.heads is not None:
            unet = with_heads(unet, partial(heads_of, told))
        put_into(unet, path, inside, {new_name(name): Taken(name) for name in inside}, "a UNet2DModel of its sizes")
        network = UNet2D(unet) if vectors is None else ClassAsChannels(unet, found[VECTORS])
        return Checkpoint(path, card, network.eval(), self.sha256(path))


def _found(path: Path) -> tuple[str, Outline | None, dict[str, Outline]]:
    """Where the weights are in the file; the vectors of classes; the network's weights by their own names."""
    where, tensors = named_in(path)
    vectors = tensors.get(VECTORS)
    if vectors is None or len(vectors.shape) != 2:
        return where, None, tensors
    others = tensors.keys() - {VECTORS}
    return where, vectors, under(tensors, INSIDE) if all(name.startswith(INSIDE) for name in others) else {}


def _classes(path: Path) -> tuple[int, int]:
    """Classes, and channels that they are told as beside the image; 0 of the latter where t takes them in."""
    _, vectors, tensors = _found(path)
    if vectors is not None:
        rows, channels = vectors.shape
        return rows, channels
    own = tensors.get("class_embedding.weight")
    return (own.shape[0] if own is not None and len(own.shape) == 2 else 0), 0
