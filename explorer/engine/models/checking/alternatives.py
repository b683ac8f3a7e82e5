"""What else could be meant by a file that does not say it: other answers to one question at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec

from explorer import sources
from explorer.engine.models.checking.messages import Found
from explorer.errors import BadInput
from explorer.recipe import told as fields
from explorer.recipe.told import Predicts, Told

CHOICES: dict[str, tuple[Any, ...]] = {
    "schedule": get_args(fields.ScheduleName),
    "first_timestep": (0, 1),
    "pixel_range": get_args(fields.PixelRange),
    "time_input": get_args(fields.TimeInput),
    "attention_order": get_args(fields.AttentionOrder),
    "heads": (1, 2, 4, 8, 16),
    "head_channels": (8, 16, 32, 64, 128),
    "timesteps": (100, 200, 400, 500, 1000, 2000, 4000),
}
"""Answers that occur, the likelier questions first. What a network predicts is read from the same output, and so is not in it."""
USUAL_T = 1000
CLEARLY, AS_GOOD, FINER = 0.9, 1.02, 0.95


def options_of(path: Path, told: Told, own: Predicts) -> tuple[Predicts, ...]:
    """What its output could mean: all that its source lets a person say; what the file says, where it says it."""
    return tuple(each for each in get_args(Predicts) if _can_be(path, told, each)) if told.predicts is not None else (own,)


def _can_be(path: Path, told: Told, option: Predicts) -> bool:
    if option == told.predicts:
        return True
    try:
        sources.card(path, msgspec.structs.replace(told, predicts=option))
    except BadInput:
        return False
    return True


def beside(told: Told) -> Iterator[Told]:
    """Answers that differ in one question of those that were answered."""
    asked = {*told.given, *(("schedule",) if told.betas is not None else ())}
    for name, values in CHOICES.items():
        if name not in asked or (name == "timesteps" and told.betas is not None):
            continue
        for value in values:
            if value != getattr(told, name):
                yield (other := _other(told, name, value))
                if name == "schedule" and other.timesteps not in (None, USUAL_T):  # a schedule of another length looks much like it
                    yield msgspec.structs.replace(other, timesteps=USUAL_T)


def _other(told: Told, name: str, value: Any) -> Told:
    if name == "schedule" and told.betas is not None:
        return msgspec.structs.replace(told, schedule=value, betas=None, timesteps=told.timesteps or USUAL_T)
    return msgspec.structs.replace(told, **{name: value})


def is_better(other: Found, found: Found) -> bool:
    """Whether it finds clearly more of the noise; or as much, and clearly more at t = 3, where the first timestep tells.

    Under a schedule of more noise there is more to find without a network: what finds no more than that is never better.
    """
    if other.is_more != found.is_more:
        return other.is_more
    if is_of_another_process(other, found):  # at its own T/2 there is more or less noise, and more or less to find, for any network
        return other.same < CLEARLY * found.same
    if other.error < CLEARLY * found.error:
        return True
    return other.error <= AS_GOOD * found.error and other.early < FINER * found.early


def is_of_another_process(other: Found, found: Found) -> bool:
    """Whether two ways differ in the schedule."""
    return _process(other.told) != _process(found.told)


def is_alike(other: Found, found: Found) -> bool:
    """Whether another schedule alone lets it find neither clearly more nor clearly less of the same noise."""
    only = msgspec.structs.replace(other.told, schedule=found.told.schedule, betas=found.told.betas, timesteps=found.told.timesteps)
    near = CLEARLY * found.same <= other.same <= found.same / CLEARLY
    return near and only == found.told and is_of_another_process(other, found)


def _process(told: Told) -> tuple[Any, ...]:
    return told.schedule, told.betas, told.timesteps


def best_of(found: Collection[Found], so_far: Found) -> Found:
    """The one that finds most, if it is clearly better than another."""
    for each in sorted(found, key=lambda one: (not one.is_more, one.error)):
        if is_better(each, so_far):
            so_far = each
    return so_far
