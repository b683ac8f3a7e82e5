"""`decode --out plane.html`: the plane as a page, in which the decoder runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.cli.plane_options import PlaneOptions, check_dimensions
from explorer.errors import BadInput
from explorer.recipe import PlaneRecipe, Point, Stroke

if TYPE_CHECKING:
    from explorer.checkpoints.files import Checkpoint


def check(options: PlaneOptions) -> None:
    """Refuse what a page has no place for, before anything is opened (BadInput)."""
    if options.grid is not None or options.prior is not None:
        raise BadInput("a page decodes any place of its plane: leave out --grid and --prior")
    if options.path is not None and len(options.z) != 2:
        raise BadInput("--path is the way between two codes: give --z twice")
    if any(len(place) != 2 for place in options.z):
        raise BadInput("--z: on a page each is a place on its plane, two numbers")


def recipe_of(options: PlaneOptions, opened: Checkpoint) -> PlaneRecipe:
    """Places as points, and the path between two as a stroke (BadInput if there is no such plane)."""
    from explorer.checkpoints.locate import source_of
    from explorer.models.roles import LatentModel

    if options.plane is not None and isinstance(opened.network, LatentModel):
        check_dimensions(opened, opened.network.config.code)
    points = tuple(Point(f"P{i}", x, y) for i, (x, y) in enumerate(options.z, start=1))
    strokes: tuple[Stroke, ...] = ()
    if options.path is not None:
        ends = tuple((point.x, point.y) for point in points)
        strokes = (Stroke(options.path.value.capitalize(), ends, options.frames, options.path.value),)
    return PlaneRecipe(opened.sha256, source_of(opened.path), points, strokes, slice=options.slice(), told=opened.card.told)
