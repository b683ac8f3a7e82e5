"""The exact process of a data set beside the lanes: weights of its images, the ideal x0_hat, the nearest image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.datasets.reading import AS_FOUND, Reading
from explorer.engine.chain.curve_messages import LaneCurves
from explorer.engine.chain.messages import LaneKey, Samples
from explorer.engine.pictures.tiles import Palette
from explorer.engine.thread.files import ReadFile
from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe import ExactProcess

# --- requests ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenDataSet(Payload):
    """Read a data set whole, as an exact lane needs it. Answer: DataSetOpened.

    `source` is "mnist", "emoji", or the path of an IDX file, an array or a folder of pictures.
    """

    answered_by = "explorer.engine.chain.data_set.exact:open_data_set"

    source: ReadFile
    read: Reading = AS_FOUND


@dataclass(frozen=True, slots=True)
class ShowWeights(Payload):
    """q(x_0 | x_t) over a data set, at one sample of one lane at the cursor. Answer: WeightsShown or ExactAbsent.

    Attributes
    ----------
    key : LaneKey
    exact : ExactProcess
        Whose images; the lane may be of a network.
    t, sample : int
    count : int
        How many images, those with the largest weights.
    timeline : LaneKey or None
        As in ShowStep.
    """

    answered_by = "explorer.engine.chain.data_set.exact:show_weights"

    key: LaneKey
    exact: ExactProcess
    t: int
    sample: int
    count: int = 6
    palette: Palette = "dark"
    timeline: LaneKey | None = None


@dataclass(frozen=True, slots=True)
class FindNearest(Payload):
    """The training image nearest to what a lane has made of a sample. Answer: NearestShown or ExactAbsent."""

    answered_by = "explorer.engine.chain.data_set.exact:find_nearest"

    key: LaneKey
    exact: ExactProcess
    sample: int


@dataclass(frozen=True, slots=True)
class MeasureIdeal(Payload):
    """How far each lane's x0_hat is from the ideal one, against t: a stretch of work, coarsely first.

    Answer: IdealMeasured. Of several samples, or of all (None), it gives the mean.
    """

    answered_by = "explorer.engine.chain.data_set.exact:measure_ideal"
    background = True

    keys: tuple[LaneKey, ...]
    exact: ExactProcess
    sample: Samples = None


# --- results ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DataSetOpened(Outcome):
    """What a data set is.

    Attributes
    ----------
    exact : ExactProcess
        With the sha256 of the images.
    name : str
    count : int
        Number of images.
    image_shape : (C, H, W)
    taken : str
        How they were taken, as of `explorer.datasets.images.ImageSet`.
    """

    exact: ExactProcess
    name: str
    count: int
    image_shape: tuple[int, int, int]
    taken: str = ""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WeightsShown(Outcome):
    """Answer to ShowWeights.

    Attributes
    ----------
    k, t : int
        State of the lane, and its timestep.
    tiles : ndarray, shape (M, H, W, 3), uint8
        Images with the largest weights, largest first; M is `count`, or less where there are fewer images.
    weights : ndarray of float64, shape (M,)
    labels : tuple of int, length M, or None
        Classes, where the data set has them.
    indices : ndarray of int64, shape (M,)
        Which images of the data set.
    entropy : float
        Of all weights, in nats; exp(entropy) is the effective number of images.
    total : int
        Number of images of the data set.
    x0_hat, ideal, difference : ndarray, shape (H, W, 3), uint8
        The lane's x0_hat, E[x_0 | x_t], and the first minus the second.
    scale : float
        Half width of the difference's map.
    distance : float
        L2 of the difference.
    drawn : int or None
        Which image the lane draws in this step, where it draws.
    of_class : bool
        They are the images of the class that the sample's network is told.
    """

    key: LaneKey
    exact: ExactProcess
    sample: int
    k: int
    t: int
    tiles: np.ndarray
    weights: np.ndarray
    labels: tuple[int, ...] | None
    indices: np.ndarray
    entropy: float
    total: int
    x0_hat: np.ndarray
    ideal: np.ndarray
    difference: np.ndarray
    scale: float
    distance: float
    drawn: int | None
    of_class: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class NearestShown(Outcome):
    """Answer to FindNearest: the sample x_0 and its nearest image, (H, W, 3) uint8, and their L2 distance.

    `second` is the distance to the second nearest, by which one sees how near near is; None of a single image.
    """

    key: LaneKey
    exact: ExactProcess
    sample: int
    made: np.ndarray
    nearest: np.ndarray
    index: int
    label: int | None
    distance: float
    second: float | None


@dataclass(frozen=True, slots=True)
class ExactAbsent(Outcome):
    """There is nothing to show: why, in words for the panel. Answer to ShowWeights and FindNearest.

    `later` says that there will be, once the chain is finished.
    """

    key: LaneKey
    reason: str
    later: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class IdealMeasured(Outcome):
    """Answer to MeasureIdeal.

    Attributes
    ----------
    lanes : tuple of LaneCurves
        Curve "ideal", ||x0_hat - E[x_0 | x_t]|| per image, NaN where it is not measured yet.
    complete : bool
        Whether all frames that are kept have been measured.
    """

    exact: ExactProcess
    sample: Samples
    lanes: tuple[LaneCurves, ...]
    complete: bool
