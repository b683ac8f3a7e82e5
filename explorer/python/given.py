"""What the calls from Python are given: a checkpoint, a model, or the fields of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from explorer.datasets.reading import AS_FOUND, Reading
from explorer.errors import BadInput
from explorer.recipe import ScheduleChoice
from explorer.recipe.labels import labels_of
from explorer.recipe.sweep import parse_values
from explorer.recipe.told import NOTHING, Told
from explorer.sources.from_python.model import Model, card_of


def model_given(source: str | Path | Model | None, network: Callable[..., Any] | None, fields: Mapping[str, Any]) -> Model | None:
    """The model that a call means, looked at; None where it names a checkpoint.

    Parameters
    ----------
    fields : mapping of str to object
        Those of `Model`; None is one that was left out.

    Raises
    ------
    BadInput
        If the call names neither a checkpoint nor a network or both, or a field is none that can be.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    if network is None:
        if source is None:
            raise BadInput('name a checkpoint, or give a network: network=net, option="C", betas=betas, shape=(3, 32, 32)')
        of_network = [name for name in given if not (isinstance(source, Model) and name == "name")]
        if of_network:
            raise BadInput(f"{', '.join(of_network)}: said of a network in memory, and {source} is none; give it as network=")
        if not isinstance(source, Model):
            return None
        model = replace(source, **given)
    else:
        if source is not None:
            raise BadInput(f"{source}: named beside a network in memory: give one of them")
        missing = [name for name in ("option", "betas", "shape") if name not in given]
        if missing:
            raise BadInput(f"{given.get('name', 'the network')}: say its {', '.join(missing)}, too: a tensor does not tell what it is")
        model = Model(network=network, **given)
    card_of(model, "")
    return model


def told_given(told: Mapping[str, Any] | None) -> Told:
    """Answers to what a checkpoint's file does not say, by the names of the command line's options with _ for -.

    Raises
    ------
    BadInput
        If there is no such name, or its value is none that can be.
    """
    values = {name: value for name, value in (told or {}).items() if value is not None}
    unknown = [name for name in values if name not in Told.__struct_fields__]
    if unknown:
        raise BadInput(f"told: there is no {', '.join(map(repr, unknown))}; there are {', '.join(Told.__struct_fields__)}")
    if isinstance(values.get("predicts"), str):
        values["predicts"] = values["predicts"].upper()
    if isinstance(values.get("image_size"), int):
        values["image_size"] = (values["image_size"],) * 2
    try:
        if "betas" in values:
            values["betas"] = tuple(float(beta) for beta in values["betas"])
        return msgspec.convert(values, Told) if values else NOTHING
    except (msgspec.ValidationError, TypeError, ValueError) as error:
        raise BadInput(f"told: {error}") from None


def labels_given(label: str | int | Sequence[int] | None) -> tuple[int, ...]:
    """Labels of a lane; empty is the classes in turn (BadInput if there are none such)."""
    if label is None:
        return ()
    if isinstance(label, str):
        return labels_of(label)
    try:
        return tuple(int(each) for each in ([label] if isinstance(label, int) else label))
    except (TypeError, ValueError):
        raise BadInput(f"label {label!r}: give a number, several, or text as --label takes it") from None


def reading_given(read: Mapping[str, str] | None) -> Reading:
    """How the images of a file are taken, by the names of the command line's options.

    Raises
    ------
    BadInput
        If there is no such name, or its value is none that can be.
    """
    unknown = [name for name in read or {} if name not in Reading.__struct_fields__]
    if unknown:
        raise BadInput(f"read: there is no {', '.join(map(repr, unknown))}; there are {', '.join(Reading.__struct_fields__)}")
    try:
        return msgspec.convert(dict(read), Reading) if read else AS_FOUND
    except msgspec.ValidationError as error:
        raise BadInput(f"read: {error}") from None


def schedule_given(schedule: str | Sequence[float] | None) -> ScheduleChoice | None:
    """Schedule as "cosine:1000", or its betas; None is the network's own (BadInput if it cannot be)."""
    if schedule is None:
        return None
    if isinstance(schedule, str):
        found = parse_values("schedule", schedule)
        if len(found) != 1 or not isinstance(found[0], ScheduleChoice):
            raise BadInput(f"schedule {schedule!r}: name one, as cosine:1000, or give its betas")
        return found[0]
    try:
        betas = tuple(float(beta) for beta in schedule)
        return ScheduleChoice("betas", len(betas), betas)
    except (TypeError, ValueError) as error:
        raise BadInput(f"schedule: {error}") from None
