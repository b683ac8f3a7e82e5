"""Property 1 against the chain step by step: as algebra and as statistics."""

from __future__ import annotations

import math

import pytest
import torch

from explorer.diffusion.forward import noised, q_sample
from explorer.diffusion.schedule import Schedule, cosine, linear

SCHEDULES = [linear(1000), linear(60), cosine(200)]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda s: f"{s.name} {s.T}")
def test_composing_the_steps_gives_property_1_exactly(schedule: Schedule) -> None:
    zero, one = torch.zeros(1, dtype=torch.float64), torch.ones(1, dtype=torch.float64)
    weight_of_x0, variance = 1.0, 0.0
    for t in range(1, schedule.T + 1):
        kept = 1 - float(schedule.betas[t - 1])
        weight_of_previous, weight_of_noise = float(noised(one, kept, zero)), float(noised(zero, kept, one))
        weight_of_x0 *= weight_of_previous
        variance = weight_of_previous**2 * variance + weight_of_noise**2
        times = torch.tensor([t])
        assert float(q_sample(schedule, one, times, zero)) == pytest.approx(weight_of_x0, rel=1e-12)
        assert float(q_sample(schedule, zero, times, one)) == pytest.approx(math.sqrt(variance), rel=1e-12)


def test_step_by_step_has_the_mean_and_variance_of_property_1() -> None:
    schedule, n = linear(60), 40_000
    generator = torch.Generator().manual_seed(3)
    x0 = torch.tensor([-1.0, -0.25, 0.5, 1.0], dtype=torch.float64)
    x = x0.expand(n, 4)
    for t in range(1, schedule.T + 1):
        x = noised(x, 1 - float(schedule.betas[t - 1]), torch.randn(n, 4, generator=generator, dtype=torch.float64))
        if t in (1, 7, 30, 60):
            direct = q_sample(schedule, x0.expand(n, 4), torch.full((n,), t), torch.randn(n, 4, generator=generator, dtype=torch.float64))
            alpha_bar = math.prod(1 - b for b in schedule.betas.tolist()[:t])
            deviation = math.sqrt(1 - alpha_bar)
            for sampled in (x, direct):
                assert torch.allclose(sampled.mean(0), math.sqrt(alpha_bar) * x0, atol=5 * deviation / math.sqrt(n))
                assert torch.allclose(sampled.var(0), torch.full((4,), 1 - alpha_bar, dtype=torch.float64), rtol=5 * math.sqrt(2 / n))


def test_noise_of_one_level() -> None:
    generator = torch.Generator().manual_seed(1)
    x0, eps = (torch.randn(3, 1, 4, 4, generator=generator, dtype=torch.float64) for _ in range(2))
    assert torch.allclose(noised(x0, 0.36, eps), 0.6 * x0 + 0.8 * eps)


def test_each_image_of_a_batch_has_its_own_timestep(digits: torch.Tensor) -> None:
    schedule = linear(1000)
    eps = torch.randn(4, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    t = torch.tensor([0, 1, 500, 1000])
    x_t = q_sample(schedule, digits[:4], t, eps)
    assert x_t.shape == (4, 1, 28, 28)
    assert x_t.dtype == torch.float32
    assert torch.equal(x_t[0], digits[0]), "x_0 is the image"
    betas = schedule.betas.tolist()
    for i, time in enumerate(t.tolist()):
        alpha_bar = math.prod(1 - b for b in betas[:time])
        expected = math.sqrt(alpha_bar) * digits[i].double() + math.sqrt(1 - alpha_bar) * eps[i].double()
        assert torch.allclose(x_t[i].double(), expected, atol=1e-6)
