"""Chains: sampling lanes and showing them at a step, and as a film."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from explorer.checkpoints.card import LatentCard
from explorer.engine.arrays import read_only
from explorer.engine.pictures.coarse import Grain, coarse, grains
from explorer.engine.pictures.tiles import Palette
from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe import ChainRecipe, ExactProcess, Lane

SMALLER = 12
"""Times that pictures become smaller on their way at the most."""
Samples = int | tuple[int, ...] | None
"""One sample, the mean over some, or over all."""


@dataclass(frozen=True, slots=True)
class LaneKey:
    """What identifies one computed lane: everything that determines its pictures."""

    lane: Lane
    seed: int
    samples: int

    def __hash__(self) -> int:
        """Of what tells most lanes apart: keys are looked up at every step, and a lane has fields within fields."""
        lane = self.lane
        return hash((self.seed, self.samples, lane.checkpoint, lane.sampler.steps, len(lane.edits)))


def lane_keys(recipe: ChainRecipe) -> tuple[LaneKey, ...]:
    """Keys of a recipe's lanes, in their order."""
    return tuple(lane_key(lane, recipe) for lane in recipe.lanes)


def lane_key(lane: Lane, recipe: ChainRecipe) -> LaneKey:
    """Key of one lane: its own seed where it has one, else the recipe's."""
    return LaneKey(lane, recipe.seed if lane.seed is None else lane.seed, recipe.samples)


# --- requests ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SampleChain(Payload):
    """Sample every lane of a recipe, all lanes abreast in t. Lanes already computed are kept as they are.

    Answers: LanePlanned or LaneFailed for each lane, ChainProgress as steps come (at most 30 a second), ChainFinished.
    If no lane can be sampled, the request fails with the cause of the first.
    """

    answered_by = "explorer.engine.chain.answers:sample_chain"
    answered_early = "explorer.engine.chain.kept.early:sample_chain"
    background = True

    recipe: ChainRecipe


@dataclass(frozen=True, slots=True)
class MeasureNetworks(Payload):
    """Measure which way to run the networks of a recipe's lanes is the fastest, for the chains that come. Answer: Done.

    What is known already, on this machine at about so many samples, is not measured again.
    """

    answered_by = "explorer.engine.chain.answers:measure_networks"
    background = True

    recipe: ChainRecipe


@dataclass(frozen=True, slots=True)
class ShowStep(Payload):
    """Tiles of some lanes at the cursor. Answer: StepShown.

    Attributes
    ----------
    keys : tuple of LaneKey
    t : int
        The cursor; each lane shows, among its states computed so far, the one whose noise level is nearest to that of t.
    quantity : str
        A name of `explorer/recipe/quantities.py`.
        "difference" is `of` minus that of `reference`, at its state of nearest noise level if that is near enough to be compared;
        "to_ideal" is x0_hat minus the ideal denoiser's answer to the same x_t.
    reference : LaneKey or None
    of : str
        For "difference": whose difference; what a lane has by itself.
    palette : Palette
        Centre of the diverging map: dark or light.
    timeline : LaneKey or None
        The lane on whose schedule t is; None takes t as each lane's own.
    exact : ExactProcess or None
        For "to_ideal": the data set that the ideal denoiser knows; None if that is not known.
    by_mean : bool
        Signed quantities of coloured images as the mean of their channels, not each channel by itself.
    decoded : bool
        Of lanes whose states are codes: x_t and the mean are shown through the decoder, as x0_hat always is; else their channels.
    """

    answered_by = "explorer.engine.chain.answers:show_step"
    answered_early = "explorer.engine.chain.kept.early:show_step"

    keys: tuple[LaneKey, ...]
    t: int
    quantity: str
    reference: LaneKey | None = None
    of: str = "x_t"
    palette: Palette = "dark"
    timeline: LaneKey | None = None
    exact: ExactProcess | None = None
    by_mean: bool = False
    decoded: bool = False


@dataclass(frozen=True, slots=True)
class ShowTerms(Payload):
    """All quantities of one sample of one lane at the cursor: the pictures of the equation. Answer: TermsShown.

    `timeline` and `decoded` as in ShowStep.

    Attributes
    ----------
    values : bool
        The values of the pictures, too: a window shows none of them.
    """

    answered_by = "explorer.engine.chain.answers:show_terms"
    answered_early = "explorer.engine.chain.kept.early:show_terms"

    key: LaneKey
    t: int
    sample: int
    palette: Palette = "dark"
    timeline: LaneKey | None = None
    decoded: bool = False
    values: bool = False


@dataclass(frozen=True, slots=True)
class ShowFilm(Payload):
    """One sample of one lane at `count` evenly spaced states from T to 0 (those computed). Answer: FilmShown.

    `by_mean` and `decoded` as in ShowStep.
    """

    answered_by = "explorer.engine.chain.answers:show_film"
    answered_early = "explorer.engine.chain.kept.early:show_film"

    key: LaneKey
    sample: int
    quantity: str
    count: int
    palette: Palette = "dark"
    by_mean: bool = False
    decoded: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class LanePlanned(Outcome):
    """The steps of a lane, for plots and equations: K + 1 states, K steps.

    Attributes
    ----------
    key : LaneKey
    timesteps : ndarray of int64, shape (K + 1,)
        Down to 0.
    alpha_bar : ndarray of float64, shape (K + 1,)
    a0, at, sigma : ndarray of float64, shape (K,)
        x_{t-1} = a0 x0_hat + at x_t + sigma z for the step that starts at timesteps[k]; of some samplers another image takes the place
        of x0_hat (see explorer.diffusion.samplers).
    image_shape : (C, H, W)
    levels : ndarray of float64, shape (T + 1,)
        Log SNR of the lane's schedule at t = 0..T, infinite at 0: what other lanes are matched by.
    notice : str
        What to tell of the lane, such as noise levels that its network has not seen; empty if nothing.
    run : str
        What runs its network, for people; empty where it has none.
    latent : LatentCard or None
        What its states are, where they are codes that are seen through a decoder.
    lost : str
        Why its network is not to be had, in one line, where its states are there as they were kept; empty else.
    """

    partial = True

    key: LaneKey
    timesteps: np.ndarray
    alpha_bar: np.ndarray
    a0: np.ndarray
    at: np.ndarray
    sigma: np.ndarray
    image_shape: tuple[int, int, int]
    levels: np.ndarray
    notice: str = ""
    run: str = ""
    latent: LatentCard | None = None
    lost: str = ""


@dataclass(frozen=True, slots=True)
class LaneFailed(Outcome):
    """A lane that cannot be sampled, while the others are; `message` is one line for the person: what, and what to try."""

    partial = True

    key: LaneKey
    message: str


@dataclass(frozen=True, slots=True)
class LaneProgress:
    """Steps done of a lane: states 0..done can be shown.

    Attributes
    ----------
    prepared, to_prepare : int
        States that were made, and are made altogether, before it has one of its own: of a region that begins as noise at T. 0 of
        every other lane.
    """

    key: LaneKey
    done: int
    steps: int
    prepared: int = 0
    to_prepare: int = 0


@dataclass(frozen=True, slots=True)
class ChainProgress(Outcome):
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

    progress = True

    lanes: tuple[LaneProgress, ...]
    rate: float
    seconds_left: float
    frame_bytes: int
    frame_budget: int


@dataclass(frozen=True, slots=True)
class ChainFinished(Outcome):
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
        What the tiles show, unmapped; NaN where it has not come yet.
    scale : float
        Half width of the diverging map (values -scale..scale); 1 for images.
    diverging : bool
        Whether it is that map.
    coarse : bool
        The tiles are a coarse look (`explorer/engine/pictures/coarse.py`), of a state whose pictures are on a slow way still.
    """

    key: LaneKey
    k: int
    t: int
    tiles: np.ndarray
    values: np.ndarray
    scale: float
    diverging: bool = False
    coarse: bool = False


@dataclass(frozen=True, slots=True)
class LaneBlank:
    """A lane that has a state at the cursor, but not what is seen beside another lane, the ideal denoiser, or no class.

    Attributes
    ----------
    key : LaneKey
    t : int
        Timestep of its state.
    why : "shape", "level", "reference", "data", "no class" or "network"
        The images' shapes differ; the reference has no state of that noise level; the reference has no state at all; the data
        set is not known, or cannot be weighed; its network is told no class, or has no label for none; its network is not to be had.
    reason : str
        Of "data" and "network": what is wrong with the data set, or the network; empty if it is not known.
    """

    key: LaneKey
    t: int
    why: Literal["shape", "level", "reference", "data", "no class", "network"]
    reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class StepShown(Outcome):
    """Answer to ShowStep: one frame for each key that has any state computed, or why it has none."""

    t: int
    quantity: str
    frames: tuple[LaneFrame, ...]
    blank: tuple[LaneBlank, ...] = ()

    def looks(self, room: float) -> Iterator[StepShown]:
        """The pictures alone, then ever coarser ones; NaN for their values, which are four times as many bytes, until the hand rests."""
        frames = tuple(replace(frame, values=np.full_like(frame.values, np.nan)) for frame in self.frames)
        pixels, most = sum(frame.tiles.size // 3 for frame in frames), 8 * SMALLER * room
        yield replace(self, frames=frames)
        if pixels:
            height, width = (max(frame.tiles.shape[axis] for frame in frames) for axis in (1, 2))
            *ladder, last = grains(height, width)
            for grain in (*(each for each in ladder if pixels * each.bits(1) <= most), last):
                yield replace(self, frames=tuple(_coarse_frame(frame, grain) for frame in frames))


def _coarse_frame(frame: LaneFrame, grain: Grain) -> LaneFrame:
    return replace(frame, tiles=read_only(coarse(frame.tiles, grain)), coarse=True)


@dataclass(frozen=True, slots=True, eq=False)
class TermsShown(Outcome):
    """Answer to ShowTerms: (H, W, 3) uint8 pictures, (C, H, W) values where they were asked for, and L2 norms by quantity.

    "x_prev" is the state that the step leads to; "drawn" is the image that a step of the exact process
    draws, and "component" what x_prev is then drawn around; what a sampler of second order makes its step of has the
    names in `explorer.diffusion.samplers.steps.told_of`.
    """

    key: LaneKey
    k: int
    t: int
    sample: int
    tiles: dict[str, np.ndarray]
    values: dict[str, np.ndarray]
    norms: dict[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class FilmShown(Outcome):
    """Answer to ShowFilm: tiles (M, H, W, 3) at the timesteps (M,); M <= count while sampling."""

    key: LaneKey
    sample: int
    quantity: str
    timesteps: np.ndarray
    tiles: np.ndarray
