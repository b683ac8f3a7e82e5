"""Step by step against Property 1, in float64."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from explorer.diffusion.forward import noised, q_sample
from explorer.diffusion.schedule import Schedule, cosine, from_betas, linear
from explorer.diffusion.walk import StepNoises, Walk, noise_weights

SHAPE = (1, 6, 5)


def walked(schedule: Schedule, x0: Tensor, seed: int, budget: int = 2**28) -> Walk:
    walk = Walk(schedule, x0, StepNoises(seed, schedule.T, tuple(x0.shape)), budget)
    for _ in walk.walk():
        pass
    return walk


@pytest.mark.parametrize(
    "schedule", [linear(1000), cosine(1000), linear(40), from_betas([0.3, 0.001, 0.9])], ids=lambda s: f"{s.name}{s.T}"
)
def test_steps_and_property_1_lead_to_the_same_state_at_every_t(schedule: Schedule) -> None:
    x0 = torch.rand(SHAPE, dtype=torch.float64) * 2 - 1
    walk = walked(schedule, x0, 7)
    for t in range(schedule.T + 1):
        at_once = q_sample(schedule, x0[None], torch.tensor([t]), walk.total_noise(t)[None])[0]
        assert float((at_once - walk.state(t)).abs().max()) < 1e-11


def test_a_walk_takes_the_steps_of_the_forward_process_with_the_weights_of_its_noises() -> None:
    schedule, noises = cosine(30), StepNoises(1, 30, SHAPE)
    x = torch.rand(SHAPE, dtype=torch.float64)
    walk = walked(schedule, x, 1)
    for t in range(1, 31):
        x = noised(x, 1 - float(schedule.betas[t - 1]), noises.at(t).double())
        assert torch.allclose(walk.state(t), x, rtol=0, atol=1e-13)
        weighed = sum(weight * noises.at(s + 1).double() for s, weight in enumerate(noise_weights(schedule, t).tolist()))
        assert isinstance(weighed, Tensor)
        assert torch.allclose(walk.total_noise(t), weighed, rtol=0, atol=1e-12)


def test_a_walk_that_keeps_few_states_is_the_same_walk() -> None:
    x0 = torch.rand(SHAPE, dtype=torch.float64)
    whole, sparse = walked(linear(100), x0, 3), walked(linear(100), x0, 3, budget=16 * x0.numel() * 7)
    assert (whole.stride, sparse.stride) == (1, 15)
    for t in (100, 0, 1, 15, 14, 99):
        assert torch.equal(sparse.state(t), whole.state(t))
        assert torch.equal(sparse.total_noise(t), whole.total_noise(t))


@pytest.mark.parametrize("schedule", [linear(1000), cosine(1000), linear(30)], ids=lambda s: f"{s.name}{s.T}")
def test_the_squares_of_the_weights_add_up_to_one(schedule: Schedule) -> None:
    for t in (1, 2, schedule.T // 2, schedule.T):
        assert float(noise_weights(schedule, t).square().sum()) == pytest.approx(1, abs=1e-10)


def test_the_total_noise_is_standard_normal() -> None:
    eps = walked(linear(60), torch.zeros(1, 80, 80, dtype=torch.float64), 3).total_noise(60)
    assert float(eps.mean()) == pytest.approx(0, abs=4 / 80)
    assert float(eps.var()) == pytest.approx(1, abs=4 * math.sqrt(2) / 80)


def test_noises_are_a_pure_function_of_seed_and_step() -> None:
    long, short, other = StepNoises(5, 20, SHAPE), StepNoises(5, 2**26, SHAPE), StepNoises(6, 8, SHAPE)
    assert torch.equal(long.at(8), short.at(8)), "kept or made anew"
    assert not torch.equal(other.at(8), short.at(8))
    assert not torch.equal(short.at(1), short.at(2))
