"""The exact reverse process of a data set (MATH.md, "The exact reverse process of the training set").

For the empirical q(x_0) = (1/n) sum_i delta(x^i), what the lecture calls intractable is a finite sum:

    w_i(x_t)       = softmax_i( -||x_t - sqrt(alpha_bar_t) x^i||^2 / (2 (1 - alpha_bar_t)) )
    E[x_0 | x_t]   = sum_i w_i x^i                                       the ideal denoiser
    E[eps | x_t]   = (x_t - sqrt(alpha_bar_t) E[x_0 | x_t]) / sqrt(1 - alpha_bar_t)

||.||^2 is expanded, so that all distances are one matrix product (`explorer/diffusion/exact_images.py`), and the distances of those
nearest are computed again in float64. Samples are taken in groups of `GROUP` at a time, whatever their number: sample i gets the
same bits in any batch.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor

from explorer.diffusion.exact_images import GROUP, images_of

REFINED = 32  # nearest images whose distances are computed again in float64
SPREAD_AT_ONCE = 4096  # images gathered together where many have weight
NEGLIGIBLE = 1e-12  # weights below this add less than rounding to the mean
SMALLEST = -87.0  # exp of less is no normal float32 any more
FEW = 2048  # with fewer weights than this, their images are gathered

T = TypeVar("T")
Work = Generator[None, None, "_Scores"]


@dataclass(frozen=True, slots=True, eq=False)
class ImagePosterior:
    """q(x_0 | x_t) over the images of a data set, for N samples.

    Attributes
    ----------
    mean : Tensor, shape (N, C, H, W), float32
        E[x_0 | x_t].
    entropy : Tensor, shape (N,), float64
        Of w, in nats: 0 where x_0 is decided, ln n where every image is as likely.
    top : Tensor, shape (N, k), int64
        Images with the largest weights, largest first.
    top_weights : Tensor, shape (N, k), float64
    drawn : Tensor or None, shape (N,), int64
        i ~ w, where numbers to draw with were given.
    """

    mean: Tensor
    entropy: Tensor
    top: Tensor
    top_weights: Tensor
    drawn: Tensor | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Scores:
    """-||x - s x^i||^2 / 2 up to a constant of the row: float32 for all, float64 for the nearest."""

    all: Tensor
    nearest: Tensor
    refined: Tensor


class EmpiricalData:
    """The images x^1 .. x^n of a data set as one matrix.

    Parameters
    ----------
    images : Tensor, shape (n, C, H, W)
        float32 in [-1, 1], or uint8 0..255 that stands for it.
    device : torch.device or str
        Where the matrix is kept and the work is done; it needs float64.

    Raises
    ------
    ValueError
        If there are no images, or their values are not finite.
    """

    def __init__(self, images: Tensor, device: torch.device | str = "cpu") -> None:
        if images.ndim != 4 or images.numel() == 0:
            raise ValueError(f"the exact process needs images of shape (n, C, H, W), at least one, not {tuple(images.shape)}")
        self.image_shape = (int(images.shape[1]), int(images.shape[2]), int(images.shape[3]))
        self._images = images_of(images, device)

    @property
    def n(self) -> int:
        """Number of images."""
        return len(self._images)

    @property
    def device(self) -> torch.device:
        """Where the matrix is."""
        return self._images.device

    def images(self, indices: Tensor) -> Tensor:
        """Images x^i, shape (*indices.shape, C, H, W), float32."""
        return self._images.rows(indices.to(self.device)).unflatten(-1, self.image_shape)

    # --- what is asked ---

    def log_weights(self, x_t: Tensor, alpha_bar: float | Tensor) -> Tensor:
        """log w_i(x_t), shape (N, n), float32; N n numbers of memory. Parameters as of `posterior_work`."""
        groups = zip(self._groups(x_t), self._levels(x_t, alpha_bar), strict=True)
        return torch.cat([_finished(self._group_log_weights(rows, levels))[: len(rows)] for rows, levels in groups])

    def denoise(self, x_t: Tensor, alpha_bar: float | Tensor) -> Tensor:
        """E[x_0 | x_t], shape and dtype of x_t: what no network can surpass in squared error on this data."""
        return self.posterior(x_t, alpha_bar).mean.to(x_t)

    def posterior(self, x_t: Tensor, alpha_bar: float | Tensor, uniforms: Tensor | None = None, k: int = 1) -> ImagePosterior:
        """q(x_0 | x_t); as `posterior_work`, at once."""
        return _finished(self.posterior_work(x_t, alpha_bar, uniforms, k))

    def posterior_work(
        self, x_t: Tensor, alpha_bar: float | Tensor, uniforms: Tensor | None = None, k: int = 1
    ) -> Generator[None, None, ImagePosterior]:
        """q(x_0 | x_t), returned; a None for each block of work (a cancel point).

        Parameters
        ----------
        x_t : Tensor, shape (N, C, H, W)
        alpha_bar : float or Tensor of shape (N,)
            In (0, 1): one noise level for all samples, or each its own.
        uniforms : Tensor or None, shape (N,), float64
            In [0, 1): draw i ~ w with them.
        k : int
            How many of the largest weights; at most n of them are given.
        """
        parts: list[ImagePosterior] = []
        for g, (rows, levels) in enumerate(zip(self._groups(x_t), self._levels(x_t, alpha_bar), strict=True)):
            _, shares = yield from self._group_logits(rows, levels)
            w = shares[: len(rows)] / _sum(shares)[: len(rows)].float()
            mean = yield from self._mean(w)
            top_weights, top = w.topk(min(k, self.n), dim=1)
            drawn = None if uniforms is None else _draw(w, uniforms[g * GROUP :][: len(rows)].to(self.device))
            entropy = torch.special.entr(w).sum(dim=1, dtype=torch.float64)
            parts.append(ImagePosterior(mean, entropy, top, top_weights.double(), drawn))
            yield
        return self._joined(parts, x_t.device, uniforms is not None, min(k, self.n))

    def spread(self, x_t: Tensor, alpha_bar: float) -> Tensor:
        """Trace of Cov(x_0 | x_t) = sum_i w_i ||x^i - E[x_0 | x_t]||^2, shape (N,), float64; parameters as of `posterior_work`."""
        found = []
        for rows, levels in zip(self._groups(x_t), self._levels(x_t, alpha_bar), strict=True):
            w = _exp(_finished(self._group_log_weights(rows, levels))[: len(rows)])
            found += [self._spread_of(row) for row in w]
        return torch.stack(found) if found else torch.zeros(0, dtype=torch.float64, device=self.device)

    def _spread_of(self, w: Tensor) -> Tensor:
        """sum_i w_i ||x^i - mean||^2, about the mean and not as a difference of squares, which would cancel."""
        some = (w > NEGLIGIBLE).nonzero().flatten()
        weights = w[some].double() / w[some].double().sum()
        blocks = list(zip(weights.split(SPREAD_AT_ONCE), some.split(SPREAD_AT_ONCE), strict=True))
        mean = torch.stack([share @ self._images.rows(each).double() for share, each in blocks]).sum(0)
        squares = [share @ (self._images.rows(each).double() - mean).square().sum(1) for share, each in blocks]
        return torch.stack(squares).sum()

    def nearest(self, x: Tensor, k: int = 1) -> tuple[Tensor, Tensor]:
        """Nearest images; as `nearest_work`, at once."""
        return _finished(self.nearest_work(x, k))

    def nearest_work(self, x: Tensor, k: int = 1) -> Generator[None, None, tuple[Tensor, Tensor]]:
        """The k nearest images by L2, nearest first, and their distances: (N, k) int64 and float64, returned.

        A None for each block of work (a cancel point).
        """
        indices, distances = [], []
        for rows in self._groups(x):
            scores = yield from self._scores(rows, torch.ones(GROUP, dtype=torch.float64, device=self.device), max(k, REFINED))
            found, order = scores.refined[: len(rows)].topk(min(k, self.n), dim=1)
            indices.append(scores.nearest[: len(rows)].gather(1, order))
            distances.append((-2 * found).clamp(min=0).sqrt())
        if not indices:
            return torch.zeros(0, min(k, self.n), dtype=torch.int64), torch.zeros(0, min(k, self.n), dtype=torch.float64)
        return torch.cat(indices).to(x.device), torch.cat(distances).to(x.device)

    # --- how ---

    def _groups(self, x: Tensor) -> list[Tensor]:
        """Flattened samples, `GROUP` at a time, the last group as long as it is."""
        if tuple(x.shape[1:]) != self.image_shape:
            raise ValueError(f"samples of shape {tuple(x.shape[1:])} beside images of shape {self.image_shape}")
        return list(x.to(self.device).flatten(1).split(GROUP)) if len(x) else []

    def _levels(self, x: Tensor, alpha_bar: float | Tensor) -> list[Tensor]:
        """alpha_bar of each row, shape (GROUP,), float64, group by group; that of padding does not matter."""
        levels = torch.as_tensor(alpha_bar, dtype=torch.float64, device=self.device).expand(len(x))
        if not bool(((levels > 0) & (levels < 1)).all()):
            raise ValueError(f"alpha_bar must be in (0, 1), not {alpha_bar}")
        padded = torch.full((-(-len(x) // GROUP) * GROUP,), 0.5, dtype=torch.float64, device=self.device)
        padded[: len(x)] = levels
        return list(padded.split(GROUP)) if len(x) else []

    def _scores(self, rows: Tensor, signal: Tensor, refined: int = REFINED) -> Work:
        """Of at most GROUP rows, each x seen beside signal x^i."""
        x = rows.double()
        scores = yield from self._images.scores(x, signal)
        nearest = scores.topk(min(refined, self.n), dim=1).indices
        squares = torch.zeros(nearest.shape, dtype=torch.float64, device=self.device)
        for i, (own, s, near) in enumerate(zip(x, signal, nearest, strict=False)):
            squares[i] = (own - s * self._images.rows(near).double()).square().sum(dim=1)
        return _Scores(scores, nearest, -squares / 2)

    def _group_log_weights(self, rows: Tensor, alpha_bar: Tensor) -> Generator[None, None, Tensor]:
        """log w, shape (GROUP, n): rows beyond the samples are of no use."""
        logits, shares = yield from self._group_logits(rows, alpha_bar)
        return logits - _sum(shares).log().float()

    def _group_logits(self, rows: Tensor, alpha_bar: Tensor) -> Generator[None, None, tuple[Tensor, Tensor]]:
        """log w but for a constant of the row, and its exponentials, both (GROUP, n)."""
        scores = yield from self._scores(rows, alpha_bar.sqrt())
        variance = (1 - alpha_bar)[:, None]
        best, at = scores.refined.max(dim=1, keepdim=True)
        pivot = scores.all.gather(1, scores.nearest.gather(1, at))
        # maxima first, then the division: at t = 1 it would blow up what cancels
        logits = (scores.all - pivot) / variance.float()
        logits.scatter_(1, scores.nearest, ((scores.refined - best) / variance).float())
        return logits, _exp(logits)

    def _mean(self, w: Tensor) -> Generator[None, None, Tensor]:
        """sum_i w_i x^i, shape (N, C, H, W), for at most GROUP samples."""
        counts = (w > NEGLIGIBLE).sum(dim=1)
        mean = torch.zeros(len(w), math.prod(self.image_shape), device=self.device)
        many = (counts > FEW).nonzero().flatten()
        if len(many):
            mean[many] = yield from self._images.mean(w[many])
        for i in (counts <= FEW).nonzero().flatten().tolist():
            some = (w[i] > NEGLIGIBLE).nonzero().flatten()
            mean[i] = w[i, some] @ self._images.rows(some) if len(some) else math.nan
        return mean.unflatten(1, self.image_shape)

    def _joined(self, parts: list[ImagePosterior], device: torch.device, drawn: bool, k: int) -> ImagePosterior:
        if not parts:
            none = torch.zeros(0, dtype=torch.int64, device=device)
            mean = torch.zeros(0, *self.image_shape, device=device)
            return ImagePosterior(mean, none.double(), none.reshape(0, k), none.reshape(0, k).double(), none if drawn else None)
        return ImagePosterior(
            torch.cat([p.mean for p in parts]).to(device),
            torch.cat([p.entropy for p in parts]).to(device),
            torch.cat([p.top for p in parts]).to(device),
            torch.cat([p.top_weights for p in parts]).to(device),
            torch.cat([p.drawn for p in parts if p.drawn is not None]).to(device) if drawn else None,
        )


def _exp(logits: Tensor) -> Tensor:
    """Exp of logits, 0 below `SMALLEST`: what is no normal number takes the processor ten times as long."""
    return logits.clamp(min=SMALLEST).exp_().mul_(logits > SMALLEST)


def _sum(shares: Tensor) -> Tensor:
    """Of each row, (GROUP, 1) float64: always of as many rows, so that it has the same bits in any batch."""
    return shares.sum(dim=1, keepdim=True, dtype=torch.float64)


def _draw(w: Tensor, u: Tensor) -> Tensor:
    """i ~ w by the inverse of its cumulative sum, shape (N,)."""
    cumulative = w.cumsum(dim=1, dtype=torch.float64)
    # an image of weight 0 adds nothing to the sum, and is never the first to exceed
    index = torch.searchsorted(cumulative, (u * cumulative[:, -1])[:, None], right=True)
    return index[:, 0].clamp(max=w.shape[1] - 1)


def _finished(work: Generator[None, None, T]) -> T:
    """What a generator returns, its cancel points passed over."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            result: T = done.value
            return result
