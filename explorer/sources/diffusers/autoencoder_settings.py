"""The model card of diffusers' autoencoders, of their JSON. No torch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from explorer.checkpoints.card import FORMAT_VERSION, UNSAID, VALUE_RANGE, Card, DataCard, LatentCard, NetworkCard, OriginCard
from explorer.errors import BadInput

AUTOENCODERS = ("AutoencoderKL", "AutoencoderTiny", "VQModel", "AutoencoderDC")
LARGEST = 256
"""Side of the images that a plane is of unless the person says otherwise: a decoding of more pixels takes a processor seconds."""
MOST_LEVELS, MOST_LAYERS, MOST_CHANNELS, MOST_ENTRIES = 8, 64, 16384, 2**20
"""Of a network that is built to see what weights it needs."""

_DEFAULT_FACTOR = {"AutoencoderKL": 0.18215, "VQModel": 0.18215}
_WIDTHS = ("block_out_channels", "encoder_block_out_channels", "decoder_block_out_channels")
_LAYERS = ("layers_per_block", "num_encoder_blocks", "num_decoder_blocks", "encoder_layers_per_block", "decoder_layers_per_block")
_MEANS = {
    "AutoencoderKL": "its encoder gives a Gaussian for each latent pixel; their KL is a sum over all of them",
    "AutoencoderTiny": "its codes are points, already scaled as diffusion models see them",
    "VQModel": "its decoder takes the nearest entry of its code book for each latent pixel: the plane is constant between jumps",
    "AutoencoderDC": "its codes are points",
}


@dataclass(frozen=True, slots=True)
class Coder:
    """What is known of an autoencoder before it is built.

    Attributes
    ----------
    name : str
        Its class.
    channels : int
        Of its images.
    latent_channels : int
    multiple : int
        Pixels of an image along a side of a latent pixel.
    size : (height, width) or None
        Of the images that it was trained on, where it says so.
    factor, shift : float
    mean, std : tuple of float
        As of explorer.models.spatial.Scaling.
    """

    name: str
    channels: int
    latent_channels: int
    multiple: int
    size: tuple[int, int] | None
    factor: float = 1.0
    shift: float = 0.0
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()

    @property
    def quantizes(self) -> bool:
        """Whether its decoder does."""
        return self.name == "VQModel"

    @property
    def reach(self) -> float:
        """Three standard deviations of scaled codes, in raw units."""
        return 3 * max(self.std, default=1.0) / self.factor

    def code_shape(self, size: tuple[int, int]) -> tuple[int, int, int]:
        """(C, h, w) of the codes of images of a size."""
        return self.latent_channels, size[0] // self.multiple, size[1] // self.multiple

    def plane_size(self, wanted: tuple[int, int] | None = None) -> tuple[int, int]:
        """(height, width) of the images of its plane: those wanted, or its own, within `LARGEST` (ValueError for what is no multiple)."""
        if wanted is None:
            height, width = (min(side, LARGEST) for side in self.size or (LARGEST, LARGEST))
            return max(1, height // self.multiple) * self.multiple, max(1, width // self.multiple) * self.multiple
        if any(side % self.multiple for side in wanted):
            raise ValueError(f"it takes images whose sides are multiples of {self.multiple}, not {wanted[0]} x {wanted[1]}")
        return wanted


def coder_of(path: Path, config: dict[str, Any]) -> Coder:
    """What its settings say; BadInput, naming the file `path`, where one cannot be."""
    name = str(config.get("_class_name"))
    try:
        _check_sizes(config)
        channels = _whole(config, "in_channels", 3, 64)
        if channels not in (1, 3) or _whole(config, "out_channels", channels, 64) != channels:
            raise ValueError("its images have other channels than the 1 or 3 of pictures")
        latent = _whole(config, "latent_channels", 32 if name == "AutoencoderDC" else 3 if name == "VQModel" else 4, 4096)
        if config.get("vq_embed_dim") is not None:
            latent = _whole(config, "vq_embed_dim", latent, 4096)
        mean, std = (_numbers(config, key, latent) for key in ("latents_mean", "latents_std"))
        factor, shift = _number(config, "scaling_factor", _DEFAULT_FACTOR.get(name, 1.0)), _number(config, "shift_factor", 0.0)
        if factor <= 0 or any(each <= 0 for each in std) or bool(mean) != bool(std):
            raise ValueError("its scaling_factor, latents_mean and latents_std scale no codes")
        return Coder(name, channels, latent, _multiple(config), _size(config), factor, shift, mean, std)
    except ValueError as error:
        raise BadInput(f"{path}: {error}") from None


def card_of_autoencoder(path: Path, coder: Coder, config: dict[str, Any], origin: str, size: tuple[int, int] | None = None,
                        notes: tuple[str, ...] = ()) -> Card:  # fmt: skip
    """Card of an autoencoder.

    Parameters
    ----------
    path : Path
        What messages name.
    coder : Coder
    config : dict
        Its settings.
    origin : str
        What it is, after "is".
    size : (height, width) or None
        Of the images of its plane, where the person says it.
    notes : tuple of str

    Raises
    ------
    BadInput
        If there are no images of that size.
    """
    try:
        height, width = coder.plane_size(size)
        images = (coder.channels, height, width)
        latent = LatentCard(coder.code_shape((height, width)), images, coder.name, scaling_words(coder), coder.quantizes, coder.reach)
        kept = {name: value for name, value in config.items() if not name.startswith("_") and value is not None}
        told = (*notes, _MEANS[coder.name], *_size_note(coder, (height, width)), *_scale_note(latent))
        kind: Literal["vae", "ae"] = "vae" if coder.name == "AutoencoderKL" else "ae"
        data = DataCard(UNSAID, images, VALUE_RANGE, "")
        return Card(FORMAT_VERSION, kind, NetworkCard(coder.name, kept), data, origin=OriginCard(origin, told), latent=latent)
    except ValueError as error:
        raise BadInput(f"{path}: {error}") from None


def scaling_words(coder: Coder) -> str:
    """How diffusion models see raw codes z, for people; empty if as they are."""
    if coder.mean:
        return f"x = {coder.factor:g} (z − mean) / std, by channel"
    if not coder.shift:
        return "" if coder.factor == 1 else f"x = {coder.factor:g} z"
    return f"x = {coder.factor:g} (z {'−' if coder.shift > 0 else '+'} {abs(coder.shift):g})"


def _size_note(coder: Coder, size: tuple[int, int]) -> tuple[str, ...]:
    said = f"its plane is of images of {size[0]} x {size[1]}; it takes any whose sides are multiples of {coder.multiple}"
    return (said if coder.size in (None, size) else f"{said}, and was trained at {coder.size[0]} x {coder.size[1]}",)


def _scale_note(latent: LatentCard) -> tuple[str, ...]:
    return (f"its plane is in raw latent units z; diffusion models see {latent.scaling}",) if latent.scaling else ()


def _check_sizes(config: dict[str, Any]) -> None:
    """Before a network is built of them: nobody waits for a million layers."""
    for name in _WIDTHS:
        widths = config.get(name, [64])
        if not (isinstance(widths, list) and 1 <= len(widths) <= MOST_LEVELS and all(_is_count(width, MOST_CHANNELS) for width in widths)):
            raise ValueError(f"its {name} is none of a network")
    for name in _LAYERS:
        layers = config.get(name, 1)
        several = layers if isinstance(layers, list) else [layers]
        if len(several) > MOST_LEVELS or not all(type(each) is int and 0 <= each <= MOST_LAYERS for each in several):
            raise ValueError(f"its {name} is none of a network")
    for name in ("encoder_qkv_multiscales", "decoder_qkv_multiscales"):
        scales = config.get(name) or []
        good = isinstance(scales, list) and len(scales) <= MOST_LEVELS
        if not good or not all(isinstance(each, list) and len(each) <= MOST_LAYERS for each in scales):
            raise ValueError(f"its {name} are none of a network")
    _whole(config, "num_vq_embeddings", 256, MOST_ENTRIES)
    for name in ("attention_head_dim", "norm_num_groups"):
        _whole(config, name, 32, MOST_CHANNELS)


def _multiple(config: dict[str, Any]) -> int:
    name = config.get("_class_name")
    widths = config.get("block_out_channels" if name in ("AutoencoderKL", "VQModel") else "encoder_block_out_channels")
    levels = len(widths) if widths else {"AutoencoderTiny": 4, "AutoencoderDC": 6}.get(str(name), 1)
    return int(2 ** (levels - 1))


def _size(config: dict[str, Any]) -> tuple[int, int] | None:
    size = config.get("sample_size")
    if size is None:
        return None
    sides = size if isinstance(size, list) else [size, size]
    if len(sides) != 2 or not all(_is_count(side, 16384) for side in sides):
        raise ValueError(f"its sample_size {size!r} is no size of images")
    return sides[0], sides[1]


def _is_count(value: Any, most: int) -> bool:
    return type(value) is int and 1 <= value <= most


def _whole(config: dict[str, Any], name: str, default: int, most: int) -> int:
    value = config.get(name)
    value = default if value is None else value
    if not _is_count(value, most):
        raise ValueError(f"its {name} is {value!r}, which is not a number in 1..{most}")
    return int(value)


def _number(config: dict[str, Any], name: str, default: float) -> float:
    value = config.get(name)
    value = default if value is None else value
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError(f"its {name} is {value!r}, which is not a number")
    return float(value)


def _numbers(config: dict[str, Any], name: str, count: int) -> tuple[float, ...]:
    values = config.get(name)
    if values is None:
        return ()
    if not isinstance(values, list) or len(values) != count or not all(type(v) in (int, float) and math.isfinite(v) for v in values):
        raise ValueError(f"its {name} are not {count} numbers, one for each latent channel")
    return tuple(float(value) for value in values)
