"""One step of Algorithm 1 in float64: losses written out by hand, and gradients against finite differences."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from explorer.diffusion.parameterization import Option
from explorer.diffusion.schedule import cosine, linear
from explorer.diffusion.training import TrainingTables, loss, loss_all_timesteps, parts
from explorer.models.unet import UNet, UNetConfig

T = 60
NETWORKS = {
    "lecture": UNetConfig(
        width=4, multipliers=(1, 2), norm="none", residual=False, activation="relu", time="channel", downsample="max-pool", timesteps=T
    ),
    "refined": UNetConfig(width=8, multipliers=(1, 2), outer_skip=True, skip_by_timestep=True, timesteps=T),
}


def awake(config: UNetConfig) -> UNet:
    """In float64, with every layer answering."""
    torch.manual_seed(3)
    network = UNet(config)
    for parameter in network.parameters():
        if not parameter.any():
            nn.init.normal_(parameter, std=0.1)
    return network.double()


def by_hand(option: Option, alpha: list[float], x0: Tensor, eps: Tensor, t: int) -> tuple[Tensor, Tensor]:
    """x_t and the target from the alphas alone, as MATH.md has them (Properties 1 and 2)."""
    bar, before = math.prod(alpha[:t]), math.prod(alpha[: t - 1])
    x_t = math.sqrt(bar) * x0 + math.sqrt(1 - bar) * eps
    a0 = math.sqrt(before) * (1 - alpha[t - 1]) / (1 - bar)
    at = math.sqrt(alpha[t - 1]) * (1 - before) / (1 - bar)
    wanted = {
        "A": a0 * x0 + at * x_t, "B": x0, "C": eps, "V": math.sqrt(bar) * eps - math.sqrt(1 - bar) * x0,
    }  # fmt: skip
    return x_t, wanted[option.value]


def drawn(seed: int = 5) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    x0 = torch.rand(1, 8, 8, generator=generator, dtype=torch.float64) * 2 - 1
    return x0, torch.randn(1, 8, 8, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("t", [1, 2, 30, T])
@pytest.mark.parametrize("option", Option)
def test_the_loss_is_the_one_written_by_hand(option: Option, t: int) -> None:
    schedule, network, (x0, eps) = cosine(T), awake(NETWORKS["refined"]), drawn()
    x_t, wanted = by_hand(option, (1 - schedule.betas).tolist(), x0, eps, t)
    said = network(x_t[None], torch.tensor([t]))[0]
    expected = sum((a - b) ** 2 for a, b in zip(wanted.flatten().tolist(), said.flatten().tolist(), strict=True)) / 64
    tables = TrainingTables(schedule)
    found = parts(network, option, tables, x0[None], torch.tensor([t]), eps[None])
    assert torch.allclose(found.x_t[0], x_t, rtol=0, atol=1e-12)
    assert torch.allclose(found.target[0], wanted, rtol=0, atol=1e-12)
    assert found.squared_error.item() == pytest.approx(expected, rel=1e-10)
    assert loss(network, option, tables, x0[None], torch.tensor([t]), eps[None]).item() == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("option", Option)
def test_the_gradient_is_that_of_finite_differences(option: Option, name: str) -> None:
    tables, network, (x0, eps) = TrainingTables(linear(T)), awake(NETWORKS[name]), drawn()
    t = torch.tensor([20])

    def value() -> Tensor:
        return parts(network, option, tables, x0[None], t, eps[None]).squared_error.sum()

    value().backward()
    generator = torch.Generator().manual_seed(1)
    step = 1e-6
    for label, parameter in network.named_parameters():
        assert parameter.grad is not None, label
        way = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
        with torch.no_grad():
            parameter += step * way
            above = value().item()
            parameter -= 2 * step * way
            below = value().item()
            parameter += step * way
        slope = (parameter.grad * way).sum().item()
        # where a ReLU or the largest of four pixels changes within the step, the difference is off by as much as the step is long
        assert (above - below) / (2 * step) == pytest.approx(slope, rel=2e-4, abs=1e-7), label


def test_all_timesteps_is_the_mean_over_each() -> None:
    tables, network, (x0, _) = TrainingTables(linear(T)), awake(NETWORKS["lecture"]), drawn()
    eps = torch.randn(T, 1, 8, 8, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    each = [parts(network, Option.A, tables, x0[None], torch.tensor([t]), eps[t - 1 : t]).squared_error.item() for t in range(1, T + 1)]
    assert loss_all_timesteps(network, Option.A, tables, x0, eps).item() == pytest.approx(sum(each) / T, rel=1e-10)
