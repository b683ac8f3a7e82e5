"""Options that tell what a checkpoint's file does not say: of the same names on every command that opens one."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any, get_args

import msgspec
import typer

from explorer import sources
from explorer.errors import BadInput
from explorer.recipe import told as fields
from explorer.recipe.told import NOTHING, Told, option_name

NAMED = get_args(fields.ScheduleName)


def _one_of(kind: Any) -> Callable[[str | None], str | None]:
    """One of the words of a literal, however it is written, refused as typer refuses a choice."""
    words = {word.lower(): word for word in get_args(kind)}

    def parse(text: str | None) -> str | None:
        if text is None:
            return None
        if (found := words.get(text.replace(" ", "").lower())) is None:
            raise typer.BadParameter(f"{text!r} is not one of {', '.join(map(repr, words))}.")
        return found

    return parse


def _size(text: str | None) -> str | None:
    if text is None:
        return None
    if re.fullmatch(r"\d{1,4}([x×]\d{1,4})?", text.strip()) is None:
        raise typer.BadParameter(f"{text!r} is no size of images, such as 32, or 28x32 for height x width.")
    return text.strip()


def _choice(kind: Any, does: str, words: str = "") -> Any:
    metavar = f"[{words or '|'.join(get_args(kind))}]"
    return Annotated[str | None, typer.Option(metavar=metavar, callback=_one_of(kind), help=PREFIX + does)]


def _number(least: int, most: int, does: str) -> Any:
    return Annotated[int | None, typer.Option(min=least, max=most, help=PREFIX + does)]


PREFIX = "Where its file does not say it: "
OPTIONS: dict[str, Any] = {
    "predicts": _choice(fields.Predicts, "what the network predicts: the mean, x_0, the noise, v.", "a|b|c|v"),
    "schedule": Annotated[
        str | None, typer.Option(metavar="[linear|cosine|FILE]", help=f"{PREFIX}the noise schedule, or a file of betas.")
    ],
    "timesteps": _number(1, fields.MAX_TIMESTEPS, "how many timesteps the schedule has, T."),
    "first_timestep": _number(0, 1, "what the network is told at t = 1."),
    "time_input": _choice(fields.TimeInput, "whether it is told the timestep, or its share of T."),
    "pixel_range": _choice(fields.PixelRange, "values of the images that it was trained on."),
    "image_size": Annotated[
        str | None, typer.Option(metavar="SIDE|HxW", callback=_size, help=f"{PREFIX}pixels of the images, as 32 or 28x32.")
    ],
    "heads": _number(1, fields.MAX_HEADS, "heads of its attention."),
    "head_channels": _number(1, fields.MAX_HEADS, "channels of each head, instead."),
    "null_label": _number(fields.NO_NULL, fields.MAX_LABEL, "the label that stands for no class; -1 if none does."),
    "attention_order": _choice(fields.AttentionOrder, "whether heads are split before queries, keys and values (legacy), or after."),
}
"""By the field of `Told`."""


def takes_told(checkpoints: str, in_window: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command these options, and what is opened within it their answers.

    Parameters
    ----------
    checkpoints : str
        Its parameter that names one checkpoint or several.
    in_window : bool
        They are opened by the window's engine, which finds what was told where it is remembered.
    """

    def with_options(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def run(**given: Any) -> Any:
            told = told_of({name: given.pop(name, None) for name in OPTIONS})
            named = given.get(checkpoints)
            alone = isinstance(named, str) or (isinstance(named, list) and len(named) == 1)
            with sources.told_by_command(told, alone):
                if in_window and told != NOTHING:
                    _keep_for_window(named or (), told)
                return command(**given)

        signature = inspect.signature(command, eval_str=True)
        taken = signature.parameters.keys() & OPTIONS.keys()
        assert not taken, f"{command.__name__} has an option of its own called {', '.join(taken)}"
        added = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind) for name, kind in OPTIONS.items()]
        run.__signature__ = signature.replace(parameters=[*signature.parameters.values(), *added])  # type: ignore[attr-defined]
        run.__annotations__ = {name: each.annotation for name, each in run.__signature__.parameters.items()}  # type: ignore[attr-defined]
        del run.__wrapped__  # typer would read that one's options
        return run

    return with_options


def _keep_for_window(named: Sequence[str], told: Told) -> None:
    """BadInput if none of what is opened asks for it."""
    kept = False
    for name in named:
        path = sources.located(name) if sources.is_checkpoint(name) else None
        if path is not None and sources.asks(path):
            sources.remember(path, None)
            kept = True
    if not kept:
        raise BadInput(f"{option_name(told.given[0])}: nothing that is opened asks for it")


def told_of(given: dict[str, Any]) -> Told:
    """Answers in the options of a command, None for those left out (BadInput)."""
    values = {name: value for name, value in given.items() if value is not None}
    if not values:
        return NOTHING
    schedule = values.get("schedule")
    if schedule is not None and schedule not in NAMED:
        from explorer.training.schedules import schedule_of  # and torch with it

        del values["schedule"]
        values["betas"] = schedule_of(schedule, values.pop("timesteps", None)).betas.tolist()
    if size := values.get("image_size"):
        height, _, width = size.replace("×", "x").partition("x")
        values["image_size"] = (int(height), int(width or height))
    try:
        return msgspec.convert(values, Told)
    except (msgspec.ValidationError, ValueError) as error:
        raise BadInput(f"what was told of the checkpoint cannot be: {error}") from None
