"""How many samples of the prior a model decodes to something that reads as a digit: the holes of a latent space, counted."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from explorer.datasets.images import to_unit_range
from explorer.evaluation.frechet import symmetric_root
from explorer.evaluation.judge import Judge
from explorer.evaluation.samples import BLOCK, as_pixels, blocks
from explorer.latent.prior import prior_codes
from explorer.models.roles import LatentModel

Report = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class PriorShare:
    """Shares of decodings that the digit classifier reads with confidence over 0.9.

    Attributes
    ----------
    samples : int
        How many were drawn from each distribution.
    prior : float
        Of codes z ~ N(0, I).
    fitted : float
        Of codes from the Gaussian with the mean and covariance of the images' codes: what an AE's decoder makes of the
        whole region where its codes are, whatever its place and size.
    digit_shares, fitted_digit_shares : list of float
        Share of the samples of each distribution read as each of 0..9. A share of confident readings says little without
        them: all of PCA's samples near its mean image are read as 8.
    """

    samples: int
    prior: float
    fitted: float
    digit_shares: list[float]
    fitted_digit_shares: list[float]

    @property
    def digits(self) -> float:
        """Effective number of digits among the prior's samples, exp(entropy) of their shares: 10 if all are alike, 1 for one."""
        return effective_number(self.digit_shares)

    @property
    def fitted_digits(self) -> float:
        """The same of the fitted Gaussian's samples."""
        return effective_number(self.fitted_digit_shares)


def effective_number(shares: list[float]) -> float:
    """exp(-sum p log p) of shares that add up to 1."""
    return math.exp(-sum(p * math.log(p) for p in shares if p > 0))


@torch.inference_mode()
def prior_share(
    model: LatentModel, judge: Judge, images: np.ndarray, samples: int, seed: int = 0, report: Report | None = None
) -> PriorShare:
    """Draw codes, decode them, and have them read.

    Parameters
    ----------
    model : LatentModel
        Of images that the judge reads, in evaluation mode.
    images : ndarray, shape (N, C, H, W), uint8
        Whose codes the Gaussian is fitted to, N at least 2.
    samples : int
        At least 1.
    seed : int
        The same codes z ~ N(0, I) for every model with as many dimensions.
    report : callable, optional
        Told how many more samples are done, of twice `samples`.
    """
    device = next(model.parameters()).device
    codes = np.concatenate(
        [
            model.encode(torch.from_numpy(to_unit_range(images[i : i + BLOCK])).to(device))[0].double().cpu().numpy()
            for i in range(0, len(images), BLOCK)
        ]
    )
    d = model.config.code
    mean, root = codes.mean(0), symmetric_root(np.cov(codes, rowvar=False).reshape(d, d))
    readings = []
    for fitted in (False, True):
        pictures = []
        for indices in blocks(samples, BLOCK):
            z = prior_codes(seed, indices, d).double().numpy()
            z = mean + z @ root if fitted else z
            pictures.append(as_pixels(model.decode(torch.from_numpy(z.astype(np.float32)).to(device))))
            if report is not None:
                report(len(indices))
        readings.append(judge.read(np.concatenate(pictures)))
    first, second = readings
    return PriorShare(samples, first.confident_share, second.confident_share, first.digit_shares, second.digit_shares)
