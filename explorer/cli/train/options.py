"""The options of `train`, made from the settings of a run; and the settings, made from what was typed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
import typer

from explorer.errors import BadInput
from explorer.recipe.training import TrainOptions
from explorer.recipe.training.rows import Row, rows
from explorer.recipe.training.setting import Kind, option_name

IN_HELP = (
    "out", "option", "dataset", "size", "fit", "range", "member", "labels", "background",
    "epochs", "seed", "resume", "start_from", "loss", "all_timesteps", "network", "levels", "outer_skip",
    "linear_skip", "codes_of", "codes", "units", "depth",
    "attention", "classes", "drop_labels", "schedule", "knots", "timesteps", "architecture", "code",
    "hidden", "activation", "beta", "fixed_sigma", "objective",
    "width", "batch", "images", "ema", "learning_rate", "warmup", "stored", "precision", "device",
    "devices", "nodes", "threads", "as_json",
)  # fmt: skip
"""In the order of the help; what is not here comes after it."""


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a function that takes the context, and what was typed by name, the options of all settings."""
    context = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    made = [parameter for row in _typed_rows() for parameter in _parameters(row)]
    places = {name: place for place, name in enumerate(IN_HELP)}
    made.sort(key=lambda parameter: places.get(parameter.name, len(places)))
    command.__signature__ = inspect.Signature([context, *made])  # type: ignore[attr-defined]
    return command


def settings_of(given: dict[str, Any]) -> TrainOptions:
    """Settings that were typed, by the names of the parameters.

    Raises
    ------
    BadInput
        If a list cannot be read, or switches of the model that is trained contradict each other.
    """
    return TrainOptions(**{row.name: _value(row, given) for row in _typed_rows()})


def means_something(kind: Kind) -> frozenset[str]:
    """Parameters that mean something for this kind."""
    return frozenset(parameter.name for row in _typed_rows() if kind in row.about.kinds for parameter in _parameters(row))


def _typed_rows() -> Iterator[Row]:
    return (row for row in rows(TrainOptions) if row.about.help or row.about.switches)


def _parameters(row: Row) -> Iterator[inspect.Parameter]:
    about, default = row.about, inspect.Parameter.empty if row.default is msgspec.NODEFAULT else row.default
    if about.switches:
        for switch in about.switches:
            names = () if switch.default else (option_name(switch.name),)
            yield _parameter(switch.name, bool, typer.Option(*names, help=switch.help), switch.default)
    elif about.is_argument:
        yield _parameter(row.name, _choices(row), typer.Argument(help=about.help), default)
    elif about.text is not None:
        yield _parameter(row.name, str | None, typer.Option(help=about.help), None)
    else:
        # a switch that is off unless it is given has no second name that switches it off
        names = (row.option,) if about.option or row.default is False else ()
        kind = _choices(row) if get_origin(row.type) is Literal else row.type
        yield _parameter(row.name, kind, typer.Option(*names, min=about.least, max=about.most, help=about.help), default)


def _parameter(name: str, kind: Any, option: Any, default: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, option])


def _choices(row: Row) -> Any:
    """Of the values that a setting can have, as early versions of typer know them, too."""
    return StrEnum(row.name, [(value, value) for value in get_args(row.type)])


def _value(row: Row, given: dict[str, Any]) -> Any:
    if row.about.switches:
        turned = [switch for switch in row.about.switches if given[switch.name] != switch.default]
        if len(turned) > 1 and given["kind"] in row.about.kinds:
            raise BadInput(f"{' and '.join(sorted(switch.option for switch in turned))}: choose one of them")
        return turned[0].means if turned else row.default
    value = given[row.name]
    if row.about.text is not None:
        try:
            return row.default if value is None else row.about.text.read(value)
        except ValueError as error:
            raise BadInput(f"{row.option} {value}: {error}") from None
    return str(value) if isinstance(value, StrEnum) else value
