"""A network of a person's own, with what a chain must know of it. No torch until it is looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from explorer.checkpoints.card import FORMAT_VERSION, VALUE_RANGE, Card, DataCard, NetworkCard, OriginCard, SamplerCard, ScheduleCard
from explorer.errors import BadInput

OptionLetter = Literal["A", "B", "C", "V"]
NAMED_T = 1000
"""Timesteps of a schedule that is given by its name alone."""
LONGEST_NAME = 64
_NAME = re.compile(r"[\w(+-](?:[\w .()+-]*[\w)+-])?")  # what every file system takes


@dataclass(frozen=True, eq=False, kw_only=True)
class Model:
    """A network, and what a chain must know of it.

    Parameters
    ----------
    network : callable
        (x_t, t) to a tensor of x_t's shape. x_t is (N, C, H, W), float32, pixels in [-1, 1]; t is (N,), int64. A torch module is asked
        in evaluation mode, on the device where it is. What has the tensor as `.sample`, as networks of diffusers give it, is taken, too.
    option : "A", "B", "C" or "V"
        What it predicts: the posterior mean, the clean image, the noise, or the velocity v = sqrt(alpha_bar) eps - sqrt(1 - alpha_bar) x_0.
    betas : sequence of float, or "linear" or "cosine"
        beta_1 .. beta_T of the forward process it was trained on, each in (0, 1); a name stands for that schedule with T = 1000.
    shape : (C, H, W)
        Of its images.
    first_timestep : 1 or 0
        What t is at the first timestep: t runs over 1..T, or 0..T-1.
    name : str
        What it is called in the window, in recipes and in messages.
    clip : bool
        Whether chains of it keep x0_hat in [-1, 1] unless told otherwise.
    """

    network: Callable[..., Any]
    option: OptionLetter = "C"
    betas: Sequence[float] | str = "linear"
    shape: tuple[int, int, int]
    first_timestep: int = 1
    name: str = "network"
    clip: bool = False


def card_of(model: Model, told: str) -> Card:
    """Model card of it; `told` says what it is, after "is".

    Raises
    ------
    BadInput
        If a field is none that can be; the message begins with the name.
    """
    name = checked_name(model.name)
    if not callable(model.network):
        raise BadInput(f"{name}: its network is a {type(model.network).__name__}, which cannot be called with x_t and t")
    if model.option not in get_args(OptionLetter):
        raise BadInput(f"{name}: its option is {model.option!r}; there are A (posterior mean), B (clean image), C (noise) and V (velocity)")
    if model.first_timestep not in (0, 1):
        raise BadInput(f"{name}: its first_timestep is {model.first_timestep!r}, and can be 1 or 0")
    network = NetworkCard(type(model.network).__name__, {})
    origin = OriginCard(told, (f"asked with t = {model.first_timestep} at the first timestep",), SamplerCard(clip=bool(model.clip)))
    try:
        schedule = _schedule(model.betas)
        data = DataCard("not said", _shape(model.shape), VALUE_RANGE, "")
        return Card(FORMAT_VERSION, "ddpm", network, data, model.option, schedule, origin=origin)
    except ValueError as error:
        raise BadInput(f"{name}: {error}") from None


def checked_name(name: object) -> str:
    """The name (BadInput if it cannot be one)."""
    if not isinstance(name, str) or len(name) > LONGEST_NAME or _NAME.fullmatch(name) is None:
        raise BadInput(
            f"{str(name)[:LONGEST_NAME]!r}: a network's name has 1 to {LONGEST_NAME} letters, figures, spaces and signs of ._+-()"
        )
    return name


def _shape(shape: object) -> tuple[int, int, int]:
    try:
        sides = tuple(int(side) for side in shape)  # type: ignore[attr-defined]  # whatever it is, what cannot be gone through is told
    except (TypeError, ValueError):
        sides = ()
    if len(sides) != 3 or sides[0] not in (1, 3):
        raise ValueError(f"its shape is {shape!r}, and must be (C, H, W) with 1 or 3 channels")
    return sides[0], sides[1], sides[2]


def _schedule(betas: object) -> ScheduleCard:
    from explorer.checkpoints.fit import make_schedule

    if isinstance(betas, str):
        card = ScheduleCard(betas, NAMED_T)
    else:
        try:
            numbers = tuple(float(beta) for beta in betas)  # type: ignore[attr-defined]  # a tensor, an array, or a list
        except (TypeError, ValueError):
            raise ValueError(f"its betas are a {type(betas).__name__}: give beta_1 .. beta_T, or linear or cosine") from None
        card = ScheduleCard("betas", len(numbers), numbers)
    make_schedule(card)
    return card
