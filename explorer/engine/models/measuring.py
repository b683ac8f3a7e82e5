"""Which way to run a network is the fastest of those that change nothing that can be seen: tried, not assumed.

Plain PyTorch in float32 is what the others are measured against, in speed and in what they say; whatever is not faster, or not close,
is not used. A way that is beaten after two evaluations is not asked further. Each evaluation has one of plain PyTorch's beside it, since
a machine that does something else at the same time makes both slower; where it does much, the figures are marked.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from explorer import backends
from explorer.backends import TORCH
from explorer.backends.base import Backend
from explorer.checkpoints.files import Checkpoint
from explorer.diffusion.predictor import NetworkPredictor, Run
from explorer.engine.aside import Work, aside
from explorer.engine.models import predictors
from explorer.engine.models.kept_choices import Choice, Measured
from explorer.models.roles import some_labels, told_of_before

EVALUATIONS = 3
FIRST_LOOK = 2
"""Evaluations after which one that is clearly slower than the best so far is left alone."""
CLEARLY = 1.15
WELL = 3.0
"""Times faster than plain PyTorch: what a compiler would add to that is not worth its seconds while chains are sampled."""
OWN_LOAD = 1
"""What the window adds to the load of a machine whose processors a chain keeps at work."""
Prepared = Callable[[Backend, str], Run]


@dataclass
class Probe:
    """Measures one network at one size of batch.

    Attributes
    ----------
    checkpoint : Checkpoint
        A DDPM's, its network on the device.
    device : torch.device
    samples : int
        Size of the batch.
    prepared : callable
        (backend, precision) to what runs the network so; kept by who asks, so that nothing is made ready twice.
    """

    checkpoint: Checkpoint
    device: torch.device
    samples: int
    prepared: Prepared
    _measured: list[Measured] = field(default_factory=list)

    def work(self) -> Work[Choice]:
        """The choice, returned; a None for each cancel point."""
        exact = predictors.from_checkpoint(self.checkpoint, self.device)
        busy = is_busy()
        yield
        exact.run(*self._batch())
        yield
        alone = []
        for _ in range(EVALUATIONS):
            alone.append(self._timed(exact.run))
            yield
        T = exact.schedule.T
        self._measured.append(Measured(TORCH.name, TORCH.precisions[0], statistics.median(alone), T))
        for backend in (*backends.BACKENDS[1:], TORCH):
            if backend.compiles and self._is_well_served(T):
                continue
            for precision in backend.offers(self.device) if backend.supports(self.checkpoint.network) else ():
                if (backend, precision) != (TORCH, TORCH.precisions[0]):
                    self._measured.append((yield from self._tried(backend, precision, exact)))
        return Choice(self.checkpoint.sha256, self.samples, T, tuple(self._measured), busy=busy or is_busy())

    def _is_well_served(self, T: int) -> bool:
        """Whether a way that is of use at every timestep is much faster than plain PyTorch."""
        plain = self._measured[0].seconds
        return any(each.up_to == T and each.seconds and plain > WELL * each.seconds for each in self._measured)

    def _tried(self, backend: Backend, precision: str, exact: NetworkPredictor) -> Work[Measured]:
        try:
            begin = time.perf_counter()
            run = yield from self._ready(backend, precision)
            ready = time.perf_counter() - begin
            pairs = yield from self._beside(run, exact.run, FIRST_LOOK)
            seconds = self._fair(pairs)
            if seconds > CLEARLY * min(self._bounds(exact.schedule.T)):
                return Measured(backend.name, precision, seconds, ready=ready)
            other = NetworkPredictor(run, exact.option, exact.schedule, network=exact.network, condition=exact.condition)
            shape = self.checkpoint.card.data.shape
            up_to = yield from predictors.closeness(other, exact, shape, self.device, self.samples)
            pairs += yield from self._beside(run, exact.run, EVALUATIONS - 1)
            return Measured(backend.name, precision, self._fair(pairs), up_to, ready)
        except Exception as error:  # whatever a library has against this network: it is not used
            cause = str(error).splitlines()[0] if str(error) else type(error).__name__
            return Measured(backend.name, precision, 0.0, problem=cause[:200])

    def _ready(self, backend: Backend, precision: str) -> Work[Run]:
        """Made ready, its first evaluation behind it."""

        def first() -> Run:
            run = self.prepared(backend, precision)
            run(*self._batch())
            return run

        if self.device.type == "cpu":
            return (yield from aside(first))
        return first()

    def _bounds(self, T: int) -> list[float]:
        """Seconds of those that are of use at every timestep."""
        return [each.seconds for each in self._measured if each.up_to == T]

    def _beside(self, run: Run, plain: Run, count: int) -> Work[list[tuple[float, float]]]:
        """Seconds of one evaluation and of plain PyTorch's beside it, several times in turns; `run` has been called before."""
        pairs = []
        for _ in range(count):
            own = self._timed(run)
            yield
            pairs.append((own, self._timed(plain)))
            yield
        return pairs

    def _fair(self, pairs: list[tuple[float, float]]) -> float:
        """Seconds that it would have taken while plain PyTorch was timed: by the ratio of medians."""
        own, plain = (statistics.median(each) for each in zip(*pairs, strict=True))
        return self._measured[0].seconds * own / plain

    def _timed(self, run: Run) -> float:
        """Seconds of one evaluation."""
        batch = self._batch()
        self._settle()
        begin = time.perf_counter()
        run(*batch)
        self._settle()
        return time.perf_counter() - begin

    def _batch(self) -> tuple[torch.Tensor, ...]:
        shape = (self.samples, *self.checkpoint.card.data.shape)
        x = torch.randn(shape, generator=torch.Generator().manual_seed(0)).to(self.device)
        t = torch.ones(self.samples, dtype=torch.int64, device=self.device)
        network = self.checkpoint.network
        return x, t, *some_labels(network, self.samples, self.device), *told_of_before(network, x)

    def _settle(self) -> None:
        """On a GPU an evaluation has only been asked for when the call returns."""
        settle(self.device)


def settle(device: torch.device) -> None:
    """Wait until what was asked of a device is done."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def is_busy() -> bool:
    """Whether the machine does more than a window and its chain would have it do, as far as the system says."""
    try:
        return os.getloadavg()[0] > (os.cpu_count() or 1) + OWN_LOAD
    except (AttributeError, OSError):  # Windows has no such figure
        return False
