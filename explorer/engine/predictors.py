"""Predictors of checkpoints: what stands behind the seam of explorer.diffusion.predictor."""

from __future__ import annotations

import torch

from explorer.checkpoints.files import Checkpoint
from explorer.diffusion import schedule as schedules
from explorer.diffusion.matching import MatchedPredictor
from explorer.diffusion.parameterization import Option
from explorer.diffusion.posterior import posterior
from explorer.diffusion.predictor import NetworkPredictor, Predictor
from explorer.diffusion.schedule import Schedule, ScheduleError
from explorer.engine.devices import Precision, arithmetic
from explorer.errors import BadInput
from explorer.models.unet import UNet
from explorer.recipe import ScheduleChoice

CLOSE_ENOUGH = 1 / 255  # images span 2
PROBE_IMAGES = 2


def schedule_of(checkpoint: Checkpoint) -> Schedule:
    """Forward process that a DDPM checkpoint names.

    Raises
    ------
    BadInput
        If it is no DDPM, or its schedule is not valid.
    """
    card = checkpoint.card
    if card.kind != "ddpm" or card.schedule is None:
        raise BadInput(f"{checkpoint.path}: is of kind {card.kind}; a chain needs a ddpm")
    try:
        if card.schedule.betas is not None:
            return schedules.from_betas(card.schedule.betas)
        return schedules.named(card.schedule.name, card.schedule.T)
    except ScheduleError as error:
        raise BadInput(f"{checkpoint.path}: {error}") from None


def from_checkpoint(checkpoint: Checkpoint, device: torch.device, precision: Precision = "fp32") -> NetworkPredictor:
    """Predictor of a DDPM checkpoint; moves its network to the device.

    Raises
    ------
    BadInput
        If it is no DDPM, or its schedule, option or image shape does not fit its network.
    """
    schedule = schedule_of(checkpoint)
    network, card = checkpoint.network, checkpoint.card
    if not isinstance(network, UNet) or card.option is None:
        raise BadInput(f"{checkpoint.path}: its network {card.network.name} cannot predict a step")
    channels, height, width = card.data.shape
    if channels != network.config.channels or height % network.config.size_multiple or width % network.config.size_multiple:
        raise BadInput(f"{checkpoint.path}: its network cannot take images of shape {card.data.shape}")
    network.to(device)
    return NetworkPredictor(network, Option(card.option), schedule, arithmetic(device, precision))


def chosen_schedule(choice: ScheduleChoice) -> Schedule:
    """Schedule of a recipe.

    Raises
    ------
    BadInput
        If there is none such.
    """
    try:
        return schedules.from_betas(choice.betas) if choice.betas is not None else schedules.named(choice.name, choice.T)
    except ScheduleError as error:
        raise BadInput(f"the {choice.name} schedule with T = {choice.T}: {error}: choose another T") from None


def on_schedule(predictor: Predictor, choice: ScheduleChoice | None) -> Predictor:
    """The predictor, walked along another schedule where one is chosen (BadInput if there is none such)."""
    return predictor if choice is None else MatchedPredictor(predictor, chosen_schedule(choice))


def close_enough(checkpoint: Checkpoint, device: torch.device, precision: Precision) -> bool:
    """Whether the arithmetic moves the posterior mean by less than half of one of 256 grey levels.

    Root mean square over the pixels of noise images, at the first, the middle and the last timestep.
    """
    if precision == "fp32":
        return True
    exact, other = from_checkpoint(checkpoint, device), from_checkpoint(checkpoint, device, precision)
    levels, T = exact.schedule.alpha_bar, exact.schedule.T
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(PROBE_IMAGES, *checkpoint.card.data.shape, generator=generator).to(device)
    for t in {1, max(1, T // 2), T}:
        step = posterior(float(levels[t]), float(levels[t - 1]))
        moved = other.predict(x, t, step, clip=False).mean - exact.predict(x, t, step, clip=False).mean
        if not float(moved.square().mean().sqrt()) <= CLOSE_ENOUGH:  # NaN is not close
            return False
    return True
