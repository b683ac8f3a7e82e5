"""Branches: nothing changed is the parent; each change does what its formula says, and no more."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from explorer.diffusion.branches import Branched, Leg, branch_steps, noise_with, painted, place, same_levels, spread, stream_of, with_eta
from explorer.diffusion.noise import shared_noise
from explorer.diffusion.parameterization import Prediction, eps_from_x0, mean_from_x0
from explorer.diffusion.posterior import Posterior, posterior
from explorer.diffusion.reverse import Noise, Plan, Step, initial_state, noise_source, plan, reverse_steps
from explorer.diffusion.schedule import linear

SHAPE = (1, 4, 4)
N, K = 3, 12
SCHEDULE = linear(60)


class Halver:
    """A predictor that is not linear in x_t and depends on t (float64)."""

    schedule = SCHEDULE

    def __init__(self, strength: float = 1.0) -> None:
        self.strength = strength
        self.asked = 0

    def predict(self, x_t: Tensor, t: int, step: Posterior, clip: bool) -> Prediction:
        self.asked += 1
        x0 = torch.tanh(self.strength * x_t + 0.1 * math.sin(t))
        if clip:
            x0 = x0.clamp(-0.5, 0.5)
        return Prediction(mean_from_x0(x_t, x0, step), x0, eps_from_x0(x_t, x0, step))


def doubles(stream: int = 0) -> Noise:
    source = noise_source(0, range(N), SHAPE, stream=stream)
    return lambda t: source(t).double()


def course(eta: float = 1.0) -> Plan:
    return plan(SCHEDULE, K, eta)


def parent(eta: float = 1.0) -> list[Step]:
    return list(reverse_steps(Halver(), course(eta), initial_state(doubles()), doubles()))


def plain(**changed: object) -> Branched:
    return replace(Branched(course(), (Leg(0, Halver(), False),), doubles()), **changed)


def walk(branch: Branched) -> list[Step]:
    return list(branch_steps(branch, branch.arrive(0, initial_state(doubles()))))


def same(ours: Step, theirs: Step) -> bool:
    return torch.equal(ours.x_t, theirs.x_t) and torch.equal(ours.prediction.x0_hat, theirs.prediction.x0_hat)


@pytest.mark.parametrize("eta", [1.0, 0.3, 0.0])
def test_a_branch_without_a_change_is_its_parent_bit_for_bit(eta: float) -> None:
    for ours, theirs in zip(walk(plain(course=course(eta))), parent(eta), strict=True):
        assert same(ours, theirs)
        assert torch.equal(ours.x_prev, theirs.x_prev)
        assert torch.equal(ours.prediction.mean, theirs.prediction.mean)


def test_fresh_noise_changes_the_chain_from_t_down_and_nothing_above() -> None:
    t = course().timesteps[5]
    branch = walk(plain(noise=noise_with(doubles(), [(t, doubles(7))])))
    steps = parent()
    assert all(same(branch[k], steps[k]) for k in range(6))
    other = steps[5].prediction.mean + course().steps[5].sigma * doubles(7)(t)
    assert torch.equal(branch[5].x_prev, other)
    assert not torch.equal(branch[6].x_t, steps[6].x_t)
    again = walk(plain(noise=noise_with(doubles(), [(t, doubles(7))])))
    assert all(same(ours, theirs) for ours, theirs in zip(again, branch, strict=True)), "the same stream is the same noise"


def test_of_several_noises_the_last_one_that_was_asked_for_counts() -> None:
    draw = noise_with(doubles(), [(40, doubles(1)), (20, doubles(2)), (20, doubles(3))])
    assert torch.equal(draw(0), doubles()(0)), "x_T is not of a branch"
    assert torch.equal(draw(41), doubles()(41))
    assert torch.equal(draw(40), doubles(1)(40))
    assert torch.equal(draw(20), doubles(3)(20))
    assert torch.equal(draw(1), doubles(3)(1))


def test_painting_x_t_changes_that_state_and_what_follows() -> None:
    steps = parent()
    branch = walk(plain(on_state={4: (lambda x: x + 1, lambda x: 2 * x)}))
    assert all(same(branch[k], steps[k]) for k in range(4))
    assert torch.equal(branch[4].x_t, 2 * (steps[4].x_t + 1)), "in order"
    expected = Halver().predict(branch[4].x_t, course().timesteps[4], course().steps[4], False)
    assert torch.equal(branch[4].prediction.x0_hat, expected.x0_hat)
    at_start = walk(plain(on_state={0: (lambda x: -x,)}))
    assert torch.equal(at_start[0].x_t, -steps[0].x_t)


def test_painting_x0_hat_takes_the_place_of_the_prediction_in_that_step() -> None:
    steps = parent()
    step = branch_at(4, lambda x0: x0.clamp(min=0.2))
    x0 = steps[4].prediction.x0_hat.clamp(min=0.2)
    c, x = course().steps[4], steps[4].x_t
    assert torch.equal(step.x_t, x)
    assert torch.equal(step.prediction.x0_hat, x0)
    eps = (x - math.sqrt(c.alpha_bar) * x0) / math.sqrt(1 - c.alpha_bar)
    assert torch.allclose(step.prediction.eps_hat, eps, atol=1e-12)
    assert torch.allclose(step.x_prev, c.a0 * x0 + c.at * x + c.sigma * doubles()(step.t), atol=1e-12)


def branch_at(k: int, touch: object) -> Step:
    return walk(plain(on_image={k: (touch,)}))[k]


def test_a_colour_is_a_value_for_every_channel() -> None:
    x, eps = torch.zeros(2, 3, 4, 4), torch.ones(2, 3, 4, 4)
    covered = torch.zeros(4, 4)
    covered[1, 2] = 0.5
    made = painted(x, [(covered, torch.tensor([1.0, -1.0, 0.2]).reshape(3, 1, 1), 0.4)], eps)
    assert torch.allclose(made[:, :, 1, 2], 0.5 * torch.tensor([1.4, -0.6, 0.6]))
    assert int((made != 0).sum()) == 6


def test_another_sampler_and_another_network_from_t_down() -> None:
    steps, changed = parent(), with_eta(course(), 5, 0.0)
    branch = walk(plain(course=changed, legs=(Leg(0, Halver(), False), Leg(5, Halver(), True), Leg(8, Halver(2.0), True))))
    assert all(same(branch[k], steps[k]) for k in range(5))
    x = steps[5].x_t
    for k in range(5, K):
        a, b = changed.steps[k].alpha_bar, changed.steps[k].alpha_bar_prev
        x0 = torch.tanh((2.0 if k >= 8 else 1.0) * x + 0.1 * math.sin(course().timesteps[k])).clamp(-0.5, 0.5)
        eps = (x - math.sqrt(a) * x0) / math.sqrt(1 - a)
        x = math.sqrt(b) * x0 + math.sqrt(1 - b) * eps  # DDIM, Song et al. eq. 12 with sigma = 0
        assert torch.allclose(branch[k].x_prev, x, atol=1e-10)


@pytest.mark.parametrize("start", range(K))
def test_every_stretch_is_made_again_identically(start: int) -> None:
    t = course().timesteps
    branch = plain(
        noise=noise_with(doubles(), [(t[2], doubles(7))]), on_state={0: (torch.neg,), 6: (torch.abs,)}, on_image={4: (torch.relu,)}
    )  # fmt: skip
    whole = walk(branch)
    for ours, theirs in zip(branch_steps(branch, whole[start].x_t, start), whole[start:], strict=True):
        assert same(ours, theirs)
        assert torch.equal(ours.x_prev, theirs.x_prev)


def test_a_few_steps_are_spread_evenly_from_one_state_to_another() -> None:
    assert spread(0, 100, 4) == [0, 25, 50, 75, 100]
    assert spread(7, 10, 50) == [7, 8, 9, 10]
    assert spread(3, 3, 50) == [3]


def test_places_are_the_first_state_at_or_below_t() -> None:
    chain = course()
    assert chain.timesteps == (60, 55, 50, 45, 40, 35, 30, 25, 20, 15, 10, 5, 0)
    assert [place(chain, t) for t in (60, 59, 55, 6, 5, 4, 1)] == [0, 1, 1, 11, 11, 11, 11]
    with pytest.raises(ValueError, match="61"):
        place(chain, 61)


def test_a_brush_covers_with_value_and_noise() -> None:
    x, eps = doubles()(1), doubles(9)(1)
    half = torch.zeros(4, 4)
    half[1, 2], half[3, 3] = 1.0, 0.5
    result = painted(x, [(half, 0.8, 0.0), (half, -0.2, 0.5)], eps, torch.tensor([True, False, True]))
    assert torch.equal(result[1], x[1])
    for n in (0, 2):
        assert torch.allclose(result[n, 0, 1, 2], -0.2 + 0.5 * eps[n, 0, 1, 2])
        first = 0.5 * x[n, 0, 3, 3] + 0.5 * 0.8
        assert torch.allclose(result[n, 0, 3, 3], 0.5 * first + 0.5 * (-0.2 + 0.5 * eps[n, 0, 3, 3]))
        assert result[n, 0, 0, 0] == x[n, 0, 0, 0]


def test_the_branches_noises_are_independent_of_each_other_and_of_the_chains() -> None:
    streams = {stream_of(kind, number, u) for kind in range(1, 8) for number in (0, 1, 2**31 - 1) for u in (0, 1, 4095)}
    assert len(streams) == 7 * 3 * 3
    assert 0 not in streams
    a, b = (shared_noise(0, range(40), 5, (1, 28, 28), stream=s).flatten() for s in (stream_of(1, 0), stream_of(2, 0)))
    assert abs(float((a * b).mean())) < 4 / math.sqrt(len(a))
    with pytest.raises(ValueError, match="repetition"):
        stream_of(1, 0, 4096)


def test_networks_can_be_swapped_only_at_the_same_noise_levels() -> None:
    chain = course()
    assert same_levels(chain, SCHEDULE.alpha_bar.tolist())
    assert not same_levels(chain, linear(59).alpha_bar.tolist())
    assert not same_levels(chain, linear(100).alpha_bar.tolist())
    assert chain.steps[0] == posterior(float(SCHEDULE.alpha_bar[60]), float(SCHEDULE.alpha_bar[55]))
