"""Exports: chains written to a file with their recipe, and the recipe of such a file."""

from __future__ import annotations

from dataclasses import dataclass, field

from explorer.engine.chain.messages import LaneKey
from explorer.engine.pictures.tiles import Palette
from explorer.engine.thread.files import ReadFile, WrittenFile
from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe import ChainRecipe, Recipe, Shown


@dataclass(frozen=True, slots=True)
class ExportLook:
    """How an exported picture or film is drawn.

    Attributes
    ----------
    shown : Shown
        State, quantity and layout; a film goes over all states.
    labels : tuple of str
        One a lane.
    timeline : LaneKey or None
        The lane on whose schedule t is.
    palette : Palette
        Centre of the diverging map; dark as the sheets are.
    scale : int or None
        Pixels for each pixel of an image; None chooses.
    frames : int
        Films: at most so many states.
    fps : float
        Films: pictures a second.
    """

    shown: Shown = field(default_factory=Shown)
    labels: tuple[str, ...] = ()
    timeline: LaneKey | None = None
    palette: Palette = "dark"
    scale: int | None = None
    frames: int = 100
    fps: float = 24.0


@dataclass(frozen=True, slots=True)
class ExportChain(Payload):
    """Write lanes to a .png, .gif, .mp4 or .npz, sampling what is missing of them.

    Answers: ExportProgress (at most ten a second), Exported. Nothing is left of a file that is not finished.
    """

    answered_by = "explorer.engine.chain.export.exports:export_chain"
    background = True

    recipe: ChainRecipe
    path: WrittenFile
    look: ExportLook


@dataclass(frozen=True, slots=True)
class PreviewExport(Payload):
    """One look at what an ExportChain with the same recipe and look would make, from the states that there are.

    Answer: ExportPreviewed.
    """

    answered_by = "explorer.engine.chain.export.preview:preview_export"

    recipe: ChainRecipe
    ending: str
    look: ExportLook


@dataclass(frozen=True, slots=True)
class ReadExport(Payload):
    """Read the recipe of a file that this app exported. Answer: ExportRead."""

    answered_by = "explorer.engine.chain.export.exports:read_export"

    path: ReadFile


@dataclass(frozen=True, slots=True)
class ExportProgress(Outcome):
    """How far an export is: `words` say what is done, `done` of `total`."""

    partial = True

    words: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Exported(Outcome):
    """The file is there."""

    path: str
    nbytes: int


@dataclass(frozen=True, slots=True)
class ExportRead(Outcome):
    """The recipe in a file; None if there is none, and `why` says so for a person."""

    path: str
    recipe: Recipe | None
    why: str = ""
