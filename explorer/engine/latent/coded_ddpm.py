"""A ddpm of a plane's codes, ready to be walked, and the exact process of these codes beside it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor

from explorer.checkpoints.files import Checkpoint
from explorer.datasets.images import ImageSet, load_images
from explorer.diffusion.exact import EmpiricalData
from explorer.diffusion.exact_predictor import ExactPredictor
from explorer.diffusion.noise import noise_arrays
from explorer.diffusion.predictor import NetworkPredictor
from explorer.engine.aside import aside
from explorer.engine.latent.batches import batch
from explorer.engine.latent.codes import ENCODING_BLOCK
from explorer.engine.latent.plane import OpenPlane
from explorer.engine.models.models import Models
from explorer.engine.models.predictors import from_checkpoint
from explorer.errors import BadInput, about
from explorer.models.latent_mlp import LatentMlp
from explorer.models.roles import LatentModel

DRAWS_SEED = 0
"""Of the one draw of q(z|x) of each image, where a network learns draws."""


@dataclass(frozen=True, eq=False)
class CodedDdpm:
    """A network that walks a plane's codes.

    Attributes
    ----------
    checkpoint : Checkpoint
    network : LatentMlp
    predictor : NetworkPredictor
    """

    checkpoint: Checkpoint
    network: LatentMlp
    predictor: NetworkPredictor

    @property
    def std(self) -> np.ndarray:
        """s of x = (z - m) / s, shape (d,), float64."""
        found: np.ndarray = self.network.code_std.double().cpu().numpy()
        return found

    @property
    def shape(self) -> tuple[int, int, int]:
        """(d, 1, 1): of its states."""
        return self.network.config.image_shape

    def raw(self, x: Tensor) -> np.ndarray:
        """Codes (N, d), float64, of states (N, d, 1, 1)."""
        found: np.ndarray = self.network.raw(x).double().cpu().numpy()
        return found


def coded_ddpm(path: str, plane: OpenPlane, models: Models) -> Generator[None, None, CodedDdpm]:
    """The network in a file, as the generator's value; it yields at cancel points.

    Raises
    ------
    BadInput
        If it is no ddpm of this plane's codes.
    """
    with about(path):
        checkpoint = yield from models.opened_aside(path)
        network, latent = checkpoint.network, checkpoint.card.latent
        if not isinstance(network, LatentMlp) or latent is None:
            raise BadInput(f"{path}: is no ddpm of codes; train ddpm --in makes one")
        if latent.sha256 != plane.checkpoint.sha256:
            raise BadInput(f"{path}: walks the codes of {latent.coder}, and not those of {plane.checkpoint.path.stem}")
        return CodedDdpm(checkpoint, network, from_checkpoint(checkpoint, models.device))


_exact: WeakKeyDictionary[LatentMlp, EmpiricalData] = WeakKeyDictionary()


def exact_process(of: CodedDdpm, plane: OpenPlane) -> Generator[None, None, ExactPredictor]:
    """The exact reverse process of what the network was trained on, as the generator's value; it yields at cancel points.

    Raises
    ------
    BadInput
        If the images cannot be had here.
    """
    data = _exact.get(of.network)
    if data is None:
        images = yield from aside(lambda: _training_images(of.checkpoint))
        parts = []
        for part in _codes(images, plane.model, plane.device, of):
            yield
            parts.append(part)
        data = _exact[of.network] = EmpiricalData(torch.cat(parts), "cpu" if plane.device.type == "mps" else plane.device)
    return ExactPredictor(data, of.predictor.schedule)


def _training_images(checkpoint: Checkpoint) -> ImageSet:
    card = checkpoint.card.data
    images = load_images(card.name)
    if images.sha256 != card.sha256:
        raise BadInput(f"{card.name}: holds other images than {checkpoint.path.name} was trained on")
    return images


def _codes(images: ImageSet, model: LatentModel, device: torch.device, of: CodedDdpm) -> Iterator[Tensor]:
    """What the network learnt of the images: states (n, d, 1, 1), block by block."""
    latent, step = of.checkpoint.card.latent, batch(model, ENCODING_BLOCK)
    for start in range(0, len(images.images), step):
        chosen = np.arange(start, min(start + step, len(images.images)))
        mean, log_variance = model.encode(torch.from_numpy(images.inputs(chosen)).to(device))
        if latent is not None and latent.drawn and log_variance is not None:
            eps = torch.from_numpy(noise_arrays(DRAWS_SEED, chosen.tolist(), 0, (mean.shape[1],))).to(device)
            mean = mean + (0.5 * log_variance).exp() * eps
        yield of.network.normalised(mean)
