"""The ODE upwards, in float64 against its closed form for Gaussian data; ways between noises; what noise looks like."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from explorer.diffusion.inversion import inverting, noise_figures, slerp
from explorer.diffusion.noise import shared_noise
from explorer.diffusion.parameterization import Option
from explorer.diffusion.plan import Plan
from explorer.diffusion.predictor import NetworkPredictor
from explorer.diffusion.reverse import plan, reverse_steps
from explorer.diffusion.schedule import linear
from explorer.errors import BadInput

SCHEDULE = linear(1000)
SPREAD = torch.tensor([0.1, 0.4, 0.02, 0.9], dtype=torch.float64).reshape(1, 2, 2)
"""Variance of each number."""


def network(x_t: Tensor, t: Tensor) -> Tensor:
    """The best eps_hat of data N(0, SPREAD)."""
    level = float(SCHEDULE.alpha_bar[int(t[0])])
    return math.sqrt(1 - level) * x_t / (level * SPREAD + 1 - level)


def ideal() -> NetworkPredictor:
    return NetworkPredictor(network, Option.C, SCHEDULE)


def images() -> Tensor:
    draws = torch.randn(3, 1, 2, 2, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    return draws * SPREAD.sqrt()


def course(steps: int | None) -> Plan:
    return plan(SCHEDULE, steps, 0.0, "euler")


def risen(steps: int | None, solver: str = "ddim", rounds: int = 0) -> Tensor:
    *_, last = inverting(ideal(), images(), course(steps), solver, rounds)  # type: ignore[arg-type]
    assert last is not None
    assert (last.t, last.last) == (1000, True)
    return last.x_t


def known() -> Tensor:
    """x_T of the exact flow: each number of y is stretched by sqrt((SPREAD + s_T^2) / SPREAD)."""
    level = SCHEDULE.alpha_bar[-1]
    return level.sqrt() * images() * ((SPREAD + (1 - level) / level) / SPREAD).sqrt()


@pytest.mark.parametrize("solver", ["ddim", "trapezium"])
def test_the_way_up_is_that_of_the_exact_flow_the_closer_the_more_steps(solver: str) -> None:
    errors = [float((risen(steps, solver, 1) - known()).abs().max()) for steps in (50, 200, 1000)]
    assert errors[2] < errors[1] < errors[0]
    assert errors[2] < (0.02 if solver == "trapezium" else 0.2)


def test_every_step_but_the_first_is_undone_by_the_chain() -> None:
    up = [state.x_t for state in inverting(ideal(), images(), course(50), "ddim", 60) if state is not None]
    down = list(reverse_steps(ideal(), course(50), up[-1], lambda t: pytest.fail("noise")))
    for state, step in zip(reversed(up), down, strict=True):
        torch.testing.assert_close(state, step.x_t, rtol=0, atol=1e-9)
    plain = [state.x_t for state in inverting(ideal(), images(), course(50)) if state is not None]
    assert float((plain[-1] - up[-1]).abs().max()) > 1e-2


def test_each_evaluation_is_a_cancel_point() -> None:
    assert len(list(inverting(ideal(), images(), course(10), "ddim", 2))) == 10 + 9 * 2


def test_what_is_not_finite_is_refused() -> None:
    broken = NetworkPredictor(lambda x, t: x / 0, Option.C, SCHEDULE)
    with pytest.raises(BadInput, match="not finite"):
        list(inverting(broken, images(), course(10)))


def test_slerp_keeps_the_norm_and_goes_evenly_in_angle() -> None:
    one, other = (shared_noise(1, [index], 0, (1, 28, 28)).double() for index in (0, 1))
    other = other / other.norm() * one.norm()
    way = [slerp(one, other, share) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    torch.testing.assert_close(way[0], one)
    torch.testing.assert_close(way[-1], other)
    angles = [float((a * b).sum() / (a.norm() * b.norm())) for a, b in pairwise(way)]
    assert [float(each.norm()) for each in way] == pytest.approx([float(one.norm())] * 5)
    assert angles == pytest.approx([angles[0]] * 4)
    assert float((one / 2 + other / 2).norm()) < 0.8 * float(one.norm())  # as a straight line has not
    torch.testing.assert_close(slerp(one, one * 2, 0.5), one * 1.5)  # no angle: a straight line


def test_figures_tell_noise_from_what_is_not() -> None:
    noise = noise_figures(shared_noise(3, [0], 0, (1, 28, 28))[0])
    assert noise.furthest < 4
    assert noise.expected == 28
    spread = noise_figures(1.2 * shared_noise(3, [0], 0, (1, 28, 28))[0])
    assert spread.norm_score == pytest.approx((1.44 * noise.norm**2 - 784) / math.sqrt(2 * 784), rel=1e-6)
    smooth = torch.nn.functional.avg_pool2d(shared_noise(3, [0], 0, (1, 30, 30)), 3, 1)[0] * 3
    assert noise_figures(smooth).along_score > 10
    assert noise_figures(shared_noise(3, [0], 0, (1, 28, 28))[0].sign() * 1.0).kurtosis == pytest.approx(1, abs=0.01)
