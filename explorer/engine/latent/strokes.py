"""Strokes of every shape through a model: where they go, at even distances, decoded."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import torch
from torch import Tensor

from explorer.engine.desk import Desk
from explorer.engine.latent.messages import ShowStroke, StrokeShown
from explorer.engine.latent.plane import OpenPlane, open_plane
from explorer.engine.models.models import Models
from explorer.engine.pictures.tiles import grey_tiles
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.latent.geodesic import CODES, relax
from explorer.latent.geometry import resample_by_image
from explorer.latent.interpolation import line, spherical
from explorer.latent.strokes import circle, length, resample
from explorer.recipe import Stroke

ROUND = 129
"""Corners of an arc."""

MEASURED = 257
"""Decodings between which a stroke's length in images is measured: chords between fewer are short cuts."""


def show_stroke(request: ShowStroke, desk: Desk) -> Steps:
    """Answer a ShowStroke or a ShowGeodesic; None is a cancel point.

    Raises
    ------
    BadInput
        If the checkpoint has no such plane, or the decodings along the stroke are not finite.
    """
    plane = yield from open_plane(request.path, request.slice, desk.of(Models))
    try:
        if request.stroke.shape == "geodesic":
            yield from _relaxed(request, plane)
        else:
            yield _along(request, plane)
    except ValueError as error:
        raise BadInput(f"{request.stroke.name or 'the stroke'}: {error}") from None


def outline_of(stroke: Stroke) -> np.ndarray:
    """Corners (M, 2) of a stroke that is the same for every model: free, straight or round."""
    nodes = np.array(stroke.path, np.float64)
    return circle(stroke.path[0], stroke.path[1]) if stroke.shape == "circle" else nodes


def _along(request: ShowStroke, plane: OpenPlane) -> StrokeShown:
    stroke = request.stroke
    if stroke.shape == "spherical" and plane.model.config.code > 2:
        return _off_plane(request, plane)
    if stroke.shape == "spherical":
        nodes = np.array(stroke.path, np.float64)
        outline = spherical(nodes[0], nodes[1], ROUND)
    else:
        outline = outline_of(stroke)
    return _shown(request, plane, outline)


def _shown(request: ShowStroke, plane: OpenPlane, outline: np.ndarray, iteration: int = 0, partial: bool = False) -> StrokeShown:
    stroke = request.stroke
    if stroke.spacing == "image":
        places = resample_by_image(plane.decode, plane.tensor(outline), stroke.frames).double().cpu().numpy()
    else:
        places = resample(outline, stroke.frames)
    measured = _length(plane.decode(plane.tensor(resample(outline, MEASURED))))
    return _answer(request, places, outline, plane.decode(plane.tensor(places)), measured, iteration, partial)


def _length(images: Tensor) -> float:
    """Sum of the distances between neighbouring images, pixels in [0, 1]."""
    flat = images.flatten(1)
    return float((flat[1:] - flat[:-1]).norm(dim=1).sum()) / 2


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


def _off_plane(request: ShowStroke, plane: OpenPlane) -> StrokeShown:
    """An arc about the origin of a space of more dimensions: it leaves the plane, on which it is drawn where it is nearest."""
    stroke, model = request.stroke, plane.model
    ends = plane.slice.lift(np.array(stroke.path))
    arc = spherical(ends[0], ends[1], ROUND if stroke.spacing == "image" else stroke.frames)
    codes = torch.from_numpy(arc.astype(np.float32)).to(plane.device)
    if stroke.spacing == "image":
        codes = resample_by_image(model.decode, codes, stroke.frames)
    fine = torch.from_numpy(spherical(ends[0], ends[1], MEASURED).astype(np.float32)).to(plane.device)
    outline = plane.slice.project(arc)[0]
    places = plane.slice.project(codes.double().cpu().numpy())[0]
    return _answer(request, np.ascontiguousarray(places), np.ascontiguousarray(outline), model.decode(codes), _length(model.decode(fine)))


def _relaxed(request: ShowStroke, plane: OpenPlane) -> Generator[StrokeShown | None, None, None]:
    start, end = np.array(request.stroke.path, np.float64)
    for now in relax(plane.decode, plane.tensor(line(start, end, CODES))):
        yield None
        yield _shown(request, plane, now.path.double().cpu().numpy(), now.iteration, not now.done)
