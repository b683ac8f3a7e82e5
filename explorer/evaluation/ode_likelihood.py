"""log p(x) of a diffusion model on images it has not seen, by the probability-flow ODE, and how far each figure can be off."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from explorer.diffusion.bound import Figure, Images
from explorer.diffusion.divergence import Means, as_field, means_of, probe_noise, slope, traced
from explorer.diffusion.flow_settings import evaluations
from explorer.diffusion.ode_likelihood import Flow, levels_between, likelihood
from explorer.diffusion.predictor import Predictor, told_of
from explorer.errors import BadInput

IMAGES = 32
BLOCK_PIXELS = 8 * 28 * 28


def block_size(values: int) -> int:
    """Images followed abreast: eight digits, fewer larger ones; a few, so that the first figures are there at once."""
    return max(1, BLOCK_PIXELS // values)


@dataclass
class FlowTally:
    """What was found of one predictor so far; `walk` goes on where it stands.

    Attributes
    ----------
    flow : Flow
    order : tuple of int
        Images, by their index in the data set, in the order in which they are taken.
    nats : list of float
        -log P(x_0), or the density's, of each image.
    probe_errors : list of float
        Standard error of each by its probes alone; NaN where there is one probe, or none.
    halved : list of float
        The same figure in half as many steps.
    """

    flow: Flow
    order: tuple[int, ...]
    nats: list[float] = field(default_factory=list)
    probe_errors: list[float] = field(default_factory=list)
    halved: list[float] = field(default_factory=list)

    @property
    def images(self) -> int:
        """How many were followed."""
        return len(self.nats)

    @property
    def total(self) -> Figure:
        """Mean over the images, and its standard error, of images, probes and what dequantises together."""
        return _mean(np.array(self.nats))

    @property
    def probe_error(self) -> float:
        """Standard error of that mean by the probes alone: NaN where there is one probe, 0 where the trace is exact."""
        if self.flow.probes == 0:
            return 0.0
        errors = np.array(self.probe_errors)
        return float(np.sqrt(np.square(errors).sum()) / len(errors)) if len(errors) else math.nan

    @property
    def discretisation(self) -> Figure:
        """How much the mean changes from half as many steps to these, with the same probes and noise."""
        return _mean(np.array(self.nats) - np.array(self.halved))


def _mean(values: np.ndarray) -> Figure:
    if not len(values):
        return Figure()
    error = float(values.std(ddof=1)) / math.sqrt(len(values)) if len(values) > 1 else math.nan
    return Figure(float(values.mean()), error)


def walk(predictor: Predictor, images: Images, tally: FlowTally, wanted: int) -> Iterator[int]:
    """Go on until the tally has so many images, or all there are.

    Parameters
    ----------
    predictor : Predictor
        One that is told labels is told those of the images: sample i of it is image i.

    Yields
    ------
    int
        Images just finished: 0 at cancel points, a few at each level of noise.

    Raises
    ------
    BadInput
        If the predictor puts out numbers that are not finite.
    """
    most = min(wanted, len(tally.order))
    while tally.images < most:
        size = block_size(images(tally.order[:1])[0].numel())
        indices = tally.order[tally.images : min(tally.images + size, most)]
        x0 = images(indices)
        found = []
        for flow in (tally.flow, tally.flow.halved):
            work = likelihood(predictor, x0, flow, indices)
            while True:
                try:
                    next(work)
                except StopIteration as done:
                    found.append(done.value)
                    break
                except ValueError as error:
                    raise BadInput(f"{getattr(predictor, 'name', 'a lane')}: {error}") from None
                yield 0
        full, half = found
        if not bool(torch.isfinite(full.nats).all()):
            raise BadInput(f"{getattr(predictor, 'name', 'a lane')}: its network puts out numbers that are not finite: no likelihood")
        tally.nats += full.nats.tolist()
        tally.probe_errors += full.probe_error.tolist()
        tally.halved += half.nats.tolist()
        yield len(indices)


def seconds_for(predictor: Predictor, x0: Tensor, flow: Flow, indices: Sequence[int], images: int) -> float:
    """About how long so many images take, from one evaluation of a few with derivatives, and one without.

    Parameters
    ----------
    x0 : Tensor, shape (N, C, H, W)
        Some of the images; of one block.
    indices : sequence of int
        Which they are.
    """
    told, means = as_field(told_of(predictor, indices)), means_of(predictor)
    times = levels_between(predictor.schedule, flow.steps)
    t = times[len(times) // 2]
    probes = [probe_noise(flow.probe, flow.seed, indices, t, 0, x0)]
    began = time.perf_counter()
    slope(told, x0, t)
    plain = time.perf_counter() - began
    for _ in traced(told, x0, t, probes, means):
        pass
    derived = time.perf_counter() - began - 2 * plain  # beside the evaluation that it has as well
    steps = len(times) - 1
    asked, with_trace = evaluations(steps, flow.solver)
    vectors = x0[0].numel() if flow.probes == 0 and means != "closed form" else max(1, flow.probes)
    return (asked * plain + with_trace * max(derived, 0.0) * vectors) * images / len(x0)


MEANS_WORDS: dict[Means, str] = {
    "closed form": "in closed form", "derivatives": "by derivatives of the network", "differences": "by central differences",
}  # fmt: skip


def trace_words(flow: Flow, means: Means) -> str:
    """How the divergence is had: "2 Rademacher probes, by derivatives of the network"."""
    if means == "closed form":
        return "exact, in closed form"
    if flow.probes == 0:
        return f"exact, {MEANS_WORDS[means]}"
    probe = {"rademacher": "Rademacher", "gaussian": "Gaussian"}[flow.probe]
    return f"{flow.probes} {probe} probe{'s' * (flow.probes != 1)} a level, {MEANS_WORDS[means]}"


OFFSETS = {
    "gaussian": "Gaussian dequantising: x_1 = sqrt(ab_1) x_0 + sqrt(1 - ab_1) eps, and L_0 of the bound for the 8-bit values",
    "uniform": "uniform dequantising: anywhere in each pixel's bin of width 2/255, whose logarithm is subtracted",
    "none": "density of x_0 in [-1, 1] at the noise of t = 1: of continuous data, no code length of 8-bit values",
}
"""What stands for an 8-bit image, by the names of `Flow.dequantise`."""
