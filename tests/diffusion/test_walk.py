"""Step by step against Property 1, in float64."""

from __future__ import annotations

import math

import pytest
import torch

from explorer.diffusion.forward import noised, q_sample
from explorer.diffusion.schedule import Schedule, cosine, from_betas, linear
from explorer.diffusion.walk import noise_weights, step_noises, total_noise, walk

SHAPE = (1, 6, 5)


@pytest.mark.parametrize(
    "schedule", [linear(1000), cosine(1000), linear(40), from_betas([0.3, 0.001, 0.9])], ids=lambda s: f"{s.name}{s.T}"
)
def test_steps_and_property_1_lead_to_the_same_state_at_every_t(schedule: Schedule) -> None:
    noises = step_noises(7, schedule.T, SHAPE)
    x0 = torch.rand(SHAPE, dtype=torch.float64) * 2 - 1
    states = walk(schedule, x0, noises)
    for t in range(schedule.T + 1):
        eps = total_noise(schedule, noises, t)
        at_once = q_sample(schedule, x0[None], torch.tensor([t]), eps[None])[0]
        assert float((at_once - states[t]).abs().max()) < 1e-11


def test_a_walk_takes_the_steps_of_the_forward_process() -> None:
    schedule, noises = cosine(30), step_noises(1, 30, SHAPE)
    x = torch.rand(SHAPE, dtype=torch.float64)
    states = walk(schedule, x, noises)
    for t in range(1, 31):
        x = noised(x, 1 - float(schedule.betas[t - 1]), noises[t - 1].double())
        assert torch.allclose(states[t], x, rtol=0, atol=1e-13)


@pytest.mark.parametrize("schedule", [linear(1000), cosine(1000), linear(30)], ids=lambda s: f"{s.name}{s.T}")
def test_the_squares_of_the_weights_add_up_to_one(schedule: Schedule) -> None:
    for t in (1, 2, schedule.T // 2, schedule.T):
        assert float(noise_weights(schedule, t).square().sum()) == pytest.approx(1, abs=1e-10)


def test_the_total_noise_is_standard_normal() -> None:
    noises = step_noises(3, 60, (1, 80, 80))
    eps = total_noise(linear(60), noises, 60)
    assert float(eps.mean()) == pytest.approx(0, abs=4 / 80)
    assert float(eps.var()) == pytest.approx(1, abs=4 * math.sqrt(2) / 80)


def test_noises_are_a_pure_function_of_seed_and_step() -> None:
    long, short = step_noises(5, 20, SHAPE), step_noises(5, 8, SHAPE)
    assert torch.equal(long[:8], short)
    assert not torch.equal(step_noises(6, 8, SHAPE), short)
    assert not torch.equal(short[0], short[1])
