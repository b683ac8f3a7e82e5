"""Branches: the tree's pictures, painting as it is done, pictures to noise again, and how much of an image survives."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from explorer.datasets.reading import Background
from explorer.engine.chain.messages import LaneKey
from explorer.engine.pictures.tiles import Palette
from explorer.engine.thread.files import ReadFile
from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe import Dab, Mask, Picture


@dataclass(frozen=True, slots=True)
class ShowTree(Payload):
    """The newest state of one sample in every lane of a tree. Answer: TreeShown, with the lanes that have one."""

    answered_by = "explorer.engine.chain.branching.branch_pictures:show_tree"

    keys: tuple[LaneKey, ...]
    sample: int


@dataclass(frozen=True, slots=True)
class PreviewPaint(Payload):
    """One sample at t under the brush, and where it leads. Answers: PaintShown, first without `end`, then with it.

    Attributes
    ----------
    key : LaneKey
        The lane that is painted on; it must have been sampled to t.
    t : int
    sample : int
    on : "x_t" or "x0_hat"
    dabs : tuple of Dab
        None painted yet is all right.
    stream : int
        Noise of the brush.
    until : int or None
        As of a Paint.
    """

    answered_by = "explorer.engine.chain.branching.painting:paint"

    key: LaneKey
    t: int
    sample: int
    on: Literal["x_t", "x0_hat"]
    dabs: tuple[Dab, ...] = ()
    stream: int = 0
    palette: Palette = "dark"
    until: int | None = None


@dataclass(frozen=True, slots=True)
class PreviewErase(Payload):
    """One sample at t with a region erased, and where making it anew leads. Answers: ErasedShown, first without `end`, then with it.

    The second comes only where there is something to make and the lane has come as far as what is kept needs.

    Attributes
    ----------
    key : LaneKey
        The lane that is erased in; it must have been sampled to t.
    t : int
    sample : int
    mask : Mask
        The region that is made anew; it may be empty.
    repeats : int
    known : "states" or "image"
    stream : int
        As of an Inpaint.
    """

    answered_by = "explorer.engine.chain.branching.painting:erase"

    key: LaneKey
    t: int
    sample: int
    mask: Mask
    repeats: int
    known: Literal["states", "image"]
    stream: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class FitPicture(Payload):
    """A picture at the shape of a lane's images. Answer: PictureFitted.

    Attributes
    ----------
    key : LaneKey
    path : str
        Of a file; empty where there are pixels.
    pixels : ndarray, shape (H, W, 3), uint8, or None
    paper : "white" or "black"
        What is seen where the file's picture is transparent.
    image : int or None
        Number of a test image of what the lane's network was trained on, in the place of both.
    """

    answered_by = "explorer.engine.chain.branching.branch_pictures:fit"

    key: LaneKey
    path: ReadFile = ""
    pixels: np.ndarray | None = None
    paper: Background = "white"
    image: int | None = None


@dataclass(frozen=True, slots=True)
class ShowSurvival(Payload):
    """How far a branch that noised an image again has come from its image. Answer: SurvivalShown."""

    answered_by = "explorer.engine.chain.branching.branch_pictures:show_survival"

    key: LaneKey
    sample: int


@dataclass(frozen=True, slots=True, eq=False)
class TreeTile:
    """One lane of a tree: picture (H, W, 3) uint8 of its newest state, at t; at 0 it is finished."""

    key: LaneKey
    t: int
    tile: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class TreeShown(Outcome):
    """Answer to ShowTree."""

    sample: int
    tiles: tuple[TreeTile, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PaintShown(Outcome):
    """Answer to PreviewPaint: pictures (H, W, 3) uint8.

    Attributes
    ----------
    canvas : ndarray
        x_t or x0_hat, painted.
    image : ndarray
        x0_hat: what the network sees in the painted x_t, or the painted one.
    end : ndarray or None
        x_0 after a few deterministic steps from there: a glimpse, not the branch itself.
    steps : int
        How many.
    survives : float
        Of what is painted on x0_hat, how much is left in `end`: 1 - ||end - painted|| / ||unpainted - painted|| over the marked pixels,
        in [0, 1]; NaN where nothing is painted on it, or it is not known yet.
    weight : float
        a0 of this step, by which what is painted on x0_hat enters the mean a0 x0_hat + at x_t: one step brings no more of it in.
    """

    key: LaneKey
    t: int
    sample: int
    on: str
    canvas: np.ndarray
    image: np.ndarray
    end: np.ndarray | None = None
    steps: int = 0
    survives: float = math.nan
    weight: float = math.nan


@dataclass(frozen=True, slots=True, eq=False)
class ErasedShown(Outcome):
    """Answer to PreviewErase: pictures (H, W, 3) uint8.

    Attributes
    ----------
    state, image : ndarray
        x_t and the x0_hat that the network sees in it: what is erased in.
    end : ndarray or None
        x_0 with the region made anew, after a few quick steps of RePaint: a glimpse, not the branch itself.
    """

    key: LaneKey
    t: int
    sample: int
    state: np.ndarray
    image: np.ndarray
    end: np.ndarray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PictureFitted(Outcome):
    """Answer to FitPicture.

    Attributes
    ----------
    name : str
    size : (H, W)
        As it was.
    colour : bool
        As it was.
    shape : (C, H, W)
        Of the lane's images.
    before, tile : ndarray, (H, W, 3) uint8
        As it was, made small where it is large, and as it is taken.
    picture : Picture
    """

    name: str
    size: tuple[int, int]
    colour: bool
    shape: tuple[int, int, int]
    before: np.ndarray
    tile: np.ndarray
    picture: Picture


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalShown(Outcome):
    """Answer to ShowSurvival.

    Attributes
    ----------
    t : int
        Of the state looked at: x_0 at 0, before that its x0_hat.
    start, now : ndarray, (H, W, 3) uint8
        The image that was noised, and what has become of it.
    distance, mean_distance : float
        L2 norm of the difference: of this sample, and the mean over all.
    between : float
        Mean L2 distance between two different samples' images: what nothing surviving looks like; NaN for one sample.
    """

    key: LaneKey
    sample: int
    t: int
    start: np.ndarray
    now: np.ndarray
    distance: float
    mean_distance: float
    between: float
