"""`ckpt.pt` of w86763777/pytorch-ddpm: its averaged U-Net, which diffusers has under other names (`renaming.py`)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from explorer.recipe.told import NOTHING, Told
from explorer.sources.asking import Question
from explorer.sources.base import DENOISER, Source
from explorer.sources.pytorch_ddpm.sizes import Sizes, is_of_family, sizes_of
from explorer.sources.refusing import or_refused
from explorer.sources.tensor_file import Outline, at, bare, outline

if TYPE_CHECKING:
    from explorer.checkpoints.card import Card
    from explorer.checkpoints.files import Checkpoint

PLACES = {"ema_model": "its averaged weights (ema_model)", "net_model": "its weights as they were trained, as there are no averaged ones"}
"""Where the weights lie in its dictionary, the better ones first, and what is said of them."""


class PytorchDDPM(Source):
    """Reads what its training writes, or a state dict of its network alone."""

    name = "pytorch-ddpm"
    title = "a checkpoint of pytorch-ddpm"
    hints = ("*.pt", "*.pth")
    group = DENOISER

    def recognises(self, path: Path) -> bool:
        """The names of its network's parts, and its table of timesteps."""
        return bool(_found(path)[1])

    def asks(self, path: Path) -> tuple[Question, ...]:
        """The process, of which its file has the number of timesteps alone, and the size of images."""
        from explorer.sources.pytorch_ddpm.card import check

        sizes = _sizes(path)
        or_refused(path, lambda: check(sizes))
        side = max(32, sizes.multiple)
        return (
            Question("predicts", "C", "mean_type: xstart is B, xprev is A"), Question("schedule", "linear", "beta_1 and beta_T"),
            Question("image_size", (side, side), "any size fits its weights"),
        )  # fmt: skip

    def card(self, path: Path, told: Told = NOTHING) -> Card:
        """What its shapes say, and what was told where they are silent."""
        from explorer.sources.pytorch_ddpm.card import card_of

        return or_refused(path, lambda: card_of(_sizes(path), told, PLACES.get(_found(path)[0], "its weights")))

    def parameters(self, path: Path) -> int:
        """Numbers in its weights, the table of timesteps left out: that is none."""
        return sum(each.size for each in _found(path)[1].values()) - _sizes(path).timesteps * _sizes(path).widths[0]

    def load(self, path: Path, told: Told = NOTHING) -> Checkpoint:
        """The network as diffusers has it."""
        sizes, card = _sizes(path), self.card(path, told)

        from explorer.checkpoints.files import Checkpoint
        from explorer.sources.diffusers.network import UNet2D, without_weights
        from explorer.sources.pytorch_ddpm.renaming import TABLE, is_usual, settings_of, taken
        from explorer.sources.renamed import put_into
        from explorer.sources.tensor_reading import tensors

        found = bare(tensors(path, _found(path)[0]))
        usual = is_usual(found[TABLE])
        if usual:
            del found[TABLE]
        unet = without_weights(path, settings_of(sizes, usual))
        put_into(unet, path, found, taken(sizes, usual), "a network of its sizes")
        return Checkpoint(path, card, UNet2D(unet).eval(), self.sha256(path))


def _found(path: Path) -> tuple[str, dict[str, Outline]]:
    """Where the weights are in the file, and what they are; nothing where they are no such network's."""
    content = outline(path)
    if content is None:
        return "", {}
    places = [(where, at(content.top, where)) for where in PLACES] + [content.weights()]
    for where, held in places:
        tensors = {} if not isinstance(held, dict) else {n: each for n, each in held.items() if isinstance(each, Outline)}
        if is_of_family(bare(tensors)):
            return where, bare(tensors)
    return "", {}


def _sizes(path: Path) -> Sizes:
    return or_refused(path, lambda: sizes_of(_found(path)[1]))
