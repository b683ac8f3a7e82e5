"""U-Nets of OpenAI's improved-diffusion and guided-diffusion, and of the many programs made of them: `ema_0.9999_250000.pt`.

`sizes.py` has what names and shapes say, `card.py` what must be asked, `renaming.py` the same network as diffusers names it:
that library runs it, and whatever here runs that library's networks fast.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.recipe.told import NOTHING, Told
from explorer.sources.asking import Question
from explorer.sources.base import DENOISER, Source
from explorer.sources.openai.sizes import Sizes, is_of_family, sizes_of
from explorer.sources.refusing import or_refused
from explorer.sources.tensor_file import bare
from explorer.sources.weights_in import named_in

if TYPE_CHECKING:
    from explorer.checkpoints.card import Card
    from explorer.checkpoints.files import Checkpoint


class OpenAI(Source):
    """Reads the state dict of a U-Net of the family, alone or in a dictionary of a training run."""

    name = "openai"
    title = "weights of improved- or guided-diffusion"
    hints = ("*.pt", "*.pth")
    group = DENOISER

    def recognises(self, path: Path) -> bool:
        """Names of its three parts among the tensors of the file."""
        return is_of_family(named_in(path)[1])

    def asks(self, path: Path) -> tuple[Question, ...]:
        """Heads, the order of attention, the process, and the size of images."""
        from explorer.sources.openai.card import asked

        return or_refused(path, partial(asked, _sizes(path)))

    def card(self, path: Path, told: Told = NOTHING) -> Card:
        """What its shapes say, and what was told where they are silent."""
        from explorer.sources.openai.card import card_of

        return or_refused(path, partial(card_of, _sizes(path), told))

    def parameters(self, path: Path) -> int:
        """Numbers in its weights."""
        return sum(each.size for each in named_in(path)[1].values())

    def load(self, path: Path, told: Told = NOTHING) -> Checkpoint:
        """The network as diffusers has it, its weights checked against that before it takes them."""
        sizes, card = _sizes(path), self.card(path, told)

        from explorer.checkpoints.files import Checkpoint
        from explorer.sources.diffusers.network import UNet2D, without_weights
        from explorer.sources.openai.card import heads_of
        from explorer.sources.openai.renaming import filled, fitted, settings_of, taken
        from explorer.sources.renamed import put_into
        from explorer.sources.tensor_reading import tensors

        heads = partial(heads_of, sizes, told)
        T = 1000 if card.schedule is None else card.schedule.T
        unet = fitted(without_weights(path, settings_of(sizes)), sizes, heads, 1000 / T if told.time_input == "fraction" else 1.0)
        found = filled(bare(tensors(path, named_in(path)[0])), sizes)
        put_into(unet, path, found, taken(sizes, heads, told.attention_order or "legacy"), "a network of its sizes")
        return Checkpoint(path, card, UNet2D(unet).eval(), self.sha256(path))


def _sizes(path: Path) -> Sizes:
    return or_refused(path, lambda: sizes_of(named_in(path)[1]))
