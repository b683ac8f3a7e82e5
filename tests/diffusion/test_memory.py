"""Predictors that remember: a self-conditioned network is told the x0_hat of the state before, wherever a chain is taken up again."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn

from explorer.backends import TORCH
from explorer.diffusion.branches import Branched, Leg, branch_steps
from explorer.diffusion.matching import MatchedPredictor
from explorer.diffusion.parameterization import Option
from explorer.diffusion.predictor import NetworkPredictor, Predictor
from explorer.diffusion.reverse import Step, initial_state, needs_memory, noise_source, plan, reverse_steps
from explorer.diffusion.schedule import cosine, linear

SHAPE, N = (1, 4, 4), 3
SCHEDULE = linear(40)


class SelfConditioned(nn.Module):
    """A network whose noise depends on x_t and on the x0_hat of the state before, and which notes what it was told."""

    self_conditioned = True

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Tensor] = []

    def forward(self, x_t: Tensor, t: Tensor, before: Tensor) -> Tensor:
        self.told.append(before)
        return torch.tanh(x_t) * 0.9 + 0.2 * before.flip(-1)


def predictor(network: nn.Module) -> NetworkPredictor:
    return NetworkPredictor(TORCH.prepare(network, torch.device("cpu"), "fp32"), Option.C, SCHEDULE, network=network)


def walk(asked: Predictor, steps: int | None = None) -> list[Step]:
    noise = noise_source(0, range(N), SHAPE)
    return list(reverse_steps(asked, plan(asked.schedule, steps), initial_state(noise), noise, clip=True))


def test_it_is_told_what_it_said_before_and_nothing_at_first() -> None:
    network = SelfConditioned()
    steps = walk(predictor(network))
    assert torch.equal(network.told[0], torch.zeros(N, *SHAPE))
    for told, step in zip(network.told[1:], steps, strict=False):
        assert torch.equal(told, step.prediction.x0_hat)


@pytest.mark.parametrize("matched", [False, True])
def test_any_stretch_is_made_again_from_a_state_and_what_was_said_before_it(matched: bool) -> None:
    own = predictor(SelfConditioned())
    asked: Predictor = MatchedPredictor(own, cosine(30)) if matched else own
    steps, noise, course = walk(asked, 12), noise_source(0, range(N), SHAPE), plan(asked.schedule, 12)
    assert needs_memory(asked, course)
    for previous, step in pairwise(steps):
        x0_hat = previous.prediction.x0_hat
        again = next(reverse_steps(asked, course, step.x_t, noise, True, step.k, x0_hat))
        assert torch.equal(again.x_prev, step.x_prev)
        forgot = next(reverse_steps(asked, course, step.x_t, noise, True, step.k))
        assert not torch.equal(forgot.x_prev, step.x_prev), "the memory matters"


def test_a_branch_goes_on_remembering_and_forgets_where_it_begins_anew() -> None:
    network = SelfConditioned()
    own, noise, course = predictor(network), noise_source(0, range(N), SHAPE), plan(SCHEDULE, 8)
    steps = walk(own, 8)
    branch = Branched(course, (Leg(0, own, True),), noise)
    again = list(branch_steps(branch, steps[3].x_t, 3, steps[2].prediction.x0_hat))
    assert all(torch.equal(ours.x_prev, theirs.x_prev) for ours, theirs in zip(again, steps[3:], strict=True))
    network.told.clear()
    list(branch_steps(Branched(course, (Leg(0, own, True),), noise, anew=frozenset({5})), initial_state(noise)))
    assert [bool(told.any()) for told in network.told] == [k not in (0, 5) for k in range(8)]
