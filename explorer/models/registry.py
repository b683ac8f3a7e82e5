"""The networks that a checkpoint can name, built from their configuration."""

from __future__ import annotations

from typing import Any

import msgspec
import torch
from torch import Tensor, nn

from explorer.models.anatomy import Anatomy, anatomy
from explorer.models.autoencoder import Autoencoder, AutoencoderConfig
from explorer.models.classifier import Classifier, ClassifierConfig
from explorer.models.pca import Pca, PcaConfig
from explorer.models.unet import UNet, UNetConfig

NETWORKS: dict[str, tuple[type[Any], type[nn.Module]]] = {
    "unet": (UNetConfig, UNet),
    "autoencoder": (AutoencoderConfig, Autoencoder),
    "pca": (PcaConfig, Pca),
    "classifier": (ClassifierConfig, Classifier),
}


def parse_config(name: str, config: dict[str, Any]) -> Any:
    """Configuration dataclass of the network called `name`.

    Raises
    ------
    ValueError
        If there is no such network, or a field is unknown, of the wrong type or out of range.
    """
    if name not in NETWORKS:
        raise ValueError(f"no network named {name!r}; there are {', '.join(NETWORKS)}")
    kind = NETWORKS[name][0]
    unknown = set(config) - set(kind.__dataclass_fields__)
    if unknown:
        raise ValueError(f"{name} has no setting {', '.join(sorted(unknown))}")
    try:
        return msgspec.convert(config, kind)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None


def misfit(config: Any, shape: tuple[int, int, int]) -> str:
    """Why a network of this configuration cannot take images of a shape (C, H, W), in words; empty if it can."""
    channels, height, width = shape
    if config.channels != channels:
        return f"its network takes {config.channels} channels, its data has {channels}"
    if isinstance(config, UNetConfig):
        multiple = config.size_multiple
        even = height % multiple == width % multiple == 0
        return "" if even else f"its network needs image sides that are multiples of {multiple}, not {height}x{width}"
    _, tall, wide = config.image_shape
    return "" if (height, width) == (tall, wide) else f"its network takes images of {tall}x{wide}, its data has {height}x{width}"


def anatomy_named(name: str, config: dict[str, Any], height: int, width: int) -> Anatomy | None:
    """Anatomy of a network that a card names; None if it is none that is drawn (ValueError for what cannot be)."""
    if name not in NETWORKS:
        return None
    parsed = parse_config(name, config)
    return anatomy(parsed, height, width) if isinstance(parsed, UNetConfig) else None


def build(name: str, config: Any) -> nn.Module:
    """Network called `name` with fresh weights from torch's global generator."""
    return NETWORKS[name][1](config)


def expected_tensors(name: str, config: Any) -> dict[str, Tensor]:
    """State dict on the meta device: names, shapes and dtypes without memory."""
    with torch.device("meta"):
        return build(name, config).state_dict()
