"""The latent plane's requests, synchronous and without Qt: codes of images, decodings of codes."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from explorer.datasets.images import to_unit_range
from explorer.engine.arrays import read_only
from explorer.engine.latent.codes import Models, codes_of, held_out_image
from explorer.engine.latent.encoded_picture import picture_for
from explorer.engine.latent.export_messages import ExportStrip, StripExported
from explorer.engine.latent.field_messages import FieldShown, ShowField
from explorer.engine.latent.fields import show_field
from explorer.engine.latent.messages import (
    CONFIDENT,
    CodesDecoded,
    CodesDrawn,
    CodesShown,
    DecodeCodes,
    DecodeGrid,
    DrawCodes,
    EncodeImages,
    EncodePicture,
    GridDecoded,
    ImageShown,
    PictureEncoded,
    PictureOffered,
    ShowImage,
    ShowStroke,
    StrokeShown,
)
from explorer.engine.latent.plane import OpenPlane, open_plane, plane_model
from explorer.engine.latent.strip_export import export_strip
from explorer.engine.latent.strokes import show_stroke
from explorer.engine.models import devices
from explorer.engine.pictures.tiles import grey_tiles
from explorer.errors import BadInput
from explorer.evaluation.prior import effective_number
from explorer.latent.elbo import gaussian_kl, log_likelihood
from explorer.latent.plane import Extent, cell_centres, check_grid
from explorer.latent.posterior import draws_within
from explorer.latent.prior import prior_codes
from explorer.models.autoencoder import Autoencoder
from explorer.models.classifier import ClassifierConfig
from explorer.recipe import MAX_PRIOR_SAMPLES

LatentOutcome = (
    CodesShown
    | CodesDecoded
    | GridDecoded
    | PictureEncoded
    | PictureOffered
    | ImageShown
    | CodesDrawn
    | FieldShown
    | StrokeShown
    | StripExported
)
LatentPayload = EncodeImages | DecodeCodes | DecodeGrid | EncodePicture | ShowImage | DrawCodes | ShowField | ShowStroke | ExportStrip

BLOCK = 100
"""Decodings between two cancel points."""

READ_BLOCK = 8
"""Decodings read by the classifier between two."""

COARSE_FROM = 400
"""Cells from which on a manifold comes coarse first."""


MAX_CODES = 65_536
POSTERIOR_DRAWS = 64
"""Draws of z for the reconstruction term of one picture."""


def handle(payload: LatentPayload, models: Models) -> Iterator[LatentOutcome | None]:
    """Answer one of the plane's requests; None is a cancel point.

    Raises
    ------
    BadInput
        If the checkpoint cannot be opened or has no latent plane, a code is not finite, or a picture cannot be read.
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
        case ShowImage():
            yield from _show_image(payload, models)
        case DrawCodes():
            yield from _draw_codes(payload, models)
        case ShowField():
            yield from show_field(payload, models)
        case ExportStrip():
            yield from export_strip(payload, devices.recorded(models.device, "fp32"))
        case ShowStroke():
            yield from show_stroke(payload, models)


def _encode_images(payload: EncodeImages, models: Models) -> Iterator[CodesShown | None]:
    plane = yield from open_plane(payload.path, payload.slice, models)
    for codes in codes_of(plane.checkpoint, models.device, payload.limit, payload.images):
        if codes is None:
            yield None
        elif plane.model.config.code == 2:
            yield CodesShown(payload.path, codes.means, codes.sigmas, codes.labels)
        else:
            places, distances = plane.slice.project(codes.means)
            spread = float(np.sqrt(np.mean(distances**2))) if len(distances) else 0.0
            origin, away = plane.slice.project(np.zeros((1, plane.model.config.code)))
            yield CodesShown(
                payload.path, read_only(places.astype(np.float32)), None, codes.labels, read_only(distances.astype(np.float32)),
                spread, plane.model.config.code, _pair(origin), float(away[0]),
            )  # fmt: skip


def _decode_codes(payload: DecodeCodes, models: Models) -> Iterator[CodesDecoded | None]:
    plane = yield from open_plane(payload.path, payload.slice, models)
    if len(payload.codes) > MAX_CODES:
        raise BadInput(f"{len(payload.codes)} codes at once; at most {MAX_CODES} are decoded")
    places = plane.tensor(payload.codes)
    values: list[np.ndarray] = [np.zeros((0, *plane.model.config.image_shape), np.float32)]
    readings: list[tuple[tuple[int, float], ...]] = []
    judge = models.judge() if payload.judge else None
    seconds = 0.0
    for block in places.split(BLOCK) if len(places) else ():
        began = time.perf_counter()
        images = plane.decode(block)
        values.append(_numpy(images))
        seconds += time.perf_counter() - began
        if judge is not None and _readable(judge, images):
            readings += read_digits(judge, images)
        yield None
    joined = read_only(np.concatenate(values))
    yield CodesDecoded(payload.path, read_only(_numpy(places)), read_only(grey_tiles(joined)), joined, tuple(readings), 1000 * seconds)


def _decode_grid(payload: DecodeGrid, models: Models) -> Iterator[GridDecoded | None]:
    plane = yield from open_plane(payload.path, payload.slice, models)
    try:
        check_grid(payload.extent, payload.columns, payload.rows)
    except ValueError as error:
        raise BadInput(str(error)) from None
    factors = (4, 1) if payload.columns * payload.rows > COARSE_FROM else (1,)
    for factor in factors:
        columns, rows = -(-payload.columns // factor), -(-payload.rows // factor)
        for picture in _mosaic(plane, payload.extent, columns, rows):
            if picture is None:
                yield None
            else:
                yield GridDecoded(payload.path, payload.extent, columns, rows, picture, partial=factor > 1)


def _mosaic(plane: OpenPlane, extent: Extent, columns: int, rows: int) -> Iterator[np.ndarray | None]:
    """Decodings at a grid's centres as one picture, last; None after each block."""
    _, height, width = plane.model.config.image_shape
    codes = plane.tensor(cell_centres(extent, columns, rows))
    tiles = np.empty((rows * columns, height, width, 3), np.uint8)
    for start in range(0, len(codes), BLOCK):
        block = codes[start : start + BLOCK]
        tiles[start : start + len(block)] = grey_tiles(_numpy(plane.decode(block)))
        yield None
    picture = tiles.reshape(rows, columns, height, width, 3).swapaxes(1, 2)
    yield read_only(np.ascontiguousarray(picture.reshape(rows * height, columns * width, 3)))


def _encode_picture(payload: EncodePicture, models: Models) -> Iterator[PictureEncoded | PictureOffered | None]:
    plane = yield from open_plane(payload.path, payload.slice, models)
    model = plane.model
    found = picture_for(payload, plane.checkpoint)
    if isinstance(found, PictureOffered):
        yield found
        return
    x = torch.from_numpy(to_unit_range(found.pixels[None])).to(models.device)
    mean, log_variance = model.encode(x)
    yield None
    sigma = None if log_variance is None else (0.5 * log_variance).exp()
    kl = math.nan if log_variance is None else float(gaussian_kl(mean, log_variance))
    again = model.decode(mean)
    places, distances = plane.slice.project(_numpy(mean))
    covariance = None if sigma is None else plane.slice.project_covariances(_numpy(sigma))[0]
    spread = None if covariance is None else (math.sqrt(covariance[0, 0]), math.sqrt(covariance[1, 1]))
    yield PictureEncoded(
        payload.path, found.name, _pair(places), spread,
        read_only(grey_tiles(_numpy(x))[0]), read_only(grey_tiles(_numpy(again))[0]),
        expected_log_likelihood(model, x, mean, sigma), kl, float(((x - again) / 2).square().mean()),
        None if covariance is None else (_pair(covariance[:1]), _pair(covariance[1:])), float(distances[0]),
        tuple(plane.slice.off(_numpy(mean)[0]).tolist()),
    )  # fmt: skip


def expected_log_likelihood(model: Autoencoder, x: Tensor, mean: Tensor, sigma: Tensor | None) -> float:
    """E_q[log p(x|z)] of one image, nats: log p(x|z) at an AE's code, else a mean over the same draws each time."""
    if sigma is None:
        return float(log_likelihood(model, x, mean))
    noise = torch.randn(POSTERIOR_DRAWS, mean.shape[1], generator=torch.Generator().manual_seed(0)).to(mean.device)
    z = mean + sigma * noise
    return float(log_likelihood(model, x.expand(len(z), -1, -1, -1), z).mean())


def _show_image(payload: ShowImage, models: Models) -> Iterator[ImageShown]:
    plane_model(payload.path, models)
    pixels, label = held_out_image(models.checkpoint(payload.path), payload.index)
    tile = grey_tiles(to_unit_range(pixels[None]))[0]
    yield ImageShown(payload.path, payload.index, read_only(tile), label)


def _draw_codes(payload: DrawCodes, models: Models) -> Iterator[CodesDrawn | None]:
    plane = yield from open_plane(payload.path, payload.slice, models)
    if not 1 <= payload.count <= MAX_PRIOR_SAMPLES:
        raise BadInput(f"{payload.count} draws at once; 1 to {MAX_PRIOR_SAMPLES} are possible")
    z = _drawn(payload, plane)
    images = torch.cat([plane.model.decode(block) for block in z.split(BLOCK)])
    yield None
    places, distances = (read_only(part.astype(np.float32)) for part in plane.slice.project(_numpy(z)))
    tiles = read_only(grey_tiles(_numpy(images)))
    unread = (read_only(np.zeros(0, np.uint8)), read_only(np.zeros(0, np.float32)), math.nan, math.nan)
    judge = models.judge()
    if judge is None or not _readable(judge, images):
        yield CodesDrawn(payload.path, places, distances, tiles, *unread)
        return
    yield CodesDrawn(payload.path, places, distances, tiles, *unread, partial=True)
    shares = []
    for block in images.split(READ_BLOCK):
        shares.append(judge(block).float().softmax(1))
        yield None
    best, digits = torch.cat(shares).max(1)
    share = float((best > CONFIDENT).float().mean())
    kinds = effective_number((torch.bincount(digits) / len(digits)).tolist())
    read = (read_only(_numpy(digits).astype(np.uint8)), read_only(_numpy(best)), share, kinds)
    yield CodesDrawn(payload.path, places, distances, tiles, *read)


def _drawn(payload: DrawCodes, plane: OpenPlane) -> Tensor:
    """Codes (count, code) from the prior, or from within two standard deviations of a picture's posterior."""
    model = plane.model
    if payload.encoded is None:
        return prior_codes(payload.seed, range(payload.count), model.config.code, plane.device)
    found = picture_for(payload.encoded, plane.checkpoint)
    if isinstance(found, PictureOffered):
        raise BadInput(f"{found.name}: is not encoded yet; resize it first")
    mean, log_variance = model.encode(torch.from_numpy(to_unit_range(found.pixels[None])).to(plane.device))
    if log_variance is None:
        return mean.expand(payload.count, -1)
    draws = draws_within(_numpy(mean), _numpy((0.5 * log_variance).exp()), payload.count, payload.seed)
    return torch.from_numpy(draws.astype(np.float32)).to(plane.device)


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


def _pair(places: np.ndarray) -> tuple[float, float]:
    x, y = places[0].tolist()
    return x, y


def _numpy(tensor: Tensor) -> np.ndarray:
    return tensor.float().cpu().numpy()
