"""One function a sampler: from the state x_t, and what is said of it, to the mean of the next state.

All take (ask, course, k, x_t, before) and give the prediction that the step is taken by. `ask(x, j, before)` is what the predictor says of
x at state j of the chain; `before` is x0_hat of state k - 1, None where the chain begins.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from explorer.diffusion.parameterization import Prediction, eps_from_x0, mean_from_x0

if TYPE_CHECKING:
    from explorer.diffusion.plan import Plan
    from explorer.diffusion.posterior import Posterior

NO_SIGNAL = 1e-12
"""Of alpha_bar: below, the state is noise alone."""
Ask = Callable[[Any, int, Any], Prediction]


def half_log_snr(alpha_bar: float) -> float:
    """lambda = ln( sqrt(alpha_bar) / sqrt(1 - alpha_bar) ): the time in which DPM-Solver++ steps; infinite at alpha_bar = 1."""
    return math.inf if alpha_bar == 1 else 0.5 * (math.log(alpha_bar) - math.log1p(-alpha_bar))


def has_second_slope(k: int, K: int, alpha_bar: float) -> bool:
    """Whether step k of K from this level is one that Heun's method takes with two slopes."""
    return k + 1 < K and alpha_bar > NO_SIGNAL


def first_order(ask: Ask, course: Plan, k: int, x_t: Any, before: Any) -> Prediction:
    """As the predictor says: x_s = a0 x0_hat + at x_t + sigma z.

    The posterior mean (lecture, Property 2), with eta < 1 that of DDIM (Song et al. 2021, eq. 12); with eta = 0 it is Euler's step
    of the probability-flow ODE, y_s = y_t + (s_s - s_t) eps_hat in y = x / sqrt(alpha_bar), s = sqrt((1 - alpha_bar) / alpha_bar).
    """
    return ask(x_t, k, before)


def ddim(ask: Ask, course: Plan, k: int, x_t: Any, before: Any) -> Prediction:
    """DDIM as diffusers steps it: x0_hat is limited, and eps_hat is left as the network means it.

    x_s = sqrt(alpha_bar_s) x0_hat + sqrt(1 - alpha_bar_s - sigma^2) eps_hat + sigma z (Song et al. 2021, eq. 12). Where
    nothing is limited the two say the same, and this is `first_order`.
    """
    said, step = ask(x_t, k, before), course.steps[k]
    if said.unclipped is None or step.a0 == 0:
        return said
    towards = said.x0_hat + (said.x0_hat - said.unclipped) * (step.at * step.sqrt_alpha_bar / step.a0)
    eps_hat = eps_from_x0(x_t, said.unclipped, step) if step.at > 0 else said.eps_hat
    return replace(said, mean=mean_from_x0(x_t, towards, step), eps_hat=eps_hat, towards=towards)


def heun(ask: Ask, course: Plan, k: int, x_t: Any, before: Any) -> Prediction:
    """Heun's step of the probability-flow ODE: dy/ds is the mean of eps_hat here and where Euler's step leads.

    The step that ends at s = 0, where no network is asked, is Euler's (Karras et al. 2022, algorithm 1), and so is one that starts
    without any signal, at s = infinity. The mean of the slopes written in clean images, for which nothing of the size of s cancels:
    since x' = sqrt(alpha_bar_s) x0_hat + sqrt(1 - alpha_bar_s) eps_hat, it goes towards D = x0_hat + (s_t / s_s) (x0_hat' - x0_hat) / 2.
    """
    said, step = ask(x_t, k, before), course.steps[k]
    if not has_second_slope(k, course.K, step.alpha_bar):
        return said
    there = ask(said.mean, k + 1, said.x0_hat)
    ratio = math.exp(half_log_snr(step.alpha_bar_prev) - half_log_snr(step.alpha_bar))
    towards = said.x0_hat + (there.x0_hat - said.x0_hat) * (ratio / 2)
    return replace(said, mean=mean_from_x0(x_t, towards, step), towards=towards)


def two_steps(ask: Ask, course: Plan, k: int, x_t: Any, before: Any) -> Prediction:
    """DPM-Solver++ (2M) (Lu et al. 2022, algorithm 2): x0_hat carried on as a line in lambda through this state and the one before.

    With h = lambda_s - lambda_t and r = h_before / h, D = (1 + 1 / (2 r)) x0_hat_k - 1 / (2 r) x0_hat_{k-1}, and
    x_s = (sigma_s / sigma_t) x_t - sqrt(alpha_bar_s) (exp(-h) - 1) D, which is DDIM's step with eta = 0 towards D. The first step
    knows none before, and the last one ends at lambda = infinity: both are of first order.
    """
    said, step = ask(x_t, k, before), course.steps[k]
    if before is None or k == 0 or k + 1 == course.K:
        return said
    towards = said.x0_hat + (said.x0_hat - before) * ahead(course, k)
    return replace(said, mean=mean_from_x0(x_t, towards, step), towards=towards)


def as_taken(method: str, x_t: Any, x0_hat: Any, towards: Any, step: Posterior) -> Prediction:
    """The prediction of a step again, from what is kept of it.

    Parameters
    ----------
    method : str
        Name of the sampler.
    x_t, x0_hat : Tensor or ndarray
    towards : Tensor or ndarray or None
        D, where it is not x0_hat.
    """
    eps_hat = eps_from_x0(x_t, x0_hat, step)
    if towards is None:
        return Prediction(mean_from_x0(x_t, x0_hat, step), x0_hat, eps_hat)
    if method == "ddim" and step.at > 0:  # eps_hat as the network means it is what is left of D (see `ddim`)
        unclipped = x0_hat + (x0_hat - towards) * (step.a0 / (step.at * step.sqrt_alpha_bar))
        eps_hat = eps_from_x0(x_t, unclipped, step)
    return Prediction(mean_from_x0(x_t, towards, step), x0_hat, eps_hat, towards=towards)


def told_of(method: str, course: Plan, k: int, x_t: Any, x0_hat: Any, towards: Any) -> dict[str, Any]:
    """What else a step was made of, by name, from what is kept of it: the pictures of its equation.

    "slope" and "eps_next" of Heun's method are the mean of two slopes and the second of them; "towards" and "x0_before" of
    DPM-Solver++ are D and the x0_hat of the state before. Nothing where the step is of first order.
    """
    step = course.steps[k]
    if towards is None or k + 1 == course.K:
        return {}
    if method == "heun":
        slope = eps_from_x0(x_t, towards, step)
        return {"slope": slope, "eps_next": 2 * slope - eps_from_x0(x_t, x0_hat, step)}
    if method == "dpm++2m" and k > 0:
        return {"towards": towards, "x0_before": x0_hat - (towards - x0_hat) / ahead(course, k)}
    return {}


def ahead(course: Plan, k: int) -> float:
    """1 / (2 r) of DPM-Solver++ (2M) in step k >= 1, if it does not end at x_0: D = x0_hat + ahead (x0_hat - that of the state before)."""
    levels = [half_log_snr(course.steps[i].alpha_bar) for i in (k - 1, k)] + [half_log_snr(course.steps[k].alpha_bar_prev)]
    return (levels[2] - levels[1]) / (2 * (levels[1] - levels[0]))
