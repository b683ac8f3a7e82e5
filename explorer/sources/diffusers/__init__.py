"""Folders that diffusers writes, in any of the layouts that occur: a UNet2DModel and its noise schedule, an autoencoder, or both in one.

`layout.py` finds the parts, `settings.py` and `process.py` make the card of their JSON, `weights.py` reads and checks the weights,
`network.py` asks the library's network as a lane asks. Autoencoders have `autoencoder_settings.py` and `autoencoder.py`; a network
whose chain runs in the latent space of one has `latent_settings.py` and `latent_network.py`. The library is imported when such a folder
is opened, and asks nobody for anything.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from explorer.errors import BadInput
from explorer.recipe.told import NOTHING, Told
from explorer.sources.asking import Question
from explorer.sources.base import Source
from explorer.sources.diffusers.autoencoder_settings import coder_of
from explorer.sources.diffusers.layout import CONFIG, Layout, find, read_json
from explorer.sources.diffusers.weights import count, files_of, looked_at

if TYPE_CHECKING:
    from torch import nn

    from explorer.checkpoints.card import Card
    from explorer.checkpoints.files import Checkpoint
    from explorer.sources.diffusers.autoencoder import LibraryAutoencoder


class Diffusers(Source):
    """Reads what `save_pretrained` of diffusers writes."""

    name = "diffusers"
    title = "a diffusers folder with a UNet2DModel or an autoencoder"
    hints = ("model_index.json", "config.json")
    is_folder = True
    short = "a diffusers folder"

    def recognises(self, path: Path) -> bool:
        """A folder with a model_index.json, or settings or weights of a network as diffusers names them; a file in it; a link to either."""
        return find(path) is not None

    def home(self, path: Path) -> Path:
        """The folder, for a file in it, too."""
        return _layout(path).root

    def asks(self, path: Path) -> tuple[Question, ...]:
        """The process, where there is no noise schedule; the size of images, where its network does not say it."""
        from explorer.sources.diffusers.settings import asked  # and numpy with it, which the command line's help needs not

        return asked(_layout(path))

    def card(self, path: Path, told: Told = NOTHING) -> Card:
        """What its JSON files say, and what was told where they are silent."""
        from explorer.sources.diffusers.settings import card_of

        return card_of(_layout(path), told)

    def parameters(self, path: Path) -> int:
        """Numbers in its weights, where their headers say so."""
        return sum(count(files_of(model)) for model in _models(_layout(path)))

    def parts(self, path: Path) -> tuple[Path, ...]:
        """What the network and its process are made of: settings, schedule, weights."""
        layout = _layout(path)
        settings = (layout.config, layout.scheduler, *(() if layout.coder is None else (layout.coder / CONFIG,)))
        there = tuple(file for file in settings if file is not None and file.is_file())
        try:
            return *there, *(file for model in _models(layout) for file in files_of(model))
        except BadInput:
            return there or (layout.root,)  # `card` and `load` say what is missing

    def load(self, path: Path, told: Told = NOTHING) -> Checkpoint:
        """The network with its weights, which are checked against its settings before memory is taken."""
        layout = _layout(path)
        card = self.card(path, told)
        for model in _models(layout):
            looked_at(files_of(model))  # what is damaged is told before torch and diffusers are imported

        from explorer.checkpoints.files import Checkpoint

        return Checkpoint(layout.root, card, _network(layout, card), self.sha256(path))


def _models(layout: Layout) -> tuple[Path, ...]:
    """Folders of the networks that it consists of."""
    return (layout.model,) if layout.coder is None else (layout.model, layout.coder)


def _network(layout: Layout, card: Card) -> nn.Module:
    """The network, or the two of them, with their weights."""
    from explorer.sources.diffusers.autoencoder import load_autoencoder
    from explorer.sources.diffusers.latent_network import LatentUNet2D
    from explorer.sources.diffusers.network import UNet2D, without_weights
    from explorer.sources.diffusers.weights import read

    def autoencoder(folder: Path) -> LibraryAutoencoder:
        config = read_json(folder / CONFIG)
        assert card.latent is not None
        return load_autoencoder(folder / CONFIG, config, coder_of(folder / CONFIG, config), card.latent.images[1:], files_of(folder))

    if card.kind != "ddpm":
        return autoencoder(layout.model)
    unet = without_weights(layout.config, read_json(layout.config))
    unet.load_state_dict(read(files_of(layout.model), unet.state_dict()), assign=True)
    unet.requires_grad_(False).eval()
    said = read_json(layout.scheduler) if layout.scheduler is not None else {}
    variance = "plain" if said.get("variance_type") == "learned" else "range"
    return (UNet2D(unet, variance) if layout.coder is None else LatentUNet2D(unet, autoencoder(layout.coder), variance)).eval()


def _layout(path: Path) -> Layout:
    try:
        found = find(path)
    except (OSError, ValueError) as error:
        raise BadInput(f"{path}: cannot be read: {error}") from None
    if found is None:
        raise BadInput(f"{path}: is no longer a folder of diffusers")
    return found
