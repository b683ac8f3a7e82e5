"""The configurations that a checkpoint can name, and whether they fit its images. No torch: `registry` builds their networks."""

from __future__ import annotations

from typing import Any

import msgspec

from explorer.models.autoencoder_config import AutoencoderConfig
from explorer.models.classifier_config import ClassifierConfig
from explorer.models.latent_mlp_config import LatentMlpConfig
from explorer.models.pca_config import PcaConfig
from explorer.models.unet_config import UNetConfig

CONFIGURATIONS: dict[str, type[Any]] = {
    "unet": UNetConfig,
    "latent_mlp": LatentMlpConfig,
    "autoencoder": AutoencoderConfig,
    "pca": PcaConfig,
    "classifier": ClassifierConfig,
}


def parse_config(name: str, config: dict[str, Any]) -> Any:
    """Configuration dataclass of the network called `name`.

    Raises
    ------
    ValueError
        If there is no such network, or a field is unknown, of the wrong type or out of range.
    """
    if name not in CONFIGURATIONS:
        raise ValueError(f"no network named {name!r}; there are {', '.join(CONFIGURATIONS)}")
    kind = CONFIGURATIONS[name]
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
