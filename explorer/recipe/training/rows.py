"""The settings of a class, one row each: its name, type and default, and what is known of it."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

import msgspec

from explorer.recipe.training.field import Field, Group
from explorer.recipe.training.setting import Setting, option_name


@dataclass(frozen=True)
class Row:
    """A setting as a class has it.

    Attributes
    ----------
    type : type
        Without what is annotated.
    default : object
        `msgspec.NODEFAULT` where it has to be given.
    """

    name: str
    type: Any
    default: Any
    about: Setting

    @property
    def option(self) -> str:
        """For example "--learning-rate"."""
        return self.about.option or option_name(self.name)

    def typed(self, value: Any) -> list[str]:
        """Words of the command line that say this value; none for what switches say by not being there."""
        if self.about.switches:
            return [switch.option for switch in self.about.switches if switch.means == value]
        if isinstance(value, bool):
            return [self.option if value else option_name(self.name, False)]
        if self.about.text is not None:
            return [self.option, self.about.text.write(value)]
        return [self.option, _exactly(value) if isinstance(value, float) else str(value)]

    def check(self, value: Any) -> None:
        """Refuse what is out of bounds (ValueError); None is what is not asked for."""
        low, high, name = self.about.least, self.about.most, self.name.replace("_", " ")
        if value is None or low is None:
            return
        if high is None and not value >= low:
            raise ValueError(f"{name} must be at least {low:g}, not {value}")
        if high is not None and not low <= value <= high:
            raise ValueError(f"{name} must be in [{low:g}, {high:g}], not {value}")


@cache
def rows(of: type[msgspec.Struct]) -> tuple[Row, ...]:
    """The settings of a class, in the order of its fields; what a base class says of one holds where only its type or default is new."""
    types: dict[str, Any] = {}
    said: dict[str, Setting] = {}
    for base in reversed(of.__mro__):
        for name, (kind, about) in _own(base).items():
            types[name] = kind
            if about is not None:
                said[name] = about
    declared = [info for info in msgspec.structs.fields(of) if info.name in said]
    return tuple(Row(info.name, types[info.name], info.default, said[info.name]) for info in declared)


@cache
def _own(of: type) -> dict[str, tuple[Any, Setting | None]]:
    """Type, and what is said, of each field that a class itself declares."""
    found: dict[str, tuple[Any, Setting | None]] = {}
    for name, hint in inspect.get_annotations(of, eval_str=True).items():
        annotated = hasattr(hint, "__metadata__")
        notes = hint.__metadata__ if annotated else ()
        kind = get_args(hint)[0] if annotated else hint
        found[name] = kind, next((note for note in notes if isinstance(note, Setting)), None)
    return found


def fields(of: type[msgspec.Struct], group: Group | None = None) -> tuple[tuple[Row, Field], ...]:
    """The settings that the form shows (in a group of it), in its order."""
    shown = [(row, row.about.field) for row in rows(of) if row.about.field is not None and group in (None, row.about.field.group)]
    return tuple(sorted(shown, key=lambda pair: not pair[1].ahead))


def _exactly(value: float) -> str:
    """As short as it can be and still read as this number."""
    short = f"{value:.12g}"
    return short if float(short) == value else repr(value)
