"""A latent plane, and the strip under it, on their way to files."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from explorer.engine.thread.files import ReadFile, WrittenFile
from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe import Recipe, Slice
from explorer.recipe.told import Told


@dataclass(frozen=True, slots=True)
class ExportStrip(Payload):
    """Write strips of decodings. Answer: StripExported.

    Attributes
    ----------
    out : str
        A .png (a sheet), .gif or .mp4 (a film, the strips one below another).
    strips : tuple of ndarray, each of shape (M, H, W, 3), uint8
        All of one shape.
    recipe : Recipe
        Makes them again; stored in the file.
    fps : float
        Frames a second, greater than 0.
    scale : int
        Pixels for each pixel of an image; 0 chooses.
    """

    answered_by = "explorer.engine.latent.strip_export:export_strip"
    background = True

    out: WrittenFile
    strips: tuple[np.ndarray, ...] = field(compare=False)
    recipe: Recipe
    fps: float = 16.0
    scale: int = 0


@dataclass(frozen=True, slots=True)
class PreviewStrip(Payload):
    """One look at what an ExportStrip would write. Answer: ExportPreviewed."""

    answered_by = "explorer.engine.latent.strip_export:preview_strip"

    strips: tuple[np.ndarray, ...] = field(compare=False)
    ending: str
    scale: int = 0


@dataclass(frozen=True, slots=True)
class StripExported(Outcome):
    """The file that was written."""

    out: str


@dataclass(frozen=True, slots=True)
class ExportPlane(Payload):
    """Write a plane as a page, whose script runs the decoder. Answer: PlaneExported.

    Attributes
    ----------
    out : str
        A .html.
    path : str
        The checkpoint.
    recipe : Recipe
        Of the plane: its slice, its points and its strokes are on the page. Stored in it, without what it does not show.
    """

    answered_by = "explorer.engine.latent.page_export:export_plane"
    background = True

    out: WrittenFile
    path: ReadFile
    recipe: Recipe


@dataclass(frozen=True, slots=True)
class PreviewPlane(Payload):
    """How large a page an ExportPlane would write, or why there can be none. Answer: ExportPreviewed; `told` as of DrawCodes."""

    answered_by = "explorer.engine.latent.page_export:preview_plane"

    path: ReadFile
    slice: Slice | None = None
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class PlaneExported(Outcome):
    """The page that was written: its bytes, and how many codes it has."""

    out: str
    nbytes: int
    codes: int
