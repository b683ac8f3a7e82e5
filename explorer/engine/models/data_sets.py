"""Data sets of exact lanes, each read once and again when its file changes."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import msgspec
import numpy as np
import torch

from explorer.datasets.images import load_images
from explorer.datasets.shipped import shipped
from explorer.diffusion import schedule as schedules
from explorer.diffusion.exact import EmpiricalData
from explorer.diffusion.exact_predictor import ExactPredictor
from explorer.diffusion.parameterization import Option
from explorer.errors import BadInput
from explorer.paths import exists, expanded
from explorer.recipe import ExactProcess, Lane
from explorer.recipe.sample_count import size_words

KEPT = 2
KEPT_BYTES = 2**29
"""So much in any case: ten classes of a data set are ten small ones."""
MAX_BYTES = 4 * 2**30
"""Of the float32 matrix."""


@dataclass(frozen=True, eq=False)
class DataSet:
    """Images of an exact lane, ready to be weighed.

    Attributes
    ----------
    name, sha256 : str
    data : EmpiricalData
    labels : ndarray, shape (n,), uint8, or None
    taken : str
        How they were taken, for people; as of `ImageSet`.
    """

    name: str
    sha256: str
    data: EmpiricalData
    labels: np.ndarray | None
    taken: str = ""

    @property
    def bytes(self) -> int:
        """Of its float32 matrix."""
        return self.data.n * int(np.prod(self.data.image_shape)) * 4

    def label(self, index: int) -> int | None:
        """Class of an image, where it is known."""
        return None if self.labels is None else int(self.labels[index])


class DataSets:
    """The data sets that were asked for lately.

    Parameters
    ----------
    device : torch.device
        Where lanes are computed; the images are kept there too if it has float64.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = torch.device("cpu") if device.type == "mps" else device
        self._kept: OrderedDict[tuple[object, ...], DataSet] = OrderedDict()

    def get(self, exact: ExactProcess) -> DataSet:
        """Data set of an exact process.

        Raises
        ------
        BadInput
            If it cannot be read, is empty or too large, or is another than the recipe's.
        """
        key = (*stamp(exact.dataset), exact.images, exact.label, exact.read)
        found = self._kept.get(key)
        if found is None:
            found = _read(exact, self._device)
            self._kept[key] = found
            while len(self._kept) > KEPT and sum(each.bytes for each in self._kept.values()) > KEPT_BYTES:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        _check(exact, found.sha256)
        return found

    def opened(self, exact: ExactProcess) -> tuple[ExactProcess, DataSet]:
        """The process with its images' sha256, and the images (BadInput as `get`)."""
        found = self.get(exact)
        return msgspec.structs.replace(exact, sha256=found.sha256), found


def exact_predictor(lane: Lane, data_sets: DataSets) -> ExactPredictor:
    """Predictor of an exact lane, on the lane's schedule (linear with T = 1000 if it names none).

    Raises
    ------
    BadInput
        As `DataSets.get`, or if there is no such schedule.
    """
    from explorer.engine.models.predictors import chosen_schedule

    assert lane.exact is not None
    schedule = schedules.linear() if lane.schedule is None else chosen_schedule(lane.schedule)
    option = None if lane.option is None else Option(lane.option)
    return ExactPredictor(data_sets.get(lane.exact).data, schedule, lane.exact.follow, option)


def stamp(dataset: str) -> tuple[str, int, int]:
    """What tells a file from its next version; a name that comes with the app has none."""
    if (known := shipped(dataset)) is not None:
        return known.name, 0, 0
    try:
        stat = expanded(dataset).stat()
    except (OSError, BadInput):
        return dataset, 0, 0  # reading it will say what is wrong
    return dataset, stat.st_mtime_ns, stat.st_size


def _read(exact: ExactProcess, device: torch.device) -> DataSet:
    exists(expanded(exact.dataset))  # refused where it cannot be a path, or not be asked for
    images = load_images(exact.dataset, told=exact.read)
    _check(exact, images.sha256)
    if exact.images is not None and exact.images > len(images.images):
        raise BadInput(f"{exact.dataset}: holds {len(images.images)} images, not {exact.images}")
    chosen, labels = images.images[: exact.images], None if images.labels is None else images.labels[: exact.images]
    if exact.label is not None:
        chosen, labels = _of_class(exact, chosen, labels)
    if chosen.size * 4 > MAX_BYTES:
        fitting = MAX_BYTES // (4 * int(np.prod(images.image_shape)))
        raise BadInput(
            f"{exact.dataset}: {len(chosen)} images of {size_words(images.image_shape)} need "
            f"{chosen.size * 4 / 2**30:.1f} GB as one matrix; "
            f"at most {MAX_BYTES // 2**30} GB are taken: use the first {fitting} of them"
        )
    data = EmpiricalData(torch.from_numpy(np.array(chosen)), device)
    return DataSet(images.name, images.sha256, data, labels, images.taken)


def _of_class(exact: ExactProcess, images: np.ndarray, labels: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """The images with the process's label, and their labels (BadInput if there are none)."""
    if labels is None:
        raise BadInput(f"{exact.dataset}: has no labels, so that there is no exact process of one class")
    chosen = labels == exact.label
    if not chosen.any():
        raise BadInput(f"{exact.dataset}: holds no image of class {exact.label}; its labels are {labels.min()} to {labels.max()}")
    return images[chosen], labels[chosen]


def _check(exact: ExactProcess, sha256: str) -> None:
    if exact.sha256 and sha256 != exact.sha256:
        raise BadInput(f"{exact.dataset}: holds other images than are meant here (sha256 {exact.sha256[:12]}…); choose the data set again")
