"""The codes of a data set's images as what a ddpm learns, and their place and size."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch

from explorer import sources
from explorer.checkpoints.card import LatentCard
from explorer.checkpoints.files import Checkpoint
from explorer.checkpoints.locate import source_of
from explorer.datasets.images import ImageSet
from explorer.errors import BadInput
from explorer.models.autoencoder import Autoencoder, AutoencoderConfig
from explorer.models.latent_mlp import decoder_weights

ENCODED = 500
"""Images that are encoded at a time."""

Taken = Literal["mean", "sample"]


@dataclass(frozen=True, eq=False, kw_only=True)
class CodeSet(ImageSet):
    """Images whose codes are learnt.

    Attributes
    ----------
    coder : Checkpoint
        The autoencoder.
    mean, std : ndarray, shape (code,), float32
        Of the codes, each dimension for itself; `std` is greater than 0.
    codes : ndarray, shape (N, code, k, 1), float32
        Of the images, normalised to mean 0 and variance 1: m(x) alone (k = 1), or m(x) and s(x), to draw from (k = 2).
    """

    coder: Checkpoint
    mean: np.ndarray
    std: np.ndarray
    codes: np.ndarray

    @property
    def are_drawn(self) -> bool:
        """Whether an update sees a draw of q(z|x) rather than its mean."""
        return self.codes.shape[2] == 2

    def inputs(self, chosen: np.ndarray) -> np.ndarray:
        """Rows of `codes`."""
        return self.codes[chosen]

    @property
    def code_shape(self) -> tuple[int, int, int]:
        """(code, 1, 1)."""
        return len(self.mean), 1, 1

    @property
    def latent(self) -> LatentCard:
        """What the card of a network that learns them says of them."""
        coder, reach = self.coder, float(np.max(np.abs(self.mean) + 3 * self.std))
        words = "x = (z - m) / s in each dimension, m and s those of the training images' codes"
        return LatentCard(
            self.code_shape, self.image_shape, Path(source_of(coder.path)).stem, words, reach=reach,
            sha256=coder.sha256, drawn=self.are_drawn,
        )  # fmt: skip


def coder_named(name: str) -> Checkpoint:
    """The autoencoder that a person names: a file or a shipped one.

    Raises
    ------
    BadInput
        If it cannot be opened, or has no codes that are vectors and a decoder of this app's.
    """
    checkpoint = sources.open(sources.located(name))
    if not isinstance(checkpoint.network, Autoencoder) or not isinstance(checkpoint.network.config, AutoencoderConfig):
        raise BadInput(f"{name}: is of kind {checkpoint.card.kind}; codes are learnt of a vae or an ae that `train` made")
    return checkpoint


def codes_of(data: ImageSet, coder: Checkpoint, taken: Taken = "mean") -> CodeSet:
    """Encode a data set.

    Parameters
    ----------
    taken : "mean" or "sample"
        What is learnt: the means m(x), or draws of q(z|x), whose variance is that of the means and the mean of s(x)^2.

    Raises
    ------
    BadInput
        If the autoencoder does not take the images, its codes are points and draws are asked for, or a dimension of its codes is constant.
    """
    model = coder.network
    assert isinstance(model, Autoencoder)
    if data.image_shape != model.config.image_shape:
        own, theirs = ("x".join(map(str, shape)) for shape in (model.config.image_shape, data.image_shape))
        raise BadInput(f"{coder.path}: encodes images of {own}; those of {data.name} are {theirs}")
    if taken == "sample" and not model.config.variational:
        raise BadInput(f"{coder.path}: is an ae, whose codes are points; --codes sample needs a vae")
    means, variances = encoded(model, data)
    spread = means.var(0) + (variances.mean(0) if taken == "sample" else 0)
    if not np.all(spread > 0):
        raise BadInput(
            f"{coder.path}: a dimension of its codes is the same for every image of {data.name}, so that there is nothing to learn"
        )
    mean, std = means.mean(0), np.sqrt(spread)
    parts = [(means - mean) / std, *([np.sqrt(variances) / std] if taken == "sample" else [])]
    how = "draws of q(z|x)" if taken == "sample" else "means of q(z|x)" if model.config.variational else "codes"
    known = ", ".join(filter(None, (data.taken, f"{how} of {Path(source_of(coder.path)).stem}")))
    return CodeSet(
        data.name, data.images, data.labels, data.sha256, known, coder=coder, mean=mean.astype(np.float32), std=std.astype(np.float32),
        codes=np.stack(parts, 2)[..., None].astype(np.float32),
    )  # fmt: skip


def unencoded(data: ImageSet, coder: Checkpoint, taken: Taken) -> CodeSet:
    """Codes of 0 in the place of a data set's: what they cost does not depend on what they are."""
    model = coder.network
    assert isinstance(model, Autoencoder)
    d = model.config.code
    return CodeSet(
        data.name, data.images, data.labels, data.sha256, "", coder=coder, mean=np.zeros(d, np.float32), std=np.ones(d, np.float32),
        codes=np.zeros((len(data.images), d, 2 if taken == "sample" else 1, 1), np.float32),
    )  # fmt: skip


def encoded(model: Autoencoder, data: ImageSet) -> tuple[np.ndarray, np.ndarray]:
    """Means and variances (N, code), float64, of q(z|x) of every image; variances of 0 of an autoencoder whose codes are points."""
    means, variances = [], []
    with torch.inference_mode():
        for start in range(0, len(data.images), ENCODED):
            chosen = np.arange(start, min(start + ENCODED, len(data.images)))
            mean, log_variance = model.encode(torch.from_numpy(data.inputs(chosen)))
            means.append(mean.double().numpy())
            variances.append(torch.zeros_like(mean).double().numpy() if log_variance is None else log_variance.double().exp().numpy())
    return np.concatenate(means), np.concatenate(variances)


def own_decoder(coder: Checkpoint) -> dict[str, torch.Tensor]:
    """Weights of an autoencoder's decoder, by name."""
    return decoder_weights(coder.network)
