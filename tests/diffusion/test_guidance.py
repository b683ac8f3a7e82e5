"""Guidance: its equation under every option, and which label each sample is told."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from explorer.diffusion.guidance import Condition, guided
from explorer.diffusion.matching import MatchedPredictor
from explorer.diffusion.parameterization import Option, complete
from explorer.diffusion.posterior import posterior
from explorer.diffusion.predictor import NetworkPredictor, told_of
from explorer.diffusion.schedule import cosine, linear

SCHEDULE = linear(60)
NULL = 3


def output_for(labels: Tensor, x_t: Tensor) -> Tensor:
    """Of a made-up network: affine in x_t, with numbers of each label's own."""
    shift = (labels.to(x_t.dtype) + 1).sin()[:, None, None, None]
    return 0.3 * x_t * shift + shift


class Network:
    """Notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    def __call__(self, x_t: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        self.asked.append(labels.tolist())
        return output_for(labels, x_t)


def predictor(option: Option, labels: tuple[int, ...], w: float, null: int | None = NULL) -> NetworkPredictor:
    return NetworkPredictor(Network(), option, SCHEDULE, condition=Condition(labels, null, w))


def eps_of(option: Option, output: Tensor, x_t: Tensor, t: int) -> Tensor:
    """eps_hat by the definitions of the options, independently of `complete`."""
    a, b = SCHEDULE.alpha_bar[t], 1 - SCHEDULE.alpha_bar[t]
    if option is Option.C:
        return output
    if option is Option.V:
        return a.sqrt() * output + b.sqrt() * x_t
    if option is Option.A:
        before, beta = SCHEDULE.alpha_bar[t - 1], SCHEDULE.betas[t - 1]
        output = (output - (1 - beta).sqrt() * (1 - before) / b * x_t) * b / (before.sqrt() * beta)
    return (x_t - a.sqrt() * output) / b.sqrt()


@pytest.mark.parametrize("w", [0.0, 0.5, 3.0, -1.0])
@pytest.mark.parametrize("option", list(Option))
def test_under_every_option_guidance_is_that_of_eps_hat(option: Option, w: float) -> None:
    x_t = torch.randn(4, 1, 3, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    labels, null = torch.tensor([0, 1, 2, 0]), torch.full((4,), NULL)
    for t in (1, 7, 60):
        levels = SCHEDULE.alpha_bar
        step = posterior(float(levels[t]), float(levels[max(t - 3, 0)]), 0.5)
        said = predictor(option, (0, 1, 2, 0), w).predict(x_t, t, step, clip=False)
        one, other = (eps_of(option, output_for(each, x_t), x_t, t) for each in (labels, null))
        torch.testing.assert_close(said.eps_hat, (1 + w) * one - w * other, rtol=1e-8, atol=1e-8)
        x0_hat = (x_t - (1 - levels[t]).sqrt() * said.eps_hat) / levels[t].sqrt()
        torch.testing.assert_close(said.x0_hat, x0_hat, rtol=1e-7, atol=1e-7)


def test_clipping_comes_after_guidance() -> None:
    x_t = torch.randn(4, 1, 3, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    step = posterior(float(SCHEDULE.alpha_bar[30]), float(SCHEDULE.alpha_bar[29]))
    one = predictor(Option.B, (0,), 0.0).predict(x_t, 30, step, clip=False).x0_hat
    other = predictor(Option.B, (NULL,), 0.0).predict(x_t, 30, step, clip=False).x0_hat
    found = predictor(Option.B, (0,), 4.0).predict(x_t, 30, step, clip=True).x0_hat
    assert bool((guided(one, other, 4.0).abs() > 1).any()), "there is something to clip"
    torch.testing.assert_close(found, (5 * one - 4 * other).clamp(-1, 1))


def test_without_guidance_the_network_is_asked_once() -> None:
    plain, double = predictor(Option.C, (2, 0), 0.0), predictor(Option.C, (2, 0), 1.0)
    step = posterior(float(SCHEDULE.alpha_bar[30]), float(SCHEDULE.alpha_bar[29]))
    for each in (plain, double):
        each.predict(torch.zeros(3, 1, 2, 2), 30, step, clip=False)
    assert isinstance(plain.run, Network)
    assert isinstance(double.run, Network)
    assert plain.run.asked == [[2, 0, 2]]
    assert double.run.asked == [[NULL] * 3, [2, 0, 2]], "that of the class last, where it is watched"


def test_a_sample_keeps_its_label_in_any_batch() -> None:
    condition = Condition((5, 7), None)
    assert condition.of_batch(torch.zeros(5, 1)).tolist() == [5, 7, 5, 7, 5]
    some = predictor(Option.C, (0, 1, 2), 0.0)
    step = posterior(float(SCHEDULE.alpha_bar[30]), float(SCHEDULE.alpha_bar[29]))
    for matched in (some, MatchedPredictor(some, cosine(60))):
        told_of(matched, (4, 3)).predict(torch.zeros(2, 1, 2, 2), 30, step, clip=False)
        assert isinstance(some.run, Network)
        assert some.run.asked.pop() == [1, 0]
    with pytest.raises(ValueError, match="3 images, but the labels are of 2 samples"):
        told_of(some, (4, 3)).predict(torch.zeros(3, 1, 2, 2), 30, step, clip=False)


def test_its_two_predictions_are_had_apart() -> None:
    x_t = torch.randn(2, 1, 2, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    step = posterior(float(SCHEDULE.alpha_bar[30]), float(SCHEDULE.alpha_bar[29]))
    whole = predictor(Option.V, (0, 1), 2.0)
    for each in (whole, MatchedPredictor(whole, SCHEDULE)):
        pair = told_of(each, (0, 1)).apart()  # type: ignore[attr-defined]
        one, other = (part.predict(x_t, 30, step, False).eps_hat for part in pair)
        torch.testing.assert_close(3 * one - 2 * other, whole.predict(x_t, 30, step, clip=False).eps_hat)
        native = posterior(float(SCHEDULE.alpha_bar[30]), float(SCHEDULE.alpha_bar[29]))
        torch.testing.assert_close(other, complete(Option.V, output_for(torch.tensor([NULL] * 2), x_t), x_t, step, native).eps_hat)
    assert predictor(Option.C, (0,), 0.0, null=None).apart() is None


def test_a_condition_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one label"):
        Condition(())
    with pytest.raises(ValueError, match="needs a null label"):
        Condition((0,), None, 1.0)
    with pytest.raises(ValueError, match="must be finite"):
        Condition((0,), 1, float("nan"))
