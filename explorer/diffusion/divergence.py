"""eps_hat of a predictor as a vector field, and its divergence: exactly, or by Hutchinson's estimate.

    tr J = E[ v^T J v ],   J = d eps_hat / d x_t,   for any v with E[v v^T] = I (Hutchinson 1990)

J is never made. Where a network can be differentiated, v^T J is one backward pass; where it cannot (a graph of another program, a
kernel), J v is a central difference; the exact process knows its trace in closed form.
"""

from __future__ import annotations

import copy
from collections.abc import Generator, Sequence
from typing import Literal, Protocol, runtime_checkable

import torch
from torch import Tensor

from explorer.diffusion.exact_predictor import ExactPredictor
from explorer.diffusion.flow_settings import Probe
from explorer.diffusion.matching import MatchedPredictor
from explorer.diffusion.noise import shared_noise
from explorer.diffusion.posterior import Posterior, posterior
from explorer.diffusion.predictor import NetworkPredictor, Predictor, ask

STREAM = 2**32
"""Base stream of the shared noise of probes: apart from that of chains, branches and estimates of the bound."""
DIFFERENCE = 0.05
"""How far a central difference goes to either side, in standard deviations of x_t's noise."""

Means = Literal["closed form", "derivatives", "differences"]


@runtime_checkable
class TracesNoise(Protocol):
    """A predictor that knows the divergence of its eps_hat."""

    def noise_trace(self, x_t: Tensor, t: int) -> Tensor:
        """Trace of d eps_hat / d x_t of each sample, shape (N,), float64."""
        ...


def step_at(predictor: Predictor, t: int) -> Posterior:
    """The step t -> t - 1 of a predictor's schedule: eps_hat does not depend on where it leads."""
    levels = predictor.schedule.alpha_bar
    return posterior(float(levels[t]), float(levels[t - 1]))


def slope(predictor: Predictor, x: Tensor, t: int) -> Tensor:
    """eps_hat(x, t), x's shape: the slope dy/ds of the probability-flow ODE.

    One that remembers is told that nothing was said before: only so is it a function of x and t.
    """
    return ask(predictor, x, t, step_at(predictor, t), clip=False).eps_hat


def means_of(predictor: Predictor) -> Means:
    """How the divergence of a predictor is had."""
    inner = predictor.inner if isinstance(predictor, MatchedPredictor) else predictor
    if isinstance(predictor, TracesNoise):
        return "closed form"
    return "differences" if isinstance(inner, NetworkPredictor) and not inner.calls_network else "derivatives"


def following_mean(predictor: Predictor) -> Predictor:
    """An exact process that draws no image: what a flow needs, which draws nothing. Any other predictor as it is."""
    if isinstance(predictor, ExactPredictor):
        return predictor.following("mean")
    if isinstance(predictor, MatchedPredictor):
        return predictor.with_inner(following_mean(predictor.inner))
    return predictor


def as_field(predictor: Predictor) -> Predictor:
    """The predictor as a function of x and t of which derivatives can be taken.

    An exact process follows its mean; a network that was loaded in PyTorch's inference mode has no derivatives, and is copied.
    """
    predictor = following_mean(predictor)
    if isinstance(predictor, MatchedPredictor):
        return predictor.with_inner(as_field(predictor.inner))
    if not isinstance(predictor, NetworkPredictor) or predictor.network is None or not predictor.calls_network:
        return predictor
    network = predictor.network
    if not any(tensor.is_inference() for tensor in (*network.parameters(), *network.buffers())):
        return predictor
    found = copy.copy(predictor)
    with torch.inference_mode(False):
        found.network = copy.deepcopy(network)
    found.run, found.fast, found.up_to = found.network, None, 0
    return found


def probe_noise(kind: Probe, seed: int, indices: Sequence[int], t: int, number: int, like: Tensor) -> Tensor:
    """Probe vectors v of a batch, of `like`'s shape and type: a pure function of (seed, sample, t, number).

    Parameters
    ----------
    kind : Probe
        "rademacher": signs, of the smaller variance; "gaussian".
    number : int
        Which of several probes.
    """
    drawn = shared_noise(seed, indices, t, like.shape[1:], stream=STREAM + number)
    return (drawn.sign() + (drawn == 0) if kind == "rademacher" else drawn).to(like)


def traced(
    predictor: Predictor, x: Tensor, t: int, probes: Sequence[Tensor] | None, means: Means
) -> Generator[None, None, tuple[Tensor, Tensor]]:
    """eps_hat and the trace of its Jacobian, returned; a None for each cancel point.

    Parameters
    ----------
    x : Tensor, shape (N, C, H, W)
    probes : sequence of Tensor or None
        Vectors v, each of x's shape; None takes the trace exactly, one unit vector after the other.
    means : Means
        What `means_of` says.

    Returns
    -------
    eps_hat : Tensor, x's shape
    traces : Tensor, shape (N, M), float64
        v^T J v of each probe; of one column where the trace is exact.
    """
    if means == "closed form":
        assert isinstance(predictor, TracesNoise)
        eps = slope(predictor, x, t)
        yield
        return eps, predictor.noise_trace(x, t)[:, None]
    if means == "differences":
        return (yield from _by_differences(predictor, x, t, probes))
    with torch.inference_mode(False), torch.enable_grad():
        along = x.clone().requires_grad_()
        eps = slope(predictor, along, t)
    yield
    if not eps.requires_grad:  # the module hides another program's graph
        return (yield from _by_differences(predictor, x, t, probes))
    columns = []
    for number, v in enumerate(_vectors(x, probes)):
        with torch.inference_mode(False), torch.enable_grad():
            (product,) = torch.autograd.grad((eps * v.clone()).sum(), along, retain_graph=True)
        columns.append((product * v).flatten(1).sum(1, dtype=torch.float64))
        if number % 8 == 7:
            yield
    return eps.detach(), _gathered(columns, exact=probes is None)


def _by_differences(
    predictor: Predictor, x: Tensor, t: int, probes: Sequence[Tensor] | None
) -> Generator[None, None, tuple[Tensor, Tensor]]:
    eps = slope(predictor, x, t)
    yield
    columns, h = [], DIFFERENCE * step_at(predictor, t).sqrt_one_minus_alpha_bar
    for v in _vectors(x, probes):
        there = slope(predictor, x + h * v, t)
        yield
        back = slope(predictor, x - h * v, t)
        yield
        columns.append(((there - back) * v).flatten(1).sum(1, dtype=torch.float64) / (2 * h))
    return eps, _gathered(columns, exact=probes is None)


def _vectors(x: Tensor, probes: Sequence[Tensor] | None) -> Generator[Tensor, None, None]:
    """The probes, or every unit vector."""
    if probes is not None:
        yield from probes
        return
    for place in range(x[0].numel()):
        unit = torch.zeros_like(x)
        unit.flatten(1)[:, place] = 1
        yield unit


def _gathered(columns: list[Tensor], exact: bool) -> Tensor:
    found = torch.stack(columns, dim=1).cpu()
    return found.sum(1, keepdim=True) if exact else found
