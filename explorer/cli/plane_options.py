"""Which codes a command is about: typed ones, a path, samples of the prior, or a grid; on a plane where one is named."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from explorer.datasets.reading import Background
from explorer.errors import BadInput
from explorer.recipe import PlaneGrid, PlaneRecipe, PriorSamples, Slice, Stroke

if TYPE_CHECKING:
    import numpy as np

    from explorer.checkpoints.files import Checkpoint
    from explorer.latent.slices import PlaneSlice
    from explorer.models.roles import LatentModel

ALONG = "0,1"


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
        self.check_plane()

    def check_plane(self) -> None:
        """Refuse options of --slice that contradict each other (BadInput)."""
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
    from explorer.sampling.codes import SHEET_COLUMNS
    from explorer.sampling.plane_codes import codes_of

    base = PlaneRecipe(opened.sha256, source_of(opened.path), slice=options.slice(), told=opened.card.told)
    if options.prior is not None:
        recipe = replace(base, prior=PriorSamples(options.prior, options.seed))
        columns = min(SHEET_COLUMNS, math.ceil(math.sqrt(options.prior)))
        return Chosen(codes_of(recipe, model, None), columns, recipe)
    plane = _plane(options, opened, model, base.slice)
    dimensions = model.config.code if plane is None else 2
    for code in options.z:
        if len(code) != dimensions:
            typed = ",".join(f"{number:g}" for number in code)
            where = f"{opened.path.name} has codes" if plane is None else "a place on a plane is a code"
            raise BadInput(f"--z {typed}: {where} of {dimensions} numbers, not {len(code)}" + _hint(plane, dimensions, len(code)))
    if options.grid is not None:
        recipe, columns = _grid(options, dimensions, base)
    elif options.path is not None:
        recipe, columns = _path(options, model, base)
    else:
        recipe, columns = _typed(options, base)
    return Chosen(codes_of(recipe, model, plane), columns, recipe)


def _hint(plane: PlaneSlice | None, dimensions: int, given: int) -> str:
    return "; with --slice, two numbers are a place on a plane" if plane is None and dimensions > 2 and given == 2 else ""


def _plane(options: PlaneOptions, opened: Checkpoint, model: LatentModel, wanted: Slice | None) -> PlaneSlice | None:
    from explorer.engine.models.models import Models
    from explorer.sampling.plane_codes import plane_at

    code = model.config.code
    if wanted is None:
        if options.grid is not None and code != 2:
            raise BadInput(f"--grid needs a plane, and {opened.path.name} has codes of {code} numbers: add --slice components, or another")
        return None
    check_dimensions(opened, code)
    return plane_at(str(opened.path), wanted, Models(next(model.parameters()).device), opened.card.told)


def check_dimensions(opened: Checkpoint, code: int) -> None:
    """Refuse a slice of a latent space that is a plane (BadInput)."""
    if code <= 2:
        raise BadInput(
            f"--slice: {opened.path.name} has codes of {code} number{'s' * (code > 1)}: there is no other plane than all of them"
        )


def _typed(options: PlaneOptions, base: PlaneRecipe) -> tuple[PlaneRecipe, int]:
    import numpy as np

    from explorer.sampling.codes import SHEET_COLUMNS, recipe_of_codes

    return recipe_of_codes(np.array(options.z), base), min(len(options.z), SHEET_COLUMNS)


def _grid(options: PlaneOptions, dimensions: int, base: PlaneRecipe) -> tuple[PlaneRecipe, int]:
    from msgspec.structs import replace

    assert options.grid is not None
    x, y = options.z[0] if options.z else (0.0,) * dimensions
    reach = options.extent
    try:
        grid = PlaneGrid((x - reach, x + reach, y - reach, y + reach), options.grid, options.grid)
    except ValueError as error:
        raise BadInput(str(error)) from None
    return replace(base, grid=grid), options.grid


def _path(options: PlaneOptions, model: LatentModel, base: PlaneRecipe) -> tuple[PlaneRecipe, int]:
    import numpy as np
    from msgspec.structs import replace

    from explorer.sampling.codes import SHEET_COLUMNS
    from explorer.sampling.plane_codes import way

    assert options.path is not None
    columns = min(options.frames, SHEET_COLUMNS)
    if len(options.z[0]) == 2:
        stroke = Stroke("path", (options.z[0], options.z[1]), options.frames, options.path.value)  # type: ignore[arg-type]
        return replace(base, strokes=(stroke,)), columns
    codes = way(options.path.value, np.array(options.z), options.frames, model, None)
    return replace(base, codes=tuple(tuple(map(float, code)) for code in codes)), columns
