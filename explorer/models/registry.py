"""The networks that a checkpoint can name, built from their configuration."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from explorer.models.anatomy import Anatomy, anatomy
from explorer.models.autoencoder import Autoencoder
from explorer.models.classifier import Classifier
from explorer.models.configurations import misfit as misfit
from explorer.models.configurations import parse_config as parse_config
from explorer.models.latent_mlp import LatentMlp
from explorer.models.pca import Pca
from explorer.models.unet import UNet
from explorer.models.unet_config import UNetConfig

NETWORKS: dict[str, type[nn.Module]] = {
    "unet": UNet, "latent_mlp": LatentMlp, "autoencoder": Autoencoder, "pca": Pca, "classifier": Classifier,
}  # fmt: skip
"""By the names of `configurations.CONFIGURATIONS`."""


def anatomy_named(name: str, config: dict[str, Any], height: int, width: int) -> Anatomy | None:
    """Anatomy of a network that a card names; None if it is none that is drawn (ValueError for what cannot be)."""
    if name not in NETWORKS:
        return None
    parsed = parse_config(name, config)
    return anatomy(parsed, height, width) if isinstance(parsed, UNetConfig) else None


def build(name: str, config: Any) -> nn.Module:
    """Network called `name` with fresh weights from torch's global generator."""
    return NETWORKS[name](config)


def expected_tensors(name: str, config: Any) -> dict[str, Tensor]:
    """State dict on the meta device: names, shapes and dtypes without memory."""
    with torch.device("meta"):
        return build(name, config).state_dict()
