"""The app's own checkpoints: .safetensors with the model card in the metadata; `explorer.checkpoints.files` does the work."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.checkpoints.card import METADATA_KEY, Card
from explorer.recipe.told import NOTHING, Told
from explorer.sources.base import Source

if TYPE_CHECKING:
    from explorer.checkpoints.files import Checkpoint

PEEKED = 2**20
"""Bytes of a header that are looked at here, which may be on the window's thread; the card stands before the tensors."""


class Native(Source):
    """Reads what `train` writes."""

    name = "native"
    title = "a checkpoint of Generative Explorer"
    hints = ("*.safetensors",)

    def recognises(self, path: Path) -> bool:
        """A safetensors header whose metadata has a model card, valid or not."""
        with open(path, "rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length < 2 or file.read(1) != b"{":
                return False
            header = b"{" + file.read(min(length, PEEKED) - 1)
        if len(header) < min(length, PEEKED) or METADATA_KEY.encode() not in header:
            return False
        if length > PEEKED:
            return True  # `card` reads it whole
        found = json.loads(header).get("__metadata__")
        return isinstance(found, dict) and isinstance(found.get(METADATA_KEY), str)

    def card(self, path: Path, told: Told = NOTHING) -> Card:
        """The card in its metadata, checked against its network's configuration."""
        from explorer.checkpoints.reading import read_card

        return read_card(path)

    def parameters(self, path: Path) -> int:
        """Numbers in the network that its card names."""
        from explorer.models.configurations import parse_config
        from explorer.models.shapes import parameter_count

        network = self.card(path).network
        return parameter_count(parse_config(network.name, network.config))

    def is_sound(self, path: Path, told: Told = NOTHING) -> bool:
        """Its weights read and compared with its configuration; not where `costs` has to ask the network itself."""
        from explorer.checkpoints.reading import is_sound
        from explorer.models.shapes import SMALL

        card = self.card(path)
        asked = math.prod(card.data.shape[1:]) > SMALL or (card.kind != "ddpm" and card.classes is not None)
        return not asked and is_sound(path, card)

    def load(self, path: Path, told: Told = NOTHING) -> Checkpoint:
        """Its weights, checked against its configuration before memory is taken."""
        from explorer.checkpoints.files import load

        return load(path)
