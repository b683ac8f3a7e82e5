"""Names and shapes of the weights of our networks, from their configuration alone. No torch: the networks themselves are built elsewhere.

It says of `registry.expected_tensors` what can be said without building it; `tests/models/test_shapes.py` compares the two.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

from explorer.models.autoencoder_config import AutoencoderConfig
from explorer.models.classifier_config import ClassifierConfig
from explorer.models.latent_mlp_config import LatentMlpConfig
from explorer.models.pca_config import PcaConfig
from explorer.models.unet_config import UNetConfig
from explorer.models.vector_mlp_config import TIME_FEATURES, VectorMlpConfig

SMALL = 128 * 128
"""Pixels of images, up to which what evaluations take is not measured (`footprint`): weights have more numbers than layers' outputs."""

_NOT_LEARNT = ("skip_table", "scale_table", "code_mean", "code_std", "running_mean", "running_var", "num_batches_tracked")

Shape = tuple[int, ...]
Named = Iterator[tuple[str, Shape]]


def shapes(config: Any) -> dict[str, Shape]:
    """Shape of every tensor of a network's state dict, by name.

    Parameters
    ----------
    config : UNetConfig, VectorMlpConfig, LatentMlpConfig, AutoencoderConfig, PcaConfig or ClassifierConfig
    """
    makers: dict[type[Any], Callable[[Any], Named]] = {
        UNetConfig: _unet,
        VectorMlpConfig: _vector_mlp,
        LatentMlpConfig: _latent_mlp,
        AutoencoderConfig: _autoencoder,
        PcaConfig: _pca,
        ClassifierConfig: _classifier,
    }
    return dict(makers[type(config)](config))


def parameter_count(config: Any) -> int:
    """Numbers that the network of a configuration learns, as in `shapes`."""
    return sum(math.prod(shape) for name, shape in shapes(config).items() if not name.endswith(_NOT_LEARNT))


def _layer(name: str, *shape: int, bias: int | None = None) -> Named:
    """Weights of this shape, and a bias of so many numbers: as its first side, unless that is said."""
    yield f"{name}.weight", shape
    yield f"{name}.bias", (shape[0] if bias is None else bias,)


# --- the U-Net: names as in models/unet.py ---


def _unet(config: UNetConfig) -> Named:
    widths = [config.width * multiplier for multiplier in config.multipliers]
    size, previous = 4 * config.width, widths[0]
    yield from _skip_tables(config)
    if config.time == "film":
        yield from _layer("time_mlp.0", size, config.width)
        yield from _layer("time_mlp.2", size, size)
    yield from _layer("stem", widths[0], config.channels + (config.time == "channel"), 3, 3)
    for level, width in enumerate(widths):
        if level and config.downsample == "conv":
            yield from _layer(f"downsample.{level - 1}", previous, previous, 3, 3)
        yield from _level(config, f"down.{level}", previous, width, level in config.attention)
        previous = width
    yield from _level(config, "middle", previous, previous, bool(config.attention))
    for place, (level, width) in enumerate(reversed(list(enumerate(widths)))):
        yield from _level(config, f"up.{place}", previous + width, width, level in config.attention)
        if level:
            previous = widths[level - 1]
            yield from _layer(f"upsample.{place}", width, previous, 2, 2, bias=previous)
    if config.norm == "group":
        yield from _layer("head_norm", widths[0])
    yield from _layer("head", config.channels, widths[0], 3, 3)
    if config.classes:
        yield "class_embedding.weight", (config.classes + 1, size)


def _level(config: UNetConfig, name: str, inputs: int, outputs: int, attention: bool) -> Named:
    yield from _block(config, f"{name}.block", inputs, outputs)
    if attention:
        if config.norm == "group":
            yield from _layer(f"{name}.attention.norm", outputs)
        yield from _layer(f"{name}.attention.qkv", 3 * outputs, outputs, 1, 1)
        yield from _layer(f"{name}.attention.out", outputs, outputs, 1, 1)


def _block(config: UNetConfig, name: str, inputs: int, outputs: int) -> Named:
    for number, channels in ((1, inputs), (2, outputs)):
        if config.norm == "group":
            yield from _layer(f"{name}.norm{number}", channels)
        yield from _layer(f"{name}.conv{number}", outputs, channels, 3, 3)
    if config.time == "film":
        yield from _layer(f"{name}.film", 2 * outputs, 4 * config.width)
    if config.residual and inputs != outputs:
        yield from _layer(f"{name}.skip", outputs, inputs, 1, 1)


def _skip_tables(config: UNetConfig | VectorMlpConfig) -> Named:
    if config.skip_by_timestep:
        yield from ((f"{table}_table", (config.timesteps + 1,)) for table in ("skip", "scale"))


# --- the denoiser of vectors: names as in models/vector_mlp.py ---


def _vector_mlp(config: VectorMlpConfig) -> Named:
    width = config.width
    yield from _skip_tables(config)
    yield from _layer("time_mlp.0", width, TIME_FEATURES)
    yield from _layer("time_mlp.2", width, width)
    yield from _layer("stem", width, config.dimensions)
    for place in range(config.depth):
        yield from _layer(f"blocks.{place}.norm", width)
        for name, outputs in (("first", width), ("second", width), ("film", 2 * width)):
            yield from _layer(f"blocks.{place}.{name}", outputs, width)
    yield from _layer("norm", width)
    yield from _layer("head", config.dimensions, width)


def _latent_mlp(config: LatentMlpConfig) -> Named:
    yield from _vector_mlp(config)
    yield from ((f"code_{what}", (config.dimensions,)) for what in ("mean", "std"))
    yield from ((name, shape) for name, shape in _autoencoder(config.coder) if name.startswith("decoder."))


# --- autoencoders and the classifier: numbered layers, as in models/autoencoder.py and classifier.py ---


def _autoencoder(config: AutoencoderConfig) -> Named:
    outputs = 2 * config.code if config.variational and not config.sigma else config.code
    pixels, hidden = math.prod(config.image_shape), list(config.hidden)
    if config.architecture == "mlp":
        yield from _dense("encoder", 1, [pixels, *hidden, outputs])
        yield from _dense("decoder", 0, [config.code, *hidden[::-1], pixels])
        return
    first, second, *dense = hidden
    flat = second * math.prod(side // 4 for side in config.image_shape[1:])
    yield from _layer("encoder.0", first, config.channels, 4, 4)
    yield from _layer("encoder.2", second, first, 4, 4)
    yield from _dense("encoder", 5, [flat, *dense, outputs])
    yield from _dense("decoder", 0, [config.code, *dense[::-1], flat])
    behind = 2 * (len(dense) + 1) + 1  # the last activation, and what makes an image of it
    yield from _layer(f"decoder.{behind}", second, first, 4, 4, bias=first)
    yield from _layer(f"decoder.{behind + 2}", first, config.channels, 4, 4, bias=config.channels)


def _dense(name: str, start: int, widths: Iterable[int]) -> Named:
    for place, (inputs, outputs) in enumerate(pairwise(widths)):
        yield from _layer(f"{name}.{start + 2 * place}", outputs, inputs)


def _pca(config: PcaConfig) -> Named:
    pixels = math.prod(config.image_shape)
    yield from _layer("encoder", config.code, pixels)
    yield from _layer("decoder", pixels, config.code)


def _classifier(config: ClassifierConfig) -> Named:
    width, (_, tall, wide) = config.width, config.image_shape
    channels = [config.channels, width, width, 2 * width, 2 * width]
    for place, (inputs, outputs) in zip((0, 3, 7, 10), pairwise(channels), strict=True):
        yield f"body.{place}.weight", (outputs, inputs, 3, 3)
        yield from _layer(f"body.{place + 1}", outputs)
        yield from ((f"body.{place + 1}.running_{what}", (outputs,)) for what in ("mean", "var"))
        yield f"body.{place + 1}.num_batches_tracked", ()
    yield from _layer("body.16", config.features, 2 * width * (tall // 4) * (wide // 4))
    yield from _layer("head.1", config.classes, config.features)
