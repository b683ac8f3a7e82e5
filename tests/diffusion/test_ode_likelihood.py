"""log p(x) by the probability-flow ODE, in float64 against closed forms: Gaussian data, whose ODE and density are known, and mixtures."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.distributions import Normal

from explorer.diffusion.divergence import means_of, traced
from explorer.diffusion.exact import EmpiricalData
from explorer.diffusion.exact_predictor import ExactPredictor
from explorer.diffusion.noise import shared_noise
from explorer.diffusion.ode_likelihood import Flow, Likelihood, levels_between, likelihood, log_density
from explorer.diffusion.parameterization import Option
from explorer.diffusion.posterior import posterior
from explorer.diffusion.predictor import NetworkPredictor
from explorer.diffusion.schedule import Schedule, cosine, linear
from explorer.engine.models.predictors import finished

SHAPE = (1, 2, 3)
SCHEDULE = linear(1000)
MEAN = torch.tensor([0.3, -0.8, 0.0, 0.5, -0.2, 0.9], dtype=torch.float64)


def covariance() -> Tensor:
    """Of correlated data, so that the Jacobian of eps_hat is not diagonal."""
    mixing = torch.randn(6, 6, generator=torch.Generator().manual_seed(3), dtype=torch.float64) / 3
    return mixing @ mixing.T + 0.02 * torch.eye(6, dtype=torch.float64)


def gaussian(schedule: Schedule, sigma: Tensor | None = None) -> NetworkPredictor:
    """The best network for data N(MEAN, covariance): eps_hat = sqrt(1 - ab) (ab S + (1 - ab) I)^-1 (x - sqrt(ab) MEAN)."""
    spread = covariance() if sigma is None else sigma

    def network(x_t: Tensor, t: Tensor) -> Tensor:
        level = float(schedule.alpha_bar[int(t[0])])
        own = level * spread + (1 - level) * torch.eye(len(spread), dtype=torch.float64)
        off = x_t.flatten(1) - math.sqrt(level) * MEAN[: len(spread)]
        return (math.sqrt(1 - level) * torch.linalg.solve(own, off.T).T).reshape(x_t.shape)

    return NetworkPredictor(network, Option.C, schedule)


def flowed(schedule: Schedule, x0: Tensor) -> Tensor:
    """What the exact flow says: the solution of the ODE, its volume, and N(0, I) at its end, of y = x0 at s_1."""
    values, directions = torch.linalg.eigh(covariance())
    first, last = (((1 - schedule.alpha_bar[t]) / schedule.alpha_bar[t]) for t in (1, -1))
    own = (x0.flatten(1) - MEAN) @ directions
    stretched = own * ((values + last) / (values + first)).sqrt()
    y_T = stretched @ directions.T + MEAN
    level = schedule.alpha_bar[-1]
    at_end = Normal(0.0, 1.0).log_prob(level.sqrt() * y_T).sum(1) + 3 * level.log()
    found: Tensor = at_end + 0.5 * ((values + last) / (values + first)).log().sum()
    return found


def data(count: int = 5) -> Tensor:
    draws = torch.randn(count, 6, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    return (MEAN + draws @ torch.linalg.cholesky(covariance()).T).reshape(count, *SHAPE)


def found(predictor: NetworkPredictor | ExactPredictor, x0: Tensor, flow: Flow) -> Likelihood:
    return finished(likelihood(predictor, x0, flow, range(len(x0))))


@pytest.mark.parametrize("schedule", [SCHEDULE, cosine(1000)], ids=["linear", "cosine"])
def test_the_density_of_gaussian_data_is_that_of_the_exact_flow(schedule: Schedule) -> None:
    x0 = data()
    said = found(gaussian(schedule), x0, Flow(steps=1000, probes=0, dequantise="none"))
    assert said.log_p.dtype == torch.float64
    assert said.log_p.shape == (5, 1)
    torch.testing.assert_close(-said.nats, flowed(schedule, x0), rtol=0, atol=2e-3)
    own = torch.distributions.MultivariateNormal(MEAN, covariance() + (1 - schedule.alpha_bar[1]) / schedule.alpha_bar[1] * torch.eye(6))
    torch.testing.assert_close(-said.nats, own.log_prob(x0.flatten(1)), rtol=0, atol=2e-2)  # but for N(0, I) at the end


@pytest.mark.parametrize(("solver", "order"), [("heun", 2), ("euler", 1)])
def test_the_error_falls_with_the_steps_by_the_order_of_the_solver(solver: str, order: int) -> None:
    x0 = data()
    errors = []
    for steps in (25, 50, 100):
        said = found(gaussian(SCHEDULE), x0, Flow(steps=steps, solver=solver, probes=0, dequantise="none"))  # type: ignore[arg-type]
        errors.append(float((-said.nats - flowed(SCHEDULE, x0)).abs().mean()))
    assert errors[2] < 0.5 ** (2 * order - 0.6) * errors[0]
    assert errors[0] < (0.2 if order == 2 else 3)


@pytest.mark.parametrize("probe", ["rademacher", "gaussian"])
def test_probes_are_unbiased_and_their_error_is_told(probe: str) -> None:
    x0 = data(64)
    exact = found(gaussian(SCHEDULE), x0, Flow(steps=12, probes=0, dequantise="none"))
    said = found(gaussian(SCHEDULE), x0, Flow(steps=12, probes=4, probe=probe, dequantise="none"))  # type: ignore[arg-type]
    off = (said.nats - exact.nats) / said.probe_error
    assert float((said.nats - exact.nats).abs().max()) > 1e-3  # they are probes
    off_mean = float((said.nats - exact.nats).mean()) / float(said.probe_error.square().mean().sqrt() / 8)
    assert abs(off_mean) < 3.5
    assert 0.6 < float(off.square().median().sqrt()) / 0.765 < 1.7  # median of |t| with 3 degrees of freedom
    assert exact.probe_error.isnan().all()
    again = found(gaussian(SCHEDULE), x0[3:], Flow(steps=12, probes=4, probe=probe, dequantise="none"))  # type: ignore[arg-type]
    assert not torch.equal(again.log_p[0], said.log_p[3])  # other samples, other probes
    flow, later = Flow(steps=12, probes=4, probe=probe), x0[3:] * SCHEDULE.alpha_bar[1].sqrt()  # type: ignore[arg-type]
    by_index, _ = finished(log_density(gaussian(SCHEDULE), later, flow, range(3, 64)))
    torch.testing.assert_close(by_index[0], said.log_p[3], rtol=1e-12, atol=0)


def test_signs_have_less_variance_than_gaussian_probes() -> None:
    x0 = data(64)
    errors = [
        float(found(gaussian(SCHEDULE), x0, Flow(steps=12, probes=4, probe=probe, dequantise="none")).probe_error.mean())  # type: ignore[arg-type]
        for probe in ("rademacher", "gaussian")
    ]
    assert errors[0] < 0.9 * errors[1]


def test_a_density_is_that_of_the_exact_mixture() -> None:
    images = torch.rand(12, 1, 5, 5, generator=torch.Generator().manual_seed(0)) * 2 - 1
    predictor = ExactPredictor(EmpiricalData(images), SCHEDULE, "draw")
    assert means_of(predictor) == "closed form"
    level, noise = SCHEDULE.alpha_bar[1], shared_noise(4, range(4), 1, (1, 5, 5)).double()
    x = level.sqrt() * images[:4].double() + (1 - level).sqrt() * noise
    log_p, _ = finished(log_density(predictor.following("mean"), x, Flow(steps=400), range(4)))
    parts = Normal(level.sqrt() * images.double(), (1 - level).sqrt()).log_prob(x[:, None]).flatten(2).sum(2)
    known = torch.logsumexp(parts, 1) - math.log(12)
    torch.testing.assert_close(log_p[:, 0], known, rtol=0, atol=0.05)


def test_the_trace_of_the_exact_process_is_that_of_its_jacobian() -> None:
    images = torch.rand(12, 1, 5, 5, generator=torch.Generator().manual_seed(0)) * 2 - 1
    predictor = ExactPredictor(EmpiricalData(images), SCHEDULE, "mean")
    for t in (1, 40, 300, 900):
        level = SCHEDULE.alpha_bar[t]
        x = level.sqrt() * images[:2].double() + (1 - level).sqrt() * shared_noise(1, range(2), t, (1, 5, 5)).double()

        def eps(x: Tensor, level: Tensor = level) -> Tensor:
            w = torch.softmax(-(x - level.sqrt() * images.double()).square().flatten(1).sum(1) / (2 * (1 - level)), 0)
            return (x - level.sqrt() * (w[:, None, None, None] * images.double()).sum(0)) / (1 - level).sqrt()

        known = [float(torch.autograd.functional.jacobian(eps, row).reshape(25, 25).trace()) for row in x]
        assert predictor.noise_trace(x, t).tolist() == pytest.approx(known, rel=1e-4)


@pytest.mark.parametrize("probes", [0, 2])
def test_where_there_are_no_derivatives_differences_do(probes: int) -> None:
    other = gaussian(SCHEDULE)
    other.calls_network = False
    assert (means_of(gaussian(SCHEDULE)), means_of(other)) == ("derivatives", "differences")
    flow = Flow(steps=12, probes=probes, dequantise="none")
    torch.testing.assert_close(found(other, data(), flow).log_p, found(gaussian(SCHEDULE), data(), flow).log_p, rtol=0, atol=1e-6)


def test_derivatives_can_be_taken_of_what_was_loaded_in_inference_mode() -> None:
    with torch.inference_mode():
        network = torch.nn.Conv2d(1, 1, 3, padding=1)
        predictor = NetworkPredictor(lambda x, t: network(x), Option.C, SCHEDULE, network=_Told(network))
        predictor.run = predictor.network  # type: ignore[assignment]
        x0 = torch.zeros(2, 1, 4, 4)
        said = found(predictor, x0, Flow(steps=4, probes=0))
    assert torch.isfinite(said.nats).all()


class _Told(torch.nn.Module):
    def __init__(self, inner: torch.nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        return self.inner(x)  # type: ignore[no-any-return]


def one_pixel(x0: Tensor, flow: Flow) -> Likelihood:
    """Of data N(0.3, 0.2^2), one number an image."""
    return found(gaussian(SCHEDULE, torch.tensor([[0.04]], dtype=torch.float64)), x0, flow)


def grey(level: int, count: int) -> Tensor:
    return torch.full((count, 1, 1, 1), level * 2 / 255 - 1, dtype=torch.float64)


def test_uniform_dequantising_bounds_the_mass_of_a_bin() -> None:
    x0 = grey(160, 200)
    said = one_pixel(x0, Flow(steps=300, probes=0, dequantise="uniform"))
    first = (1 - SCHEDULE.alpha_bar[1]) / SCHEDULE.alpha_bar[1]
    model, at = Normal(MEAN[0], (0.04 + first).sqrt()), x0[0, 0, 0, 0]
    mass = model.cdf(at + 1 / 255) - model.cdf(at - 1 / 255)
    assert float(said.nats.mean()) == pytest.approx(float(-mass.log()), abs=5e-3)
    assert float(said.nats.std()) > 1e-3


def test_gaussian_dequantising_is_a_bound_on_the_mass_of_a_bin() -> None:
    x0 = grey(160, 4000)
    said = one_pixel(x0, Flow(steps=100, probes=0))
    # P(x_0) = integral of p_1(x_1) P(x_0 | x_1), by a fine sum over x_1
    level, step = float(SCHEDULE.alpha_bar[1]), posterior(float(SCHEDULE.alpha_bar[1]), 1.0)
    x1 = torch.linspace(-1, 1.6, 200_001, dtype=torch.float64)
    own = 0.04 * level + 1 - level
    x0_hat = MEAN[0] + 0.04 * math.sqrt(level) / own * (x1 - math.sqrt(level) * MEAN[0])
    decoder = Normal(x0_hat, float(posterior(float(SCHEDULE.alpha_bar[2]), level).sigma))
    at, half = float(x0[0, 0, 0, 0]), 1 / 255
    mass = (decoder.cdf(torch.tensor(at + half)) - decoder.cdf(torch.tensor(at - half))).clamp(min=1e-300)
    assert step.a0 == pytest.approx(1)
    p = Normal(math.sqrt(level) * MEAN[0], math.sqrt(own)).log_prob(x1).exp()
    known = -math.log(float(torch.trapezoid(p * mass, x1)))
    error = float(said.nats.std()) / math.sqrt(len(x0))
    assert float(said.nats.mean()) > known - 4 * error
    assert float(said.nats.mean()) < known + 0.6  # the gap is the KL from q(x_1 | x_0) to p(x_1 | x_0)


def test_levels_are_even_in_the_logarithm_of_the_noise() -> None:
    times = levels_between(SCHEDULE, 40)
    assert (times[0], times[-1]) == (1, 1000)
    assert 38 <= len(times) <= 41
    logs = torch.tensor([0.5 * math.log((1 - SCHEDULE.alpha_bar[t]) / SCHEDULE.alpha_bar[t]) for t in times])
    apart = logs.diff()
    assert float(apart.max()) < 0.6  # the first two timesteps are further apart than that allows
    assert float(apart[5:].max()) < 1.5 * float(apart[5:].mean())
    assert levels_between(cosine(8), 40) == tuple(range(1, 9))


def test_a_trace_gives_a_cancel_point_for_each_probe_of_a_kernel() -> None:
    other = gaussian(SCHEDULE)
    other.calls_network = False
    x = data()
    work = traced(other, x, 5, [torch.ones_like(x)], means_of(other))
    assert len(list(work)) == 3


def test_the_spread_of_many_images_is_that_of_their_weights() -> None:
    images = torch.rand(3000, 1, 2, 2, generator=torch.Generator().manual_seed(0)) * 2 - 1  # more than are gathered one by one
    level = float(SCHEDULE.alpha_bar[800])
    x = shared_noise(1, range(3), 800, (1, 2, 2))
    log_w = -(x[:, None].double() - math.sqrt(level) * images.double()).square().flatten(2).sum(2) / (2 * (1 - level))
    w = torch.softmax(log_w, 1)
    flat = images.double().flatten(1)
    known = (w @ flat.square().sum(1)) - (w @ flat).square().sum(1)
    torch.testing.assert_close(EmpiricalData(images).spread(x, level), known, rtol=1e-5, atol=0)
