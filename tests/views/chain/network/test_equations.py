"""The equation of a step, against the lecture's mathematics."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from explorer.diffusion.levels import log_snr as log_snrs
from explorer.diffusion.reverse import plan
from explorer.diffusion.schedule import linear
from explorer.engine.chain.messages import LaneKey, LanePlanned
from explorer.recipe import Lane, Sampler
from explorer.views.chain.network.equations import equation_of, log_snr, number
from explorer.views.chain.network.steps import coefficients
from explorer.widgets.look.theme import DARK


def planned(option: str, sampler: Sampler) -> LanePlanned:
    course = plan(linear(1000), sampler.steps, sampler.eta)
    levels = np.array([s.alpha_bar for s in course.steps] + [1.0])
    a0, at, sigma = (np.array([getattr(s, name) for s in course.steps]) for name in ("a0", "at", "sigma"))
    key = LaneKey(Lane("c" * 64, "c.safetensors", option, sampler), 0, 4)  # type: ignore[arg-type]
    return LanePlanned(key, np.array(course.timesteps), levels, a0, at, sigma, (1, 28, 28), log_snrs(linear(1000).alpha_bar.numpy()))


def numbers(text: str) -> list[float]:
    return [float(n) for n in re.findall(r"\d+\.\d+", text)]


@pytest.mark.parametrize("sampler", [Sampler(), Sampler(steps=37), Sampler(steps=10, eta=0.0)])
@pytest.mark.parametrize("k", [0, 5, -1])
def test_the_numbers_make_a_step_of_the_chain(sampler: Sampler, k: int) -> None:
    found = planned("C", sampler)
    k %= len(found.sigma)
    shown = equation_of(found, k, DARK)
    rng = np.random.default_rng(k)
    x0, eps, z = rng.standard_normal((3, 100))
    alpha_bar, before = found.alpha_bar[k], found.alpha_bar[k + 1]
    x_t = np.sqrt(alpha_bar) * x0 + np.sqrt(1 - alpha_bar) * eps
    sigma = found.sigma[k]
    ddim = np.sqrt(before) * x0 + np.sqrt(max(1 - before - sigma**2, 0)) * eps + sigma * z
    a0, at, s = (float(term.factor) for term in shown.step[1:])
    np.testing.assert_allclose(a0 * x0 + at * x_t + s * z, ddim, atol=6e-4)
    assert [t.variable[0].sub for t in shown.step] == [str(found.timesteps[k + 1]), "0", str(found.timesteps[k]), ""]


def test_option_c_gets_x0_hat_from_eps_hat() -> None:
    shown = equation_of(planned("C", Sampler()), 400, DARK)
    noise, signal = float(shown.derivation[2].factor), numbers(shown.derivation[2].after)[0]
    assert noise**2 + signal**2 == pytest.approx(1, abs=1e-3)
    assert [term.network for term in shown.derivation] == [False, False, True]


def test_option_b_puts_out_x0_hat_itself() -> None:
    shown = equation_of(planned("B", Sampler()), 400, DARK)
    assert [term.name for term in shown.step if term.network] == ["x0_hat"]
    assert shown.derivation[0].name == "eps_hat"


def test_option_a_puts_out_the_mean_where_it_takes_every_step() -> None:
    whole, part = equation_of(planned("A", Sampler()), 400, DARK), equation_of(planned("A", Sampler(steps=50)), 20, DARK)
    assert [term.name for term in whole.derivation if term.network] == ["mean"]
    assert whole.derivation[2].factor == whole.step[2].factor
    assert numbers(whole.derivation[2].after) == [float(whole.step[1].factor)]
    assert "its own step" in part.text, "the mean that it learned is not that of a longer step"


def test_at_zero_it_says_that_this_is_the_sample() -> None:
    found = planned("C", Sampler(steps=20))
    shown = equation_of(found, 20, DARK)
    assert shown.text.startswith("x_0 = x\u0302_0")
    assert "t\u00a0=\u00a050" in shown.note
    assert (found.a0[-1], found.at[-1], found.sigma[-1]) == pytest.approx((1, 0, 0))


@pytest.mark.parametrize("k", [0, 400, 998, 999])
def test_the_mean_in_one_line_is_that_of_both_lines(k: int) -> None:
    plan = planned("C", Sampler())
    values = coefficients(plan, k)
    x_t, eps = torch.randn(2, 64, dtype=torch.float64)
    x0_hat = (x_t - values["noise"] * eps) / values["signal"]
    mean = values["a0"] * x0_hat + values["at"] * x_t
    assert torch.allclose((x_t - values["eps_share"] * eps) / values["root_alpha"], mean, rtol=0, atol=1e-12)
    note = equation_of(plan, k, DARK).note
    assert f"(xₜ − {number(values['eps_share'])} ε̂) / {number(values['root_alpha'])}" in note


def test_the_mean_is_in_one_line_only_where_it_follows_from_the_noise() -> None:
    others = [
        ("B", Sampler()),
        ("A", Sampler()),
        ("C", Sampler(clip=True)),
        ("C", Sampler(eta=0.5)),
        ("C", Sampler(method="ddim", eta=0.0)),
    ]
    assert not any("Property 3" in equation_of(planned(option, sampler), 5, DARK).note for option, sampler in others)


def test_clipping_is_said() -> None:
    assert "clipped" in equation_of(planned("C", Sampler(clip=True)), 400, DARK).text


@pytest.mark.parametrize(("value", "text"), [(0.0122, "0.0122"), (0.000132, "0.000132"), (0.0, "0.0000"), (3.2e-7, "3.2e-07")])
def test_small_numbers_keep_their_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_log_snr() -> None:
    assert log_snr(0.5) == 0
    assert log_snr(0.1835) == pytest.approx(-1.4928, abs=1e-4)
    assert log_snr(1.0) == float("inf")
