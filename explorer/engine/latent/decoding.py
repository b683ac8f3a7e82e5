"""Decodings of codes: of a few, read by the digit classifier if asked for, and of a whole grid."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
from torch.nn.functional import avg_pool2d

from explorer.engine.arrays import read_only
from explorer.engine.desk import Desk
from explorer.engine.latent.batches import batch
from explorer.engine.latent.messages import CodesDecoded, DecodeCodes, DecodeGrid, GridDecoded
from explorer.engine.latent.plane import OpenPlane, open_plane
from explorer.engine.latent.readings import read_digits, readable, to_numpy
from explorer.engine.models.models import Models
from explorer.engine.pictures.tiles import grey_tiles
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.latent.plane import Extent, cell_centres, check_grid
from explorer.models.roles import LatentModel

BLOCK = 100
"""Decodings of MNIST's size between two cancel points."""

COARSE_FROM = 400
"""Cells from which on a manifold comes coarse first."""

MAX_CODES = 65_536
LARGEST_TILE = 64
"""Pixels along a side of a decoding in the manifold: larger ones are averaged down, so that the picture fits in memory and on the plane."""


def decode_codes(payload: DecodeCodes, desk: Desk) -> Steps:
    """Answer a DecodeCodes (BadInput if there are too many codes, or one is not finite)."""
    models = desk.of(Models)
    plane = yield from open_plane(payload.path, payload.slice, models)
    if len(payload.codes) > MAX_CODES:
        raise BadInput(f"{len(payload.codes)} codes at once; at most {MAX_CODES} are decoded")
    places = plane.tensor(payload.codes)
    values: list[np.ndarray] = [np.zeros((0, *plane.model.config.image_shape), np.float32)]
    readings: list[tuple[tuple[int, float], ...]] = []
    judge = models.judge() if payload.judge else None
    seconds = 0.0
    for block in places.split(batch(plane.model, BLOCK)) if len(places) else ():
        began = time.perf_counter()
        images = plane.decode(block)
        values.append(to_numpy(images))
        seconds += time.perf_counter() - began
        if judge is not None and readable(judge, images):
            readings += read_digits(judge, images)
        yield None
    joined = read_only(np.concatenate(values))
    latent = latent_of(plane.model, to_numpy(plane.decode.codes(places))[0]) if len(places) == 1 else None
    tiles = read_only(grey_tiles(joined))
    yield CodesDecoded(payload.path, read_only(to_numpy(places)), tiles, joined, tuple(readings), 1000 * seconds, latent)


def latent_of(model: LatentModel, code: np.ndarray) -> np.ndarray | None:
    """A flat code (code,) as the image of latent pixels that it is; None of one that is a vector."""
    shape = model.config.code_shape
    return read_only(np.ascontiguousarray(code.reshape(shape))) if len(shape) == 3 else None


def decode_grid(payload: DecodeGrid, desk: Desk) -> Steps:
    """Answer a DecodeGrid (BadInput if the grid cannot be)."""
    models = desk.of(Models)
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
    factor, step = -(-max(height, width) // LARGEST_TILE), batch(plane.model, BLOCK)
    codes = plane.tensor(cell_centres(extent, columns, rows))
    tiles = np.empty((rows * columns, height // factor, width // factor, 3), np.uint8)
    for start in range(0, len(codes), step):
        block = codes[start : start + step]
        images = plane.decode(block)
        tiles[start : start + len(block)] = grey_tiles(to_numpy(images if factor == 1 else avg_pool2d(images, factor)))
        yield None
    height, width = tiles.shape[1:3]
    picture = tiles.reshape(rows, columns, height, width, 3).swapaxes(1, 2)
    yield read_only(np.ascontiguousarray(picture.reshape(rows * height, columns * width, 3)))
