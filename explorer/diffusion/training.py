"""Algorithm 1: the training losses of Options A, B, C and V."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.diffusion.forward import per_sample, q_sample
from explorer.diffusion.objective import reverse_variances
from explorer.diffusion.parameterization import Option
from explorer.diffusion.posterior import posterior
from explorer.diffusion.schedule import Schedule

Network = Callable[[Tensor, Tensor], Tensor]
"""(x_t, t) to the output; one with classes has been given its labels."""
KINDS = ("simple", "min-snr", "bound")
"""How much each timestep counts in the loss."""
SNR_LIMIT = 5.0
"""gamma of min-SNR, the value of its paper."""


class TrainingTables:
    """Per-timestep coefficients of the targets and of the losses, float64, indexed by t.

    Entry 0 is unused. `a0` and `at` are those of Property 2; `bound_weight` is the weight of the squared error of the
    *mean* in the bound, 1 / (2 sigma_t^2), with what `reverse_variances` has in place of sigma_1 = 0.
    """

    def __init__(self, schedule: Schedule) -> None:
        levels = schedule.alpha_bar.tolist()
        steps = [posterior(levels[t], levels[t - 1]) for t in range(1, schedule.T + 1)]
        self.schedule = schedule
        self.a0 = _padded([s.a0 for s in steps])
        self.at = _padded([s.at for s in steps])
        self.bound_weight = 0.5 / reverse_variances(schedule)


def _padded(values: list[float]) -> Tensor:
    return torch.tensor([0.0, *values], dtype=torch.float64)


def target(option: Option, tables: TrainingTables, x0: Tensor, eps: Tensor, x_t: Tensor, t: Tensor) -> Tensor:
    """What the network is asked for: mu_tilde (A), x_0 (B), eps (C) or v (V); x0's shape."""
    if option is Option.A:
        index = t.cpu()
        return per_sample(tables.a0[index], x0) * x0 + per_sample(tables.at[index], x0) * x_t
    if option is Option.B:
        return x0
    if option is Option.C:
        return eps
    alpha_bar = tables.schedule.alpha_bar[t.cpu()]
    return per_sample(alpha_bar.sqrt(), x0) * eps - per_sample((1 - alpha_bar).sqrt(), x0) * x0


def mean_error_factor(option: Option, tables: TrainingTables, t: Tensor) -> Tensor:
    """d mean / d output at each t, shape (N,), float64: turns an error of the output into one of the mean."""
    index = t.cpu()
    alpha_bar = tables.schedule.alpha_bar[index]
    if option is Option.A:
        return torch.ones_like(alpha_bar)
    if option is Option.B:
        return tables.a0[index]
    if option is Option.C:
        return tables.a0[index] * ((1 - alpha_bar) / alpha_bar).sqrt()
    return tables.a0[index] * (1 - alpha_bar).sqrt()


def loss_weight(option: Option, tables: TrainingTables, t: Tensor, kind: str) -> Tensor:
    """How much the squared error of the output counts at each t, shape (N,), float64.

    Parameters
    ----------
    t : Tensor of int64, shape (N,)
        Timesteps in 1..T.
    kind : str
        "simple": 1 (Algorithm 1). "min-snr": such that the error of x0_hat counts min(SNR, 5), SNR = alpha_bar / (1 - alpha_bar)
        (Hang et al. 2023): Option C's own weight, SNR, without the steep rise at small t. "bound": such that the error
        of the mean counts 1 / (2 sigma_t^2), as in L_{t-1}.

    Raises
    ------
    ValueError
        If `kind` is none of these.
    """
    if kind not in KINDS:
        raise ValueError(f"the loss is one of {', '.join(KINDS)}, not {kind!r}")
    index = t.cpu()
    if kind == "simple":
        return torch.ones(index.shape, dtype=torch.float64)
    to_mean = mean_error_factor(option, tables, t) ** 2
    if kind == "bound":
        return to_mean * tables.bound_weight[index]
    alpha_bar = tables.schedule.alpha_bar[index]
    return to_mean / tables.a0[index] ** 2 * (alpha_bar / (1 - alpha_bar)).clamp(max=SNR_LIMIT)


@dataclass(frozen=True, slots=True)
class Parts:
    """What Algorithm 1 makes of images on its way to the loss: x_t, the target and the network's output, each of x_0's shape."""

    x_t: Tensor
    target: Tensor
    output: Tensor

    @property
    def squared_error(self) -> Tensor:
        """Mean over pixels of (target - output)^2, for each image, shape (N,)."""
        return (self.output - self.target).square().flatten(1).mean(1)


def parts(network: Network, option: Option, tables: TrainingTables, x0: Tensor, t: Tensor, eps: Tensor) -> Parts:
    """Algorithm 1 from x_0, t and eps up to the network's output; shapes as of `loss`."""
    x_t = q_sample(tables.schedule, x0, t, eps)
    output = network(x_t, t)
    exact = output if output.dtype == torch.float64 else output.float()
    return Parts(x_t, target(option, tables, x0, eps, x_t, t), exact)


def loss(
    network: Network,
    option: Option,
    tables: TrainingTables,
    x0: Tensor,
    t: Tensor,
    eps: Tensor,
    kind: str = "simple",
) -> Tensor:
    """Squared error to the target, shape (N,): the mean over pixels, for each image, times `loss_weight`.

    Parameters
    ----------
    network : callable
        (x_t, t) -> output of x_t's shape.
    x0, eps : Tensor, shape (N, C, H, W)
        Images in [-1, 1] and standard normal noise.
    t : Tensor of int64, shape (N,)
        Timesteps in 1..T.
    kind : str
        "simple" (Algorithm 1), "min-snr" or "bound" (nats per pixel).

    Raises
    ------
    ValueError
        If `kind` is none of these.
    """
    weight = loss_weight(option, tables, t, kind)
    error = parts(network, option, tables, x0, t, eps).squared_error
    return error if kind == "simple" else error * weight.to(error.device, error.dtype)


def loss_all_timesteps(network: Network, option: Option, tables: TrainingTables, x0: Tensor, eps: Tensor, kind: str = "simple") -> Tensor:
    """The lecture's first form of Algorithm 1: the loss of one image averaged over every t, a scalar.

    Parameters
    ----------
    x0 : Tensor, shape (C, H, W)
        One image.
    eps : Tensor, shape (T, C, H, W)
        Noise for each timestep.
    """
    T = tables.schedule.T
    t = torch.arange(1, T + 1, device=x0.device)
    return loss(network, option, tables, x0.expand(T, *x0.shape), t, eps, kind).mean()


def residual_scale(option: Option, tables: TrainingTables, mean_square: float) -> float:
    """Root mean square over t of (target - x_t), for data of that mean square per pixel.

    The scale of an outer skip, output = x_t + scale * net(x_t, t), that asks a network for values of order
    one whatever its option: 0.007 for Option A under the linear schedule with T = 1000, of order 1 for B, C and V.
    """
    alpha_bar = tables.schedule.alpha_bar[1:]
    root, noise = alpha_bar.sqrt(), (1 - alpha_bar).sqrt()
    of_x0 = {
        Option.A: tables.a0[1:] + (tables.at[1:] - 1) * root,
        Option.B: 1 - root,
        Option.C: -root,
        Option.V: -noise - root,
    }[option]
    of_eps = {
        Option.A: (tables.at[1:] - 1) * noise,
        Option.B: -noise,
        Option.C: 1 - noise,
        Option.V: root - noise,
    }[option]
    return float((of_x0**2 * mean_square + of_eps**2).mean().sqrt())


def linear_fit(option: Option, tables: TrainingTables, mean_square: float) -> tuple[Tensor, Tensor]:
    """What is known of the target without a network: its best linear prediction from x_t, and what that leaves.

    For data of that mean square m per pixel, the best linear prediction of x_0 is k x_t with
    k = sqrt(alpha_bar) m / (alpha_bar m + 1 - alpha_bar), and it leaves an error of root mean square
    r = sqrt(m (1 - alpha_bar) / (alpha_bar m + 1 - alpha_bar)). Every target is a linear function of x_0 and x_t,
    so that for every option target = skip x_t + scale (x_0 - k x_t) / r: the inner network of
    output = skip(t) x_t + scale(t) net(x_t, t) is asked for one and the same quantity of order one, whatever its
    option (the preconditioning of Karras et al. 2022 for each option).

    Parameters
    ----------
    mean_square : float
        Mean of x_0^2 over pixels and images, greater than 0.

    Returns
    -------
    skip, scale : Tensor, shape (T + 1,), float64
        Indexed by t; entry 0 is unused. `scale` is negative for C and V, whose targets fall with x_0.
    """
    alpha_bar = tables.schedule.alpha_bar
    root, noise = alpha_bar.sqrt(), (1 - alpha_bar).sqrt()
    total = alpha_bar * mean_square + 1 - alpha_bar
    k, r = root * mean_square / total, (mean_square * (1 - alpha_bar) / total).sqrt()
    of_x0, of_xt = {
        Option.A: (tables.a0, tables.at),
        Option.B: (torch.ones_like(root), torch.zeros_like(root)),
        Option.C: (-root / noise, 1 / noise),
        Option.V: (-1 / noise, root / noise),
    }[option]
    skip, scale = of_xt + of_x0 * k, of_x0 * r
    skip[0], scale[0] = 1.0, 0.0
    return skip, scale
