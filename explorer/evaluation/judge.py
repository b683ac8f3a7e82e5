"""The judge: how the project's own digit classifier reads images, and the features it reads them by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from explorer import sources
from explorer.checkpoints.files import Checkpoint
from explorer.checkpoints.locate import locate
from explorer.datasets.mnist import mnist
from explorer.errors import BadInput
from explorer.models.roles import ImageReader
from explorer.rows import Rows

JUDGE = "mnist-classifier"
BLOCK = 100
CONFIDENT = 0.9

Report = Callable[[int], object]


@dataclass(frozen=True, eq=False)
class Readings:
    """What the judge says of N images.

    Attributes
    ----------
    features : ndarray, shape (N, 128), float32
        The layer before the last, at least 0.
    probabilities : ndarray, shape (N, 10), float32
        Of each digit.
    """

    features: np.ndarray
    probabilities: np.ndarray

    def __len__(self) -> int:
        return len(self.features)

    def __getitem__(self, chosen: np.ndarray | slice) -> Readings:
        """Readings of some of the images."""
        return Readings(self.features[chosen], self.probabilities[chosen])

    @property
    def digits(self) -> np.ndarray:
        """The likeliest digit of each image, shape (N,), int64."""
        return self.probabilities.argmax(1)

    @property
    def confidence(self) -> np.ndarray:
        """Probability of that digit, shape (N,), in [0.1, 1]."""
        return self.probabilities.max(1)

    @property
    def is_confident(self) -> np.ndarray:
        """Whether each image is read with confidence over 0.9, shape (N,), bool."""
        return self.confidence > CONFIDENT

    @property
    def confident_share(self) -> float:
        """Share of images read with confidence over 0.9."""
        return float(self.is_confident.mean())

    @property
    def digit_shares(self) -> list[float]:
        """Share of images read as each of 0..9."""
        counts = np.bincount(self.digits, minlength=self.probabilities.shape[1])
        return [float(share) for share in counts / len(self)]


class Judge:
    """A digit classifier on a device, always in float32.

    Parameters
    ----------
    classifier : ImageReader
        In evaluation mode, on `device`.
    sha256 : str
        Of its checkpoint.
    """

    def __init__(self, classifier: ImageReader, device: torch.device | str = "cpu", sha256: str = "") -> None:
        self.classifier, self.device, self.sha256 = classifier, torch.device(device), sha256

    @classmethod
    def open(cls, device: torch.device | str = "cpu") -> Judge:
        """The shipped classifier (BadInput if it cannot be opened)."""
        return cls.of(sources.open(locate(JUDGE)), device)

    @classmethod
    def of(cls, checkpoint: Checkpoint, device: torch.device | str = "cpu") -> Judge:
        """The classifier in a checkpoint (BadInput if it is none)."""
        if not isinstance(checkpoint.network, ImageReader):
            raise BadInput(f"{checkpoint.path}: is of kind {checkpoint.card.kind}; the judge must be a classifier")
        checkpoint.network.to(device)
        return cls(checkpoint.network, device, checkpoint.sha256)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(C, H, W) of the images that it reads."""
        return self.classifier.image_shape

    def read(self, images: np.ndarray, report: Report | None = None) -> Readings:
        """Read images, in blocks.

        Parameters
        ----------
        images : ndarray, shape (N, C, H, W)
            uint8 0..255, or floats in [-1, 1].
        report : callable, optional
            Told the size of each block when it is done.
        """
        features, probabilities = Rows(len(images)), Rows(len(images))
        with torch.inference_mode():
            for start in range(0, len(images), BLOCK):
                block = torch.as_tensor(np.array(images[start : start + BLOCK]))  # a copy: MNIST's own arrays are read-only
                x = block.to(self.device, torch.float32)
                x = x / 127.5 - 1 if block.dtype == torch.uint8 else x
                found = self.classifier.features(x)
                features.add(found.cpu().numpy())
                probabilities.add(self.classifier.logits_of(found).softmax(1).cpu().numpy())
                if report is not None:
                    report(len(block))
        return Readings(features.array, probabilities.array)


_real: dict[tuple[str, torch.device], Readings] = {}


def training_readings(judge: Judge, report: Report | None = None) -> Readings:
    """What the judge says of MNIST's 60,000 training images; read once in a process (half a minute of one core).

    Raises
    ------
    BadInput
        If MNIST's files are missing or are not the originals.
    """
    key = judge.sha256, judge.device
    if key not in _real:
        _real.clear()
        _real[key] = judge.read(mnist("train")[0], report)
    return _real[key]


def accuracy(readings: Readings, labels: np.ndarray) -> float:
    """Share of images read as what they are, in [0, 1]."""
    return float((readings.digits == labels).mean())
