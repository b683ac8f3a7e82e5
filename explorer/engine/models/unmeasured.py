"""What runs a network before it has been measured: nothing is waited for, and nothing is slower than plain PyTorch.

What backends say that they are ready at once is tried on two images; so is PyTorch's short arithmetic, where no such backend will do.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Generator, Sequence

import torch

from explorer import backends
from explorer.backends import TORCH
from explorer.backends.base import Backend
from explorer.checkpoints.files import Checkpoint
from explorer.diffusion.predictor import Run
from explorer.engine.models import predictors
from explorer.engine.models.measuring import Prepared, settle
from explorer.models.roles import some_labels, told_of_before
from explorer.recipe.arithmetic import RunBy

IMAGES, TURNS = 2, 2
ROUNDING = 1e-4
"""By how much of its size an output may differ that is the same but for rounding."""


def unmeasured(checkpoint: Checkpoint, device: torch.device, prepared: Prepared) -> Generator[None, None, RunBy]:
    """What is known to be right, and is faster than plain PyTorch where anything is, returned; a None for each cancel point.

    Parameters
    ----------
    checkpoint : Checkpoint
        A DDPM's, its network on the device.
    prepared : callable
        (backend, precision) to what runs the network so.

    Raises
    ------
    BadInput
        If the checkpoint cannot predict a step.
    """
    exact = predictors.from_checkpoint(checkpoint, device)
    T, batch = exact.schedule.T, _batch(checkpoint, device, exact.schedule.T)
    yield
    for backend in _immediate(checkpoint, device):
        try:
            run = prepared(backend, backend.precisions[0])
            agrees = _agree(run(*batch), exact.run(*batch))
        except Exception:  # whatever a library has against this network: PyTorch runs it
            continue
        yield
        if agrees and (yield from _is_faster(run, exact.run, batch)):
            return RunBy(checkpoint.sha256, backend.name, backend.precisions[0], T)
    plain = RunBy(checkpoint.sha256, TORCH.name, TORCH.precisions[0], T)
    short = TORCH.default_precision(device)
    if short == plain.precision:
        return plain
    run = prepared(TORCH, short)
    run(*batch)
    yield
    if not (yield from _is_faster(run, exact.run, batch)):
        return plain
    predictor, used = yield from predictors.faithful_work(checkpoint, device, short)
    return RunBy(checkpoint.sha256, TORCH.name, used, predictor.up_to if predictor.fast is not None else T)


def _immediate(checkpoint: Checkpoint, device: torch.device) -> Sequence[Backend]:
    return [
        backend
        for backend in backends.BACKENDS
        if backend.immediate and backend.precisions[0] in backend.offers(device) and backend.supports(checkpoint.network)
    ]


def _batch(checkpoint: Checkpoint, device: torch.device, T: int) -> tuple[torch.Tensor, ...]:
    """Two images, one at each end of the chain; of a conditional network with labels."""
    x = torch.randn(IMAGES, *checkpoint.card.data.shape, generator=torch.Generator().manual_seed(0)).to(device)
    t = torch.linspace(1, T, IMAGES).round().long().to(device)
    return x, t, *some_labels(checkpoint.network, IMAGES, device), *told_of_before(checkpoint.network, x)


def _agree(said: torch.Tensor, wanted: torch.Tensor) -> bool:
    difference = float((said - wanted).double().norm())
    return difference <= ROUNDING * float(wanted.double().norm())  # NaN is not


def _is_faster(run: Run, plain: Run, batch: tuple[torch.Tensor, ...]) -> Generator[None, None, bool]:
    """Both have been called before, and are timed in turns, since the machine may do something else meanwhile."""
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(TURNS):
        for each, seconds in zip((run, plain), spent, strict=True):
            settle(batch[0].device)
            begin = time.perf_counter()
            each(*batch)
            settle(batch[0].device)
            seconds.append(time.perf_counter() - begin)
            yield
    return statistics.median(spent[0]) < statistics.median(spent[1])
