"""Which codes a command is about: typed ones, a path, samples of the prior, or a grid; on a plane where one is named."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from explorer.datasets.reading import Background
from explorer.errors import BadInput
from explorer.recipe import PlaneGrid, PlaneRecipe, Point, PriorSamples, Slice, Stroke

if TYPE_CHECKING:
    import numpy as np

    from explorer.checkpoints.files import Checkpoint
    from explorer.latent.slices import PlaneSlice
    from explorer.models.roles import LatentModel

ALONG = "0,1"
SHEET_COLUMNS = 16


class SliceName(StrEnum):
    """Planes of a latent space of more than 2 dimensions."""

    components = "components"
    axes = "axes"
    images = "images"
    pictures = "pictures"
    random = "random"


class PathKind(StrEnum):
    """Ways between two codes."""

    line = "line"
    spherical = "spherical"
    geodesic = "geodesic"


@dataclass(frozen=True, kw_only=True)
class PlaneOptions:
    """What was asked for."""

    z: tuple[tuple[float, ...], ...]
    grid: int | None
    extent: float
    path: PathKind | None
    frames: int
    prior: int | None
    seed: int
    plane: SliceName | None
    along: tuple[int, ...]
    through: tuple[int, ...]
    pictures: tuple[str, ...]
    background: Background
    offsets: tuple[float, ...]

    def check(self) -> None:
        """Refuse what contradicts itself before anything is opened (BadInput)."""
        if not self.z and self.grid is None and self.prior is None:
            raise BadInput('nothing to decode: give --z "x,y", --grid N or --prior N')
        if self.prior is not None and (self.z or self.grid is not None or self.path is not None or self.plane is not None):
            raise BadInput("--prior samples the whole latent space: leave out --z, --grid, --path and --slice")
        if self.path is not None and (len(self.z) != 2 or self.grid is not None):
            raise BadInput("--path is the way between two codes: give --z twice, and no --grid")
        if self.grid is not None and len(self.z) > 1:
            raise BadInput("--grid has one centre: give --z once")
        if self.plane is not SliceName.images and self.through:
            raise BadInput("--through names the images of --slice images")
        if self.plane is SliceName.images and len(self.through) != 3:
            raise BadInput("--slice images goes through three test images: give --through, such as 3,14,159")
        if self.plane is SliceName.pictures and len(self.pictures) not in (2, 3):
            raise BadInput(f"--slice pictures goes through two or three: give --picture twice or three times, not {len(self.pictures)}")
        if self.plane is not SliceName.pictures and self.pictures:
            raise BadInput("--picture names the files of --slice pictures")
        if self.plane is not SliceName.pictures and self.background != "white":
            raise BadInput("--background: of no meaning without --slice pictures")

    def slice(self) -> Slice | None:
        """The plane, as the recipe has it (BadInput if it cannot be)."""
        if self.plane is None:
            return None
        if len(self.along) != 2:
            raise BadInput(f"--along names two directions, such as 0,1, not {len(self.along)}")
        seed = self.seed if self.plane is SliceName.random else 0
        try:
            return Slice(
                self.plane.value, *self.along, images=self.through, seed=seed, offsets=self.offsets, pictures=self.pictures,
                background=self.background,
            )  # fmt: skip
        except ValueError as error:
            raise BadInput(f"--slice {self.plane.value}: {error}") from None


@dataclass(frozen=True)
class Chosen:
    """Codes (M, d) float32, how many stand in a row, and the recipe that makes them."""

    codes: np.ndarray
    columns: int
    recipe: PlaneRecipe


def numbers(option: str, text: str) -> tuple[float, ...]:
    """Finite numbers with commas between them (BadInput)."""
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        found = ()
    if not found or not all(math.isfinite(number) for number in found):
        raise BadInput(f'{option} {text}: expected finite numbers with commas between them, such as "0.5,-1"')
    return found


def whole_numbers(option: str, text: str | None) -> tuple[int, ...]:
    """Whole numbers from 0 with commas between them; none for None (BadInput)."""
    if text is None:
        return ()
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and len(part) < 10 for part in parts):
        raise BadInput(f"{option} {text}: expected whole numbers from 0 with commas between them, such as 0,1")
    return tuple(int(part) for part in parts)


def choose(options: PlaneOptions, opened: Checkpoint, model: LatentModel) -> Chosen:
    """Codes that are asked for, and their recipe.

    Raises
    ------
    BadInput
        If codes have another number of dimensions, or there is no such plane.
    """
    from msgspec.structs import replace

    from explorer.checkpoints.locate import source_of

    base = PlaneRecipe(opened.sha256, source_of(opened.path), slice=options.slice(), told=opened.card.told)
    if options.prior is not None:
        return _prior(options, model, replace(base, prior=PriorSamples(options.prior, options.seed)))
    plane = _plane(options, opened, model, base.slice)
    dimensions = model.config.code if plane is None else 2
    for code in options.z:
        if len(code) != dimensions:
            typed = ",".join(f"{number:g}" for number in code)
            where = f"{opened.path.name} has codes" if plane is None else "a place on a plane is a code"
            raise BadInput(f"--z {typed}: {where} of {dimensions} numbers, not {len(code)}" + _hint(plane, dimensions, len(code)))
    if options.grid is not None:
        return _grid(options, dimensions, plane, base)
    if options.path is not None:
        return _path(options, model, plane, base)
    return _typed(options, plane, base)


def _hint(plane: PlaneSlice | None, dimensions: int, given: int) -> str:
    return "; with --slice, two numbers are a place on a plane" if plane is None and dimensions > 2 and given == 2 else ""


def _plane(options: PlaneOptions, opened: Checkpoint, model: LatentModel, wanted: Slice | None) -> PlaneSlice | None:
    from explorer.engine.latent.plane import open_plane
    from explorer.engine.models.models import Models

    code = model.config.code
    if wanted is None:
        if options.grid is not None and code != 2:
            raise BadInput(f"--grid needs a plane, and {opened.path.name} has codes of {code} numbers: add --slice components, or another")
        return None
    if code <= 2:
        raise BadInput(
            f"--slice: {opened.path.name} has codes of {code} number{'s' * (code > 1)}: there is no other plane than all of them"
        )
    opening = open_plane(str(opened.path), wanted, Models(next(model.parameters()).device))
    while True:
        try:
            next(opening)
        except StopIteration as end:
            return end.value.slice


def _codes(places: np.ndarray, plane: PlaneSlice | None) -> np.ndarray:
    import numpy as np

    return np.asarray(places if plane is None else plane.lift(places), np.float32)


def _typed(options: PlaneOptions, plane: PlaneSlice | None, base: PlaneRecipe) -> Chosen:
    import numpy as np
    from msgspec.structs import replace

    codes = _codes(np.array(options.z), plane)
    if len(options.z[0]) != 2:
        return Chosen(codes, min(len(codes), SHEET_COLUMNS), replace(base, codes=options.z))
    points = tuple(Point(str(i + 1), x, y) for i, (x, y) in enumerate(options.z))
    return Chosen(codes, min(len(codes), SHEET_COLUMNS), replace(base, points=points))


def _prior(options: PlaneOptions, model: LatentModel, recipe: PlaneRecipe) -> Chosen:
    from explorer.latent.prior import prior_codes

    assert options.prior is not None
    codes = prior_codes(options.seed, range(options.prior), model.config.code).numpy()
    return Chosen(codes, min(SHEET_COLUMNS, math.ceil(math.sqrt(len(codes)))), recipe)


def _grid(options: PlaneOptions, dimensions: int, plane: PlaneSlice | None, base: PlaneRecipe) -> Chosen:
    from msgspec.structs import replace

    from explorer.latent.plane import cell_centres

    assert options.grid is not None
    x, y = options.z[0] if options.z else (0.0,) * dimensions
    reach = options.extent
    try:
        grid = PlaneGrid((x - reach, x + reach, y - reach, y + reach), options.grid, options.grid)
        centres = cell_centres(grid.extent, grid.columns, grid.rows)
    except ValueError as error:
        raise BadInput(str(error)) from None
    return Chosen(_codes(centres, plane), options.grid, replace(base, grid=grid))


def _path(options: PlaneOptions, model: LatentModel, plane: PlaneSlice | None, base: PlaneRecipe) -> Chosen:
    import numpy as np
    import torch
    from msgspec.structs import replace

    from explorer.latent.decoder import Decoder
    from explorer.latent.geodesic import CODES, relax
    from explorer.latent.interpolation import line, spherical
    from explorer.latent.strokes import resample

    assert options.path is not None
    start, end = np.array(options.z)
    if options.path is PathKind.spherical:
        first, last = _codes(np.array(options.z), plane).astype(np.float64)
        codes = spherical(first, last, options.frames)
    elif options.path is PathKind.line:
        codes = _codes(line(start, end, options.frames), plane)
    else:
        decoder = Decoder(model, plane)
        with torch.inference_mode():
            straight = torch.from_numpy(line(start, end, CODES)).to(next(model.parameters()))
            *_, relaxed = relax(decoder, straight)
        codes = _codes(resample(relaxed.path.double().cpu().numpy(), options.frames), plane)
    codes = np.asarray(codes, np.float32)
    if len(start) != 2:
        return Chosen(codes, min(len(codes), SHEET_COLUMNS), replace(base, codes=tuple(tuple(map(float, code)) for code in codes)))
    stroke = Stroke("path", (options.z[0], options.z[1]), options.frames, options.path.value)  # type: ignore[arg-type]
    return Chosen(codes, min(len(codes), SHEET_COLUMNS), replace(base, strokes=(stroke,)))
