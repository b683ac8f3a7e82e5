"""Latent planes: the slice that they are, points, strokes, grids and samples of the prior."""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from explorer.datasets.reading import Background
from explorer.recipe.dabs import Dab
from explorer.recipe.encoded import Encoded
from explorer.recipe.told import Told

MAX_CELLS = 16_384
MAX_CORNERS = 65_536
MAX_FRAMES = 1024
MAX_DIMENSIONS = 2**20
MAX_BESIDE = 3
MAX_PRIOR_SAMPLES = 4096
MAX_CODE_CHAINS = 256
MAX_CODE_STEPS = 1000

SliceKind = Literal["components", "axes", "images", "codes", "random", "pictures"]
StrokeShape = Literal["free", "line", "circle", "spherical", "geodesic"]
Spacing = Literal["plane", "image"]


class Slice(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which plane of a latent space of more than two dimensions is shown (explorer.latent.slices makes it).

    Attributes
    ----------
    kind : str
        "components": through the mean of the test images' codes, along two of their principal components.
        "axes": through the origin, along two axes of the code. "images": through the codes of three test images.
        "codes": through three codes. "random": through the origin, along two directions drawn by `seed`. "pictures": through the codes
        of two picture files and the mean of the test images' codes, or of three.
    first, second : int
        Numbers from 0 of the components or axes; x runs along `first`, y along `second`.
    images : tuple of int
        Three test images, by number from 0.
    codes : tuple of tuple of float
        Three codes, of as many numbers as the checkpoint's.
    seed : int
        In [0, 2**63).
    pictures : tuple of str
        Paths of two or three picture files; they are made as large as the checkpoint's images.
    image : int or None
        A test image whose code the plane goes through: it is moved there the shortest way.
    picture : str
        A picture file instead.
    background, picture_background : "white" or "black"
        What is seen where `pictures`, and `picture`, are transparent.
    offsets : tuple of float
        How far the plane is moved along the remaining directions, in the order of explorer.latent.slices; those
        left out are 0. For "components" they are the other components, largest first; for "axes" the other axes.
    """

    kind: SliceKind = "components"
    first: int = 0
    second: int = 1
    images: tuple[int, ...] = ()
    codes: tuple[tuple[float, ...], ...] = ()
    seed: int = 0
    offsets: tuple[float, ...] = ()
    pictures: tuple[str, ...] = ()
    image: int | None = None
    picture: str = ""
    background: Background = "white"
    picture_background: Background = "white"

    def __post_init__(self) -> None:
        """Refuse a plane that cannot be (ValueError)."""
        if not (0 <= self.first < MAX_DIMENSIONS and 0 <= self.second < MAX_DIMENSIONS and self.first != self.second):
            raise ValueError(f"a slice runs along two different directions from 0, not {self.first} and {self.second}")
        if self.kind == "images" and (len(self.images) != 3 or not all(0 <= i < 2**31 for i in self.images)):
            raise ValueError(f"a slice through images needs the numbers of three, from 0, not {self.images}")
        if self.kind == "pictures" and (len(self.pictures) not in (2, 3) or not all(self.pictures)):
            raise ValueError(f"a slice through pictures needs the files of two or three, not {len(self.pictures)}")
        if self.image is not None and not 0 <= self.image < 2**31:
            raise ValueError(f"a test image's number is in [0, 2**31), not {self.image}")
        if self.kind == "codes" and (len(self.codes) != 3 or len({len(code) for code in self.codes}) != 1):
            raise ValueError("a slice through codes needs three of the same length")
        if not all(math.isfinite(number) for numbers in (self.offsets, *self.codes) for number in numbers):
            raise ValueError("a slice's codes and offsets are finite")
        if not 0 <= self.seed < 2**63:
            raise ValueError(f"the seed must be in [0, 2**63), not {self.seed}")


class Point(msgspec.Struct, frozen=True, omit_defaults=True):
    """A named point of a plane; a locked one is not moved by dragging."""

    name: str
    x: float
    y: float
    locked: bool = False

    def __post_init__(self) -> None:
        """Refuse a point that is nowhere (ValueError)."""
        if not (math.isfinite(self.x) and math.isfinite(self.y)):
            raise ValueError(f"a point's coordinates are finite, not ({self.x}, {self.y})")


class Stroke(msgspec.Struct, frozen=True, omit_defaults=True):
    """A path on a plane, decoded at `frames` even distances.

    Attributes
    ----------
    name : str
    path : tuple of (float, float)
        Nodes in plane coordinates. "free" and "line": the path goes through them, straight from each to the next.
        "circle": its centre and the point where it begins and ends, anticlockwise. "spherical" and "geodesic": its two ends.
    frames : int
        Decodings, the ends among them.
    shape : str
        "spherical": along the arc about the origin of the latent space (Shoemake 1985). "geodesic": the curve between
        the ends whose decodings change least (explorer.latent.geodesic), so that it depends on the checkpoint.
    spacing : "plane" or "image"
        Even distances on the plane, or between decoded images.
    """

    name: str
    path: tuple[tuple[float, float], ...]
    frames: int = 64
    shape: StrokeShape = "free"
    spacing: Spacing = "plane"

    def __post_init__(self) -> None:
        """Refuse what cannot be decoded (ValueError)."""
        if not 1 <= len(self.path) <= MAX_CORNERS or not all(math.isfinite(c) for corner in self.path for c in corner):
            raise ValueError(f"a stroke has 1 to {MAX_CORNERS} corners, all finite")
        if not 1 <= self.frames <= MAX_FRAMES:
            raise ValueError(f"a stroke has 1 to {MAX_FRAMES} frames, not {self.frames}")
        if self.shape in ("circle", "spherical", "geodesic") and len(self.path) != 2:
            raise ValueError(f"a {self.shape} stroke has 2 nodes, not {len(self.path)}")


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


class PriorSamples(msgspec.Struct, frozen=True, omit_defaults=True):
    """Codes z ~ N(0, I) of the whole latent space; sample i of a seed is the same at any count and through any checkpoint."""

    count: int = 64
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn (ValueError)."""
        if not 1 <= self.count <= MAX_PRIOR_SAMPLES:
            raise ValueError(f"there can be 1 to {MAX_PRIOR_SAMPLES} prior samples, not {self.count}")
        if not 0 <= self.seed < 2**63:
            raise ValueError(f"the seed must be in [0, 2**63), not {self.seed}")


class CodeChains(msgspec.Struct, frozen=True, omit_defaults=True):
    """Reverse chains over the plane: of a ddpm that was trained on the checkpoint's codes, beside the exact process of these codes.

    Attributes
    ----------
    checkpoint, source : str
        The ddpm, as in `Lane`.
    count : int
        Samples.
    seed : int
        Sample i of a seed is that of any count; both processes begin at the same x_T, with the same z_t.
    steps : int
        Of T timesteps, evenly spaced; ancestral sampling.
    exact : bool
        The exact reverse process of the training images' codes is walked beside it.
    alone : int or None
        In an export: the sample whose decodings are its strips, from 0.
    """

    checkpoint: str
    source: str
    count: int = 16
    seed: int = 0
    steps: int = 100
    exact: bool = True
    alone: int | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be walked (ValueError)."""
        if not 1 <= self.count <= MAX_CODE_CHAINS:
            raise ValueError(f"there can be 1 to {MAX_CODE_CHAINS} chains of codes, not {self.count}")
        if not 0 <= self.seed < 2**63:
            raise ValueError(f"the seed must be in [0, 2**63), not {self.seed}")
        if not 2 <= self.steps <= MAX_CODE_STEPS:
            raise ValueError(f"chains of codes have 2 to {MAX_CODE_STEPS} steps, not {self.steps}")
        if self.alone is not None and not 0 <= self.alone < self.count:
            raise ValueError(f"of {self.count} chains there is none of number {self.alone}")


class PlaneModel(msgspec.Struct, frozen=True, omit_defaults=True):
    """A checkpoint whose plane is linked with another's: the same points, strokes and samples go through both.

    Attributes
    ----------
    checkpoint, source : str
        As in `Lane`.
    slice : Slice or None
        As in `PlaneRecipe`.
    told : Told or None
        As in `Lane`.
    """

    checkpoint: str
    source: str
    slice: Slice | None = None
    told: Told | None = None


class PlaneRecipe(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is on a latent plane.

    Attributes
    ----------
    checkpoint, source : str
        As in `Lane`; empty before one is chosen.
    points, strokes : tuple
        What the person put there, in plane coordinates: the code itself where it has two numbers.
    grid : PlaneGrid or None
        The manifold of decodings, where it is the picture.
    slice : Slice or None
        The plane, where codes have more than two numbers; None is the plane of their first two components.
    prior : PriorSamples or None
        Samples of the prior that are shown.
    chains : CodeChains or None
        Reverse chains that are shown.
    beside : tuple of PlaneModel
        Further checkpoints, each with a plane of its own linked with this one.
    codes : tuple of tuple of float
        Codes that are decoded as they are, on no plane: `decode` with more than two numbers.
    drawing : tuple of Dab
        Marks of the brush on the pad, white on black, in pixels of the checkpoint's images: the picture that is encoded.
    encoded : Encoded
        What is encoded instead of a drawing, and draws from its posterior.
    told : Told or None
        As in `Lane`.
    """

    checkpoint: str = ""
    source: str = ""
    points: tuple[Point, ...] = ()
    strokes: tuple[Stroke, ...] = ()
    grid: PlaneGrid | None = None
    slice: Slice | None = None
    prior: PriorSamples | None = None
    beside: tuple[PlaneModel, ...] = ()
    drawing: tuple[Dab, ...] = ()
    codes: tuple[tuple[float, ...], ...] = ()
    encoded: Encoded = Encoded()
    told: Told | None = None
    chains: CodeChains | None = None

    def __post_init__(self) -> None:
        """Refuse more planes than there is room for, and codes that are nowhere (ValueError)."""
        if len(self.codes) > MAX_CELLS or not all(math.isfinite(number) for code in self.codes for number in code):
            raise ValueError(f"a plane has at most {MAX_CELLS} codes beside it, all finite")
        if len(self.beside) > MAX_BESIDE:
            raise ValueError(f"there can be at most {MAX_BESIDE} planes beside the first, not {len(self.beside)}")

    @property
    def models(self) -> tuple[PlaneModel, ...]:
        """Checkpoints of its planes, the first one's first."""
        return (PlaneModel(self.checkpoint, self.source, self.slice, self.told), *self.beside)
