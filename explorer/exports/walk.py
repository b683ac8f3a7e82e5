"""Chains on their way to a file: what `sample` and the window's exports write alike, however each comes by its states.

Both hand over iterators. Whatever else they put among the states (progress, cancel points) is passed on as it comes, and
nothing is left of a file whose iterator is closed before its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np

from explorer.exports.atomic import check_out
from explorer.exports.grid import SmallMultiples
from explorer.exports.kinds import Drawn, Stored
from explorer.exports.sheet import Sheet
from explorer.recipe import LayoutName, Recipe

PLAN = ("timesteps", "alpha_bar", "a0", "at", "sigma")
STATE = "x"
DECODED = "decoded"
"""x_0 as images, (N, C, H, W), of a lane whose states are codes: beside them, which are all else that is stored."""
OF_STEPS = ("x0_hat", "eps_hat", "mean", "z")
"""With the state all that is in an .npz, whatever else can be shown: with them each step can be taken again."""
IMAGES = (STATE, "x0_hat")
"""What is an image in the values of the network."""
Layout = Sheet | SmallMultiples
Other = TypeVar("Other")


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Values of one state of a lane, of some of its samples.

    Attributes
    ----------
    k : int
        Index of the state: 0 is x_T.
    rows : slice
        Which samples.
    values : mapping of str to ndarray, shape (n, C, H, W)
        By `STATE`, names in `OF_STEPS`, and `DECODED`, which has no states.
    """

    k: int
    rows: slice
    values: Mapping[str, np.ndarray]


def unchanged(values: np.ndarray) -> np.ndarray:
    """Values that are images in [-1, 1] already, or codes."""
    return values


@dataclass(frozen=True, slots=True, eq=False)
class WrittenLane(Generic[Other]):
    """A lane that is stored.

    Attributes
    ----------
    plan : mapping of str to ndarray
        Every name in `PLAN`, and others that the lane has.
    samples : int
    image_shape : (C, H, W)
    pieces : callable
        Walks the lane: all states, in any order and of any groups of samples.
    decoded : (C, H, W) or None
        Of the images that its states are decoded to, where they are codes.
    seen : callable
        Of states and x0_hat as its network has them, images in [-1, 1]: what is looked at.
    """

    plan: Mapping[str, np.ndarray]
    samples: int
    image_shape: tuple[int, int, int]
    pieces: Callable[[], Iterable[Piece | Other]]
    decoded: tuple[int, int, int] | None = None
    seen: Callable[[np.ndarray], np.ndarray] = unchanged

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shapes of its large arrays."""
        K = len(self.plan["sigma"])
        shape: tuple[int, ...] = (self.samples, *self.image_shape)
        images: dict[str, tuple[int, ...]] = {} if self.decoded is None else {DECODED: (self.samples, *self.decoded)}
        return {STATE: (K + 1, *shape)} | dict.fromkeys(OF_STEPS, (K, *shape)) | images


@dataclass(frozen=True, slots=True)
class Packed:
    """One of `total` pieces of an archive is packed."""

    total: int


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A picture to draw: tiles (N, C, h, w) uint8 of each lane, and the words below."""

    tiles: Sequence[np.ndarray]
    caption: str = ""


def write_arrays(
    path: Path, kind: Stored, lanes: Sequence[WrittenLane[Other]], recipe: Recipe
) -> Iterator[Other | Packed]:  # fmt: skip
    """Every state and prediction of every lane in float32, and its plan; of a page those that it shows.

    Raises
    ------
    BadInput
        If the disk has no room for them, or refuses.
    """
    sizes = [int(np.prod(shape)) * 4 for lane in lanes for shape in lane.shapes.values()]
    check_out(path, (kind.ending,), kind.space(sizes))
    with kind.write(path, recipe) as archive:
        filled = []
        for i, lane in enumerate(lanes):  # what there will be, before the first value: a page chooses from all of it
            for name, values in lane.plan.items():
                archive.put(f"lane{i}/{name}", values)
            filled.append({name: archive.array(f"lane{i}/{name}", shape) for name, shape in lane.shapes.items()})
        for lane, arrays in zip(lanes, filled, strict=True):
            for piece in lane.pieces():
                if isinstance(piece, Piece):
                    for name, values in piece.values.items():
                        seen_as = lane.seen(values) if kind.page and name in IMAGES else values
                        arrays[name][piece.rows if name == DECODED else (piece.k, piece.rows)] = seen_as
                else:
                    yield piece
        total = archive.parts
        for _ in archive.packed():
            yield Packed(total)


def layout_of(
    name: LayoutName, samples: int, image_shape: tuple[int, int, int], labels: tuple[str, ...], scale: int | None, captioned: bool,
    numbers: tuple[int, ...] = (),
    labelled: bool = True,
) -> Layout:  # fmt: skip
    """A sheet for each lane, or lanes against samples, with their labels unless `labelled` is False.

    `numbers` says which samples they are, where not the first ones.
    """
    if name == "grid":
        return SmallMultiples(samples, image_shape, labels, scale, captioned, numbers, labelled)
    return Sheet(samples, image_shape, labels, scale=scale, captioned=captioned, labelled=labelled)


def write_pictures(
    path: Path, kind: Drawn, layout: Layout, frames: Iterable[Frame | Other], recipe: Recipe, fps: float
) -> Iterator[Other]:  # fmt: skip
    """A picture, or a film of all frames (BadInput if it cannot be written)."""
    with kind.write(path, recipe, fps) as add:
        for frame in frames:
            if isinstance(frame, Frame):
                add(layout.draw(frame.tiles, frame.caption))
            else:
                yield frame
