"""What the window asks of the engine and what comes back: frozen values, no torch, no Qt.

Arrays are contiguous, read-only numpy. "Tiles" are display pictures, uint8 of shape (N, H, W, 3): grey with
[-1, 1] mapped to [0, 255] for images, a diverging map centred on 0 for eps_hat, z and differences.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from explorer.checkpoints.card import Card
from explorer.recipe import ChainRecipe, Lane

Quantity = Literal["x_t", "x0_hat", "eps_hat", "mean", "z", "difference"]
QUANTITIES: tuple[Quantity, ...] = ("x_t", "x0_hat", "eps_hat", "mean", "z")
Palette = Literal["dark", "light"]


@dataclass(frozen=True, slots=True)
class LaneKey:
    """What identifies one computed lane: everything that determines its pictures."""

    lane: Lane
    seed: int
    samples: int


def lane_keys(recipe: ChainRecipe) -> tuple[LaneKey, ...]:
    """Keys of a recipe's lanes, in their order."""
    return tuple(LaneKey(lane, recipe.seed, recipe.samples) for lane in recipe.lanes)


# --- requests ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StartEngine:
    """Import torch, choose the device. Answer: EngineReady. `device` is auto, cpu, cuda or mps."""

    device: str = "auto"
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    frame_budget: int = 512 * 2**20


@dataclass(frozen=True, slots=True)
class SetFrameBudget:
    """Bytes of frames kept for scrubbing. Answer: Done."""

    bytes: int


@dataclass(frozen=True, slots=True)
class ScanLibrary:
    """The shipped checkpoints, then those at `paths`. Answer: LibraryScanned (bad files as entries with a problem)."""

    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MakeThumbnail:
    """A small picture of what a checkpoint makes, cached by its hash. Answer: ThumbnailMade."""

    path: str


@dataclass(frozen=True, slots=True)
class OpenCheckpoint:
    """Load a checkpoint (validated whole). Answer: CheckpointOpened."""

    path: str


@dataclass(frozen=True, slots=True)
class SampleChain:
    """Sample every lane of a recipe, all lanes abreast in t. Lanes already computed are kept as they are.

    Answers: LanePlanned for each lane, ChainProgress as steps come (at most 30 a second), ChainFinished.
    """

    recipe: ChainRecipe


@dataclass(frozen=True, slots=True)
class ShowStep:
    """Tiles of some lanes at the cursor. Answer: StepShown.

    Attributes
    ----------
    keys : tuple of LaneKey
    t : int
        The cursor; each lane shows its state at the timestep nearest to t among those computed so far.
    quantity : Quantity
        "difference" is x_t minus x_t of `reference`.
    reference : LaneKey or None
    of : Quantity
        For "difference": whose difference.
    palette : Palette
        Centre of the diverging map: dark or light.
    """

    keys: tuple[LaneKey, ...]
    t: int
    quantity: Quantity
    reference: LaneKey | None = None
    of: Quantity = "x_t"
    palette: Palette = "dark"


@dataclass(frozen=True, slots=True)
class ShowTerms:
    """All quantities of one sample of one lane at the cursor: the pictures of the equation. Answer: TermsShown."""

    key: LaneKey
    t: int
    sample: int
    palette: Palette = "dark"


@dataclass(frozen=True, slots=True)
class ShowFilm:
    """One sample of one lane at `count` evenly spaced states from T to 0 (those computed). Answer: FilmShown."""

    key: LaneKey
    sample: int
    quantity: Quantity
    count: int
    palette: Palette = "dark"


@dataclass(frozen=True, slots=True)
class ShowCurves:
    """Curves against t of some lanes. Answer: CurvesShown.

    Attributes
    ----------
    keys : tuple of LaneKey
    sample : int or None
        One sample, or the mean over all.
    reference : LaneKey or None
        Where given, "distance" curves ||q - q_ref|| are added for x_t and x0_hat.
    """

    keys: tuple[LaneKey, ...]
    sample: int | None = None
    reference: LaneKey | None = None


@dataclass(frozen=True, slots=True)
class EncodeImages:
    """Codes of the test images of the checkpoint's data set. Answer: CodesShown."""

    path: str
    limit: int = 10_000


@dataclass(frozen=True, slots=True)
class DecodeCodes:
    """Decodings of codes. Answer: CodesDecoded.

    Attributes
    ----------
    path : str
        The checkpoint.
    codes : tuple of (float, float)
    judge : bool
        Also say how the digit classifier reads them.
    """

    path: str
    codes: tuple[tuple[float, float], ...]
    judge: bool = False


@dataclass(frozen=True, slots=True)
class DecodeGrid:
    """The manifold: decodings of a grid over a rectangle. Answer: GridDecoded.

    `extent` is (x_min, x_max, y_min, y_max); the grid has `columns` x `rows` cells, decoded at their centres.
    """

    path: str
    extent: tuple[float, float, float, float]
    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class EncodePicture:
    """Code of one picture file, or of drawn pixels (H, W) uint8. Answer: PictureEncoded."""

    path: str
    picture: str = ""
    pixels: np.ndarray | None = field(default=None, compare=False)


Payload = (
    StartEngine | SetFrameBudget | ScanLibrary | MakeThumbnail | OpenCheckpoint | SampleChain | ShowStep | ShowTerms
    | ShowFilm | ShowCurves | EncodeImages | DecodeCodes | DecodeGrid | EncodePicture
)  # fmt: skip

BACKGROUND = (SampleChain, ScanLibrary, MakeThumbnail, EncodeImages)
"""Payloads that give way, between steps, to the others."""


@dataclass(frozen=True, slots=True)
class Request:
    """A payload on its way to the engine.

    Attributes
    ----------
    request_id : int
        Unique in the process.
    channel : str
        Requests of one channel supersede each other, unless `queued`.
    generation : int
        Of the channel, when it was sent; results of an older generation are dropped.
    queued : bool
        Keep every request of the channel, in order.
    """

    request_id: int
    channel: str
    generation: int
    payload: Payload
    queued: bool = False


# --- results ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EngineReady:
    """The engine is up: "CPU", "CUDA · name" or "MPS"; "fp32" or "bf16"."""

    device: str
    precision: str
    torch_version: str


@dataclass(frozen=True, slots=True)
class Done:
    """Done; nothing to show."""


@dataclass(frozen=True, slots=True)
class LibraryEntry:
    """One checkpoint known on this machine.

    Attributes
    ----------
    path : str
    name : str
        File name without its ending.
    shipped : bool
    size : int
        Bytes.
    sha256 : str
        Empty where the file cannot be read.
    card : Card or None
    problem : str
        Why it cannot be opened; empty if it can.
    parameters : int
        Numbers in its network; 0 where it is not known.
    """

    path: str
    name: str
    shipped: bool
    size: int
    sha256: str
    card: Card | None
    problem: str = ""
    parameters: int = 0


@dataclass(frozen=True, slots=True)
class LibraryScanned:
    """Shipped checkpoints first, in name order, then the recent ones."""

    entries: tuple[LibraryEntry, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ThumbnailMade:
    """A picture (H, W, 3) uint8 of what the checkpoint makes."""

    path: str
    picture: np.ndarray


@dataclass(frozen=True, slots=True)
class CheckpointOpened:
    """The checkpoint is valid and loaded."""

    entry: LibraryEntry
    parameters: int


@dataclass(frozen=True, slots=True, eq=False)
class LanePlanned:
    """The steps of a lane, for plots and equations: K + 1 states, K steps.

    Attributes
    ----------
    key : LaneKey
    timesteps : ndarray of int64, shape (K + 1,)
        From T down to 0.
    alpha_bar : ndarray of float64, shape (K + 1,)
    a0, at, sigma : ndarray of float64, shape (K,)
        x_{t-1} = a0 x0_hat + at x_t + sigma z for the step that starts at timesteps[k].
    image_shape : (C, H, W)
    """

    key: LaneKey
    timesteps: np.ndarray
    alpha_bar: np.ndarray
    a0: np.ndarray
    at: np.ndarray
    sigma: np.ndarray
    image_shape: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class LaneProgress:
    """Steps done of a lane: states 0..done can be shown."""

    key: LaneKey
    done: int
    steps: int


@dataclass(frozen=True, slots=True)
class ChainProgress:
    """How far sampling is.

    Attributes
    ----------
    lanes : tuple of LaneProgress
    rate : float
        Image-steps a second.
    seconds_left : float
    frame_bytes, frame_budget : int
        Memory of kept frames.
    """

    lanes: tuple[LaneProgress, ...]
    rate: float
    seconds_left: float
    frame_bytes: int
    frame_budget: int


@dataclass(frozen=True, slots=True)
class ChainFinished:
    """Every lane has reached x_0."""

    lanes: tuple[LaneProgress, ...]
    frame_bytes: int
    frame_budget: int


@dataclass(frozen=True, slots=True, eq=False)
class LaneFrame:
    """One lane at one state.

    Attributes
    ----------
    key : LaneKey
    k : int
        Index of the state shown.
    t : int
        Its timestep. At t = 0, which no step starts from, all but x_t are those of the last step.
    tiles : ndarray, shape (N, H, W, 3), uint8
    values : ndarray, shape (N, C, H, W), float32
        What the tiles show, unmapped.
    scale : float
        Half width of the diverging map (values -scale..scale); 1 for images.
    """

    key: LaneKey
    k: int
    t: int
    tiles: np.ndarray
    values: np.ndarray
    scale: float


@dataclass(frozen=True, slots=True, eq=False)
class StepShown:
    """Answer to ShowStep: one frame for each key that has any state computed."""

    t: int
    quantity: Quantity
    frames: tuple[LaneFrame, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TermsShown:
    """Answer to ShowTerms: (H, W, 3) uint8 pictures, (C, H, W) values and L2 norms by quantity.

    "x_prev" is the state that the step leads to.
    """

    key: LaneKey
    k: int
    t: int
    sample: int
    tiles: dict[str, np.ndarray]
    values: dict[str, np.ndarray]
    norms: dict[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class FilmShown:
    """Answer to ShowFilm: tiles (M, H, W, 3) at the timesteps (M,); M <= count while sampling."""

    key: LaneKey
    sample: int
    quantity: Quantity
    timesteps: np.ndarray
    tiles: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class LaneCurves:
    """Curves of one lane against t.

    Attributes
    ----------
    key : LaneKey
    timesteps : ndarray of int64, shape (M,)
        States with kept frames, from T down.
    curves : dict of ndarray of float64, shape (M,)
        L2 norms "x_t", "x0_hat", "eps_hat" per image; "distance x_t", "distance x0_hat" to the reference.
    """

    key: LaneKey
    timesteps: np.ndarray
    curves: dict[str, np.ndarray]


@dataclass(frozen=True, slots=True, eq=False)
class CurvesShown:
    """Answer to ShowCurves."""

    sample: int | None
    reference: LaneKey | None
    lanes: tuple[LaneCurves, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CodesShown:
    """Codes of test images.

    Attributes
    ----------
    path : str
    codes : ndarray, shape (N, 2), float32
        Means of q(z|x), or the codes of an AE.
    sigmas : ndarray, shape (N, 2), float32, or None
        s(x); None for an AE.
    labels : ndarray, shape (N,), uint8, or None
    """

    path: str
    codes: np.ndarray
    sigmas: np.ndarray | None
    labels: np.ndarray | None


@dataclass(frozen=True, slots=True, eq=False)
class CodesDecoded:
    """Decodings.

    Attributes
    ----------
    path : str
    codes : ndarray, shape (M, 2), float32
    tiles : ndarray, shape (M, H, W, 3), uint8
    values : ndarray, shape (M, C, H, W), float32
    readings : tuple of tuple of (int, float)
        For each code the classifier's classes with their probabilities, best first; empty unless asked for.
    milliseconds : float
        Time of the decoder alone.
    """

    path: str
    codes: np.ndarray
    tiles: np.ndarray
    values: np.ndarray
    readings: tuple[tuple[tuple[int, float], ...], ...]
    milliseconds: float


@dataclass(frozen=True, slots=True, eq=False)
class GridDecoded:
    """The manifold as one picture (rows * H, columns * W, 3) uint8; its top row is at y_max."""

    path: str
    extent: tuple[float, float, float, float]
    columns: int
    rows: int
    picture: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class PictureEncoded:
    """Code of one picture.

    Attributes
    ----------
    path : str
    name : str
    mean : (float, float)
    sigma : (float, float) or None
        s(x); None for an AE.
    tile, reconstruction : ndarray, shape (H, W, 3), uint8
    log_likelihood, kl : float
        Reconstruction term and KL of the ELBO in nats; KL is NaN for an AE.
    """

    path: str
    name: str
    mean: tuple[float, float]
    sigma: tuple[float, float] | None
    tile: np.ndarray
    reconstruction: np.ndarray
    log_likelihood: float
    kl: float


@dataclass(frozen=True, slots=True)
class Failed:
    """The request could not be answered.

    Attributes
    ----------
    message : str
        One line for the person: what, and what to try.
    detail : str
        Traceback, for a report; empty for bad input.
    """

    message: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The request was cancelled before it was done."""


Outcome = (
    EngineReady | Done | LibraryScanned | ThumbnailMade | CheckpointOpened | LanePlanned | ChainProgress | ChainFinished
    | StepShown | TermsShown | FilmShown | CurvesShown | CodesShown | CodesDecoded | GridDecoded | PictureEncoded
    | Failed | Cancelled
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """An outcome on its way to the window, with the request's id, channel and generation.

    `last` says that no more will come for this request.
    """

    request_id: int
    channel: str
    generation: int
    outcome: Outcome
    last: bool = True
