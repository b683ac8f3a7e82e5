"""How a picture comes to be, as one frozen value without torch or Qt.

The same value is the window's state, a request to the engine, the arguments of `sample`, a session file and
the metadata of an export. Whoever adds a feature adds it here first.
"""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from explorer.errors import BadInput

RECIPE_VERSION = 1
MAX_SAMPLES = 4096
MAX_STEPS = 1_000_000
MAX_SEED = 2**63 - 1
MAX_LANES = 16
MAX_CELLS = 16_384
MAX_CORNERS = 65_536
MAX_FRAMES = 1024

OptionName = Literal["A", "B", "C", "V"]


class Sampler(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a lane walks from x_T to x_0.

    Attributes
    ----------
    steps : int or None
        K of the T timesteps, evenly spaced; None is all.
    eta : float
        In [0, 1]: 1 is ancestral sampling, 0 deterministic DDIM.
    clip : bool
        Keep x0_hat in [-1, 1].
    """

    steps: int | None = None
    eta: float = 1.0
    clip: bool = False

    def __post_init__(self) -> None:
        """Refuse a sampler that cannot be (ValueError)."""
        if self.steps is not None and not 1 <= self.steps <= MAX_STEPS:
            raise ValueError(f"steps must be in 1..{MAX_STEPS}, not {self.steps}")
        if not 0 <= self.eta <= 1:
            raise ValueError(f"eta must be in [0, 1], not {self.eta}")


class Lane(msgspec.Struct, frozen=True, omit_defaults=True):
    """One column: a checkpoint with its option and sampler.

    Attributes
    ----------
    checkpoint : str
        sha256 of the file.
    source : str
        Where the file was, or the name of a shipped one: a hint for finding it again.
    option : str or None
        What its network predicts, as the checkpoint says.
    sampler : Sampler
    """

    checkpoint: str
    source: str
    option: OptionName | None = None
    sampler: Sampler = Sampler()


class ChainRecipe(msgspec.Struct, frozen=True, omit_defaults=True):
    """Lanes that start at the same x_T and get the same z_t.

    Attributes
    ----------
    lanes : tuple of Lane
    seed : int
        In [0, 2**63).
    samples : int
        N; sample i is the same at any N.
    """

    lanes: tuple[Lane, ...] = ()
    seed: int = 0
    samples: int = 16

    def __post_init__(self) -> None:
        """Refuse what cannot be sampled (ValueError)."""
        if not 0 <= self.seed <= MAX_SEED:
            raise ValueError(f"the seed must be in [0, 2**63), not {self.seed}")
        if not 1 <= self.samples <= MAX_SAMPLES:
            raise ValueError(f"samples must be in 1..{MAX_SAMPLES}, not {self.samples}")
        if len(self.lanes) > MAX_LANES:
            raise ValueError(f"there can be at most {MAX_LANES} lanes, not {len(self.lanes)}")


class Point(msgspec.Struct, frozen=True):
    """A named point of a plane."""

    name: str
    x: float
    y: float

    def __post_init__(self) -> None:
        """Refuse a point that is nowhere (ValueError)."""
        if not (math.isfinite(self.x) and math.isfinite(self.y)):
            raise ValueError(f"a point's coordinates are finite, not ({self.x}, {self.y})")


class Stroke(msgspec.Struct, frozen=True, omit_defaults=True):
    """A path painted on a plane: its corners in latent coordinates, decoded at `frames` even distances."""

    name: str
    path: tuple[tuple[float, float], ...]
    frames: int = 64

    def __post_init__(self) -> None:
        """Refuse what cannot be decoded (ValueError)."""
        if not 1 <= len(self.path) <= MAX_CORNERS or not all(math.isfinite(c) for corner in self.path for c in corner):
            raise ValueError(f"a stroke has 1 to {MAX_CORNERS} corners, all finite")
        if not 1 <= self.frames <= MAX_FRAMES:
            raise ValueError(f"a stroke has 1 to {MAX_FRAMES} frames, not {self.frames}")


class PlaneGrid(msgspec.Struct, frozen=True):
    """Decodings of a grid over a rectangle of the plane, at its cells' centres.

    Attributes
    ----------
    extent : tuple of float
        (x_min, x_max, y_min, y_max) in latent coordinates.
    columns, rows : int
    """

    extent: tuple[float, float, float, float]
    columns: int
    rows: int

    def __post_init__(self) -> None:
        """Refuse a grid that cannot be decoded (ValueError)."""
        x_min, x_max, y_min, y_max = self.extent
        if not all(math.isfinite(edge) for edge in self.extent) or not (x_min < x_max and y_min < y_max):
            raise ValueError(f"a grid's extent is x_min < x_max and y_min < y_max, finite, not {self.extent}")
        if not (self.columns >= 1 and self.rows >= 1 and self.columns * self.rows <= MAX_CELLS):
            raise ValueError(f"a grid has 1 to {MAX_CELLS} cells, not {self.columns} x {self.rows}")


class PlaneRecipe(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is on a latent plane.

    Attributes
    ----------
    checkpoint, source : str
        As in `Lane`; empty before one is chosen.
    points, strokes : tuple
        What the person put there, in latent coordinates.
    grid : PlaneGrid or None
        The manifold of decodings, where it is the picture.
    """

    checkpoint: str = ""
    source: str = ""
    points: tuple[Point, ...] = ()
    strokes: tuple[Stroke, ...] = ()
    grid: PlaneGrid | None = None


class Recipe(msgspec.Struct, frozen=True):
    """Everything that determines a picture; its version is always written, whatever this app's is."""

    version: int = RECIPE_VERSION
    chain: ChainRecipe | None = None
    plane: PlaneRecipe | None = None


class _Version(msgspec.Struct):
    """Read first: a newer version may have another shape."""

    version: int = RECIPE_VERSION


def encode_recipe(recipe: Recipe) -> str:
    """JSON text of a recipe."""
    return msgspec.json.encode(recipe).decode()


def decode_recipe(text: str | bytes, origin: str = "recipe") -> Recipe:
    """Recipe in a JSON text; `origin` is the file that the message names.

    Raises
    ------
    BadInput
        If it is not JSON, a field is missing or out of range, or its version is newer.
    """
    try:
        version = msgspec.json.decode(text, type=_Version).version
        if version == RECIPE_VERSION:
            return msgspec.json.decode(text, type=Recipe)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise BadInput(f"{origin}: not a recipe: {error}") from None
    raise BadInput(f"{origin}: a recipe of version {version}; this app reads version {RECIPE_VERSION}")
