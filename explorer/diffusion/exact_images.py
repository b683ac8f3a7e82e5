"""The images of a data set as one matrix, and the two products that its exact reverse process is made of.

Images of bytes stay bytes where the processor multiplies these itself (VNNI): a quarter of the memory is read, and the other factor is
written as digits of a byte each, so that all sums are integers and none of them rounds. Other images are float32.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from typing import Protocol

import torch
from torch import Tensor

GROUP = 16
"""Samples that are taken at a time."""
FLOAT_BLOCK, BYTE_BLOCK = 2**22, 2**24
"""Numbers of the data that one matrix product reads."""
CENTRE_GRID = 64  # x - centre is nearly exact in float32 for a centre of few bits
BASE = 256
HALVES = 0x80808080 - 2**32
STATE_DIGITS, WEIGHT_DIGITS = 3, 4

Work = Generator[None, None, Tensor]


class Images(Protocol):
    """x^1 .. x^n, each a row of D values."""

    def __len__(self) -> int:
        """n."""

    @property
    def device(self) -> torch.device:
        """Where they are."""

    def rows(self, indices: Tensor) -> Tensor:
        """Images, shape (*indices.shape, D), float32."""

    def scores(self, x: Tensor, signal: Tensor) -> Work:
        """-||x - s x^i||^2 / 2 up to a constant of the row, shape (GROUP, n), float32, returned; rows beyond those of x are of no use.

        Parameters
        ----------
        x : Tensor, shape (N, D), float64
            At most GROUP samples; a sample has the same bits whatever the others are.
        signal : Tensor, shape (GROUP,), float64
            s of each.
        """

    def mean(self, w: Tensor) -> Work:
        """sum_i w_i x^i for weights (N, n) of sum 1, shape (N, D), float32, returned; N at most GROUP."""


def images_of(values: Tensor, device: torch.device | str) -> Images:
    """Images (n, C, H, W), float32 or uint8 that stand for -1..1, in the way that is the fastest where they are to be."""
    if torch.device(device).type == "cpu" and torch.cpu._is_vnni_supported():
        found = _bytes_of(values)
        if found is not None:
            return ByteImages(found)
    return FloatImages(values, device)


def _bytes_of(images: Tensor) -> Tensor | None:
    """Bytes that stand for exactly these values, shape (n, D), uint8; None where there are none."""
    if images.dtype == torch.uint8:
        return images.flatten(1)
    if images.dtype != torch.float32:
        return None
    found = torch.empty(len(images), images[0].numel(), dtype=torch.uint8)
    for part in _parts(found, FLOAT_BLOCK):
        values = images[part].flatten(1).cpu()
        pixels = ((values + 1) * 127.5).round().clamp(0, 255)
        if not torch.equal(_values(pixels), values):
            return None
        found[part] = pixels.to(torch.uint8)
    return found


def _values(pixels: Tensor) -> Tensor:
    """What bytes stand for, float32: as `explorer.datasets.images.to_unit_range`."""
    return pixels.float() / 127.5 - 1


class ByteImages:
    """Images of bytes: x^i = (b^i + 1/2) / 127.5 for b = -128 .. 127.

    Parameters
    ----------
    pixels : Tensor, shape (n, D), uint8
    """

    def __init__(self, pixels: Tensor) -> None:
        self._signed = (pixels.to(torch.int16) - 128).to(torch.int8)
        norms = [_values(pixels[part]).double().square().sum(dim=1) / 2 for part in _parts(pixels, FLOAT_BLOCK)]
        self._half_norms = torch.cat(norms)

    def __len__(self) -> int:
        """n."""
        return len(self._signed)

    @property
    def device(self) -> torch.device:
        """The processor."""
        return self._signed.device

    def rows(self, indices: Tensor) -> Tensor:
        """As of `Images`."""
        return _values(self._signed[indices].to(torch.int16) + 128)

    def scores(self, x: Tensor, signal: Tensor) -> Work:
        """As of `Images`: s x b^i / 127.5 - s^2 ||x^i||^2 / 2, all but the last subtraction in integers."""
        count, s = len(x), signal[: len(x), None]
        states = s * x
        digits, unit = _digits(states, STATE_DIGITS)
        scores = torch.zeros(GROUP, len(self), dtype=torch.float64)
        halves = (s * s).flatten()
        for part in _parts(self._signed, BYTE_BLOCK):
            sums = torch._int_mm(self._signed[part], digits.flatten(1)).T
            total = scores[:count, part]
            low, middle, high = sums.split(count)
            total.add_(high, alpha=BASE * BASE).add_(middle, alpha=BASE).add_(low).mul_(unit / 127.5)
            total.addr_(halves, self._half_norms[part], alpha=-1)
            yield
        return scores.sub_(scores.amax(dim=1, keepdim=True)).float()

    def mean(self, w: Tensor) -> Work:
        """As of `Images`: of the weights as integers, the sum of which divides."""
        digits, _ = _digits(w, WEIGHT_DIGITS)
        total = torch.zeros(WEIGHT_DIGITS * len(w), self._signed.shape[1], dtype=torch.int64)
        for part in _parts(self._signed, BYTE_BLOCK):
            total += torch._int_mm(self._signed[part].T, digits[part].flatten(1)).T
            yield
        place = BASE ** torch.arange(WEIGHT_DIGITS, dtype=torch.float64)[:, None, None]
        sums = (total.unflatten(0, (WEIGHT_DIGITS, -1)) * place).sum(dim=0)
        whole = (digits.sum(dim=0, dtype=torch.int64)[..., None] * place).sum(dim=0)
        return ((sums / whole + 0.5) / 127.5).float()


def _digits(values: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Values (N, M) as multiples of a power of 2 of each row, written in digits -128 .. 127 of base 256.

    Returns
    -------
    digits : Tensor, shape (M, count, N), int8
        The smallest place first.
    unit : Tensor, shape (N, 1), float64
        0 or no number where the row's largest value is.
    """
    most = 2 ** (8 * count - 2)  # a multiple, at most: its digits do not overflow
    unit = values.abs().amax(dim=1, keepdim=True).double().log2().ceil().exp2() / most
    whole = (values * (1 / unit).to(values)).nan_to_num_(0, 0, 0).round_().to(torch.int32)
    # a byte of whole + 128 (1 + 256 + ...) is a digit + 128, and with its highest bit turned over the digit itself
    places = whole.add_(HALVES).bitwise_xor_(HALVES).view(torch.int8).unflatten(1, (-1, 4))
    return places[..., :count].permute(1, 2, 0).contiguous(), unit


class FloatImages:
    """Images of float32, or bytes as such.

    Each product's float32 error, divided by 1 - alpha_bar_t = 1e-4 at t = 1, would be tenths of a nat: so they are centred.

    Parameters
    ----------
    images : Tensor, shape (n, C, H, W)
    device : torch.device or str

    Raises
    ------
    ValueError
        If the values are not finite.
    """

    def __init__(self, images: Tensor, device: torch.device | str) -> None:
        self._centred = torch.empty(len(images), math.prod(images.shape[1:]), device=device)
        for part in _parts(self._centred, FLOAT_BLOCK):
            values = images[part].to(device, torch.float32).flatten(1)
            self._centred[part] = values / 127.5 - 1 if images.dtype == torch.uint8 else values
        mean = self._centred.mean(dim=0)
        if not bool(torch.isfinite(mean).all()):
            raise ValueError("the exact process needs images of finite values")
        self._centre = (mean * CENTRE_GRID).round() / CENTRE_GRID
        self._centred -= self._centre
        norms = [self._centred[part].double().square().sum(dim=1) / 2 for part in _parts(self._centred, FLOAT_BLOCK)]
        self._half_norms = torch.cat(norms)

    def __len__(self) -> int:
        """n."""
        return len(self._centred)

    @property
    def device(self) -> torch.device:
        """Where they are."""
        return self._centred.device

    def rows(self, indices: Tensor) -> Tensor:
        """As of `Images`."""
        return self._centred[indices] + self._centre

    def scores(self, x: Tensor, signal: Tensor) -> Work:
        """As of `Images`."""
        s = signal[:, None]
        offset = torch.zeros(GROUP, x.shape[1], dtype=torch.float64, device=self.device)
        offset[: len(x)] = x - s[: len(x)] * self._centre.double()
        flat = (s * offset).float()
        scores = torch.empty(GROUP, len(self), device=self.device)
        for part in _parts(self._centred, FLOAT_BLOCK):
            scores[:, part] = flat @ self._centred[part].T - (s * s * self._half_norms[part]).float()
            yield
        return scores

    def mean(self, w: Tensor) -> Work:
        """As of `Images`."""
        padded = torch.zeros(GROUP, len(self), device=self.device)
        padded[: len(w)] = w
        mean = torch.zeros(GROUP, self._centred.shape[1], device=self.device)
        for part in _parts(self._centred, FLOAT_BLOCK):
            mean += padded[:, part] @ self._centred[part]
            yield
        return mean[: len(w)] + self._centre


def _parts(matrix: Tensor, numbers: int) -> Iterator[slice]:
    """Rows of a matrix, about so many numbers at a time."""
    size = max(1, numbers // matrix.shape[1])
    for start in range(0, len(matrix), size):
        yield slice(start, min(start + size, len(matrix)))
