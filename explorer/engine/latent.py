"""The latent plane's requests, synchronous and without Qt: codes of images, decodings of codes."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from explorer.checkpoints.files import Checkpoint
from explorer.datasets.images import load_images, read_picture, to_unit_range
from explorer.engine.messages import (
    CodesDecoded,
    CodesShown,
    DecodeCodes,
    DecodeGrid,
    EncodeImages,
    EncodePicture,
    GridDecoded,
    PictureEncoded,
)
from explorer.engine.pictures import grey_tiles
from explorer.errors import BadInput
from explorer.latent.elbo import gaussian_kl, log_likelihood
from explorer.latent.picture import fit_picture
from explorer.latent.plane import cell_centres
from explorer.models.autoencoder import Autoencoder
from explorer.models.classifier import ClassifierConfig

LatentOutcome = CodesShown | CodesDecoded | GridDecoded | PictureEncoded
LatentPayload = EncodeImages | DecodeCodes | DecodeGrid | EncodePicture

BLOCK = 250
"""Decodings between two cancel points."""

ENCODING_BLOCK = 2500
"""Encodings between two: each is a turn in which other background work takes one too."""

MAX_CODES = 65_536
POSTERIOR_DRAWS = 64
"""Draws of z for the reconstruction term of one picture."""


class Models(Protocol):
    """What the handlers need of the engine's models."""

    device: torch.device

    def checkpoint(self, path: str) -> Checkpoint:
        """Checkpoint in a file, its network on the device."""
        ...

    def judge(self) -> nn.Module | None:
        """The digit classifier, or None where there is none."""
        ...


def handle(payload: LatentPayload, models: Models) -> Iterator[LatentOutcome | None]:
    """Answer one of the plane's requests; None is a cancel point.

    Raises
    ------
    BadInput
        If the checkpoint cannot be opened or has no 2-D codes, a code is not finite, or a picture cannot be read.
    """
    match payload:
        case EncodeImages():
            yield from _encode_images(payload, models)
        case DecodeCodes():
            yield from _decode_codes(payload, models)
        case DecodeGrid():
            yield from _decode_grid(payload, models)
        case EncodePicture():
            yield from _encode_picture(payload, models)


def plane_model(path: str, models: Models) -> Autoencoder:
    """Network of a VAE or an AE with 2-D codes.

    Raises
    ------
    BadInput
        If it cannot be opened, or is another kind of checkpoint.
    """
    checkpoint = models.checkpoint(path)
    network = checkpoint.network
    if not isinstance(network, Autoencoder):
        raise BadInput(f"{path}: is a {checkpoint.card.kind}; a latent plane needs a vae or an ae")
    if network.config.code != 2:
        raise BadInput(f"{path}: its codes have {network.config.code} dimensions; a latent plane needs 2")
    return network


def _encode_images(payload: EncodeImages, models: Models) -> Iterator[CodesShown | None]:
    model = plane_model(payload.path, models)
    data = models.checkpoint(payload.path).card.data
    try:
        known = load_images(data.name, "test")
    except BadInput:
        known = None  # the checkpoint's data is not on this machine: the plane works without codes
    if known is None or known.image_shape != model.config.image_shape:
        empty = _frozen(np.zeros((0, 2), np.float32))
        yield CodesShown(payload.path, empty, empty if model.config.variational else None, None)
        return
    images = known.images[: payload.limit]
    codes = np.empty((len(images), 2), np.float32)
    sigmas = np.empty_like(codes) if model.config.variational else None
    for start in range(0, len(images), ENCODING_BLOCK):
        block = slice(start, start + ENCODING_BLOCK)
        x = torch.from_numpy(to_unit_range(images[block])).to(models.device)
        mean, log_variance = model.encode(x)
        codes[block] = _numpy(mean)
        if sigmas is not None and log_variance is not None:
            sigmas[block] = _numpy((0.5 * log_variance).exp())
        yield None
    labels = None if known.labels is None else _frozen(np.ascontiguousarray(known.labels[: payload.limit]))
    yield CodesShown(payload.path, _frozen(codes), None if sigmas is None else _frozen(sigmas), labels)


def _decode_codes(payload: DecodeCodes, models: Models) -> Iterator[CodesDecoded | None]:
    model = plane_model(payload.path, models)
    codes = np.array(payload.codes, np.float32).reshape(-1, 2)
    if len(codes) > MAX_CODES:
        raise BadInput(f"{len(codes)} codes at once; at most {MAX_CODES} are decoded")
    if not np.isfinite(codes).all():
        raise BadInput("a code must be two finite numbers")
    values: list[np.ndarray] = [np.zeros((0, *model.config.image_shape), np.float32)]
    readings: list[tuple[tuple[int, float], ...]] = []
    judge = models.judge() if payload.judge else None
    seconds = 0.0
    for start in range(0, len(codes), BLOCK):
        began = time.perf_counter()
        images = model.decode(torch.from_numpy(codes[start : start + BLOCK]).to(models.device))
        values.append(_numpy(images))
        seconds += time.perf_counter() - began
        if judge is not None and _readable(judge, images):
            readings += read_digits(judge, images)
        yield None
    joined = _frozen(np.concatenate(values))
    yield CodesDecoded(payload.path, _frozen(codes), _frozen(grey_tiles(joined)), joined, tuple(readings), 1000 * seconds)


def _decode_grid(payload: DecodeGrid, models: Models) -> Iterator[GridDecoded | None]:
    model = plane_model(payload.path, models)
    try:
        centres = cell_centres(payload.extent, payload.columns, payload.rows)
    except ValueError as error:
        raise BadInput(str(error)) from None
    _, height, width = model.config.image_shape
    codes = torch.from_numpy(centres.astype(np.float32)).to(models.device)
    picture = np.empty((payload.rows, height, payload.columns, width, 3), np.uint8)
    rows_a_block = max(1, BLOCK // payload.columns)
    for top in range(0, payload.rows, rows_a_block):
        rows = min(rows_a_block, payload.rows - top)
        block = codes[top * payload.columns : (top + rows) * payload.columns]
        shown = grey_tiles(_numpy(model.decode(block)))
        picture[top : top + rows] = shown.reshape(rows, payload.columns, height, width, 3).swapaxes(1, 2)
        yield None
    whole = _frozen(picture.reshape(payload.rows * height, payload.columns * width, 3))
    yield GridDecoded(payload.path, payload.extent, payload.columns, payload.rows, whole)


def _encode_picture(payload: EncodePicture, models: Models) -> Iterator[PictureEncoded | None]:
    model = plane_model(payload.path, models)
    if payload.pixels is not None:
        name, raw = "drawn", np.atleast_3d(payload.pixels).transpose(2, 0, 1)
    else:
        name, raw = Path(payload.picture).name, read_picture(Path(payload.picture))
    try:
        light_on_dark = models.checkpoint(payload.path).card.data.name == "mnist"
        picture = fit_picture(np.ascontiguousarray(raw, np.uint8), model.config.image_shape, light_on_dark)
    except ValueError as error:
        raise BadInput(f"{payload.picture or 'drawn picture'}: {error}") from None
    x = torch.from_numpy(to_unit_range(picture[None])).to(models.device)
    mean, log_variance = model.encode(x)
    yield None
    sigma = None if log_variance is None else (0.5 * log_variance).exp()
    kl = math.nan if log_variance is None else float(gaussian_kl(mean, log_variance))
    yield PictureEncoded(
        payload.path, name, _pair(mean), None if sigma is None else _pair(sigma),
        _frozen(grey_tiles(_numpy(x))[0]), _frozen(grey_tiles(_numpy(model.decode(mean)))[0]),
        expected_log_likelihood(model, x, mean, sigma), kl,
    )  # fmt: skip


def expected_log_likelihood(model: Autoencoder, x: Tensor, mean: Tensor, sigma: Tensor | None) -> float:
    """E_q[log p(x|z)] of one image, nats: log p(x|z) at an AE's code, else a mean over the same draws each time."""
    if sigma is None:
        return float(log_likelihood(model, x, mean))
    noise = torch.randn(POSTERIOR_DRAWS, mean.shape[1], generator=torch.Generator().manual_seed(0)).to(mean.device)
    z = mean + sigma * noise
    return float(log_likelihood(model, x.expand(len(z), -1, -1, -1), z).mean())


def read_digits(judge: nn.Module, images: Tensor) -> list[tuple[tuple[int, float], ...]]:
    """Classes with their probabilities, best first, of images (N, C, H, W) in [-1, 1]."""
    best, classes = judge(images).float().softmax(1).sort(dim=1, descending=True)
    pairs: Sequence[tuple[list[int], list[float]]] = list(zip(classes.tolist(), best.tolist(), strict=True))
    return [tuple(zip(c, p, strict=True)) for c, p in pairs]


def _readable(judge: nn.Module, images: Tensor) -> bool:
    config = judge.config
    if not isinstance(config, ClassifierConfig):
        return False
    return tuple(images.shape[1:]) == (config.channels, config.size, config.size)


def _pair(code: Tensor) -> tuple[float, float]:
    x, y = code[0].tolist()
    return x, y


def _numpy(tensor: Tensor) -> np.ndarray:
    return tensor.float().cpu().numpy()


def _frozen(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array
