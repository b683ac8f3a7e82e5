"""Strokes of every shape through a model: where they go, at even distances, decoded."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import torch
from torch import Tensor

from explorer.engine.desk import Desk
from explorer.engine.latent.batches import batch
from explorer.engine.latent.messages import ShowStroke, StrokeShown
from explorer.engine.latent.plane import OpenPlane, open_plane
from explorer.engine.models.models import Models
from explorer.engine.pictures.tiles import grey_tiles
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.latent.geodesic import CODES, relax
from explorer.latent.interpolation import line, spherical
from explorer.latent.strokes import circle, length, resample, resample_by
from explorer.models.roles import LatentModel
from explorer.recipe import Stroke

Shown = Generator[StrokeShown | None, None, None]

ROUND = 129
"""Corners of an arc."""

FINE = 8
"""A path is decoded at so many times the frames asked for, to find frames at even distances between images."""

MEASURED, LEAST_MEASURED = 257, 33
"""Decodings between which a stroke's length in images is measured: chords between fewer are short cuts. Of large images there are fewer."""


def show_stroke(request: ShowStroke, desk: Desk) -> Steps:
    """Answer a ShowStroke or a ShowGeodesic; None is a cancel point.

    Raises
    ------
    BadInput
        If the checkpoint has no such plane, or the decodings along the stroke are not finite.
    """
    plane = yield from open_plane(request.path, request.slice, desk.of(Models), request.told)
    try:
        if request.stroke.shape == "geodesic":
            yield from _relaxed(request, plane)
        else:
            yield from _along(request, plane)
    except ValueError as error:
        raise BadInput(f"{request.stroke.name or 'the stroke'}: {error}") from None


def outline_of(stroke: Stroke) -> np.ndarray:
    """Corners (M, 2) of a stroke that is the same for every model: free, straight or round."""
    nodes = np.array(stroke.path, np.float64)
    return circle(stroke.path[0], stroke.path[1]) if stroke.shape == "circle" else nodes


def _along(request: ShowStroke, plane: OpenPlane) -> Shown:
    stroke = request.stroke
    if stroke.shape == "spherical" and plane.model.config.code > 2:
        yield from _off_plane(request, plane)
        return
    if stroke.shape == "spherical":
        nodes = np.array(stroke.path, np.float64)
        outline = spherical(nodes[0], nodes[1], ROUND)
    else:
        outline = outline_of(stroke)
    yield from _shown(request, plane, outline)


def _shown(request: ShowStroke, plane: OpenPlane, outline: np.ndarray, iteration: int = 0, partial: bool = False) -> Shown:
    stroke, model = request.stroke, plane.model
    places = resample(outline, stroke.frames)
    if stroke.spacing == "image":
        fine = resample(outline, max(2, FINE * stroke.frames))
        steps = yield from _steps(model, _codes(plane, fine))
        places = resample_by(fine, steps, stroke.frames)
    steps = yield from _steps(model, _codes(plane, resample(outline, _measured(model))))
    images = yield from _decoded(model, _codes(plane, places))
    yield _answer(request, places, outline, images, float(steps.sum()) / 2, iteration, partial)


def _measured(model: LatentModel) -> int:
    return max(LEAST_MEASURED, batch(model, MEASURED))


def _codes(plane: OpenPlane, places: np.ndarray) -> Tensor:
    return plane.decode.codes(plane.tensor(places))


def _decoded(model: LatentModel, codes: Tensor) -> Generator[None, None, Tensor]:
    """Images (M, C, H, W) of codes (M, d), returned; None between batches."""
    parts: list[Tensor] = []
    for block in codes.split(batch(model, MEASURED)):
        if parts:
            yield None
        parts.append(model.decode(block))
    return torch.cat(parts)


def _steps(model: LatentModel, codes: Tensor) -> Generator[None, None, np.ndarray]:
    """Distances (M - 1,) of the decodings of neighbouring codes, returned; None between batches, no more of which are held than two."""
    lengths: list[Tensor] = []
    last: Tensor | None = None
    for block in codes.split(batch(model, MEASURED)):
        if last is not None:
            yield None
        flat = model.decode(block).flatten(1)
        joined = flat if last is None else torch.cat([last, flat])
        lengths.append((joined[1:] - joined[:-1]).norm(dim=1))
        last = flat[-1:]
    found: np.ndarray = torch.cat(lengths).double().cpu().numpy()
    if not np.isfinite(found).all():
        raise ValueError("the decodings along the path are not finite")
    return found


def _answer(
    request: ShowStroke,
    places: np.ndarray,
    outline: np.ndarray,
    images: Tensor,
    image_length: float,
    iteration: int = 0,
    partial: bool = False,
) -> StrokeShown:
    tiles = grey_tiles(images.float().cpu().numpy())
    for array in (places, outline, tiles):
        array.setflags(write=False)
    return StrokeShown(request.path, request.stroke, places, outline, tiles, length(outline), image_length, iteration, partial)


def _off_plane(request: ShowStroke, plane: OpenPlane) -> Shown:
    """An arc about the origin of a space of more dimensions: it leaves the plane, on which it is drawn where it is nearest."""
    stroke, model = request.stroke, plane.model
    ends = plane.slice.lift(np.array(stroke.path))
    arc = walked = spherical(ends[0], ends[1], ROUND if stroke.spacing == "image" else stroke.frames)

    def tensor(codes: np.ndarray) -> Tensor:
        return torch.from_numpy(codes.astype(np.float32)).to(plane.device)

    if stroke.spacing == "image":
        fine = resample(arc, max(2, FINE * stroke.frames))
        walked = resample_by(fine, (yield from _steps(model, tensor(fine))), stroke.frames)
    steps = yield from _steps(model, tensor(spherical(ends[0], ends[1], _measured(model))))
    images = yield from _decoded(model, tensor(walked))
    outline, places = (np.ascontiguousarray(plane.slice.project(codes)[0]) for codes in (arc, walked))
    yield _answer(request, places, outline, images, float(steps.sum()) / 2)


def _relaxed(request: ShowStroke, plane: OpenPlane) -> Shown:
    start, end = np.array(request.stroke.path, np.float64)
    for now in relax(plane.decode, plane.tensor(line(start, end, CODES))):
        yield None
        yield from _shown(request, plane, now.path.double().cpu().numpy(), now.iteration, not now.done)
