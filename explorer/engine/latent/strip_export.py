"""Strips of decodings as a sheet or a film."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np

from explorer.checkpoints.locate import source_of
from explorer.engine.arrays import read_only
from explorer.engine.desk import Desk
from explorer.engine.latent.export_messages import ExportStrip, PreviewStrip, StripExported
from explorer.engine.models import devices
from explorer.engine.models.export_messages import ExportPreviewed
from explorer.engine.models.models import Models
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.exports.atomic import check_out
from explorer.exports.kinds import drawn
from explorer.recipe import Recipe

SIDE = 224
"""Least width of a film, in pixels; the pictures are enlarged by a whole number."""
SHEET_SIDE = 56
COLUMNS = 16
GAP = 4
GROUND = 24
MAX_PIXELS = 2**28
"""Of a sheet."""


def export_strip(request: ExportStrip, desk: Desk) -> Steps:
    """Write the file; None before it is begun, and after each picture of a film.

    Raises
    ------
    BadInput
        If there is nothing to write, the ending is none of those, or the file cannot be written.
    """
    out = Path(request.out)
    if not request.strips or not len(request.strips[0]):
        raise BadInput(f"{out}: there are no pictures to export; paint a stroke first")
    kinds = drawn()
    check_out(out, tuple(kinds))
    kind = kinds[out.suffix.lower()]
    yield None
    # decoders run in fp32 whatever the engine samples in
    arithmetic = devices.recorded(desk.of(Models).device, "fp32")
    recipe = msgspec.structs.replace(portable(request.recipe), arithmetic=arithmetic)
    with kind.write(out, recipe, request.fps) as add:
        for frame in film(request.strips, request.scale) if kind.film else [sheet(request.strips, request.scale)]:
            add(frame)
            yield None
    yield StripExported(request.out)


def preview_strip(request: PreviewStrip, desk: Desk) -> Steps:
    """Answer a PreviewStrip: the sheet, or the film's first picture."""
    kind, strips = drawn()[request.ending], request.strips
    picture = next(film(strips, request.scale)) if kind.film else sheet(strips, request.scale)
    pictures = min(map(len, strips)) if kind.film else 1
    yield ExportPreviewed(read_only(picture), (picture.shape[0], picture.shape[1]), pictures)


def portable(recipe: Recipe) -> Recipe:
    """The recipe with shipped checkpoints by their names: where they lie on this machine means nothing elsewhere."""
    if recipe.plane is None:
        return recipe
    replace, plane = msgspec.structs.replace, recipe.plane
    beside = tuple(replace(model, source=source_of(Path(model.source))) for model in plane.beside)
    chains = plane.chains and replace(plane.chains, source=source_of(Path(plane.chains.source)))
    return replace(recipe, plane=replace(plane, source=source_of(Path(plane.source)), beside=beside, chains=chains))


def film(strips: tuple[np.ndarray, ...], scale: int = 0) -> Iterator[np.ndarray]:
    """Frames (H, W, 3) uint8: of each strip its picture, one below another."""
    scale = scale or -(-SIDE // strips[0].shape[2])
    for frame in range(min(len(strip) for strip in strips)):
        yield np.concatenate([_enlarged(strip[frame], scale) for strip in strips])


def sheet(strips: tuple[np.ndarray, ...], scale: int = 0) -> np.ndarray:
    """All pictures of each strip in rows of at most `COLUMNS`, (H, W, 3) uint8 (BadInput where that is too large)."""
    scale = scale or -(-SHEET_SIDE // strips[0].shape[2])
    height, width = strips[0].shape[1] * scale, strips[0].shape[2] * scale
    columns = min(COLUMNS, max(len(strip) for strip in strips))
    lines = [strip[start : start + columns] for strip in strips for start in range(0, len(strip), columns)]
    pixels = (len(lines) * (height + GAP) + GAP) * (columns * (width + GAP) + GAP)
    if pixels > MAX_PIXELS:
        raise BadInput(f"a sheet of {pixels:,} pixels is too large: export fewer pictures, or a film")
    whole = np.full((len(lines) * (height + GAP) + GAP, columns * (width + GAP) + GAP, 3), GROUND, np.uint8)
    for row, line in enumerate(lines):
        for column, tile in enumerate(line):
            top, left = GAP + row * (height + GAP), GAP + column * (width + GAP)
            whole[top : top + height, left : left + width] = _enlarged(tile, scale)
    return whole


def _enlarged(tile: np.ndarray, scale: int) -> np.ndarray:
    return tile.repeat(scale, axis=0).repeat(scale, axis=1)
