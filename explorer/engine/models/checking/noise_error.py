"""How much of the noise that was put into pictures a network finds."""

from __future__ import annotations

import copy
import math
from collections.abc import Generator, Mapping, Sequence
from functools import partial

import msgspec
import torch
from torch import Tensor

from explorer.checkpoints.files import Checkpoint
from explorer.diffusion.parameterization import Option
from explorer.diffusion.pixel_range import meant
from explorer.diffusion.posterior import posterior
from explorer.diffusion.predictor import NetworkPredictor, told_of
from explorer.engine.aside import aside
from explorer.engine.models import predictors
from explorer.engine.models.checking.messages import Found
from explorer.recipe.told import Predicts, Told

EARLY = 3
"""Timestep at which a network that is told t - 1 in place of t is off by a tenth or more; later it hardly is."""
LEVELS = (0.8, 0.3)
"""alpha_bar of pictures that are the same under every schedule: 2 t and t are told apart there, by a network that was trained."""
AT_ONCE = 4
"""Images of one evaluation: between two of them it can be given up."""
SEED = 14
TINY = 1e-12
MAIN = ("early", "tenth", "half")
"""Errors that are over all pictures; those of the same noise, which are compared with each other alone, are over half of them."""


def found_work(
    checkpoint: Checkpoint, images: Tensor, options: Sequence[Predicts], device: torch.device
) -> Generator[None, None, tuple[Found, ...]]:
    """Under each meaning that its output could have, how much of the noise a network finds, returned; a None for each cancel point.

    A network is asked once for all meanings, since they are only read from its output in another way. Options are those of `Found.told`
    where the checkpoint was told what it predicts.

    Parameters
    ----------
    checkpoint : Checkpoint
        A DDPM's.
    images : Tensor, shape (N, C, H, W), float32 in [-1, 1]
    options : sequence of "A", "B", "C" or "V"
        Its own alone, where its file says it.

    Raises
    ------
    BadInput
        If it cannot predict a step.
    """
    predictor = predictors.from_checkpoint(checkpoint, device)
    T, told = predictor.schedule.T, checkpoint.card.told or Told()
    times = {"early": min(EARLY, T), "tenth": max(1, round(T / 10)), "half": max(1, round(T / 2))}
    if told.schedule is not None or told.betas is not None:
        times |= {f"same {level}": _time_of(predictor.schedule.alpha_bar, level) for level in LEVELS}
    images = meant(images, predictor.value_range)
    noise = torch.randn(images.shape, generator=torch.Generator().manual_seed(SEED))
    errors: dict[Predicts, dict[str, float]] = {option: {} for option in options}
    for name, t in times.items():
        sums = torch.zeros(len(options), dtype=torch.float64)
        some = len(images) if name in MAIN else -(-len(images) // 2)
        for start in range(0, some, AT_ONCE):
            here = slice(start, min(some, start + AT_ONCE))
            sums += yield from _asked(partial(_squares, predictor, options, images[here], noise[here], t, start, device), device)
        for option, total in zip(options, sums.tolist(), strict=True):
            errors[option][name] = total / float(noise[:some].double().square().sum())
    square, levels = float(images.double().square().mean()), predictor.schedule.alpha_bar
    tenth, half = (_linear(square, float(levels[times[name]])) for name in ("tenth", "half"))
    return tuple(
        Found(_of_option(told, option), read["tenth"], read["half"], read["early"], tenth, half, _same(read))
        for option, read in errors.items()
    )


def _time_of(levels: Tensor, level: float) -> int:
    """Timestep in 1..T whose alpha_bar is nearest to a level."""
    return int((levels[1:] - level).abs().argmin()) + 1


def _same(read: Mapping[str, float]) -> float:
    """Geometric mean of the errors of the same pictures, so that each level counts alike; NaN where there are none."""
    errors = [error for name, error in read.items() if name.startswith("same")]
    return math.exp(sum(math.log(max(error, TINY)) for error in errors) / len(errors)) if errors else math.nan


def _asked(call: partial[Tensor], device: torch.device) -> Generator[None, None, Tensor]:
    if device.type == "cpu":
        return (yield from aside(call))
    yield
    return call()


def _of_option(told: Told, option: Predicts) -> Told:
    return told if told.predicts is None else msgspec.structs.replace(told, predicts=option)


def _squares(
    predictor: NetworkPredictor, options: Sequence[Predicts], images: Tensor, noise: Tensor, t: int, first: int, device: torch.device
) -> Tensor:
    """Sum of (eps_hat - eps)^2 under each option, shape (options,)."""
    levels = predictor.schedule.alpha_bar
    step = posterior(float(levels[t]), float(levels[t - 1]))
    x_t = (step.alpha_bar**0.5 * images + (1 - step.alpha_bar) ** 0.5 * noise).to(device)
    run = _Once(predictor)
    sums = []
    for option in options:
        read = copy.copy(predictor)
        read.run, read.option = run, Option(option)
        eps_hat = told_of(read, range(first, first + len(images))).predict(x_t, t, step, False).eps_hat
        sums.append((eps_hat.double().cpu() - noise.double()).square().sum())
    return torch.stack(sums)


class _Once:
    """A network that is asked once: the others get the same answer."""

    def __init__(self, predictor: NetworkPredictor) -> None:
        self._run = predictor.run
        self._said: Tensor | None = None

    def __call__(self, *given: Tensor) -> Tensor:
        if self._said is None:
            self._said = self._run(*given)
        return self._said


def _linear(square: float, level: float) -> float:
    """Share of the noise's power that the best c x_t leaves, where x_0 has that mean square and alpha_bar_t that level."""
    return 1 - (1 - level) / (level * square + 1 - level)
