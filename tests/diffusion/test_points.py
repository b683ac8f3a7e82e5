"""The exact process of points in two dimensions, in float64, against gradients, quadrature, closed forms and the empirical process."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from explorer.diffusion.exact import EmpiricalData
from explorer.diffusion.noise import shared_noise
from explorer.diffusion.points import DRAWN, PointMixture, PointsPredictor
from explorer.diffusion.posterior import posterior
from explorer.diffusion.reverse import initial_state, noise_source, plan, reverse_steps
from explorer.diffusion.schedule import Schedule, from_betas, linear

LEVELS = (0.999, 0.7, 0.2, 0.01)


@pytest.fixture(scope="module")
def data() -> PointMixture:
    chance = torch.Generator().manual_seed(1)
    return PointMixture((1.2 * torch.randn(9, 2, generator=chance, dtype=torch.float64)).clamp(-2, 2), 0.15)


def normals(count: int, stream: int = DRAWN) -> Tensor:
    return shared_noise(3, range(count), 5, (3,), stream=stream)


def grid(reach: float, side: int) -> tuple[Tensor, float]:
    """Middles of the cells of a square, (side^2, 2), and the area of a cell."""
    axis = (torch.arange(side, dtype=torch.float64) + 0.5) / side * 2 * reach - reach
    x, y = torch.meshgrid(axis, axis, indexing="xy")
    return torch.stack([x, y], -1).reshape(-1, 2), (2 * reach / side) ** 2


@pytest.mark.parametrize("level", LEVELS)
def test_the_score_is_the_gradient_of_the_log_density(data: PointMixture, level: float) -> None:
    x = (2 * torch.randn(40, 2, generator=torch.Generator().manual_seed(2), dtype=torch.float64)).requires_grad_()
    v = level * data.sd**2 + 1 - level
    parts = torch.distributions.MultivariateNormal(math.sqrt(level) * data.points, v * torch.eye(2, dtype=torch.float64))
    written = torch.logsumexp(parts.log_prob(x[:, None]), 1) - math.log(data.n)
    (gradient,) = torch.autograd.grad(written.sum(), x)
    with torch.no_grad():
        assert torch.allclose(data.log_density(x, level), written, atol=1e-11)
        assert torch.allclose(data.score(x, level), gradient, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("level", LEVELS[1:])
def test_the_marginal_is_the_data_pushed_through_the_forward_process(data: PointMixture, level: float) -> None:
    """q(x_t) = integral of q(x_0) N(x_t; sqrt(ab) x_0, (1 - ab) I), E[x_0 | x_t] its first moment, over a fine grid of x_0."""
    x0, area = grid(4.5, 600)
    q0 = data.log_density(x0, 1.0).exp()
    assert float(q0.sum() * area) == pytest.approx(1, abs=1e-9)
    for x_t in torch.tensor([[0.3, -0.2], [1.5, 1.0], [-2.0, 0.4]], dtype=torch.float64):
        seen = torch.exp(-(x_t - math.sqrt(level) * x0).square().sum(1) / (2 * (1 - level))) / (2 * math.pi * (1 - level))
        joint = q0 * seen * area
        assert float(data.log_density(x_t[None], level).exp()) == pytest.approx(float(joint.sum()), rel=1e-8)
        assert torch.allclose(data.denoise(x_t[None], level)[0], (joint[:, None] * x0).sum(0) / joint.sum(), atol=1e-8)


def test_each_row_may_have_a_level_of_its_own(data: PointMixture) -> None:
    x = torch.randn(4, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    levels = torch.tensor(LEVELS, dtype=torch.float64)[:, None]
    alone = torch.cat([data.eps(row[None], level) for row, level in zip(x, LEVELS, strict=True)])
    assert torch.allclose(data.eps(x, levels), alone, atol=1e-12)


def test_points_without_a_width_are_the_empirical_process() -> None:
    points = torch.randn(50, 2, generator=torch.Generator().manual_seed(4))
    alone, images = PointMixture(points, 0.0), EmpiricalData(points[:, :, None, None])
    x = torch.randn(20, 2, generator=torch.Generator().manual_seed(5))
    for level in LEVELS:
        shaped = x[:, :, None, None]
        assert torch.allclose(
            alone.weights(x, level).log().clamp(min=-30), images.log_weights(shaped, level).double().clamp(min=-30), atol=2e-4
        )
        assert torch.allclose(alone.denoise(x, level).float(), images.denoise(shaped, level)[:, :, 0, 0], atol=1e-5)


@pytest.mark.parametrize("level", LEVELS[:3])
def test_draws_of_x0_have_the_moments_of_the_posterior(data: PointMixture, level: float) -> None:
    x_t = torch.tensor([[0.4, -0.1]], dtype=torch.float64)
    count = 60_000
    drawn = data.draw(x_t.expand(count, 2), level, torch.randn(count, 3, generator=torch.Generator().manual_seed(6), dtype=torch.float64))
    x0, area = grid(4.5, 600)
    weight = (data.log_density(x0, 1.0) - (x_t - math.sqrt(level) * x0).square().sum(1) / (2 * (1 - level))).exp() * area
    weight /= weight.sum()
    mean = (weight[:, None] * x0).sum(0)
    spread = (weight[:, None] * (x0 - mean) ** 2).sum(0)
    assert torch.allclose(drawn.mean(0), mean, atol=0.02)
    assert torch.allclose(drawn.var(0), spread, rtol=0.05, atol=1e-4)


def test_the_ode_takes_one_gaussian_where_its_closed_form_says() -> None:
    """With q(x_0) = N(m, h^2 I) the flow is x_t = sqrt(ab) m + sqrt(ab h^2 + 1 - ab) u, with the same u at every t."""
    m, h = torch.tensor([[0.7, -0.4]], dtype=torch.float64), 0.3
    schedule = linear(1000)
    predictor = PointsPredictor(PointMixture(m, h), schedule)
    level = float(schedule.alpha_bar[-1])
    u = torch.randn(30, 2, generator=torch.Generator().manual_seed(7), dtype=torch.float64)
    x = math.sqrt(level) * m + math.sqrt(level * h**2 + 1 - level) * u

    def ends(method: str, steps: int) -> float:
        course = plan(schedule, steps, method=method)
        *_, last = reverse_steps(predictor, course, x, lambda _: torch.zeros_like(x))
        return float((last.x_prev - (m + h * u)).abs().max())

    errors = {method: [ends(method, steps) for steps in (50, 100, 200)] for method in ("euler", "heun")}
    assert errors["heun"][2] < 4e-3
    assert errors["heun"][2] < errors["heun"][1] < errors["heun"][0] < errors["euler"][0]
    assert errors["euler"][0] / errors["euler"][2] == pytest.approx(4, rel=0.5), "of first order"


def short() -> Schedule:
    return from_betas([0.05, 0.1, 0.2, 0.3, 0.4, 0.5])


@pytest.mark.parametrize("t", [1, 3, 6])
def test_the_exact_step_draws_from_the_mixture(data: PointMixture, t: int) -> None:
    """Mean and variance of q(x_s | x_t) by quadrature over x_0, against many draws of the predictor's step."""
    schedule = short()
    step = posterior(float(schedule.alpha_bar[t]), float(schedule.alpha_bar[t - 1]))
    x_t, count = torch.tensor([[0.5, 0.3]], dtype=torch.float64), 60_000
    chance = torch.Generator().manual_seed(8)

    def draws(_: int) -> Tensor:
        return torch.randn(count, 3, generator=chance, dtype=torch.float64)

    said = PointsPredictor(data, schedule, draws).predict(x_t.expand(count, 2), t, step, False)
    found = said.next_state(step, lambda: torch.randn(count, 2, generator=chance, dtype=torch.float64))
    x0, area = grid(4.5, 600)
    level = step.alpha_bar
    weight = (data.log_density(x0, 1.0) - (x_t - math.sqrt(level) * x0).square().sum(1) / (2 * (1 - level))).exp() * area
    weight /= weight.sum()
    means = step.a0 * x0 + step.at * x_t
    mean = (weight[:, None] * means).sum(0)
    variance = (weight[:, None] * (means - mean) ** 2).sum(0) + step.sigma**2
    assert torch.allclose(said.mean[0], mean, atol=1e-7)
    assert torch.allclose(found.mean(0), mean, atol=0.02)
    assert torch.allclose(found.var(0), variance, rtol=0.05)


@pytest.mark.parametrize("method", ["ancestral", "heun"])
def test_both_ways_down_lead_to_the_data(data: PointMixture, method: str) -> None:
    schedule, count = linear(200), 400
    noise = noise_source(0, range(count), (2,))

    def draws(t: int) -> Tensor:
        return shared_noise(0, range(count), t, (3,), stream=DRAWN)

    predictor = PointsPredictor(data, schedule, draws if method == "ancestral" else None)
    *_, last = reverse_steps(predictor, plan(schedule, method=method), initial_state(noise), noise)
    apart = torch.cdist(last.x_prev.double(), data.points).min(1).values
    assert float((apart < 4 * data.sd).double().mean()) > 0.99
    reference = data.sample(torch.randn(4000, 3, generator=torch.Generator().manual_seed(9), dtype=torch.float64))
    assert torch.allclose(last.x_prev.double().mean(0), reference.mean(0), atol=0.2)
    assert torch.allclose(last.x_prev.double().std(0), reference.std(0), rtol=0.12)


@pytest.mark.parametrize(
    "make",
    [
        lambda: PointMixture(torch.zeros(0, 2), 0.1),
        lambda: PointMixture(torch.full((2, 2), math.nan), 0.1),
        lambda: PointMixture(torch.zeros(2, 2), -1),
    ],
)
def test_what_is_no_mixture_is_refused(make: Callable[[], PointMixture]) -> None:
    with pytest.raises(ValueError, match="mixture needs"):
        make()


def test_points_have_no_density_at_0() -> None:
    with pytest.raises(ValueError, match="no density"):
        PointMixture(torch.zeros(1, 2), 0.0).log_density(torch.zeros(1, 2), 1.0)
