"""Decodings of codes: of a few, read by the digit classifier if asked for, and of a whole grid."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from explorer.engine.arrays import read_only
from explorer.engine.desk import Desk
from explorer.engine.latent.messages import CodesDecoded, DecodeCodes, DecodeGrid, GridDecoded
from explorer.engine.latent.plane import OpenPlane, open_plane
from explorer.engine.latent.readings import read_digits, readable, to_numpy
from explorer.engine.models.models import Models
from explorer.engine.pictures.tiles import grey_tiles
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.latent.plane import Extent, cell_centres, check_grid

BLOCK = 100
"""Decodings between two cancel points."""

COARSE_FROM = 400
"""Cells from which on a manifold comes coarse first."""

MAX_CODES = 65_536


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
    for block in places.split(BLOCK) if len(places) else ():
        began = time.perf_counter()
        images = plane.decode(block)
        values.append(to_numpy(images))
        seconds += time.perf_counter() - began
        if judge is not None and readable(judge, images):
            readings += read_digits(judge, images)
        yield None
    joined = read_only(np.concatenate(values))
    yield CodesDecoded(payload.path, read_only(to_numpy(places)), read_only(grey_tiles(joined)), joined, tuple(readings), 1000 * seconds)


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
    codes = plane.tensor(cell_centres(extent, columns, rows))
    tiles = np.empty((rows * columns, height, width, 3), np.uint8)
    for start in range(0, len(codes), BLOCK):
        block = codes[start : start + BLOCK]
        tiles[start : start + len(block)] = grey_tiles(to_numpy(plane.decode(block)))
        yield None
    picture = tiles.reshape(rows, columns, height, width, 3).swapaxes(1, 2)
    yield read_only(np.ascontiguousarray(picture.reshape(rows * height, columns * width, 3)))
