"""The strip under a latent plane on its way to a file."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from explorer.engine.thread.files import WrittenFile
from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe import Recipe


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
