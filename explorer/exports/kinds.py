"""The table of export kinds: what can be written, how, and how its recipe is read again.

A new kind is its writer's file and a row here: dialogs, `sample`, `decode`, `replay`, opening and the engine read this table.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.exports import arrays, film, gif, pictures
from explorer.exports.comparing import ARRAYS, FILMS, PAGES, PIXELS, Comparison
from explorer.exports.page import embedding
from explorer.exports.page.archive import PAGE_BYTES, PageArchive
from explorer.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One row; a `Drawn` or a `Stored`.

    Attributes
    ----------
    ending : str
        Of the files' names, such as ".png".
    title : str
        In the dialog of a chain.
    read : callable
        The recipe's text in a file, empty if it has none; raises, whatever it may be, if the file is damaged.
    may_be_ours : callable
        Whether a file that can be read may have a recipe: never False of one in which `read` finds it, and quickly known.
    compared : Comparison
    """

    ending: str
    title: str
    read: Callable[[Path], str]
    may_be_ours: Callable[[Path], bool]
    compared: Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn(Kind):
    """Holds a picture, or a film of them.

    Attributes
    ----------
    strip : str
        Title in the dialog of a strip of decodings.
    film : bool
        It holds as many pictures as are added; else one.
    write : callable
        A context for path, recipe and pictures a second: it gives what adds a picture (H, W) or (H, W, 3) uint8.
    check : callable
        Raises BadInput if it cannot hold pictures of (height, width).
    most_pixels : float
        Of all its pictures together.
    plain : bool
        A file without a recipe is a picture like any other, and opened as such.
    """

    strip: str
    write: Callable[[Path, Recipe, float], AbstractContextManager[Callable[[np.ndarray], None]]]
    film: bool = False
    check: Callable[[Path, tuple[int, int]], None] = lambda _path, _size: None
    most_pixels: float = math.inf
    plain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored(Kind):
    """Holds arrays by name.

    Attributes
    ----------
    write : callable
        The archive of a path and a recipe: a context.
    space : callable
        Bytes on disk while arrays of these sizes are written.
    page : bool
        To be looked at: of chains, of the samples, with the names and as many states as the recipe's `shown` says. A latent plane has
        one, too, which `explorer.exports.page.plane` makes.
    plane : str
        Title in the dialog of a plane.
    """

    write: Callable[[Path, Recipe], arrays.Archive]
    space: Callable[[Sequence[int]], int] = arrays.space_needed
    page: bool = False
    plane: str = ""


_ROWS: tuple[Drawn | Stored, ...] = (
    Drawn(
        ending=".png", title="Picture of what is shown", strip="Sheet", write=pictures.png_picture, plain=True,
        read=pictures.recipe_text, may_be_ours=pictures.png_may_be_ours, compared=PIXELS,
    ),
    Drawn(
        ending=".gif", title="Film from x_T to x₀", strip="Film", write=gif.gif_film, film=True, most_pixels=2**31, plain=True,
        read=gif.recipe_text, may_be_ours=gif.may_be_ours, compared=PIXELS,
    ),
    Drawn(
        ending=".mp4", title="Film from x_T to x₀", strip="Film", write=film.mp4_film, film=True, check=film.check_size,
        read=film.recipe_text, may_be_ours=Path.is_file, compared=FILMS,
    ),
    Stored(
        ending=".npz", title="Arrays of every step", write=arrays.ArrayArchive,
        read=arrays.recipe_text, may_be_ours=arrays.may_be_ours, compared=ARRAYS,
    ),
    Stored(
        ending=".html", title="Page with a slider over t, for any browser", write=PageArchive, space=lambda _sizes: PAGE_BYTES, page=True,
        plane="Page that decodes in any browser",
        read=embedding.recipe_text, may_be_ours=embedding.may_be_ours, compared=PAGES,
    ),
)  # fmt: skip
KINDS: dict[str, Drawn | Stored] = {row.ending: row for row in _ROWS}
"""By ending, in the order of the dialogs."""


def kind_of(path: Path) -> Drawn | Stored | None:
    """The kind that a file's name says; None if it is none of them."""
    return KINDS.get(path.suffix.lower())


def drawn() -> dict[str, Drawn]:
    """Kinds that hold pictures, by ending."""
    return {ending: kind for ending, kind in KINDS.items() if isinstance(kind, Drawn)}


def single() -> dict[str, Drawn | Stored]:
    """Kinds that hold decodings of single codes, which are no films and no chains, by ending."""
    return {ending: kind for ending, kind in KINDS.items() if not (kind.page if isinstance(kind, Stored) else kind.film)}


def pages() -> dict[str, Stored]:
    """Kinds that a latent plane can be, by ending."""
    return {ending: kind for ending, kind in KINDS.items() if isinstance(kind, Stored) and kind.page}
