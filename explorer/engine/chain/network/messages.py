"""Inside the U-Net: what every block puts out for one sample at one step, with or without its skips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from explorer.engine.chain.messages import LaneKey
from explorer.engine.pictures.tiles import Palette
from explorer.engine.thread.requests import Outcome, Payload
from explorer.models.anatomy import Anatomy

Summary = Literal["strongest", "mean"]
Instead = Literal["zero", "mean"]


@dataclass(frozen=True, slots=True)
class InspectUNet(Payload):
    """Activations of a lane's network for one sample at the cursor. Answer: UNetShown, or UNetAbsent.

    Attributes
    ----------
    key : LaneKey
    t : int
        The cursor; the step is taken that starts at the nearest computed state. At t = 0 it is the last step.
    sample : int
    block : str
        Whose channels are shown, by the name of its Node; another one's if the network has none of that name.
    off : tuple of int
        Levels whose skip is switched off.
    instead : "zero" or "mean"
        What takes such a skip's place: zeros, or each channel's mean over the pixels.
    summary : "strongest" or "mean"
        A block's picture: its channel of the largest spread over the pixels, or the mean over its channels.
    palette : Palette
    largest : int
        Pictures of more pixels a side are made smaller by averaging.
    channels : int
        At most so many channels of the block.
    """

    answered_by = "explorer.engine.chain.network.unet:inspect"

    key: LaneKey
    t: int
    sample: int
    block: str = "middle"
    off: tuple[int, ...] = ()
    instead: Instead = "zero"
    summary: Summary = "strongest"
    palette: Palette = "dark"
    largest: int = 128
    channels: int = 256


@dataclass(frozen=True, slots=True, eq=False)
class BlockShown:
    """One block's picture.

    Attributes
    ----------
    tile : ndarray, shape (H, W, 3), uint8
    scale : float
        Half width of its map: 1, 2 or 5 times a power of ten; 1 for images.
    diverging : bool
        Whether it is the diverging map.
    channel : int or None
        The channel that is shown; None for all of them.
    norm : float
        L2 norm of the block's output.
    change : float
        || h - h with every skip || / || h with every skip ||; 0 with every skip on.
    """

    tile: np.ndarray
    scale: float
    diverging: bool
    channel: int | None
    norm: float
    change: float


@dataclass(frozen=True, slots=True, eq=False)
class ChannelsShown:
    """Channels of the chosen block, all on one scale.

    Attributes
    ----------
    block : str
    tiles : ndarray, shape (M, H, W, 3), uint8
        The first M of its `count` channels.
    count : int
    scale : float
        Half width of the diverging map.
    low, high : ndarray of float64, shape (M,)
        Range of each channel's values.
    """

    block: str
    tiles: np.ndarray
    count: int
    scale: float
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class OutputShown:
    """What the network's answer is, with every skip and with those chosen off.

    Attributes
    ----------
    name : str
        "mean", "x0_hat", "eps_hat" or "v".
    whole : ndarray, shape (H, W, 3), uint8
    switched, difference : ndarray or None
        Without the skips that are off, and what that changes (diverging map); None with every skip on.
    difference_scale : float
        Half width of the difference's map.
    distance : float
        L2 norm of the difference.
    """

    name: str
    whole: np.ndarray
    switched: np.ndarray | None = None
    difference: np.ndarray | None = None
    difference_scale: float = 1.0
    distance: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class UNetShown(Outcome):
    """Answer to InspectUNet.

    Attributes
    ----------
    key : LaneKey
    k : int
        Index of the state that the step starts from.
    t : int
        Its timestep.
    sample : int
    anatomy : Anatomy
    blocks : dict of BlockShown
        By the name of the node.
    channels : ChannelsShown
    outputs : tuple of OutputShown
        What the network puts out, then x0_hat if that is another thing.
    off : tuple of int
        Levels whose skip was off.
    asked : int
        The timestep that the network was told: t, or that of the same noise level where the lane walks another schedule.
    skip, scale : float
        There, the network's output is skip x_t + scale h, h being what its head puts out.
    """

    key: LaneKey
    k: int
    t: int
    sample: int
    anatomy: Anatomy
    blocks: dict[str, BlockShown]
    channels: ChannelsShown
    outputs: tuple[OutputShown, ...]
    off: tuple[int, ...]
    asked: int
    skip: float = 0.0
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class UNetAbsent(Outcome):
    """The lane has no U-Net to look into; `reason` says so in a sentence."""

    key: LaneKey
    reason: str
