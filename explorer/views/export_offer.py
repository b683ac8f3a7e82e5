"""What a workspace can export, and what the person chose of it: between workspaces and the one dialog."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from explorer.engine.thread.requests import Payload
from explorer.exports.kinds import KINDS, Drawn, Stored, drawn, pages


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """How an export shall be.

    Attributes
    ----------
    ending : str
        Its kind, a key of `explorer.exports.kinds.KINDS`.
    quantity : str
        Of a chain: a name of `explorer/recipe/quantities.py`.
    samples : int
        Of a chain: the first so many.
    scale : int
        Pixels for each pixel of an image; 0 lets the engine choose.
    frames : int
        Films and pages of a chain: at most so many of its states.
    fps : float
        Films: pictures a second.
    labels : bool
        Names of lanes and a caption are drawn.
    plane : int
        Pages of a plane: which of those that are offered.
    """

    ending: str
    quantity: str = ""
    samples: int = 0
    scale: int = 0
    frames: int = 100
    fps: float = 24.0
    labels: bool = True
    plane: int = 0


@dataclass(frozen=True, slots=True)
class ExportOffer:
    """What there is to export.

    Attributes
    ----------
    of : "chain" or "strip"
        Kinds are titled accordingly; a strip is no array, and a film of it has all its pictures. It lies under a plane, which can be
        a page.
    name : str
        What the names of its files begin with.
    quantities : tuple of str
        Of a chain: those that its lanes have now.
    quantity : str
        The one that is shown.
    t : int
        Of a chain: the step that is shown.
    samples : int
        Of a chain: how many there are.
    states : int
        Pictures of a film that leaves none out; 0 where there is no strip, but a plane.
    fps : float or None
        At what speed it plays in the window; None if it does not.
    preview : callable
        The question whose answer, an ExportPreviewed, shows what a choice leads to.
    write : callable
        Has it written: path and choice.
    planes : mapping of int to str
        Planes side by side, by number, with what each is called; `plane` is the one that is chosen at first.
    """

    of: Literal["chain", "strip"]
    name: str
    states: int
    preview: Callable[[ExportChoice], Payload]
    write: Callable[[str, ExportChoice], None]
    quantities: tuple[str, ...] = ()
    quantity: str = ""
    t: int = 0
    samples: int = 0
    fps: float | None = None
    planes: Mapping[int, str] = field(default_factory=dict)
    plane: int = 0

    @property
    def kinds(self) -> dict[str, Drawn | Stored]:
        """Kinds of files that it can be, by ending; a strip is a film first of all, its plane a page."""
        if self.of == "chain":
            return dict(KINDS)
        return {**(dict(sorted(drawn().items(), key=lambda item: not item[1].film)) if self.states else {}), **pages()}

    def title(self, ending: str) -> str:
        """What a kind of file holds of it: "Picture of what is shown"."""
        kind = self.kinds[ending]
        if self.of == "chain":
            return kind.title
        return kind.strip if isinstance(kind, Drawn) else kind.plane

    def stem(self, choice: ExportChoice) -> str:
        """Name of a file without its ending, the same for the same thing: "reverse-chain-x0_hat-t500"."""
        kind = self.kinds[choice.ending]
        if self.of == "strip":
            return f"{self.name}-{'strip' if isinstance(kind, Drawn) else 'plane'}"
        if isinstance(kind, Stored):
            return f"{self.name}-page" if kind.page else f"{self.name}-arrays"
        return f"{self.name}-{choice.quantity}" + ("-film" if kind.film else f"-t{self.t}")


def free_path(folder: Path, stem: str, ending: str) -> Path:
    """A path that is not there yet: numbered where the plain one is."""
    path, number = folder / f"{stem}{ending}", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}{ending}"
    return path


def with_ending(path: str, ending: str) -> str:
    """The path with that ending in the place of another kind's; one that is none of ours stays before it."""
    known = Path(path).suffix.lower()
    return str(Path(path).with_suffix(ending)) if known in KINDS else path + ending
