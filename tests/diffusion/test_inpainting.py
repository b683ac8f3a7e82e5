"""RePaint against an independent reference, and against the exact conditional of a Gaussian."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from explorer.diffusion.branches import Branched, DrawnAnew, Leg, alpha_bars, branch_steps, spread
from explorer.diffusion.forward import noised
from explorer.diffusion.inpainting import Inpainting
from explorer.diffusion.parameterization import Prediction, eps_from_x0, mean_from_x0
from explorer.diffusion.posterior import Posterior
from explorer.diffusion.reverse import Plan, plan, reverse_steps
from explorer.diffusion.schedule import Schedule, linear

T = 60
SCHEDULE = linear(T)
MEAN = torch.tensor([0.3, -0.2, 0.1], dtype=torch.float64)
COVARIANCE = torch.tensor([[0.5, 0.4, 0.1], [0.4, 0.6, 0.2], [0.1, 0.2, 0.3]], dtype=torch.float64)


class GaussianData:
    """The ideal denoiser of x_0 ~ N(MEAN, COVARIANCE), images of 1 x 1 x 3 pixels: E[x_0 | x_t] is linear."""

    schedule: Schedule = SCHEDULE

    def predict(self, x_t: Tensor, t: int, step: Posterior, clip: bool) -> Prediction:
        a = step.alpha_bar
        gain = math.sqrt(a) * COVARIANCE @ torch.linalg.inv(a * COVARIANCE + (1 - a) * torch.eye(3, dtype=torch.float64))
        x0 = MEAN + (x_t - math.sqrt(a) * MEAN) @ gain.T
        return Prediction(mean_from_x0(x_t, x0, step), x0, eps_from_x0(x_t, x0, step))


@dataclass
class Numbers:
    """Noise by name and numbers, whatever the order it is asked for."""

    count: int

    def __call__(self, name: str, t: int, u: int = 0) -> Tensor:
        seed = {"z": 1, "jump": 2, "known": 3, "start": 4}[name] * 10**6 + t * 1000 + u
        return torch.randn(self.count, 1, 1, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def branch(numbers: Numbers, image: Tensor, erased: Tensor, repeats: int, course: Plan) -> Branched:
    levels = alpha_bars(course)
    inpainting = Inpainting(
        0, course.K, erased, lambda k, u: noised(image, levels[k], numbers("known", course.timesteps[k], u)), repeats,
        lambda t, u: numbers("z", t, u), lambda t, u: numbers("jump", t, u),
    )  # fmt: skip
    return Branched(course, (Leg(0, GaussianData(), False),), lambda t: numbers("z", t), inpaintings=(inpainting,))


def repaint_by_hand(numbers: Numbers, image: Tensor, erased: Tensor, repeats: int) -> Tensor:
    """Algorithm 1 of Lugmayr et al. 2022, written from the paper, with the lecture's formulas for each step."""
    betas = SCHEDULE.betas.tolist()
    bars = [1.0]
    for beta in betas:
        bars.append(bars[-1] * (1 - beta))
    x = numbers("start", 0)
    for t in range(T, 0, -1):
        for u in range(repeats):
            known = math.sqrt(bars[t - 1]) * image + math.sqrt(1 - bars[t - 1]) * numbers("known", t - 1, u)
            gain = math.sqrt(bars[t]) * COVARIANCE @ torch.linalg.inv(bars[t] * COVARIANCE + (1 - bars[t]) * torch.eye(3).double())
            x0 = MEAN + (x - math.sqrt(bars[t]) * MEAN) @ gain.T
            eps = (x - math.sqrt(bars[t]) * x0) / math.sqrt(1 - bars[t])
            mean = (x - betas[t - 1] / math.sqrt(1 - bars[t]) * eps) / math.sqrt(1 - betas[t - 1])
            sigma = math.sqrt((1 - bars[t - 1]) / (1 - bars[t]) * betas[t - 1])
            unknown = mean + sigma * numbers("z", t, u)
            x_before = torch.where(erased, unknown, known)
            if u < repeats - 1 and t > 1:
                x = math.sqrt(1 - betas[t - 1]) * x_before + math.sqrt(betas[t - 1]) * numbers("jump", t, u + 1)
            elif t == 1:
                break
        x = x_before
    return x


def made(repeats: int, count: int, image: Tensor, erased: Tensor, steps: int | None = None) -> Tensor:
    numbers, course = Numbers(count), plan(SCHEDULE, steps)
    *_, last = branch_steps(branch(numbers, image, erased, repeats, course), numbers("start", 0))
    return last.x_prev


ERASED = torch.tensor([False, True, True]).reshape(1, 1, 3)


@pytest.mark.parametrize("repeats", [1, 2, 5])
def test_it_is_the_papers_algorithm(repeats: int) -> None:
    image = torch.tensor([1.4, 0.0, 0.0], dtype=torch.float64).expand(4, 1, 1, 3)
    assert torch.allclose(made(repeats, 4, image, ERASED), repaint_by_hand(Numbers(4), image, ERASED, repeats), atol=1e-10)


def test_what_is_kept_is_the_image_itself_at_the_end() -> None:
    image = Numbers(5)("start", 7)
    result = made(3, 5, image, ERASED)
    assert torch.equal(result[..., 0], image[..., 0])
    assert not torch.equal(result[..., 1], image[..., 1])


def test_with_resampling_it_approaches_the_exact_conditional() -> None:
    """Pixel 0 is known to be 1.6: the others' conditional mean is that of the joint Gaussian."""
    count, known = 2000, 1.6
    image = torch.full((count, 1, 1, 3), known, dtype=torch.float64)
    exact = float(MEAN[1] + COVARIANCE[1, 0] / COVARIANCE[0, 0] * (known - MEAN[0]))
    deviation = math.sqrt(float(COVARIANCE[1, 1] - COVARIANCE[1, 0] ** 2 / COVARIANCE[0, 0]))
    means = {repeats: float(made(repeats, count, image, ERASED)[:, 0, 0, 1].mean()) for repeats in (1, 4, 12)}
    error = {repeats: abs(mean - exact) for repeats, mean in means.items()}
    assert means[1] > float(MEAN[1]), "even once, what is known pulls the rest the right way"
    assert error[1] > 20 * deviation / math.sqrt(count), "once is not enough: the paper's reason to resample"
    assert error[12] < error[4] < error[1]
    assert error[12] < 0.2 * error[1]


def test_with_all_of_it_erased_once_it_is_the_plain_chain() -> None:
    numbers, course = Numbers(4), plan(SCHEDULE, 15)
    everything = torch.ones(1, 1, 3, dtype=torch.bool)
    *_, last = branch_steps(branch(numbers, numbers("start", 1), everything, 1, course), numbers("start", 0))
    *_, own = reverse_steps(GaussianData(), course, numbers("start", 0), lambda t: numbers("z", t))
    assert torch.equal(last.x_prev, own.x_prev)


@pytest.mark.parametrize("repeats", [1, 3])
def test_from_the_chains_own_states_what_is_kept_is_the_chain(repeats: int) -> None:
    numbers, course = Numbers(4), plan(SCHEDULE, 15)
    own = list(reverse_steps(GaussianData(), course, numbers("start", 0), lambda t: numbers("z", t)))
    states = [s.x_t for s in own] + [own[-1].x_prev]
    inpainting = Inpainting(
        3, course.K, ERASED, lambda k, _u: states[k], repeats, lambda t, u: numbers("z", t, u), lambda t, u: numbers("jump", t, u)
    )
    made = Branched(course, (Leg(0, GaussianData(), False),), lambda t: numbers("z", t), inpaintings=(inpainting,))
    for step in branch_steps(made, numbers("start", 0)):
        assert torch.equal(step.x_prev[..., 0], states[step.k + 1][..., 0])
        as_before = repeats == 1 or step.k < 3
        assert torch.equal(step.x_prev, states[step.k + 1]) == as_before, "once, with the chain's own noise, changes nothing"


@pytest.mark.parametrize("repeats", [1, 3])
def test_drawn_anew_in_all_its_steps_is_the_papers_algorithm_from_T(repeats: int) -> None:
    numbers, course = Numbers(4), plan(SCHEDULE)
    image = numbers("start", 7)
    (inpainting,) = branch(numbers, image, ERASED, repeats, course).inpaintings
    anew = DrawnAnew(course, range(T + 1), inpainting, lambda: numbers("start", 0), lambda k: Leg(0, GaussianData(), False), 1.0)
    # the paper begins with noise everywhere; what is known is known at T, too, so that step is compared from there
    known = torch.where(ERASED, numbers("start", 0), noised(image, alpha_bars(course)[0], numbers("known", T)))
    *_, last = branch_steps(branch(numbers, image, ERASED, repeats, course), known)
    assert torch.allclose(anew(torch.full_like(image, math.nan)), last.x_prev, atol=1e-10)


def test_of_what_was_there_nothing_is_left_however_low_it_is_erased() -> None:
    """Images that were 3 in the erased pixels, one step before the end: mean and spread become those of the data given what is kept."""
    count, known = 2000, 0.9
    numbers, course = Numbers(count), plan(SCHEDULE)
    was = torch.full((count, 1, 1, 3), 3.0, dtype=torch.float64)
    was[..., 0] = known
    (inpainting,) = branch(numbers, was, ERASED, 8, course).inpaintings
    k = course.K - 1
    anew = DrawnAnew(course, spread(0, k, 50), inpainting, lambda: numbers("start", 0), lambda k: Leg(0, GaussianData(), False), 1.0)
    *_, last = branch_steps(branch(numbers, was, ERASED, 8, course), anew(noised(was, course.steps[k].alpha_bar, numbers("z", 0))), k)
    exact = float(MEAN[1] + COVARIANCE[1, 0] / COVARIANCE[0, 0] * (known - MEAN[0]))
    deviation = math.sqrt(float(COVARIANCE[1, 1] - COVARIANCE[1, 0] ** 2 / COVARIANCE[0, 0]))
    made = last.x_prev[:, 0, 0, 1]
    assert float(made.mean()) == pytest.approx(exact, abs=0.1)
    assert float(made.std()) == pytest.approx(deviation, rel=0.15)
    *_, left = branch_steps(branch(numbers, was, ERASED, 8, course), noised(was, course.steps[k].alpha_bar, numbers("z", 0)), k)
    assert float(left.x_prev[:, 0, 0, 1].mean()) > 2, "gone on from as it was, the old content stays"


@pytest.mark.parametrize("start", [0, 4, 9])
def test_jumps_are_made_again_identically(start: int) -> None:
    numbers, course = Numbers(3), plan(SCHEDULE, 10)
    chain = branch(numbers, numbers("start", 1), ERASED, 4, course)
    whole = list(branch_steps(chain, numbers("start", 0)))
    for ours, theirs in zip(branch_steps(chain, whole[start].x_t, start), whole[start:], strict=True):
        assert torch.equal(ours.x_prev, theirs.x_prev)


def test_a_jump_back_undoes_the_steps_noise_level() -> None:
    step = plan(SCHEDULE, 10).steps[4]
    x0 = torch.zeros(20000, 1, dtype=torch.float64)
    generator = torch.Generator().manual_seed(0)
    x_prev = noised(x0, step.alpha_bar_prev, torch.randn(x0.shape, generator=generator, dtype=torch.float64))
    x_t = noised(x_prev, step.alpha, torch.randn(x0.shape, generator=generator, dtype=torch.float64))
    assert float(x_t.var()) == pytest.approx(1 - step.alpha_bar, rel=0.05)
