"""The ladder from an autoencoder to a VAE: small networks that come with the app, alike but for what they were trained to.

They lie in a folder of their own, called `ladder/NAME`: the library, which is to choose from, does not list them. No torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from explorer.checkpoints.card import Card
from explorer.checkpoints.snapshots import SUFFIX, card_of
from explorer.resources import resource

FOLDER = "ladder"


@dataclass(frozen=True, slots=True)
class OnLadder:
    """One of the networks.

    Attributes
    ----------
    name : str
        Under which it is opened: "ladder/vae-beta-4".
    path : Path
    card : Card
    """

    name: str
    path: Path
    card: Card


def paths() -> dict[str, Path]:
    """Their files by name, in name order; empty where none come with the app."""
    return {f"{FOLDER}/{path.stem}": path for path in sorted(resource("checkpoints", FOLDER).glob(f"*{SUFFIX}"))}


def ladder() -> tuple[OnLadder, ...]:
    """All whose card can be read, as one goes up: codes that are points, widths that are fixed, a prior, widths that are learned."""
    found = [OnLadder(name, path, card) for name, path in paths().items() if (card := card_of(path)) is not None]
    return tuple(sorted(found, key=lambda rung: (*_height(rung.card), rung.name)))


def _height(card: Card) -> tuple[int, float, float]:
    """Which family, and where in it."""
    config = card.network.config
    sigma, beta = float(config.get("sigma", 0.0)), float(config.get("beta", 1.0))
    family = 0 if card.kind == "ae" else 3 if not sigma else 2 if beta else 1
    return family, sigma, beta
